"""Keys come, go and are taken back: what the ledger refuses before anything is recorded."""

import pytest
from simulator import HEAD, LEAD, MODERATOR, admitted, key_id_of

from keys.signer import FileSigner
from ledger.outcomes import WritesRefused
from ledger.proof.encoding import b64encode

NEXT = FileSigner("record", b"n" * 32)
CHECKPOINT = FileSigner("checkpoint", b"c" * 32)
STRANGER = FileSigner("root", b"x" * 32)
NOT_APPROVED = "roots_have_not_approved"


def first_key(school, purpose="record"):
    """Key id and purpose of the key with which the ledger began."""
    for key_id, key in school.ledger.keyring().keys.items():
        if key.said.purpose == purpose:
            return {"key_id": key_id, "purpose": purpose}
    raise AssertionError(purpose)


def admit(school, key=NEXT, **more):
    return school.accept(
        "admit_key", MODERATOR, **school.approved("admit_key", **admitted(key), **more)
    )


def test_what_the_roots_approved_stands_in_the_record_and_nothing_else(school):
    made = admit(school)
    entry = school.entry(made)
    assert (entry.type, entry.stream, entry.fields) == ("KeyAdmitted", "keyring", admitted(NEXT))
    assert len(entry.record.approvals) == 1
    assert (made.event_id, made.stream_version) == ("key-1", 2)
    assert school.ledger.keyring().record_key(key_id_of(NEXT), made.position + 1)


def test_a_moderator_or_the_leadership_records_it_and_nobody_else(school):
    given = school.approved("admit_key", **admitted(NEXT))
    school.refuse("not_moderator", "admit_key", LEAD, **given)
    school.accept("admit_key", HEAD, **given)


@pytest.mark.parametrize("by", [[STRANGER], "twice", "with a stranger", "nobody"])
def test_without_the_roots_nothing_is_done(school, by):
    roots = school.roots()
    some = {"twice": [], "with a stranger": [*roots, STRANGER], "nobody": []}.get(str(by), by)
    given = school.approved("admit_key", by=some or [STRANGER], **admitted(NEXT))
    if not some:
        given["approvals"] = []
    refused = school.refuse(NOT_APPROVED, "admit_key", MODERATOR, **given)
    assert refused.details["fields"] == ["approvals"]
    assert refused.details["reason"]
    assert school.ledger.entries().version("keyring") == 1


def test_an_approval_is_good_for_one_record_alone(school):
    given = school.approved("admit_key", **admitted(NEXT))
    other = {**given, **admitted(FileSigner("record", b"o" * 32))}
    school.refuse(NOT_APPROVED, "admit_key", MODERATOR, **other)
    school.refuse(NOT_APPROVED, "admit_key", MODERATOR, **{**given, "event_id": "key-2"})
    school.refuse(NOT_APPROVED, "admit_key", MODERATOR, **{**given, "purpose": "checkpoint"})
    school.accept("admit_key", MODERATOR, **given)
    school.refuse("duplicate_id", "admit_key", MODERATOR, **{**given, "expected_version": 2})


def test_an_approval_of_what_was_overtaken_is_stale(school):
    stale = school.approved("admit_key", **admitted(NEXT))
    admit(school, CHECKPOINT, event_id="before-1")
    refused = school.refuse("stale_stream_version", "admit_key", MODERATOR, **stale)
    assert refused.details == {"stream_version": 2}
    again = school.approved("admit_key", **admitted(NEXT))
    school.accept("admit_key", MODERATOR, **again)


def test_an_approval_that_is_none_is_refused(school):
    given = school.approved("admit_key", **admitted(NEXT))
    for wrong in ([{}], ["x"], [{**given["approvals"][0], "more": 1}], given["approvals"] * 2):
        school.refuse(NOT_APPROVED, "admit_key", MODERATOR, **{**given, "approvals": wrong})
    for wrong in ({}, "x", 5):
        school.refuse("invalid_field", "admit_key", MODERATOR, **{**given, "approvals": wrong})


def test_what_needs_no_approval_takes_none(school):
    given = {"given_to": [HEAD], "medium": "paper", "approvals": []}
    school.refuse("invalid_field", "publish_checkpoint", MODERATOR, **given)


@pytest.mark.parametrize("octets", [b"\x01" + bytes(31), b"\xff" * 32, b"k" * 31, b"k" * 1312])
def test_a_weak_or_broken_key_is_no_key(school, octets):
    fields = {**admitted(NEXT), "public_key": b64encode(octets)}
    given = school.approved("admit_key", **fields)
    school.refuse("invalid_field", "admit_key", MODERATOR, **given)


def test_a_post_quantum_key_is_for_checkpoints(school):
    fields = {"public_key": b64encode(b"q" * 1312), "algorithm": "ml-dsa-44"}
    given = school.approved("admit_key", **fields, purpose="record")
    school.refuse("invalid_field", "admit_key", MODERATOR, **given)
    given = school.approved("admit_key", **fields, purpose="checkpoint")
    made = school.accept("admit_key", MODERATOR, **given)
    assert school.ledger.keyring().post_quantum_keys(made.position + 1) == [b"q" * 1312]


def test_a_root_key_serves_for_nothing_else(school):
    key = FileSigner("record", school.roots()[0].seed)
    given = school.approved("admit_key", **admitted(key))
    school.refuse("duplicate_id", "admit_key", MODERATOR, **given)


