"""Waiting commands: whoever has the turn serves everybody's, many in one transaction."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ledger.desk import Asked
from ledger.outcomes import Outcome, WritesRefused

MOST = 512  # commands in one transaction

Came = Outcome | Exception


@dataclass
class _Waiting:
    """A command in the queue, and what it came to."""

    asked: Asked
    came: Came | None = None


class Queue:
    """Commands in the order they came, of any number of threads."""

    def __init__(
        self, turn: threading.Lock, write: Callable[[Sequence[Asked]], Sequence[Came]]
    ) -> None:
        """`write` records a batch and says what each came to; only with the `turn` is it called."""
        self._turn, self._write = turn, write
        self._waiting: list[_Waiting] = []
        self._guard = threading.Lock()

    def submit(self, asked: Sequence[Asked]) -> list[Came]:
        """What each of these came to, once all of them were served. Raises WritesRefused."""
        mine = [_Waiting(a) for a in asked]
        with self._guard:
            self._waiting.extend(mine)
        while any(w.came is None for w in mine):
            with self._turn:
                if any(w.came is None for w in mine):
                    self._serve(self._take())
        return [_answer(w) for w in mine]

    def _take(self) -> list[_Waiting]:
        with self._guard:
            taken, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
        return taken

    def _serve(self, batch: list[_Waiting]) -> None:
        """Serve a batch; where something breaks, each alone, so that one cannot sink the rest."""
        try:
            came = self._write([w.asked for w in batch])
        except Exception as error:
            if len(batch) > 1 and not isinstance(error, WritesRefused):
                for waiting in batch:
                    self._serve([waiting])
                return
            came = [error] * len(batch)
        for waiting, outcome in zip(batch, came, strict=True):
            waiting.came = outcome


def _answer(waiting: _Waiting) -> Came:
    assert waiting.came is not None
    if isinstance(waiting.came, WritesRefused):
        raise waiting.came
    return waiting.came
