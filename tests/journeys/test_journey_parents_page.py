"""A page of the parents' association, with pictures of pupils, that nobody approved."""

from simulator import ACCOUNT, APPLICATION, DEPUTY, HASH_A, HEAD, LEAD, MODERATOR, RUNNER, TEACHER

FOUND = {"found": "fnd-7", "platform": "facebook", "name": "Ffrindiau Ysgol Rhyd-y-Gwennol"}
PARENT = "par-301"
PAGE = {"account": "fb-friends"}


def test_the_parents_keep_their_own_page_and_promise_to_leave_pupils_out(school):
    school.at("2026-10-12T19:20:00+01:00")
    school.accept("discover_unapproved_account", TEACHER, **FOUND, pupil_images=True)
    seen = {"kind": "community_group", "from_finding": "fnd-7"}
    school.incident("case-4", **seen)
    assert school.answer("/v1/open-items")["unapproved_accounts"] == ["fnd-7"]

    # It is not the school's to close. The head talks to its chair; the pictures come down.
    school.at("2026-10-14T15:45:00+01:00").assess("case-4", by=HEAD)
    school.accept("ask_parent_to_remove_post", HEAD, incident="case-4", parent="ext-p1",
                  where="their page", by="in_person")  # fmt: skip
    school.later(days=1).accept("record_post_removed", HEAD, incident="case-4", parent="ext-p1")
    agreed = {"found": "fnd-7", "incident": "case-4", "resolution": "independent_agreed"}
    school.accept("resolve_unapproved_account", HEAD, **agreed)
    school.accept("close_incident", HEAD, incident="case-4", outcome="agreed")
    (item,) = findings(school, "unapproved_account")
    assert (item["from"], item["to"]) == ("2026-10-12T19:20:00+01:00", "2026-10-15T15:45:00+01:00")
    told = [line["action"] for line in school.answer("/v1/incidents/case-4/timeline")]
    assert told[0] == "discover_unapproved_account"
    assert "resolve_unapproved_account" in told


def test_the_school_takes_the_page_in_with_those_who_have_run_it(school):
    school.at("2026-10-12T19:20:00+01:00")
    school.accept("discover_unapproved_account", TEACHER, **FOUND, pupil_images=True)

    # As it is: a page since spring, run by a parent from her own profile. All of it is said.
    school.at("2026-10-13T09:00:00+01:00")
    school.register(PARENT, "Carys Llwyd", "parent", by=MODERATOR)
    then = {"already_done": True, "late_reason": "Nobody had asked the school",
            "occurred_at": "2026-03-02T18:00:00Z"}  # fmt: skip
    made = school.accept("create_account", TEACHER, **PAGE, handle="FfrindiauRhydyGwennol", **then)
    assert "application_not_approved" in school.entry(made).record.irregular
    admin = {"person": PARENT, "platform_role": "page owner", "full_control": True}
    school.accept("grant_platform_access", TEACHER, **PAGE, **admin, **then)
    (item,) = [f for f in findings(school, "unapproved_account") if f["subject"] == "fb-friends"]
    assert item["to"] is None
    (exposed,) = school.answer("/v1/exposures")
    assert (exposed["person"], exposed["by"], exposed["to"]) == (PARENT, ["platform_role"], None)

    # It is asked for like any other page; its name in the application is all that is new.
    school.ready(LEAD, RUNNER, PARENT)
    runners = [*APPLICATION["runners"], {"person": PARENT, "role": "runner"}]
    school.apply(LEAD, runners=runners, existing_account="fb-friends")
    school.accept("approve_application", DEPUTY, application="apl-01")
    again = {"account": ACCOUNT, "application": "apl-01", "handle": "x"}
    school.refuse("duplicate_id", "create_account", MODERATOR, **again)
    for runner in runners:
        school.accept("assign_account_role", MODERATOR, **PAGE, **runner)
    school.accept("grant_platform_access", MODERATOR, **PAGE, **{**admin, "person": LEAD})
    done = {"found": "fnd-7", "resolution": "application_submitted"}
    school.accept("resolve_unapproved_account", TEACHER, **done)

    # The platform's own list shows one more whom nobody here knows; then she is gone.
    listed = {"matched": [LEAD, PARENT], "list_hash": HASH_A}
    school.later(days=1).accept("record_platform_list", LEAD, **PAGE, **listed, unmatched=1)
    assert [f["unmatched"] for f in findings(school, "drift")] == [1]
    school.later(days=1).accept("record_platform_list", LEAD, **PAGE, **listed, unmatched=0)
    assert [f["to"] is None for f in findings(school, "drift")] == [False]

    # What remains is what was so: from March to October it was nobody's page.
    (account,) = school.answer("/v1/accounts")
    assert (account["application"], account["lead"]) == ("apl-01", LEAD)
    assert account["runners"] == sorted([PARENT, RUNNER])
    assert all(f["to"] for f in findings(school, "unapproved_account"))
    (exposed,) = school.answer("/v1/exposures")
    assert (exposed["from"], exposed["to"]) == (
        "2026-03-02T18:00:00+00:00",
        "2026-10-13T09:00:00+01:00",
    )
    gaps = school.answer("/v1/accounts/fb-friends/gaps")["fewer_than_two_staff"]
    assert [g["to"] for g in gaps] == ["2026-10-13T09:00:00+01:00"]


def findings(school, name):
    return school.answer(f"/v1/findings?finding={name}")["items"]
