"""An actor's own signature: of which keys and commands it is taken, and of which it is not."""

from dataclasses import replace

import pytest
from actors import HOST, FileKey, Passkey

from ledger.proof import publickey
from ledger.proof.actors import ENDED, ENROLLED, Actors, intent_body
from ledger.proof.encoding import b64decode, b64encode, canonical, parse_canonical
from ledger.proof.errors import Malformed
from ledger.proof.intent import actor_key, parse_intent
from ledger.proof.record import parse_record, sign_record

FILE = FileKey("per-1")
PASSKEYS = (Passkey("per-1"), Passkey("per-1", algorithm="ed25519"))
KEYS = (FILE, *PASSKEYS)
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@pytest.fixture(autouse=True, params=["cryptography", "plain Python"])
def _by(request, monkeypatch):
    """Both ways of asking whether a signature on P-256 holds."""
    if request.param == "plain Python":
        monkeypatch.setattr(publickey, "_holds_ec", publickey._plain_ec)


@pytest.fixture(name="told")
def _told(new_ledger):
    """Records of a person who enrols a key, decides something, and ends the key."""
    ledger = new_ledger()

    def record(type, fields=None, **more):
        made = ledger.record(type, "person/per-1", "act", "per-1", fields=fields or {})
        return replace(made, **more)

    return record


def enrolled(told, key, **change):
    return told(ENROLLED, key.enrolment(told("X").source, **change))


def signed(told, key, by=None, **more):
    record = told("Decided", {"decision": "granted"}, **more)
    return replace(record, assurance="actor-signed", intent=(by or key).intent(record))


def judged(*records):
    """What is said of the records, one after the other."""
    actors = Actors()
    said = [actors.see(position, record) for position, record in enumerate(records, 1)]
    return said, actors.signed


@pytest.mark.parametrize("key", KEYS, ids=repr)
def test_an_actor_signs_with_a_key_of_their_own(told, key):
    assert judged(enrolled(told, key), signed(told, key)) == ([None, None], 1)


@pytest.mark.parametrize("key", KEYS, ids=repr)
def test_a_signed_record_reads_as_it_was_written(new_ledger, told, key):
    record = signed(told, key)
    read, _ = parse_record(sign_record(record, [new_ledger().record_key]))
    assert read == record


def test_who_did_it_and_what_is_sealed_are_signed_too(told):
    record = told("Decided", {}, doneby="org:police", sealed={"a": {"commitment": "0" * 64}})
    assert b'"commitments":{"a":"' in intent_body(record)
    assert b'"doneby":"org:police"' in intent_body(record)


@pytest.mark.parametrize("key", KEYS, ids=repr)
@pytest.mark.parametrize(
    "change",
    [
        {"fields": {"decision": "refused"}},
        {"action": "refuse_it"},
        {"id": "another"},
        {"occurredat": 5},
        {"doneby": "per-2"},
        {"source": "log.example.org/other/" + "0" * 32},
        {"sealed": {"reason": {"ciphertext": "0" * 64, "commitment": "1" * 64}}},
    ],
    ids=str,
)
def test_what_was_signed_cannot_be_made_to_say_something_else(told, key, change):
    said, _ = judged(enrolled(told, key), replace(signed(told, key), **change))
    assert said[1][0] == "actor_signature"
    assert next(iter(change)).replace("sealed", "commitments") in said[1][1]


def test_the_key_is_the_actors_own(told):
    other = replace(signed(told, FILE), actor="per-2")
    said, _ = judged(enrolled(told, FILE), other)
    assert said[1][0] == "actor_key_not_valid"


def test_a_key_signs_from_the_record_after_its_enrolment_to_that_of_its_end(told):
    ended = told(ENDED, {"person": "per-1", "key_id": FILE.ident, "reason": "lost"})
    ended = replace(ended, assurance="actor-signed", intent=FILE.intent(ended))
    before, after = signed(told, FILE), signed(told, FILE)
    said, count = judged(before, enrolled(told, FILE), signed(told, FILE), ended, after)
    assert [s and s[0] for s in said] == [
        "actor_key_not_valid", None, None, None, "actor_key_not_valid",
    ]  # fmt: skip
    assert count == 2
    assert "ended with record 4" in said[4][1]


def test_a_key_does_not_sign_its_own_enrolment(told):
    record = enrolled(told, FILE)
    record = replace(record, assurance="actor-signed", intent=FILE.intent(record))
    assert judged(record)[0][0][0] == "actor_key_not_valid"


