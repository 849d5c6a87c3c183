"""The lists of Today that are for one person or one office: what waits for them, what they lack."""

from __future__ import annotations

from typing import Any

from flask import g
from flask_babel import gettext as _
from flask_babel import ngettext

from api import may
from api.context import state
from api.pages import today_rows, todo, tongue, words
from api.pages.frame import ask, ask_all
from api.pages.today_rows import Reader, Row
from api.pages.today_words import Item, Section, Words
from ledger.domain.school_time import parse_timestamp
from projections import questions


def own(path: str, **given: str) -> Any:
    """An answer of which the caller takes the reader's own rows alone.

    What is recorded of oneself anybody may know, also where a list of everybody needs an office.
    """
    with state().asking() as log:
        return questions.answer(path, given, log, state().now()).answer


def asked(reader: Reader, said: Words) -> Section:
    """Hand-overs, follow-ups and decisions that wait for this reader."""
    offered = ask("/v1/handovers")
    items = [_handover(row, said) for row in today_rows.handovers(offered.answer, reader)]
    open_items = own("/v1/open-items")
    follow_ups = today_rows.of_person(open_items.get("follow_ups", ()), reader.person)
    items += [_follow_up(row, reader, said) for row in follow_ups]
    if may.SLT in reader.roles:
        items += [
            Item(
                _("Wording to clear before it is published"),
                (said.thing("post", post),),
                todo=todo.to_record("decide_prepublication_check", post=post),
            )
            for post in open_items["checks_pending"]
        ]
    return Section("asked", _("Asked of you"), tuple(items), offered.evidence if items else ())


def _handover(row: Row, said: Words) -> Item:
    what = _("Hand-over: %(status)s", status=words.status(row["status"]))
    people = [said.person(row[name]) for name in ("from", "to") if row[name]]
    since = _("since %(moment)s", moment=tongue.moment(row["offered_at"]))
    form = todo.to_record(todo.HANDOVERS[row["status"]], account=row["account"])
    return Item(what, (said.account(row["account"]), *people), since, None, form)


def _follow_up(row: Row, reader: Reader, said: Words) -> Item:
    incident, due_on = row["incident"], row["due_on"]
    form = todo.to_record("complete_follow_up", incident=incident, follow_up=row["follow_up"])
    about = (said.thing("incident", incident),)
    if due_on is None:
        return Item(_("Something to do in a case"), about, "", None, form)
    seconds = parse_timestamp(f"{due_on}T23:59:59") - reader.now
    return Item(_("Something to do in a case"), about, tongue.day(due_on), seconds, form)


def mine(reader: Reader, said: Words) -> Section:
    """What the reader lacks, or will lack, for running an account."""
    row = next(today_rows.of_person(own("/v1/readiness"), reader.person), None)
    items = [
        _lack(what, when, row or {}, reader) for what, when in today_rows.readiness(row, reader)
    ]
    return Section("mine", _("Your own training and reading"), tuple(items))


def _lack(what: str, when: str | None, row: Row, reader: Reader) -> Item:
    if what == "policy":
        version = row["policy_version"]
        form = todo.to_record("acknowledge_policy", policy_version=version, person=reader.person)
        return Item(_("You have not acknowledged the policy"), (), "", None, form)
    if when is None:
        return Item(_("No training of yours is recorded"), ())
    seconds = parse_timestamp(when) - reader.now
    return Item(_("Your training ends"), (), tongue.moment(when), seconds)


def holds(reader: Reader, said: Words) -> Section:
    asked = ask("/v1/holds")
    items = [
        Item(
            _("Data that must be kept"),
            (said.thing("hold", row["hold"]), *_incident(row, said)),
            _("since %(moment)s", moment=tongue.moment(row["from"])),
            todo=todo.to_record("release_legal_hold", hold=row["hold"]),
        )
        for row in asked.answer
        if row["to"] is None
    ]
    return Section("holds", _("Legal holds"), tuple(items), asked.evidence if items else ())


def _incident(row: Row, said: Words) -> tuple[Any, ...]:
    return (said.thing("incident", row["incident"]),) if row["incident"] else ()


def oversight(reader: Reader, said: Words) -> Section:
    """How many records nobody of the governors has looked at."""
    asked = ask("/v1/reviews")
    seen = max((r["size"] for r in asked.answer), default=0)
    items = []
    if seen < asked.size:
        what = ngettext(
            "%(num)s record that no review has seen",
            "%(num)s records that no review has seen",
            asked.size - seen,
        )
        items = [Item(what, (), todo=todo.to_record("record_review", size=asked.size))]
    return Section("oversight", _("Oversight"), tuple(items), asked.evidence)


def keeps_data(reader: Reader) -> bool:
    """Whether legal holds are theirs to watch."""
    return bool(reader.roles & {may.SLT, may.DPO})


def oversees(reader: Reader) -> bool:
    """Whether they look on for the governors."""
    return reader.oversees


def looking() -> tuple[Reader, Words]:
    """Whoever looks at the page, and the words for what they see."""
    person, now = g.token.person, state().now()
    held = ask(f"/v1/people/{person}/roles").answer
    running = frozenset(r["account"] for r in held if r["to"] is None)
    handles = {row["id"]: row["handle"] or row["id"] for row in ask_all("/v1/accounts").answer}
    looks = Reader(person, g.roles, running, now)
    return looks, Words(looks, handles)
