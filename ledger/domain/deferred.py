"""Duties that cannot be judged yet: the next record of a stream tells whether any was left out.

Standard library only. Versions of a stream are dense. So where a file shows the records 1 to n of a
stream and later n + 1, it shows all that the stream had in between, and what was found of a duty
that rests on them counts. Where it shows another one, or none any more, nobody can say.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from ledger.domain.shown import EVERY
from ledger.proof.record import Record
from ledger.proof.report import Finding


@dataclass
class _Duty:
    """What is broken of a duty at a position, if of the `missing` streams nothing is left out."""

    position: int
    missing: set[str]
    found: list[Finding]


class Deferred:
    """Duties that wait for a stream to go on."""

    def __init__(self) -> None:
        self._waiting: dict[str, list[_Duty]] = defaultdict(list)
        self._never: set[int] = set()

    @property
    def open(self) -> Sequence[int]:
        """The positions of the duties that still wait, or wait in vain; ascending."""
        waiting = (duty for duties in self._waiting.values() for duty in duties)
        return sorted(self._never.union(duty.position for duty in waiting))

    def put(self, position: int, missing: Collection[str], found: list[Finding]) -> None:
        """Keep a duty until each of the streams has gone on; of `kind/*` none ever tells."""
        if any(EVERY in stream for stream in missing):
            self._never.add(position)
            return
        duty = _Duty(position, set(missing), found)
        for stream in missing:
            self._waiting[stream].append(duty)

    def follow(self, record: Record, version: int | None) -> Iterator[Finding]:
        """Give what was found of the duties that waited for this record and for no other stream.

        `version` is the one that it has if nothing before it was left out.
        """
        for duty in self._waiting.pop(record.subject, ()):
            duty.missing.discard(record.subject)
            if record.streamversion != version:
                self._never.add(duty.position)
                duty.missing.add(EVERY)
            elif not duty.missing:
                yield from duty.found
