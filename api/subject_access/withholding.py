"""What a subject access file leaves out, and why: every value is named, never what it says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _

from api.document import Heading, Para, Part, Table
from api.pages import record_fields, tongue
from api.subject_access.gathering import ERASED, NAME, OWN, UNSEEN, Gathered, Held, Value
from api.subject_access.reviewing import Review

NOT_REVIEWED, REDACTED, NOT_CONFIRMED = "not_reviewed", "words_taken_out", "not_confirmed"


def why(value: Value, review: Review) -> str:
    """The code of why a value is left out; empty where it is shown whole."""
    if value.state in (ERASED, NAME):
        return "erased" if value.state == ERASED else "others_name"
    if value.state == UNSEEN:
        return NOT_REVIEWED
    decided = review.of(value)
    if value.state == OWN:
        return ""
    if decided is None:
        return NOT_REVIEWED
    if decided.text is None:
        return decided.reason
    return REDACTED if review.is_redacted(value) else ""


def in_words(code: str) -> str:
    """A reason in words."""
    told: dict[str, str] = {
        "erased": _("erased; nothing of it is left"),
        "others_name": _("the name of another person"),
        NOT_REVIEWED: _("nobody has decided yet whether these words may be shown"),
        REDACTED: _("words about other people were taken out; the rest is shown"),
        NOT_CONFIRMED: _("under another number, and it is not confirmed that this is you"),
        "third_party": _("it is about another person, who has not agreed"),
        "not_about": _("it is not about you"),
        "serious_harm": _("it could seriously harm somebody's health"),
        "crime": _("it could get in the way of preventing or finding out a crime"),
        "legal_advice": _("it is legal advice, or prepared for a court"),
        "security": _("it would help somebody to get into an account"),
        "confidential": _("it was given in confidence, such as a reference"),
    }
    return told[code]


def left_out(gathered: Gathered, review: Review) -> Iterator[tuple[Held, Value, str]]:
    """Every value that is not shown whole, with its record and the code of why."""
    for held in gathered.held:
        for value in held.values:
            code = why(value, review)
            if code:
                yield held, value, code


def told(gathered: Gathered, review: Review) -> Iterator[Part]:
    """The list, and what is left out of every such file."""
    yield Heading(_("What was left out"))
    rows = [
        (
            _("Record %(position)s", position=held.entry.position),
            tongue.moment(held.entry.record.time),
            record_fields.label(value.path, held.entry.record.action),
            in_words(code),
        )
        for held, value, code in left_out(gathered, review)
    ]
    rows += [("", "", _("records"), in_words(NOT_CONFIRMED)) for _name in gathered.linked]
    if rows:
        columns = (_("The record"), _("When it was recorded"), _("What"), _("Why"))
        yield Table(_("Left out here"), columns, rows)
    else:
        yield Para(_("Nothing of the records about you was left out here."))
    if gathered.gone:
        yield Para(
            _(
                "Records destroyed past their time, which nobody can read any more: %(number)s. "
                "Whether any was about you cannot be told.",
                number=gathered.gone,
            )
        )
    yield Para(
        _(
            "In every such file: other people's names and numbers, and random numbers that only "
            "serve to check fingerprints of files. How you sign in is kept apart from the ledger, "
            "scrambled; those who sign in see it under “Me”."
        )
    )
    yield Para(
        _(
            "In every such file, too, whether there is anything of the kind or not: reports that "
            "only a small circle may read, where the law lets the school keep them back. Who "
            "chairs the governors decides about those, and answers for them separately."
        )
    )


def rows(gathered: Gathered, review: Review) -> list[dict[str, Any]]:
    """The list for machines."""
    found: list[dict[str, Any]] = [
        {"position": held.entry.position, "value": value.path, "why": code}
        for held, value, code in left_out(gathered, review)
    ]
    # Which number it is is not said: it may be somebody else's.
    return found + [{"value": "records", "why": NOT_CONFIRMED} for _name in gathered.linked]
