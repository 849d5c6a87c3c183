"""What is to be done about a clock, a finding or a hand-over: the action, and who may record it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import g
from flask_babel import gettext as _

from api.context import ledger, state
from api.pages import links, words
from ledger.domain import duties
from ledger.domain.acts import Act
from ledger.domain.catalogue import ACTIONS

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Thing:
    """Something in words, with the address of its page where the reader may open it."""

    words: str
    address: str = ""


@dataclass(frozen=True)
class Aim:
    """`kind` of thing a row is about, and the action that ends it, its fields from the row."""

    kind: str
    action: str = ""
    fields: Mapping[str, str] | None = None


def _aim(kind: str, action: str, *more: str) -> Aim:
    """The subject of the row is the field of that kind; `more` fields have the row's names."""
    return Aim(kind, action, {kind: "subject", **{name: name for name in more}})


RULES: Mapping[str, Aim] = {
    "enquiry_response": _aim("enquiry", "respond_to_enquiry"),
    "incident_assessment": _aim("incident", "assess_incident"),
    "takedown": _aim("incident", "take_down_content", "account"),
    "audience_informed": _aim("incident", "inform_audience", "account"),
    "compromising_image_deletion": _aim("incident", "delete_image", "image"),
    "parent_contact": _aim("incident", "ask_parent_to_remove_post"),
    "personal_data_breach": _aim("incident", "notify_agency"),
    "illegal_conduct_reported": _aim("incident", "notify_agency"),
    "breach_subjects_informed": _aim("incident", "inform_data_subjects"),
    "conduct_reporting": Aim("incident"),
    "lead_handover": _aim("account", "transfer_lead"),
    "two_staff": _aim("account", "assign_account_role"),
    "credential_rotation": _aim("account", "rotate_credential"),
    "credential_age": _aim("account", "rotate_credential"),
    "settings_review": _aim("account", "review_account_settings"),
    "application_decision": _aim("application", "approve_application"),
    "rights_request": _aim("request", "complete_rights_request"),
    "concern_decision": _aim("concern", "decide_concern"),
    "advice_given": _aim("advice", "record_advice"),
    "confidentiality_reminder": _aim("person", "remind_confidentiality"),
    "training_validity": Aim("person", "record_training", {"people": "person", "course": "course"}),
    "policy_review": Aim("policy", "revise_policy", {"supersedes": "subject"}),
    "policy_reacknowledgement": Aim(
        "policy", "acknowledge_policy", {"policy_version": "subject", "person": "person"}
    ),
    "pupil_education": Aim("pupil-education", "record_pupil_education", {"programme": "subject"}),
}
FINDINGS: Mapping[str, Aim] = {
    "no_lead": _aim("account", "transfer_lead"),
    "fewer_than_two_runners": _aim("account", "assign_account_role"),
    "fewer_than_two_staff": _aim("account", "assign_account_role"),
    "role_without_credential": _aim("account", "share_credential", "person"),
    "runner_training_lapsed": Aim("account", "record_training", {"people": "person"}),
    "lead_absent": _aim("account", "transfer_lead"),
    "overlapping_leads": _aim("account", "end_account_role"),
    "recovery_held_by_leaver": _aim("account", "change_recovery_contact"),
    "access_not_removed": _aim("account", "end_platform_access", "person"),
    "drift": _aim("account", "record_platform_list"),
    "unapproved_account": Aim("finding", "resolve_unapproved_account", {"found": "subject"}),
    "no_moderator": Aim("", "assign_office", {}),
    "commenting_without_informing": Aim(
        "learning-platform", "inform_parents", {"learning_platform": "subject"}
    ),
    "confidentiality_not_reminded": _aim("person", "remind_confidentiality"),
    "impact_not_assessed": Aim("policy", "assess_policy_impact", {"policy_version": "subject"}),
}
HANDOVERS: Mapping[str, str] = {
    "waiting_for_transfer": "transfer_lead",
    "waiting_for_rotation": "rotate_credential",
    "waiting_for_acceptance": "accept_handover",
}


def of_rule(row: Row) -> tuple[Thing, ...]:
    """What ends the clock of a row of `/v1/sla`; whoever may not record it is told who may."""
    aim = RULES.get(row["rule"])
    return tuple(_forms(aim, row)) or tuple(_whose(aim))


def of_finding(row: Row) -> tuple[Thing, ...]:
    """What ends a finding, or says beside it why it stays."""
    accept = {"finding": "finding", "subject": "subject"}
    aims = (FINDINGS.get(row["finding"]), Aim("", "accept_finding", accept))
    return tuple(form for aim in aims for form in _forms(aim, row))


def to_record(action: str, **fields: Any) -> tuple[Thing, ...]:
    """The form of an action, where whoever looks may record it and has such a page."""
    address = links.form(action, **fields)
    may = address and may_record(action, fields)
    return (Thing(words.action(action), address),) if may else ()


def may_record(action: str, fields: Row) -> bool:
    """Whether the ledger would hear whoever looks on this, as far as their office goes."""
    now = state().now()
    kinds = {f.name: f for f in ACTIONS[action].all_fields}
    given = {n: [v] if kinds[n].many and isinstance(v, str) else v for n, v in fields.items()}
    act = Act(ACTIONS[action], g.token.person, g.token.person, now, now, given)
    try:
        return not any(duties.office(ledger().entries(), act))
    except KeyError:  # a field that is not filled in yet decides: the form will say
        return True


def _whose(aim: Aim | None) -> Iterator[Thing]:
    if aim is not None and aim.action:
        who = words.who(ACTIONS[aim.action].who.words)
        yield Thing(_("%(what)s: %(who)s", what=words.action(aim.action), who=who))


def _forms(aim: Aim | None, row: Row) -> Iterator[Thing]:
    if aim is not None and aim.action:
        fields = {name: row[key] for name, key in (aim.fields or {}).items() if row.get(key)}
        yield from to_record(aim.action, **fields)
