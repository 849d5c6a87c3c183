"""Receipts that lie, a vault that was changed, a clock that was set."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from tampering.log import SIZE, Log, copy_store
from tampering.other_rows import OTHER_ROWS
from tampering.quantum_rows import SIGNATURE
from tampering.rows import ident

from ledger.proof.record import parse_record


@dataclass
class Given:
    """What an operation works on: the log, and a folder of its own."""

    log: Log
    folder: Path

    @property
    def school(self):
        return self.log.school

    @property
    def last(self):
        """When the last record was recorded."""
        return parse_record(self.log.entries[SIZE - 1])[0].time

    def store(self):
        return copy_store(self.log.store, self.folder / "store")


@pytest.mark.parametrize("row", [*OTHER_ROWS, *SIGNATURE.rows], ids=ident)
def test_what_is_done_is_found(log, tmp_path, row):
    verdict, words = row.make(Given(log, tmp_path))
    assert verdict == row.verdict
    assert row.found in words
