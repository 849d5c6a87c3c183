"""Nobody decides in a matter that is about them, and somebody else always can."""

from dataclasses import replace

import pytest
from simulator import CHAIR, DEPUTY, HEAD, LEAD, MODERATOR, TEACHER, VOLUNTEER

from ledger.domain.interests import SINCE
from ledger.domain.replay import Duties
from ledger.outcomes import Receipt

CASE = {"incident": "case-1"}
CLOSE = {**CASE, "outcome": "resolved"}


def codes(school, *people):
    """What each is told who would assess the incident: None is accepted."""
    said = []
    for person in people:
        outcome = school.ask("assess_incident", person, **CASE, severity="high")
        said.append(None if isinstance(outcome, Receipt) else outcome.code)
    return said


def test_the_person_an_incident_is_about_neither_assesses_nor_closes_it(school):
    school.incident(about=[DEPUTY])
    school.refuse("assessor_not_slt", "assess_incident", DEPUTY, **CASE, severity="low")
    school.refuse("assessor_not_slt", "assess_incident", HEAD, **CASE, severity="low",
                  done_by=DEPUTY)  # fmt: skip
    school.assess(by=HEAD)
    school.refuse("not_slt", "close_incident", DEPUTY, **CLOSE)
    school.refuse("not_slt", "apply_behaviour_policy", DEPUTY, **CASE, pupil="pup-1", step="s1")
    school.accept("close_incident", HEAD, **CLOSE)


def test_what_they_did_themselves_may_still_be_written_down(school):
    school.incident(about=[DEPUTY])
    school.accept("notify_agency", DEPUTY, **CASE, agency="police", reason="I told them myself")


def test_they_neither_correct_nor_annul_what_is_told_of_it(school):
    told = school.incident(about=[DEPUTY, TEACHER])
    assessed = school.assess(by=HEAD)
    for entry in (told, assessed):
        school.refuse("not_moderator", "annul_entry", DEPUTY, target=entry.event_id, reason="No")
        change = {"target": entry.event_id, "set": {"occurred_at": school.ago(hours=1)}}
        school.refuse("not_slt", "correct_entry", DEPUTY, **change, reason="Not so")
    # Not even the author: it was Catrin who reported herself.
    change = {"target": told.event_id, "set": {"about": [DEPUTY]}}
    school.refuse("not_slt", "correct_entry", TEACHER, **change, reason="Not me")
    school.accept("correct_entry", HEAD, **change, reason="Only one of them was there")
    school.accept("correct_entry", TEACHER, target=told.event_id, set={"kind": "mistake"},
                  reason="The wrong word")  # fmt: skip


def test_the_moderator_erases_nobody_out_of_an_incident_about_themself(school):
    school.incident(about=[MODERATOR])
    removed = {"content": "cmt-1", "author": "ext-e17", "content_kind": "comment"}
    school.accept("take_down_content", TEACHER, **CASE, **removed)
    school.request(subject="ext-e17")
    school.decide()
    erase = {"request": "rts-1", "subject": "ext-e17"}
    school.refuse("not_moderator", "erase_subject", MODERATOR, **erase)
    # There is no other moderator: leadership stands in, but not whoever granted it.
    school.refuse("approver_is_requester", "erase_subject", HEAD, **erase)
    school.accept("erase_subject", DEPUTY, **erase)


def test_they_do_not_let_go_what_is_kept_for_it(school):
    school.incident(about=[MODERATOR])
    school.request(subject=MODERATOR)
    school.decide()
    erase = {"request": "rts-1", "subject": MODERATOR}
    school.refuse("not_moderator", "erase_subject", MODERATOR, **erase)


@pytest.mark.parametrize(
    ("about", "may"),
    [
        ([HEAD], CHAIR),
        ([HEAD, DEPUTY], CHAIR),
        ([DEPUTY], HEAD),
        ([HEAD, CHAIR], DEPUTY),
        ([DEPUTY, CHAIR], HEAD),
        ([TEACHER], HEAD),
        ([HEAD, DEPUTY, CHAIR], "gov-009"),
    ],
)
def test_somebody_else_always_can(school, about, may):
    school.register("gov-009", "Non Parry", "governor", ["governor"])
    school.incident(about=about)
    others = {HEAD, DEPUTY, CHAIR, MODERATOR, LEAD, VOLUNTEER, "gov-009"} - {may}
    if may == HEAD and about == [TEACHER]:
        others -= {DEPUTY}  # any of leadership
    assert set(codes(school, *others)) == {"assessor_not_slt"}
    assert codes(school, may) == [None]
    for person in others:
        school.refuse("not_slt", "close_incident", person, **CLOSE)
    school.accept("close_incident", may, **CLOSE)


def test_once_everybody_else_in_leadership_has_left_the_chair_acts(school):
    school.incident(about=[DEPUTY])
    school.depart(HEAD)
    assert codes(school, DEPUTY, TEACHER, CHAIR) == ["assessor_not_slt", "assessor_not_slt", None]


def test_what_stands_in_clear_is_not_made_restricted_afterwards(school):
    told = school.incident(about=[TEACHER])
    for change in ({"restricted": True}, {"protect_reporter": True}, {"about": [HEAD]}):
        given = {"target": told.event_id, "set": change, "reason": "On reflection"}
        school.refuse("invalid_field", "correct_entry", DEPUTY, **given)


# -- the auditor's replay --------------------------------------------------------------------


def forged(school, edition):
    """The log as somebody would have it who let the deputy assess what is about the deputy."""
    school.incident(about=[DEPUTY])
    school.assess(by=HEAD)
    records = [entry.record for entry in school.ledger.entries().all]
    last = records[-1]
    held = tuple(sorted(("slt", "dsp")))
    return [*records[:-1], replace(last, actor=DEPUTY, actoroffices=held, catalogue=edition)]


@pytest.mark.parametrize(("edition", "found"), [(SINCE, ["duty_broken"]), (SINCE - 1, [])])
def test_the_verifier_finds_who_decided_about_themself(school, edition, found):
    duties = Duties()
    records = forged(school, edition)
    findings = [f.code for n, record in enumerate(records) for f in duties.see(n, record)]
    assert findings == found


@pytest.mark.parametrize("given", [{"about": [HEAD]}, {"restricted": True}])
@pytest.mark.parametrize(("edition", "found"), [(SINCE, ["restricted_in_clear"]), (SINCE - 1, [])])
def test_the_verifier_finds_what_should_never_have_stood_in_clear(school, given, edition, found):
    school.incident()
    records = [entry.record for entry in school.ledger.entries().all]
    fields = {**records[-1].fields, **given}
    records[-1] = replace(records[-1], fields=fields, catalogue=edition)
    duties = Duties()
    assert [f.code for n, record in enumerate(records) for f in duties.see(n, record)] == found
