"""Which records have had their time, so that their bytes may be destroyed (docs/decisions/0023).

Standard library only. Whole streams that have come to their end, of the kinds that the schedule
names, and single refusals; never what a hold covers, nor what a record that stays rests on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ledger.domain.entries import Entries, Entry, ids_in, is_gone
from ledger.domain.gone import destroyers, ranges
from ledger.domain.retention import MOST_RANGES, Due, Kept, ended, schedule, when_over

REFUSAL = "refusal"
# What stands in these streams names things for ever, and is read without them.
NAMES_ANYTHING = ("ledger", "person", "refusal", "sealed", "training")

# What must have come before a stream of that kind is at its end; the other kinds of
# `retention.ENDS` say it there, and the rest are never open.
ANSWERED = {
    "advice": ("AdviceGiven",),
    "application": (
        "AccountApplicationApproved",
        "AccountApplicationRejected",
        "AccountApplicationWithdrawn",
    ),
    "concern": ("ConcernDecided",),
    "enquiry": ("EnquiryAnswered", "NoResponseRequired"),
    "finding": ("UnapprovedAccountResolved",),
    "opinion": ("SecondOpinionGiven",),
    "post": ("OwnContentRemoved", "PrePublicationRefused"),
}


@dataclass(frozen=True)
class PastRetention:
    """What may be destroyed now: which streams and why, and where all of it lies."""

    due: tuple[Due, ...]
    positions: tuple[tuple[int, int], ...]

    @property
    def streams(self) -> list[str]:
        """The streams that go whole."""
        return [each.name for each in self.due if each.name != REFUSAL]


def past_retention(known: Entries, whole: Entries, now: int) -> PastRetention:
    """What may be destroyed at the instant `now`; as much as one record can name.

    `known` is what stands in clear, `whole` also what lies inside sealed acts: a hold inside one
    keeps as well.
    """
    there = _there(known)
    found = {each.name: each for each in _ended(known, whole, there, now)}
    _keep_what_is_named(whole, there, found)
    chosen: list[Due] = []
    gone: set[int] = set()
    for each in sorted(found.values(), key=lambda each: (each.until, each.name)):
        more = gone | {e.position for e in _going(there[each.name], each, now)}
        if len(ranges(more)) > MOST_RANGES:
            break
        chosen.append(each)
        gone = more
    return PastRetention(tuple(chosen), tuple((a, b) for a, b in ranges(gone)))


def _there(known: Entries) -> dict[str, list[Entry]]:
    """Stream → its records that are still there."""
    named = destroyers(known)
    found: dict[str, list[Entry]] = {}
    for entry in known.all:
        if not is_gone(entry.record) and entry.position not in named:
            found.setdefault(entry.stream, []).append(entry)
    return found


def _ended(
    known: Entries, whole: Entries, there: dict[str, list[Entry]], now: int
) -> Iterator[Due]:
    """Streams of which the last record has had its time; of refusals the first."""
    in_force, kept = schedule(known), Kept(whole)
    # Never before what is sealed: the run of retention destroyed the stream's key already.
    months = {k: max(n, in_force.months.get(k, 0)) for k, n in in_force.records.items()}
    for stream, entries in there.items():
        kind, key = stream.partition("/")[0], f"stream:{stream}"
        if kind not in months or kept.covers(key):
            continue
        since = entries[0].record.time if stream == REFUSAL else _end(known, key, entries)
        if since is not None and now > (over := when_over(key, months[kind], since)).until:
            yield Due(stream, kind, over.months, over.since, over.until)


def _end(known: Entries, key: str, entries: list[Entry]) -> int | None:
    """When a stream came to its end; never before its last record. None while it is open."""
    end = ended(known, key, {})
    if end is None or _is_open(known, key.partition(":")[2]):
        return None
    return max(end, entries[-1].record.time)


def _is_open(known: Entries, stream: str) -> bool:
    """Whether something is still to come: an answer, a decision, or that a post is taken down."""
    told = known.stream(stream)
    wanted = ANSWERED.get(stream.partition("/")[0])
    if wanted is None or not told or any(e.type in wanted for e in told):
        return False
    accounts = {e.fields["account"] for e in told if e.type == "PostPublished"}
    closed = (known.stream(f"account/{name}") for name in accounts)
    return not accounts or not all(any(e.type == "AccountClosed" for e in a) for a in closed)


def _going(entries: list[Entry], each: Due, now: int) -> Iterable[Entry]:
    """All records of a stream; of refusals those whose own time has come."""
    if each.name != REFUSAL:
        return entries
    periods = (when_over(REFUSAL, each.months, e.record.time) for e in entries)
    return [e for e, over in zip(entries, periods, strict=True) if now > over.until]


def _keep_what_is_named(
    whole: Entries, there: dict[str, list[Entry]], found: dict[str, Due]
) -> None:
    """Take out, again and again, what a record that stays rests on."""
    while True:
        named = {
            value
            for entry in whole.all
            if entry.stream not in found
            and not entry.annulled
            and entry.stream.partition("/")[0] not in NAMES_ANYTHING
            for value in _names(entry)
        }
        staying = [s for s in found if s != REFUSAL and s.partition("/")[2] in named]
        if not staying:
            return
        for stream in staying:
            del found[stream]


def _names(entry: Entry) -> Iterator[str]:
    """Every id that an entry names in another stream than its own."""
    own = entry.key
    for _, value in ids_in(entry.type, entry.fields):
        if value != own:
            yield value
