"""What a school had before its ledger: facts with findings, and nothing approved by them."""

import copy
import json
from contextlib import suppress

import pytest
from cast import ACCOUNT, CHAIR, LEAD, MODERATOR, RUNNER, TEACHER
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from simulator import HEAD, School

from api import adoption
from api.adoption_form import END, START, moment
from api.cli import run
from api.lots import LotError

GONE = "stf-009"
FILE = {
    "late_reason": "Opened before the ledger was",
    "people": [
        {"person": GONE, "name": "Owain Prys", "kind": "staff", "offices": [],
         "from": "2015-09-01", "left": "2023-07-21"},
    ],
    "accounts": [
        {
            "account": ACCOUNT,
            "handle": "Ysgol Fach",
            "created_at": "2019-09-02",
            "roles": [
                {"person": GONE, "role": "lead", "to": "2023-07-21"},
                {"person": LEAD, "role": "lead", "from": "2023-07-22"},
                {"person": RUNNER, "role": "runner", "from": "2024-09-02T08:30"},
            ],
            "credentials": [
                {"vault_ref": "keepass/fb", "known_by": [{"person": GONE}]},
                {"vault_ref": "keepass/fb-2", "from": "2021-01-04", "known_by": [
                    {"person": GONE}, {"person": LEAD, "from": "2023-07-22"}]},
            ],
            "platform_roles": [
                {"person": TEACHER, "platform_role": "editor", "full_control": False,
                 "from": "2022-01-10", "to": "2022-07-20"},
            ],
            "recovery": [{"contact_kind": "phone", "owner": GONE}],
        }
    ],
}  # fmt: skip


@pytest.fixture(name="past", scope="module")
def _past(tmp_path_factory):
    made = School(tmp_path_factory.mktemp("past") / "school").staffed()
    yield made
    made.close()


@pytest.fixture(name="school")
def _school(past, tmp_path):
    made = past.copied_to(tmp_path / "school")
    yield made
    made.close()


@pytest.fixture(name="adopt")
def _adopt(school, tmp_path):
    """Bring in a form, or whatever these bytes are; the report."""

    def adopt(form, actor=MODERATOR, dry=False):
        content = form if isinstance(form, bytes) else json.dumps(form).encode()
        (tmp_path / "accounts.json").write_bytes(content)
        path = tmp_path / "accounts.json"
        return adoption.run(school.office(), path, actor, dry, False)

    return adopt


def changed(path, value=None):
    """The form with the value at a path replaced, or taken out."""
    form = copy.deepcopy(FILE)
    *way, last = path
    at = form
    for step in way:
        at = at[step]
    if value is None:
        del at[last]
    else:
        at[last] = value
    return form


def told(report):
    assert all(p.row is None for p in report.problems)
    return [(p.field, p.code) for p in report.problems]


# -- what is recorded ----------------------------------------------------------------------


def test_everything_is_recorded_as_a_fact_in_the_order_it_happened(school, adopt):
    before = school.size
    assert 13 == adopt(FILE).recorded
    made = school.ledger.entries().all[before:]
    assert [
        "PersonRegistered",
        "AccountCreated",
        "AccountRoleAssigned",
        "CredentialStored",
        "RecoveryContactChanged",
        "CredentialRotated",
        "PlatformAccessGranted",
        "PlatformAccessEnded",
        "AccountRoleEnded",
        "AccountRoleAssigned",
        "CredentialShared",
        "AccountRoleAssigned",
        "PersonDeparted",
    ] == [e.type for e in made]
    assert all("late_reason" in e.sealed for e in made)
    assert not any(e.type in APPROVALS for e in made)


APPROVALS = ("AccountApplicationApproved", "PolicyAcknowledged", "TrainingCompleted",
             "PrePublicationCleared")  # fmt: skip


