"""Step 13: what is missing, and what is not (format 11)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, List, Optional, Sequence, Set, Tuple

from .errors import Invalid
from .form import DESTROYED_TYPE
from .heads import HEADS_TYPE, Proof, check_proof
from .instants import parse_instant
from .journal import Journal
from .layout import Layout
from .manifest import Manifest
from .order import is_never_withheld
from .record import KEYRING, Record
from .report import in_words

LEDGER = "ledger"
# Why a record is not shown that nobody has any more: another record says that it was destroyed.
RETENTION = "retention"
# Actors who are nobody in particular, and so have no stream.
NOBODY = ("system", "unknown")


@dataclass
class _Stream:
    """What was shown of a stream: how many records, and the version and leaf of the last."""

    count: int = 0
    version: int = 0
    leaf: Optional[bytes] = None


class Completeness:
    """Follows the records that a file shows, and says of which streams they are all there are."""

    def __init__(self, layout: Layout, manifest: Optional[Manifest], journal: Journal) -> None:
        self._layout = layout
        self._scope: Dict[str, str] = manifest.scope if manifest and layout.is_case else {}
        self._journal = journal
        self._streams: Dict[str, _Stream] = {}
        self._called_for: Set[str] = {KEYRING, LEDGER}
        self._last: Optional[Record] = None
        self._withheld = manifest.withheld if manifest and layout.edition >= 5 else ()
        # Of what was destroyed: the first and last position, and where a record says so.
        self._destroyed: List[Tuple[int, int, int]] = []
        self._range = _Range(self._scope, journal) if "from" in self._scope else None

    def see(self, position: int, record: Record, leaf: bytes) -> None:
        """Take the next record that is shown."""
        if not self._layout.is_partial:
            return
        if self._range is not None:
            self._range.see(record)
        self._last = record
        if record.type == DESTROYED_TYPE:
            ranges = record.fields["positions"]
            self._destroyed += [(first, last, position) for first, last in ranges]
            if ranges[-1][1] >= position:
                self._journal.add(13, "not_destroyed", "destroys what comes after it", position)
        if record.actor not in NOBODY:
            self._called_for.add(f"person/{record.actor}")
        if is_never_withheld(record.subject):
            self._called_for.add(record.subject)
        # The commitment itself comes after all that it covers.
        if position == self._layout.size - 1 and record.type == HEADS_TYPE:
            return
        stream = self._streams.setdefault(record.subject, _Stream())
        stream.count += 1
        stream.version, stream.leaf = record.streamversion, leaf

    def skip(self, position: int) -> None:
        """Take note of a record that is not shown."""
        if self._range is not None:
            self._range.skip(position)

    def finish(self, proofs: Sequence[Proof]) -> None:
        """Note what is missing, once all records were seen."""
        if not self._layout.is_partial:
            self._journal.say(13, "nothing is missing up to the checkpoint; no record is withheld")
            return
        shown = self._layout.shows(self._layout.size - 1)
        if self._last is None or not shown or self._last.type != HEADS_TYPE:
            self._journal.add(13, "heads_missing", "no heads in the last record")
            return
        root = bytes.fromhex(self._last.fields["root"])
        for proof in proofs:
            self._check(proof, root)
        proven = {proof.head.stream for proof in proofs}
        for stream in sorted((self._called_for | self._subject()) - proven):
            self._journal.add(13, "stream_not_proven", f"{stream} has no head")
        self._journal.say(13, self._words(proven) + self._retention())

    def _check(self, proof: Proof, root: bytes) -> None:
        head, shown = proof.head, self._streams.get(proof.head.stream, _Stream())
        try:
            check_proof(proof, root)
        except Invalid as error:
            self._journal.add(13, "head_proof", str(error))
            return
        if (shown.count, shown.version, shown.leaf) != (head.version, head.version, head.record):
            detail = f"{head.stream}: {shown.count} records shown, its head is {head.version}"
            self._journal.add(13, "stream_incomplete", detail)

    def _retention(self) -> str:
        """Say which records were destroyed by which; note where no record says it."""
        by: Dict[int, List[int]] = {}
        ranges, at = sorted(self._destroyed), 0
        for position in (p for p, reason in self._withheld if reason == RETENTION):
            while at < len(ranges) and ranges[at][1] < position:
                at += 1
            if at < len(ranges) and ranges[at][0] <= position < ranges[at][2]:
                by.setdefault(ranges[at][2], []).append(position)
            else:
                detail = "withheld under retention, and no record destroyed it"
                self._journal.add(13, "not_destroyed", detail, position)
        gone = (f"; records {in_words(by[n])} destroyed by record {n}" for n in sorted(by))
        return "".join(f"{words} under retention" for words in gone)

    def _subject(self) -> Set[str]:
        """Return the stream that a case is about."""
        if not self._layout.is_case or self._range is not None:
            return set()
        return {f"{kind}/{name}" for kind, name in self._scope.items()}

    def _words(self, proven: Set[str]) -> str:
        if not self._layout.is_case:
            people = sum(stream.startswith("person/") for stream in proven)
            withheld = len(self._layout.withheld)
            return (
                "nothing is missing up to the checkpoint, withheld records being counted and "
                f"placed: {withheld}; keyring, ledger and {people} people's streams are whole"
            )
        alone = sum(s.count for name, s in self._streams.items() if name not in proven)
        words = [f"what is shown is in the log; of {len(proven)} streams no entry is missing"]
        if self._range is not None:
            words.append("nothing that was recorded in the range is missing")
            return "; ".join(words)
        if alone:
            words.append(f"records of other streams, of which there may be more: {alone}")
        return "; ".join(words)


class _Range:
    """Nothing that was recorded from one instant to another is missing: time never goes back."""

    def __init__(self, scope: Dict[str, str], journal: Journal) -> None:
        self._from, self._to = parse_instant(scope["from"]), parse_instant(scope["to"])
        self._journal = journal
        self._before = -1
        self._hidden: List[int] = []

    def see(self, record: Record) -> None:
        # What is hidden lies, in time, between the records shown on either side.
        if self._hidden and self._before < self._to and record.time >= self._from:
            detail = f"{len(self._hidden)} records that may be of the range"
            self._journal.add(13, "range_incomplete", detail, self._hidden[0])
        self._before = record.time
        self._hidden.clear()

    def skip(self, position: int) -> None:
        self._hidden.append(position)
