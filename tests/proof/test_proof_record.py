"""The form of a record is a closed set; the keys are those the log admits."""

import copy
import json
from dataclasses import replace
from hashlib import sha256

import pytest

from ledger.proof.dsse import envelope_from_value, envelope_value, sign_envelope
from ledger.proof.encoding import b64encode, canonical, parse_canonical
from ledger.proof.errors import Invalid, Malformed, Newer
from ledger.proof.keyrecords import origin_of
from ledger.proof.keyring import Keyring
from ledger.proof.record import (
    MAX_RECORD,
    RECORD_TYPE,
    commitment,
    open_record,
    parse_record,
    read_record,
    record_body,
    root_statement,
    sign_record,
    sign_root_statement,
)

HEX = "0" * 64


def body_at(ledger, position):
    return parse_canonical(open_record(ledger.entries[position]).body)


def parse_body(ledger, body):
    data = sign_envelope(RECORD_TYPE, canonical(body), [ledger.record_key])
    return parse_record(data)[0]


def changed(body, path, value):
    """Return a copy of the body with the member at `path` set, or removed for ..."""
    body = copy.deepcopy(body)
    *way, last = path.split("/")
    inner = body
    for step in way:
        inner = inner[step]
    if value is ...:
        del inner[last]
    else:
        inner[last] = value
    return body


def test_every_form_of_record_comes_back(small):
    for entry in small.entries:
        record, envelope = parse_record(entry)
        assert record_body(record) == envelope.body
        assert parse_body(small, json.loads(envelope.body)) == record


def test_all_attributes_come_back(small):
    record, _ = parse_record(small.entries[4])
    full = replace(
        record,
        actoroffices=("headteacher", "slt"),
        doneby="per-9",
        causedby=HEX,
        irregular=("late", "same_person"),
        fields={"text": "é", "list": [1, None], "inner": {"a": True}},
        rules={"calendar": 3, "keyring": 1, "policy": "pol-1", "rules": 2},
    )
    assert parse_record(sign_record(full, [small.record_key]))[0] == full
    assert (
        replace(full, irregular=())
        == parse_record(sign_record(replace(full, irregular=()), [small.record_key]))[0]
    )


PLAIN = [
    ("specversion", "1.1"),
    ("specversion", 1),
    ("datacontenttype", "text/plain"),
    ("id", ""),
    ("id", "a b"),
    ("id", 7),
    ("source", "log.example.org"),
    ("source", "Log.example.org/school/" + "0" * 32),
    ("type", "postChecked"),
    ("type", ""),
    ("subject", "elsewhere"),
    ("subject", "account/"),
    ("subject", "account/a/b"),
    ("subject", "sealed/xyz"),
    ("subject", "refusal"),
    ("subject", "sealed/" + "0" * 32),
    ("time", "2026-01-01T00:00:00+00:00"),
    ("time", 1),
    ("occurredat", None),
    ("streamversion", 0),
    ("streamversion", "1"),
    ("streamversion", True),
    ("action", "Check"),
    ("action", "refuse"),
    ("action", "seal"),
    ("type", "CommandRefused"),
    ("type", "Sealed"),
    ("actor", ""),
    ("actor", None),
    ("actoroffices", ""),
    ("actoroffices", "slt headteacher"),
    ("actoroffices", "slt slt"),
    ("actoroffices", "headteacher  slt"),
    ("actoroffices", ["slt"]),
    ("doneby", "per-1"),
    ("doneby", None),
    ("assurance", "actor-signed"),
    ("assurance", None),
    ("catalogue", 0),
    ("catalogue", "1"),
    ("causedby", "0" * 63),
    ("causedby", None),
    ("traceparent", "00"),
    ("data", []),
    ("data/fields", []),
    ("data/sealed", []),
    ("data/sealed", {"a": {"ciphertext": HEX}}),
    ("data/sealed", {"a": {"ciphertext": HEX, "commitment": HEX.replace("0", "A")}}),
    ("data/sealed", {"a": {"ciphertext": HEX, "commitment": HEX, "key": HEX}}),
    ("data/sealed", {"a": {"ciphertext": HEX, "commitment": 1}}),
    ("data/rules", {"calendar": 0, "keyring": 1, "policy": None}),
    ("data/rules", {"calendar": 0, "keyring": -1, "policy": None, "rules": 0}),
    ("data/rules", {"calendar": True, "keyring": 1, "policy": None, "rules": 0}),
    ("data/rules", {"calendar": 0, "keyring": 1, "policy": "", "rules": 0}),
    ("data/irregular", "late"),
    ("data/irregular", ["Late"]),
    ("data/irregular", None),
    ("data/approvals", []),
    ("data/intent", {}),
    ("data/intent", None),
    ("data/more", 1),
    ("data", ...),
    ("data/fields", ...),
    ("data/sealed", ...),
    ("data/rules", ...),
    ("id", ...),
    ("assurance", ...),
    ("occurredat", ...),
    ("catalogue", ...),
]


