"""Every clock of ACTIONS.md 8.2, as it starts, stops, is waived, or runs on."""

import pytest

MONDAY, TUESDAY, FRIDAY = (f"2026-11-{n:02}T09:00:00+00:00" for n in (2, 3, 6))


@pytest.fixture
def page(story):
    story.at(MONDAY).account("fb-main", "stf-003", "stf-004")
    return story


def rows(story, rule, *names, now=None):
    return [tuple(r.get(n) for n in names) for r in story.ask(f"/v1/sla?rule={rule}", now)]


def adopt(story, version, since, **rules):
    fields = {"version": version, "effective_from": since, "rules": rules}
    return story.tell("SlaRulesAdopted", "ledger", fields)


def test_a_deadline_is_frozen_under_the_rule_at_its_start(page):
    page.incident("case-1", account="fb-main")
    adopt(page.at(TUESDAY), 1, "2026-11-03T09:00:00Z", incident_assessment={"hours": 2})
    page.incident("case-2")
    found = rows(page, "incident_assessment", "subject", "rule_version", "due_at", "basis")
    assert found == [
        ("case-1", 0, "2026-11-03T09:00:00+00:00", "D"),
        ("case-2", 1, "2026-11-03T11:00:00+00:00", "D"),
    ]
    # A back-dated version 1 counts for earlier starts: so it is known from now on.
    adopt(page, 1, "2026-11-01T00:00:00Z", takedown={"hours": 1})
    page.in_incident("ContentTakenDown", "case-1", account="fb-main", content="c", author="unknown")
    assert rows(page, "takedown", "due_at", "status", "late_by_seconds") == [
        ("2026-11-02T10:00:00+00:00", "breached", 23 * 3600)
    ]


def test_the_policys_own_words_are_basis_p_and_other_numbers_p_altered(page):
    page.enquiry("enq-1")
    page.enquiry("enq-2", account=None)
    adopt(page.at(TUESDAY), 1, "2026-11-03T00:00:00Z", enquiry_response={"hours": 48})
    page.enquiry("enq-3")
    assert rows(page, "enquiry_response", "subject", "basis", "rule_version", "due_at") == [
        ("enq-1", "P", 0, "2026-11-03T09:00:00+00:00"),
        ("enq-2", "R", 0, "2026-11-03T09:00:00+00:00"),
        ("enq-3", "P-altered", 1, "2026-11-05T09:00:00+00:00"),
    ]


def test_an_enquiry_is_open_waived_met_late_or_breached(page):
    for n in range(1, 7):
        page.enquiry(f"enq-{n}")
    page.respond("enq-1", automated=True)
    waive = {"reason": "spam"}
    page.tell("NoResponseRequired", "enquiry/enq-2", {"enquiry": "enq-2", **waive})
    page.tell("NoResponseRequired", "enquiry/enq-3", {"enquiry": "enq-3", **waive})
    page.at("2026-11-03T09:00:00+00:00").respond("enq-3")
    page.respond("enq-4", doneby="stf-004", actor="stf-003")
    page.at(FRIDAY).respond("enq-5", occurred=MONDAY)
    page.tell("NoResponseRequired", "enquiry/enq-6", {"enquiry": "enq-6", **waive})
    found = rows(page, "enquiry_response", "subject", "status", "no_response_yet", "stopped_by")
    assert found == [
        ("enq-1", "breached", True, None),
        ("enq-2", "waived", None, None),
        ("enq-3", "met", None, "stf-001"),
        ("enq-4", "met", None, "stf-004"),
        ("enq-5", "met_late_recorded", None, "stf-001"),
        ("enq-6", "breached", True, None),
    ]
    assert rows(page, "enquiry_response", "grade")[4] == ("after_the_fact",)
    assert [e["enquiry"] for e in page.ask("/v1/open-items")["enquiries"]] == ["enq-1", "enq-6"]
    early = page.ask("/v1/sla?rule=enquiry_response&status=open", "2026-11-03T08:59:59+00:00")
    assert [r["subject"] for r in early] == ["enq-1", "enq-4", "enq-6"]
    summary = page.ask("/v1/sla/summary")["fb-main"]
    assert summary["by_grade"]["live"] == {"breached": 2, "met": 2, "waived": 1}
    assert (summary["met"], summary["met_late_recorded"]) == (2, 1)


