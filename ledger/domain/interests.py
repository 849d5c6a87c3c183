"""Conflict of interest: who may not decide because the matter is about them, and who does then.

Standard library only: asked when a command arrives, and by the auditor's verifier at each record
(ACTIONS.md 5.13 and section 2, "Somebody can always act"). It counts from catalogue edition 2 on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ledger.domain import presence, standing
from ledger.domain.acts import Act
from ledger.domain.catalogue.action import FACT
from ledger.domain.entries import Entries, ids_in
from ledger.domain.matters import reported

SINCE = 2  # the catalogue edition from which on it counts
# Who decides in a restricted incident: the first of these that somebody not named in it holds,
# then whoever stands in for the last.
LEADERSHIP = ("slt",)
ABOUT_THE_HEAD = ("chair_of_governors", "slt")
ASKS_FOR_IT = ("restricted", "protect_reporter")  # either makes a report restricted
INVOLVED = {"StaffInvolved": "person", "InvestigationLeadAssigned": "lead"}


def about(known: Entries, incident: str) -> frozenset[str]:
    """Whom the incident is about, by everything known."""
    told = reported(known, incident)
    return frozenset(told.fields.get("about", ()) if told else ())


def is_head(known: Entries, people: Iterable[str], at: int) -> bool:
    """Whether one of them is the head teacher at the instant `at`."""
    return any("headteacher" in standing.offices(known, person, at) for person in people)


def must_be_sealed(known: Entries, fields: Mapping[str, Any], at: int) -> bool:
    """Whether a report with these fields, well formed or not, must not stand in clear."""
    if any(fields.get(name) not in (None, False, "") for name in ASKS_FOR_IT):
        return True
    given = fields.get("about")
    people = given if isinstance(given, list) else [given]
    return is_head(known, (p for p in people if isinstance(p, str)), at)


def shows(known: Entries, act: Act) -> bool:
    """Whether an act that stands in clear is a report that must not."""
    report_ = act.action.name == "report_incident" and act.edition >= SINCE
    return report_ and must_be_sealed(known, act.fields, act.recorded_at)


def named(known: Entries, act: Act) -> frozenset[str]:
    """Those who may not do this because it is about them; nobody where it is no decision."""
    if act.edition < SINCE:
        return frozenset()
    if act.action.name == "erase_subject":
        return _against(known, act.fields["subject"])
    incident = decided_in(known, act)
    return about(known, incident) if incident else frozenset()


def decided_in(known: Entries, act: Act) -> str | None:
    """The incident in which the act decides something; None where it does not.

    A fact is nobody's decision. Correcting and annulling decide about what was told before; so
    does keeping, or letting go, what belongs to the incident.
    """
    decides = act.action.who.offices or act.action.name == "decide_content"
    return incident_of(known, act) if decides and act.action.kind != FACT else None


def incident_of(known: Entries, act: Act) -> str | None:
    """The incident that an act belongs to: its stream's, its target's, or that of its hold."""
    kind, key = act.action.stream.partition("/")[0], act.fields.get(act.action.stream_field, "")
    if act.action.name in ("correct_entry", "annul_entry"):
        target = known.by_id(act.fields["target"])
        kind, _, key = (target.stream if target else "").partition("/")
    if kind == "hold":
        placed = (e.fields for e in known.stream(f"hold/{key}") if e.type == "LegalHoldPlaced")
        incident: str | None = next(placed, act.fields).get("incident")
        return incident
    return key if kind == "incident" else None


def deciders(known: Entries, act: Act) -> tuple[str, ...]:
    """The offices that act in a restricted incident, in their order; none in any other matter."""
    incident = incident_of(known, act) if act.edition >= SINCE else None
    return order(known, incident) if incident else ()


def order(known: Entries, incident: str) -> tuple[str, ...]:
    """The same of an incident: the chair of governors first where it is about the head teacher."""
    told = reported(known, incident)
    if told is None or told.fields.get("restricted") is not True:
        return ()
    head = is_head(known, told.fields.get("about", ()), told.record.time)
    return ABOUT_THE_HEAD if head else LEADERSHIP


def may_lead(known: Entries, incident: str, person: str, at: int) -> bool:
    """Whether the person may lead the investigation: of those who decide, and not named in it."""
    named_in_it = about(known, incident)
    offices = order(known, incident) or LEADERSHIP
    here = person not in named_in_it
    return here and standing.acts(known, person, offices, at, named_in_it)


def may_see(known: Entries, incident: str, person: str, at: int) -> bool:
    """Whether the person may read a restricted incident at the instant `at`.

    Those who decide in it, the chair of governors, and whoever was involved; nobody named in it.
    """
    named_in_it, offices = about(known, incident), order(known, incident)
    if person in named_in_it or not offices or not presence.active(known, person, at):
        return False
    held = standing.offices(known, person, at)
    if "chair_of_governors" in held or (offices is LEADERSHIP and "slt" in held):
        return True
    involved = (
        e.fields[INVOLVED[e.type]] for e in known.stream(f"incident/{incident}")
        if e.type in INVOLVED
    )  # fmt: skip
    return person in involved or standing.acts(known, person, offices, at, named_in_it)


def may_add(known: Entries, incident: str, person: str, at: int) -> bool:
    """Whether the person may record facts about it: who may read it, and who reported it."""
    told = reported(known, incident)
    if told is None or person in about(known, incident):
        return False
    reporter = person in (told.record.actor, told.doer)
    return reporter or may_see(known, incident, person, at)


def _against(known: Entries, subject: str) -> frozenset[str]:
    """Everybody whom an incident is about that names the subject anywhere in clear."""
    people: set[str] = set()
    for report in known.of("IncidentReported"):
        told = known.stream(report.stream) if report.fields.get("about") else ()
        if any(subject == name for e in told for _, name in ids_in(e.type, e.fields)):
            people.update(report.fields["about"])
    return frozenset(people)
