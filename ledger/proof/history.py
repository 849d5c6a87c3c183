"""Steps 4, 6, 7, 8, 11 and 12, record by record: form, keys, order, disclosures, checks."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, Iterable, Mapping, Optional, Sequence, Set

from .actors import Actors
from .disclosed import Disclosures
from .dsse import Envelope, check_signature
from .errors import Invalid, Malformed, Newer
from .files import Hashes
from .journal import Journal
from .keyrecords import check_signed_by_admitted
from .keyring import Keyring
from .manifest import Manifest
from .order import Order
from .record import Record, open_record, read_record
from .report import DIFFER, NOT_CHECKED, RECOMPUTED, Check, Finding


class History:
    """The records as they come. Whatever is wrong with one is noted at its position.

    `claims` is what the file claims beside its bytes, for the checks; `manifest` its own words.
    """

    def __init__(
        self,
        origin: str,
        disclosures: bytes,
        checks: Sequence[Check],
        journal: Journal,
        claims: Mapping[str, Any] = MappingProxyType({}),
        manifest: Optional[Manifest] = None,
    ) -> None:
        self._journal = journal
        self._checks = checks
        self._disclosures = Disclosures(disclosures, journal, manifest)
        self._order = Order(origin, journal)
        self._claimed = frozenset(claims)
        self._found: Set[str] = set()
        self._ended: Set[str] = set()
        self.keyring = Keyring()
        self.actors = Actors()
        self.records = 0
        for check in checks:
            check.begin(claims)

    @property
    def unread(self) -> int:
        """Return how many records could not be read, or were signed by nobody who may."""
        return self._order.unread

    @property
    def time(self) -> int:
        """Return when the last record says it was recorded, in seconds since 1970."""
        return self._order.time

    @property
    def answers(self) -> str:
        """Return what became of answers that were claimed, in the word of the report."""
        if "answers" not in self._claimed or "answers" not in self._ended:
            return NOT_CHECKED
        return DIFFER if "answers" in self._found else RECOMPUTED

    def see(self, position: int, entry: bytes) -> Optional[Record]:
        """Take the next record, and return it unless it could not be read.

        Raises Newer when it, well signed, is of an unknown edition.
        """
        before = self.keyring.count
        self.records += 1
        try:
            record = self._read(position, open_record(entry))
        except Newer:
            raise
        except Malformed as error:
            self._journal.add(4, "record_form", str(error), position)
            record = None
        if record is None:
            self._order.unread += 1
            self._disclosures.pass_over(position)
            return None
        self._see_count(position, record, before)
        self._order.see(position, record)
        disclosed = self._disclosures.see(position, record)
        self._see_actor(position, record)
        self._see_checks(position, record)
        for check in self._checks:
            if isinstance(check, Hashes):
                check.read(position, record, disclosed)
        return record

    def skip(self, position: int) -> None:
        """Pass over a record that the file does not show: it is no key record, and has no value."""
        if position == 0:
            self._journal.add(6, "keyring", "record 0, which opens the keyring, is not shown", 0)
        self._order.skip(position)
        self._disclosures.skip(position)
        for check in self._checks:
            check.skip(position)

    def finish(self) -> None:
        """Note what can only be said after the last record."""
        self._disclosures.finish()
        if not self.unread:
            for check in self._checks:
                self._end(check)

    def _read(self, position: int, envelope: Envelope) -> Optional[Record]:
        """Return the record, or None, noted, when its keys are not in order."""
        if position == 0:
            return self._read_first(envelope)
        # The signature first: only what was well signed may be newer than this verifier.
        if not self.keyring.count or not self._is_signed(position, envelope):
            return None
        record = read_record(envelope)
        return record if self._is_admitted(position, record, envelope) else None

    def _read_first(self, envelope: Envelope) -> Optional[Record]:
        # Its keys are within: it must be read before its signature can be checked.
        try:
            record = read_record(envelope)
            if not self._is_admitted(0, record, envelope):
                return None
        except Newer:
            try:
                check_signed_by_admitted(envelope)
            except ValueError as error:
                self._journal.add(6, "record_signature", str(error), 0)
                return None
            raise
        return record if self._is_signed(0, envelope) else None

    def _is_admitted(self, position: int, record: Record, envelope: Envelope) -> bool:
        try:
            self.keyring.admit(position, record, [s.keyid for s in envelope.signatures])
            if not self.keyring.count:
                raise Invalid("record 0 does not open the keyring")
        except Newer:
            raise
        except (Malformed, Invalid) as error:
            self._journal.add(6, "keyring", str(error), position)
            return False
        return True

    def _is_signed(self, position: int, envelope: Envelope) -> bool:
        code = "key_not_valid"
        try:
            for signature in envelope.signatures:
                code = "key_not_valid"
                key = self.keyring.signing_key(signature.keyid, position, envelope)
                code = "record_signature"
                check_signature(envelope, signature, key)
        except Invalid as error:
            self._journal.add(6, code, str(error), position)
            return False
        return True

    def _see_count(self, position: int, record: Record, before: int) -> None:
        # A record that could not be read may have been one about keys.
        if not before <= record.rules["keyring"] <= before + self.unread:
            detail = f"{record.rules['keyring']} key records named, {before} lie before"
            self._journal.add(6, "keyring_count", detail, position)

    def _see_actor(self, position: int, record: Record) -> None:
        # A key may have been enrolled by a record that could not be read.
        said = None if self.unread else self.actors.see(position, record)
        if said is not None:
            self._journal.add(6, *said, position)

    def _see_checks(self, position: int, record: Record) -> None:
        # A rule replayed over records with one missing would find what is not there.
        if not self.unread:
            for check in self._checks:
                self._add(check, check.see(position, record))

    def _end(self, check: Check) -> None:
        try:
            self._add(check, check.done())
        except Newer as error:
            self._journal.add(_step(check), "newer", str(error))
        else:
            self._ended.add(check.name)

    def _add(self, check: Check, findings: Iterable[Finding]) -> None:
        for finding in findings:
            self._found.add(check.name)
            self._journal.add_finding(_step(check), finding)


def _step(check: Check) -> int:
    return {"answers": 12, "case": 13}.get(check.name, 11)
