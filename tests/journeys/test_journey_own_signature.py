"""A deputy signs an assessment with a passkey, and an auditor checks it in every kind of file."""

import pytest
from actors import Passkey
from cast import DEPUTY
from simulator import School

from api.verifier import checks
from ledger.evidence import export_case, export_complete, export_redacted, withheld_by
from ledger.proof.policy import parse_policy
from ledger.proof.verify import verify
from projections.semantics import all_answers, case_answers

KEY = Passkey(DEPUTY)


@pytest.mark.parametrize(("kind", "signed"), [("complete", 1), ("case", 1), ("redacted", 0)])
def test_an_own_signature_is_checked_in_every_file_that_shows_it(tmp_path, kind, signed):
    school, out = School(tmp_path / "school").staffed(), tmp_path / "out.zip"
    school.accept("enrol_actor_key", DEPUTY, **KEY.enrolment(school.ledger.origin))
    school.incident()
    body = school.sign(KEY, "assess_incident", incident="case-1", severity="low")
    made = school.send("assess_incident", DEPUTY, body)
    if kind == "complete":
        export_complete(school.ledger, out, all_answers, ["all"])
    elif kind == "case":
        export_case(school.ledger, out, {"incident": "case-1"}, case_answers, ["all"])
    else:
        hidden = withheld_by(school.ledger.entries(), [str(made.position)])
        export_redacted(school.ledger, out, hidden, ["all"])
    trust = parse_policy((tmp_path / "school/trust.policy").read_text("utf-8"))
    report = verify(str(out), trust, checks=checks())
    assert (report.verdict, report.findings, report.actor_signed) == ("VALID", (), signed)