def test_the_last_key_of_its_kind_stays(school):
    for purpose in ("record", "checkpoint"):
        given = school.approved("revoke_key", **first_key(school, purpose), reason="retired")
        school.refuse("last_key_in_force", "revoke_key", MODERATOR, **given)
    stolen = {**first_key(school, "checkpoint"), "trusted_until": 1}
    given = school.approved("declare_key_compromised", **stolen)
    school.refuse("last_key_in_force", "declare_key_compromised", MODERATOR, **given)


def test_no_key_ends_while_the_service_does_not_hold_another(school):
    """The admitted key is somebody else's: here nothing could be signed any more."""
    admit(school, NEXT)
    admit(school, CHECKPOINT)
    for purpose in ("record", "checkpoint"):
        given = school.approved("revoke_key", **first_key(school, purpose), reason="retired")
        school.refuse("last_key_in_force", "revoke_key", MODERATOR, **given)


def test_a_key_ends_once(school):
    school.make_key(NEXT.seed)
    admit(school)
    fields = {**first_key(school), "reason": "retired"}
    school.accept("revoke_key", MODERATOR, **school.approved("revoke_key", **fields))
    given = school.approved("revoke_key", **fields)
    school.refuse("already_decided", "revoke_key", MODERATOR, **given)
    # That it was stolen before can still be said.
    stolen = school.approved("declare_key_compromised", **first_key(school), trusted_until=3)
    school.accept("declare_key_compromised", MODERATOR, **stolen)


def test_a_stolen_record_key_stops_the_ledger_until_the_roots_admit_another(school):
    """Nothing more can be recorded under it, not even a refusal; everything can be read."""
    stolen = {**first_key(school), "trusted_until": 2}
    given = school.approved("declare_key_compromised", **stolen)
    made = school.accept("declare_key_compromised", MODERATOR, **given)
    lead = {"person": LEAD, "office": "dsp"}
    with pytest.raises(WritesRefused, match="no record key in force"):
        school.ask("assign_office", HEAD, **lead)
    assert school.told("/v1/people")
    school.make_key(NEXT.seed)
    assert admit(school).position == made.position + 1
    school.accept("assign_office", HEAD, **lead)
    signed = school.ledger.keyring().keys[key_id_of(NEXT)]
    assert signed.since == made.position + 1  # it signed its own admission


def test_a_key_of_another_purpose_is_another_key(school):
    fields = {**first_key(school), "purpose": "checkpoint", "reason": "lost"}
    given = school.approved("revoke_key", **fields)
    school.refuse("unknown_reference", "revoke_key", MODERATOR, **given)


def test_a_key_is_trusted_until_a_record_that_there_is(school):
    fields = {**first_key(school), "trusted_until": school.size + 5}
    given = school.approved("declare_key_compromised", **fields)
    school.refuse("invalid_field", "declare_key_compromised", MODERATOR, **given)


def test_only_what_is_there_is_re_attested_and_once(school):
    for wrong in ({"root": "0" * 64}, {"to": school.size + 9}, {"from": 3, "to": 3}):
        given = school.approved("reattest_records", **{**school.reattested(1, 3), **wrong})
        school.refuse("invalid_field", "reattest_records", MODERATOR, **given)
    given = school.approved("reattest_records", **school.reattested(1, 3))
    school.accept("reattest_records", MODERATOR, **given)
    given = school.approved("reattest_records", **school.reattested(2, 4))
    school.refuse("already_decided", "reattest_records", MODERATOR, **given)


def test_the_roots_are_changed_by_the_old_and_the_new(school):
    mine = [FileSigner("root", bytes([n]) * 32) for n in range(1, 4)]
    fields = {"keys": sorted(b64encode(one.public_key) for one in mine), "threshold": 2}
    for by in (school.roots(), mine[:2]):
        given = school.approved("change_roots", by=by, **fields)
        school.refuse(NOT_APPROVED, "change_roots", HEAD, **given)
    given = school.approved("change_roots", by=[*school.roots(), *mine[:2]], **fields)
    school.accept("change_roots", HEAD, **given)
    given = school.approved("admit_key", by=school.roots(), **admitted(NEXT))
    school.refuse(NOT_APPROVED, "admit_key", MODERATOR, **given)
    given = school.approved("admit_key", by=mine[1:], **admitted(NEXT))
    school.accept("admit_key", MODERATOR, **given)


def test_roots_are_named_as_they_are_signed(school):
    keys = [b64encode(FileSigner("root", bytes([n]) * 32).public_key) for n in range(1, 3)]
    for wrong in (
        {"keys": sorted(keys, reverse=True), "threshold": 1},
        {"keys": sorted(keys), "threshold": 3},
        {"keys": [keys[0], keys[0]], "threshold": 1},
    ):
        given = school.approved("admit_key", **admitted(NEXT))
        given = {**wrong, "event_id": "key-1", "approvals": given["approvals"]}
        school.refuse("invalid_field", "change_roots", HEAD, **given)


def test_nobody_approves_with_a_key_that_is_none(school):
    """A record key signs what a root should."""
    asked = school.approved("admit_key", **admitted(NEXT))
    record = FileSigner("record", school.roots()[0].seed)
    given = school.approved("admit_key", by=[record], **admitted(NEXT))
    assert given["approvals"] != asked["approvals"]
    school.refuse(NOT_APPROVED, "admit_key", MODERATOR, **given)
