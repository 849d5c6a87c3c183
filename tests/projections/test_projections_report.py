"""The governors' report of the sample term, figure by figure against the expected answers.

What is expected is the answer file of the sample; a question of it is named by its id there.
"""

import json
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

import pytest

from ledger.domain.school_time import parse_timestamp
from projections.history import Histories
from projections.questions import BadQuestion, answer, split

ANSWERS = Path(__file__).resolve().parents[1] / "vectors/autumn_term_answers.json"
QUERIES = {q["id"]: q for q in json.loads(ANSWERS.read_text("utf-8"))["queries"]}
TERM = "from=2026-09-01&to=2027-01-15"


class Report:
    """The figures of one report, found by section, item and measure."""

    def __init__(self, log, query, now=None):
        self.said = answer(*split(f"/v1/report?{query}"), log, log.last if now is None else now)
        self.sections = self.said.answer["figures"]

    @property
    def figures(self):
        """Every figure: `{value, evidence}`."""
        items = [item for section in self.sections.values() for item in section.values()]
        return [figure for item in items for figure in item.values()]

    def items(self, section):
        """Item → measure → value."""
        return {
            item: {measure: figure["value"] for measure, figure in measures.items()}
            for item, measures in self.sections.get(section, {}).items()
        }

    def value(self, section, item, measure):
        return self.sections[section][item][measure]["value"]

    def evidence(self, section, item, measure):
        return self.sections[section][item][measure]["evidence"]


@pytest.fixture(scope="module")
def report(term):
    return Report(term, TERM)


def expected(name):
    return QUERIES[name]["answer"]


