"""The stories there are: what each is about, with which it begins, and where a record leads on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from api.context import ledger
from api.pages import frame
from api.pages.record import departure, newaccount, offensive, people, things
from api.pages.record.steps import Story
from api.records import may_read
from ledger.proof.record import Record

Options = list[tuple[str, str]]


@dataclass(frozen=True)
class Kind:
    """A kind of story: the question it needs, its heading, and the form that begins a new one.

    `begins` is an action; empty where it begins with the name of a person.
    """

    question: str
    words: object
    tell: Callable[[str], Story]
    open: Callable[[], Options]
    begins: str = ""


def _leavers() -> Options:
    known = ledger().entries()
    found = known.of("DepartureNoticeGiven", "PersonDeparted")
    return [(p, people.called(p)) for p in dict.fromkeys(e.key for e in found if may_read(e))]


STORIES: Mapping[str, Kind] = {
    "departure": Kind(
        "/v1/departures/{person}",
        lazy_gettext("Somebody is leaving, step by step"),
        departure.story,
        _leavers,
    ),
    "account": Kind(
        "/v1/applications",
        lazy_gettext("A new account, step by step"),
        newaccount.story,
        lambda: things.options("application"),
        "submit_application",
    ),
    "post": Kind(
        "/v1/incidents/{incident}/timeline",
        lazy_gettext("An offensive post or comment, step by step"),
        offensive.story,
        lambda: things.options("incident"),
        "report_incident",
    ),
}
# Kinds of stream that are a story's subject.
SUBJECTS = {"application": "account", "incident": "post"}
LEAVING = ("DepartureNoticeGiven", "PersonDeparted", "ConfidentialityReminded")
HANDING = ("HandoverOffered", "HandoverAccepted", "LeadTransferred")
CLOSING = ("CredentialRotated", "PlatformAccessEnded", "RecoveryContactChanged")


def may_follow(name: str) -> bool:
    """Whether the reader may see this kind of story."""
    return name in STORIES and frame.may_ask(STORIES[name].question)


def onward(record: Record) -> Options:
    """The story that a record belongs to, as `(address, words)`; empty where there is none."""
    name, subject = _belongs(record)
    if not subject or not may_follow(name):
        return []
    address = url_for("record.story", story=name, subject=subject)
    return [(address, _("Go on, step by step"))]


def _belongs(record: Record) -> tuple[str, str]:
    kind, _sep, key = record.subject.partition("/")
    if kind in SUBJECTS:
        return SUBJECTS[kind], key
    if record.type in LEAVING:
        return "departure", key
    if record.type in (*HANDING, *CLOSING):
        return "departure", _leaving(key)
    created = record.type in ("AccountCreated", "CredentialStored")
    return ("account", _application(key)) if created else ("", "")


def _leaving(account: str) -> str:
    """Who hands this account over, or left it last."""
    if not may_follow("departure"):
        return ""
    rows = [r["from"] for r in frame.ask_all("/v1/handovers").answer if r["account"] == account]
    open_ = [r["person"] for r in frame.ask_all("/v1/exposures").answer if r["account"] == account]
    return next((p for p in reversed([*open_, *rows]) if p), "")


def _application(account: str) -> str:
    rows = frame.ask_all("/v1/accounts").answer
    return next((r["application"] or "" for r in rows if r["id"] == account), "")
