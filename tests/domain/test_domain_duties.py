"""The duties of the policy that are not about one account: what is recorded, refused, sealed."""

from dataclasses import replace

import pytest
from cast import DEPUTY, HEAD, LEAD, MODERATOR, NOBODY, POLICY, RUNNER, TEACHER, VOLUNTEER

from ledger.domain.replay import Duties

CASE = {"incident": "case-1"}
CONCERN = {"concern": "cnc-1", "kind": "follows_pupil", "person": RUNNER}


def test_who_a_concern_is_about_is_sealed_under_that_persons_own_key(school):
    raised = school.accept("raise_concern", VOLUNTEER, **CONCERN, summary="Follows two of Year 6")
    assert school.entry(raised).fields == {"concern": "cnc-1", "kind": "follows_pupil"}
    assert school.under(raised, "person") == f"subject:{RUNNER}"
    assert school.value(raised, "person") == RUNNER
    assert school.under(raised, "summary") == "stream:concern/cnc-1"


def test_a_concern_is_about_somebody_registered_and_decided_once_by_slt(school):
    school.refuse("unknown_reference", "raise_concern", TEACHER, **{**CONCERN, "person": NOBODY})
    school.refuse("unknown_reference", "decide_concern", HEAD, concern="cnc-1", outcome="advice")
    school.accept("raise_concern", TEACHER, **CONCERN)
    school.refuse("not_slt", "decide_concern", MODERATOR, concern="cnc-1", outcome="advice")
    school.accept("decide_concern", HEAD, concern="cnc-1", outcome="advice")
    school.refuse("already_decided", "decide_concern", DEPUTY, concern="cnc-1", outcome="unfounded")


def test_what_is_out_of_scope_is_kept_without_a_word(school):
    given = {"matter": "mat-1", "scope": "out_of_scope", "ground": "no_reference_and_no_effect"}
    refused = school.refuse("invalid_field", "decide_scope", HEAD, **given, reasoning="Her holiday")
    assert "reasoning" in refused.details["fields"]
    kept = school.accept("decide_scope", HEAD, **given)
    assert school.entry(kept).record.sealed == {}
    assert b"Her holiday" not in school.bodies()


@pytest.mark.parametrize(
    "change",
    [{"reasoning": "Her holiday"}, {"scope": "professional"}, {"ground": "names_school"}],
)
def test_a_correction_makes_nothing_that_could_not_be_recorded(school, change):
    given = {"matter": "mat-1", "scope": "out_of_scope", "ground": "no_reference_and_no_effect"}
    kept = school.accept("decide_scope", HEAD, **given)
    correction = {"target": kept.event_id, "set": change, "reason": "typo"}
    refused = school.refuse("invalid_field", "correct_entry", HEAD, **correction)
    assert ["set"] == refused.details["fields"]


@pytest.mark.parametrize(
    ("scope", "ground"),
    [
        ("professional", "names_school"),
        ("personal_in_scope", "no_reference_and_no_effect"),
        ("out_of_scope", "affects_standards"),
    ],
)
def test_a_ground_fits_its_scope(school, scope, ground):
    school.refuse("invalid_field", "decide_scope", HEAD, matter="mat-1", scope=scope, ground=ground)


def test_nobody_gives_a_second_opinion_on_their_own_question(school):
    school.accept("ask_second_opinion", HEAD, opinion="opn-1", done_by=LEAD)
    given = {"opinion": "opn-1", "view": "do_not_respond"}
    school.refuse("approver_is_requester", "give_second_opinion", LEAD, **given)
    school.refuse("approver_is_requester", "give_second_opinion", HEAD, **given, done_by=LEAD)
    school.accept("give_second_opinion", RUNNER, **given)
    school.refuse(
        "unknown_reference", "give_second_opinion", RUNNER, opinion="opn-2", view="as_drafted"
    )


def test_one_person_may_hold_two_second_opinions(school):
    school.accept("ask_second_opinion", LEAD, opinion="opn-1", question="Do we answer this?")
    for who, view in ((RUNNER, "as_drafted"), (DEPUTY, "ask_senior_leader")):
        school.accept("give_second_opinion", who, opinion="opn-1", view=view)


