"""How long what is sealed is kept, and which keys are due to be destroyed.

Standard library only (ACTIONS.md 5.11, `run_retention`). A plain schedule: months for each kind
of stream, and `subject` for the keys of persons. A period counts from the end of the thing
(closing, release, answer, departure) or, where it has none, from its last entry; never from
before the last value under the key. What a hold covers is not due.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ledger.domain import holds, presence
from ledger.domain.entries import Entries, Entry, ids_in
from ledger.domain.school_time import LATEST, end_of_day, local_date, months_later

BUILT_IN = 1
# Numbers the policy does not give: defaults (D) that `adopt_retention_schedule` changes.
DEFAULT: dict[str, int] = {
    "account": 84,
    "advice": 36,
    "application": 84,
    "concern": 84,
    "credential": 84,
    "enquiry": 36,
    "finding": 36,
    "hold": 84,
    "incident": 84,
    "learner-contact": 36,
    "mention": 12,
    "mistake": 36,
    "opinion": 36,
    "post": 36,
    "request": 36,
    "scope": 84,
    "subject": 84,
}
# How long the bytes of records are kept, by kind of stream: also defaults (D). Kinds that are not
# here are kept for ever; of a request it may be the record that says somebody was erased.
RECORDS: dict[str, int] = {
    "account": 120,
    "advice": 72,
    "application": 120,
    "concern": 120,
    "credential": 120,
    "enquiry": 72,
    "finding": 72,
    "hold": 120,
    "incident": 120,
    "learner-contact": 72,
    "mention": 48,
    "mistake": 72,
    "opinion": 72,
    "post": 72,
    "refusal": 72,
    "scope": 120,
}
# Those that a schedule can name: a member name in a record has no hyphen.
NAMED = frozenset(kind for kind in DEFAULT if "-" not in kind)
RECORDS_NAMED = frozenset(kind for kind in RECORDS if "-" not in kind)
CONFIRM_WITHIN = 31 * 24 * 3600  # seconds after a run, within which records may be destroyed
MOST_RANGES = 500  # of positions, in one record
ADOPTED = "RetentionScheduleAdopted"
# What ends a thing, where something does; only the last entry of a kind counts.
ENDS = {
    "account": ("AccountClosed",),
    "hold": ("LegalHoldReleased",),
    "incident": ("IncidentClosed", "IncidentReopened"),
    "request": ("RightsRequestCompleted", "SubjectErased", "RightsRequestDecided"),
}
NO_END = ("IncidentReopened",)


@dataclass(frozen=True)
class Schedule:
    """Months to keep, by kind: what is sealed, and the `records` themselves.

    Version 1 is built in; others were adopted.
    """

    version: int = BUILT_IN
    months: Mapping[str, int] = field(default_factory=lambda: DEFAULT)
    position: int | None = None
    records: Mapping[str, int] = field(default_factory=lambda: RECORDS)


@dataclass(frozen=True)
class Due:
    """A key or a stream whose time has come: it counts `since`, and was kept `until` (instants)."""

    name: str
    kind: str
    months: int
    since: int
    until: int


def schedule(known: Entries) -> Schedule:
    """The schedule in force, by everything known; kinds it does not name keep the default."""
    adopted = max(known.of(ADOPTED), key=lambda e: e.position, default=None)
    if adopted is None:
        return Schedule()
    months = {**DEFAULT, **adopted.fields["periods"]}
    records = {**RECORDS, **adopted.fields.get("records", {})}
    return Schedule(int(adopted.fields["version"]), months, adopted.position, records)


def due(known: Entries, keys: Iterable[tuple[str, int]], now: int) -> list[Due]:
    """Which keys have had their time at the instant `now`, in order.

    `keys` are the names of keys that exist (`subject:ID`, `stream:STREAM`), each with the
    position of the last value that lies under it.
    """
    months = schedule(known).months
    named, kept = _last_named(known), Kept(known)
    found = []
    for name, last in keys:
        start = ended(known, name, named)
        length = months.get(kind_of(name))
        if start is None or length is None or kept.covers(name):
            continue
        over = when_over(name, length, max(start, known.all[last].record.time))
        if now > over.until:
            found.append(over)
    return sorted(found, key=lambda each: each.name)


def when_over(name: str, months: int, since: int) -> Due:
    """The period of a key or a stream that counts since an instant."""
    return Due(
        name, kind_of(name), months, since, end_of_day(months_later(local_date(since), months))
    )


def kind_of(name: str) -> str:
    """The kind of a key by its name: `subject`, or that of its stream."""
    sort, _, rest = name.partition(":")
    return sort if sort == "subject" else rest.partition("/")[0]


def ended(known: Entries, name: str, named: Mapping[str, Entry]) -> int | None:
    """From when the period of a key counts, seconds UTC; None while it is still needed."""
    sort, _, rest = name.partition(":")
    if sort == "subject":
        if presence.registered(known, rest):
            left = known.naming("person", rest, "PersonDeparted")
            gone = presence.departed(known, rest, LATEST)
            return max(e.occurred_at for e in left) if gone else None
        return named[rest].record.time if rest in named else 0
    kind, _, key = rest.partition("/")
    if kind == "credential":
        kind, rest = "account", f"account/{key}"
    entries = known.stream(rest)
    if kind not in ENDS:
        return max((e.record.time for e in entries), default=0)
    ends = [e for e in entries if e.type in ENDS[kind] and not _goes_on(e)]
    if entries and (not ends or ends[-1].type in NO_END):
        return None
    return max((e.occurred_at for e in ends[-1:]), default=0)


def _goes_on(entry: Entry) -> bool:
    """A request that was granted is not done yet."""
    return entry.type == "RightsRequestDecided" and entry.fields["decision"] != "refused"


def _last_named(known: Entries) -> dict[str, Entry]:
    """Id → the last entry that names it in clear."""
    return {
        value: entry
        for entry in known.all
        if not entry.annulled
        for _, value in ids_in(entry.type, entry.fields)
    }


class Kept:
    """What the holds in force cover: subjects, incidents, and what names or led to them."""

    def __init__(self, known: Entries) -> None:
        placed = holds.in_force(known)
        self._subjects = {s for e in placed for s in e.fields["subjects"]}
        incidents = {e.fields["incident"] for e in placed if e.fields.get("incident")}
        self._streams = {f"incident/{i}" for i in incidents}
        for entry in known.all if placed else ():
            if entry.stream in self._streams and entry.type == "IncidentReported":
                led = (("enquiry", "from_enquiry"), ("finding", "from_finding"))
                self._streams |= {f"{k}/{entry.fields[f]}" for k, f in led if entry.fields.get(f)}
            if self._subjects & {value for _, value in ids_in(entry.type, entry.fields)}:
                self._streams.add(entry.stream)

    def covers(self, name: str) -> bool:
        """Whether a hold keeps the key of that name, and so the stream."""
        sort, _, rest = name.partition(":")
        return rest in (self._subjects if sort == "subject" else self._streams)