@pytest.mark.parametrize(("path", "value"), PLAIN, ids=ascii)
def test_a_record_of_another_form_is_refused(small, path, value):
    body = body_at(small, 4)
    assert body["actor"] == "per-1"
    with pytest.raises(Malformed) as caught:
        parse_body(small, changed(body, path, value))
    assert not isinstance(caught.value, Newer)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("type", "CommandAllowed"),
        ("subject", "ledger"),
        ("action", "allow"),
        ("data/fields/action", "Approve"),
        ("data/fields/code", ...),
        ("data/fields/code", "secret_in_payload"),
        ("data/fields/more", 1),
        ("data/fields/payload_hash", "0"),
        ("data/fields/payload_hash", ...),
        ("data/fields/reference_ids", ["b", "a"]),
        ("data/fields/reference_ids", ["a", "a"]),
        ("data/fields/reference_ids", ["a b"]),
        ("data/fields/reference_ids", "a"),
        ("data/sealed", {}),
        ("data/sealed/more", {"ciphertext": HEX, "commitment": HEX}),
    ],
    ids=ascii,
)
def test_a_refusal_of_another_form_is_refused(small, path, value):
    body = body_at(small, 1)
    assert body["type"] == "CommandRefused"
    parse_body(small, body)
    with pytest.raises(Malformed):
        parse_body(small, changed(body, path, value))


def test_a_refusal_because_of_a_secret_has_no_hash(small):
    body = changed(body_at(small, 1), "data/fields/payload_hash", ...)
    body = changed(changed(body, "data/sealed", {}), "data/fields/code", "secret_in_payload")
    assert parse_body(small, body).fields["code"] == "secret_in_payload"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("type", "Opened"),
        ("subject", "ledger"),
        ("action", "open"),
        ("actor", "per-1"),
        ("actoroffices", "slt"),
        ("doneby", "per-1"),
        ("causedby", HEX),
        ("streamversion", 2),
        ("occurredat", "2023-01-01T00:00:00Z"),
        ("data/fields", {"a": 1}),
        ("data/irregular", []),
        ("data/sealed", {}),
        ("data/sealed/more", {"ciphertext": HEX, "commitment": HEX}),
    ],
    ids=ascii,
)
def test_a_sealed_act_of_another_form_is_refused(small, path, value):
    body = body_at(small, 2)
    assert body["type"] == "Sealed"
    parse_body(small, body)
    with pytest.raises(Malformed):
        parse_body(small, changed(body, path, value))


@pytest.mark.parametrize(
    "body", [{}, {"specversion": "2.0"}, {"data": {"intent": {}}}, {"assurance": "sealed"}], ids=str
)
def test_a_later_edition_is_newer_whatever_else_it_has(small, body):
    with pytest.raises(Newer):
        parse_body(small, {**body_at(small, 4), **body, "catalogue": 4})


def test_the_envelope_opens_before_the_body_is_believed(small):
    data = sign_envelope(RECORD_TYPE, b"anything", [small.record_key])
    envelope = open_record(data)
    with pytest.raises(Malformed):
        read_record(envelope)


def test_the_form_is_checked_before_signing(small):
    record, _ = parse_record(small.entries[4])
    for bad in (replace(record, actor=""), replace(record, time=-1), replace(record, catalogue=4)):
        with pytest.raises(Malformed):
            sign_record(bad, [small.record_key])


