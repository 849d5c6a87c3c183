"""Decide a command: the checks of ACTIONS.md section 3, in their order, the first failure counts.

Pure: the same known entries, command and time give the same answer. `decide` returns what will be
recorded, or raises Refused.
"""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from ledger.domain import corrections, duties, fitness, placing, references, schemas
from ledger.domain.acts import Act, Command, Refusal, Refused
from ledger.domain.catalogue import ACTIONS, Action
from ledger.domain.catalogue.action import WORLD_ACT
from ledger.domain.entries import Entries
from ledger.domain.placing import SealedValue
from ledger.domain.refusals import STILL_REFUSED
from ledger.domain.school_time import (
    TimeRefused,
    in_london,
    local_date,
    parse_instant,
    parse_timestamp,
)
from ledger.domain.standing import SYSTEM
from ledger.domain.streams import shell
from ledger.domain.streams.application import named_badly
from ledger.proof.encoding import is_id

AHEAD = 300  # seconds a claimed time may lie ahead: clocks drift (section 6.2)
HOUR = 3600
ORGANISATIONS = frozenset(("local_authority", "police", "platform", "press_office", "ico"))
SECRET = re.compile(r"(password|passphrase|secret)$|^(pin|token|recoverycode)$")


@dataclass(frozen=True)
class Decided:
    """What will be recorded of an accepted command; times in seconds UTC."""

    action: Action
    type: str
    stream: str
    occurred_at: int
    done_by: str | None
    fields: Mapping[str, Any]
    sealed: tuple[SealedValue, ...]
    irregular: tuple[str, ...] | None = None
    erases: str | None = None
    event_id: str | None = None


def decide(known: Entries, command: Command, now: int) -> Decided:
    """Decide `command` at the instant `now` on what is known.

    Raises Refused with the code of the first failing check, KeyError for an unknown action.
    """
    action = ACTIONS[command.action]
    _first(duties.known_and_active(known, command.actor, now))
    if holds_secret([getattr(command, f.name) for f in dataclasses.fields(command)]):
        raise Refused("secret_in_payload")
    claimed = _claimed(command, now)
    _first(_times(known, command, claimed, now))
    act = _understood(action, command, claimed, now)
    _first(chain(_part_unnamed(act), _alone(act)))
    _first(_references(known, act, command))
    stream = stream_of(known, act)
    irregular = _rules(known, act, stream)
    return _decided(known, act, command, stream, irregular)


def holds_secret(value: Any) -> bool:
    """Whether any key, at any depth, is named like a secret (step 2; `recovery_owner` is not)."""
    if isinstance(value, Mapping):
        names = (str(name).lower().replace("_", "").replace("-", "") for name in value)
        return any(SECRET.search(n) for n in names) or any(map(holds_secret, value.values()))
    return isinstance(value, list) and any(map(holds_secret, value))


def _first(refusals: Iterator[Refusal]) -> None:
    for refusal in refusals:
        raise Refused(refusal.code, refusal.details)


def _claimed(command: Command, now: int) -> int | TimeRefused:
    if command.occurred_at is None:
        return now
    try:
        return parse_timestamp(command.occurred_at if type(command.occurred_at) is str else "")
    except TimeRefused as refused:
        return refused


def _times(
    known: Entries, command: Command, claimed: int | TimeRefused, now: int
) -> Iterator[Refusal]:
    """Steps 3 and 4: not in the future, and late only with a reason."""
    corrected = _claimed(Command("", "", {}, _member(command.data.get("set"), "occurred_at")), now)
    for moment in (claimed, corrected):
        if isinstance(moment, int) and moment > now + AHEAD:
            yield Refusal("occurred_in_future", {"recorded_at": in_london(now)})
    if command.action == "ratify_policy":
        ratified = command.data.get("ratified_on")
        if (
            isinstance(ratified, str)
            and schemas.is_date(ratified)
            and ratified > local_date(now).isoformat()
        ):
            yield Refusal("occurred_in_future", {"fields": ["ratified_on"]})
    hours = fitness.parameter(known, "late_entry", "reason_required_after_hours", 24, now)
    late = isinstance(claimed, int) and now - claimed > hours * HOUR
    if late and not _has_late_reason(command):
        yield Refusal("late_reason_required", {"hours": hours})


def _member(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, Mapping) else None


def _has_late_reason(command: Command) -> bool:
    reason = command.data.get("late_reason")
    return isinstance(reason, str) and bool(reason.strip())