def test_world_acts_are_recorded_as_already_done_and_say_what_was_missing(school, adopt):
    adopt(FILE)
    entries = school.ledger.entries()
    [created] = entries.of("AccountCreated")
    assert ("application_not_approved",) == created.record.irregular
    for role in entries.of("AccountRoleAssigned"):
        assert ("runner_policy_not_acknowledged", "runner_not_trained") == role.record.irregular


def test_who_brings_it_in_needs_no_office_for_what_was_done_already(school, adopt):
    form = changed(["people"])
    form["accounts"] = [{"account": ACCOUNT, "handle": "y", "created_at": "2019-09-02",
                         "roles": [{"person": LEAD, "role": "lead"}]}]  # fmt: skip
    assert 2 == adopt(form, actor=TEACHER).recorded
    [created] = school.ledger.entries().of("AccountCreated")
    assert ("not_moderator", "application_not_approved") == created.record.irregular


def test_what_needs_an_office_is_refused_to_others_with_its_place(school, adopt):
    before = school.size
    form = changed(["accounts", 0, "recovery", 0, "owner"], LEAD)
    said = told(adopt(form, actor=TEACHER))
    assert [
        ("people[0]", "not_slt"),
        ("accounts[0].recovery[0]", "not_moderator"),
        ("accounts[0].platform_roles[0]", "not_moderator"),
    ] == [t for t in said if t[1].startswith("not_")]
    assert before == school.size


def test_a_dry_run_records_nothing(school, adopt):
    before = school.size
    report = adopt(FILE, dry=True)
    assert ([], 0, before) == (told(report), report.recorded, school.size)
    assert report.commands > 10


def test_the_same_file_again_records_nothing_and_a_longer_one_what_is_new(school, adopt):
    first = adopt(FILE)
    again = adopt(FILE)
    assert (0, first.recorded) == (again.recorded, again.recorded_before)
    longer = copy.deepcopy(FILE)
    longer["accounts"].append({"account": "ig-1", "handle": "y", "created_at": "2024-01-08"})
    report = adopt(longer)
    assert (1, first.recorded) == (report.recorded, report.recorded_before)


def test_a_day_alone_leaves_no_gap_to_the_next(school, adopt):
    adopt(FILE)
    ended = next(school.ledger.entries().of("AccountRoleEnded"))
    *_, later = school.ledger.entries().naming("person", LEAD, "AccountRoleAssigned")
    assert ended.occurred_at == later.occurred_at
    assert "2023-07-22T00:00:00" == moment("2023-07-21", END) == moment("2023-07-22", START)
    assert "9999-12-31T00:00:00" == moment("9999-12-31", END)


# -- what is wrong, by its place -----------------------------------------------------------

ROLE = ["accounts", 0, "roles", 1]


