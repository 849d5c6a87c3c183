"""The governors' report: what changed in the policy, the rules, the calendar and the rest.

Standard library only. A change belongs to the period in which it was made; when a rule or
calendar counts from stands beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ledger.domain.entries import Entry
from ledger.domain.fitness import effective_from
from projections import policy
from projections.figures import Figure, Period, instant, itemised, plain
from projections.history import META, OWN, History
from projections.terms import Terms, adoption_by_version, under
from projections.told import Row, shown, who

VERSION = ("title", "in_force_from", "ratified_on", "review_due", "supersedes")
RULES, CALENDARS = "SlaRulesAdopted", "WorkingCalendarAdopted"
# Entries of the stream `ledger` that are told elsewhere in the report, or change nothing.
ELSEWHERE = ("LedgerOpened", "PolicyRatified", "PolicyRevised", RULES, CALENDARS)
WATCHED = ("EvidenceExported", "CheckpointPublished", "ReviewRecorded")


def policy_figures(history: History, period: Period) -> Iterator[Figure]:
    """Versions of the policy, of each rule, of the calendar; other entries about the ledger."""
    versions = (
        (v["policy_version"], v, {v["position"]})
        for v in policy.policy(history, period.end).answer["versions"]
        if period.holds(instant(v["in_force_from"]))
    )
    yield from itemised("policy_changes", versions, VERSION)
    rules = (_rule(history, e, name) for e in _made(history, period, RULES) for name in _named(e))
    yield from itemised("rule_changes", rules, ("effective_from", "basis", "changed"))
    calendars = (_calendar(e) for e in _made(history, period, CALENDARS))
    yield from itemised("calendar_changes", calendars, ("effective_from", "bank_holidays"))
    others = (_other(e) for e in _others(history, period))
    yield from itemised("other_changes", others, ("at", "actor", "done_by", "said"))


def _made(history: History, period: Period, type_: str) -> list[Entry]:
    return [e for e in history.of(period.end, type_) if period.holds(e.occurred_at)]


def _named(adoption: Entry) -> list[str]:
    return sorted(adoption.fields["rules"])


def _rule(history: History, adoption: Entry, rule: str) -> tuple[str, Row, set[int]]:
    """A rule of an adoption, and how its parameters differ from those of the version before."""
    version, start = int(adoption.fields["version"]), effective_from(adoption)
    earlier = adoption_by_version(history, rule, version - 1)
    before, after = under(history, rule, earlier, start), under(history, rule, adoption, start)
    row = {
        "effective_from": shown(start),
        "basis": after.basis,
        "changed": _difference(before, after),
    }
    positions = {adoption.position, *([] if earlier is None else [earlier.position])}
    return f"{rule} {version}", row, positions


def _difference(before: Terms, after: Terms) -> str:
    """`parameter: then → now` of each that changed, or `nothing`."""
    old, new = before.parameters, after.parameters
    names = sorted(n for n in {*old, *new} if old.get(n) != new.get(n))
    return "; ".join(f"{n}: {_said(old, n)} → {_said(new, n)}" for n in names) or "nothing"


def _said(parameters: Mapping[str, Any], name: str) -> str:
    return str(parameters[name]) if name in parameters else "not set"


def _calendar(adoption: Entry) -> tuple[str, Row, set[int]]:
    fields = adoption.fields
    row = {
        # The first calendar counts from always.
        "effective_from": shown(effective_from(adoption) or None),
        "bank_holidays": len(fields["bank_holidays"]),
    }
    return f"{fields['calendar']} {fields['version']}", row, {adoption.position}


def _others(history: History, period: Period) -> list[Entry]:
    passed_over = (*META, *OWN, *ELSEWHERE, *WATCHED)
    return [
        e
        for e in history.stream("ledger", period.end)
        if e.type not in passed_over and period.holds(e.occurred_at)
    ]


def _other(entry: Entry) -> tuple[str, Row, set[int]]:
    said = "; ".join(f"{name}: {_words(value)}" for name, value in sorted(entry.fields.items()))
    row = {"at": shown(entry.occurred_at), **who(entry), "said": said}
    return entry.record.action, row, {entry.position}


def _words(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {value[name]}" for name in sorted(value))
    return str(plain(value))
