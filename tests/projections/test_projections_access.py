"""Who can get in by whatever way, and who should not: exposures survive what does not end them."""

import pytest

DAY1, DAY2, DAY3, DAY4 = (f"2026-10-0{n}T09:00:00+01:00" for n in (5, 6, 7, 8))


@pytest.fixture
def page(story):
    """fb-main, led by stf-003 with stf-004; both and the moderator know the password."""
    story.at(DAY1).account("fb-main", "stf-003", "stf-004")
    story.store("fb-main", "stf-002", "stf-003", "stf-004")
    return story


def grant(story, who, role="page editor"):
    fields = {"account": "fb-main", "person": who, "platform_role": role, "full_control": False}
    return story.tell("PlatformAccessGranted", "credential/fb-main", fields)


def end(story, who, role="page editor"):
    fields = {"account": "fb-main", "person": who, "platform_role": role}
    return story.tell("PlatformAccessEnded", "credential/fb-main", fields)


def contact(story, kind, owner):
    fields = {"account": "fb-main", "contact_kind": kind, "owner": owner}
    return story.tell("RecoveryContactChanged", "credential/fb-main", fields)


def rows(story, *names):
    return [tuple(r[n] for n in names) for r in story.ask("/v1/exposures")]


def test_a_leaver_with_the_recovery_phone_is_exposed_after_the_rotation(page):
    contact(page, "phone", "stf-003")
    page.at(DAY2).leave("stf-003")
    page.at(DAY3).rotate("fb-main", 2, "stf-002", "stf-004")
    assert rows(page, "person", "by", "from", "to") == [
        ("stf-003", ["password", "recovery"], DAY2, None)
    ]
    items = page.ask("/v1/open-items")
    assert items["passwords_to_rotate"] == []
    assert items["access_to_remove"] == [
        {"account": "fb-main", "person": "stf-003", "by": ["recovery"]}
    ]
    rotation = page.ask("/v1/sla?rule=credential_rotation")
    assert [(r["person"], r["stopped_at"], r["status"]) for r in rotation] == [
        ("stf-003", DAY3, "met")
    ]
    findings = page.ask("/v1/findings")["counts"]
    assert findings["recovery_held_by_leaver"] == findings["access_not_removed"] == 1
    contact(page.at(DAY4), "phone", "stf-004")
    assert rows(page, "to", "seconds") == [(DAY4, 2 * 86400)]
    assert page.ask("/v1/open-items")["access_to_remove"] == []


def test_a_page_administrator_who_left_is_exposed_until_the_platform_role_ends(page):
    grant(page, "stf-003")
    page.at(DAY2).leave("stf-003")
    page.at(DAY2).rotate("fb-main", 2, "stf-002", "stf-004")
    assert rows(page, "person", "by", "to") == [("stf-003", ["platform_role"], None)]
    could = page.ask("/v1/accounts/fb-main/could-have-posted")
    assert could["knew_credential"] == ["stf-002", "stf-003", "stf-004"]
    assert could["without_role_or_office"] == ["stf-003"]
    certificate = page.ask("/v1/departures/stf-003")
    assert certificate["still_open"] == [{"account": "fb-main", "by": "platform_role"}]
    assert not certificate["complete"]
    end(page.at(DAY3), "stf-003")
    assert rows(page, "to") == [(DAY3,)]
    assert page.ask("/v1/departures/stf-003")["complete"]


def test_platform_access_ends_for_the_person_whatever_the_role_was_called(page):
    grant(page, "vol-001", "page editor")
    end(page.at(DAY2), "vol-001", "editor")
    assert rows(page, "person", "by", "from", "to") == [("vol-001", ["platform_role"], DAY1, DAY2)]


def test_a_recovery_owner_of_the_first_credential_is_a_contact_of_kind_email(story):
    story.at(DAY1).account("fb-main", "stf-003", "stf-004")
    story.store("fb-main", "stf-003", recovery_owner="stf-005", mfa_holder="stf-006")
    could = story.ask("/v1/accounts/fb-main/could-have-posted")
    assert could["recovery_owners"] == ["stf-005", "stf-006"]
    assert could["knew_credential"] == ["stf-003"]
    contact(story.at(DAY2), "email", "stf-002")
    assert story.ask("/v1/accounts/fb-main/could-have-posted")["recovery_owners"] == [
        "stf-002",
        "stf-006",
    ]
    # A moderator may own a contact; the slt office is no leave to get in.
    assert rows(story, "person", "to") == [("stf-005", DAY2), ("stf-006", None)]
    contact(story, "email", "stf-001")
    assert ("stf-001", None) in rows(story, "person", "to")