def seconds(start, end):
    return int((datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds())


# -- the term, figure by figure ------------------------------------------------------------


def test_applications_and_decisions(report):
    assert report.items("applications") == {
        "all": {"submitted": 3, "approved": 2, "rejected": 1, "withdrawn": 0, "pending": 0}
    }
    told = report.items("each_application")
    assert told.keys() == expected("a36").keys()
    for name, row in expected("a36").items():
        assert row.items() <= told[name].items()


@pytest.mark.parametrize(("name", "account"), [("a05", "fb-main"), ("a06", "ig-garden")])
def test_who_ran_the_accounts(report, name, account):
    told = {k: v for k, v in report.items("who_ran").items() if k.startswith(account)}
    assert told == {
        f"{account} {row['person']} {row['role']}": {"from": row["from"], "to": row["to"]}
        for row in expected(name)
    }


def test_accounts_that_existed(term, report):
    assert report.items("accounts")["all"] == {
        "existed": 2,
        "created": 2,
        "closed": 1,
        "open_at_the_end": 1,
    }
    assert report.value("each_account", "ig-garden", "closed_at") == "2027-01-15T12:00:00+00:00"
    assert report.value("each_account", "ig-garden", "lead") == "stf-041"
    for moment, accounts in expected("a39").items():
        day = moment[:10]
        then = Report(term, f"from={day}&to={day}&at={quote(moment)}").items("each_account")
        living = [name for name, row in then.items() if row["status"] == "open"]
        assert living == accounts, day


def test_gaps(report):
    assert expected("a08") == {kind: [] for kind in expected("a09")}
    told = report.items("each_gap")
    assert told == {f"ig-garden {kind}": rows[0] for kind, rows in expected("a09").items()}
    assert report.items("gaps")["all"] == dict.fromkeys(expected("a09"), 1)


def test_exposures(report):
    told = report.items("each_exposure")
    assert [f"{row['account']} {row['person']}" for row in expected("a15")] == list(told)
    for row in expected("a15"):
        same = told[f"{row['account']} {row['person']}"]
        assert {k: same[k] for k in ("from", "to", "seconds")} == {
            k: row[k] for k in ("from", "to", "seconds")
        }
    assert report.items("exposures")["all"] == {"in_the_period": 3, "open_at_the_end": 0}


def test_training_lapses(report):
    assert report.items("each_training_lapse") == {
        f"{row['account']} {row['person']}": {"from": row["from"], "to": row["to"]}
        for row in expected("a35")
    }


def test_monitoring_in_a_week_of_october(term):
    assert QUERIES["a34"]["params"]["account"] == "fb-main"
    week = Report(term, "from=2026-10-26&to=2026-10-30")
    assert week.value("monitoring", "fb-main", "days_missing") == len(expected("a34")) == 3
    assert week.value("monitoring", "fb-main", "days_checked") == 2


def test_enquiries_by_account(report):
    assert report.items("enquiries_by_account") == expected("a23")
    totals = {k: v for k, v in report.items("deadlines")["enquiry_response"].items() if v}
    assert totals == {
        "all": 9,
        "met": 4,
        "met_late_recorded": 1,
        "breached": 2,
        "open": 1,
        "waived": 1,
    }


def test_deadlines_that_were_missed(report):
    missed = report.items("each_missed_deadline")
    late = {
        f"enquiry_response {row['enquiry']}": row["late_by_seconds"]
        for row in expected("a18")
        if row["status"] == "breached"
    }
    late |= {
        f"credential_rotation {row['account']} {row['person']}": row["late_by_seconds"]
        for row in expected("a16")
        if row["status"] == "breached"
    }
    handover = expected("a17")
    late[f"lead_handover ig-garden {handover['lead_left']}"] = handover["late_by_seconds"]
    late |= {
        f"rights_request {row['request']}": row["late_by_seconds"]
        for row in expected("a33")
        if row["status"] == "breached"
    }
    told = {name: row["late_by_seconds"] for name, row in missed.items()}
    assert late.items() <= told.items()
    assert len(missed) == sum(row["breached"] for row in report.items("deadlines").values())


def test_deadlines_by_basis_and_grade_add_up_to_the_rules(report):
    for rule, row in report.items("deadlines").items():
        parts = report.items("deadlines_by_basis_and_grade")
        mine = [part for name, part in parts.items() if name.split()[0] == rule]
        assert sum(n for part in mine for n in part.values()) == row["all"]
        for status in set(row) - {"all"}:
            assert sum(part.get(status, 0) for part in mine) == row[status]
    corrected = report.items("deadlines_by_basis_and_grade")["enquiry_response P corrected"]
    assert corrected == {"breached": 1}  # enquiry 4, a21: its receipt was corrected


def test_incidents_and_the_time_to_each_step(report):
    told = report.items("each_incident")
    assert list(told) == [row["incident"] for row in expected("a28")]
    steps = report.items("each_incident_step")
    names = {"assessment": "incident_assessment", "takedown": "takedown"}
    for row in expected("a28"):
        case = row["incident"]
        assert told[case]["reported_at"] == row["reported_at"]
        assert told[case]["closed_at"] == row.get("closed_at")
        for name, step in names.items():
            done = row.get(name, {}).get("done_at")
            assert (f"{case} {step}" in steps) == (done is not None)
            if done:
                taken = {"seconds": seconds(row["reported_at"], done)}
                taken["late_by_seconds"] = row[name].get("late_by_seconds")
                assert steps[f"{case} {step}"] == taken
        if row.get("closed_at"):
            closing = steps[f"{case} closing"]["seconds"]
            assert closing == seconds(row["reported_at"], row["closed_at"])
    assert steps["case-2026-004 compromising_image_deletion"]["late_by_seconds"] == 900
    assert steps["case-2026-001 audience_informed"]["seconds"] == 53880
    assert report.items("incidents")["all"] == {"reported": 5, "closed": 4, "open": 1}
    assert sum(row["reported"] for row in report.items("incidents_by_kind").values()) == 5


def test_requests_for_data(report):
    told = report.items("each_request")
    for row in expected("a33"):
        same = {k: row[k] for k in ("received_at", "due_at", "done_at", "status")}
        assert same.items() <= told[row["request"]].items()
    assert report.items("requests")["all"] == {"received": 2, "done": 2, "open": 0}


def test_refusals(report):
    assert {k: v["refused"] for k, v in report.items("refusals").items()} == expected("a37")


def test_late_entries_and_whose_they_are(report):
    told = report.items("each_late_entry")
    assert list(told) == [f"position {row['seq']}" for row in expected("a38")]
    for row, said in zip(expected("a38"), told.values(), strict=True):
        assert said["action"] == row["action"]
        assert said["lag_seconds"] // 3600 == row["lag_hours"]
    assert report.items("late_by_person") == {
        "stf-021": {"entries": 1, "median_lag_seconds": 234000, "turned": 0},
        "stf-027": {"entries": 1, "median_lag_seconds": 234720, "turned": 1},
    }


def test_entries_and_how_soon_they_were_recorded(report):
    counts = expected("a41")
    told = report.items("entries")["all"]
    assert (told["accepted"], told["refused"]) == (counts["accepted"], counts["refused"])
    assert told["accepted"] + told["refused"] == counts["submitted"]
    assert report.items("promptness")["all"] == {
        "entries": 108,  # one of 109 is a correction
        "within_an_hour": 102,
        "within_24_hours": 106,  # a38 has the other two
        "percent_within_an_hour": 94,
    }


def test_what_changed_in_policy_and_rules(report):
    assert list(report.items("policy_changes")) == ["smp-v4"]
    changed = report.items("rule_changes")["enquiry_response 2"]
    assert changed == {
        "effective_from": "2027-01-01T00:00:00+00:00",
        "basis": "P-altered",
        "changed": "weekday_bank_holiday: as_weekday → as_weekend",
    }
    assert report.value("calendar_changes", "england-and-wales 1", "bank_holidays") == 9


def test_the_last_checkpoint_somebody_else_holds(term):
    [name] = Report(term, TERM).items("last_checkpoint_elsewhere").values()
    assert (name["given_to"], name["age_seconds"]) == ("gov-002", 0)
    early = Report(term, "from=2026-09-01&to=2026-12-31")
    assert early.value("last_checkpoint_elsewhere", "all", "age_seconds") is None


# -- the period, and the two times ---------------------------------------------------------


def test_without_dates_it_is_from_the_first_record_to_the_last(term, report):
    assert Report(term, "").said.answer == report.said.answer
    assert report.said.answer["from"] == "2026-09-01"
    assert report.said.answer["evaluated_at"] == "2027-01-15T15:00:00+00:00"


def test_it_looks_back_from_the_end_of_the_period(term):
    december = Report(term, "from=2026-12-01&to=2026-12-31").said.answer
    assert december["evaluated_at"] == "2026-12-31T23:59:59+00:00"
    later = Report(term, f"from=2026-12-01&to=2026-12-31&at={quote('2027-01-10T12:00:00Z')}")
    assert later.said.answer["evaluated_at"] == "2027-01-10T12:00:00+00:00"


def test_one_day(term):
    day = Report(term, "from=2026-11-17&to=2026-11-17")
    assert day.items("entries")["all"]["accepted"] == 2
    assert day.items("applications")["all"]["submitted"] == 0
    assert day.items("refusals") == {}
    assert day.value("each_account", "fb-main", "lead") == "stf-027"


def test_what_was_running_before_is_carried_in_and_never_counted_twice(term):
    """A request of 7 December, done on 8 January: begun in one year, missed in the next."""
    before = Report(term, "from=2026-09-01&to=2026-12-31")
    assert before.items("deadlines")["rights_request"]["open"] == 1
    after = Report(term, "from=2027-01-01&to=2027-01-15")
    assert "rights_request" not in after.items("deadlines")
    assert after.items("deadlines_carried_in")["rights_request"]["breached"] == 1
    whole = Report(term, TERM).items("deadlines")
    for rule, row in whole.items():
        parts = [r.items("deadlines").get(rule, {"all": 0})["all"] for r in (before, after)]
        assert sum(parts) == row["all"], rule


def test_an_earlier_knowledge_gives_the_figures_of_then(term):
    """Catrin had stepped down on Friday; on Sunday nobody had told the ledger (a09, a10)."""
    sunday = f"from=2026-12-01&to=2026-12-13&at={quote('2026-12-13T12:00:00Z')}"
    known = Report(term, f"{sunday}&known_at={quote('2026-12-13T12:00:00Z')}")
    for kind, spans in expected("a10").items():
        assert known.value("gaps", "all", kind) == len(spans) == 0
    assert Report(term, sunday).value("gaps", "all", "no_lead") == 1


def test_an_enquiry_answered_in_time_and_told_late(term):
    """Enquiry 1 as known on 8 October was a breach (a19); today it is met, recorded late."""
    october = "from=2026-10-06&to=2026-10-08"
    then = Report(term, f"{october}&known_at={quote('2026-10-08T12:00:00+01:00')}")
    assert then.items("enquiries_by_account") == {"fb-main": {"breached": 1}}
    assert expected("a19")["status"] == "breached"
    assert Report(term, october).items("enquiries_by_account") == {
        "fb-main": {"met_late_recorded": 1}
    }


def test_a_period_before_the_ledger_has_nothing_in_it(term):
    empty = Report(term, "from=2020-01-01&to=2020-12-31")
    assert not any(figure["value"] for figure in empty.figures)
    assert empty.said.evidence == ()


def test_nothing_is_so_in_a_period_that_has_not_begun(term):
    ahead = Report(term, "from=2027-02-01&to=2027-02-28")
    assert ahead.value("accounts", "all", "existed") == 0
    assert ahead.items("who_ran") == {}
    assert ahead.said.answer["evaluated_at"] == "2027-01-15T15:00:00+00:00"


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("from=2026-12-02&to=2026-12-01", "to"),
        ("to=2026-08-31", "to"),
        ("from=yesterday", "from"),
        ("from=2026-02-30", "from"),
        ("to=01.12.2026", "to"),
        ("to=", "to"),
        ("from=2026-12-01&from=2026-12-02", "from"),
        ("at=2026-10-25T01:30", "at"),
        ("known_at=2026-03-29T01:30", "known_at"),
        ("month=12", "month"),
    ],
)
def test_a_period_that_cannot_be_meant_is_a_problem_of_its_parameter(term, query, parameter):
    with pytest.raises(BadQuestion) as problem:
        Report(term, query)
    assert problem.value.parameter == parameter


