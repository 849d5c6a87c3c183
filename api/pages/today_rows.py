"""Which rows of the answers concern whoever looks, and how urgent they are. Pure: rows in and out.

What somebody may *see* `api.may` decides before; here is what is *theirs* of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from api import may
from ledger.domain.school_time import parse_timestamp

Row = Mapping[str, Any]
DAY = 86400
SOON = 14 * DAY  # what is due later is not for today
LONG = 60 * DAY  # unless it takes long to do, or somebody waits for it
LASTING = frozenset(
    (
        "training_validity",
        "policy_review",
        "policy_reacknowledgement",
        "pupil_education",
        "application_decision",
        "rights_request",
    )
)
RECENT = 30 * DAY  # how long a finding about one entry is news
WEEK = 7
EVERYTHING = frozenset((may.SLT, may.MODERATOR))
OVERSIGHT = frozenset((may.CHAIR, may.GOVERNOR, may.AUDITOR))
# The rules that are somebody's by their office.
OF_OFFICE: Mapping[str, frozenset[str]] = {
    may.DPO: frozenset(("rights_request", "personal_data_breach", "breach_subjects_informed")),
    may.INVESTIGATOR: frozenset(
        (
            "incident_assessment",
            "takedown",
            "audience_informed",
            "compromising_image_deletion",
            "parent_contact",
            "illegal_conduct_reported",
        )
    ),
}
OVERSEEN = frozenset(("policy_review", "policy_reacknowledgement", "concern_decision"))
# Findings that stand in lists of their own.
ELSEWHERE = frozenset(
    (
        "no_lead",
        "fewer_than_two_runners",
        "fewer_than_two_staff",
        "credential_exposure",
        "access_not_removed",
    )
)


@dataclass(frozen=True)
class Reader:
    """Whoever looks, at the instant `now` (seconds UTC): their roles, and the accounts they run."""

    person: str
    roles: may.Roles
    mine: frozenset[str]
    now: int

    @property
    def sees_all(self) -> bool:
        """Whether everything is theirs to keep in order."""
        return bool(self.roles & EVERYTHING)

    @property
    def oversees(self) -> bool:
        return bool(self.roles & OVERSIGHT)

    @property
    def keeps(self) -> bool:
        """Whether what is wrong anywhere is theirs to know."""
        return self.sees_all or self.oversees


def left(row: Row, reader: Reader) -> int:
    """Seconds until the clock of a row is due; below zero where it is late."""
    return parse_timestamp(row["due_at"]) - reader.now


def late(rows: Iterable[Row], reader: Reader) -> list[Row]:
    """The clocks that ran out and were not stopped, the longest ago first."""
    return sorted(
        (r for r in rows if r["stopped_at"] is None and _concerns(r, reader, reader.oversees)),
        key=_due,
    )


def due(rows: Iterable[Row], reader: Reader) -> list[Row]:
    """The clocks that run and are due before long, the next one first."""
    return sorted((r for r in rows if _is_soon(r, reader) and _concerns(r, reader)), key=_due)


def running(rows: Iterable[Row], reader: Reader) -> list[Row]:
    """The clocks that run and concern the reader, however far off."""
    return [r for r in rows if _concerns(r, reader)]


def _due(row: Row) -> int:
    return parse_timestamp(row["due_at"])


def _is_soon(row: Row, reader: Reader) -> bool:
    horizon = LONG if row["rule"] in LASTING else SOON
    return left(row, reader) <= horizon


def _concerns(row: Row, reader: Reader, all_of_it: bool = False) -> bool:
    """Whether a clock is for this reader: their own, their account's, or their office's."""
    if all_of_it or reader.sees_all or row.get("person") == reader.person:
        return True
    if {row.get("account"), row["subject"]} & reader.mine:
        return True
    if row["rule"] in OVERSEEN and reader.oversees:
        return True
    return any(row["rule"] in rules for role, rules in OF_OFFICE.items() if role in reader.roles)


def of_accounts(rows: Iterable[Row], reader: Reader) -> list[Row]:
    """The rows about the accounts of a runner; of everything for whoever keeps or oversees it."""
    return [r for r in rows if reader.keeps or r["account"] in reader.mine]


def findings(items: Iterable[Row], reader: Reader) -> list[Row]:
    """What still holds and stands in no other list, and what one entry showed of late."""
    return [
        row
        for row in items
        if row["finding"] not in ELSEWHERE and "accepted" not in row and _is_news(row, reader)
    ]


def _is_news(row: Row, reader: Reader) -> bool:
    if "position" not in row:
        return row["to"] is None
    return reader.now - parse_timestamp(row["from"]) <= RECENT


def handovers(rows: Iterable[Row], reader: Reader) -> list[Row]:
    """Those that wait for something: for the reader, or for anybody where everything is theirs."""
    waits = (r for r in rows if r["status"].startswith("waiting_"))
    return [r for r in waits if reader.sees_all or reader.person in (r["to"], r["from"])]


def week(today: date) -> tuple[date, date]:
    """The days for which a missing check is still told: a week, without today."""
    return today - timedelta(days=WEEK), today - timedelta(days=1)


def of_person(rows: Iterable[Row], person: str) -> Iterator[Row]:
    return (row for row in rows if row.get("person") == person)


def readiness(row: Row | None, reader: Reader) -> list[tuple[str, str | None]]:
    """What a person who runs an account lacks or will lack: (what, when it ends or ended)."""
    if row is None or not row["accounts"]:
        return []
    told: list[tuple[str, str | None]] = []
    if row["policy_version"] and row["acknowledged_at"] is None:
        told.append(("policy", None))
    until = row["trained_until"]
    if until is None or parse_timestamp(until) - reader.now <= LONG:
        told.append(("training", until))
    return told
