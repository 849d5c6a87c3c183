"""Right of reply: whoever is named in an entry confirms or disputes it, for ever, beside it."""

from dataclasses import replace

import pytest
from simulator import ACCOUNT, DEPUTY, HEAD, LEAD, MODERATOR, RUNNER, TEACHER

from ledger.domain.replay import Duties

CASE = {"incident": "case-1"}


@pytest.fixture
def asked(school):
    """Two days late, Catrin records that the deputy head asked a parent."""
    school.incident(kind="offensive_post_by_parent")
    school.assess()
    then = school.ago()
    school.later(days=2)
    given = {**CASE, "parent": "ext-b17", "where": "own profile", "by": "telephone"}
    claim = {"occurred_at": then, "late_reason": "Forgotten", "done_by": DEPUTY}
    return school, school.accept("ask_parent_to_remove_post", TEACHER, **given, **claim)


def graded(school):
    (clock,) = school.told("/v1/sla?rule=parent_contact")
    return clock["grade"]


def test_only_who_is_named_replies_and_nobody_for_somebody_here(asked):
    school, made = asked
    target = {"target": made.event_id}
    for stranger in (TEACHER, HEAD, MODERATOR, LEAD):
        school.refuse("must_acknowledge_personally", "confirm_entry", stranger, **target)
    school.refuse("must_acknowledge_personally", "confirm_entry", TEACHER, **target, done_by=DEPUTY)
    school.refuse("unknown_reference", "dispute_entry", DEPUTY, target="evt-0", reason="x")
    reply = school.accept("confirm_entry", DEPUTY, **target)
    assert reply.stream == "incident/case-1"


def test_a_second_person_makes_a_late_claim_corroborated(asked):
    school, made = asked
    target = {"target": made.event_id}
    assert graded(school) == "after_the_fact"
    # The doer's own word, and what the typist types for the parent, add nobody.
    school.accept("confirm_entry", DEPUTY, **target)
    school.accept("confirm_entry", TEACHER, **target, done_by="ext-b17")
    assert graded(school) == "after_the_fact"
    school.accept("confirm_entry", MODERATOR, **target, done_by="ext-b17")
    assert graded(school) == "corroborated"


def test_a_reply_stands_beside_the_entry_and_changes_nothing(asked):
    school, made = asked
    before = school.told("/v1/sla?rule=parent_contact")
    reply = {"target": made.event_id, "reason": "It was a letter"}
    disputed = school.accept("dispute_entry", DEPUTY, **reply)
    assert school.told("/v1/sla?rule=parent_contact") == before
    assert b"It was a letter" not in school.bodies()
    (line,) = [r for r in school.told("/v1/incidents/case-1/timeline") if "disputed_by" in r]
    assert line["position"] == made.position
    assert line["disputed_by"][0]["position"] == disputed.position
    assert line["disputed_by"][0]["person"] == DEPUTY


def test_before_it_was_said_the_timeline_does_not_say_it(asked):
    school, made = asked
    moment = school.ago(seconds=1).replace("+", "%2B")
    school.accept("confirm_entry", DEPUTY, target=made.event_id)
    lines = school.told(f"/v1/incidents/case-1/timeline?until={moment}")
    assert not any("confirmed_by" in line for line in lines)


@pytest.mark.parametrize("who", [LEAD, RUNNER])
def test_everybody_on_a_list_is_named(school, who):
    stored = next(school.ledger.entries().of("CredentialStored"))
    school.accept("confirm_entry", who, target=stored.record.id)
    school.refuse("must_acknowledge_personally", "confirm_entry", TEACHER, target=stored.record.id)


def test_the_first_person_is_named_in_the_opening_and_others_in_an_application(school):
    known = school.ledger.entries()
    opened, applied = (next(known.of(t)) for t in ("LedgerOpened", "AccountApplicationSubmitted"))
    school.accept("confirm_entry", HEAD, target=opened.record.id)
    school.accept("dispute_entry", RUNNER, target=applied.record.id, reason="Nobody asked me")


def test_an_account_is_nobody(school):
    made = school.accept("record_monitoring_check", LEAD, account=ACCOUNT, result="handled")
    school.refuse("must_acknowledge_personally", "confirm_entry", LEAD, target=made.event_id)


def test_replies_and_notes_signed_against_the_rules_are_found_out(asked):
    """Whoever holds the key can sign what no rule allows; the replay of duties says so."""
    school, made = asked
    reply = school.accept("confirm_entry", DEPUTY, target=made.event_id)
    noted = school.accept("add_note", TEACHER, **CASE, text="Seen")
    lengthened = school.request() and school.accept(
        "extend_rights_request", HEAD, request="rts-1", reason="Many letters"
    )
    assert found_in(school, {}) == []
    forged = {reply: (LEAD, ()), noted: (RUNNER, ()), lengthened: (RUNNER, ())}
    assert found_in(school, forged) == [
        ("duty_broken", f"confirm_entry by {LEAD}: must_acknowledge_personally"),
        ("duty_broken", f"add_note by {RUNNER}: not_slt"),
        ("duty_broken", f"extend_rights_request by {RUNNER}: not_slt"),
    ]


def found_in(school, forged):
    """What the replay finds where these receipts' records name another actor and offices."""
    others = {receipt.position: who for receipt, who in forged.items()}
    duties, found = Duties(), []
    for n, entry in enumerate(school.ledger.entries().all):
        actor, held = others.get(n, (entry.record.actor, entry.record.actoroffices))
        told = replace(entry.record, actor=actor, actoroffices=held)
        found += [(f.code, f.detail) for f in duties.see(n, told)]
    return found
