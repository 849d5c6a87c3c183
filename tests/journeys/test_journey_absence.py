"""The lead of the school page goes on maternity leave tomorrow."""

from simulator import ACCOUNT, DEPUTY, LEAD, MODERATOR, RUNNER, TEACHER

PAGE = {"account": ACCOUNT}


def test_a_lead_goes_on_maternity_leave_tomorrow(school):
    school.ready(LEAD, RUNNER).apply()
    school.accept("approve_application", DEPUTY, application="apl-01")
    school.accept("create_account", MODERATOR, **PAGE, application="apl-01", handle="Ysgol")
    school.store()

    # Thursday. Anwen will be away from midnight until June, and offers the page to Catrin.
    school.at("2026-11-05T15:30:00+00:00")
    leave = {"from": "2026-11-06T00:00:00+00:00", "until": "2027-06-01T00:00:00+01:00"}
    school.accept("record_absence", MODERATOR, person=LEAD, kind="maternity", **leave)
    school.accept("offer_handover", LEAD, **PAGE, to=TEACHER)
    assert findings(school, "lead_absent") == []

    # Friday. Catrin is not trained yet: the page goes on with Dylan, and that shows.
    school.at("2026-11-06T09:00:00+00:00")
    move = {"from": LEAD, "to": TEACHER}
    school.refuse("runner_policy_not_acknowledged", "transfer_lead", MODERATOR, **PAGE, **move)
    assert findings(school, "lead_absent") == [("2026-11-06T00:00:00+00:00", None)]
    assert findings(school, "fewer_than_two_staff") == [("2026-11-06T00:00:00+00:00", None)]
    (clock,) = school.answer("/v1/sla?rule=two_staff")
    assert (clock["due_at"], clock["status"]) == ("2026-11-20T23:59:59+00:00", "open")

    # Anwen reads the page at home on Saturday: what she sees there may be told by her.
    seen = {"incident": "case-1", "kind": "abuse_in_comments", "summary": "Abusive remarks"}
    school.at("2026-11-07T20:00:00+00:00").accept("report_incident", LEAD, **seen, **PAGE)

    # Monday. Catrin is trained, takes over, and the password is changed without Anwen.
    school.at("2026-11-09T12:00:00+00:00").ready(TEACHER)
    school.accept("transfer_lead", MODERATOR, **PAGE, **move)
    assert status(school) == "waiting_for_rotation"
    changed = {"credential_version": 2, "vault_ref": "keepass/fb", "reason": "lead_left"}
    known_by = [MODERATOR, RUNNER, TEACHER]
    school.accept("rotate_credential", MODERATOR, **PAGE, **changed, known_by=known_by)
    tested = {"access_tested": True, "open_items_seen": True}
    school.later(hours=1).accept("accept_handover", TEACHER, **PAGE, **tested)
    assert status(school) == "complete"
    three_days = [("2026-11-06T00:00:00+00:00", "2026-11-09T12:00:00+00:00")]
    assert findings(school, "lead_absent") == findings(school, "fewer_than_two_staff") == three_days
    assert school.answer("/v1/sla?rule=two_staff")[0]["status"] == "met"
    could = school.answer(f"/v1/accounts/{ACCOUNT}/could-have-posted")
    assert LEAD not in could["knew_credential"]

    # She is back a week early, and runs the page again beside Catrin.
    school.at("2027-05-24T08:30:00+01:00").accept("record_return", MODERATOR, person=LEAD)
    assert "away_since" not in school.answer(f"/v1/people/{LEAD}")
    school.accept("assign_account_role", MODERATOR, **PAGE, person=LEAD, role="runner")
    school.accept("share_credential", MODERATOR, **PAGE, person=LEAD)


def findings(school, name):
    items = school.answer(f"/v1/findings?finding={name}")["items"]
    return [(i["from"], i["to"]) for i in items]


def status(school):
    return school.answer("/v1/handovers")[-1]["status"]
