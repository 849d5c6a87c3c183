"""What a new school is proposed, and that nothing of it is recorded unseen."""

import json
from datetime import date

import pytest
from simulator import ACCOUNT, CHAIR, DEPUTY, HEAD, School, seconds

from api import imports, proposals, setup
from api.config import Config
from ledger.domain.clock_rules import RULES
from projections import questions
from projections.history import Histories

# ACTIONS.md 8.1: what the worked deadlines need, every one of them.
KNOWN = """2025-08-25 2025-12-25 2025-12-26 2026-01-01 2026-04-03 2026-04-06 2026-05-04
2026-05-25 2026-08-31 2026-12-25 2026-12-28"""


@pytest.fixture(name="school")
def _school(tmp_path):
    made = School(tmp_path / "school").open()
    yield made
    made.close()


def proposed(school):
    known, now = school.ledger.entries(), school.clock.now()
    return [json.loads(line) for line in proposals.lines(known, now).splitlines()]


def filled_in(school):
    """The proposals after somebody has looked through them."""
    calendar, rules, chair, policy = proposed(school)
    chair["data"] |= {"person": CHAIR, "name": "Glenys Harcourt"}
    policy["data"] |= {"ratified_on": "2026-07-14", "chair_of_governors": CHAIR}
    policy["data"] |= {"review_due": "2027-07-14"}
    return [calendar, rules, chair, policy]


def bring(school, commands, actor=HEAD):
    file = school.directory / proposals.FILE
    file.write_text("".join(json.dumps(c) + "\n" for c in commands))
    return imports.run(school.office(), file, actor, None, False, False)


def test_the_bank_holidays_are_those_that_were_proclaimed():
    found = proposals.bank_holidays(date(2025, 8, 1), date(2026, 12, 31))
    assert KNOWN.split() == [d.isoformat() for d in found]


def test_substitute_days_stand_for_those_at_a_weekend():
    christmas = proposals.bank_holidays(date(2027, 12, 1), date(2028, 1, 10))
    assert ["2027-12-27", "2027-12-28", "2028-01-03"] == [d.isoformat() for d in christmas]


def test_saint_davids_day_is_a_working_day():
    assert [] == proposals.bank_holidays(date(2027, 3, 1), date(2027, 3, 1))


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        ("2026-09-01", "2026-09-01", "2028-08-31"),
        ("2026-08-31", "2025-09-01", "2027-08-31"),
        ("2027-02-28", "2026-09-01", "2028-08-31"),
    ],
)
def test_proposals_cover_this_school_year_and_the_next(day, first, last):
    days = proposals.school_years(date.fromisoformat(day))
    assert (first, last) == tuple(d.isoformat() for d in days)


def test_what_is_proposed_goes_in_once_it_is_filled_in(school):
    report = bring(school, proposed(school))
    assert {3, 4} == {p.row for p in report.problems}
    assert 2 == school.size
    assert 4 == bring(school, filled_in(school)).recorded
    types = [e.type for e in school.ledger.entries().all[2:]]
    assert ["WorkingCalendarAdopted", "SlaRulesAdopted", "PersonRegistered",
            "PolicyRatified"] == types  # fmt: skip


def test_the_proposed_deadlines_are_the_defaults_and_rest_on_the_same_words(school):
    [_, rules, *_] = proposed(school)
    assert {name: rule.default for name, rule in RULES.items()} == rules["data"]["rules"]
    assert seconds("2026-09-01T00:00:00+01:00") == seconds(rules["data"]["effective_from"])
    bring(school, filled_in(school))
    found = {"account": ACCOUNT, "handle": "Ysgol", "late_reason": "It was there before"}
    school.accept("create_account", HEAD, **found, already_done=True)
    enquiry = {"enquiry": "enq-1", "account": ACCOUNT, "kind": "query", "sender": "ext-a04"}
    school.later(minutes=1).accept("receive_enquiry", HEAD, **enquiry, channel="direct_message")
    log = Histories(e.record for e in school.ledger.entries().all)
    path, query = questions.split("/v1/sla?subject=enq-1")
    [row] = questions.answer(path, query, log, log.last).answer
    assert (1, "P") == (row["rule_version"], row["basis"])


def test_next_year_only_the_next_calendar_is_proposed(school):
    bring(school, filled_in(school))
    school.at("2027-07-01T09:00:00+01:00")
    [calendar] = proposed(school)
    assert ("adopt_calendar", 2) == (calendar["action"], calendar["data"]["version"])
    assert "2028-08-28" == calendar["data"]["bank_holidays"][-1]
    assert 1 == bring(school, [calendar]).recorded


def test_a_chair_who_is_known_is_named(school):
    school.register(CHAIR, "Glenys Harcourt", "governor", ["chair_of_governors"])
    *_, policy = proposed(school)
    assert (CHAIR, HEAD) == (policy["data"]["chair_of_governors"], policy["data"]["headteacher"])
    school.register(DEPUTY, "Iestyn Rowe", offices=["headteacher"])
    *_, policy = proposed(school)
    assert policy["data"]["headteacher"] is None


def test_init_leaves_them_for_review_and_records_nothing_of_them(tmp_path):
    first = {"person": "stf-011", "name": "Lowri Gittins", "kind": "staff", "offices": ["slt"]}
    config = Config(tmp_path / "d", None)
    said = setup.init(config, "Ysgol Fach", "ledger.example.org/ysgol-fach", first, True)
    assert str(tmp_path / "d" / proposals.FILE) in said
    actions = [
        json.loads(line)["action"]
        for line in (tmp_path / "d" / proposals.FILE).read_text("utf-8").splitlines()
    ]
    assert ["adopt_calendar", "adopt_sla_rules", "register_person", "ratify_policy"] == actions
