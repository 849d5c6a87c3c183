"""Who may change the key that signs, and to which."""

import pytest
from simulator import DEPUTY, HEAD, LEAD, MODERATOR, NEXT_KEY, key_fields

from keys.signer import FileSigner
from ledger.proof.dsse import keyid
from ledger.proof.encoding import b64decode, b64encode

WHY = {"reason": "A year has passed"}
NEXT = key_fields(FileSigner("record", NEXT_KEY))


def test_the_moderator_changes_it_and_what_was_said_stays_sealed(school):
    made = school.accept("rotate_signing_key", MODERATOR, **NEXT, **WHY)
    assert (made.stream, made.stream_version) == ("keyring", 2)
    assert school.entry(made).fields == NEXT
    assert school.value(made, "reason") == WHY["reason"]


@pytest.mark.parametrize("who", [HEAD, DEPUTY, LEAD])
def test_nobody_else_does(school, who):
    school.refuse("not_moderator", "rotate_signing_key", who, **NEXT, **WHY)


def test_the_id_is_that_of_the_key(school):
    given = {**NEXT, "new_key_id": "0" * 32}
    refused = school.refuse("invalid_field", "rotate_signing_key", MODERATOR, **given, **WHY)
    assert refused.details["fields"] == ["new_key_id"]
    public = FileSigner("record", NEXT_KEY).public_key
    given["new_key_id"] = keyid("checkpoint", public)
    school.refuse("invalid_field", "rotate_signing_key", MODERATOR, **given, **WHY)


@pytest.mark.parametrize("octets", [bytes(32), b"\x01" + bytes(31), b"\xff" * 32, b"k" * 31, b""])
def test_a_weak_or_broken_key_is_refused(school, octets):
    given = {"new_key_id": keyid("record", octets), "public_key": b64encode(octets)}
    code = "invalid_field" if octets else "missing_field"
    school.refuse(code, "rotate_signing_key", MODERATOR, **given, **WHY)


def test_a_key_that_the_vault_does_not_hold_is_unknown(school):
    stranger = key_fields(FileSigner("record", b"s" * 32))
    school.refuse("unknown_reference", "rotate_signing_key", MODERATOR, **stranger, **WHY)
    school.refuse("not_moderator", "rotate_signing_key", LEAD, **stranger, **WHY)


def test_no_key_of_the_log_comes_again_whatever_it_was_for(school):
    school.accept("rotate_signing_key", MODERATOR, **NEXT, **WHY)
    opened = school.ledger.entries().all[0].record.fields
    texts = [key["public_key"] for key in opened["admitted"]] + opened["roots"]["keys"]
    for text in (*texts, NEXT["public_key"]):
        given = {"public_key": text, "new_key_id": key_id(text)}
        school.refuse("duplicate_id", "rotate_signing_key", MODERATOR, **given, **WHY)


def test_nothing_is_said_of_a_key_record_but_by_another(school):
    """A correction would stand in the stream of keys, which holds nothing but keys."""
    target = {"target": school.accept("rotate_signing_key", MODERATOR, **NEXT, **WHY).event_id}
    change = {"set": {"new_key_id": "1" * 32}}
    code = "unknown_reference"
    school.refuse(code, "annul_entry", MODERATOR, **target, reason="A slip")
    school.refuse(code, "correct_entry", MODERATOR, **target, **change, reason="A slip")
    school.refuse(code, "confirm_entry", MODERATOR, **target)
    school.refuse(code, "dispute_entry", MODERATOR, **target, reason="It was not I")
    assert school.ledger.entries().version("keyring") == 2


def key_id(text):
    return keyid("record", b64decode(text))
