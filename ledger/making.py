"""Making a record: what it rests on, sealed and signed, and taken into what is known.

The floor under everything that is recorded, be it asked for (`ledger/desk.py`) or not
(`ledger/unasked.py`). It decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from ledger import confidential, epochs
from ledger.batch import Batch
from ledger.confidential import Keys, Opener
from ledger.domain import fitness, standing
from ledger.domain.catalogue import EDITION
from ledger.domain.entries import Entries
from ledger.domain.events import event_of
from ledger.domain.placing import SealedValue
from ledger.domain.streams import shell
from ledger.intents import Salts
from ledger.ports import Ports
from ledger.proof.keyring import Keyring
from ledger.proof.record import KEYRING, MAX_RECORD, Record, open_record, record_body
from ledger.restricted import Restricted
from ledger.rows import SealedRow
from ledger.sealing import SIZES, Place, seal
from ledger.store import Recorder
from ledger.subject_keys import SubjectKeys

NO_SALTS: Salts = {}
ENVELOPE = 600  # octets of an envelope around a body in base64, with two signatures


class TooLarge(Exception):
    """The record would be larger than the format allows (48 KiB)."""


@dataclass
class Maker:
    """Makes the records of one batch at one time, out of what is known and into it."""

    known: Entries
    restricted: Restricted
    keyring: Keyring
    ports: Ports
    origin: str
    now: int
    batch: Batch
    sign: Callable[[Record], bytes]
    store: Recorder
    opener: Opener | None = None
    lent_by: str = ""  # who lent the opener
    keys: SubjectKeys = field(init=False)

    def __post_init__(self) -> None:
        self.keys = SubjectKeys(self.store, self.batch, self.ports, epochs.in_force(self.known))

    @property
    def confidential(self) -> Keys | None:
        """The keys that alone open what is sealed now; None where the wrapping key does."""
        return confidential.in_force(self.known)

    def new_id(self) -> str:
        return self.ports.chance(16).hex()

    def offices(self, actor: str) -> tuple[str, ...]:
        """The offices that somebody holds now, in the order of a record."""
        return tuple(sorted(standing.offices(self.known, actor, self.now)))

    def blank(self, event_id: str, stream: str, causedby: str | None = None) -> Record:
        """The next record of a stream, which says nothing yet but what it rests on."""
        return Record(
            id=event_id,
            source=self.origin,
            type="",
            subject=stream,
            time=self.now,
            streamversion=self.known.version(stream) + 1,
            action="",
            actor="",
            occurredat=self.now,
            fields={},
            sealed={},
            rules=self._rules(),
            catalogue=EDITION,
            causedby=causedby,
        )

    def _rules(self) -> dict[str, Any]:
        known, now = self.known, self.now
        return {
            "calendar": fitness.version_in_force(known, "WorkingCalendarAdopted", now),
            "keyring": known.version("keyring"),
            "policy": fitness.current_policy(known, now),
            "rules": fitness.version_in_force(known, "SlaRulesAdopted", now),
        }

    def add(
        self,
        record: Record,
        sealed: tuple[SealedValue, ...] = (),
        salts: Salts = NO_SALTS,
    ) -> int:
        """Seal, sign, take into the batch and into what is known. Salts not given are drawn.

        Returns the position. Raises TooLarge, and TooLong for a value.
        """
        committed, ciphertexts = self._seal(record, sealed, salts)
        record = replace(record, sealed=committed)
        if len(record_body(record)) * 4 // 3 + ENVELOPE > MAX_RECORD:
            raise TooLarge(f"{record.action}: the record would be larger than {MAX_RECORD} octets")
        stream = shell(record.subject, record.streamversion - 1)
        event = event_of(record)
        stream.record(type(event), timestamp=event.timestamp, record=record)
        new = self.batch.append(record, event, self.sign(record))
        for value, ciphertext in zip(sealed, ciphertexts, strict=True):
            self.batch.beside.append(SealedRow(new.position, value.path, value.under, ciphertext))
        self._see(new.position, record, new.state, sealed)
        return new.position

    def _seal(
        self, record: Record, sealed: tuple[SealedValue, ...], salts: Salts
    ) -> tuple[dict[str, dict[str, str]], list[bytes]]:
        """What stands in the record of each value, by path, and what lies beside it."""
        committed: dict[str, dict[str, str]] = {}
        ciphertexts: list[bytes] = []
        least = SIZES[-1] if record.type == "Sealed" else 0
        for value in sealed:
            place = Place(self.origin, record.id, value.path)
            key, salt = self.keys.key(value.under), salts.get(value.path)
            made = seal(place, value.value, key, self.ports.chance, least, salt)
            committed[value.path] = made.in_record
            ciphertexts.append(made.ciphertext)
        return committed, ciphertexts

    def _see(
        self, position: int, record: Record, state: bytes, sealed: tuple[SealedValue, ...]
    ) -> None:
        opens = record.type == "Sealed" and self.keys.seen_by(sealed[0].under, self.opener)
        self.restricted.see(record, sealed[0].value if opens else None)
        self.known.see(record)
        if record.subject == KEYRING and state:
            signed_by = [one.keyid for one in open_record(state).signatures]
            self.keyring.admit(position, record, signed_by)
