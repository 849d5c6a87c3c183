"""Step 8: disclosed values along with the records, and what is said to be erased (format 9)."""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Mapping, Optional

from .disclosure import Disclosure, check_disclosure, read_disclosures
from .errors import Invalid, Malformed
from .form import DESTROYED_TYPE
from .journal import Journal
from .layout import COMPLETE
from .manifest import ALL, NONE, Manifest
from .record import Record

ERASING = (DESTROYED_TYPE, "RetentionApplied", "SubjectErased")
MAX_NAMED = 20


class Disclosures:
    """The lines of a file, read along with its records; `manifest` says how many they should be."""

    def __init__(self, data: bytes, journal: Journal, manifest: Optional[Manifest] = None) -> None:
        self._journal = journal
        self._manifest = manifest
        self._said = manifest.disclosed if manifest is not None else None
        self._lines: Iterator[Disclosure] = read_disclosures(data)
        self._next = self._advance()
        self._count = 0
        self._erased: Dict[int, List[int]] = {}  # the first position, and how many
        self._destroyed: Dict[int, Any] = {}
        self._unread = False
        if self._next is not None and self._said == NONE:
            journal.add(8, "disclosure_form", "values, though none is said to be disclosed")

    def see(self, position: int, record: Record) -> Mapping[str, Any]:
        """Return the values that are what the record committed to, by path."""
        values: Dict[str, Any] = {}
        told = set()
        while self._next is not None and self._next.position == position:
            line = self._next
            told.add(line.path)
            try:
                check_disclosure(line, record)
                if line.erased_by is None:
                    self._count += 1
                    values[line.path] = line.value
                else:
                    self._erased.setdefault(line.erased_by, [position, 0])[1] += 1
            except Invalid as error:
                self._journal.add(8, "commitment", str(error), position)
            self._next = self._advance()
        if self._said == ALL and record.type != "Sealed":
            for path in sorted(record.sealed.keys() - told):
                self._journal.add(8, "value_missing", f"{path}: no value, and not erased", position)
        if record.type in ERASING:
            self._destroyed[position] = record.fields.get("values_destroyed")
        return values

    def pass_over(self, position: int) -> None:
        """Take note of a record that could not be read."""
        self._unread = True
        while self._next is not None and self._next.position == position:
            self._next = self._advance()

    def skip(self, position: int) -> None:
        """Take note of a record that is not shown."""
        while self._next is not None and self._next.position == position:
            self._journal.add(8, "disclosure_form", "value of a record not shown", position)
            self._next = self._advance()

    def finish(self) -> None:
        """Note what can only be said after the last record."""
        if self._next is not None:
            detail = f"value disclosed of record {self._next.position}, beyond the last"
            self._journal.add(8, "disclosure_form", detail, self._next.position)
        for by, (first, count) in sorted(self._erased.items()):
            if not self._may_have_erased(by, count):
                detail = f"{count} values are said to be erased by record {by}"
                self._journal.add(8, "not_erased", detail, first)
        self._check_all()
        words = f"{self._count} disclosed values give their commitments"
        self._journal.say(8, words + self._words())

    def _may_have_erased(self, by: int, count: int) -> bool:
        if by in self._destroyed:
            return type(self._destroyed[by]) is int and count <= self._destroyed[by]
        manifest = self._manifest
        # Of a record that is not shown nothing is known but that it is there.
        return manifest is None or (by < manifest.size and not manifest.layout.shows(by))

    def _check_all(self) -> None:
        manifest = self._manifest
        if manifest is None or self._unread or (manifest.kind, self._said) != (COMPLETE, ALL):
            return
        for by, destroyed in sorted(self._destroyed.items()):
            count = self._count_by(by)
            if type(destroyed) is int and count < destroyed:
                detail = f"{destroyed} values destroyed, {count} said to be erased by record {by}"
                self._journal.add(8, "not_erased", detail, by)

    def _words(self) -> str:
        named = sorted(self._erased)[:MAX_NAMED]
        words = "".join(f"; {self._count_by(by)} erased by record {by}" for by in named)
        more = sum(map(self._count_by, self._erased)) - sum(map(self._count_by, named))
        return words + (f"; {more} erased by later records" if more else "")

    def _count_by(self, by: int) -> int:
        return self._erased.get(by, (0, 0))[1]

    def _advance(self) -> Optional[Disclosure]:
        try:
            line = next(self._lines, None)
            if line is not None and line.erased_by is not None and not self._knows_erased():
                raise Malformed("value said to be erased in a file of an older format")
            return line
        except Malformed as error:
            self._journal.add(8, "disclosure_form", str(error))
            return None

    def _knows_erased(self) -> bool:
        return self._manifest is None or self._manifest.format >= 5
