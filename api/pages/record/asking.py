"""Asking the ledger: from a form that was read to a command, through the same code as the API."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import g

from api import requests
from api.context import ledger
from api.pages.frame import may_ask
from api.pages.record import newcomers
from api.pages.record.given import Given
from api.records import may_read
from ledger.desk import Asked, objection
from ledger.domain import matters, reading, signatures
from ledger.domain.acts import Refusal, Refused
from ledger.domain.catalogue import Action
from ledger.domain.entries import Entry
from ledger.outcomes import Declined, Receipt

AT = "@"
# What may lie inside a restricted incident. A command about one of these is not tried out before
# it is recorded: that would tell, without a trace, whether there is one (decision 0011).
MAY_BE_INSIDE = frozenset(
    [
        "incident",
        "follow_up",
        "hold",
        "opinion",
        "advice",
        "found",
        "entry",
        "about",
        "anything",
        "concern",
    ]
)
# Streams of which not everybody may know how far they are: by whom this may be asked.
ASKED_BY: Mapping[str, str] = {
    "incident": "/v1/incidents",
    "enquiry": "/v1/enquiries",
    "request": "/v1/requests",
    "hold": "/v1/holds",
    "concern": "/v1/concerns",
    "subject": "/v1/subjects",
    "advice": "/v1/advice",
    "opinion": "/v1/advice",
    "finding": "/v1/findings",
    "mention": "/v1/findings",
    "mistake": "/v1/findings",
    "scope": "/v1/findings",
}
NOT_TRIED = ("destroy_records", "erase_subject", "run_retention")


@dataclass(frozen=True)
class Seen:
    """A stream and how many records it had when the form was shown."""

    stream: str
    version: int

    def __str__(self) -> str:
        return f"{self.stream}{AT}{self.version}"


def new_key() -> str:
    """A key for one form: pressed twice, it is recorded once."""
    return secrets.token_urlsafe(18)


def submit(
    action: str, data: Mapping[str, Any], key: str | None = None, **envelope: Any
) -> Receipt | Declined:
    """Record an action for whoever is signed in, as a POST to the API would.

    `envelope`: `occurred_at`, `done_by`, `already_done`, `expected_version`. Raises KeyReused
    where the key was used for something else, TooLarge or TooLong where it does not fit a record.
    """
    outcome = ledger().submit([_asked(action, data, key, envelope)])[0]
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def _asked(
    action: str, data: Mapping[str, Any], key: str | None, envelope: Mapping[str, Any]
) -> Asked:
    body = {"data": dict(data), **{k: v for k, v in envelope.items() if v is not None}}
    return requests.asked(action, g.token.person, body, key)


def envelope(given: Given) -> dict[str, Any]:
    """The client fields around `data`, of those that were filled in."""
    kept, found = given.kept, {}
    for name in ("occurred_at", "done_by"):
        if kept.get(name):
            found[name] = kept[name]
    made: dict[str, Any] = dict(found)
    if kept.get("already_done"):
        made["already_done"] = True
    seen = seen_in(given)
    if seen is not None and seen.stream == stream_of(given.action, given.data):
        made["expected_version"] = seen.version
    return made


def command(given: Given, signed: Mapping[str, Any] | None = None) -> Asked:
    """What the form asks of the ledger; `signed` is what a signature of it fixes."""
    around = {**envelope(given), **(signed or {})}
    return _asked(given.action.name, given.data, given.kept.get("key"), around)


def body(given: Given) -> dict[str, Any]:
    """The body of the request that the form stands for."""
    return {"data": dict(given.data), **envelope(given)}


def record(given: Given, signed: Mapping[str, Any]) -> Receipt | Declined:
    """Record what the form says, and first whoever is new in it. Raises as `submit`, and
    NotRegistered."""
    asked = command(given, signed)
    first = newcomers.of(given, asked)
    if first:
        return newcomers.record(first, asked)
    around = {**envelope(given), **signed}
    return submit(given.action.name, given.data, given.kept.get("key"), **around)


def form_refusal(given: Given) -> Refusal | None:
    """What the command's own form is refused for (steps 2 to 5); nothing of it is recorded."""
    command = _asked(given.action.name, given.data, None, envelope(given)).command
    held = ledger()
    try:
        reading.read(held.entries(), given.action, command, held.ports.clock.now())
    except Refused as refused:
        return Refusal(refused.code, refused.details)
    return None


def would_be_refused(given: Given) -> Refusal | None:
    """What the ledger would refuse it for just now; None where it would not, or is not asked."""
    if not is_tried(given):
        return None
    asked = _asked(given.action.name, given.data, None, envelope(given))
    found = objection(ledger().try_out([*newcomers.of(given, asked), asked])[-1])
    # That a signature is wanting is said last of all: whoever looks it over can still sign.
    wanting = isinstance(found, Refusal) and found.code == signatures.REQUIRED
    return found if isinstance(found, Refusal) and not wanting else None


def is_tried(given: Given) -> bool:
    """Whether the rules may be asked beforehand."""
    named = (f.refers for f in given.action.fields if f.name in given.data)
    return given.action.name not in NOT_TRIED and not MAY_BE_INSIDE & set(named)


# -- what was recorded in the meantime --------------------------------------------------------


def stream_of(action: Action, data: Mapping[str, Any]) -> str | None:
    """The stream the command goes to, where that exists in clear already and the reader may know
    how far it is."""
    known = ledger().entries()
    if "target" in data and not action.stream:
        target = known.by_id(str(data["target"]))
        stream = target.stream if target and may_read(target) else ""
    elif "about" in data and not action.stream:
        stream = matters.stream_of(known, str(data["about"])) or ""
    else:
        try:
            stream = action.stream.format(**{**data, "actor": g.token.person})
        except KeyError:
            return None
    return stream if known.version(stream) and _may_follow(stream) else None


def _may_follow(stream: str) -> bool:
    """Whether the reader may be told how many records a stream has."""
    question = ASKED_BY.get(stream.partition("/")[0])
    return question is None or may_ask(question)


def see(action: Action, data: Mapping[str, Any]) -> Seen | None:
    """Where the stream stands now."""
    stream = stream_of(action, data)
    return Seen(stream, ledger().entries().version(stream)) if stream else None


def seen_in(given: Given) -> Seen | None:
    """Where it stood when the form was shown, as the form says."""
    stream, _, version = given.kept.get("seen", "").rpartition(AT)
    fits = version.isascii() and version.isdigit() and len(version) < 10
    return Seen(stream, int(version)) if stream and fits else None


def since(given: Given) -> list[Entry]:
    """What was recorded in the same stream after the form was shown, as far as the reader may
    see it."""
    seen = seen_in(given)
    if seen is None or seen.stream != stream_of(given.action, given.data):
        return []
    return [e for e in ledger().entries().whole(seen.stream)[seen.version :] if may_read(e)]


def moved_on(given: Given) -> bool:
    """Whether anything was."""
    seen = seen_in(given)
    here = seen is not None and seen.stream == stream_of(given.action, given.data)
    return here and seen is not None and ledger().entries().version(seen.stream) > seen.version
