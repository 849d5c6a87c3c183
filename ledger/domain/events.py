"""Event classes for the library: one per type, each with an explicit topic from an allow-list.

A topic is the event type of the record ("AccountCreated"); no Python path ever enters a record,
and nothing is imported because a row names it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from eventsourcing.domain import CanMutateAggregate, MetaDomainEvent
from eventsourcing.utils import register_topic

from ledger.domain.catalogue import OWN_TYPES, TYPES
from ledger.domain.school_time import EPOCH
from ledger.domain.streams import Stream, shell
from ledger.proof.record import Record


class Recorded(CanMutateAggregate[str], metaclass=MetaDomainEvent):
    """Something was recorded: the library's event around the record that will be signed."""

    originator_id: str
    originator_version: int
    timestamp: datetime
    record: Record

    def mutate(self, aggregate: Any) -> Any:
        """Bring the stream forward by this record; the first one makes the stream."""
        stream = shell(self.originator_id, 0) if aggregate is None else aggregate
        return super().mutate(stream)


def _event_class(name: str) -> type[Recorded]:
    made: type[Recorded] = MetaDomainEvent(
        name, (Recorded,), {"TOPIC": name, "__annotations__": {}}
    )
    register_topic(name, made)
    return made


EVENTS: dict[str, type[Recorded]] = {name: _event_class(name) for name in (*TYPES, *OWN_TYPES)}


def event_of(record: Record) -> Recorded:
    """The event that carries a record. Raises KeyError for a type that is none of ours."""
    event_class: Any = EVENTS[record.type]
    made: Recorded = event_class(
        originator_id=record.subject,
        originator_version=record.streamversion,
        timestamp=datetime.fromtimestamp(record.time, EPOCH.tzinfo),
        record=record,
    )
    return made


__all__ = ["EVENTS", "Recorded", "Stream", "event_of"]
