"""Findings are computed, never stored: they come and go with what is known."""

import pytest

MONDAY, TUESDAY, FRIDAY = (f"2026-11-{n:02}T09:00:00+00:00" for n in (2, 3, 6))


@pytest.fixture
def page(story):
    story.at(MONDAY).account("fb-main", "stf-003", "stf-004")
    return story


def found(story, name):
    return [i["subject"] for i in story.ask(f"/v1/findings?finding={name}")["items"]]


def test_an_account_nobody_approved_is_one_until_an_application_names_it(story):
    story.at(MONDAY)
    fields = {"account": "tt-club", "handle": "club"}
    story.tell("AccountCreated", "account/tt-club", fields, irregular=("application_not_approved",))
    assert found(story, "unapproved_account") == ["tt-club"]
    assert found(story, "irregular") == ["tt-club"]
    asked = {"application": "apl-1", "existing_account": "tt-club", "platform": "tiktok"}
    asked |= {"runners": [], "visibility": "private"}
    story.tell("AccountApplicationSubmitted", "application/apl-1", asked, actor="stf-003")
    story.at(TUESDAY)
    story.tell("AccountApplicationApproved", "application/apl-1", {"application": "apl-1"})
    (item,) = story.ask("/v1/findings?finding=unapproved_account")["items"]
    assert (item["from"], item["to"]) == (MONDAY, TUESDAY)
    (account,) = story.ask("/v1/accounts")
    assert (account["platform"], account["visibility"]) == ("tiktok", "private")


def test_a_parent_is_asked_first_then_invited_then_referred(page):
    page.incident("case-1", "offensive_post_by_parent")
    invited = page.in_incident("ParentInvitedToMeet", "case-1", parent="ext-1")
    assert found(page, "asked_out_of_order") == ["case-1"]
    page.in_incident("ParentReferredToComplaints", "case-1", parent="ext-1", stage="A")
    assert found(page, "asked_out_of_order") == ["case-1", "case-1"]
    asked = page.in_incident("ParentAskedToRemovePost", "case-1", parent="ext-1", by="letter")
    page.correct(asked, occurred_at="2026-11-01T09:00:00Z")
    assert found(page, "asked_out_of_order") == []
    page.annul(invited)
    assert found(page, "asked_out_of_order") == ["case-1"]


def test_material_of_others_without_a_credit_is_a_finding_and_a_sealed_credit_is_one(page):
    fields = {"account": "fb-main", "pictured": [], "controversial": False}
    fields["third_party_material"] = True
    page.tell("PostPublished", "post/pst-1", {"post": "pst-1", **fields})
    page.tell("PostPublished", "post/pst-2", {"post": "pst-2", **fields}, sealed=["credited"])
    assert found(page, "uncredited") == ["pst-1"]


def test_a_correction_may_make_two_leads_and_a_receipt_after_its_response(page):
    page.at(TUESDAY)
    end = {"account": "fb-main", "person": "stf-003", "role": "lead"}
    ended = page.tell("AccountRoleEnded", "account/fb-main", end)
    assign = {"account": "fb-main", "person": "stf-004", "role": "lead"}
    page.tell("AccountRoleAssigned", "account/fb-main", assign)
    assert found(page, "overlapping_leads") == []
    page.at(FRIDAY).correct(ended, occurred_at="2026-11-04T09:00:00Z")
    assert found(page, "overlapping_leads") == ["fb-main"]
    received = page.enquiry("enq-1", occurred=MONDAY)
    page.respond("enq-1", occurred=TUESDAY)
    page.correct(received, occurred_at="2026-11-03T10:00:00Z")
    (item,) = page.ask("/v1/findings?finding=irregular")["items"]
    assert item["codes"] == ["response_before_receipt"]


def test_who_answers_or_removes_without_a_role_is_found(page):
    page.enquiry("enq-1")
    page.respond("enq-1", actor="stf-005", irregular=("not_account_runner",))
    page.respond("enq-1", actor="stf-003")
    page.respond("enq-1", actor="system", automated=True)
    page.incident("case-1")
    removal = {"account": "fb-main", "content": "c-1", "author": "unknown"}
    page.tell("ContentTakenDown", "incident/case-1", removal, actor="vol-001")
    assert found(page, "response_by_unentitled") == ["case-1", "enq-1"]