def test_a_record_is_bounded(small):
    record, _ = parse_record(small.entries[4])
    with pytest.raises(Malformed, match="at most 49152"):
        sign_record(replace(record, fields={"a": "x" * 40_000}), [small.record_key])
    with pytest.raises(Malformed):
        open_record(b" " * (MAX_RECORD + 1))


def test_two_signatures_are_only_for_key_records(small, new_signer):
    record, _ = parse_record(small.entries[4])
    two = [small.record_key, new_signer("record", "next")]
    with pytest.raises(Malformed):
        parse_record(sign_record(record, two))
    with pytest.raises(Malformed):
        parse_record(sign_record(record, [*two, new_signer("record", "third")]))


def test_a_commitment_is_the_one_of_the_format():
    text = b'handledger/commitment/v1\n{"id":"e","path":"p","salt":"%b","source":"o","value":"v"}'
    salt = bytes(32)
    expected = sha256(text % b64encode(salt).encode()).digest()
    assert commitment("o", "e", "p", salt, "v") == expected
    with pytest.raises(Malformed):
        commitment("o", "e", "p", bytes(31), "v")
    with pytest.raises(Malformed):
        commitment("o", "e", "p", salt, 1.5)


# Keys in the log


def opened(ledger, record):
    keyring = Keyring()
    keyring.admit(0, record)
    return keyring


def test_the_first_record_admits_its_keys(new_ledger):
    ledger = new_ledger()
    record, envelope = parse_record(ledger.entries[0])
    keyring = opened(ledger, record)
    keyid = envelope.signatures[0].keyid
    assert keyring.record_key(keyid, 0) == ledger.record_key.public_key
    assert [key.public_key for key in keyring.checkpoint_keys(1)] == [
        ledger.checkpoint_key.public_key
    ]
    assert keyring.checkpoint_keys(0) == []
    assert (keyring.count, keyring.origin, keyring.rehearsal) == (1, ledger.origin, False)
    with pytest.raises(Invalid):
        keyring.record_key("0" * 32, 0)
    with pytest.raises(Invalid):
        Keyring().record_key(keyid, 0)


def test_a_rehearsal_says_so(new_ledger):
    ledger = new_ledger(host="rehearsal")
    assert opened(ledger, ledger.genesis()).rehearsal


def test_other_streams_change_no_keys(small):
    keyring = Keyring()
    keyring.admit(4, parse_record(small.entries[4])[0])
    assert keyring.count == 0


def test_an_unknown_key_record_is_newer(new_ledger):
    ledger = new_ledger()
    record = replace(ledger.genesis(), type="RecordKeyAdded")
    with pytest.raises(Newer):
        Keyring().admit(0, record)


def test_the_keyring_opens_once_and_at_the_beginning(new_ledger):
    ledger = new_ledger()
    record = parse_record(ledger.entries[0])[0]
    keyring = opened(ledger, record)
    for position in (0, 1):
        with pytest.raises(Invalid):
            keyring.admit(position, record)
    with pytest.raises(Invalid):
        Keyring().admit(1, record)


def test_too_few_or_foreign_approvals_open_nothing(new_ledger, new_signer):
    ledger = new_ledger()
    good = parse_record(ledger.entries[0])[0]
    foreign = sign_root_statement(good, new_signer("root", "foreign"))
    other = sign_root_statement(replace(good, id="other"), ledger.roots[1])
    forged = envelope_value(
        "application/vnd.handledger.root+json",
        root_statement(good),
        [replace(sig, sig=bytes([9]) * 64) for sig in signatures_of(good.approvals[1])],
    )
    for approvals in (
        (),
        good.approvals[:1],
        (good.approvals[0], foreign),
        (*good.approvals, foreign),
        (good.approvals[0], other),
        (good.approvals[0], forged),
    ):
        with pytest.raises((Invalid, Malformed)):
            opened(ledger, replace(good, approvals=tuple(sorted(approvals, key=key_named))))
    opened(ledger, ledger_with_three(ledger))


def key_named(approval):
    return approval["signatures"][0]["keyid"]


def signatures_of(value):
    return envelope_from_value(value, "application/vnd.handledger.root+json", 1).signatures


def ledger_with_three(ledger):
    ledger.versions.clear()
    return ledger.genesis(approvers=3)


