"""An inspection in two weeks: what the school asks of its ledger, puts right, and shows."""

import json
import zipfile

import pytest
from simulator import ACCOUNT, CHAIR, DEPUTY, HEAD, LEAD, MODERATOR, POLICY, RUNNER, TEACHER

from ledger.domain.replay import Duties
from ledger.evidence import export_complete
from ledger.proof.policy import parse_policy
from ledger.proof.verify import verify
from projections.history import Histories
from projections.questions import answer, split
from projections.semantics import AnswersCheck, all_answers

INSPECTOR = "ins-001"
TERM = "/v1/report?from=2026-09-01&to=2026-11-16"


@pytest.fixture(name="term")
def _term(school):
    """Half a term with one account, as ordinary as they come, up to the letter of 2 November."""
    school.at("2026-09-07T09:00:00+01:00").ready(LEAD, RUNNER).apply()
    school.later(hours=1).accept("approve_application", DEPUTY, application="apl-01")
    made = {"account": ACCOUNT, "application": "apl-01", "handle": "YsgolRhydyGwennol"}
    school.later(hours=1).accept("create_account", MODERATOR, **made)
    school.later(minutes=10).store()
    school.at("2026-10-14T10:00:00+01:00").enquiry("enq-1", kind="query")
    school.at("2026-10-29T19:00:00+00:00").incident("case-1", account=ACCOUNT)
    school.at("2026-10-30T16:00:00+00:00").depart(RUNNER)
    return school.at("2026-11-02T09:00:00+00:00")


def ask(school, target):
    log = Histories(entry.record for entry in school.ledger.entries().all)
    return answer(*split(target), log, school.clock.at).answer


def figure(report, section, item, measure):
    return report["figures"][section][item][measure]["value"]


def test_what_the_school_finds_puts_right_and_shows(term, tmp_path):
    school = term
    what_the_head_sees_on_the_first_morning(school)
    what_is_put_right_in_two_weeks(school)
    report = what_the_governors_are_told(school)
    what_the_inspector_takes_away(school, tmp_path / "evidence.zip", report)


def what_the_head_sees_on_the_first_morning(school):
    assert ask(school, "/v1/policy")["policy_version"] == POLICY
    ready = {row["person"]: row["ready"] for row in ask(school, "/v1/readiness")}
    assert ready[LEAD]
    assert not ready[TEACHER]
    assert RUNNER not in ready  # who has left need not be ready
    still = ask(school, "/v1/open-items")
    assert [row["enquiry"] for row in still["enquiries"]] == ["enq-1"]
    assert still["incidents_unassessed"] == ["case-1"]
    assert still["passwords_to_rotate"] == [{"account": ACCOUNT, "person": RUNNER}]
    counts = ask(school, "/v1/findings")["counts"]
    assert counts["credential_exposure"] == 1
    assert counts["fewer_than_two_staff"] == 1


def what_is_put_right_in_two_weeks(school):
    # The question was answered at the gate the same afternoon; nobody had written it down.
    answered = {"enquiry": "enq-1", "mode": "full", "automated": False, "channel": "in_person"}
    then = {"occurred_at": "2026-10-14T15:20:00+01:00"}
    school.refuse("late_reason_required", "respond_to_enquiry", LEAD, **answered, **then)
    school.accept(
        "respond_to_enquiry", LEAD, **answered, **then, late_reason="Answered at the gate"
    )

    # The comment was hidden by nobody: that too is told as it is. Assessed late, and closed.
    school.assess("case-1")
    school.later(hours=2).accept("close_incident", DEPUTY, incident="case-1", outcome="no action")

    # A second member of staff, trained, and a password that the leaver does not know.
    school.at("2026-11-04T15:30:00+00:00").ready(TEACHER)
    role = {"account": ACCOUNT, "person": TEACHER, "role": "runner"}
    school.later(hours=1).accept("assign_account_role", MODERATOR, **role)
    changed = {"credential_version": 2, "vault_ref": "keepass/fb", "reason": "runner_left_role"}
    known = [MODERATOR, LEAD, TEACHER]
    school.accept("rotate_credential", MODERATOR, account=ACCOUNT, **changed, known_by=known)

    # Looking round, the deputy finds a class page nobody had asked for. It goes on the record.
    page = {"found": "fnd-1", "platform": "threads", "name": "Dosbarth 2", "pupil_images": True}
    school.later(days=1).accept("discover_unapproved_account", DEPUTY, **page, run_by=TEACHER)

    still = ask(school, "/v1/open-items")
    assert still.pop("unapproved_accounts") == ["fnd-1"]
    assert not any(still.values())


def what_the_governors_are_told(school):
    """The report says what went wrong as well as what went well, each with its evidence."""
    school.at("2026-11-16T08:30:00+00:00")
    school.register(INSPECTOR, "Mared Puw", "external", ["auditor"])
    school.accept("publish_checkpoint", MODERATOR, given_to=[CHAIR], medium="on paper")
    report = ask(school, TERM)
    for said in (
        (1, "deadlines", "enquiry_response", "met_late_recorded"),
        (1, "deadlines", "incident_assessment", "breached"),
        (1, "deadlines", "credential_rotation", "breached"),
        (1, "exposures", "all", "in_the_period"),
        (0, "exposures", "all", "open_at_the_end"),
        (1, "gaps", "all", "fewer_than_two_staff"),
        (1, "late_by_person", LEAD, "turned"),
        (1, "refusals", "late_reason_required", "refused"),
        (1, "findings", "unapproved_account", "open_at_the_end"),
        ("Social Media Policy", "policy_changes", POLICY, "title"),
        (0, "last_checkpoint_elsewhere", "all", "age_seconds"),
    ):
        expected, *where = said
        assert figure(report, *where) == expected, where
    return report


def what_the_inspector_takes_away(school, out, report):
    """A file that verifies without the school, and holds the same report."""
    size = export_complete(school.ledger, out, all_answers)
    given = {"export": "exp-1", "scope": "full", "given_to": [INSPECTOR]}
    assert school.accept("export_evidence", HEAD, **given).position == size
    trust = parse_policy((school.directory / "trust.policy").read_text("utf-8"))
    verdict = verify(out, trust, checks=(Duties(), AnswersCheck()))
    assert (verdict.verdict, verdict.answers, verdict.findings) == ("VALID", "recomputed", ())
    with zipfile.ZipFile(out) as archive:
        held = json.loads(archive.read("answers.json"))["answers"]["/v1/report"]["answer"]
    assert held["figures"] == report["figures"]
    assert (held["from"], held["to"]) == ("2026-09-01", "2026-11-16")
