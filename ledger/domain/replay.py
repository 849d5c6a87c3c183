"""The duties check of the verifier: offices and separation of duties, replayed at each record.

Standard library only. It asks the same questions as the service did (steps 1, 7 and 8 of
ACTIONS.md section 3), on nothing but the records before: whoever signs can sign what no rule
allows, and then this says so. Records of type `Sealed` show nothing to replay: not disclosed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

from ledger.domain import duties, fitness, interests, standing
from ledger.domain.acts import Act
from ledger.domain.catalogue import EDITION, OWN_TYPES, TYPES
from ledger.domain.catalogue.action import WORLD_ACT
from ledger.domain.entries import Entries
from ledger.proof.errors import Newer
from ledger.proof.record import Record
from ledger.proof.report import INVALID, Finding


class Duties:
    """Satisfies `ledger.proof.report.Check`; used for one log, once."""

    name = "duties"

    def __init__(self) -> None:
        self._known = Entries()
        self._broken = False

    def begin(self, claims: Mapping[str, Any]) -> None:
        """Whatever a file claims, duties are those of its records."""

    def see(self, position: int, record: Record) -> Iterable[Finding]:
        """What a record shows that no rule allowed. Raises Newer for a type we do not know."""
        if record.type not in (*TYPES, *OWN_TYPES) or record.catalogue > EDITION:
            raise Newer(f"record of type {record.type}, catalogue {record.catalogue}")
        if self._broken:
            return ()
        try:
            found = [
                Finding(code, position, detail, INVALID)
                for code, detail in chain(self._act(record), self._stated(record))
            ]
            self._known.see(record)
        except (KeyError, TypeError, ValueError, AttributeError, AssertionError):
            # Its signature is good and its fields make no sense: nothing after it can be replayed.
            self._broken = True
            return [Finding("record_fields", position, f"fields of a {record.type}", INVALID)]
        return found

    def done(self) -> Iterable[Finding]:
        return ()

    def _act(self, record: Record) -> Iterator[tuple[str, str]]:
        if record.type in OWN_TYPES:
            return
        action = TYPES[record.type]
        kind = record.subject.partition("/")[0]
        if record.action != action.name or (action.stream and kind != action.stream.split("/")[0]):
            yield "duty_action", f"{record.type} by {record.action} in {record.subject}"
            return
        if record.irregular is not None and action.kind != WORLD_ACT:
            yield "duty_action", f"{record.action} recorded as already done"
        act = Act(
            action=action,
            actor=record.actor,
            doer=record.doneby or record.actor,
            recorded_at=record.time,
            occurred_at=record.occurredat,
            fields=record.fields,
            already_done=record.irregular is not None,
            edition=record.catalogue,
        )
        if interests.shows(self._known, act):
            yield "restricted_in_clear", f"{act.action.name} by {act.actor}"
        for refusal in duties.known_and_active(self._known, act.actor, act.recorded_at):
            yield "duty_actor", f"{act.actor}: {refusal.code}"
        for refusal in chain(duties.office(self._known, act), duties.apart(self._known, act)):
            if refusal.code not in (record.irregular or ()):
                yield "duty_broken", f"{act.action.name} by {act.actor}: {refusal.code}"

    def _stated(self, record: Record) -> Iterator[tuple[str, str]]:
        """What the record says of its moment must be what the records before it say."""
        known, now = self._known, record.time
        if record.type not in ("Sealed", "KeyringOpened"):
            held = tuple(sorted(standing.offices(known, record.actor, now)))
            if record.actoroffices != held:
                yield "actor_offices", f"{record.actor} held {' '.join(held) or 'none'}"
        in_force = {
            "calendar": fitness.version_in_force(known, "WorkingCalendarAdopted", now),
            "policy": fitness.current_policy(known, now),
            "rules": fitness.version_in_force(known, "SlaRulesAdopted", now),
        }
        said = {name: record.rules[name] for name in in_force}
        if said != in_force:
            yield "rules_in_force", f"said {said}, were {in_force}"
