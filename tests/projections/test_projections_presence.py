"""Who was away, who came back, who became staff: what it does to the answers."""

import pytest

DAY1, DAY2, DAY3, DAY4 = (f"2026-10-0{n}T09:00:00+01:00" for n in (5, 6, 7, 8))
UTC2, UTC3 = "2026-10-06T08:00:00Z", "2026-10-07T08:00:00Z"
KINDS = ("fewer_than_two_runners", "fewer_than_two_staff", "no_lead")


@pytest.fixture
def page(story):
    """fb-main, led by stf-003 with stf-004; both know the password."""
    story.at(DAY1).account("fb-main", "stf-003", "stf-004")
    story.store("fb-main", "stf-003", "stf-004")
    return story


def away(story, who, since, type_="AbsenceRecorded", **until):
    fields = {"person": who, "from": since, **until}
    return story.tell(type_, f"person/{who}", fields, sealed=("kind",))


def back(story, who):
    return story.tell("ReturnRecorded", f"person/{who}", {"person": who})


def gaps(story, now=None):
    found = story.ask("/v1/accounts/fb-main/gaps", now)
    return {kind: [(g["from"], g["to"]) for g in found[kind]] for kind in KINDS if found[kind]}


def found(story, name, now=None):
    items = story.ask(f"/v1/findings?finding={name}", now)["items"]
    return [(i["subject"], i["from"], i["to"]) for i in items]


def test_a_lead_on_leave_still_leads_but_counts_for_nothing(page):
    away(page, "stf-003", UTC2)
    assert gaps(page) == {}
    assert page.ask("/v1/findings?finding=lead_absent")["items"] == []
    page.at(DAY3)
    assert gaps(page, DAY3) == {
        "fewer_than_two_runners": [(DAY2, None)],
        "fewer_than_two_staff": [(DAY2, None)],
    }
    assert found(page, "lead_absent", DAY3) == [("fb-main", DAY2, None)]
    (clock,) = page.ask("/v1/sla?rule=two_staff", DAY3)
    assert (clock["started_at"], clock["status"]) == (DAY2, "open")
    roles = page.ask(f"/v1/accounts/fb-main/roles?at={DAY3[:19]}Z")
    assert {"person": "stf-003", "role": "lead"} in roles
    back(page, "stf-003")
    assert gaps(page)["fewer_than_two_staff"] == [(DAY2, DAY3)]
    assert found(page, "lead_absent") == [("fb-main", DAY2, DAY3)]
    (clock,) = page.ask("/v1/sla?rule=two_staff")
    assert (clock["stopped_at"], clock["status"]) == (DAY3, "met")


def test_an_absence_told_late_counts_from_its_beginning_once_it_is_known(page):
    page.at(DAY4)
    away(page, "stf-004", UTC2, until=UTC3)
    assert gaps(page)["fewer_than_two_staff"] == [(DAY2, DAY3)]
    before = page.ask(f"/v1/accounts/fb-main/gaps?known_at={DAY3[:19]}Z")
    assert before["fewer_than_two_staff"] == []
    planned = page.ask("/v1/accounts/fb-main/gaps", "2026-10-06T10:00:00Z")
    assert planned["fewer_than_two_staff"] == [{"from": DAY2, "to": None}]


def test_a_suspended_person_who_can_get_in_is_access_not_removed(page):
    away(page, "stf-004", UTC2, "AccessSuspended")
    page.at(DAY3)
    assert found(page, "access_not_removed", DAY3) == [("fb-main", DAY2, None)]
    row = page.ask("/v1/people/stf-004", DAY3)
    assert (row["away_since"], row["suspended"], row["roles"]) == (
        DAY2, True, [{"account": "fb-main", "role": "runner"}],
    )  # fmt: skip
    assert page.ask("/v1/exposures", DAY3) == []
    page.rotate("fb-main", 2, "stf-003")
    assert found(page, "access_not_removed") == [("fb-main", DAY2, DAY3)]
    assert "away_since" not in page.ask("/v1/people/stf-003")


def test_while_every_moderator_is_away_there_is_none(page):
    away(page, "stf-002", UTC2)
    assert found(page.at(DAY3), "no_moderator", DAY3) == [("moderator", DAY2, None)]
    office = {"person": "stf-005", "office": "moderator"}
    page.tell("OfficeAssigned", "person/stf-005", office)
    assert found(page, "no_moderator") == [("moderator", DAY2, DAY3)]


def test_who_comes_back_has_neither_role_nor_office_until_given_anew(page):
    page.at(DAY2).leave("stf-002")
    page.leave("stf-004")
    page.at(DAY3)
    back(page, "stf-002")
    back(page, "stf-004")
    person = page.ask("/v1/people/stf-002")
    assert (person["offices"], person["departed_at"]) == ([], None)
    assert "stf-002" in [r["person"] for r in page.ask("/v1/readiness")]
    office = {"person": "stf-002", "office": "moderator"}
    page.at(DAY4).tell("OfficeAssigned", "person/stf-002", office)
    assert page.ask("/v1/people/stf-002")["offices"] == ["moderator"]
    assert page.ask("/v1/people/stf-004")["roles"] == []
    assert gaps(page)["fewer_than_two_staff"] == [(DAY2, None)]


def test_a_recovery_contact_of_somebody_back_is_no_leavers_any_more(page):
    fields = {"account": "fb-main", "contact_kind": "phone", "owner": "stf-003"}
    page.tell("RecoveryContactChanged", "credential/fb-main", fields)
    page.at(DAY2).leave("stf-003")
    page.at(DAY3)
    back(page, "stf-003")
    assert found(page, "recovery_held_by_leaver") == [("fb-main", DAY2, DAY3)]


def test_a_volunteer_who_becomes_staff_was_none_before(story):
    story.at(DAY1).account("fb-main", "stf-003", "vol-001")
    changed = {"person": "vol-001", "kind": "staff", "from": UTC2}
    story.at(DAY3).tell("PersonChanged", "person/vol-001", changed)
    assert gaps(story) == {"fewer_than_two_staff": [(DAY1, DAY2)]}
    assert story.ask("/v1/people/vol-001")["kind"] == "staff"
    assert story.ask(f"/v1/people/vol-001?at={DAY1[:19]}Z")["kind"] == "volunteer"
    (clock,) = story.ask("/v1/sla?rule=two_staff")
    assert (clock["stopped_at"], clock["status"]) == (DAY2, "met")