@pytest.mark.parametrize(
    ("path", "value", "where", "code"),
    [
        (["late_reason"], None, "late_reason", "missing_field"),
        (["late_reason"], " ", "late_reason", "missing_field"),
        (["accounts"], None, "accounts", "missing_field"),
        (["accounts"], {}, "accounts", "invalid_field"),
        (["accounts", 0], "fb", "accounts[0]", "invalid_field"),
        (["accounts", 0, "colour"], "red", "accounts[0].(unknown field)", "invalid_field"),
        (["accounts", 0, "created_at"], None, "accounts[0].created_at", "missing_field"),
        (["accounts", 0, "created_at"], "2019", "accounts[0].created_at", "invalid_field"),
        (["accounts", 0, "created_at"], 2019, "accounts[0].created_at", "invalid_field"),
        (["accounts", 0, "account"], "no spaces", "accounts[0].account", "invalid_field"),
        ([*ROLE, "person"], None, "accounts[0].roles[1].person", "missing_field"),
        ([*ROLE, "person"], "stf-998", "accounts[0].roles[1].person", "unknown_reference"),
        ([*ROLE, "role"], "boss", "accounts[0].roles[1].role", "invalid_field"),
        ([*ROLE, "from"], "2018-01-01", "accounts[0].roles[1].from", "invalid_field"),
        ([*ROLE, "from"], "2023-07-20", "accounts[0].roles[1].role", "invalid_field"),
        ([*ROLE, "from"], "2099-01-01", "accounts[0].roles[1].from", "occurred_in_future"),
        (
            [*ROLE, "from"],
            "2026-03-29T01:30",
            "accounts[0].roles[1].from",
            "nonexistent_local_time",
        ),
        ([*ROLE, "to"], "2023-07-01", "accounts[0].roles[1].to", "invalid_field"),
        (["people", 0, "left"], "2014-01-01", "people[0].left", "invalid_field"),
        (["people", 0, "offices"], "slt", "people[0].offices", "invalid_field"),
        (["people", 0, "offices"], ["king"], "people[0].offices", "invalid_field"),
        (["people", 0, "person"], CHAIR, "people[0].person", "duplicate_id"),
        (
            ["accounts", 0, "credentials", 0, "known_by"],
            [],
            "accounts[0].credentials[0].known_by",
            "missing_field",
        ),
        (
            ["accounts", 0, "credentials", 1, "known_by", 1, "person"],
            "stf-998",
            "accounts[0].credentials[1].known_by[1].person",
            "unknown_reference",
        ),
        (
            ["accounts", 0, "platform_roles", 0, "full_control"],
            "no",
            "accounts[0].platform_roles[0].full_control",
            "invalid_field",
        ),
        (
            ["accounts", 0, "recovery", 0, "contact_kind"],
            "pigeon",
            "accounts[0].recovery[0].contact_kind",
            "invalid_field",
        ),
    ],
)
def test_a_wrong_value_is_named_by_its_place_and_nothing_is_recorded(
    school, adopt, path, value, where, code
):
    before = school.size
    assert (where, code) in told(adopt(changed(path, value)))
    assert before == school.size


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"{", "accounts.json"),
        (b"[]", "not a JSON object"),
        (b'{"a":1,"a":2}', "accounts.json"),
        (b"\xff\xfe", "accounts.json"),
        (b'{"late_reason":"x","accounts":[{"password":"hunter2"}]}', "take it out"),
    ],
)
def test_a_file_that_is_no_form_is_told_in_one_line(adopt, content, words):
    with pytest.raises(LotError, match=words) as raised:
        adopt(content)
    assert "hunter2" not in str(raised.value)


def test_the_command_names_places_and_exits_as_it_went(school, tmp_path, capsys):
    file = tmp_path / "a.json"
    file.write_text(json.dumps(changed([*ROLE, "role"], "boss")))
    school.office()
    words = ["adopt", str(file), "--actor", MODERATOR, "--data", str(school.directory)]
    with pytest.raises(SystemExit) as ended:
        run(words)
    said = capsys.readouterr()
    assert (1, "accounts[0].roles[1].role: invalid_field") == (ended.value.code, said.out[:40])
    assert "1 places are wrong" in said.err
    file.write_text(json.dumps(FILE))
    with pytest.raises(SystemExit) as ended:
        run([*words, "--json"])
    assert (0, []) == (ended.value.code, json.loads(capsys.readouterr().out)["problems"])


def ways(at, way=()):
    """The path of everything in the form."""
    inner = at.items() if isinstance(at, dict) else enumerate(at) if isinstance(at, list) else ()
    for step, value in inner:
        yield [*way, step]
        yield from ways(value, (*way, step))


JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats()
    | st.text(max_size=6)
    | st.sampled_from(["2023-07-21", "9999-12-31", "1969-12-31", "2026-10-25T01:30", HEAD, ""]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["person", "from", "secret"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(list(ways(FILE))), JUNK)
def test_whatever_stands_in_a_form_it_is_told(school, adopt, way, value):
    before = school.size
    with suppress(LotError):
        adopt(changed(way, value), dry=True)
    assert before == school.size


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.binary(max_size=60))
def test_whatever_the_file_holds_it_is_told(school, adopt, content):
    with pytest.raises(LotError):
        adopt(content)