def test_an_empty_ledger_has_a_report_of_nothing(empty_log):
    told = Report(empty_log, TERM, now=1_800_000_000)
    assert not any(f["value"] for f in told.figures)


# -- evidence ------------------------------------------------------------------------------


def test_every_figure_but_nothing_and_none_has_evidence(term, report):
    for figure in report.figures:
        assert figure["evidence"] == sorted(set(figure["evidence"]))
        assert set(figure["evidence"]) <= set(range(len(term.records)))
        assert figure["evidence"] or not figure["value"], figure
    together = {p for f in report.figures for p in f["evidence"]}
    assert together == set(report.said.evidence)


def test_a_correction_is_among_the_evidence(report):
    assert report.evidence("deadlines", "enquiry_response", "breached") == [
        11,
        12,
        61,
        62,
        64,
        108,
        109,
    ]


def test_names_are_there_for_who_may_see_them(term):
    said = answer(*split(f"/v1/report?{TERM}"), term, term.last, lambda person: f"<{person}>")
    people = said.answer["figures"]["people"]
    assert people["stf-011"]["display_name"]["value"] == "<stf-011>"
    assert people["vol-003"]["display_name"]["value"] is None  # erased


# -- what the sample term does not have ----------------------------------------------------


def test_irregular_entries_are_counted_per_person(story):
    story.account("fb-main", "stf-003", "stf-004")
    moved = {"account": "fb-main", "person": "stf-005", "role": "runner"}
    codes = ("not_moderator", "runner_not_trained")
    done = story.tell("AccountRoleAssigned", "account/fb-main", moved, irregular=codes)
    told = Report(log_of(story), "")
    assert told.items("irregular_by_person") == {"stf-001": {"entries": 1}}
    [row] = told.items("each_irregular_entry").values()
    assert row["codes"] == "not_moderator runner_not_trained"
    position = story.records.index(done)
    assert told.evidence("irregular_by_person", "stf-001", "entries") == [position]


