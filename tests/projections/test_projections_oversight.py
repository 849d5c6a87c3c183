"""Hacked pages, lists that differ, hand-overs and rounds of comments, as the answers tell them."""

import pytest

DAY1, DAY2, DAY3, DAY4 = (f"2026-10-0{n}T09:00:00+01:00" for n in (5, 6, 7, 8))
UTC2, UTC3 = "2026-10-06T08:00:00Z", "2026-10-07T08:00:00Z"


@pytest.fixture
def page(story):
    """fb-main, led by stf-003 with stf-004; both and the moderator know the password."""
    story.at(DAY1).account("fb-main", "stf-003", "stf-004")
    story.store("fb-main", "stf-002", "stf-003", "stf-004")
    return story


def of(story, type_, **fields):
    return story.tell(type_, "account/fb-main", {"account": "fb-main", **fields})


def could(story, at):
    return story.ask(f"/v1/accounts/fb-main/could-have-posted?at={at}")


def items(story, name):
    return story.ask(f"/v1/findings?finding={name}")["items"]


def test_an_outsider_is_among_those_who_could_have_posted_until_they_are_out(page):
    page.at(DAY4)
    of(page, "CompromiseRecorded", **{"from": UTC2, "to": UTC3})
    inside = could(page, UTC2)
    assert inside["knew_credential"] == ["stf-002", "stf-003", "stf-004", "unknown"]
    assert inside["without_role_or_office"] == ["unknown"]
    assert "unknown" not in could(page, UTC3)["knew_credential"]
    told = could(page, f"{UTC2}&known_at={DAY3[:19]}Z")
    assert "unknown" not in told["knew_credential"]


def test_the_password_is_to_be_changed_whatever_end_is_claimed(page):
    of(page, "CompromiseRecorded", **{"from": UTC2, "to": UTC3})
    page.at(DAY4)
    (clock,) = page.ask("/v1/sla?rule=credential_rotation", DAY4)
    assert (clock["person"], clock["started_at"], clock["status"]) == ("unknown", DAY2, "breached")
    rotate = page.ask("/v1/open-items", DAY4)["passwords_to_rotate"]
    assert rotate == [{"account": "fb-main", "person": "unknown"}]
    page.rotate("fb-main", 2, "stf-002", "stf-003")
    (clock,) = page.ask("/v1/sla?rule=credential_rotation")
    assert clock["stopped_at"] == DAY4
    assert [(i["person"], i["to"]) for i in items(page, "credential_exposure")] == [
        ("unknown", DAY4)
    ]


def test_without_a_stored_password_the_claimed_end_ends_it(story):
    story.at(DAY1).account("fb-main", "stf-003", "stf-004")
    of(story.at(DAY3), "CompromiseRecorded", **{"from": UTC2, "to": UTC3})
    (row,) = story.ask("/v1/exposures")
    assert (row["person"], row["from"], row["to"]) == ("unknown", DAY2, DAY3)


def test_a_page_that_is_lost_says_so_until_it_is_regained(page):
    of(page.at(DAY2), "AccountStateRecorded", state="locked_out")
    assert could(page, UTC2)["account_state"] == "locked_out"
    assert page.ask("/v1/accounts")[0]["status"] == "locked_out"
    of(page.at(DAY3), "AccountStateRecorded", state="regained")
    assert "account_state" not in could(page, UTC3)


def test_a_list_that_differs_drifts_until_the_next_list(page):
    granted = {"account": "fb-main", "platform_role": "editor", "full_control": True}
    for who in ("stf-003", "stf-005"):
        page.tell("PlatformAccessGranted", "credential/fb-main", {**granted, "person": who})
    listed = {"list_hash": "a" * 64, "unmatched": 0}
    of(page.at(DAY2), "PlatformListRecorded", matched=["stf-003", "vol-001"], **listed)
    (drift,) = items(page, "drift")
    assert (drift["from"], drift["to"]) == (DAY2, None)
    assert (drift["not_recorded"], drift["not_listed"]) == (["vol-001"], ["stf-005"])
    of(page.at(DAY3), "PlatformListRecorded", matched=["stf-003", "stf-005"], **listed)
    assert [i["to"] for i in items(page, "drift")] == [DAY3]
    of(page.at(DAY4), "PlatformListRecorded", matched=["stf-003", "stf-005"], list_hash="a" * 64,
       unmatched=2)  # fmt: skip
    assert [(i["unmatched"], i["to"]) for i in items(page, "drift")] == [(0, DAY3), (2, None)]


