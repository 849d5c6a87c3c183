"""Replacing the wrapping key, step by step (`ledger/epochs.py` says in which order, and why)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ledger import epochs, kept
from ledger.known import Known
from ledger.ports import Ports, WrappingKeys
from ledger.store import Recorder

RENEWING = "epoch.lock"


@dataclass(frozen=True)
class Renewal:
    """The wrapping key of one log. Whoever calls it holds the turn.

    `wrap_anew` stores every key wrapped under that epoch with the record of it, as one transaction.
    """

    directory: Path
    ports: Ports
    store: Recorder
    known: Known
    wrap_anew: Callable[[int], None]

    def go_on(self, anyway: bool = False) -> None:
        """Begin a new epoch where one is due, or `anyway`; finish what was left unfinished.

        Raises KeyMissing, KeysDiffer, ValueError and what `wrap_anew` raises: then nothing is
        destroyed.
        """
        keys = self.ports.wrapping_keys
        if keys is None:
            return
        with kept.locked(self.directory / RENEWING):
            self.known.catch_up()
            if anyway or epochs.is_due(self.known.entries):
                self._begin(keys)
            self._destroy_old(keys)

    def _begin(self, keys: WrappingKeys) -> None:
        epoch = epochs.in_force(self.known.entries) + 1
        keys.make(epoch)
        self.wrap_anew(epoch)

    def _destroy_old(self, keys: WrappingKeys) -> None:
        epoch = epochs.in_force(self.known.entries)
        if min(keys.held(), default=epoch) < epoch:
            self.store.truncate_log()
            epochs.check(self.store, self.ports.wrapper, epoch)
            keys.destroy_before(epoch)
