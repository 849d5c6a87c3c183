"""Questions over HTTP: the frame, the parameters, and who sees whose name."""

import json

import pytest
from openapi_spec_validator import validate
from small import OPENING, TEACHER, World, asked

from api.app import create_app
from api.tokens import Tokens
from ledger.domain.catalogue import ACTIONS
from ledger.outcomes import Receipt
from ledger.proof.encoding import b64encode
from projections import tables
from projections.routes import ROUTES


@pytest.fixture(name="term", scope="module")
def _term(tmp_path_factory):
    """The sample term behind the door: (get, ledger)."""
    world = World(tmp_path_factory.mktemp("queries"))
    with world.found() as ledger:
        world.play(ledger)
        tokens = Tokens(world.directory / "access.db")
        client = create_app(ledger, tokens).test_client()
        secrets = {p: tokens.issue(p) for p in ("stf-021", "stf-041", "gov-002")}

        def get(path, person="gov-002"):
            return client.get(path, headers={"Authorization": f"Bearer {secrets[person]}"})

        yield get, ledger


def test_an_answer_says_what_it_is_true_of(term):
    get, ledger = term
    got = get("/v1/accounts?at=2026-11-02T12:00:00%2B00:00").json
    assert {"answer", "at", "known_at", "as_of", "evidence", "next"} == got.keys()
    root = b64encode(ledger.tree.root(125))
    assert ("2026-11-02T12:00:00+00:00", {"size": 125, "root": root}) == (got["at"], got["as_of"])
    assert ["fb-main", "ig-garden"] == [a["id"] for a in got["answer"]]
    assert got["evidence"] == sorted(set(got["evidence"]))


def test_a_rehearsal_is_asked_as_of_its_last_record(term):
    get, _ = term
    assert "2027-01-15T15:00:00+00:00" == get("/v1/open-items").json["at"]


def test_an_offset_may_be_written_with_a_plus(term):
    get, _ = term
    plain = get("/v1/accounts?at=2026-10-03T12:00:00+01:00").json
    assert plain == get("/v1/accounts?at=2026-10-03T12:00:00%2B01:00").json


def test_the_past_as_known_then_is_not_the_past_as_known_now(term):
    """Enquiry 4 was corrected a day later: what looked met was late."""
    get, _ = term
    path = "/v1/sla?rule=enquiry_response&subject=enq-2026-004&at=2026-11-18T09:00:00Z"
    then = get(f"{path}&known_at=2026-11-18T10:00:00Z").json["answer"][0]
    now = get(path).json["answer"][0]
    assert ("met", "breached") == (then["status"], now["status"])


@pytest.mark.parametrize(
    ("path", "status", "code", "parameter"),
    [
        ("/v1/accounts?at=2026-03-29T01:30", 400, "nonexistent_local_time", "at"),
        ("/v1/accounts?at=2026-10-25T01:30", 400, "ambiguous_local_time", "at"),
        ("/v1/accounts?at=soon", 400, "invalid_field", "at"),
        ("/v1/accounts?known_at=2020-01-01T00:00:00Z", 400, "invalid_field", "known_at"),
        ("/v1/accounts?at=2026-11-02T12:00Z&at=2026-11-03T12:00Z", 400, "invalid_field", "at"),
        ("/v1/accounts?colour=red", 400, "unknown_parameter", "colour"),
        ("/v1/accounts/nobody/roles", 404, "unknown_reference", "account"),
        ("/v1/sla?rule=none", 400, "invalid_field", "rule"),
        ("/v1/enquiries/enq-2026-001/what-if", 400, "missing_field", "rule_version"),
        ("/v1/exposures?limit=0", 400, "invalid_field", "limit"),
        ("/v1/exposures?after=AAAA", 400, "invalid_field", "after"),
        (
            "/v1/accounts/fb-main/monitoring?from=2026-11-02&to=2026-11-01",
            400,
            "invalid_field",
            "to",
        ),
        ("/v1/no-such-question", 404, "unknown_question", "path"),
        ("/v1/records?stream=x&stream=y", 400, "invalid_field", "stream"),
        ("/v1/records?limit=x", 400, "invalid_field", "limit"),
        ("/v1/records?sort=x", 400, "unknown_parameter", "sort"),
    ],
)
def test_a_bad_question_names_its_parameter(term, path, status, code, parameter):
    got = term[0](path)
    assert (status, code, parameter) == (got.status_code, got.json["code"], got.json["detail"])
    assert "application/problem+json" == got.mimetype


def test_every_question_of_the_contract_is_answered(term):
    get, _ = term
    ids = {
        "{account}": "fb-main",
        "{person}": "stf-027",
        "{enquiry}": "enq-2026-001",
        "{incident}": "case-2026-001",
        "{subject}": "pup-7c2",
    }
    for route in ROUTES:
        path = route.path
        for name, value in ids.items():
            path = path.replace(name, value)
        query = "?rule_version=2" if path.endswith("what-if") else ""
        assert 200 == get(path + query).status_code, path


