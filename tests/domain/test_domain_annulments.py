"""What is annulled was never so, once that is known (ACTIONS.md 5.12 and section 6)."""

import pytest
from simulator import (
    ACCOUNT,
    DEPUTY,
    HEAD,
    LEAD,
    MODERATOR,
    POLICY,
    RUNNER,
    TEACHER,
)


def annul(school, target, by=HEAD):
    return school.accept("annul_entry", by, target=target, reason="Never happened")


def refuse(school, code, target, by=HEAD, reason="Never happened"):
    return school.refuse(code, "annul_entry", by, target=target, reason=reason)


def test_an_annulment_needs_an_office_another_person_and_an_entry(school):
    made = school.enquiry().event_id
    refuse(school, "missing_field", made, reason=" ")
    refuse(school, "unknown_reference", "0" * 32, by=TEACHER)
    refuse(school, "not_moderator", made, by=TEACHER)
    mine = school.accept("record_monitoring_check", HEAD, account=ACCOUNT, result="handled")
    refuse(school, "approver_is_requester", mine.event_id)
    receipt = annul(school, made, by=MODERATOR)
    assert receipt.stream == "enquiry/enq-1"
    assert school.under(receipt, "reason") == "stream:enquiry/enq-1"


def test_what_is_annulled_is_gone_and_its_id_free_again(school):
    made = school.enquiry()
    annul(school, made.event_id)
    answer = {"enquiry": "enq-1", "mode": "full", "automated": False}
    school.refuse("unknown_reference", "respond_to_enquiry", LEAD, **answer)
    school.enquiry()
    school.accept("respond_to_enquiry", LEAD, **answer)


def test_an_annulled_entry_is_not_annulled_again(school):
    made = school.enquiry().event_id
    annul(school, made)
    refuse(school, "already_decided", made, by=MODERATOR)


def test_accounts_and_people_are_given_out_once_even_when_annulled(school):
    known = school.ledger.entries()
    created = next(known.of("AccountCreated")).record.id
    annul(school, created)
    school.apply(application="apl-02", by=LEAD)
    school.accept("approve_application", DEPUTY, application="apl-02")
    given = {"account": ACCOUNT, "application": "apl-02", "handle": "x"}
    school.refuse("duplicate_id", "create_account", MODERATOR, **given)
    person = school.register("stf-050", "Al Bo", by=HEAD).event_id
    annul(school, person, by=DEPUTY)
    given = {"person": "stf-050", "name": "Mari Puw", "kind": "staff", "offices": []}
    school.refuse("duplicate_id", "register_person", HEAD, **given)


@pytest.mark.parametrize("kind", ["LedgerOpened", "PolicyRatified"])
def test_the_ledgers_own_ground_is_never_annulled(school, kind):
    entry = next(school.ledger.entries().of(kind))
    refuse(school, "invalid_field", entry.record.id, by=DEPUTY)


def test_corrections_and_annulments_are_never_annulled(school):
    made = school.enquiry().event_id
    given = {"target": made, "set": {"kind": "complaint"}, "reason": "x"}
    correction = school.accept("correct_entry", TEACHER, **given).event_id
    refuse(school, "invalid_field", correction)
    annulment = annul(school, made).event_id
    refuse(school, "invalid_field", annulment, by=DEPUTY)
    given = {"target": annulment, "set": {"reason": "x"}, "reason": "x"}
    school.refuse("invalid_field", "correct_entry", DEPUTY, **given)


def test_a_refused_line_is_no_entry(school):
    given = {"account": ACCOUNT, "result": "handled"}
    refused = school.refuse("not_account_runner", "record_monitoring_check", TEACHER, **given)
    refuse(school, "unknown_reference", refused.event_id)


def test_roles_offices_training_and_departures_follow_an_annulment(school):
    gone = school.depart(LEAD).event_id
    check = {"account": ACCOUNT, "result": "handled"}
    school.refuse("actor_departed", "record_monitoring_check", LEAD, **check)
    annul(school, gone, by=DEPUTY)
    school.accept("record_monitoring_check", LEAD, **check)
    end = {"account": ACCOUNT, "person": RUNNER, "role": "runner", "reason": "workload"}
    ended = school.accept("end_account_role", MODERATOR, **end).event_id
    school.refuse("not_account_runner", "record_monitoring_check", RUNNER, **check)
    annul(school, ended)
    school.accept("record_monitoring_check", RUNNER, **check)
    named = school.accept("assign_office", HEAD, person=TEACHER, office="moderator").event_id
    annul(school, named, by=DEPUTY)
    school.refuse("not_moderator", "share_credential", TEACHER, account=ACCOUNT, person=LEAD)
    read = school.accept("acknowledge_policy", TEACHER, policy_version=POLICY).event_id
    school.train(TEACHER)
    annul(school, read)
    role = {"account": ACCOUNT, "person": TEACHER, "role": "runner"}
    school.refuse("runner_policy_not_acknowledged", "assign_account_role", MODERATOR, **role)
