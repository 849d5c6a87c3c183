"""What the running service still knows of sealed acts that it cannot open: the receipts it gave.

Held in memory, for an hour and never longer, so that a request that is repeated because its answer
was lost is answered again, and a reporter sees the receipt. After a restart nobody knows it here.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ledger.rows import Answered

HOUR = 3600.0
MOST = 1000


@dataclass(frozen=True)
class Given:
    """A receipt: of whom, of which incident that was reported by it, and how it is asked again."""

    actor: str
    incident: str | None
    answered: Answered | None


@dataclass
class Recent:
    """Receipts of the last hour by position; times by a clock that nobody can set, in seconds."""

    _kept: dict[int, tuple[float, Given]] = field(default_factory=dict)

    def keep(self, given: dict[int, Given], now: float) -> None:
        self._kept.update({position: (now, one) for position, one in given.items()})
        for position in list(self._kept)[:-MOST]:
            del self._kept[position]

    def forget_old(self, now: float) -> None:
        self._kept = {n: old for n, old in self._kept.items() if now - old[0] < HOUR}

    def of(self, position: int) -> Given | None:
        found = self._kept.get(position)
        return found[1] if found else None

    def answered(self, actor: str, key_mac: bytes) -> Answered | None:
        """How a request with this idempotency key was answered."""
        rows = (given.answered for _, given in self._kept.values() if given.answered)
        return next((r for r in rows if (r.actor, r.key_mac) == (actor, key_mac)), None)
