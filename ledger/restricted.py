"""Restricted incidents: what was recorded of them, read beside what stands in clear.

Rules about them are judged on `whole`: the log with every sealed act opened. Whoever is not
admitted is judged on what is known to everybody, so that nothing of them shows
(docs/decisions/0011).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from ledger import confidential, unjudged
from ledger.domain import interests, references
from ledger.domain.acts import Command
from ledger.domain.catalogue import ACTIONS, TYPES, Action
from ledger.domain.entries import Entries
from ledger.inside import READING, Inside, record_of
from ledger.proof.encoding import is_id
from ledger.proof.record import Record
from ledger.rows import Answered

# Fields that refer to a thing of one kind or another: those of which one can be inside.
KINDS = {"about": ("incident",), "anything": ("incident", "hold")}
TIES = ("EntryCorrected", "EntryAnnulled")

# Whether a person may take part in an incident: (entries, incident, person, now).
Admits = Callable[[Entries, str, str, int], bool]


@dataclass(frozen=True)
class Opened:
    """A record that lay inside a sealed act, and the restricted incident it belongs to.

    `late`: it was taken while nobody could judge it, and judged afterwards.
    """

    record: Record
    incident: str
    late: bool = False


@dataclass(frozen=True)
class Reading:
    """That somebody read a restricted incident, at a time in seconds UTC."""

    position: int
    incident: str
    person: str
    time: int


class Restricted:
    """Everything known of restricted incidents. Costs nothing while there is none.

    Where confidential keys are in force, only what was opened with one is known here.
    """

    def __init__(self, known: Entries) -> None:
        self._known = known
        self.readings: list[Reading] = []
        self._whole: Entries | None = None
        self.opened: dict[int, Opened] = {}
        self._matters: dict[tuple[str, str], str] = {}
        self._called: dict[tuple[str, str], list[str]] = defaultdict(list)
        self._answered: dict[tuple[str, bytes], Answered] = {}

    @property
    def whole(self) -> Entries:
        """Every entry, with those inside sealed acts in their places."""
        return self._known if self._whole is None else self._whole

    def see(self, record: Record, act: Any) -> None:
        """Take in the next record, before `known` does; `act` is what lies inside, else None."""
        late = isinstance(act, Mapping) and act.get("type") == unjudged.TYPE
        if late:
            self._see_inside()
            find = partial(self._meant, record, act)
            act = unjudged.judged(self.whole, act, record, find)
        inner = record_of(record, act)
        if inner is not None:
            self._see_inside()
        self._read(record, act)
        if self._whole is None:
            return
        if inner is not None and self._fits(inner):
            self._take(inner, act, late)
        else:
            self._whole.see(record)

    def _see_inside(self) -> None:
        if self._whole is None:
            self._whole = Entries()
            for entry in self._known.all:
                self._whole.see(entry.record)

    def _read(self, record: Record, act: Any) -> None:
        if record.type == "Sealed" and isinstance(act, Mapping) and act.get("type") == READING:
            position = len(self._known.all)
            self.readings.append(Reading(position, act["incident"], act["actor"], record.time))

    def _meant(self, outer: Record, act: Mapping[str, Any], command: Command) -> Inside | None:
        """What an act that was taken unjudged meant; None where that is nothing of its actor's."""
        deal = unjudged.dealer(outer, act["incident"])
        return self._found(command, outer.time, deal, interests.may_add)

    def _fits(self, inner: Record) -> bool:
        """Whether what it corrects or annuls is still there: a key may have been destroyed."""
        return inner.type not in TIES or self.whole.by_id(inner.fields["target"]) is not None

    def _take(self, inner: Record, act: Mapping[str, Any], late: bool) -> None:
        position = self.whole.see(inner).position
        incident = str(act["incident"])
        self.opened[position] = Opened(inner, incident, late)
        if asked := act.get("asked"):
            key, body = bytes.fromhex(asked["key"]), bytes.fromhex(asked["body"])
            row = Answered(inner.actor, key, body, position, asked["details"])
            self._answered[row.actor, row.key_mac] = row
        if inner.type not in TYPES:
            return  # a refusal leaves nothing that could be referred to
        self._matters["entry", inner.id] = incident
        for field, what in _new(TYPES[inner.type]):
            dealt = str(inner.fields[field])
            self._matters[what, dealt] = incident
            self._called[what, act["called"].get(field, dealt)].append(dealt)

    def answered(self, actor: str, key_mac: bytes) -> Answered | None:
        """How a request with this idempotency key was answered, where that lies inside.

        Not where only a private key opens: the same answer again would tell that somebody lent it.
        """
        if confidential.in_force(self._known) is not None:
            return None
        return self._answered.get((actor, key_mac))

    def called(self, what: str, dealt: str) -> str | None:
        """What the client called something inside, by the ledger's id of it."""
        found = (
            typed for (kind, typed), ids in self._called.items() if kind == what and dealt in ids
        )
        return next(found, None)

    def reported_at(self, position: int) -> str | None:
        """The ledger's id of the restricted incident that was reported at a position, if any."""
        opened = self.opened.get(position)
        return opened.incident if opened and opened.record.type == "IncidentReported" else None

    # -- what a command asks for -----------------------------------------------------------

    def asked(self, command: Command, now: int, deal: Callable[[], str]) -> Inside | None:
        """The command with the ledger's ids where it belongs inside; None where it is in clear.

        `deal` makes a new random id. `now` is in seconds UTC.
        """
        if command.action == "report_incident":
            secret = interests.must_be_sealed(self.whole, command.data, now)
            return self._report(command, now, deal) if secret else None
        if confidential.in_force(self._known) is not None:
            return self._asked_of_the_few(command, now, deal)
        return self._found(command, now, deal, interests.may_add) or self._at_a_blob(command)

    def _asked_of_the_few(
        self, command: Command, now: int, deal: Callable[[], str]
    ) -> Inside | None:
        """Where only a private key opens: who may see inside is judged, while somebody opened it.

        Anybody else is answered as if nobody had, and as if there were nothing.
        """
        found = self._found(command, now, deal, interests.may_see)
        if found is not None and found.admitted:
            return found
        named = unjudged.named(self._known, command, now)
        if named is not None:
            return Inside(command, named, admitted=False, judged=False)
        return self._at_a_blob(command)

    def _found(
        self, command: Command, now: int, deal: Callable[[], str], admits: Admits
    ) -> Inside | None:
        """The command with the ledger's ids; None where it names nothing that lies inside."""
        found = dict(self._named(command, now))
        if not found:
            return None
        incidents = [self._matters[named] for named in found.values()]
        action = ACTIONS[command.action]
        admitted = all(admits(self.whole, i, command.actor, now) for i in incidents)
        if not admitted and not action.who.offices:
            return None  # a fact, by whoever cannot know: as if there were no such incident
        data = {**command.data, **{name: dealt for name, (_, dealt) in found.items()}}
        data, called = self._dealt(replace(command, data=data), now, deal)
        return Inside(replace(command, data=data), incidents[0], admitted, called)

    def _at_a_blob(self, command: Command) -> Inside | None:
        """A sealed act as the target of a decision says nothing, not even whether it is a cover."""
        target = command.data.get("target")
        entry = self._known.by_id(target) if isinstance(target, str) else None
        decides = bool(ACTIONS[command.action].who.offices)
        sealed = entry is not None and entry.type == "Sealed" and decides
        return Inside(command, "", admitted=False) if sealed else None

    def id_of(self, what: str, name: str, person: str, now: int) -> str | None:
        """The ledger's id of something inside that `person` calls `name`; None where there is none.

        Several may be called the same: the one that the person may take part in is meant.
        """
        if (what, name) in self._matters:
            return name
        own, dealt = self._own(what, name, person, now), self._called.get((what, name), [])
        if own or not dealt or references.exists(self._known, what, name):
            return own
        return dealt[0]

    def _own(self, what: str, name: str, person: str, now: int) -> str | None:
        """The same, only of what the person may take part in."""
        few = confidential.in_force(self._known) is not None
        admits = interests.may_see if few else interests.may_add
        for dealt in self._called.get((what, name), []):
            if admits(self.whole, self._matters[what, dealt], person, now):
                return dealt
        return None

    def _named(self, command: Command, now: int) -> Iterator[tuple[str, tuple[str, str]]]:
        """(field, (what, ledger's id)) of everything a command refers to that lies inside."""
        for field in ACTIONS[command.action].fields if self._matters else ():
            value = command.data.get(field.name)
            if not isinstance(value, str):
                continue
            for what in KINDS.get(field.refers, (field.refers,)):
                dealt = self.id_of(what, value, command.actor, now)
                if dealt is not None:
                    yield field.name, (what, dealt)
                    break

    def _report(self, command: Command, now: int, deal: Callable[[], str]) -> Inside:
        data = dict(command.data)
        if data.get("restricted") in (None, False, ""):
            data["restricted"] = True
        if data.get("incident") in (None, ""):
            data["incident"] = deal()
            return Inside(replace(command, data=data), data["incident"])
        data, called = self._dealt(replace(command, data=data), now, deal)
        dealt = data["incident"] if called else ""
        return Inside(replace(command, data=data), dealt, called=called)

    def _dealt(
        self, command: Command, now: int, deal: Callable[[], str]
    ) -> tuple[dict[str, Any], dict[str, str]]:
        """New ids become the ledger's, so that nobody who uses the same later meets them.

        One that is known to the actor already stays, and is refused as it would be anywhere.
        """
        data, called = dict(command.data), {}
        for field, what in _new(ACTIONS[command.action]):
            typed = data.get(field)
            if not (isinstance(typed, str) and is_id(typed) and any(c.isdigit() for c in typed)):
                continue
            own = self._own(what, typed, command.actor, now)
            if own or references.taken(self._known, what, typed):
                data[field] = own or typed
            else:
                data[field], called[field] = deal(), typed
        return data, called


def _new(action: Action) -> list[tuple[str, str]]:
    """(field, what it is) of every field whose id opens a stream."""
    return [(f.name, f.new) for f in action.fields if f.new in references.STREAMS]
