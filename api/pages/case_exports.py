"""Handing out evidence of an incident: the form, and the file."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence

from flask import Response, g, request
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from api import exporting
from api.context import ledger
from api.door import typed
from api.pages import evidence_taken
from api.pages.cases import Matter
from api.pages.frame import name_of, page
from ledger.domain import matters
from ledger.outcomes import Declined
from projections.asking import NotFound

NONE, ALL, SOME = "none", "all", "some"
People = Sequence[tuple[str, str]]


def form(
    matter: Matter,
    people: People,
    wrong: Mapping[str, str] | None = None,
    declined: Declined | None = None,
    status: int = 200,
) -> Response:
    """The form: who gets it, and what is disclosed in it. Raises NotFound for a restricted one."""
    _in_clear(matter)
    given = request.form if request.method == "POST" else typed.given_back() or MultiDict()
    return page(
        "investigate_export",
        status,
        matter=matter,
        people=people,
        named=[_words_of(matter), *((who, name_of(who)) for who in named(matter))],
        given_to=given.getlist("given_to") or [g.token.person],
        disclose=given.get("disclose", NONE),
        chosen=given.getlist("subject"),
        wrong=wrong or {},
        refused=evidence_taken.refusal(declined) if declined else None,
        key=secrets.token_urlsafe(16),
    )


def named(matter: Matter) -> list[str]:
    """Everybody whom the records of the matter name: whose sealed values can be in its file."""
    known = ledger().entries()
    entries = [known.at(row["position"]) for row in matter.timeline().answer]
    return sorted({who for entry in entries for who in matters.named_in(entry)})


def _words_of(matter: Matter) -> tuple[str, str]:
    """The free text of the incident, which lies under a key of its own."""
    label = _("What was written in this incident: its summary, notes and reasons")
    return f"{matter.kind}/{matter.id}", str(label)


def taken(matter: Matter, people: People) -> Response:
    """The file, and the record that it was taken; or the form again, and why not."""
    _in_clear(matter)
    given_to, disclose = request.form.getlist("given_to"), _disclosed()
    wrong = _wrong(given_to, disclose, people)
    if wrong:
        return form(matter, people, wrong, status=400)
    want = exporting.wanted({"incident": matter.id}, disclose)
    done = evidence_taken.taken(
        want,
        given_to,
        lambda out, size: evidence_taken.zipped(out, f"evidence-{matter.id}-{size}.zip"),
    )
    if done is None:
        return form(matter, people, {"again": evidence_taken.used_before()}, status=422)
    return done if isinstance(done, Response) else form(matter, people, declined=done, status=409)


def _in_clear(matter: Matter) -> None:
    """Of a restricted incident no file shows anything (docs/decisions/0011)."""
    if matter.restricted:
        raise NotFound("unknown_reference", "incident", "there is no such incident")


def _disclosed() -> list[str]:
    how = request.form.get("disclose", NONE)
    if how == ALL:
        return [ALL]
    return request.form.getlist("subject") if how == SOME else []


def _wrong(given_to: list[str], disclose: list[str], people: People) -> dict[str, str]:
    wrong: dict[str, str] = {}
    if not given_to:
        wrong["given_to"] = _("Say who it is given to: choose one person at least.")
    if not set(given_to) <= {who for who, _name in people}:
        wrong["given_to"] = _("Somebody chosen is not registered. Choose from the list.")
    if request.form.get("disclose", NONE) not in (NONE, ALL, SOME):
        wrong["disclose"] = _("Choose one of these.")
    elif request.form.get("disclose") == SOME and not disclose:
        wrong["disclose"] = _("Choose whose words and names are shown, or that none are.")
    return wrong
