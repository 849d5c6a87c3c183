"""The time of recording: never goes back, and does not leap unseen."""

from __future__ import annotations

from ledger.ports import Clock

BEHIND = 300  # seconds
AHEAD = 86400  # seconds


class ClockBehind(Exception):
    """The clock is more than 5 minutes behind the last record."""


class ClockAhead(Exception):
    """The clock is more than 24 hours ahead of where it should be; `--clock-ok` lets it pass."""


class Timekeeper:
    """Gives the time of the next record from a clock that somebody can set."""

    def __init__(self, clock: Clock, leaps_allowed: bool) -> None:
        self._clock = clock
        self._leaps_allowed = leaps_allowed
        self._last = 0
        # Wall clock and running clock at the last moment that was accepted.
        self._seen: tuple[int, float] | None = None

    def recorded(self, time: int) -> None:
        """Somebody recorded at `time`."""
        self._last = max(self._last, time)

    def now(self) -> int:
        """The time of the next record. Raises ClockBehind or ClockAhead."""
        now, running = self._clock.now(), self._clock.running()
        if now < self._last - BEHIND:
            raise ClockBehind(f"the clock is {self._last - now} seconds behind the last record")
        expected = self._last
        if self._seen:
            expected = max(expected, self._seen[0] + int(running - self._seen[1]))
        if self._last and now - expected > AHEAD and not self._leaps_allowed:
            raise ClockAhead(f"the clock is {now - expected} seconds ahead of the last record")
        self._seen = (now, running)
        return max(now, self._last)
