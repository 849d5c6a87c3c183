"""The page reads as strictly as the verifier: what one takes, the other takes, value by value."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from actors import HOST, FileKey, Passkey

from ledger.proof import form
from ledger.proof.actors import ENROLLED, Actors
from ledger.proof.dsse import Envelope
from ledger.proof.encoding import b64decode, canonical, parse_canonical
from ledger.proof.errors import Newer
from ledger.proof.form import check_body
from ledger.proof.heads import Head, read_heads
from ledger.proof.headtree import HeadTree, heads_member
from ledger.proof.layout import FORMAT
from ledger.proof.manifest import read_manifest
from ledger.proof.merkle import inclusion_path
from ledger.proof.note import parse_note
from ledger.proof.policy import parse_policy
from ledger.proof.record import _body_of, parse_record, record_body
from ledger.proof.template import template
from ledger.proof.tlogproof import TlogProof, format_tlog_proof, parse_tlog_proof

VECTORS = Path(__file__).parent.parent / "vectors" / "ed25519_vectors.json"

JSON = [
    b'{"a":1}', b'{"a": 1}', b'{"b":1,"a":2}', b'{"a":1,"a":1}', b'{"a":1,"a":2}', b'{"1":2}',
    b'{"__proto__":1}', b'{"a.b_C9":[]}', b"1.0", b"1e3", b"-0", b"0", b"01", b"-1",
    b"9007199254740991", b"9007199254740992", b"-9007199254740992", b"true", b"null", b"NaN",
    b'"\\u0041"', b'"\\n\\t"', b'"\\r"', b'"\\/"', b'"/"', b'"\\u001f"', b'"\x7f"', b'"\\ud800"',
    '"é"'.encode(), '"e\u0301"'.encode(), '"😀"'.encode(), '"\u2028"'.encode(), b'"\xff"',
    b"\xef\xbb\xbf1", b" 1", b"1\n", b"", b"[" * 8 + b"]" * 8, b"[" * 9 + b"]" * 9,
    b'{"a":' * 8 + b"1" + b"}" * 8, b'{"a":' * 7 + b"[]" + b"}" * 7, b'{"a":[1,]}', b"[1,2]",
]  # fmt: skip
BASE64 = [
    "",
    "AA==",
    "AB==",
    "AA",
    "AA=",
    "A A=",
    "AAA=",
    "AAB=",
    "AAAA",
    "AA==\n",
    "-_==",
    "=====",
]
CHANGES = [
    {}, {"specversion": "1.1"}, {"id": ""}, {"id": "a" * 65}, {"id": "a/b"}, {"source": "x"},
    {"type": "lower"}, {"subject": "person/"}, {"subject": "nobody/x"}, {"subject": "keyring"},
    {"subject": "refusal"}, {"type": "CommandRefused"}, {"type": "Sealed"}, {"action": "seal"},
    {"type": "WrappingKeyReplaced"}, {"action": "replace_wrapping_key"},
    {"type": "StreamHeadsPublished"}, {"action": "publish_heads"}, {"time": "2026-02-29T00:00:00Z"},
    {"time": "2026-02-28T24:00:00Z"}, {"time": "2026-02-28T00:00:00.0Z"}, {"time": 5},
    {"time": "1969-12-31T23:59:59Z"}, {"time": "9999-12-31T23:59:59Z"}, {"streamversion": 0},
    {"time": "0099-12-31T23:59:59Z"}, {"streamversion": True}, {"streamversion": "1"},
    {"actor": ""}, {"actoroffices": ""}, {"actoroffices": "b a"}, {"actoroffices": "a b"},
    {"actoroffices": "a  b"}, {"doneby": "per-1"}, {"doneby": "org:lea"}, {"doneby": "org:"},
    {"doneby": "org:a:b"},
    {"assurance": "actor-signed"}, {"catalogue": 0}, {"catalogue": 99}, {"catalogue": True},
    {"causedby": "ab"}, {"causedby": "a" * 64}, {"causedby": "A" * 64}, {"data": []}, {"more": 1},
]  # fmt: skip
DATA = [
    {"fields": []}, {"sealed": {"a": {}}}, {"sealed": {"a": {"ciphertext": "a" * 64}}}, {"more": 1},
    {"sealed": {"a": {"ciphertext": "a" * 64, "commitment": "b" * 64}}}, {"irregular": []},
    {"sealed": {"a": {"ciphertext": "a" * 64, "commitment": "B" * 64}}}, {"irregular": ["a_b"]},
    {"irregular": ["A"]}, {"irregular": "a"}, {"rules": {}}, {"approvals": []}, {"intent": {}},
    {"rules": {"calendar": 0, "keyring": 0, "policy": None, "rules": -1}},
    {"rules": {"calendar": 0, "keyring": 0, "policy": "a/b", "rules": 1}},
    {"rules": {"calendar": 0, "keyring": 0, "policy": "a", "rules": 1}},
]  # fmt: skip


@pytest.fixture(name="page", scope="module")
def _page(browser, tmp_path_factory):
    file = tmp_path_factory.mktemp("page") / "report.html"
    file.write_bytes(template())
    with browser.open(file) as page:
        page.checked()
        yield page


def outcome(check, *given):
    try:
        check(*given)
    except Newer:
        return "Newer"
    except ValueError:
        return "refused"
    return "taken"


def in_page(page, call, items):
    return page.outcomes(call, items)


def test_json(page):
    said = in_page(page, "parseCanonical(textOf(Uint8Array.from(item)))", [list(t) for t in JSON])
    assert dict(zip(JSON, said, strict=True)) == {
        text: outcome(parse_canonical, text) for text in JSON
    }


def test_base64(page):
    said = in_page(page, "b64decode(item)", BASE64)
    assert dict(zip(BASE64, said, strict=True)) == {
        text: outcome(b64decode, text) for text in BASE64
    }


def test_signatures(page):
    cases = json.loads(VECTORS.read_text("utf-8"))
    octets = "Uint8Array.from(item.{}.match(/../g) ?? [], (two) => parseInt(two, 16))"
    call = f"checkSignature({', '.join(octets.format(n) for n in ('key', 'signature', 'message'))})"
    said = in_page(page, call, cases)
    wrong = [
        c["comment"]
        for c, s in zip(cases, said, strict=True)
        if (s == "taken") is not c["accepted"]
    ]
    assert wrong == []


@pytest.mark.parametrize("index", range(9))
def test_bodies(page, small, index):
    """Each record of the small ledger, with each attribute changed."""
    body = json.loads(canonical_body(small.entries[index]))
    bodies = [{**body, **change} for change in CHANGES]
    bodies += [{**body, "data": {**body["data"], **change}} for change in DATA]
    bodies += [{k: v for k, v in body.items() if k != name} for name in body]
    said = in_page(page, "checkBody(item)", bodies)
    expected = [outcome(check_body, b) for b in bodies]
    assert [(b, s) for b, s, e in zip(bodies, said, expected, strict=True) if s != e] == []


def canonical_body(entry):
    return b64decode(json.loads(entry)["payload"])


def test_notes_and_trust_files(page, small):
    note, trust = small.checkpoint().decode(), small.trust_text
    key = trust.split()[1]
    notes = [note, note[:-1], note + "\n", note.replace("— ", "- "), note.replace("\n\n", "\n"),
             note.replace("\n", "\r\n"), note + "— a b\n", note * 101, ""]  # fmt: skip
    files = [trust, trust[:-1], "", "quorum none\n", f"log {key}\n", f"{trust}quorum none\n",
             f"{trust}log {key}\n", f"witness w {key}\nquorum w\n", f"# x\n{trust}",
             f"{trust}more\n", f"log {key}\nquorum w\n", f"log {key} url more\nquorum none\n",
             trust.replace("+", "-"), f"log {key}\ngroup g 1 w\nquorum g\n",
             f"log\t{key}\nquorum none\n"]  # fmt: skip
    said = in_page(page, "parseNote(octetsOf(item))", notes)
    assert said == [outcome(parse_note, text.encode()) for text in notes]
    said = in_page(page, "parsePolicy(octetsOf(item))", files)
    assert said == [outcome(parse_policy, text) for text in files]


def test_streams_and_edition_are_those_of_the_verifier(page):
    words = ["person/a", "ledger", "keyring", "refusal", "sealed/" + "0" * 32]
    kinds = page.do("KINDS")
    assert page.do("CATALOGUE") == form.CATALOGUE
    assert all(form.is_stream(f"{kind}/x") for kind in kinds)
    assert all(page.do(f"STREAM.test({json.dumps(word)})") for word in words)
    pattern = form._STREAM.pattern
    assert sum(f"|{kind}" in pattern or f"({kind}" in pattern for kind in kinds) == len(kinds)
    assert (
        pattern[pattern.index("(person") : pattern.index(")/[a-zA-Z")].count("|") == len(kinds) - 1
    )


def test_a_record_of_each_form_is_taken(page, small):
    said = in_page(
        page, "readRecord(openRecord(octetsOf(item)))", [e.decode() for e in small.entries]
    )
    assert said == [outcome(parse_record, entry) for entry in small.entries] == ["taken"] * 9


RANGES = [
    [], [[1, 2]], [[2, 2]], [[2, 1]], [[0, 0], [2, 9]], [[0, 0], [1, 9]], [[0, 5], [3, 9]],
    [[4, 5], [1, 2]], [[1]], [[1, 2, 3]], [["1", 2]], [[True, 2]], [[-1, 2]], {}, "1-2", None, [5],
]  # fmt: skip


def test_what_is_destroyed(page, small):
    """Ranges of positions, and the three names that belong together."""
    body = json.loads(canonical_body(small.entries[1]))
    form_of = {"type": "RecordsDestroyed", "subject": "ledger", "action": "destroy_records"}
    fields = [{"positions": ranges} for ranges in RANGES]
    bodies = [{**body, **form_of, "data": {**body["data"], "fields": f}} for f in fields]
    bodies += [{**bodies[1], name: body[name]} for name in form_of]
    said = in_page(page, "checkBody(item)", bodies)
    expected = [outcome(check_body, b) for b in bodies]
    assert said == expected
    assert expected[: len(RANGES)].count("taken") == 3


STAMP = {"at": "2026-02-28T00:00:00Z", "root": "a" * 64, "size": 4, "token": "b" * 64}
STAMPS = [
    {},
    {"at": "2026-02-29T00:00:00Z"},
    {"at": 5},
    {"root": "a"},
    {"root": "A" * 64},
    {"token": 1},
    {"size": 0},
    {"size": True},
    {"size": "4"},
    {"size": None},
    {"more": 1},
]


def test_timestamps(page, small):
    """The form of the record that names a token."""
    body = json.loads(canonical_body(small.entries[1]))
    data = {**body["data"], "sealed": {}, "fields": STAMP}
    more = {"type": "CheckpointTimestamped", "action": "timestamp_checkpoint", "actor": "system"}
    whole = {**body, **more, "subject": "ledger", "data": data}
    whole.pop("actoroffices", None)
    bodies = [{**whole, "data": {**data, "fields": {**STAMP, **change}}} for change in STAMPS]
    bodies += [{**whole, **change} for change in CHANGES]
    bodies += [{**whole, "data": {**data, **change}} for change in DATA]
    said = in_page(page, "checkBody(item)", bodies)
    expected = [outcome(check_body, b) for b in bodies]
    assert [(b, s) for b, s, e in zip(bodies, said, expected, strict=True) if s != e] == []
    assert said[0] == "taken"


def test_replaced_wrapping_keys(page, small):
    """The form of the record that begins an epoch."""
    body = json.loads(canonical_body(small.entries[1]))
    more = {"type": "WrappingKeyReplaced", "action": "replace_wrapping_key", "actor": "system"}
    whole = {**body, **more, "subject": "ledger", "data": {**body["data"], "sealed": {}}}
    whole.pop("actoroffices", None)
    epochs = [
        {"epoch": 2, "keys": 0}, {"epoch": 1, "keys": 0}, {"epoch": 2, "keys": -1},
        {"epoch": "2", "keys": 0}, {"epoch": 2}, {"epoch": True, "keys": 0},
        {"epoch": 2, "keys": 0, "more": 1}, {"epoch": 2, "keys": None},
    ]  # fmt: skip
    bodies = [{**whole, "data": {**whole["data"], "fields": fields}} for fields in epochs]
    bodies += [{**bodies[0], **change} for change in CHANGES]
    bodies += [{**bodies[0], "data": {**bodies[0]["data"], **change}} for change in DATA]
    said = in_page(page, "checkBody(item)", bodies)
    expected = [outcome(check_body, b) for b in bodies]
    assert [(b, s) for b, s, e in zip(bodies, said, expected, strict=True) if s != e] == []
    assert said[:8] == ["taken", *["refused"] * 7]


def test_two_signatures_are_for_keys_alone(page, small):
    twice = json.loads(small.entries[1])
    other = {**twice["signatures"][0], "keyid": "f" * 32}
    texts = []
    for entry in small.entries[:3]:
        value = json.loads(entry)
        value["signatures"] = sorted([*value["signatures"], other], key=lambda s: s["keyid"])
        texts.append(canonical(value))
    said = in_page(page, "readRecord(openRecord(octetsOf(item)))", [t.decode() for t in texts])
    assert said == [outcome(parse_record, text) for text in texts]
    assert said == ["taken", "refused", "refused"]


def test_heads(page):
    proof = HeadTree(b"s" * 32, [Head("ledger", 3, b"r" * 32), Head("person/a", 0, None)])
    whole = json.loads(heads_member([proof.prove("ledger"), proof.prove("person/a")]))
    one, two = whole["heads"]
    lists = [
        [one, two],
        [two, one],
        [one, one],
        [],
        [one, 1],
        [{**one, "more": 1}],
        [{**one, "version": 0}],
        [{**two, "version": 1}],
        [{**one, "record": "r"}],
        [{**one, "record": 5}],
        [{**one, "stream": "x"}],
        [{**one, "nonce": ""}],
        [{**one, "path": one["path"][:-4]}],
        [{**one, "path": None}],
        [{**one, "version": True}],
        [{**one, "version": -1}],
        [{**one, "version": 2**53}],
    ]
    texts = [json.dumps({"heads": items}, separators=(",", ":"), sort_keys=True) for items in lists]
    texts += ["", "{}", '{"heads":{}}', '{"heads":[]}\n', '{"heads":[],"more":1}', "[]", "null"]
    said = in_page(page, "readHeads(octetsOf(item))", texts)
    assert dict(zip(texts, said, strict=True)) == {
        text: outcome(read_heads, text.encode()) for text in texts
    }


ORIGIN = "log.example.org/school/" + "0" * 32
TOLD = {"disclosed": "some", "size": 9, "source": ORIGIN}
WHOLE = {**TOLD, "kind": "complete", "scope": "full", "withheld": []}
SOME = {**WHOLE, "kind": "redacted", "withheld": [{"position": 3, "reason": "chosen"}]}
CASE = {**TOLD, "kind": "case", "scope": {"incident": "a"}, "shown": [0, 8]}
DAYS = {"from": "2026-02-27T00:00:00Z", "to": "2026-02-28T00:00:00Z"}
CONTENTS = [
    WHOLE,
    SOME,
    CASE,
    {**CASE, "scope": DAYS},
    {**CASE, "kind": "person", "scope": {"person": "a"}},
    {**WHOLE, "kind": "redacted"},
    {**SOME, "kind": "complete"},
    {**SOME, "kind": "case"},
    {**CASE, "kind": "person"},
    {**CASE, "kind": "person", "scope": DAYS},
    {**CASE, "kind": "x"},
    {**CASE, "scope": "full"},
    {**CASE, "scope": {}},
    {**CASE, "scope": {"incident": "a", "account": "b"}},
    {**CASE, "scope": {"incident": ""}},
    {**CASE, "scope": {"person": "a"}},
    {**CASE, "scope": []},
    {**CASE, "scope": {"from": DAYS["to"], "to": DAYS["from"]}},
    {**CASE, "scope": {"from": 1, "to": 2}},
    {**CASE, "scope": {"from": DAYS["to"], "to": DAYS["to"]}},
    {**CASE, "scope": {"from": DAYS["from"]}},
    {**CASE, "shown": []},
    {**CASE, "shown": [8, 0]},
    {**CASE, "shown": [0, 0]},
    {**CASE, "shown": [9]},
    {**CASE, "shown": [-1]},
    {**CASE, "shown": [True]},
    {**CASE, "shown": "0"},
    {**CASE, "withheld": []},
    {**SOME, "withheld": [{"position": 9, "reason": "chosen"}]},
    {**SOME, "withheld": [3]},
    {**SOME, "withheld": [{"position": 3, "reason": "Chosen"}]},
    {**SOME, "withheld": {}},
    {**SOME, "withheld": [{"position": 3}]},
    {**SOME, "scope": "some"},
    {**WHOLE, "size": "9"},
    {**WHOLE, "size": -1},
    {**WHOLE, "source": "x"},
    {**WHOLE, "more": 1},
    {**WHOLE, "disclosed": "all"},
    {**CASE, "disclosed": "none"},
    {**CASE, "disclosed": ["stf-001", "stf-002"]},
    {**CASE, "disclosed": ["stf-002", "stf-001"]},
    {**CASE, "disclosed": [""]},
    {**CASE, "disclosed": []},
    {**WHOLE, "disclosed": "most"},
    {**WHOLE, "disclosed": None},
    {k: v for k, v in WHOLE.items() if k != "disclosed"},
    {**WHOLE, "kind": 1},
    {k: v for k, v in WHOLE.items() if k != "kind"},
    {},
    [],
    None,
    5,
    "complete",
]


def test_contents(page):
    """The first block is read as the manifest is."""

    def as_manifest(value):
        if type(value) is dict:
            value = {**value, "format": FORMAT, "members": []}
        read_manifest(Envelope("", canonical(value), ()))

    texts = [canonical(value).decode() for value in CONTENTS]
    said = in_page(page, "readContents(octetsOf(item))", texts)
    expected = {text: outcome(as_manifest, json.loads(text)) for text in texts}
    assert dict(zip(texts, said, strict=True)) == expected


def test_receipts(page, small):
    path = inclusion_path(3, 9, lambda level, n: b"%d" % n * 32 if n else b"h" * 32)
    text = format_tlog_proof(TlogProof(3, tuple(path), small.checkpoint()))
    texts = [
        text,
        text.replace("@v1", "@v2"),
        text.replace("index 3\n", ""),
        text.replace("index 3", "index 03"),
        text.replace("index 3", "index 3\n"),
        text.replace("\n\n", "\n"),
        "",
        "\n\n",
        text[: text.index("\n\n")],
        text.replace("index 3\n", "index 3\nAAAA\n"),
        text.replace("index 3\n", "index 3\nA\n"),
        text.replace("index 3", "index -3"),
        text.replace("index", "Index"),
        " " + text,
        text.replace("index 3\n", "index 3\n" + ("A" * 43 + "=\n") * 64),
        text.replace("index 3", "index é"),
    ]
    said = in_page(page, "parseProof(octetsOf(item))", texts)
    assert dict(zip(texts, said, strict=True)) == {
        text: outcome(parse_tlog_proof, text.encode()) for text in texts
    }


OWN, PASSKEY = FileKey("per-1"), Passkey("per-1")
BY_PASSKEY = [
    {}, {"origin": f"https://www.{HOST}"}, {"origin": f"https://{HOST}:8443"}, {"rest": "}"},
    {"rest": ',"topOrigin":"x"}'}, {"rest": ',"crossOrigin":false,"other":1}'}, {"flags": 0x1D},
    {"origin": f"https://not{HOST}"}, {"origin": f"http://{HOST}"},
    {"rest": ',"crossOrigin":true}'},
    {"origin": f"https://{HOST}/path"}, {"rest": ""}, {"rest": ',"other":"\u00e9"}'},
    {"type": "webauthn.create"}, {"rp_signed": "example.org"}, {"flags": 0x01}, {"flags": 0x04},
    {"flags": 0x45}, {"flags": 0x85}, {"behind": b"\xa0"}, {"seed": 9}, {"rest": "x" * 2048},
]  # fmt: skip
ENROLMENTS = [
    {}, {"kind": "card"}, {"algorithm": "es256"}, {"algorithm": 5}, {"key_id": "0" * 32},
    {"public_key": "AA=="}, {"public_key": None}, {"person": "per-2"}, {"person": ""}, {"more": 1},
    {"signature": ""}, {"signature": 5}, {"rp": HOST}, {"client_data": ""},
]  # fmt: skip
OF_PASSKEYS = [
    {"rp": "a/b"}, {"rp": "other.example"}, {"rp": 5}, {"rp": "A.example"}, {"passkey_id": ""},
    {"passkey_id": "="}, {"algorithm": "ed25519"}, {"authenticator_data": "AA=="},
    {"public_key": "BAAA"}, {"client_data": 5},
]  # fmt: skip
TOLD = """(async () => {
  const [actors, found] = [new Actors(), []];
  for (const [at, body] of item.entries()) {
    checkBody(body);
    found.push(...actors.see(rowOf(at + 1, body, {})));
  }
  found.push(...(await actors.finish()));
  if (found.length) throw new Invalid(found[0].detail);
})()"""


def stories(small):
    """An enrolment and a record that is signed with its key; in each something may be wrong."""
    blank = parse_record(small.entries[4])[0]
    blank = replace(blank, subject="person/per-1", actor="per-1", sealed={}, fields={})
    for key in (OWN, PASSKEY, replace(PASSKEY, algorithm="ed25519")):
        passkey = key.kind == "passkey"
        for change in ENROLMENTS + (OF_PASSKEYS if passkey else []):
            fields = key.enrolment(small.origin, **change)
            yield [replace(blank, type=ENROLLED, fields=fields), signed(blank, key)]
        enrolled = replace(blank, type=ENROLLED, fields=key.enrolment(small.origin))
        for change in BY_PASSKEY if passkey else [{"seed": 9}]:
            yield [enrolled, signed(blank, key, replace(key, **change))]
        yield [enrolled, replace(signed(blank, key), fields={"a": 1})]
        yield [enrolled, with_browser(signed(blank, key), {"ad": "", "cdj": ""})]
        yield [enrolled, saying(blank, key, {"doneby": None})]
        yield [signed(blank, key), enrolled]


def signed(record, key, by=None):
    intent = (by or key).intent(record)
    intent["signatures"][0]["keyid"] = key.ident
    return replace(record, assurance="actor-signed", intent=intent)


def with_browser(record, wa):
    """The record, whose actor's signature has these authenticator and client data."""
    one = {**record.intent["signatures"][0], "wa": wa}
    return replace(record, intent={**record.intent, "signatures": [one]})


def saying(record, key, change):
    """The record, of which its actor signed something else."""
    record = signed(record, key)
    body = {**parse_canonical(b64decode(record.intent["payload"])), **change}
    return replace(record, intent=key.envelope(canonical(body)))


def told(records):
    actors = Actors()
    for position, record in enumerate(records, 1):
        record_body(record)
        said = actors.see(position, record)
        if said is not None:
            raise ValueError(said)


def test_what_actors_sign(page, small):
    cases, bodies = list(stories(small)), []
    for records in cases:
        bodies.append([body_of(record) for record in records])
    said = in_page(page, TOLD, bodies)
    expected = [outcome(told, records) for records in cases]
    assert {"taken", "refused"} == set(expected)
    assert [(b, s) for b, s, e in zip(bodies, said, expected, strict=True) if s != e] == []


def body_of(record):
    """The body, also where the form of it would not be signed."""
    return json.loads(canonical(_body_of(record)))