def test_who_writes_reads_what_they_wrote(service):
    client, auth, _ = service
    body = json.dumps({"data": TEACHER})
    client.post("/v1/actions/register_person", data=body, headers=auth)
    got = client.get("/v1/people/stf-014", headers=auth).json
    assert (["slt"], 3) == (got["answer"]["offices"], got["as_of"]["size"])


def test_a_reply_stands_beside_the_record_it_is_about(service):
    client, auth, _ = service
    case = {"incident": "case-1"}
    asked = {**case, "parent": "ext-b17", "where": "own profile", "by": "letter"}
    reply = {"target": "evt-1", "reason": "No letter came"}
    for action, data, more in (
        ("report_incident", {**case, "kind": "other", "summary": "s"}, {}),
        ("ask_parent_to_remove_post", asked, {"event_id": "evt-1"}),
        ("dispute_entry", reply, {"done_by": "ext-b17"}),
    ):
        body = json.dumps({"data": data, **more})
        assert 201 == client.post(f"/v1/actions/{action}", data=body, headers=auth).status_code
    listed = client.get("/v1/records", headers=auth).json["answer"]
    (line,) = [r for r in listed if "disputed_by" in r]
    one = client.get(f"/v1/records/{line['position']}", headers=auth).json["answer"]
    for shown in (line, one):
        assert "evt-1" == shown["event_id"]
        assert [("ext-b17", "stf-011")] == [(d["person"], d["actor"]) for d in shown["disputed_by"]]


def test_a_subject_outside_the_register_is_found_by_name(service):
    client, auth, _ = service
    given = {"subject": "pup-7c2", "kind": "pupil", "name": "Elin Parry"}
    body = json.dumps({"data": given})
    client.post("/v1/actions/register_subject", data=body, headers=auth)
    (listed,) = client.get("/v1/subjects", headers=auth).json["answer"]
    assert ("pup-7c2", "Elin Parry") == (listed["subject"], listed["display_name"])
    assert 404 == client.get("/v1/subjects/pup-000", headers=auth).status_code


# -- names ---------------------------------------------------------------------------------


def test_an_office_that_needs_names_sees_them(term):
    get, _ = term
    assert "Dylan Ashworth" == get("/v1/people/stf-032").json["answer"]["display_name"]


def test_colleagues_know_each_other_by_name(term):
    get, _ = term
    assert "Dylan Ashworth" == get("/v1/people/stf-032", "stf-041").json["answer"]["display_name"]


@pytest.mark.parametrize("path", ["/v1/subjects", "/v1/findings", "/v1/could-have-posted"])
def test_without_an_office_there_is_no_register_of_what_concerns_others(term, path):
    get, _ = term
    path = path.replace("/v1/could", "/v1/accounts/fb-main/could")
    got = get(path, "stf-041")
    assert (403, "role_missing") == (got.status_code, got.json["code"])


def test_without_an_office_the_records_are_ones_own(term):
    get, _ = term
    mine = get("/v1/records?limit=500", "stf-041").json
    named = [r for r in mine["answer"] if "stf-041" not in json.dumps(r)]
    assert mine["answer"]
    assert named == []
    shown = {r["position"] for r in mine["answer"]}
    for position in range(40):
        got = get(f"/v1/records/{position}", "stf-041").status_code
        assert got == (200 if position in shown else 403), position


@pytest.mark.parametrize(
    ("action", "more"),
    [
        ("suspend_access", {"from": "2026-09-01T08:00:00+01:00"}),
        ("record_departure", {"reason": "new_post"}),
    ],
)
def test_who_has_left_or_is_suspended_reads_nothing(service, action, more):
    client, _, ledger = service
    ledger.record(asked("register_person", TEACHER))
    own = {"Authorization": f"Bearer {Tokens(ledger.directory / 'access.db').issue('stf-014')}"}
    assert 200 == client.get("/v1/people/stf-011", headers=own).status_code
    assert isinstance(ledger.record(asked(action, {"person": "stf-014", **more})), Receipt)
    for path in ("/v1/people/stf-014", "/v1/records", "/v1/records/1", "/log/checkpoint"):
        got = client.get(path, headers=own)
        assert (403, "actor_departed") == (got.status_code, got.json["code"]), path
    # What they try to record is refused by the ledger, and kept.
    tried = client.post("/v1/actions/record_public_mention", json={"data": {}}, headers=own)
    assert (403, "actor_departed") == (tried.status_code, tried.json["code"])
    assert "CommandRefused" == ledger.entries().all[-1].type


