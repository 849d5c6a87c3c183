"""Restricted incidents over HTTP: the same questions, for the few who may ask them."""

import pytest
from simulator import CHAIR, DEPUTY, HEAD, MODERATOR, RUNNER, TEACHER, School

from api.app import create_app
from api.tokens import Tokens

REPORT = {"kind": "bullying", "summary": "In the staff room, again"}


@pytest.fixture(name="door")
def _door(tmp_path):
    """(ask, tell, school): GET and POST as somebody."""
    school = School(tmp_path / "school").staffed()
    tokens = Tokens(school.directory / "access.db")
    client = create_app(school.ledger, tokens).test_client()

    def headers(person):
        return {"Authorization": f"Bearer {tokens.issue(person)}"}

    def ask(path, person):
        return client.get(path, headers=headers(person))

    def tell(action, person, /, **data):
        body = {"data": data}
        return client.post(f"/v1/actions/{action}", json=body, headers=headers(person))

    yield ask, tell, school
    school.close()


def seen(ask, person):
    return [row["incident"] for row in ask("/v1/restricted", person).json["answer"]]


def test_the_reporter_is_told_the_ledgers_own_id(door):
    _, tell, _ = door
    got = tell("report_incident", TEACHER, **REPORT, about=[HEAD])
    assert (got.status_code, got.json["type"]) == (201, "Sealed")
    told = {"incident": got.json["incident"], "agency": "union", "reason": "For support"}
    assert tell("notify_agency", TEACHER, **told).status_code == 201
    assert tell("notify_agency", HEAD, **told).json["code"] == "unknown_reference"
    plain = tell("report_incident", TEACHER, **REPORT, incident="case-1")
    assert "incident" not in plain.json


def test_who_may_see_it(door):
    ask, tell, _ = door
    head = tell("report_incident", TEACHER, **REPORT, about=[HEAD]).json["incident"]
    deputy = tell("report_incident", TEACHER, **REPORT, about=[DEPUTY], restricted=True).json
    assert seen(ask, CHAIR) == [head, deputy["incident"]]
    assert (seen(ask, HEAD), seen(ask, DEPUTY)) == ([deputy["incident"]], [])
    assert (seen(ask, TEACHER), seen(ask, RUNNER)) == ([], [])
    tell("involve_staff", CHAIR, incident=head, person=RUNNER, purpose="Saw it")
    tell("involve_staff", CHAIR, incident=head, person=HEAD, purpose="A slip of the pen")
    assert (seen(ask, RUNNER), seen(ask, HEAD)) == ([head], [deputy["incident"]])


def test_the_ordinary_questions_do_not_see_it(door):
    ask, tell, _ = door
    tell("report_incident", TEACHER, **REPORT, incident="case-1")
    made = tell("report_incident", TEACHER, **REPORT, incident="case-2", about=[HEAD]).json
    ordinary = ask("/v1/open-items", CHAIR).json
    assert (ordinary["answer"]["incidents_open"], "restricted" in ordinary) == (["case-1"], False)
    restricted = ask("/v1/restricted/open-items", CHAIR).json
    assert set(restricted["answer"]["incidents_open"]) == {"case-1", made["incident"]}
    assert restricted["restricted"] == [made["position"]]
    same = ask("/v1/restricted/open-items", HEAD).json
    assert (same["answer"], same["restricted"]) == (ordinary["answer"], [])


def test_what_stands_in_clear_says_whom_it_is_about(door):
    ask, tell, _ = door
    tell("report_incident", TEACHER, **REPORT, incident="case-1", about=[DEPUTY])
    tell("report_incident", TEACHER, **REPORT, incident="case-2")
    rows = ask("/v1/incidents", MODERATOR).json["answer"]
    assert [row.get("about") for row in rows] == [[DEPUTY], None]


def test_a_timeline_is_found_by_either_name_and_by_nobody_else(door):
    ask, tell, _ = door
    made = tell("report_incident", TEACHER, **REPORT, incident="case-2", about=[HEAD]).json
    for name in ("case-2", made["incident"]):
        path = f"/v1/restricted/incidents/{name}/timeline"
        assert ask(path, CHAIR).json["answer"][0]["sealed"] == {"summary": REPORT["summary"]}
        for person in (HEAD, DEPUTY, MODERATOR):
            unknown = ask("/v1/restricted/incidents/case-9/timeline", person)
            assert (ask(path, person).status_code, ask(path, person).json) == (404, unknown.json)
            assert ask(path.replace("/restricted", ""), person).json == unknown.json


def test_as_known_then_and_what_cannot_be_asked(door):
    ask, tell, school = door
    before = school.ago().replace("+", "%2B")
    school.later(hours=1)
    tell("report_incident", TEACHER, **REPORT, about=[HEAD])
    assert ask(f"/v1/restricted?known_at={before}", CHAIR).json["answer"] == []
    assert ask("/v1/restricted?limit=3", CHAIR).json["code"] == "unknown_parameter"
    assert ask("/v1/restricted?at=yesterday", CHAIR).status_code == 400


def test_it_is_no_way_around_the_table_of_roles(door):
    ask, tell, _ = door
    tell("report_incident", TEACHER, **REPORT, incident="case-1")
    made = tell("report_incident", RUNNER, **REPORT, about=[HEAD]).json["incident"]
    tell("involve_staff", CHAIR, incident=made, person=TEACHER, purpose="Saw it")
    assert ask(f"/v1/restricted/incidents/{made}/timeline", TEACHER).status_code == 200
    for question in ("requests", "replay", "incidents/case-1/timeline", "incidents/none/timeline"):
        got = ask(f"/v1/restricted/{question}", TEACHER)
        assert (got.status_code, got.json["code"]) == (403, "role_missing")