def test_image_deletion_has_a_row_for_each_image_unless_a_crime_is_suspected(page):
    page.incident("case-1", "compromising_image")
    page.incident("case-2", "compromising_image", illegal_suspected=True)
    for name, image in (("case-1", "pic-1"), ("case-1", "pic-2"), ("case-2", "pic-3")):
        page.in_incident("ImageDeleted", name, image=image, taken_at="2026-11-02T08:30:00Z")
    found = rows(page, "compromising_image_deletion", "subject", "image", "margin_seconds")
    assert found == [("case-1", "pic-1", 1800), ("case-1", "pic-2", 1800)]


def test_a_block_starts_the_telling_and_a_reason_waives_it(page):
    page.incident("case-1", account="fb-main")
    page.in_incident("AudienceInformed", "case-1", account="fb-main", explanation="too early")
    page.at("2026-11-02T10:00:00+00:00")
    page.in_incident("UserBlocked", "case-1", account="fb-main", subject="ext-1")
    assert rows(page, "audience_informed", "started_at", "status") == [
        ("2026-11-02T10:00:00+00:00", "open")
    ]
    assert rows(page, "takedown", "status") == []
    page.at(FRIDAY).in_incident("IncidentClosed", "case-1", audience_reason="private_message")
    assert rows(page, "audience_informed", "status", "waived_at", "waived_by") == [
        ("waived", FRIDAY, "stf-001")
    ]


def test_a_lead_ends_until_the_next_lead_or_the_closing(page):
    transfer = {"account": "fb-main", "from": "stf-003", "to": "stf-004"}
    page.at(TUESDAY).tell("LeadTransferred", "account/fb-main", transfer)
    found = rows(page, "lead_handover", "person", "new_lead", "status", "margin_seconds")
    assert found == [("stf-003", "stf-004", "met", 0)]
    page.at("2026-11-04T09:00:00+00:00").leave("stf-004")
    page.at(FRIDAY)
    assert page.ask("/v1/open-items", FRIDAY)["accounts_without_lead"] == ["fb-main"]
    page.tell("AccountClosed", "account/fb-main", {"account": "fb-main"})
    found = rows(page, "lead_handover", "person", "new_lead", "status", "late_by_seconds")
    assert found[1] == ("stf-004", None, "breached", 2 * 86400)
    assert len(found) == 2


def test_a_lead_ended_by_the_closing_starts_no_handover(page):
    page.at(TUESDAY).tell("AccountClosed", "account/fb-main", {"account": "fb-main"})
    assert rows(page, "lead_handover", "status") == []
    assert rows(page, "two_staff", "status") == []


def test_two_staff_runs_from_creation_where_there_never_were_two(story):
    story.at(FRIDAY).account("ig-1", "stf-003", "vol-001")
    assert rows(story, "two_staff", "subject", "started_at", "due_at", "status") == [
        ("ig-1", FRIDAY, "2026-11-20T23:59:59+00:00", "open")
    ]
    fields = {"account": "ig-1", "person": "stf-004", "role": "runner"}
    story.at("2026-11-23T09:00:00+00:00").tell("AccountRoleAssigned", "account/ig-1", fields)
    assert rows(story, "two_staff", "stopped_at", "status", "late_by_seconds") == [
        ("2026-11-23T09:00:00+00:00", "breached", 2 * 86400 + 9 * 3600 + 1)
    ]


def test_applications_reporting_parents_and_data_breaches_have_clocks(page):
    page.incident("case-1", "offensive_post_by_parent", happened_at="2026-11-01T08:00:00Z")
    page.in_incident("IncidentAssessed", "case-1", severity="low")
    page.at(FRIDAY).in_incident("ParentAskedToRemovePost", "case-1", parent="ext-1", by="letter")
    assert rows(page, "conduct_reporting", "status", "late_by_seconds") == [("breached", 3600)]
    assert rows(page, "parent_contact", "due_at", "status") == [
        ("2026-11-04T23:59:59+00:00", "breached")
    ]
    page.incident("case-2", "data_breach")
    assert rows(page, "personal_data_breach", "status") == []
    page.in_incident("IncidentAssessed", "case-2", severity="high", agencies=["ico"])
    assert rows(page, "personal_data_breach", "basis", "due_at") == [
        ("statutory", "2026-11-09T09:00:00+00:00")
    ]
    assert rows(page, "application_decision", "status", "due_at") == [
        ("met", "2026-11-30T23:59:59+00:00")
    ]


