"""People, and a leaver's certificate: every access somebody had, and when it ended.

Standard library only. Ids and intervals stay after an erasure; the name is null then (ACTIONS.md
section 7). Names come from outside, by `name_of`; a fold never holds one.
"""

from __future__ import annotations

from ledger.domain.entries import Entry
from projections import access, offices, presence, roles
from projections.duty_records import reminder_due, reminders
from projections.history import FOREVER, History
from projections.spans import Span
from projections.told import NameOf, Row, Told, interval, listed, shown, told


def person(history: History, who: str, at: int, name_of: NameOf) -> Told:
    """`{person, kind, display_name, erased, offices, …}` at `at`."""
    return told(*_person(history, who, at, name_of))


def everybody(history: History, at: int, name_of: NameOf) -> Told:
    """The same of everybody registered by `at`, by id."""
    known = offices.people(history)
    here = (p for p in sorted(known) if known[p].occurred_at <= at)
    return listed(_person(history, p, at, name_of) for p in here)


def _person(history: History, who: str, at: int, name_of: NameOf) -> tuple[Row, set[int]]:
    registered = offices.people(history).get(who)
    left = offices.departure(history, who, at)
    erased = offices.erasure(history, who, at)
    held = [(o, s) for (p, o), s in offices.office_spans(history, at) if p == who and s.holds(at)]
    row = {
        "person": who,
        "kind": offices.kind_of(history, who, at) or None,
        "display_name": None if erased else name_of(who),
        "erased": erased is not None,
        "offices": sorted(office for office, _ in held),
        "departed_at": shown(left.occurred_at) if left else None,
        "roles": [
            {"account": a, "role": r}
            for a, p, r, s in sorted(roles.all_roles(history, at), key=lambda x: x[:3])
            if p == who and s.holds(at)
        ],
    }
    away = [s for s in presence.away_spans(history, who, at) if s.holds(at)]
    suspended = any(s.holds(at) for s in presence.suspensions(history, who, at))
    if away:
        row["away_since"] = shown(min(away).start)
        row["suspended"] = suspended
    entries = {e.position for e in (registered, left, erased) if e is not None}
    return row, entries | {s.began for _, s in held} | {s.began for s in away}


def office_intervals(history: History, who: str, until: int = FOREVER) -> list[tuple[Row, Span]]:
    """(`{office, from, to}`, span) of one person, by start."""
    return [
        ({"office": office, **interval(span)}, span)
        for (person, office), span in offices.office_spans(history, until)
        if person == who
    ]


def certificate(history: History, who: str, at: int) -> Told:
    """A leaver's certificate as it stands at `at`: `complete` once nothing is left open."""
    left = offices.departure(history, who, at)
    held = [(a, r, s) for a, p, r, s in roles.all_roles(history, at) if p == who]
    ways = _ways(history, who, at)
    still = [row for row, span in ways if span.end is None]
    answer = {
        "person": who,
        "departed_at": shown(left.occurred_at) if left else None,
        "notice": _notice(history, who, at),
        "roles": [{"account": a, "role": r, **interval(s)} for a, r, s in held],
        "offices": [row for row, _ in office_intervals(history, who, at)],
        "access": [row for row, _ in ways],
        "still_open": [{"account": row["account"], "by": row["by"]} for row in still],
        "complete": left is not None and not still,
        **_reminded(history, who, left, at),
    }
    spans = [*(s for _, _, s in held), *(s for _, s in ways)]
    evidence = {p for span in spans for p in span.evidence}
    evidence |= {e.position for e in reminders(history, who, at)}
    return told(answer, evidence, [left.position] if left else [])


def _reminded(history: History, who: str, left: Entry | None, at: int) -> Row:
    """Whether the leaver was reminded of confidentiality: told once such records are kept."""
    own = reminders(history, who, at)
    if not own and (left is None or not reminder_due(history, left)):
        return {}
    return {
        "confidentiality_reminded_at": shown(own[0].occurred_at) if own else None,
        "confidentiality_reminder_missing": not own,
    }


def _notice(history: History, who: str, at: int) -> str | None:
    given = history.of(at, "DepartureNoticeGiven")
    mine = [e for e in given if e.fields["person"] == who]
    return str(mine[-1].fields["leaving_on"]) if mine else None


def _ways(history: History, who: str, at: int) -> list[tuple[Row, Span]]:
    return [
        ({"account": account, "by": way, **interval(span)}, span)
        for account in access.known_accounts(history, at)
        for way, spans in access.ways_in(history, account, at).get(who, {}).items()
        for span in spans
    ]
