"""Event to record and back: the one place that sees both the event object and its bytes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from eventsourcing.persistence import JSONTranscoder, Mapper, StoredEvent

from ledger.domain.events import EVENTS, Recorded, event_of
from ledger.proof.dsse import Signer
from ledger.proof.errors import Malformed
from ledger.proof.record import Record, parse_record, sign_record


class StoreBroken(Exception):
    """What the store says of a record is not what the record says."""


class RecordMapper(Mapper[str]):
    """The stored state is the record: the bytes that are signed, hashed, shown and verified."""

    def __init__(self) -> None:
        super().__init__(transcoder=JSONTranscoder())
        self._signed: dict[str, bytes] = {}

    def sign(self, record: Record, signers: Sequence[Signer]) -> bytes:
        """The bytes of a record; kept until it is stored, so that it is signed once."""
        state = sign_record(record, signers)
        self._signed[record.id] = state
        return state

    def forget(self) -> None:
        """Drop what was signed and not stored."""
        self._signed.clear()

    def to_stored_event(self, domain_event: Any) -> StoredEvent:
        record: Record = domain_event.record
        state = self._signed.pop(record.id)
        return StoredEvent(record.subject, record.streamversion, record.type, state)

    def to_domain_event(self, stored_event: StoredEvent) -> Recorded:
        """Read a row. Raises StoreBroken when a column differs from the record it holds."""
        try:
            record, _ = parse_record(stored_event.state)
        except Malformed as error:
            raise StoreBroken(f"row of {stored_event.originator_id}: {error}") from error
        said = (record.subject, record.streamversion, record.type)
        columns = (stored_event.originator_id, stored_event.originator_version, stored_event.topic)
        if said != columns or record.type not in EVENTS:
            raise StoreBroken(f"row of {columns[0]} {columns[1]} is not the record it holds")
        return event_of(record)
