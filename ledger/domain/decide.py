"""Decide a command: the checks of ACTIONS.md section 3, in their order, the first failure counts.

Pure: the same known entries, command and time give the same answer. `decide` returns what will be
recorded, or raises Refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any, NoReturn

from ledger.domain import corrections, duties, matters, placing, reading, references, signatures
from ledger.domain.acts import Act, Command, Refusal, Refused, refuse_first
from ledger.domain.catalogue import ACTIONS, TYPES, Action
from ledger.domain.catalogue.action import WORLD_ACT
from ledger.domain.entries import Entries
from ledger.domain.placing import SealedValue
from ledger.domain.refusals import STILL_REFUSED
from ledger.domain.standing import SYSTEM
from ledger.domain.streams import shell
from ledger.domain.streams.application import named_badly


@dataclass(frozen=True)
class Decided:
    """What will be recorded of an accepted command; times in seconds UTC.

    `destroys` names the keys that end with it, and every value under them; None: it ends none.
    """

    action: Action
    type: str
    stream: str
    occurred_at: int
    done_by: str | None
    fields: Mapping[str, Any]
    sealed: tuple[SealedValue, ...]
    irregular: tuple[str, ...] | None = None
    destroys: tuple[str, ...] | None = None
    event_id: str | None = None


def decide(known: Entries, command: Command, now: int) -> Decided:
    """Decide `command` at the instant `now` on what is known.

    Raises Refused with the code of the first failing check, KeyError for an unknown action.
    """
    action = ACTIONS[command.action]
    refuse_first(duties.known_and_active(known, command.actor, now))
    act = reading.read(known, action, command, now)
    refuse_first(_references(known, act, command))
    stream = stream_of(known, act)
    irregular = _rules(known, act, stream)
    return _decided(known, act, command, stream, irregular)


def would_say(known: Entries, command: Command, now: int) -> Decided:
    """What a record of `command` would say, were no rule against it: for its actor to sign.

    Only its form is looked at (steps 1 to 5), and for a correction what it corrects. Raises
    Refused.
    """
    action = ACTIONS[command.action]
    refuse_first(duties.known_and_active(known, command.actor, now))
    act = reading.read(known, action, command, now)
    if action.name == "correct_entry":
        target = known.by_id(act.fields["target"])
        if target is None or target.type not in TYPES:
            raise Refused("unknown_reference", {"fields": ["target"]})
    return _decided(known, act, command, _stream_or_none(known, act), None)


def _stream_or_none(known: Entries, act: Act) -> str:
    """The stream, empty where what it is about is not there: nothing is said of that."""
    try:
        return stream_of(known, act)
    except AssertionError:
        return ""


def turn_away(known: Entries, command: Command, now: int) -> NoReturn:
    """Refuse somebody who may not take part in a matter: for the form first, then the office."""
    action = ACTIONS[command.action]
    refuse_first(duties.known_and_active(known, command.actor, now))
    reading.read(known, action, command, now)
    raise Refused(action.who.code)


def _references(known: Entries, act: Act, command: Command) -> Iterator[Refusal]:
    """Step 6: what is referred to exists, what is new is new, the stream is where it was seen."""
    declared = act.action.fields
    if act.action.new_first:
        yield from references.not_new(known, declared, act.fields)
    yield from references.unknown(known, declared, act.fields)
    yield from references.nothing_there(known, act)
    if act.action.name == "correct_entry":
        proposed = corrections.read(known, act.fields["target"], act.fields["set"])
        yield from corrections.unknown(known, proposed)
    yield from references.not_new(known, declared, act.fields)
    yield from _once(known, act, command)
    if command.expected_version is not None:
        version = known.version(stream_of(known, act))
        if version != command.expected_version:
            yield Refusal("stale_stream_version", {"stream_version": version})
    if act.action.name == "submit_application":
        yield from named_badly(known, act.fields["runners"], act.occurred_at)


def _once(known: Entries, act: Act, command: Command) -> Iterator[Refusal]:
    if command.event_id is not None and known.by_id(command.event_id):
        yield Refusal("duplicate_id", {"fields": ["event_id"]})
    if act.action.name == "open_ledger" and next(known.of("LedgerOpened"), None):
        yield Refusal("duplicate_id")


def stream_of(known: Entries, act: Act) -> str:
    """The stream an act is recorded in: its template filled, or that of the entry it is about."""
    if "target" in act.fields and not act.action.stream:
        target = known.by_id(act.fields["target"])
        assert target is not None
        return target.stream
    if "about" in act.fields and not act.action.stream:
        matter = matters.stream_of(known, act.fields["about"])
        assert matter is not None
        return matter
    return act.action.stream.format(**{**act.fields, "actor": act.actor})


def _rules(known: Entries, act: Act, stream: str) -> tuple[str, ...] | None:
    """Steps 7-11. Returns the irregular codes of what was already done, else None."""
    rule = getattr(shell(stream, known.version(stream)), act.action.name, None)
    if act.actor == SYSTEM:
        refuse_first(
            duties.office(known, act)
        )  # it is nobody who could say that it is done already
    reasons = chain(
        duties.office(known, act),
        duties.apart(known, act),
        _correctable(known, act),
        rule(act, known) if rule else (),
        signatures.missing(known, act),
    )
    irregular: list[str] = []
    for reason in reasons:
        if act.already_done and reason.code not in STILL_REFUSED:
            irregular.append(reason.code)
            continue
        raise Refused(reason.code, _with_hint(act, reason))
    return tuple(dict.fromkeys(irregular)) if act.already_done else None


def _correctable(known: Entries, act: Act) -> Iterator[Refusal]:
    if act.action.name == "correct_entry":
        proposed = corrections.read(known, act.fields["target"], act.fields["set"])
        if proposed.refusal:
            yield proposed.refusal


def _with_hint(act: Act, reason: Refusal) -> dict[str, Any]:
    """A world-act that cannot be permitted can still be recorded as a fact: say how."""
    if act.action.kind != WORLD_ACT or reason.code in STILL_REFUSED:
        return dict(reason.details)
    return {**reason.details, "record_as": {"already_done": True, "needs": ["late_reason"]}}


def _decided(
    known: Entries, act: Act, command: Command, stream: str, irregular: tuple[str, ...] | None
) -> Decided:
    clear, hidden = placing.place(known, act.action, stream, act.fields)
    if act.action.name == "correct_entry":
        proposed = corrections.read(known, act.fields["target"], act.fields["set"])
        clear["set"], more = corrections.placed(known, proposed)
        hidden = (*hidden, *more)
    return Decided(
        action=act.action,
        type=act.action.event(dict(act.fields)),
        stream=stream,
        occurred_at=act.occurred_at,
        done_by=None if act.doer == act.actor else act.doer,
        fields=clear,
        sealed=hidden,
        irregular=irregular,
        destroys=(f"subject:{act.fields['subject']}",)
        if act.action.name == "erase_subject"
        else None,
        event_id=command.event_id,
    )