def test_approvals_are_sorted_and_each_by_another_key(new_ledger):
    ledger = new_ledger()
    good = parse_record(ledger.entries[0])[0]
    one, two = good.approvals
    for approvals in ((two, one), (one, one)):
        with pytest.raises(Malformed):
            record_body(replace(good, approvals=approvals))


def test_the_origin_hashes_the_roots(new_ledger, new_signer):
    ledger = new_ledger()
    keys = [root.public_key for root in ledger.roots]
    assert origin_of("h", "s", keys, 2) == origin_of("h", "s", keys[::-1], 2)
    assert len({origin_of("h", "s", keys, 1), origin_of("h", "s", keys[:2], 2)}) == 2
    text = canonical({"keys": sorted(map(b64encode, keys)), "threshold": 2})
    assert ledger.origin == "log.example.org/school/" + sha256(text).hexdigest()[:32]


@pytest.mark.parametrize(
    "change",
    [
        lambda f: f.pop("rehearsal"),
        lambda f: f.update(more=1),
        lambda f: f.update(rehearsal=True),
        lambda f: f.update(rehearsal=0),
        lambda f: f.update(roots=[]),
        lambda f: f["roots"].update(threshold=0),
        lambda f: f["roots"].update(threshold=1),
        lambda f: f["roots"].update(threshold=4),
        lambda f: f["roots"].update(threshold=True),
        lambda f: f["roots"].update(keys=[]),
        lambda f: f["roots"].update(keys=f["roots"]["keys"][::-1]),
        lambda f: f["roots"].update(keys=f["roots"]["keys"][:2]),
        lambda f: f["roots"].update(keys=[f["roots"]["keys"][0]] * 3),
        lambda f: f["roots"].update(keys=[b64encode(bytes([9, n]) + bytes(30)) for n in range(17)]),
        lambda f: f["roots"]["keys"].append(7),
        lambda f: f.update(admitted={}),
        lambda f: f.update(admitted=[]),
        lambda f: f.update(admitted=f["admitted"][:1]),
        lambda f: f.update(admitted=f["admitted"][::-1]),
        lambda f: f["admitted"].append(f["admitted"][1]),
        lambda f: f["admitted"][0].update(purpose="root"),
        lambda f: f["admitted"][0].update(more=1),
        lambda f: f["admitted"][0].update(public_key=f["admitted"][1]["public_key"]),
        lambda f: f["admitted"][0].update(public_key=b64encode(bytes(32))),
        lambda f: f["admitted"][0].update(public_key=f["roots"]["keys"][0]),
    ],
)
def test_a_keyring_of_another_form_opens_nothing(new_ledger, change):
    ledger = new_ledger()
    record = parse_record(ledger.entries[0])[0]
    fields = copy.deepcopy(record.fields)
    change(fields)
    record = replace(record, fields=fields)
    approvals = [sign_root_statement(record, root) for root in ledger.roots[:2]]
    with pytest.raises((Malformed, Invalid)):
        opened(ledger, replace(record, approvals=tuple(approvals)))


@pytest.mark.parametrize("change", [{"actor": "per-1"}, {"action": "open"}])
def test_the_keyring_is_opened_by_the_system(new_ledger, change):
    ledger = new_ledger()
    record = parse_record(ledger.entries[0])[0]
    with pytest.raises(Invalid):
        opened(ledger, replace(record, **change))


def test_a_timestamp_says_what_it_is_of_and_nothing_else(new_ledger):
    ledger = new_ledger()
    fields = {"at": "2026-11-02T12:00:00Z", "root": HEX, "size": 1, "token": HEX}
    kind, action = "CheckpointTimestamped", "timestamp_checkpoint"
    ledger.append(ledger.record(kind, "ledger", action, "system", fields=fields))
    body = body_at(ledger, 1)
    assert kind == parse_body(ledger, body).type
    wrong = {
        "type": "PolicyAdopted", "action": "adopt_policy", "actor": "stf-1", "doneby": "stf-1",
        "subject": "account/a", "data/fields/size": 0, "data/fields/root": "00",
        "data/fields/token": None, "data/fields/at": "yesterday", "data/fields/more": 1,
        "data/irregular": [], "data/fields/at ": ...,
    }  # fmt: skip
    for path, value in wrong.items():
        with pytest.raises(Malformed):
            parse_body(ledger, changed(body, path.strip(), value))