def test_what_the_ledger_learns_later_explains_a_difference_away(page):
    listed = {"list_hash": "a" * 64, "unmatched": 0}
    of(page.at(DAY3), "PlatformListRecorded", matched=["stf-003", "stf-005"], **listed)
    assert len(items(page, "drift")) == 1
    granted = {"account": "fb-main", "person": "stf-005", "full_control": True}
    page.at(DAY4).tell("PlatformAccessGranted", "credential/fb-main", granted, occurred=DAY2)
    assert items(page, "drift") == []


def test_the_leads_last_review_stands_beside_the_account(page):
    assert "attested" not in page.ask("/v1/accounts")[0]
    of(page.at(DAY2), "AccountAttested", settings_checked=True, access_confirmed=False)
    assert page.ask("/v1/accounts")[0]["attested"] == {
        "at": DAY2,
        "actor": "stf-001",
        "done_by": None,
        "settings_checked": True,
        "access_confirmed": False,
    }


def status(story, now=None):
    return [r["status"] for r in story.ask("/v1/handovers", now)]


def accept(story, who, tested=True):
    fields = {"account": "fb-main", "access_tested": tested, "open_items_seen": True}
    return story.tell("HandoverAccepted", "account/fb-main", fields, actor=who)


def test_a_handover_has_one_status_from_the_offer_to_the_acceptance(page):
    of(page.at(DAY2), "HandoverOffered", to="stf-005")
    assert status(page) == ["waiting_for_transfer"]
    page.leave("stf-003")
    accept(page, "stf-005", tested=False)
    move = {"from": None, "to": "stf-005"}
    of(page.at(DAY3), "LeadTransferred", **move)
    assert status(page) == ["waiting_for_rotation"]
    waiting = page.ask("/v1/open-items")["handovers_unfinished"]
    assert waiting == [{"account": "fb-main", "to": "stf-005", "status": "waiting_for_rotation"}]
    page.rotate("fb-main", 2, "stf-002", "stf-005")
    assert status(page) == ["waiting_for_acceptance"]
    accept(page.at(DAY4), "stf-004")
    assert status(page) == ["waiting_for_acceptance"]
    accept(page, "stf-005")
    (row,) = page.ask("/v1/handovers")
    assert row["status"] == "complete"
    assert (row["from"], row["departed_at"], row["transferred_at"]) == ("stf-003", DAY2, DAY3)
    assert (row["rotated_at"], row["accepted_at"], row["still_in"]) == (DAY3, DAY4, [])
    assert "handovers_unfinished" not in page.ask("/v1/open-items")
    assert status(page, DAY3) == ["waiting_for_acceptance"]


def test_a_later_offer_replaces_one_that_is_not_complete_and_closing_ends_it(page):
    of(page.at(DAY2), "HandoverOffered", to="stf-005")
    of(page.at(DAY3), "HandoverOffered", to="stf-006")
    assert status(page) == ["replaced", "waiting_for_transfer"]
    of(page.at(DAY4), "AccountClosed")
    assert status(page) == ["closed", "closed"]


def test_a_leader_who_stays_on_as_a_runner_leaves_nothing_to_rotate(page):
    of(page.at(DAY2), "HandoverOffered", to="stf-004")
    of(page, "AccountRoleAssigned", person="stf-003", role="runner")
    of(page, "LeadTransferred", **{"from": "stf-003", "to": "stf-004"})
    assert status(page) == ["waiting_for_acceptance"]
    accept(page, "stf-004")
    assert status(page) == ["complete"]


def test_a_round_of_comments_is_the_days_check(page):
    fields = {"from": "2026-10-06T16:00:00Z", "to": "2026-10-06T16:20:00Z"}
    counted = {"seen": 9, "acknowledged": 8, "opened": []}
    of(page.at("2026-10-06T17:30:00+01:00"), "CommentRoundRecorded", **fields, **counted)
    page.at(DAY4).person("stf-009")
    answer = page.ask("/v1/accounts/fb-main/monitoring")
    assert answer["checked"] == ["2026-10-06"]
    assert answer["missing"] == ["2026-10-07"]
    (told,) = answer["rounds"]
    assert (told["from"], told["seen"], told["actor"]) == (
        "2026-10-06T17:00:00+01:00",
        9,
        "stf-001",
    )
    rows = page.ask("/v1/sla?rule=monitoring_check")
    assert [r["status"] for r in rows] == ["met", "shortfall"]
