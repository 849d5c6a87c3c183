"""The door: who comes in, what comes out, and that bad input is told where it is bad."""

import json

import pytest
from small import TEACHER, person

from api.tokens import Tokens
from ledger.domain.catalogue import ACTIONS
from ledger.proof.record import parse_record
from ledger.proof.tlogproof import check_tlog_proof, parse_tlog_proof

PERSON = "/v1/actions/register_person"


def post(service, body, path=PERSON, **headers):
    client, auth, _ = service
    data = body if isinstance(body, bytes) else json.dumps(body)
    return client.post(path, data=data, headers={**auth, **headers})


def problem(response, status, code):
    assert (status, code) == (response.status_code, response.json["code"])
    assert "application/problem+json" == response.mimetype
    assert response.json["title"]
    return response.json


def test_a_receipt_verifies_by_itself(service):
    _, _, ledger = service
    answer = post(service, {"data": TEACHER})
    assert 201 == answer.status_code
    got = answer.json
    assert (2, "PersonRegistered", "person/stf-014", 1, "2026-09-01T08:15:00+01:00") == (
        got["position"],
        got["type"],
        got["stream"],
        got["stream_version"],
        got["recorded_at"],
    )
    entry = next(ledger.raw(2, 3))
    assert got["event_id"] == parse_record(entry)[0].id
    check_tlog_proof(parse_tlog_proof(got["proof"].encode()), entry, [ledger.key])


def test_a_refusal_is_a_problem_and_a_record(service):
    _, _, ledger = service
    got = problem(post(service, {"data": {**TEACHER, "kind": "robot"}}), 422, "invalid_field")
    assert {"code", "rule", "policy", "message", "details"} == got["refused"].keys()
    assert {"en", "cy"} == got["refused"]["message"].keys()
    assert {"fields": ["kind"]} == got["refused"]["details"]
    record = parse_record(next(ledger.raw(got["position"], got["position"] + 1)))[0]
    assert ("CommandRefused", got["event_id"]) == (record.type, record.id)


def test_a_refused_world_act_says_how_to_record_it(service):
    post(service, {"data": {**TEACHER, "offices": []}})
    tokens = Tokens(service[2].directory / "access.db")
    auth = {"Authorization": f"Bearer {tokens.issue('stf-014')}"}
    body = {"account": "a", "application": "apl-1", "handle": "h"}
    answer = service[0].post(
        "/v1/actions/create_account", data=json.dumps({"data": body}), headers=auth
    )
    assert "unknown_reference" == answer.json["code"]


@pytest.mark.parametrize(
    ("body", "where"),
    [
        (b"{", "octet"),
        (b"", "octet"),
        (b"[]", "data"),
        (b'{"data": []}', "data"),
        (b'{"data": {"a": 1, "a": 2}}', "'a'"),
        (b'{"data": {"x": NaN}}', "$.data.x"),
        (b'{"data": {"x": [1e999]}}', "$.data.x[0]"),
        (b"\xef\xbb\xbf{}", "json"),
        (b'{"data": {"x": "\xff"}}', "utf-8"),
        ('{"data": {}}'.encode("utf-16"), "utf-8"),
        (b'{"data":' + b"[" * 50_000, "deep"),
    ],
)
def test_what_is_no_such_json_is_told_where(service, body, where):
    size = service[2].store.size()
    got = problem(post(service, body), 400, "malformed_body")
    assert where in json.dumps(got)
    assert size == service[2].store.size()


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"name": None}, "missing_field", "name"),
        ({"name": "  "}, "missing_field", "name"),
        ({"name": 7}, "invalid_field", "name"),
        ({"name": "x" * 121}, "invalid_field", "name"),
        ({"name": "a\x00b"}, "invalid_field", "name"),
        ({"kind": ["staff"]}, "invalid_field", "kind"),
        ({"kind": 1.5}, "invalid_field", "kind"),
        ({"offices": "slt"}, "invalid_field", "offices"),
        ({"offices": ["slt", "slt"]}, "invalid_field", "offices"),
        ({"person": "no digit"}, "invalid_field", "person"),
        ({"person": "nodigit"}, "invalid_field", "person"),
        ({"person": {"$ne": 1}}, "invalid_field", "person"),
    ],
)
def test_a_bad_field_is_named(service, change, code, field):
    got = problem(post(service, {"data": {**TEACHER, **change}}), 422, code)
    assert [field] == got["refused"]["details"]["fields"]
    assert field in got["detail"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"data": TEACHER, "sudo": True}, "sudo"),
        ({"data": {**TEACHER, "sudo": 1}}, "(unknown field)"),
        ({"data": TEACHER, "already_done": True}, "already_done"),
        ({"data": TEACHER, "done_by": "Mrs Jones"}, "done_by"),
        ({"data": TEACHER, "expected_version": "1"}, "expected_version"),
        ({"data": TEACHER, "event_id": "no such id"}, "event_id"),
        ({"data": TEACHER, "occurred_at": "yesterday"}, "occurred_at"),
        ({"data": TEACHER, "occurred_at": 5}, "occurred_at"),
        ({"data": TEACHER, "intent": {}}, "intent"),
    ],
)
def test_a_bad_envelope_is_named(service, body, field):
    got = post(service, body)
    assert 422 == got.status_code
    assert [field] == got.json["refused"]["details"]["fields"]


