"""A signing key is changed every year; the year after, all of it still verifies."""

from simulator import ACCOUNT, DEPUTY, HEAD, LEAD, MODERATOR, RUNNER

from ledger.domain.case import CaseCheck
from ledger.domain.replay import Duties
from ledger.evidence import export_case, export_complete
from ledger.fsck import fsck
from ledger.proof.policy import parse_policy
from ledger.proof.verify import verify
from projections.semantics import AnswersCheck, all_answers, case_answers

CHECKED = {"account": ACCOUNT, "result": "handled"}


def test_a_signing_key_is_changed_every_year(school, tmp_path):
    trust = parse_policy((school.directory / "trust.policy").read_text("utf-8"))
    school.ready(LEAD, RUNNER).apply()
    school.accept("approve_application", DEPUTY, application="apl-01")
    given = {"account": ACCOUNT, "application": "apl-01", "handle": "Ysgol"}
    school.accept("create_account", MODERATOR, **given)

    # Before the change the chair is given the evidence, and keeps it.
    first = evidence(school, tmp_path / "first.zip", trust)

    # A year on Huw changes the key. The head cannot: it is the moderator's to do.
    school.at("2027-09-01T09:00:00+01:00")
    reason = {"reason": "A year has passed"}
    made = school.make_key()
    school.refuse("not_moderator", "rotate_signing_key", HEAD, **made, **reason)
    changed = school.accept("rotate_signing_key", MODERATOR, **made, **reason)
    evidence(school, tmp_path / "on-the-day.zip", trust)

    # Work goes on, and nobody notices.
    school.later(hours=1).accept("record_monitoring_check", HEAD, **CHECKED)
    second = evidence(school, tmp_path / "second.zip", trust, known=first)

    # And again a year later; the same trust file, handed out on the first day, serves.
    school.at("2028-09-01T09:00:00+01:00")
    again = school.accept("rotate_signing_key", MODERATOR, **school.make_key(), **reason)
    school.later(hours=1).accept("record_monitoring_check", HEAD, **CHECKED)
    evidence(school, tmp_path / "third.zip", trust, known=second)
    assert verify(tmp_path / "first.zip", trust=trust).verdict == "VALID"

    # What the chair was given in the first year can be had again, as it was then.
    export_complete(school.ledger, tmp_path / "anew.zip", all_answers, again=changed.position)
    assert verify(tmp_path / "anew.zip", trust=trust).verdict == "VALID"

    # Evidence of one account shows the change of keys whole, and who made it.
    export_case(school.ledger, tmp_path / "case.zip", {"account": ACCOUNT}, case_answers)
    checks = (Duties(), AnswersCheck(), CaseCheck())
    report = verify(tmp_path / "case.zip", trust, checks=checks)
    assert (report.verdict, report.findings) == ("VALID", ())
    assert school.entry(again).stream == "keyring"
    assert fsck(school.directory, school.ledger.key) == []


def evidence(school, file, trust, known=None):
    """Take evidence of the whole log, which must be valid; the checkpoint in it."""
    export_complete(school.ledger, file, all_answers)
    kept = [known] if known else []
    report = verify(file, trust=trust, known=kept, checks=(Duties(), AnswersCheck()))
    assert (report.verdict, report.findings) == ("VALID", ())
    return school.ledger.publish()