def test_conduct_classified_illegal_is_not_closed_before_an_agency_is_told(school):
    school.incident()
    school.assess()
    school.refuse("assessor_not_slt", "classify_conduct", TEACHER, **CASE, conduct="illegal")
    school.accept("classify_conduct", DEPUTY, **CASE, conduct="illegal", natures=["harassing"])
    school.assess()  # a second assessment does not make it legal again
    school.refuse("agency_not_notified", "close_incident", DEPUTY, **CASE, outcome="done")
    school.accept("notify_agency", TEACHER, **CASE, agency="police", reason="Threats")
    school.accept("close_incident", DEPUTY, **CASE, outcome="done")


def test_the_latest_word_on_the_conduct_counts(school):
    school.incident()
    school.assess()
    school.accept("classify_conduct", DEPUTY, **CASE, conduct="illegal")
    school.later(hours=1).accept("classify_conduct", HEAD, **CASE, conduct="unacceptable")
    school.accept("close_incident", DEPUTY, **CASE, outcome="spoken to")


def test_who_had_to_be_spoken_to_is_sealed(school):
    school.incident()
    given = {**CASE, "step": "words_of_advice", "person": RUNNER, "what": "Spoke after school"}
    taken = school.accept("take_internal_action", DEPUTY, **given)
    assert school.entry(taken).fields == {**CASE, "step": "words_of_advice"}
    assert school.under(taken, "person") == f"subject:{RUNNER}"
    assert school.under(taken, "what") == "stream:incident/case-1"


def test_nobody_was_aware_of_a_breach_before_it_was_judged(school):
    school.incident(kind="data_breach")
    given = {**CASE, "risk": "risk", "reportable": True}
    later = "2026-12-01T09:00:00+00:00"
    school.refuse("invalid_field", "assess_data_breach", HEAD, **given, aware_at=later)
    school.accept("assess_data_breach", HEAD, **given, aware_at=school.ago(hours=3))


def test_the_data_protection_officer_may_judge_a_breach(school):
    school.incident(kind="data_breach")
    school.accept("assign_office", HEAD, person=TEACHER, office="dpo")
    given = {**CASE, "risk": "unlikely", "reportable": False, "aware_at": school.ago(hours=1)}
    school.later(minutes=1).accept("assess_data_breach", TEACHER, **given)


def test_facts_that_show_a_broken_rule_are_recorded_all_the_same(school):
    dojo = {"learning_platform": "class-dojo"}
    school.accept("record_commenting", VOLUNTEER, **dojo, commenting="enabled")
    school.accept("record_learner_contact", TEACHER, contact="lct-1", by_school_account=False)
    judged = {"appropriately_dressed": False, "free_of_ridicule": True}
    given = {"post": "pst-1", "account": "fb-main", "judgement": "not_suitable", **judged}
    school.accept("judge_image", LEAD, **given, no_publish_list_checked=True)
    school.depart(LEAD)
    given = {"person": LEAD, "by": "letter", "acknowledged": False}
    school.accept("remind_confidentiality", MODERATOR, **given)
    impact = {"policy_version": POLICY, "impact": "equality", "outcome": "action_needed"}
    school.accept("assess_policy_impact", HEAD, **impact)


def test_attendance_is_no_training(staffed):
    session = {"session": "trn-1", "course": "sm-foundation", "held_on": "2026-09-03"}
    staffed.accept("offer_training", DEPUTY, **session, people=[LEAD, RUNNER])
    staffed.accept("record_attendance", LEAD, session="trn-1", people=[LEAD, RUNNER])
    staffed.acknowledge(LEAD, RUNNER).apply()
    staffed.refuse("runner_not_trained", "approve_application", DEPUTY, application="apl-01")


def test_an_opinion_on_ones_own_question_is_found_out_whoever_signed_it(school):
    school.accept("ask_second_opinion", LEAD, opinion="opn-1")
    given = school.accept("give_second_opinion", RUNNER, opinion="opn-1", view="as_drafted")
    school.accept("raise_concern", TEACHER, **CONCERN)
    decided = school.accept("decide_concern", HEAD, concern="cnc-1", outcome="advice")
    assert replayed_as(school, {}) == []
    assert replayed_as(school, {given.position: LEAD, decided.position: TEACHER}) == [
        f"give_second_opinion by {LEAD}: approver_is_requester",
        f"decide_concern by {TEACHER}: not_slt",
    ]


def replayed_as(school, actors):
    """The broken duties the verifier finds where records at these positions name another actor."""
    duties = Duties()
    found = []
    for n, entry in enumerate(school.ledger.entries().all):
        record = replace(entry.record, actor=actors.get(n, entry.record.actor))
        found += [f.detail for f in duties.see(n, record) if f.code == "duty_broken"]
    return found
