"""The school page is hacked on a Saturday night in August."""

from simulator import ACCOUNT, DEPUTY, HEAD, LEAD, MODERATOR, RUNNER

PAGE, CASE = {"account": ACCOUNT}, {"incident": "case-9"}
SATURDAY, SUNDAY, MONDAY = "2027-08-14", "2027-08-15", "2027-08-16"


def test_the_page_is_hacked_on_a_saturday_night_in_august(school):
    school.ready(LEAD, RUNNER).apply()
    school.accept("approve_application", DEPUTY, application="apl-01")
    school.accept("create_account", MODERATOR, **PAGE, application="apl-01", handle="Ysgol")
    school.store()

    # It is the holidays: head and moderator are away for three weeks.
    school.at("2027-07-23T12:00:00+01:00")
    away = {"from": "2027-08-01T00:00:00+01:00", "until": "2027-08-22T00:00:00+01:00"}
    for person in (HEAD, MODERATOR):
        school.accept("record_absence", DEPUTY, person=person, kind="other", **away)

    # Dylan cannot get in any more, and the page shows what no school would post.
    school.at(f"{SATURDAY}T22:10:00+01:00")
    since = {"from": f"{SATURDAY}T21:30:00+01:00"}
    hacked = school.accept(
        "record_compromise", RUNNER, **PAGE, **since, means="A message asked for the code"
    )
    school.accept("record_account_state", RUNNER, **PAGE, state="locked_out")
    school.incident("case-9", kind="account_hacked", **PAGE, happened_at=since["from"])
    school.accept("report_to_platform", RUNNER, **CASE, **PAGE, subject="ext-h1")

    # Somebody asks whether this is real. It came at a weekend: until Monday night there is time.
    school.at(f"{SATURDAY}T23:05:00+01:00").enquiry("enq-h1")

    # On Sunday Iestyn, deputy head, does what the moderator would have done.
    school.at(f"{SUNDAY}T10:00:00+01:00")
    school.accept("record_account_state", DEPUTY, **PAGE, state="regained")
    changed = {"credential_version": 2, "vault_ref": "keepass/fb", "reason": "suspected_misuse"}
    changed |= {"known_by": [LEAD, RUNNER], "sessions_ended": True}
    school.refuse("not_moderator", "rotate_credential", RUNNER, **PAGE, **changed)
    school.accept("rotate_credential", DEPUTY, **PAGE, **changed)
    content = {"content": "post-77", "content_kind": "post", "author": "unknown"}
    school.later(minutes=5).accept("take_down_content", DEPUTY, **CASE, **PAGE, **content)
    told = "Our page was broken into last night. What was posted there was not by the school."
    school.accept("inform_audience", DEPUTY, **CASE, **PAGE, explanation=told)
    answered = {"enquiry": "enq-h1", "mode": "full", "automated": False}
    school.later(minutes=5).accept("respond_to_enquiry", LEAD, **answered)

    # On Monday it is assessed, the police are told, and it is known when the outsider was out.
    school.at(f"{MONDAY}T09:00:00+01:00").assess("case-9", classification="illegal")
    school.accept("notify_agency", DEPUTY, **CASE, agency="police", reason="Unlawful access")
    out = {"set": {"to": f"{SUNDAY}T09:40:00+01:00"}, "reason": "The platform's own record"}
    school.accept("correct_entry", DEPUTY, target=hacked.event_id, **out)
    school.accept("close_incident", DEPUTY, **CASE, outcome="resolved")

    # Who could have posted it? Nobody of the school's alone, and nobody knew that before ten past.
    night = could(school, f"{SATURDAY}T22:00:00%2B01:00")
    assert night["knew_credential"] == [MODERATOR, LEAD, RUNNER, "unknown"]
    assert night["without_role_or_office"] == ["unknown"]
    before = could(school, f"{SATURDAY}T22:00:00%2B01:00&known_at={SATURDAY}T22:09:00%2B01:00")
    assert "unknown" not in before["knew_credential"]
    assert could(school, f"{SATURDAY}T23:00:00%2B01:00")["account_state"] == "locked_out"
    morning = could(school, f"{SUNDAY}T09:45:00%2B01:00")
    assert morning["knew_credential"] == [MODERATOR, LEAD, RUNNER]
    (rotation,) = school.answer("/v1/sla?rule=credential_rotation")
    assert (rotation["person"], rotation["started_at"]) == ("unknown", since["from"])
    assert (rotation["stopped_by"], rotation["status"]) == (DEPUTY, "met")
    (enquiry,) = school.answer("/v1/sla?rule=enquiry_response")
    assert (enquiry["due_at"], enquiry["status"]) == (f"{MONDAY}T23:59:59+01:00", "met")
    story = [line["action"] for line in school.answer("/v1/incidents/case-9/timeline")]
    assert story == ["report_incident", "report_to_platform", "take_down_content",
                     "inform_audience", "assess_incident", "notify_agency",
                     "close_incident"]  # fmt: skip
    assert school.answer("/v1/open-items")["passwords_to_rotate"] == []


def could(school, at):
    return school.answer(f"/v1/accounts/{ACCOUNT}/could-have-posted?at={at}")