def test_a_withdrawn_application_has_no_decider(story):
    story.at(MONDAY)
    fields = {"application": "apl-1", "platform": "x", "runners": []}
    story.tell("AccountApplicationSubmitted", "application/apl-1", fields, actor="stf-003")
    assert story.ask("/v1/applications")[0]["status"] == "pending"
    assert story.ask("/v1/open-items")["applications_pending"] == ["apl-1"]
    story.tell("AccountApplicationWithdrawn", "application/apl-1", {"application": "apl-1"})
    (row,) = story.ask("/v1/applications")
    assert (row["status"], row["decided_by"], row["decided_at"]) == ("withdrawn", None, None)
    assert rows(story, "application_decision", "status") == [("met",)]


def test_a_granted_erasure_runs_until_it_is_done_and_a_refusal_stops_it(story):
    story.at(MONDAY)
    for name in ("req-1", "req-2"):
        fields = {"request": name, "kind": "erasure", "subject": "vol-001"}
        story.tell("RightsRequestReceived", f"request/{name}", fields)
    for name, decision in (("req-1", "granted"), ("req-2", "refused")):
        fields = {"request": name, "decision": decision}
        story.tell("RightsRequestDecided", f"request/{name}", fields)
    assert rows(story, "rights_request", "subject", "status", "basis") == [
        ("req-1", "open", "statutory"),
        ("req-2", "met", "statutory"),
    ]
    assert story.ask("/v1/open-items")["rights_requests_open"] == ["req-1"]
    story.tell("SubjectErased", "request/req-1", {"request": "req-1", "subject": "vol-001"})
    person = story.ask("/v1/people/vol-001", name_of=lambda who: f"Name of {who}")
    assert (person["display_name"], person["erased"]) == (None, True)
    kept = story.ask("/v1/people/stf-003", name_of=lambda who: f"Name of {who}")
    assert kept["display_name"] == "Name of stf-003"


def test_a_new_policy_is_to_be_acknowledged_by_everybody_who_runs(page):
    fields = {"policy_version": "p-1", "review_due": "2027-11-01"}
    page.tell("PolicyRatified", "ledger", fields)
    page.tell("PolicyAcknowledged", "person/stf-003", {"policy_version": "p-1"}, actor="stf-003")
    found = rows(page, "policy_reacknowledgement", "subject", "person", "status", "due_at")
    assert found == [
        ("p-1", "stf-003", "met", "2026-11-30T23:59:59+00:00"),
        ("p-1", "stf-004", "open", "2026-11-30T23:59:59+00:00"),
    ]
    page.at(FRIDAY).leave("stf-004")
    assert rows(page, "policy_reacknowledgement", "status")[1] == ("waived",)
    assert rows(page, "policy_review", "due_at", "status") == [
        ("2027-11-01T23:59:59+00:00", "open")
    ]


def test_a_day_without_a_check_is_a_shortfall_and_no_breach(page):
    fields = {"account": "fb-main", "result": "nothing_found"}
    page.at(TUESDAY).tell("MonitoringCheckRecorded", "account/fb-main", fields)
    page.at(FRIDAY)
    days = rows(page, "monitoring_check", "day", "status", now="2026-11-04T23:59:59+00:00")
    assert days == [("2026-11-03", "met"), ("2026-11-04", "shortfall")]
    month = "/v1/accounts/fb-main/monitoring?from=2026-11-01&to=2026-11-30"
    assert page.ask(month, FRIDAY) == {
        "checked": ["2026-11-03"],
        "missing": ["2026-11-04", "2026-11-05"],
    }


def test_a_clock_that_has_not_started_has_no_row(page):
    page.enquiry("enq-1")
    assert page.ask("/v1/sla?rule=enquiry_response", "2026-11-02T08:59:59+00:00") == []
