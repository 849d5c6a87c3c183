"""Day one: a school that already has accounts, and a drawer full of paper."""

import json

from cast import ACCOUNT, CHAIR, DEPUTY, HEAD, LEAD, MODERATOR, RUNNER, TEACHER
from simulator import APPLICATION

from api import adoption, imports
from ledger.domain.replay import Duties
from ledger.evidence import export_complete
from ledger.proof.policy import parse_policy
from ledger.proof.verify import verify
from projections import questions
from projections.history import Histories
from projections.semantics import AnswersCheck, all_answers

GONE = "stf-009"
PAGE = {
    "late_reason": "The page is older than the ledger",
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
                {"person": RUNNER, "role": "runner", "from": "2024-09-02"},
            ],
            "credentials": [
                {"vault_ref": "keepass/fb", "known_by": [
                    {"person": GONE}, {"person": LEAD, "from": "2023-07-22"}]},
            ],
            "recovery": [{"contact_kind": "email", "owner": GONE}],
        }
    ],
}  # fmt: skip


def answer(school, path):
    log = Histories(entry.record for entry in school.ledger.entries().all)
    return questions.answer(*questions.split(path), log, log.last).answer


def findings(school):
    """What is still to be made good: finding → since when, of those that have not ended."""
    rows = answer(school, "/v1/findings")["items"]
    return {r["finding"]: r["from"] for r in rows if r["to"] is None}


def test_a_school_that_already_has_accounts(school, tmp_path):
    # On the first day of the ledger the moderator writes down what there is.
    school.at("2026-09-03T09:00:00+01:00").acknowledge(MODERATOR)
    (tmp_path / "accounts.json").write_text(json.dumps(PAGE))
    report = adoption.run(school.office(), tmp_path / "accounts.json", MODERATOR, False, False)
    assert () == report.problems

    # At once it shows what nobody had seen: who left three years ago can still get in.
    open_ = findings(school)
    assert "2019-09-02T00:00:00+01:00" == open_["unapproved_account"]
    assert "2023-07-22T00:00:00+01:00" == open_["credential_exposure"]
    assert "2023-07-22T00:00:00+01:00" == open_["recovery_held_by_leaver"]
    then = answer(school, f"/v1/accounts/{ACCOUNT}/could-have-posted?at=2025-01-06T12:00:00Z")
    assert [GONE] == then["without_role_or_office"] == then["recovery_owners"]
    assert {"no_lead": []}.items() <= answer(school, f"/v1/accounts/{ACCOUNT}/gaps").items()

    # Nothing was approved by writing it down.
    assert [] == answer(school, "/v1/applications")
    assert {"runner_training_lapsed", "unapproved_account"} <= open_.keys()

    # The password is changed without him, and the contact that recovers it.
    rotated = {"account": ACCOUNT, "credential_version": 2, "vault_ref": "keepass/fb"}
    rotated |= {"known_by": [LEAD, RUNNER], "reason": "lead_left"}
    school.at("2026-09-03T10:00:00+01:00").accept("rotate_credential", MODERATOR, **rotated)
    contact = {"account": ACCOUNT, "contact_kind": "email", "owner": MODERATOR}
    school.accept("change_recovery_contact", MODERATOR, **contact)
    assert not {"credential_exposure", "recovery_held_by_leaver"} & findings(school).keys()

    # The page is applied for like any other: not before both have read the policy and are trained.
    asked = {"application": "apl-01", "existing_account": ACCOUNT}
    school.accept("submit_application", LEAD, **{**APPLICATION, **asked})
    decide = {"application": "apl-01"}
    school.refuse("runner_policy_not_acknowledged", "approve_application", DEPUTY, **decide)
    school.at("2026-09-10T16:00:00+01:00").ready(LEAD, RUNNER)
    assert "unapproved_account" in findings(school)
    school.accept("approve_application", DEPUTY, **decide)

    # From that day it is approved, and for the seven years before it was not.
    assert "unapproved_account" not in findings(school)
    [row] = answer(school, "/v1/findings?finding=unapproved_account")["items"]
    assert ("2019-09-02T00:00:00+01:00", "2026-09-10T16:00:00+01:00") == (row["from"], row["to"])
    [page] = answer(school, "/v1/accounts")
    assert ("facebook", LEAD, [RUNNER]) == (page["platform"], page["lead"], page["runners"])

    # The approval is used up: no second account comes of it.
    more = {"account": "fb-2", "application": "apl-01", "handle": "Ysgol 2"}
    school.refuse("duplicate_id", "create_account", MODERATOR, **more)

    # A governor checks all of it at home.
    export_complete(school.ledger, tmp_path / "evidence.zip", all_answers)
    trust = parse_policy((school.directory / "trust.policy").read_text("utf-8"))
    verdict = verify(tmp_path / "evidence.zip", trust, checks=(Duties(), AnswersCheck()))
    assert ("VALID", ()) == (verdict.verdict, verdict.findings)


PAPER = """\
action,occurred_at,done_by,enquiry,account,kind,sender,channel,mode,automated
receive_enquiry,2026-09-05T16:20,{teacher},enq-001,{page},query,ext-a01,public_comment,,
respond_to_enquiry,2026-09-06T08:45,{lead},enq-001,,,,,acknowledge,false
receive_enquiry,2026-09-07T09:00,{teacher},enq-002,{page},praise,ext-a02,public_comment,,
respond_to_enquiry,2026-09-07T09:30,{teacher},enq-002,,,,,full,false
"""


def test_last_weeks_paper_is_brought_in(school, tmp_path):
    school.ready(LEAD, RUNNER).apply()
    school.accept("approve_application", DEPUTY, application="apl-01")
    made = {"account": ACCOUNT, "application": "apl-01", "handle": "Ysgol"}
    school.accept("create_account", MODERATOR, **made)
    school.at("2026-09-14T08:00:00+01:00").acknowledge(CHAIR)
    size = school.size
    paper = PAPER.format(teacher=TEACHER, lead=LEAD, page=ACCOUNT)

    def bring(text):
        (tmp_path / "paper.csv").write_text(text)
        why = "Written on paper before the ledger was open to everybody"
        return imports.run(school.office(), tmp_path / "paper.csv", HEAD, why, False, False)

    # Praise is no kind of enquiry, and Catrin does not run the page: nothing goes in.
    assert [(4, "kind", "invalid_field"), (5, "enquiry", "unknown_reference")] == [
        (p.row, p.field, p.code) for p in bring(paper).problems
    ]
    corrected = paper.replace("praise", "comment")
    assert [(5, "", "not_account_runner")] == [
        (p.row, p.field, p.code) for p in bring(corrected).problems
    ]
    assert size == school.size

    # Corrected it goes in, marked late; deadlines count by what happened, and say so.
    corrected = corrected.replace(f"09:30,{TEACHER}", f"09:30,{LEAD}")
    assert 4 == bring(corrected).recorded
    rows = answer(school, "/v1/sla?rule=enquiry_response")
    assert {"met_late_recorded"} == {row["status"] for row in rows}
    late = answer(school, "/v1/late-entries")["items"]
    assert [size, size + 1, size + 2, size + 3] == [row["position"] for row in late]

    # Brought in again by mistake, it changes nothing.
    assert (0, 4) == (bring(corrected).recorded, bring(corrected).recorded_before)
