"""The same answers from the tables as from the folds, without folding: who ran it, who got in.

Standard library only. `Rows` asks the tables: view, column and the value wanted there, and gives
the rows as known at the moment of the question.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from projections.access import joined
from projections.credentials import OUTSIDER, PASSWORD
from projections.spans import Span
from projections.told import Told, interval, listed
from projections.views import Row

Rows = Callable[[str, str, str], list[Row]]


def role_intervals(rows: Rows, account: str, until: int) -> Told:
    """As `projections.roles.role_intervals`."""
    held = sorted(
        (r.start, r.key[1], r.key[2], r) for r in _by(rows("roles", "account", account), until)
    )
    return listed(
        ({"person": p, "role": role, **_interval(r)}, _evidence(r)) for _, p, role, r in held
    )


def roles_at(rows: Rows, account: str, at: int) -> Told:
    """As `projections.roles.roles_at`."""
    held = sorted((r.key[2], r.key[1], r) for r in _now(rows("roles", "account", account), at))
    return listed(({"person": p, "role": role}, _evidence(r)) for role, p, r in held)


def person_roles(rows: Rows, person: str, until: int) -> Told:
    """As `projections.roles.person_roles`."""
    held = sorted(
        (r.start, r.key[0], r.key[2], r) for r in _by(rows("roles", "person", person), until)
    )
    return listed(
        ({"account": a, "role": role, **_interval(r)}, _evidence(r)) for _, a, role, r in held
    )


def credentials(rows: Rows, account: str, until: int) -> Told:
    """As `projections.credentials.credentials`: passwords only, and who was given them."""
    given = (r for r in rows("access", "account", account) if r.key[1] != OUTSIDER)
    kept = (r for r in given if r.key[2] == PASSWORD)
    held = sorted((r.start, r.key[1], int(r.key[3]), r) for r in _by(kept, until))
    return listed(
        ({"person": p, "version": v, **_interval(r)}, _evidence(r)) for _, p, v, r in held
    )


def access(rows: Rows, account: str, at: int) -> Told:
    """As `projections.access.access`: everybody who can get in at `at`, by whatever way."""
    people: dict[str, dict[str, list[Row]]] = {}
    for row in _now(rows("access", "account", account), at):
        people.setdefault(row.key[1], {}).setdefault(row.key[2], []).append(row)
    return listed(
        ({"person": person, "by": list(by), **interval(span)}, _of_all(ways))
        for person, ways in sorted(people.items())
        for by, span in joined({way: [_span(r) for r in held] for way, held in ways.items()})
    )


def _by(rows: Iterable[Row], until: int) -> list[Row]:
    return [row for row in (r.by(until) for r in rows) if row is not None]


def _now(rows: Iterable[Row], at: int) -> list[Row]:
    return [row for row in _by(rows, at) if _span(row).holds(at)]


def _span(row: Row) -> Span:
    return Span(row.start, row.end, row.began[0])


def _interval(row: Row) -> dict[str, str | None]:
    return interval(_span(row))


def _evidence(row: Row) -> set[int]:
    return {*row.began, *row.ended}


def _of_all(ways: dict[str, list[Row]]) -> set[int]:
    return {p for held in ways.values() for row in held for p in _evidence(row)}
