"""People outside the register: found by name, and everything that names one of them.

A search is sent as a form: what is typed stands in no address (ACTIONS.md 5.13).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as Answered

from api import naming
from api.context import ledger
from api.pages import linked, links, words
from api.pages.frame import ask, ask_all, may_ask, may_go, not_found, page, seen_by
from api.pages.record import people
from api.pages.record.people import Person
from ledger.domain import standing
from projections import questions

bp = Blueprint("outsiders", __name__, url_prefix="/people/outside")
bp.context_processor(lambda: {"words": words, "linked": linked})

LONGEST = 120  # characters of a name to search for
SAME, LINK = "same_person", "link_subjects"
Row = Mapping[str, Any]


@bp.route("", methods=["GET", "POST"])
@seen_by
def several() -> Response:
    """A search by name, and who may be registered twice."""
    text = request.form.get("name", "").strip()
    too_long = len(text) > LONGEST
    found = people.namesakes(text) if text and not too_long else []
    return page(
        "outsiders",
        400 if too_long else 200,
        text=text,
        found=found,
        too_long=too_long,
        longest=LONGEST,
        doubles=doubles(people.outsiders(), _linked_pairs()),
        registered=len(people.outsiders()),
        new=links.form("register_subject"),
    )


@bp.get("/<subject>")
@seen_by
def one(subject: str) -> Answered:
    """One of them: who they are, whom they belong to, what names them, and what to do next.

    Whoever is in the register has another page.
    """
    known = ledger().entries()
    if standing.registered(known, subject):
        return redirect(url_for("people.one", person=subject), 303)
    if not questions.known(known, "subject", subject):
        return not_found("subject")
    said = ask(f"/v1/subjects/{subject}")
    mine = [p for p in people.outsiders() if p.id == subject]
    requests = ask_all("/v1/requests").answer if may_ask("/v1/requests") else []
    return page(
        "outsiders_one",
        subject=subject,
        said=said,
        row=said.answer,
        since=mine[0].since if mine else "",
        doubles=[q for _, q in doubles(people.outsiders(), _linked_pairs(), subject)],
        link_form=_link_form,
        requests=[r for r in requests if r["subject"] in said.answer["ids"]],
        ask_form=links.form("receive_rights_request", subject=subject),
        hand_out=may_go("handing.review"),
    )


def doubles(
    everybody: Sequence[Person], linked_pairs: set[frozenset[str]], subject: str = ""
) -> list[tuple[Person, Person]]:
    """Pairs of the same kind whose names may be one person's, and that nobody has linked yet."""
    alike: dict[tuple[str, tuple[str, ...]], list[Person]] = defaultdict(list)
    for person in everybody:
        alike[person.kind, naming.key(person.name)].append(person)
    pairs = [
        (p, q) for group in alike.values() for n, p in enumerate(group) for q in group[n + 1 :]
    ]
    if subject:
        pairs = [(p, q) if p.id == subject else (q, p) for p, q in pairs if subject in (p.id, q.id)]
    return [(p, q) for p, q in pairs if frozenset((p.id, q.id)) not in linked_pairs]


def _linked_pairs() -> set[frozenset[str]]:
    found = ledger().entries().of("SubjectsLinked")
    return {frozenset((e.fields["subject"], e.fields["linked_to"])) for e in found}


def _link_form(one_: str, other: str) -> str:
    """The form that says that two are one person; ids and a code stand in its address."""
    return links.form(LINK, subject=one_, linked_to=other, relation=SAME)


__all__ = ("bp", "doubles", "several")
