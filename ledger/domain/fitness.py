"""Which policy, rules and calendar are in force, and who qualifies to run an account.

Standard library only. Instants are seconds UTC; all of it as known now.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ledger.domain import standing
from ledger.domain.entries import Entries, Entry
from ledger.domain.school_time import local_date, parse_instant


def current_policy(entries: Entries, at: int) -> str | None:
    """The policy version in force at `at`, or None before the first."""
    ratified = standing.in_order(entries.of("PolicyRatified", "PolicyRevised"), at)
    return str(ratified[-1].fields["policy_version"]) if ratified else None


def current_document(entries: Entries, version: str, at: int) -> str | None:
    """The version in force at `at` of the document that `version` is one of."""
    linked = list(entries.of("DocumentLinked"))
    kinds = {e.fields["document"] for e in linked if e.fields["document_version"] == version}
    of_it = [e for e in linked if e.fields["document"] in kinds]
    happened = standing.in_order(of_it, at)
    return str(happened[-1].fields["document_version"]) if happened else None


def effective_from(entry: Entry) -> int:
    """From when an adopted calendar or set of rules counts.

    A first calendar counts from always; without a date a later one counts from its recording.
    """
    if "effective_from" in entry.fields:
        return parse_instant(entry.fields["effective_from"])
    return 0 if entry.fields["version"] == 1 else entry.record.time


def version_in_force(entries: Entries, adopted: str, at: int) -> int:
    """The version of type `adopted` in force at `at`: latest start, then later recorded; or 0."""
    started = [
        (effective_from(e), e.position, int(e.fields["version"]))
        for e in entries.of(adopted)
        if effective_from(e) <= at
    ]
    return max(started)[2] if started else 0


def parameter(entries: Entries, rule: str, name: str, default: Any, at: int) -> Any:
    """A parameter of a rule in force at `at`; rules a version does not name keep their earlier."""
    value = default
    adopted = sorted(entries.of("SlaRulesAdopted"), key=lambda e: (effective_from(e), e.position))
    for entry in adopted:
        if effective_from(entry) <= at and rule in entry.fields["rules"]:
            value = entry.fields["rules"][rule].get(name, default)
    return value


def acknowledged(entries: Entries, person: str, version: str | None, at: int) -> bool:
    """Whether the person had acknowledged this policy version by `at`."""
    return any(
        e.type == "PolicyAcknowledged"
        and e.fields["policy_version"] == version
        and e.occurred_at <= at
        for e in entries.stream(f"person/{person}")
    )


def trained(entries: Entries, person: str, at: int) -> bool:
    """Whether some training of the person covers `at`: to the end of `valid_until`, local date."""
    today = local_date(at).isoformat()
    return any(
        e.occurred_at <= at and today <= e.fields["valid_until"]
        for e in entries.naming("people", person, "TrainingCompleted")
    )


def unfit(entries: Entries, people: Iterable[str], at: int) -> Iterator[tuple[str, str]]:
    """(code, person) of everybody who may not run an account: acknowledgements before training."""
    named = list(people)
    version = current_policy(entries, at)
    for person in named:
        if not acknowledged(entries, person, version, at):
            yield "runner_policy_not_acknowledged", person
    for person in named:
        if not trained(entries, person, at):
            yield "runner_not_trained", person