def test_closing_the_account_ends_every_way_in(page):
    grant(page, "vol-001")
    contact(page, "phone", "stf-005")
    page.at(DAY2).tell("AccountClosed", "account/fb-main", {"account": "fb-main"})
    assert page.ask("/v1/accounts/fb-main/access") == []
    assert {to for (to,) in rows(page, "to")} == {DAY2}
    assert page.ask("/v1/open-items")["access_to_remove"] == []


def test_ways_that_overlap_are_one_row_and_ways_apart_are_two(page):
    page.at(DAY2).leave("stf-003")
    page.at(DAY3).rotate("fb-main", 2, "stf-002")
    grant(page.at(DAY4), "stf-003")
    assert rows(page, "person", "by", "from", "to") == [
        ("stf-003", ["password"], DAY2, DAY3),
        ("stf-003", ["platform_role"], DAY4, None),
        # stf-004 has a role and no password: information, no exposure.
    ]
    items = page.ask("/v1/findings?finding=role_without_credential")["items"]
    assert [(i["person"], i["from"], i["to"]) for i in items] == [("stf-004", DAY3, None)]


def test_somebody_told_again_by_the_rotation_stays_exposed_without_a_break(page):
    page.at(DAY2).leave("stf-003")
    page.at(DAY3).rotate("fb-main", 2, "stf-003", "stf-004")
    page.at(DAY4).rotate("fb-main", 3, "stf-004")
    assert rows(page, "person", "from", "to") == [("stf-003", DAY2, DAY4)]


def test_the_end_of_the_moderator_office_starts_an_exposure_and_a_role_ends_it(page):
    page.at(DAY2).tell(
        "OfficeEnded", "person/stf-002", {"person": "stf-002", "office": "moderator"}
    )
    assert rows(page, "person", "from", "to") == [("stf-002", DAY2, None)]
    fields = {"account": "fb-main", "person": "stf-002", "role": "runner"}
    page.at(DAY3).tell("AccountRoleAssigned", "account/fb-main", fields)
    assert rows(page, "person", "from", "to") == [("stf-002", DAY2, DAY3)]
    (row,) = page.ask("/v1/sla?rule=credential_rotation")
    assert (row["stopped_at"], row["status"], row["margin_seconds"]) == (DAY3, "met", 0)
    (gone,) = page.ask("/v1/findings?finding=no_moderator")["items"]
    assert (gone["from"], gone["to"]) == (DAY2, None)


def test_access_lists_every_way_of_everybody_at_a_moment(page):
    contact(page, "phone", "stf-003")
    grant(page.at(DAY2), "vol-001")
    access = page.ask("/v1/accounts/fb-main/access")
    assert [(r["person"], r["by"]) for r in access] == [
        ("stf-002", ["password"]),
        ("stf-003", ["password", "recovery"]),
        ("stf-004", ["password"]),
        ("vol-001", ["platform_role"]),
    ]
    before = page.ask(f"/v1/accounts/fb-main/access?at={DAY1.replace('+', '%2B')}")
    assert [r["person"] for r in before] == ["stf-002", "stf-003", "stf-004"]
    assert [r["version"] for r in page.ask("/v1/accounts/fb-main/credentials")] == [1, 1, 1]


def test_who_was_left_signed_in_can_get_in_until_sessions_are_ended(page):
    page.at(DAY2).leave("stf-003")
    page.at(DAY2).rotate("fb-main", 2, "stf-002", "stf-004", sessions_ended=False)
    assert rows(page, "person", "by", "from", "to") == [("stf-003", ["session"], DAY2, None)]
    could = page.ask("/v1/accounts/fb-main/could-have-posted")
    assert could["without_role_or_office"] == ["stf-003"]
    items = page.ask("/v1/open-items")
    assert (items["passwords_to_rotate"], items["access_to_remove"]) == (
        [],
        [{"account": "fb-main", "person": "stf-003", "by": ["session"]}],
    )
    assert page.ask("/v1/findings")["counts"]["access_not_removed"] == 1
    page.at(DAY3).rotate("fb-main", 3, "stf-002", "stf-004", sessions_ended=True)
    assert rows(page, "person", "to") == [("stf-003", DAY3)]


def test_a_rotation_that_says_nothing_of_sessions_leaves_nobody_in(page):
    page.at(DAY2).leave("stf-003")
    page.at(DAY2).rotate("fb-main", 2, "stf-002", "stf-004")
    assert rows(page, "person", "by") == []
