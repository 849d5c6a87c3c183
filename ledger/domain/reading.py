"""Reading a command: no secret, a time that can be, fields that are what the action asks for.

Steps 2 to 5 of ACTIONS.md section 3, as far as they ask of the command alone (and of the rule of
late entries). Pure.
"""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from ledger.domain import fitness, fits, schemas
from ledger.domain.acts import Act, Command, Refusal, Refused, refuse_first
from ledger.domain.catalogue import Action
from ledger.domain.catalogue.action import WORLD_ACT
from ledger.domain.entries import Entries
from ledger.domain.school_time import (
    TimeRefused,
    in_london,
    local_date,
    parse_instant,
    parse_timestamp,
)
from ledger.proof.encoding import is_id

AHEAD = 300  # seconds a claimed time may lie ahead: clocks drift (section 6.2)
HOUR = 3600
ORGANISATIONS = frozenset(("local_authority", "police", "platform", "press_office", "ico"))
SECRET = re.compile(r"(password|passphrase|secret)$|^(pin|token|recoverycode)$")


def read(known: Entries, action: Action, command: Command, now: int) -> Act:
    """The act that a command at the instant `now` asks for. Raises Refused."""
    if holds_secret([getattr(command, f.name) for f in dataclasses.fields(command)]):
        raise Refused("secret_in_payload")
    claimed = _claimed(command.occurred_at, now)
    refuse_first(_times(known, command, claimed, now))
    act = _understood(action, command, claimed, now)
    refuse_first(
        chain(
            _part_unnamed(act),
            _alone(act),
            fits.together(act.action.name, act.fields, act.occurred_at),
        )
    )
    return act


def holds_secret(value: Any) -> bool:
    """Whether any key, at any depth, is named like a secret (step 2; `recovery_owner` is not)."""
    if isinstance(value, Mapping):
        names = (str(name).lower().replace("_", "").replace("-", "") for name in value)
        return any(SECRET.search(n) for n in names) or any(map(holds_secret, value.values()))
    return isinstance(value, list) and any(map(holds_secret, value))


def _claimed(given: Any, now: int) -> int | TimeRefused:
    if given is None:
        return now
    try:
        return parse_timestamp(given if type(given) is str else "")
    except TimeRefused as refused:
        return refused


def _times(
    known: Entries, command: Command, claimed: int | TimeRefused, now: int
) -> Iterator[Refusal]:
    """Steps 3 and 4: not in the future, and late only with a reason."""
    changed = command.data.get("set")
    corrected = _claimed(changed.get("occurred_at") if isinstance(changed, Mapping) else None, now)
    for moment in (claimed, corrected):
        if isinstance(moment, int) and moment > now + AHEAD:
            yield Refusal("occurred_in_future", {"recorded_at": in_london(now)})
    ratified = command.data.get("ratified_on")
    if schemas.is_date(ratified) and str(ratified) > local_date(now).isoformat():
        yield Refusal("occurred_in_future", {"fields": ["ratified_on"]})
    hours = fitness.parameter(known, "late_entry", "reason_required_after_hours", 24, now)
    late = isinstance(claimed, int) and now - claimed > hours * HOUR
    if late and not _has_late_reason(command):
        yield Refusal("late_reason_required", {"hours": hours})


def _has_late_reason(command: Command) -> bool:
    reason = command.data.get("late_reason")
    return isinstance(reason, str) and bool(reason.strip())


def _understood(action: Action, command: Command, claimed: int | TimeRefused, now: int) -> Act:
    """Step 5: fields present, then of the right type and value."""
    already = command.already_done is True and action.kind == WORLD_ACT
    spare = ("application",) if already and action.name == "create_account" else ()
    fields, wrong = _loaded(action, command, frozenset(spare))
    if wrong and wrong.code.startswith("missing"):
        raise wrong
    if already and not _has_late_reason(command):
        raise Refused("missing_field", {"fields": ["late_reason"]})
    if wrong:
        raise wrong
    refuse_first(_envelope(action, command))
    if isinstance(claimed, TimeRefused):
        raise Refused(claimed.code, {"fields": ["occurred_at"]})
    doer = command.done_by or command.actor
    signed = command.intent is not None
    return Act(action, command.actor, doer, now, claimed, fields, already, signed=signed)


