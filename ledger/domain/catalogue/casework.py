"""ACTIONS.md 5.9 and 5.13: how a case is worked on: who leads and helps, what is kept and asked."""

from ledger.domain.catalogue.action import (
    FACT,
    INVOLVED,
    PERMISSION,
    RUNNER,
    SLT,
    Action,
    Who,
)
from ledger.domain.catalogue.incidents import fact
from ledger.domain.fields import (
    Field,
    code,
    day,
    label,
    new,
    note,
    optional,
    person,
    ref,
    reply_to,
    salted_hash,
    sealed,
    text,
)

NOT_SLT = ("not_slt",)


def case(
    name: str,
    event: str,
    who: Who,
    kind: str,
    mark: str,
    policy: str,
    *fields: Field,
    checks: tuple[str, ...] = NOT_SLT,
) -> Action:
    """An action in the stream of an incident that exists."""
    own = (ref("incident"), *fields)
    return Action(
        name, "incident/{incident}", (event,), who, kind, mark, policy, own, checks=checks
    )


ACTIONS = (
    case(
        "assign_investigation_lead",
        "InvestigationLeadAssigned",
        SLT,
        PERMISSION,
        "P",
        "lead role in investigating",
        person("lead"),
        checks=("not_slt", "assessor_not_slt"),
    ),
    case(
        "involve_staff",
        "StaffInvolved",
        SLT,
        PERMISSION,
        "P",
        "involving appropriate staff",
        person("person"),
        note("purpose", 500),
    ),
    case(
        "refer_to_disciplinary",
        "ReferredToDisciplinary",
        SLT,
        PERMISSION,
        "P",
        "disciplinary policy",
        sealed(person("person"), "@person"),
        optional(sealed(text("reference", 200), "@person")),
    ),
    fact(
        "offer_support",
        "SupportOffered",
        "wellbeing",
        sealed(person("person"), "@person"),
        sealed(
            code("support", "line_manager occupational_health union counselling other"), "@person"
        ),
        mark="R",
    ),
    fact(
        "add_evidence",
        "EvidenceAdded",
        "none",
        salted_hash("evidence"),
        note("kept_at", 300),
        mark="R",
    ),
    fact("link_entry", "EntryLinked", "none", reply_to(), mark="R"),
    case(
        "decide_content",
        "ContentDecided",
        RUNNER,
        PERMISSION,
        "R",
        "handle offensive comments swiftly and with sensitivity",
        code("decision", "removed left_up removed_by_platform"),
        note("reason"),
        optional(ref("account")),
        optional(label("content")),
        checks=("not_account_runner",),
    ),
    case("add_note", "NoteAdded", INVOLVED, FACT, "R", "none", note("text")),
    case(
        "assign_follow_up",
        "FollowUpAssigned",
        INVOLVED,
        FACT,
        "R",
        "none",
        new("follow_up"),
        person("to"),
        note("text"),
        optional(day("due_on")),
        checks=("not_slt", "unknown_reference", "duplicate_id"),
    ),
    case(
        "complete_follow_up",
        "FollowUpCompleted",
        INVOLVED,
        FACT,
        "R",
        "none",
        ref("follow_up"),
        optional(note("text")),
        checks=("not_slt", "unknown_reference", "already_decided"),
    ),
    case(
        "reopen_incident",
        "IncidentReopened",
        SLT,
        PERMISSION,
        "R",
        "none",
        note("reason", low=0),
        checks=("not_slt", "already_decided", "reason_required"),
    ),
)
