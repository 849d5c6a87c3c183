"""The duties check of the verifier: offices and separation of duties, replayed at each record.

Standard library only. It asks the same questions as the service did (steps 1, 7 and 8 of
ACTIONS.md section 3), on nothing but the records before: whoever signs can sign what no rule
allows, and then this says so. Records of type `Sealed` show nothing to replay: not disclosed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from ledger.domain import duties, fitness, interests, signatures, standing
from ledger.domain.acts import Act, Refusal
from ledger.domain.catalogue import EDITION, OWN_TYPES, TYPES, Action
from ledger.domain.catalogue.action import WORLD_ACT
from ledger.domain.deferred import Deferred
from ledger.domain.entries import Entries
from ledger.domain.shown import EVERY, SENSELESS, Shown, rests_on_all_there_is
from ledger.proof.errors import Newer
from ledger.proof.form import SIGNED_SINCE
from ledger.proof.manifest import SCOPE
from ledger.proof.order import NEVER_WITHHELD
from ledger.proof.record import Record
from ledger.proof.report import INVALID, Finding


class Duties:
    """Satisfies `ledger.proof.report.Check`; used for one log, once."""

    name = "duties"

    def __init__(self) -> None:
        self._known = Entries()
        self._whole: frozenset[str] = frozenset()
        self._broken = False
        self._deferred = Deferred()

    @property
    def open(self) -> Sequence[int]:
        """The records of which a duty could not be judged: it rests on what is not shown."""
        return self._deferred.open

    def begin(self, claims: Mapping[str, Any]) -> None:
        """Whatever a file claims, duties are those of its records.

        Of one that does not show them all: which streams it shows whole (`scope`, `streams`).
        """
        self._whole = frozenset(claims.get("streams", ()))
        if claims.get("scope") == SCOPE:
            self._whole |= {f"{kind}/{EVERY}" for kind in NEVER_WITHHELD}

    def skip(self, position: int) -> None:
        """A record is not shown: from here on, what may rest on one is not judged."""
        if not self._broken:
            if not isinstance(self._known, Shown):
                self._known = Shown(self._known.all)
            self._known.hide(position)

    def see(self, position: int, record: Record) -> Iterable[Finding]:
        """What a record shows that no rule allowed. Raises Newer for a type we do not know."""
        if record.type not in (*TYPES, *OWN_TYPES) or record.catalogue > EDITION:
            raise Newer(f"record of type {record.type}, catalogue {record.catalogue}")
        if self._broken:
            return ()
        try:
            found = list(self._found(position, record))
            self._take(position, record)
        except SENSELESS:
            # Its signature is good and its fields make no sense: nothing after it can be replayed.
            self._broken = True
            return [_senseless(position, record)]
        return found

    def _found(self, position: int, record: Record) -> Iterator[Finding]:
        if not isinstance(self._known, Shown):
            yield from (_finding(position, said) for said in self._judged(record))
            return
        version = self._known.next_version(record.subject)
        yield from self._deferred.follow(record, version)
        for asked, found in self._judged_where_shown(position, record):
            missing = self._missing(asked, record)
            if not missing:
                yield from found
            else:
                self._deferred.put(position, missing, found)

    def _missing(self, asked: Collection[str], record: Record) -> set[str]:
        """The streams asked for of which, for all that is known by now, something is not shown."""
        assert isinstance(self._known, Shown)
        known, own = self._known, record.subject
        dense = own if known.next_version(own) == record.streamversion else None
        return {
            stream
            for stream in asked
            if not rests_on_all_there_is({stream}, self._whole)
            and stream != dense
            and (EVERY in stream or not known.nothing_hidden_since(stream))
        }

    def done(self) -> Iterable[Finding]:
        return ()

    def _take(self, position: int, record: Record) -> None:
        if isinstance(self._known, Shown):
            self._known.see_at(position, record)
        else:
            self._known.see(record)

    def _judged(self, record: Record) -> Iterator[tuple[str, str]]:
        for duty in self._duties(record):
            yield from duty

    def _judged_where_shown(
        self, position: int, record: Record
    ) -> Iterator[tuple[set[str], list[Finding]]]:
        """Each duty: the streams it asks for, and what is broken of it if they are all there is."""
        assert isinstance(self._known, Shown)
        duties_ = self._duties(record)
        while True:
            with self._known.watched() as asked:
                try:
                    duty = next(duties_, None)
                    found = [_finding(position, said) for said in duty or ()]
                except SENSELESS:
                    duty, found = iter(()), [_senseless(position, record)]
            if duty is None:
                return
            yield asked, found

    def _duties(self, record: Record) -> Iterator[Iterator[tuple[str, str]]]:
        """The duties of a record, each as a generator of what is broken of it."""
        if record.type not in OWN_TYPES:
            action = TYPES[record.type]
            yield _wrong_form(record, action)
            if not _is_misplaced(record, action):
                act = _act(record, action)
                yield self._in_clear(act)
                yield self._active(act)
                yield self._broken_by(record, act, duties.office)
                yield self._broken_by(record, act, duties.apart)
                if act.edition >= SIGNED_SINCE:
                    yield self._signed(act)
        yield self._offices(record)
        yield self._in_force(record)

    def _in_clear(self, act: Act) -> Iterator[tuple[str, str]]:
        if interests.shows(self._known, act):
            yield "restricted_in_clear", f"{act.action.name} by {act.actor}"

    def _active(self, act: Act) -> Iterator[tuple[str, str]]:
        for refusal in duties.known_and_active(self._known, act.actor, act.recorded_at):
            yield "duty_actor", f"{act.actor}: {refusal.code}"

    def _broken_by(
        self, record: Record, act: Act, duty: Callable[[Entries, Act], Iterator[Refusal]]
    ) -> Iterator[tuple[str, str]]:
        for refusal in duty(self._known, act):
            if refusal.code not in (record.irregular or ()):
                yield "duty_broken", f"{act.action.name} by {act.actor}: {refusal.code}"

    def _signed(self, act: Act) -> Iterator[tuple[str, str]]:
        """What the school demanded its actor's own signature for has one."""
        for refusal in signatures.missing(self._known, act):
            yield "duty_broken", f"{act.action.name} by {act.actor}: {refusal.code}"

    def _offices(self, record: Record) -> Iterator[tuple[str, str]]:
        """The offices that the record says its actor held are those of the records before it."""
        if record.type not in ("Sealed", "KeyringOpened"):
            held = tuple(sorted(standing.offices(self._known, record.actor, record.time)))
            if record.actoroffices != held:
                yield "actor_offices", f"{record.actor} held {' '.join(held) or 'none'}"

    def _in_force(self, record: Record) -> Iterator[tuple[str, str]]:
        """What the record says was in force is what the records before it say."""
        known, now = self._known, record.time
        in_force = {
            "calendar": fitness.version_in_force(known, "WorkingCalendarAdopted", now),
            "policy": fitness.current_policy(known, now),
            "rules": fitness.version_in_force(known, "SlaRulesAdopted", now),
        }
        said = {name: record.rules[name] for name in in_force}
        if said != in_force:
            yield "rules_in_force", f"said {said}, were {in_force}"


def _finding(position: int, said: tuple[str, str]) -> Finding:
    code, text = said
    return Finding(code, position, text, INVALID)


def _senseless(position: int, record: Record) -> Finding:
    return Finding("record_fields", position, f"fields of a {record.type}", INVALID)


def _is_misplaced(record: Record, action: Action) -> bool:
    kind = record.subject.partition("/")[0]
    return record.action != action.name or (
        bool(action.stream) and kind != action.stream.split("/")[0]
    )


def _wrong_form(record: Record, action: Action) -> Iterator[tuple[str, str]]:
    if _is_misplaced(record, action):
        yield "duty_action", f"{record.type} by {record.action} in {record.subject}"
    elif record.irregular is not None and action.kind != WORLD_ACT:
        yield "duty_action", f"{record.action} recorded as already done"


def _act(record: Record, action: Action) -> Act:
    return Act(
        action=action,
        actor=record.actor,
        doer=record.doneby or record.actor,
        recorded_at=record.time,
        occurred_at=record.occurredat,
        fields=record.fields,
        already_done=record.irregular is not None,
        edition=record.catalogue,
        signed=record.intent is not None,
    )