@pytest.mark.parametrize(
    ("moment", "code"),
    [
        ("2026-03-29T01:30", "nonexistent_local_time"),
        ("2025-10-26T01:30", "ambiguous_local_time"),
        ("2026-09-01T09:00:00+01:00", "occurred_in_future"),
        ("2026-02-30T09:00:00+00:00", "invalid_field"),
    ],
)
def test_a_time_that_is_no_single_past_moment_is_refused(service, moment, code):
    data = {**TEACHER, "late_reason": "found later"}
    assert code == post(service, {"data": data, "occurred_at": moment}).json["code"]


def test_a_secret_leaves_nothing_behind(service, world):
    got = post(service, {"data": {**TEACHER, "notes": [{"Pass_Word": "hunter2-zq"}]}})
    assert "hunter2-zq" not in got.get_data(as_text=True)
    problem(got, 422, "secret_in_payload")
    for path in world.directory.iterdir():
        assert b"hunter2-zq" not in path.read_bytes()


def test_an_unknown_action_is_not_recorded(service):
    size = service[2].store.size()
    problem(post(service, {"data": {}}, "/v1/actions/launch_rocket"), 404, "unknown_action")
    assert size == service[2].store.size()


def test_a_body_over_the_limit_is_too_large(service):
    problem(post(service, b'{"data": {"x": "' + b"x" * 70_000 + b'"}}'), 413, "too_large")


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer x", "Basic eDp5", "Bearer hl_0_0_00000000"]
)
def test_nobody_comes_in_without_a_token(service, header):
    client, _, ledger = service
    answer = client.post(PERSON, data=b"{}", headers={"Authorization": header})
    problem(answer, 401, "unauthenticated")
    assert "WWW-Authenticate" in answer.headers
    assert 2 == ledger.store.size()


def test_a_revoked_or_expired_token_is_no_token(service, world):
    tokens = Tokens(world.directory / "access.db")
    old, revoked = tokens.issue("stf-011", days=-1), tokens.issue("stf-011")
    assert tokens.revoke(revoked.split("_")[1])
    assert not tokens.revoke(revoked.split("_")[1])
    for secret in (old, revoked):
        answer = service[0].get("/v1/records/0", headers={"Authorization": f"Bearer {secret}"})
        problem(answer, 401, "unauthenticated")


def test_a_token_for_reading_records_nothing(service, world):
    secret = Tokens(world.directory / "access.db").issue("stf-011", ("read",))
    auth = {"Authorization": f"Bearer {secret}"}
    answer = service[0].post(PERSON, data=json.dumps({"data": TEACHER}), headers=auth)
    problem(answer, 403, "scope_missing")
    assert 200 == service[0].get("/v1/records/0", headers=auth).status_code


def test_tokens_are_kept_as_hashes(service, world):
    secret = Tokens(world.directory / "access.db").issue("stf-011").split("_", 2)[2]
    assert secret.encode() not in (world.directory / "access.db").read_bytes()


# -- idempotency and batches ---------------------------------------------------------------


def test_the_same_key_gives_the_same_answer_and_records_once(service):
    first = post(service, {"data": TEACHER}, **{"Idempotency-Key": '"abc"'})
    again = post(service, {"data": TEACHER}, **{"Idempotency-Key": "abc"})
    assert (201, first.json) == (again.status_code, again.json)
    assert 3 == service[2].store.size()


