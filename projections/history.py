"""What had been recorded by a moment: the history every answer is folded from.

Standard library only. Two times: `known_at` (an instant, seconds UTC) cuts the log by
`recorded_at`; corrections and annulments count only where they were recorded by then, the last
recorded wins per field (ACTIONS.md section 6). Which of it had happened by some `at` is for each
question to say.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

from ledger.domain.entries import GONE, Entries, Entry
from ledger.domain.school_time import LATEST
from ledger.domain.shown import Shown
from ledger.proof.record import Record

# Later than anything that can be written: "however late it happened".
FOREVER = LATEST
REMEMBERED = 4096  # what a history works out at most before it starts afresh: moments are many
META = ("EntryCorrected", "EntryAnnulled")
OWN = (
    *META,
    "CheckpointTimestamped",
    "CommandRefused",
    GONE,
    "KeyringOpened",
    "Sealed",
    "StreamHeadsPublished",
    "WrappingKeyReplaced",
)

if TYPE_CHECKING:  # newer than the oldest Python that verifies
    from typing import Concatenate, ParamSpec

    Asked = ParamSpec("Asked")
Result = TypeVar("Result")


class History:
    """The entries known, and what was worked out of them so far (dropped when one is added)."""

    def __init__(self, records: Iterable[Record] = ()) -> None:
        self.entries: Entries = Entries()
        self.memo: dict[Any, Any] = {}
        for record in records:
            self.see(record)

    @classmethod
    def shown(cls, records: Iterable[tuple[int, Record]]) -> History:
        """The history of a case, from the records that it shows, each with its position."""
        history, entries = cls(), Shown()
        for position, record in records:
            entries.see_at(position, record)
        history.entries = entries
        return history

    def see(self, record: Record) -> Entry:
        """Take in the next record of the log."""
        self.memo.clear()
        return self.entries.see(record)

    def at(self, position: int) -> Entry:
        """The entry at a 0-based leaf index."""
        return self.entries.at(position)

    def happened(self, entries: Iterable[Entry], until: int) -> list[Entry]:
        """Those that had happened by `until`, by `occurred_at`, then position."""
        return sorted((e for e in entries if e.occurred_at <= until), key=lambda e: e.order)

    def of(self, until: int, *types: str) -> list[Entry]:
        """The entries of these types that had happened by `until`, annulled ones left out."""
        return self.happened(self.entries.of(*types), until)

    def starts(self, type_: str, kind: str, only: str | None, until: int) -> list[Entry]:
        """The entries of a type by `until`: all, or those of the one stream `kind`/`only`."""
        return (
            self.of(until, type_) if only is None else self.stream(f"{kind}/{only}", until, type_)
        )

    def stream(self, stream: str, until: int, *types: str) -> list[Entry]:
        """The entries of a stream, of these types, that had happened by `until`."""
        found = self.entries.stream(stream)
        return self.happened((e for e in found if not types or e.type in types), until)


def as_known(records: Iterable[Record], known_at: int | None = None) -> History:
    """The history as known at `known_at` (None: all of it), from records in the log's order."""
    if known_at is None:
        return History(records)
    return History(r for r in records if r.time <= known_at)


class Histories:
    """One log, as known at any moment; the last few moments asked for are kept."""

    KEPT = 8

    def __init__(self, records: Iterable[Record], everything: History | None = None) -> None:
        """`everything` is the history of all these records, where somebody has it already."""
        self.records: Sequence[Record] = tuple(records)
        self._times = [record.time for record in self.records]
        self._kept: dict[int, History] = {}
        if everything is not None:
            self._kept[self.last] = everything
        self._lock = Lock()

    @property
    def opened(self) -> int:
        """When the first record was made; 0 for an empty log."""
        return self.records[0].time if self.records else 0

    @property
    def last(self) -> int:
        """When the last record was made; 0 for an empty log."""
        return self.records[-1].time if self.records else 0

    def size(self, known_at: int | None = None) -> int:
        """How many records were known at `known_at`; None: all."""
        if known_at is None:
            return len(self.records)
        return bisect_right(self._times, known_at)

    def known(self, known_at: int | None = None) -> History:
        """The history as known at `known_at`; None or later than the last record: all of it."""
        moment = self.last if known_at is None else min(known_at, self.last)
        with self._lock:
            if moment not in self._kept:
                while len(self._kept) >= self.KEPT:
                    del self._kept[next(iter(self._kept))]
                self._kept[moment] = as_known(self.records, moment)
            return self._kept[moment]


def remembered(
    function: Callable[Concatenate[History, Asked], Result],
) -> Callable[Concatenate[History, Asked], Result]:
    """Work something out once for each history and each set of arguments."""

    @wraps(function)
    def recall(history: History, /, *args: Asked.args, **kwargs: Asked.kwargs) -> Result:
        key = (function.__module__, function.__name__, args, tuple(kwargs.items()))
        kept: list[Result] | None = history.memo.get(key)
        if kept is not None:
            return kept[0]
        found = function(history, *args, **kwargs)
        if len(history.memo) >= REMEMBERED:
            history.memo.clear()
        history.memo[key] = [found]
        return found

    return recall


@remembered
def meta_of(history: History) -> dict[int, list[Entry]]:
    """Position of an entry → the corrections and annulments that name it, in the log's order."""
    found: dict[int, list[Entry]] = {}
    for entry in sorted(history.entries.of(*META), key=lambda e: e.position):
        target = history.entries.by_id(entry.fields["target"])
        if target is not None:
            found.setdefault(target.position, []).append(entry)
    return found


def with_corrections(history: History, evidence: Iterable[int]) -> tuple[int, ...]:
    """The positions, and those of the corrections of their entries, in order."""
    found = set(evidence)
    for position in tuple(found):
        found |= {e.position for e in meta_of(history).get(position, ())}
    return tuple(sorted(found))
