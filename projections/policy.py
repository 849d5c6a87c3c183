"""The policy and the rules in force at a moment (CONTRACT 3, `/v1/policy`, `/v1/rules`).

Standard library only.
"""

from __future__ import annotations

from collections.abc import Mapping

from ledger.domain.clock_rules import RULES
from ledger.domain.entries import Entry
from projections import oversight
from projections.duty_records import impacts
from projections.history import History
from projections.paper_clocks import RATIFIED
from projections.terms import WEEKDAYS, calendar_at, terms
from projections.told import Row, Told, shown, told, who

SAID = ("title", "ratified_on", "review_due", "chair_of_governors", "headteacher", "supersedes")


def policy(history: History, at: int) -> Told:
    """`{policy_version, …, versions: […]}`; the version is null before the first."""
    ratified = history.of(at, *RATIFIED)
    assessed = [impacts(history, str(e.fields["policy_version"]), at) for e in ratified]
    versions = [_version(e, found) for e, found in zip(ratified, assessed)]
    latest = versions[-1] if versions else {"policy_version": None}
    defined = oversight.processes(history, at)
    more = {"response_processes": [oversight.process_row(e) for e in defined]} if defined else {}
    answer = {**latest, "versions": versions, **more}
    rests_on = {e.position for found in assessed for e in found.values()}
    return told(answer, (e.position for e in (*ratified, *defined)), rests_on)


def _version(entry: Entry, assessed: Mapping[str, Entry]) -> Row:
    said = {name: entry.fields.get(name) for name in (*SAID, "document_sha256")}
    in_force = {"in_force_from": shown(entry.occurred_at), "position": entry.position}
    impact = {kind: {"at": shown(e.occurred_at), **_found(e)} for kind, e in assessed.items()}
    more = {"impact": impact} if impact else {}
    version = entry.fields["policy_version"]
    return {"policy_version": version, **said, **in_force, **who(entry), **more}


def _found(assessed: Entry) -> Row:
    return {"outcome": assessed.fields["outcome"], "position": assessed.position}


def _told_of(history: History, name: str) -> bool:
    """A rule of the first edition always; a later one where it has begun to count."""
    begun_by = RULES[name].begun_by
    adopted = (e for e in history.entries.of("SlaRulesAdopted") if name in e.fields["rules"])
    return not begun_by or next(history.entries.of(*begun_by), next(adopted, None)) is not None


def rules(history: History, at: int) -> Told:
    """`{calendar: {…}, rules: [{rule, rule_version, basis, parameters, quote}]}` at `at`."""
    calendar = calendar_at(history, at)
    in_force = [terms(history, name, at) for name in RULES if _told_of(history, name)]
    answer = {
        "calendar": {
            "version": calendar.version,
            "weekend": [WEEKDAYS[day] for day in sorted(calendar.weekend)],
            "bank_holidays": sorted(day.isoformat() for day in calendar.holidays),
        },
        "rules": [
            {
                "rule": t.rule,
                "rule_version": t.version,
                "basis": t.basis,
                "parameters": dict(t.parameters),
                "quote": RULES[t.rule].quote,
            }
            for t in in_force
        ],
    }
    return told(answer, *(t.evidence for t in in_force))
