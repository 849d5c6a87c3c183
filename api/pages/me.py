"""Me: what I did, and the entries that name me, each of which I may confirm or dispute."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from flask import Blueprint, Response, g, request
from flask_babel import gettext as _

from api.context import ledger
from api.pages import downloads, linked, links, todo, tongue, words
from api.pages.frame import name_of, seen_by
from api.pages.frame import page as made
from api.pages.todo import Thing
from ledger.domain import matters
from ledger.domain.entries import Entry
from projections import replies
from projections.asking import whole

bp = Blueprint("me", __name__)

PAGE = 25
MOST = 5000  # in one file


@dataclass(frozen=True)
class Line:
    """A record in words: what, about which thing, when and by whom, and what was replied to it."""

    record: Thing
    what: str
    about: Thing
    at: str
    who: str
    annulled: bool
    replied: tuple[str, ...] = ()
    todo: tuple[Thing, ...] = ()


@dataclass(frozen=True)
class Part:
    """Some lines, newest first; `older` is the position before which the next part begins."""

    lines: tuple[Line, ...]
    older: int | None


@bp.get("/me")
@seen_by
def page() -> Response:
    """Both lists in parts, or one of them as a file."""
    for name, mine, title in (
        ("did", is_mine, _("What I did")),
        ("named", names_me, _("Entries that name me")),
    ):
        if downloads.asked(name):
            return _file(title, _newest(mine, None, MOST))
    return made(
        "me",
        did=_part(is_mine, "did_before"),
        named=_part(names_me, "named_before"),
    )


def is_mine(entry: Entry) -> bool:
    """Whether whoever looks recorded or did it."""
    return bool(g.token.person in (entry.record.actor, entry.doer))


def names_me(entry: Entry) -> bool:
    """Whether somebody else's entry names whoever looks."""
    return not is_mine(entry) and g.token.person in matters.named_in(entry)


def _newest(wanted: Callable[[Entry], bool], before: int | None, most: int) -> list[Entry]:
    """The latest entries before a position, `most` at most."""
    found = (e for e in reversed(ledger().entries().all[:before]) if wanted(e))
    return list(islice(found, most))


def _part(wanted: Callable[[Entry], bool], parameter: str) -> Part:
    before = whole(request.args, parameter, 0, 999_999_999)
    found = _newest(wanted, before, PAGE + 1)
    older = found[PAGE - 1].position if len(found) > PAGE else None
    return Part(tuple(map(_line, found[:PAGE])), older)


def _line(entry: Entry) -> Line:
    named = names_me(entry)
    return Line(
        record=Thing(str(entry.position), links.of("record", entry.position)),
        what=_what(entry),
        about=_about(entry),
        at=tongue.moment(entry.occurred_at),
        who=name_of(entry.doer),
        annulled=entry.annulled,
        replied=tuple(_replied(entry)) if named else (),
        todo=_to_reply(entry) if named and not entry.annulled else (),
    )


def _about(entry: Entry) -> Thing:
    """What the record is about: people and accounts by name."""
    kind = entry.stream.partition("/")[0]
    if kind == "person":
        return Thing(name_of(entry.key), links.of(kind, entry.key))
    if kind in ("account", "credential"):
        shown = linked.account(entry.key)
        return Thing(f"{words.thing(kind)} {shown.text}", shown.href)
    return Thing(f"{words.thing(kind)} {entry.key}".strip(), links.of(kind, entry.key))


def _what(entry: Entry) -> str:
    if entry.type == "CommandRefused":
        return str(_("Refused: %(what)s", what=words.action(str(entry.fields["action"]))))
    return words.event(entry.type)


def _replied(entry: Entry) -> Iterator[str]:
    for reply in replies.to(ledger().entries(), entry):
        name, at = name_of(reply.doer), tongue.moment(reply.occurred_at)
        if reply.type == "EntryConfirmed":
            yield _("Confirmed by %(name)s, %(at)s", name=name, at=at)
        else:
            yield _("Disputed by %(name)s, %(at)s", name=name, at=at)


def _to_reply(entry: Entry) -> tuple[Thing, ...]:
    replies_ = (("confirm_entry", _("Confirm")), ("dispute_entry", _("Dispute")))
    return tuple(
        Thing(said, form.address)
        for action, said in replies_
        for form in todo.to_record(action, target=entry.record.id)
    )


def _file(title: str, found: Sequence[Entry]) -> Response:
    columns = (_("The record"), _("What"), _("About"), _("When"), _("By"), _("Replies"))
    lines = map(_line, found)
    rows = (
        [int(x.record.words), x.what, x.about.words, x.at, x.who, "; ".join(x.replied)]
        for x in lines
    )
    return downloads.table(title, columns, rows, [e.position for e in found])
