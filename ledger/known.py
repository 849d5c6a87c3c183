"""What is known of a log: folded from its store, and thrown away where it may be wrong."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from ledger.domain.entries import Entries, is_gone
from ledger.domain.gone import DESTROYED, placeholder
from ledger.opening import Opening, open_act
from ledger.ports import Wrappers
from ledger.proof.keyring import Keyring
from ledger.proof.merkle import leaf_hash
from ledger.proof.record import KEYRING, Record, open_record
from ledger.recording import RecordMapper
from ledger.restricted import Restricted
from ledger.rows import Emptied
from ledger.store import Recorder
from ledger.tree import Tree

PAGE = 1000  # records read at a time


class Known:
    """Entries, what lies inside sealed acts, the keys, and the edge of the tree, up to one size.

    Whoever calls it holds the turn. `recorded` is told the time of each record as it is read.
    """

    def __init__(
        self,
        origin: str,
        store: Recorder,
        mapping: RecordMapper,
        tree: Tree,
        wrapper: Wrappers,
        opening: Opening,
        recorded: Callable[[int], None],
    ) -> None:
        self._origin, self._store, self._mapping, self._tree = origin, store, mapping, tree
        self._wrapper, self._opening, self._recorded = wrapper, opening, recorded
        self.forget()

    def forget(self) -> None:
        """Start again from what is stored: what was decided and not stored never happened."""
        self._mapping.forget()
        self.entries = Entries()
        self.restricted = Restricted(self.entries)
        self.keyring = Keyring()
        self.edge = self._tree.edge(0)

    def catch_up(self) -> None:
        """Take in what was appended since, by others or before this process started."""
        if self._opening.is_over():
            self._opening.end()
            self.forget()
        while page := self._store.select_notifications(self.edge.size + 1, PAGE):
            for row in page:
                if not row.state:
                    self._pass_over()
                    continue
                record = self._mapping.to_domain_event(row).record
                self._take(record, row.state)
                if record.type == DESTROYED and self._knows_more(record):
                    self.forget()  # what others destroyed is nothing that may be known here
                    break

    def _take(self, record: Record, state: bytes) -> None:
        opener = self._opening.opener
        act = open_act(self._store, self._wrapper, record, self.edge.size, opener)
        self.restricted.see(record, act)
        self.entries.see(record)
        if record.subject == KEYRING:
            with suppress(ValueError):  # whether a stored one may stand there is for `verify`
                signed_by = [one.keyid for one in open_record(state).signatures]
                self.keyring.admit(self.edge.size, record, signed_by)
        self.edge.append(leaf_hash(state))
        self._recorded(record.time)

    def _pass_over(self) -> None:
        """Take in what is left of a record whose bytes were destroyed."""
        left = self._store.row(Emptied, (self.edge.size,))
        time = self.entries.all[-1].record.time if self.entries.all else 0
        record = placeholder(self._origin, left.event_id, left.stream, left.version, time)
        self.restricted.see(record, None)
        self.entries.see(record)
        self.edge.append(left.leaf)

    def _knows_more(self, destroyed: Record) -> bool:
        """Whether records are known here whose bytes are gone from the store."""
        firsts = (first for first, _ in destroyed.fields["positions"])
        known = (p for p in firsts if not is_gone(self.entries.all[p].record))
        return any(self._store.row(Emptied, (p,)) is not None for p in known)