def test_a_name_that_was_changed_is_the_name(service):
    client, auth, ledger = service
    ledger.record(asked("register_person", {**TEACHER, "name": "Iestyn Row"}))
    values = {"person": "stf-014", "name": "Iestyn Rowe", "from": "2026-09-01T08:00:00+01:00"}
    ledger.record(asked("change_person", values))
    got = client.get("/v1/people/stf-014", headers=auth).json
    assert "Iestyn Rowe" == got["answer"]["display_name"]


def test_a_person_erased_has_no_name_and_keeps_their_intervals(term):
    get, _ = term
    got = get("/v1/people/vol-003").json["answer"]
    assert (None, True) == (got["display_name"], got["erased"])
    assert 1 == len(get("/v1/people/vol-003/roles").json["answer"])


def test_a_corrected_name_is_the_name(service):
    client, auth, ledger = service
    made = ledger.record(asked("register_person", {**TEACHER, "name": "Iestin Row"}))
    values = {"target": made.event_id, "set": {"name": "Iestyn Rowe"}, "reason": "spelling"}
    ledger.record(asked("correct_entry", values))
    got = client.get("/v1/people/stf-014", headers=auth).json
    assert "Iestyn Rowe" == got["answer"]["display_name"]


# -- records -------------------------------------------------------------------------------


def test_records_are_paged_in_order_of_the_log(term):
    get, _ = term
    found, after = [], ""
    while True:
        page = get(f"/v1/records?limit=50{after}").json
        found += [r["position"] for r in page["answer"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert list(range(125)) == found


def test_records_are_found_by_stream_type_and_actor(term):
    get, _ = term
    stream = get("/v1/records?stream=application/apl-2026-01").json["answer"]
    assert [1, 2] == [r["stream_version"] for r in stream]
    refused = get("/v1/records?type=CommandRefused").json
    assert 15 == len(refused["answer"]) == len(refused["evidence"])
    mine = get("/v1/records?actor=stf-041&known_at=2026-12-31T00:00:00Z").json["answer"]
    assert {"stf-041"} == {r["actor"] for r in mine}
    assert all(r["recorded_at"] < "2027" for r in mine)


# -- the description -----------------------------------------------------------------------


def test_the_openapi_document_is_one(service):
    document = service[0].get("/v1/openapi.json").json
    validate(document)
    assert document["openapi"].startswith("3.1")


def test_every_action_and_question_is_described(service):
    paths = service[0].get("/v1/openapi.json").json["paths"]
    assert {f"/v1/actions/{name}" for name in ACTIONS} < paths.keys()
    assert {route.path for route in ROUTES} < paths.keys()


def test_the_page_needs_nothing_from_elsewhere(service):
    answer = service[0].get("/v1/docs")
    html = answer.get_data(as_text=True)
    assert "http://" not in html
    assert "https://" not in html
    assert "default-src 'none'; style-src 'self'" in answer.headers["Content-Security-Policy"]
    assert all(f"/v1/actions/{name}" in html for name in ACTIONS)
    assert 200 == service[0].get("/v1/docs.css").status_code


def test_a_view_that_stopped_says_why_and_the_rest_goes_on(term):
    get, ledger = term
    path = "/v1/accounts/fb-main/roles"
    assert get(path).status_code == 200
    with tables.opened(ledger.directory / "views.db") as db:
        tables.stop(db, "roles", "the record at position 7 cannot be told: KeyError")
    said = get(path)
    assert (said.status_code, said.json["code"]) == (503, "view_stopped")
    assert "position 7" in said.json["detail"]
    for other in ("/v1/accounts/fb-main/access", "/v1/accounts/fb-main/gaps", "/v1/records"):
        assert get(other).status_code == 200
    ready = get("/health/ready")
    assert (ready.status_code, list(ready.json["views_stopped"])) == (200, ["roles"])
    with tables.opened(ledger.directory / "views.db") as db:
        tables.go_on(db)
    assert get(path).status_code == 200


def test_who_has_recorded_reads_it_in_the_next_answer(tmp_path):
    world = World(tmp_path)
    with world.found() as ledger:
        ledger.record(asked("open_ledger", OPENING, actor="system"))
        client = create_app(ledger, tokens := Tokens(tmp_path / "access.db")).test_client()
        head = {"Authorization": f"Bearer {tokens.issue('stf-011')}"}
        for n in range(3):
            new = {"data": {**TEACHER, "person": f"stf-90{n}"}}
            receipt = client.post("/v1/actions/register_person", json=new, headers=head).json
            got = client.get(f"/v1/records?stream=person/stf-90{n}", headers=head).json
            assert [r["position"] for r in got["answer"]] == [receipt["position"]]
            assert got["as_of"]["size"] == receipt["position"] + 1


def test_who_types_the_address_alone_comes_to_today(term):
    get, _ = term
    got = get("/")
    assert (302, "/today") == (got.status_code, got.headers["Location"])