def test_an_application_withdrawn_and_one_still_waiting(story):
    for number in (1, 2):
        asked = {"application": f"apl-{number}", "platform": "x", "runners": []}
        story.tell("AccountApplicationSubmitted", f"application/apl-{number}", asked)
    gone = {"application": "apl-1"}
    story.tell("AccountApplicationWithdrawn", "application/apl-1", gone)
    told = Report(log_of(story), "").items("applications")["all"]
    assert (told["withdrawn"], told["pending"], told["approved"]) == (1, 1, 0)


def test_somebody_who_ran_an_account_twice_is_told_twice(story):
    story.account("fb-main", "stf-003", "stf-004")
    role = {"account": "fb-main", "person": "stf-004", "role": "runner"}
    story.at("2026-09-08T08:00:00+01:00").tell("AccountRoleEnded", "account/fb-main", role)
    story.at("2026-09-09T08:00:00+01:00").tell("AccountRoleAssigned", "account/fb-main", role)
    told = Report(log_of(story), "").items("who_ran")
    assert list(told)[-1] == "fb-main stf-004 runner (2)"
    assert told["fb-main stf-004 runner (2)"]["from"] == "2026-09-09T08:00:00+01:00"


def test_a_checkpoint_kept_by_whoever_made_it_is_held_by_nobody_else(story):
    given = {"given_to": ["stf-001"]}
    story.tell("CheckpointPublished", "ledger", given)
    told = Report(log_of(story), "")
    assert told.value("last_checkpoint_elsewhere", "all", "at") is None
    story.tell("CheckpointPublished", "ledger", {"given_to": ["gov-001", "stf-001"]})
    story.at("2026-09-03T08:00:00+01:00").person("stf-007")
    told = Report(log_of(story), "")
    assert told.value("last_checkpoint_elsewhere", "all", "age_seconds") == 2 * 86400