def test_the_same_key_gives_the_same_refusal(service):
    answers = [post(service, {"data": {}}, **{"Idempotency-Key": "abc"}) for _ in range(2)]
    assert answers[0].json == answers[1].json
    assert 3 == service[2].store.size()


def test_the_same_key_with_another_body_is_a_problem(service):
    post(service, {"data": TEACHER}, **{"Idempotency-Key": "abc"})
    got = post(service, {"data": {**TEACHER, "kind": "parent"}}, **{"Idempotency-Key": "abc"})
    problem(got, 422, "idempotency_key_reused")


def test_a_batch_gives_an_answer_for_each_in_order(service):
    items = [{"action": "register_person", "data": person(n)} for n in (1, 1, 2)]
    answer = post(service, {"actions": items}, "/v1/actions")
    assert 207 == answer.status_code
    assert [2, 3, 4] == [item["position"] for item in answer.json]
    assert "duplicate_id" == answer.json[1]["code"]


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({}, "actions"),
        ({"actions": []}, "actions"),
        ({"actions": [{}] * 513}, "actions"),
        ({"actions": [7]}, "actions[0]"),
        ({"actions": [{"action": "register_person", "data": 7}]}, "actions[0]"),
        ({"actions": [{"action": "no"}]}, "actions[0].action"),
        ({"actions": [{"action": ["x"]}]}, "actions[0].action"),
    ],
)
def test_a_batch_that_is_none_is_told_where(service, body, where):
    answer = post(service, body, "/v1/actions")
    assert 400 <= answer.status_code < 500
    assert where == answer.json["detail"]
    assert 2 == service[2].store.size()


# -- reading -------------------------------------------------------------------------------


def test_the_catalogue_has_every_action(service):
    listed = service[0].get("/v1/actions").json
    assert list(ACTIONS) == [a["name"] for a in listed]
    keys = {"name", "stream", "events", "fields", "who", "kind", "mark", "policy", "checks"}
    assert all(keys == a.keys() for a in listed)


def test_a_record_is_shown_as_signed_with_its_proof(service):
    client, auth, ledger = service
    answer = client.get("/v1/records/1", headers=auth).json
    assert {"answer", "at", "known_at", "as_of", "evidence", "next"} == answer.keys()
    assert (2, [1]) == (answer["as_of"]["size"], answer["evidence"])
    assert "LedgerOpened" == answer["answer"]["type"]
    raw = client.get("/v1/records/1?raw", headers=auth).get_data()
    proof = parse_tlog_proof(answer["answer"]["proof"].encode())
    check_tlog_proof(proof, raw, [ledger.key])


@pytest.mark.parametrize("position", ["2", "-1", "x", "1.0", "9" * 30, "\u0661"])
def test_a_position_that_is_none_is_a_problem(service, position):
    client, auth, _ = service
    problem(client.get(f"/v1/records/{position}", headers=auth), 404, "not_found")


def test_other_methods_and_paths_are_problems(service):
    client, auth, _ = service
    answer = client.delete("/v1/records/1", headers=auth)
    problem(answer, 405, "method_not_allowed")
    assert "GET" in answer.headers["Allow"]
    problem(client.get("/nowhere"), 404, "not_found")


def test_health_says_whether_writing_is_possible(service):
    client, _, ledger = service
    assert 200 == client.get("/health/live").status_code
    assert 200 == client.get("/health/ready").status_code
    ledger.closed_because = "the kept checkpoint has 8 records, the database 5"
    problem(client.get("/health/ready"), 503, "writes_refused")
    problem(post(service, {"data": TEACHER}), 503, "writes_refused")


def test_a_clock_behind_is_a_problem_and_no_record(service, world):
    world.clock.at -= 1000
    problem(post(service, {"data": TEACHER}), 503, "clock_behind")
    assert 2 == service[2].store.size()


def test_what_breaks_inside_shows_no_traceback(service, monkeypatch):
    def broken(*_):
        raise RuntimeError("secret words")

    monkeypatch.setattr(service[2], "submit", broken)
    got = post(service, {"data": TEACHER})
    assert "secret words" not in got.get_data(as_text=True)
    problem(got, 500, "internal_error")


def test_the_checkpoint_is_kept_before_it_is_given(service):
    client, auth, ledger = service
    note = client.get("/log/checkpoint", headers=auth).get_data()
    assert ledger.kept.last().size == int(note.split(b"\n")[1])
    assert ledger.origin in client.get("/log/trust.policy").get_data(as_text=True)