def _understood(action: Action, command: Command, claimed: int | TimeRefused, now: int) -> Act:
    """Step 5: fields present, then of the right type and value."""
    already = command.already_done is True
    spare = (
        frozenset(("application",)) if already and action.name == "create_account" else frozenset()
    )
    wrong: schemas.FieldsRefused | None = None
    fields: dict[str, Any] = {}
    try:
        fields = schemas.load(action, command.data, spare)
    except schemas.FieldsRefused as refused:
        wrong = refused
    if wrong and wrong.code.startswith("missing"):
        raise Refused(wrong.code, {"fields": wrong.where})
    if already and not _has_late_reason(command):
        raise Refused("missing_field", {"fields": ["late_reason"]})
    if wrong:
        raise Refused(wrong.code, {"fields": wrong.where})
    _envelope(action, command)
    if isinstance(claimed, TimeRefused):
        raise Refused(claimed.code, {"fields": ["occurred_at"]})
    doer = command.done_by or command.actor
    return Act(action, command.actor, doer, now, claimed, fields, already)


def _envelope(action: Action, command: Command) -> None:
    """The client fields around `data` (section 1, column C)."""
    by, version, proposed = command.done_by, command.expected_version, command.event_id
    wrong = {
        "done_by": by is not None and not _is_doer(by),
        "already_done": not _may_be_done_already(action, command.already_done),
        "expected_version": version is not None and (type(version) is not int or version < 0),
        "event_id": proposed is not None and not (_is_id(proposed) and len(proposed) >= 16),
    }
    for name, bad in wrong.items():
        if bad:
            raise Refused("invalid_field", {"fields": [name]})
    if command.extra:
        named = [n if is_id(n) else "(unknown field)" for n in sorted(map(str, command.extra))]
        raise Refused("invalid_field", {"fields": named})


def _may_be_done_already(action: Action, value: Any) -> bool:
    return value is None or value is False or (value is True and action.kind == WORLD_ACT)


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and is_id(value)


def _is_doer(value: Any) -> bool:
    """A person or subject id, `org:` and a code of the list, or `unknown`."""
    if not isinstance(value, str):
        return False
    if value.startswith("org:"):
        return value[4:] in ORGANISATIONS
    return value == "unknown" or (is_id(value) and any(c.isdigit() for c in value))


def _alone(act: Act) -> Iterator[Refusal]:
    """Step 5, what the values of one command say about each other."""
    name, fields = act.action.name, act.fields
    wrong = {
        "valid_until": name == "record_training"
        and fields["valid_until"] < local_date(act.occurred_at).isoformat(),
        "review_due": name == "ratify_policy" and fields["review_due"] <= fields["ratified_on"],
        "taken_at": "taken_at" in fields and parse_instant(fields["taken_at"]) > act.occurred_at,
        "happened_at": _after(fields.get("happened_at"), act.recorded_at),
        "discovered_at": _after(fields.get("discovered_at"), act.recorded_at),
        "person": name == "register_person" and tells_name(fields["person"], fields["name"]),
        "first_person": name == "open_ledger"
        and tells_name(fields["first_person"]["person"], fields["first_person"]["name"]),
    }
    for where, bad in wrong.items():
        if bad:
            yield Refusal("invalid_field", {"fields": [where]})


def _part_unnamed(act: Act) -> Iterator[Refusal]:
    """An export of a part says of which: with its scope comes a field, or two."""
    needed = {"date_range": ("from", "to")}
    scope = act.fields.get("scope", "full") if act.action.name == "export_evidence" else "full"
    for name in () if scope == "full" else needed.get(scope, (scope,)):
        if name not in act.fields:
            yield Refusal("missing_field", {"fields": [name]})


def _after(moment: str | None, now: int) -> bool:
    return moment is not None and parse_instant(moment) > now


def tells_name(person: str, name: str) -> bool:
    """Whether the id contains a word (three letters or more) of the person's name."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return any(word in person.lower() for word in re.findall("[a-z]{3,}", plain))


def _references(known: Entries, act: Act, command: Command) -> Iterator[Refusal]:
    """Step 6: what is referred to exists, what is new is new, the stream is where it was seen."""
    declared = act.action.fields
    if act.action.new_first:
        yield from references.not_new(known, declared, act.fields)
    yield from references.unknown(known, declared, act.fields)
    yield from references.nothing_there(known, act.action, act.fields)
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
        yield from named_badly(known, act.fields["runners"])


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
    return act.action.stream.format(**{**act.fields, "actor": act.actor})


def _rules(known: Entries, act: Act, stream: str) -> tuple[str, ...] | None:
    """Steps 7-11. Returns the irregular codes of what was already done, else None."""
    rule = getattr(shell(stream, known.version(stream)), act.action.name, None)
    if act.actor == SYSTEM:
        _first(duties.office(known, act))  # it is nobody who could say that it is done already
    reasons = chain(
        duties.office(known, act),
        duties.apart(known, act),
        _correctable(known, act),
        rule(act, known) if rule else (),
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
        erases=act.fields["subject"] if act.action.name == "erase_subject" else None,
        event_id=command.event_id,
    )