def _loaded(
    action: Action, command: Command, spare: frozenset[str]
) -> tuple[Mapping[str, Any], Refused | None]:
    try:
        return schemas.load(action, command.data, spare), None
    except schemas.FieldsRefused as refused:
        return {}, Refused(refused.code, {"fields": refused.where})


def _envelope(action: Action, command: Command) -> Iterator[Refusal]:
    """The client fields around `data` (section 1, column C)."""
    by, version, proposed = command.done_by, command.expected_version, command.event_id
    wrong = {
        "done_by": by is not None and not _is_doer(by),
        "already_done": not _may_be_done_already(action, command.already_done),
        "expected_version": version is not None and (type(version) is not int or version < 0),
        "event_id": proposed is not None and not _is_id(proposed),
        "approvals": command.approvals is not None
        and not (action.approved and isinstance(command.approvals, list)),
    }
    for name, bad in wrong.items():
        if bad:
            yield Refusal("invalid_field", {"fields": [name]})
    if command.extra:
        named = [n if is_id(n) else "(unknown field)" for n in sorted(map(str, command.extra))]
        yield Refusal("invalid_field", {"fields": named})


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
        "review_due": name in ("ratify_policy", "revise_policy")
        and fields["review_due"] <= fields["ratified_on"],
        "review_on": name == "accept_finding"
        and fields["review_on"] < local_date(act.occurred_at).isoformat(),
        "linked_to": name == "link_subjects" and fields["linked_to"] == fields["subject"],
        "subject": name == "register_subject" and tells_name(fields["subject"], fields["name"]),
        "taken_at": "taken_at" in fields and parse_instant(fields["taken_at"]) > act.occurred_at,
        "happened_at": _after(fields.get("happened_at"), act.recorded_at),
        "discovered_at": _after(fields.get("discovered_at"), act.recorded_at),
        "person": "name" in fields
        and name in ("register_person", "change_person")
        and tells_name(fields["person"], fields["name"]),
        "first_person": name == "open_ledger"
        and tells_name(fields["first_person"]["person"], fields["first_person"]["name"]),
    }
    for where, bad in {**wrong, **_stretch(act)}.items():
        if bad:
            yield Refusal("invalid_field", {"fields": [where]})
    changed = fields.get("set", {})
    corrected = _claimed(changed["occurred_at"] or "", 0) if "occurred_at" in changed else 0
    if isinstance(corrected, TimeRefused):
        yield Refusal(corrected.code, {"fields": ["set.occurred_at"]})


def _stretch(act: Act) -> dict[str, bool]:
    """What is wrong with the stretch of time an act is about, and what was counted in it."""
    fields = act.fields
    if act.action.name in ("record_absence", "suspend_access"):
        return {"until": "until" in fields and fields["until"] <= fields["from"]}
    if act.action.name not in ("record_compromise", "record_comment_round"):
        return {}
    return {
        "from": _after(fields["from"], act.recorded_at),
        "to": _after(fields.get("to"), act.recorded_at)
        or ("to" in fields and fields["to"] <= fields["from"]),
        "acknowledged": fields.get("acknowledged", 0) > fields.get("seen", 0),
    }


def _part_unnamed(act: Act) -> Iterator[Refusal]:
    """An export of a part says of which: with its scope comes a field, or two.

    And who changes a person says what changes.
    """
    if act.action.name == "change_person" and not {"kind", "name"} & set(act.fields):
        yield Refusal("missing_field", {"fields": ["kind", "name"]})
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