def test_a_key_is_enrolled_once_by_the_person_and_ended_once(told):
    record = enrolled(told, FILE)
    ended = told(ENDED, {"person": "per-1", "key_id": FILE.ident, "reason": "lost"})
    again = [record, record, ended, ended, record]
    assert [s and s[0] for s in judged(*again)[0]] == [
        None, "actor_signature", None, "actor_key_not_valid", "actor_signature",
    ]  # fmt: skip
    for other in (
        replace(record, actor="per-2"),
        replace(record, doneby="per-2"),
        replace(record, subject="person/per-2"),
    ):
        assert judged(other)[0][0][0] == "actor_signature"
    foreign = replace(ended, subject="person/per-2")
    assert judged(record, foreign)[0][1][0] == "actor_key_not_valid"


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "card"}, {"kind": "passkey"}, {"algorithm": "es256"}, {"algorithm": None},
        {"key_id": "0" * 32}, {"public_key": b64encode(bytes(32))}, {"public_key": 5},
        {"public_key": b64encode(b"\x01" + bytes(31))}, {"rp": HOST}, {"more": 1}, {"person": ""},
        {"signature": {}}, {"signature": b64encode(bytes(64))}, {"person": "per-2"},
    ],
    ids=str,
)  # fmt: skip
def test_an_enrolment_of_another_form_enrols_nothing(told, change):
    said, _ = judged(enrolled(told, FILE, **change), signed(told, FILE))
    assert [s and s[0] for s in said] == ["actor_signature", "actor_key_not_valid"]


@pytest.mark.parametrize(
    "change",
    [
        {"rp": "-.example/"}, {"rp": "other.example"}, {"rp": None}, {"passkey_id": ""},
        {"passkey_id": b64encode(bytes(1024))}, {"algorithm": "ed25519"},
        {"public_key": b64encode(b"\x04" + bytes(64))}, {"public_key": b64encode(bytes(33))},
    ],
    ids=str,
)  # fmt: skip
def test_an_enrolment_of_a_passkey_of_another_form_enrols_nothing(told, change):
    assert judged(enrolled(told, PASSKEYS[0], **change))[0][0][0] == "actor_signature"


@pytest.mark.parametrize("key", PASSKEYS, ids=repr)
@pytest.mark.parametrize(
    ("change", "taken"),
    [
        ({"origin": f"https://www.{HOST}"}, True),
        ({"origin": f"https://{HOST}:8443"}, True),
        ({"rest": "}"}, True),
        ({"rest": ',"topOrigin":"x"}'}, True),
        ({"rest": ',"crossOrigin":false,"other":1}'}, True),
        ({"origin": f"https://not{HOST}"}, False),
        ({"origin": f"http://{HOST}"}, False),
        ({"origin": f"https://{HOST}/path"}, False),
        ({"origin": "https://example.org"}, False),
        ({"rest": ',"crossOrigin":true}'}, False),
        ({"rest": ""}, False),
        ({"rest": "x" * 2048}, False),
        ({"type": "webauthn.create"}, False),
        ({"rp_signed": "example.org"}, False),
        ({"flags": 0x01}, False),
        ({"flags": 0x04}, False),
        ({"flags": 0x1D}, True),
        ({"flags": 0x45}, False),
        ({"flags": 0x85}, False),
        ({"behind": b"\xa0"}, False),
    ],
    ids=str,
)
def test_what_a_passkey_signs_is_what_the_rules_of_its_key_ask_for(told, key, change, taken):
    by = replace(key, **change)
    try:
        said, _ = judged(enrolled(told, key), signed(told, key, by))
    except Malformed:
        said = [None, ("record_form",)]
    assert (said[1] is None) is taken


def test_a_passkey_of_this_machine_needs_no_https(told):
    key = replace(PASSKEYS[0], rp="localhost", origin="http://localhost:8000")
    assert judged(enrolled(told, key), signed(told, key)) == ([None, None], 1)


def test_the_kind_of_a_signature_is_that_of_the_key_never_of_the_message(told):
    file = FileKey("per-1", seed=9)
    told_of = (enrolled(told, file), enrolled(told, PASSKEYS[1]))
    record = signed(told, file)
    one = record.intent["signatures"][0]
    wa = signed(told, PASSKEYS[1]).intent["signatures"][0]["wa"]
    with_wa = replace(record, intent={**record.intent, "signatures": [{**one, "wa": wa}]})
    bare = signed(told, PASSKEYS[1])
    plain = {"keyid": PASSKEYS[1].ident, "sig": bare.intent["signatures"][0]["sig"]}
    without = replace(bare, intent={**bare.intent, "signatures": [plain]})
    assert [s and s[0] for s in judged(*told_of, with_wa, without)[0]] == [
        None, None, "actor_signature", "actor_signature",
    ]  # fmt: skip


