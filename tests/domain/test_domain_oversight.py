"""How an account fares: seen or hidden, hacked, listed, attested, handed over, looked through."""

import pytest
from simulator import ACCOUNT, DEPUTY, HASH_A, HEAD, LEAD, MODERATOR, RUNNER, TEACHER, VOLUNTEER

HERE = {"account": ACCOUNT}
CLOSE = {**HERE, "reason": "The project has ended", "audience_told": True}
DONE = {"access_tested": True, "open_items_seen": True}


def test_who_can_see_a_page_changes_with_a_reason(school):
    given = {**HERE, "visibility": "private"}
    school.refuse("reason_required", "change_visibility", DEPUTY, **given, reason=" ")
    made = school.accept("change_visibility", DEPUTY, **given, reason="Strangers write")
    assert b"Strangers" not in school.bodies()
    assert school.entry(made).fields["visibility"] == "private"
    school.accept("close_account", MODERATOR, **CLOSE)
    school.refuse("account_closed", "change_visibility", DEPUTY, **given, reason="x")


def test_anybody_may_say_that_a_page_is_hacked_but_not_from_tomorrow(school):
    given = {**HERE, "from": school.ago(hours=2), "means": "A message asked for the password"}
    made = school.accept("record_compromise", VOLUNTEER, **given)
    assert school.under(made, "means") == f"stream:account/{ACCOUNT}"
    school.refuse("invalid_field", "record_compromise", VOLUNTEER,
                  **{**given, "from": school.ago(hours=-1)})  # fmt: skip
    for to in (school.ago(hours=2), school.ago(hours=3), school.ago(hours=-1)):
        school.refuse("invalid_field", "record_compromise", VOLUNTEER, **given, to=to)
    school.accept("record_compromise", VOLUNTEER, **given, to=school.ago(hours=1))


@pytest.mark.parametrize("state", ["locked_out", "suspended_by_platform", "deleted_by_platform"])
def test_a_page_may_be_lost_and_found_even_when_it_is_closed(school, state):
    school.accept("record_account_state", TEACHER, **HERE, state=state)
    school.accept("close_account", MODERATOR, **CLOSE)
    school.accept("record_account_state", TEACHER, **HERE, state="regained")


def test_the_platforms_own_list_names_nobody_but_who_is_registered(school):
    given = {**HERE, "matched": [LEAD, VOLUNTEER], "unmatched": 1, "list_hash": HASH_A}
    made = school.accept("record_platform_list", LEAD, **given)
    assert school.entry(made).fields["list_hash"] == "a" * 64
    school.accept("record_platform_list", LEAD, **{**given, "matched": [], "unmatched": 0})
    school.refuse("invalid_field", "record_platform_list", LEAD, **{**given, "unmatched": -1})
    school.refuse("invalid_field", "record_platform_list", LEAD, **{**given, "list_hash": "a" * 64})


def test_only_who_leads_at_that_time_attests(school):
    given = {**HERE, "settings_checked": True, "access_confirmed": True}
    school.refuse("not_account_runner", "attest_account", MODERATOR, **given)
    school.accept("attest_account", TEACHER, **given, done_by=LEAD)
    school.ready(TEACHER).later(hours=1)
    school.accept("transfer_lead", MODERATOR, **HERE, **{"from": LEAD, "to": TEACHER})
    school.refuse("not_account_runner", "attest_account", LEAD, **given)
    school.accept("attest_account", LEAD, **given, occurred_at=school.ago(seconds=1))
    school.accept("attest_account", TEACHER, **given)


def test_a_handover_is_accepted_by_whom_it_was_offered_once(school):
    school.refuse("unknown_reference", "accept_handover", TEACHER, **HERE, **DONE)
    school.refuse("not_moderator", "offer_handover", RUNNER, **HERE, to=TEACHER)
    school.refuse("invalid_field", "offer_handover", MODERATOR, **HERE, to=LEAD)
    school.accept("offer_handover", LEAD, **HERE, to=TEACHER)
    school.refuse("must_acknowledge_personally", "accept_handover", MODERATOR, **HERE, **DONE)
    school.refuse("must_acknowledge_personally", "accept_handover", MODERATOR, **HERE, **DONE,
                  done_by=TEACHER)  # fmt: skip
    later = school.later(hours=1)
    later.accept("accept_handover", TEACHER, **HERE, access_tested=False, open_items_seen=True)
    later.accept("accept_handover", TEACHER, **HERE, **DONE)
    later.refuse("already_decided", "accept_handover", TEACHER, **HERE, **DONE)
    later.later(days=1).accept("offer_handover", MODERATOR, **HERE, to=TEACHER)
    later.later(hours=1).accept("accept_handover", TEACHER, **HERE, **DONE)


def test_nothing_is_handed_over_that_is_closed(school):
    school.accept("offer_handover", LEAD, **HERE, to=TEACHER)
    school.accept("close_account", MODERATOR, **CLOSE)
    school.refuse("account_closed", "offer_handover", MODERATOR, **HERE, to=TEACHER)
    school.accept("accept_handover", TEACHER, **HERE, **DONE)


def test_a_round_of_comments_is_one_entry_of_the_time_it_took(school):
    school.enquiry("enq-7")
    given = {**HERE, "from": school.ago(minutes=30), "to": school.ago(minutes=5)}
    given |= {"seen": 9, "acknowledged": 8, "opened": ["enq-7"]}
    school.accept("record_comment_round", RUNNER, **given)
    school.accept("record_comment_round", TEACHER, **given, done_by=RUNNER)
    for wrong in (
        {"acknowledged": 10},
        {"to": school.ago(minutes=30)},
        {"to": school.ago(hours=-1)},
    ):
        school.refuse("invalid_field", "record_comment_round", RUNNER, **{**given, **wrong})
    school.refuse("unknown_reference", "record_comment_round", RUNNER,
                  **{**given, "opened": ["enq-8"]})  # fmt: skip


def test_what_was_approved_for_an_existing_account_makes_no_second_one(school):
    school.apply(application="apl-02", by=LEAD, existing_account=ACCOUNT)
    school.accept("approve_application", HEAD, application="apl-02")
    given = {"account": "ig-2", "application": "apl-02", "handle": "x"}
    refused = school.refuse("duplicate_id", "create_account", MODERATOR, **given)
    assert refused.details == {"account": ACCOUNT}
