"""A new account, from the application to its first post."""

from simulator import (
    ACCOUNT,
    APPLICATION,
    CHAIR,
    DEPUTY,
    HEAD,
    LEAD,
    MODERATOR,
    POSTED,
    RUNNER,
    VOLUNTEER,
)


def test_from_the_application_to_the_first_post(school):
    # Anwen wants a page for the school. Her first form lacks a point; the second is complete.
    school.at("2026-09-07T12:40:00+01:00")
    school.refuse(
        "missing_business_case_field",
        "submit_application",
        LEAD,
        **{**APPLICATION, "promotion": ""},
    )
    school.later(minutes=15).accept("submit_application", LEAD, **APPLICATION)

    # The deputy head cannot approve before both have read the policy and are trained.
    school.at("2026-09-11T08:50:00+01:00")
    approve = {"application": "apl-01"}
    school.refuse("runner_policy_not_acknowledged", "approve_application", DEPUTY, **approve)
    school.acknowledge(LEAD, RUNNER)
    school.refuse("runner_not_trained", "approve_application", DEPUTY, **approve)
    school.at("2026-09-14T16:20:00+01:00").train(LEAD, RUNNER)
    school.refuse("approver_not_slt", "approve_application", CHAIR, **approve)
    school.accept("approve_application", DEPUTY, **approve, note="Visitor posts off")
    school.refuse("already_decided", "approve_application", HEAD, **approve)

    # The moderator sets it up, once, and stores the password.
    school.at("2026-09-16T09:20:00+01:00")
    create = {"account": ACCOUNT, "application": "apl-01", "handle": "YsgolRhydyGwennol"}
    school.refuse("not_moderator", "create_account", LEAD, **create)
    school.accept("create_account", MODERATOR, **create)
    school.refuse("duplicate_id", "create_account", MODERATOR, **{**create, "account": "fb-2"})
    school.later(minutes=10).store()

    # A picture of a child on the list stays out; without it the first post goes out.
    school.at("2026-09-18T13:15:00+01:00")
    listed = {"subject": "pup-7c2", "reason_category": "carer_request"}
    school.accept("add_no_publish", DEPUTY, **listed)
    post = {"post": "pst-201", **POSTED, "pictured": ["pup-3a8", "pup-7c2"]}
    school.refuse("subject_on_no_publish_list", "publish_post", LEAD, **post)
    post["pictured"] = ["pup-3a8"]
    school.refuse("not_account_runner", "publish_post", VOLUNTEER, **post)
    made = school.accept("publish_post", LEAD, **post)
    assert made.stream == "post/pst-201"

    # What a governor reads of it on Friday evening.
    (application,) = school.answer("/v1/applications")
    assert (application["status"], application["decided_by"]) == ("approved", DEPUTY)
    (account,) = school.answer("/v1/accounts")
    assert (account["status"], account["lead"], account["runners"]) == ("open", LEAD, [RUNNER])
    could = school.answer(f"/v1/accounts/{ACCOUNT}/could-have-posted")
    assert could["knew_credential"] == [MODERATOR, LEAD, RUNNER]
    assert could["without_role_or_office"] == []
    gaps = school.answer(f"/v1/accounts/{ACCOUNT}/gaps")
    assert gaps == {"no_lead": [], "fewer_than_two_runners": [], "fewer_than_two_staff": []}
    assert school.answer(f"/v1/accounts/{ACCOUNT}/monitoring")["missing"] == ["2026-09-17"]
    assert [p["post"] for p in school.answer("/v1/posts")] == ["pst-201"]


def test_a_class_asks_twice_and_withdraws_once(school):
    school.at("2026-09-07T12:40:00+01:00").ready(LEAD, RUNNER).apply(LEAD)
    school.later(days=1).apply(LEAD, application="apl-02", visibility="private")
    school.accept("withdraw_application", LEAD, application="apl-01", reason="Private is enough")
    school.later(days=1)
    school.refuse("already_decided", "approve_application", DEPUTY, application="apl-01")
    school.accept("approve_application", DEPUTY, application="apl-02")
    create = {"account": "x-class5", "application": "apl-02", "handle": "dosbarth5"}
    school.later(days=1).accept("create_account", MODERATOR, **create)
    shown = {"account": "x-class5", "visibility": "open", "reason": "Families asked for it"}
    school.later(days=30).accept("change_visibility", MODERATOR, **shown)
    assert [a["status"] for a in school.answer("/v1/applications")] == ["withdrawn", "approved"]
    assert school.answer("/v1/accounts")[0]["visibility"] == "open"
    clocks = school.answer("/v1/sla?rule=application_decision")
    assert [c["status"] for c in clocks] == ["met", "met"]


def test_an_account_opened_without_asking_is_taken_in_afterwards(school):
    # A class page exists already. It is found, recorded as it is, and asked for.
    found = {"found": "fnd-01", "platform": "threads", "name": "Dosbarth 2", "pupil_images": False}
    school.accept("discover_unapproved_account", MODERATOR, **found, run_by=RUNNER)
    made = school.accept(
        "create_account",
        RUNNER,
        account="th-class2",
        handle="dosbarth2",
        already_done=True,
        late_reason="Opened before the policy was known",
    )
    irregular = school.entry(made).record.irregular
    assert irregular[:2] == ("not_moderator", "application_not_approved")
    given = {**APPLICATION, "platform": "threads", "existing_account": "th-class2"}
    school.accept("submit_application", RUNNER, **given)
    resolved = {"found": "fnd-01", "resolution": "application_submitted"}
    school.accept("resolve_unapproved_account", RUNNER, **resolved)
