"""ACTIONS.md 5.3: asking for an account, and the decision."""

from dataclasses import replace

from ledger.domain.catalogue.action import (
    ANYONE,
    APPLICANT,
    APPROVER,
    FACT,
    PERMISSION,
    Action,
)
from ledger.domain.fields import Field, code, new, note, optional, ref, shape, text

PLATFORMS = "facebook instagram x tiktok youtube discord threads other"


def point(field: Field) -> Field:
    """A point of the business case: when it is missing the refusal says so."""
    return replace(field, missing="missing_business_case_field")


ACTIONS = (
    Action(
        "submit_application",
        "application/{application}",
        ("AccountApplicationSubmitted",),
        ANYONE,
        FACT,
        "P",
        "business case: five points",
        (
            new("application"),
            point(code("platform", PLATFORMS)),
            point(text("account_name", 120)),
            point(note("aim")),
            point(note("audience")),
            point(note("promotion")),
            point(shape("runners", "runners")),
            point(code("visibility", "open private")),
            optional(ref("existing_account", "account")),
        ),
        checks=(
            "missing_business_case_field",
            "unknown_reference",
            "duplicate_id",
            "insufficient_staff_runners",
            "lead_must_be_staff",
        ),
    ),
    Action(
        "withdraw_application",
        "application/{application}",
        ("AccountApplicationWithdrawn",),
        APPLICANT,
        FACT,
        "R",
        "approved or rejected",
        (ref("application"), optional(note("reason"))),
        checks=("not_slt", "already_decided"),
    ),
    Action(
        "approve_application",
        "application/{application}",
        ("AccountApplicationApproved",),
        APPROVER,
        PERMISSION,
        "P",
        "approved or rejected; SLT must be satisfied",
        (ref("application"), optional(note("note"))),
        decision=True,
        apart="approver_is_applicant",
        checks=(
            "approver_not_slt",
            "approver_is_applicant",
            "already_decided",
            "runner_policy_not_acknowledged",
            "runner_not_trained",
        ),
    ),
    Action(
        "reject_application",
        "application/{application}",
        ("AccountApplicationRejected",),
        APPROVER,
        PERMISSION,
        "P",
        "approved or rejected",
        (ref("application"), note("reason", low=0)),
        decision=True,
        apart="approver_is_applicant",
        checks=("approver_not_slt", "approver_is_applicant", "already_decided", "reason_required"),
    ),
)
