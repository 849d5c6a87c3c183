"""What exists already and can be chosen in a form: accounts by handle, incidents by kind …

Each kind asks one question of the API, and proposes nothing where the reader may not ask it; then
the reference is typed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask import g
from flask_babel import gettext as _

from api import circle
from api.pages import frame, linked, tongue, words

Options = list[tuple[str, str]]
Row = Mapping[str, Any]
BETWEEN = " · "


def options(what: str) -> Options:
    """`(id, words)` of everything of a kind that the reader may choose; asked once a request."""
    if "things" not in g:
        g.things = {}
    held: dict[str, Options] = g.things
    if what not in held:
        question, listed = ASKS.get(what, ("", None))
        may = listed is not None and frame.may_ask(question)
        held[what] = listed(frame.ask_all(question).answer) if may and listed else []
    return held[what]


def only(what: str) -> str:
    """The one thing of a kind that can be chosen; empty where there are several, or none."""
    found = options(what)
    return found[0][0] if len(found) == 1 else ""


def called(what: str, name: str) -> str:
    """A thing in the words by which it is chosen, else its id."""
    return next((said for key, said in options(what) if key == name), name)


def _joined(*parts: str | None) -> str:
    return BETWEEN.join(p for p in parts if p)


def _accounts(rows: Iterable[Row]) -> Options:
    return [(r["id"], _joined(r["handle"], words.platform(r["platform"]))) for r in rows]


def account(name: str | None) -> str:
    """An account by its handle, a closed one too."""
    here = dict(_accounts(frame.ask_all("/v1/accounts").answer))
    return here.get(name or "") or linked.account(name or "").text


def _applications(rows: Iterable[Row]) -> Options:
    # What waits for somebody stands first.
    waiting = sorted(rows, key=lambda r: r["status"] != "pending")
    return [
        (
            r["application"],
            _joined(
                words.platform(r["platform"]),
                frame.name_of(r["applicant"]),
                tongue.day(r["submitted_at"][:10]),
                words.status(r["status"]),
            ),
        )
        for r in waiting
    ]


def _enquiries(rows: Iterable[Row]) -> Options:
    newest = sorted(rows, key=lambda r: str(r["received_at"]), reverse=True)
    return [
        (
            r["enquiry"],
            _joined(
                words.code(r["kind"], "kind"),
                account(r["account"]),
                tongue.moment(r["received_at"]),
                words.status(r["status"]),
            ),
        )
        for r in newest
    ]


def _incidents(rows: Iterable[Row]) -> Options:
    newest = sorted([*rows, *_restricted()], key=lambda r: str(r["reported_at"]), reverse=True)
    return [
        (
            r["incident"],
            _joined(
                words.code(r["kind"], "kind"),
                account(r["account"]),
                tongue.moment(r["reported_at"]),
                words.status(r["status"]),
                _("restricted") if r.get("hidden") else "",
            ),
        )
        for r in newest
    ]


def _restricted() -> list[dict[str, Any]]:
    """The restricted incidents that the reader may see."""
    return [{**r, "hidden": True} for r in circle.incidents(circle.mine(), {}).answer]


def _requests(rows: Iterable[Row]) -> Options:
    return [
        (r["request"], _joined(words.code(r["kind"], "kind"), tongue.moment(r["received_at"])))
        for r in rows
    ]


def _holds(rows: Iterable[Row]) -> Options:
    return [
        (r["hold"], _joined(_("since %(when)s", when=tongue.moment(r["from"])), r["incident"]))
        for r in rows
        if r["to"] is None
    ]


def _posts(rows: Iterable[Row]) -> Options:
    newest = sorted(rows, key=lambda r: str(r["published_at"]), reverse=True)
    return [
        (r["post"], _joined(account(r["account"]), tongue.moment(r["published_at"]), r["post"]))
        for r in newest
    ]


def _policies(answer: Row) -> Options:
    found = answer.get("versions") or [] if answer else []
    return [(r["policy_version"], _joined(r["title"], tongue.day(r["ratified_on"]))) for r in found]


def _documents(rows: Iterable[Row]) -> Options:
    return [
        (r["document_version"], _joined(words.code(r["document"]), tongue.moment(r["linked_at"])))
        for r in rows
    ]


def _sessions(rows: Iterable[Row]) -> Options:
    return [(r["session"], _joined(r["course"], tongue.day(r["held_on"]))) for r in rows]


def _concerns(rows: Iterable[Row]) -> Options:
    return [
        (r["concern"], _joined(words.code(r["kind"], "kind"), tongue.moment(r["raised_at"])))
        for r in rows
    ]


def _asked(kind: str) -> Callable[[Iterable[Row]], Options]:
    return lambda rows: [
        (r["id"], _joined(words.code(kind), tongue.moment(r["at"])))
        for r in rows
        if r["kind"] == kind
    ]


def _unapproved(answer: Row) -> Options:
    return [(name, name) for name in answer["unapproved_accounts"]]


def _follow_ups(answer: Row) -> Options:
    rows = answer.get("follow_ups", [])
    return [(r["follow_up"], _joined(frame.name_of(r["person"]), r["follow_up"])) for r in rows]


def _to_clear(answer: Row) -> Options:
    return [(name, name) for name in answer["checks_pending"]]


# What a field refers to: the question that lists it, and how its rows are told.
ASKS: Mapping[str, tuple[str, Callable[[Any], Options]]] = {
    "account": ("/v1/accounts", _accounts),
    "advice": ("/v1/advice", _asked("advice")),
    "application": ("/v1/applications", _applications),
    "concern": ("/v1/concerns", _concerns),
    "document_version": ("/v1/documents", _documents),
    "enquiry": ("/v1/enquiries", _enquiries),
    "follow_up": ("/v1/open-items", _follow_ups),
    "found": ("/v1/open-items", _unapproved),
    "hold": ("/v1/holds", _holds),
    "incident": ("/v1/incidents", _incidents),
    "opinion": ("/v1/advice", _asked("second_opinion")),
    "policy_version": ("/v1/policy", _policies),
    "post": ("/v1/posts", _posts),
    "post_to_clear": ("/v1/open-items", _to_clear),
    "request": ("/v1/requests", _requests),
    "session": ("/v1/training-sessions", _sessions),
}