def der(r, s, extra=b""):
    def number(n, wide=0):
        octets = n.to_bytes((n.bit_length() + 8) // 8, "big")
        return b"\x02" + bytes([len(octets) + wide]) + bytes(wide) + octets

    inside = number(r) + number(s) + extra
    return b"\x30" + bytes([len(inside)]) + inside


@pytest.mark.parametrize(
    "spelt",
    [
        lambda r, s: r.to_bytes(32, "big") + s.to_bytes(32, "big"),
        lambda r, s: der(r, s, b"\0"),
        lambda r, s: der(r, s) + b"\0",
        lambda r, s: der(r, s + N),
        lambda r, s: der(r + N, s),
        lambda r, s: der(0, s),
        lambda r, s: der(r, 0),
        lambda r, s: der(r, s).replace(b"\x30", b"\x31", 1),
        lambda r, s: b"\x30\x81" + der(r, s)[1:],
        lambda r, s: b"",
    ],
)
def test_a_signature_on_p256_has_one_spelling(told, spelt):
    key = PASSKEYS[0]
    record = signed(told, key)
    one = record.intent["signatures"][0]
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

    sig = spelt(*decode_dss_signature(b64decode(one["sig"])))
    changed = [{**one, "sig": b64encode(sig)}]
    other = replace(record, intent={**record.intent, "signatures": changed})
    assert judged(enrolled(told, key), other)[0][1][0] == "actor_signature"
    assert judged(enrolled(told, key), record)[0][1] is None


def test_an_intent_is_an_envelope_with_one_signature(told):
    good = signed(told, FILE).intent
    one = good["signatures"][0]
    parse_intent(good)
    for bad in (
        None, {}, {**good, "more": 1}, {**good, "payloadType": "application/cloudevents+json"},
        {**good, "payload": 5}, {**good, "payload": "="}, {**good, "signatures": []},
        {**good, "signatures": [one, one]}, {**good, "signatures": ["x"]},
        {**good, "signatures": [{**one, "keyid": "x"}]},
        {**good, "signatures": [{**one, "keyid": 5}]},
        {**good, "signatures": [{**one, "wa": {}}]},
        {**good, "signatures": [{"keyid": FILE.ident}]},
        {**good, "signatures": [{**one, "wa": {"ad": "", "cdj": 1}}]},
    ):  # fmt: skip
        with pytest.raises(Malformed):
            parse_intent(bad)


def test_a_body_that_is_no_object_is_of_no_record(told):
    record = told("Decided")
    bad = replace(record, intent=FILE.envelope(canonical([1])), assurance="actor-signed")
    assert judged(enrolled(told, FILE), bad)[0][1][0] == "actor_signature"


@pytest.mark.parametrize(
    ("change", "differs"),
    [({"doneby": None}, "doneby"), ({"fields": {"count": True}}, "fields")],
    ids=str,
)
def test_null_is_not_absent_and_true_is_not_1(told, change, differs):
    record = told("Decided", {"count": 1})
    body = {**parse_canonical(intent_body(record)), **change}
    bad = replace(record, intent=FILE.envelope(canonical(body)), assurance="actor-signed")
    code, words = judged(enrolled(told, FILE), bad)[0][1]
    assert (code, words) == ("actor_signature", f"intent of another command: {differs} differs")


def test_a_file_key_signs_without_a_browser_even_an_empty_one(told):
    good = signed(told, FILE)
    [one] = good.intent["signatures"]
    more = {**good.intent, "signatures": [{**one, "wa": {"ad": "", "cdj": ""}}]}
    said, _ = judged(enrolled(told, FILE), replace(good, intent=more))
    assert said[1] == ("actor_signature", "a passkey's signature by a file key")


def test_a_key_that_is_none_says_which_field(told):
    with pytest.raises(Malformed, match="public_key"):
        actor_key({**FILE.enrolment(told("X").source), "public_key": "AA=="})


def test_assurance_goes_with_the_intent_and_refusals_have_none(new_ledger, told):
    record, key = signed(told, FILE), new_ledger().record_key
    for bad in (
        replace(record, assurance="service-attested"),
        replace(record, intent=None),
        replace(record, catalogue=2),
        replace(record, actor="system"),
        replace(record, intent={**record.intent, "more": 1}),
    ):
        with pytest.raises(Malformed):
            sign_record(bad, [key])