def test_a_review_and_an_accepted_finding_stand_in_the_report(story):
    story.account("fb-main", "stf-003")
    accepted = {"finding": "fewer_than_two_runners", "subject": "fb-main"}
    story.tell("FindingAccepted", "ledger", {**accepted, "review_on": "2026-12-01"})
    reviewed = {"size": 9, "scope": "full", "outcome": "no_concern"}
    story.at("2026-09-02T08:00:00+01:00").tell("ReviewRecorded", "ledger", reviewed, actor="gov-1")
    told = Report(log_of(story), "")
    assert told.items("findings")["fewer_than_two_runners"] == {
        "in_the_period": 1,
        "open_at_the_end": 1,
        "open_and_accepted": 1,
    }
    said = "finding: fewer_than_two_runners; review_on: 2026-12-01; subject: fb-main"
    assert told.value("other_changes", "accept_finding", "said") == said
    [review] = told.items("reviews").values()
    assert (review["actor"], review["seen_up_to"], review["outcome"]) == ("gov-1", 8, "no_concern")
    later = Report(log_of(story), "", now=parse_timestamp("2027-01-01T08:00:00+00:00"))
    assert "open_and_accepted" not in later.items("findings")["fewer_than_two_runners"]


def test_what_a_school_defines_and_keeps_is_a_change(story):
    periods = {"version": 1, "periods": {"post": 12, "incident": 84}}
    story.tell("RetentionScheduleAdopted", "ledger", periods)
    told = Report(log_of(story), "")
    said = "periods: incident 84, post 12; version: 1"
    assert told.value("other_changes", "adopt_retention_schedule", "said") == said


def log_of(story):
    return Histories(story.records)


@pytest.fixture(name="empty_log")
def _empty_log():
    return Histories([])