def test_a_decision_recorded_late_and_one_hand_in_everything(story):
    fields = {"application": "apl-1", "platform": "x", "runners": [], "visibility": "open"}
    story.at(MONDAY)
    stream = "application/apl-1"
    story.tell("AccountApplicationSubmitted", stream, fields, doneby="stf-003", actor="stf-001")
    story.at(FRIDAY)
    story.tell("AccountApplicationApproved", stream, {"application": "apl-1"}, occurred=TUESDAY)
    assert found(story, "back_dated_permission") == ["apl-1"]
    assert found(story, "one_person_chain") == ["apl-1"]
    (row,) = story.ask("/v1/applications")
    assert (row["applicant"], row["applicant_actor"]) == ("stf-003", "stf-001")
    trained = {"people": ["stf-001", "stf-003"], "course": "c-1", "valid_until": "2027-11-02"}
    story.tell("TrainingCompleted", "training/c-1", trained)
    assert found(story, "self_certified_training") == ["c-1"]


def test_training_ends_with_its_last_day_and_a_lapse_with_the_next_training(page):
    trained = {"people": ["stf-003", "stf-004"], "course": "c-1", "valid_until": "2026-11-04"}
    page.tell("TrainingCompleted", "training/c-1", trained)
    assert page.ask("/v1/training-lapses", "2026-11-04T23:59:59+00:00") == []
    assert [r["from"] for r in page.ask("/v1/training-lapses", FRIDAY)] == [
        "2026-11-05T00:00:00+00:00"
    ] * 2
    page.at(FRIDAY)
    again = {"people": ["stf-003"], "course": "c-2", "valid_until": "2027-11-04"}
    page.tell("TrainingCompleted", "training/c-2", again)
    assert [(r["person"], r["to"]) for r in page.ask("/v1/training-lapses")] == [
        ("stf-003", FRIDAY),
        ("stf-004", None),
    ]
    assert found(page, "runner_training_lapsed") == ["fb-main", "fb-main"]


def test_a_gap_still_open_has_no_end_and_closing_ends_it(page):
    page.at(TUESDAY).leave("stf-003")
    gaps = page.ask("/v1/accounts/fb-main/gaps")
    assert gaps["no_lead"] == gaps["fewer_than_two_staff"] == [{"from": TUESDAY, "to": None}]
    page.at(FRIDAY).tell("AccountClosed", "account/fb-main", {"account": "fb-main"})
    gaps = page.ask("/v1/accounts/fb-main/gaps")
    assert gaps["fewer_than_two_runners"] == [{"from": TUESDAY, "to": FRIDAY}]
    assert page.ask("/v1/accounts") == []


def test_somebody_who_leads_and_runs_counts_once_and_a_volunteer_is_no_staff(story):
    story.at(MONDAY).account("ig-1", "stf-003", "vol-001")
    role = {"account": "ig-1", "person": "stf-003", "role": "runner"}
    story.tell("AccountRoleAssigned", "account/ig-1", role)
    gaps = story.ask("/v1/accounts/ig-1/gaps")
    assert gaps["fewer_than_two_runners"] == []
    assert gaps["fewer_than_two_staff"] == [{"from": MONDAY, "to": None}]


def test_a_named_runner_who_had_left_gets_no_role(story):
    story.at(MONDAY).leave("stf-004")
    story.at(TUESDAY).account("fb-main", "stf-003", "stf-004")
    assert [r["person"] for r in story.ask("/v1/accounts/fb-main/roles")] == ["stf-003"]


def test_somebody_departed_holds_no_office_whatever_they_are_given_afterwards(story):
    story.at(MONDAY).leave("stf-002")
    office = {"person": "stf-002", "office": "moderator"}
    story.at(TUESDAY).tell("OfficeAssigned", "person/stf-002", office)
    person = story.ask("/v1/people/stf-002")
    assert (person["offices"], person["departed_at"]) == ([], MONDAY)
    (gone,) = story.ask("/v1/findings?finding=no_moderator")["items"]
    assert (gone["from"], gone["to"]) == (MONDAY, None)
