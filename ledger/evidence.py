"""Writing evidence files: records, proofs, checkpoint, and the sealed values a reader may see."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ledger.history import Ledger
from ledger.opening import open_row
from ledger.proof.bundle import write_evidence
from ledger.proof.checkpoint import parse_checkpoint
from ledger.proof.encoding import b64encode
from ledger.proof.note import parse_note
from ledger.proof.record import Record
from ledger.rows import SealedRow

Answers = Callable[[Sequence[Record]], Mapping[str, Any]]


def export_complete(
    ledger: Ledger, out: Path, answers: Answers, disclose: Collection[str] = ()
) -> int:
    """Write the whole log into an evidence file; returns its size (the number of records).

    `answers` gives what the records of a log answer (`projections.semantics.all_answers`).
    `disclose` names the data subjects whose sealed values the reader may see; `all` discloses
    every value that was not erased. The file appears under its name only when it is complete.
    """
    note = ledger.publish()
    size = parse_checkpoint(parse_note(note).text).size
    part = out.with_name(out.name + ".part")
    try:
        write_evidence(
            part,
            checkpoint_note=note,
            origin=ledger.origin,
            size=size,
            entries=ledger.raw(0, size),
            answers=answers([entry.record for entry in ledger.entries().all[:size]]),
            disclosures=disclosures(ledger, size, disclose),
            signer=ledger.ports.record_signer,
        )
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    return size


def disclosures(ledger: Ledger, size: int, disclose: Collection[str]) -> Iterator[dict[str, Any]]:
    """The values that may be seen of the first `size` records, by position, then path."""
    if not disclose:
        return
    # Sealed acts are nobody's to disclose: whom they are about would read them in the file.
    for entry in (e for e in ledger.entries().all[:size] if e.type != "Sealed"):
        for path in sorted(entry.record.sealed):
            row = ledger.store.row(SealedRow, (entry.position, path))
            if row is not None and _may_see(row.subject, disclose):
                salt, value = open_value(ledger, entry.record.id, row)
                place = {"path": path, "position": entry.position}
                yield {**place, "salt": b64encode(salt), "value": value}


def open_value(ledger: Ledger, event_id: str, row: SealedRow) -> tuple[bytes, Any]:
    """Salt and value of a sealed row that was not erased. Raises ValueError when it is damaged."""
    return open_row(ledger.store, ledger.ports.wrapper, ledger.origin, event_id, row)


def _may_see(subject: str | None, disclose: Collection[str]) -> bool:
    if subject is None:
        return False
    return "all" in disclose or subject.partition(":")[2] in disclose
