"""Half-open intervals `[start, end)` and who holds what in them (ACTIONS.md section 7).

Standard library only. Instants are seconds UTC, `end` None is still running. `began` and `ended`
are the positions of the entries that opened and closed the interval: its evidence.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from ledger.domain.entries import Entry

Key = TypeVar("Key", bound=Hashable)
NEVER = float("inf")


@dataclass(frozen=True, order=True)
class Span:
    """One interval, and the positions of the entries that open and close it."""

    start: int
    end: int | None
    began: int
    ended: int | None = None

    @property
    def until(self) -> float:
        """`end`, or infinity while it is still running."""
        return NEVER if self.end is None else self.end

    @property
    def evidence(self) -> set[int]:
        return {self.began} if self.ended is None else {self.began, self.ended}

    def holds(self, at: int) -> bool:
        """Whether the instant lies in the interval."""
        return self.start <= at < self.until


class Holding(Generic[Key]):
    """Folds starts and ends, told in order of time, into the spans of each key."""

    def __init__(self) -> None:
        self._open: dict[Key, Span] = {}
        self._closed: list[tuple[Key, Span]] = []

    def start(self, key: Key, by: Entry) -> None:
        """What is held already goes on as it was."""
        self._open.setdefault(key, Span(by.occurred_at, None, by.position))

    def stop(self, key: Key, by: Entry) -> None:
        """What is not held does not end. An interval of no length is none."""
        span = self._open.pop(key, None)
        if span is not None and span.start < by.occurred_at:
            self._closed.append((key, replace(span, end=by.occurred_at, ended=by.position)))

    def stop_all(self, by: Entry, those: Callable[[Key], bool] = lambda _: True) -> None:
        for key in [k for k in self._open if those(k)]:
            self.stop(key, by)

    def held(self) -> list[Key]:
        return list(self._open)

    def spans(self) -> list[tuple[Key, Span]]:
        """Every interval with its key, by start."""
        return sorted([*self._closed, *self._open.items()], key=lambda item: item[1].start)


def union(spans: Iterable[Span]) -> list[Span]:
    """The spans as few as possible: those that overlap or touch are joined."""
    joined: list[Span] = []
    for span in sorted(spans, key=lambda s: (s.start, s.began)):
        if joined and span.start <= joined[-1].until:
            if span.until > joined[-1].until:
                joined[-1] = replace(joined[-1], end=span.end, ended=span.ended)
        else:
            joined.append(span)
    return joined


def minus(spans: Iterable[Span], taken: Iterable[Span]) -> list[Span]:
    """The parts of `spans` that lie in none of `taken`."""
    left = union(spans)
    for hole in union(taken):
        left = [piece for span in left for piece in _around(span, hole)]
    return left


def _around(span: Span, hole: Span) -> Iterable[Span]:
    if hole.until <= span.start or span.until <= hole.start:
        yield span
        return
    if span.start < hole.start:
        yield replace(span, end=hole.start, ended=hole.began)
    if hole.end is not None and hole.end < span.until:
        began = span.began if hole.ended is None else hole.ended
        yield replace(span, start=hole.end, began=began)


def both(left: Iterable[Span], right: Iterable[Span]) -> list[Span]:
    """The parts that lie in one of `left` and in one of `right`."""
    others = union(right)
    found = (_common(a, b) for a in union(left) for b in others)
    return union(span for span in found if span is not None)


def _common(a: Span, b: Span) -> Span | None:
    later = a if a.start >= b.start else b
    sooner = a if a.until <= b.until else b
    if later.start >= sooner.until:
        return None
    return Span(later.start, sooner.end, later.began, sooner.ended)


def fewer_than(count: int, frame: Span, held: Iterable[tuple[Hashable, Span]]) -> list[Span]:
    """The parts of `frame` in which fewer than `count` different keys are held."""
    inside = [(key, s) for key, span in held for s in both([span], [frame])]
    edges = sorted(
        {(frame.start, frame.began)}
        | {(s.start, s.began) for _, s in inside}
        | {(s.end, s.ended or 0) for _, s in inside if s.end is not None}
    )
    cuts = [edge for n, edge in enumerate(edges) if n == 0 or edges[n - 1][0] != edge[0]]
    ends: list[tuple[int | None, int | None]] = [*cuts[1:], (frame.end, frame.ended)]
    pieces = (
        Span(start, end, began, ended)
        for (start, began), (end, ended) in zip(cuts, ends)
        if end is None or start < end
    )
    return union(p for p in pieces if len({k for k, s in inside if s.holds(p.start)}) < count)
