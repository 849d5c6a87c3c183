"""People outside the register who are registered with what a form records, in one transaction.

Where the record will be sealed nobody is registered in clear beside it: that would show that there
is something to know (docs/decisions/0011).
"""

from __future__ import annotations

from collections.abc import Sequence

from flask import g
from flask_babel import gettext as _

from api import requests
from api.context import ledger
from api.pages import words
from api.pages.record.given import Given, Newcomer
from ledger.desk import Asked, objection
from ledger.outcomes import Declined, NotAll, Receipt

ACTION = "register_subject"


class NotRegistered(Exception):
    """Somebody new cannot be registered as the form says; nothing was recorded."""


def of(given: Given, asked: Asked) -> list[Asked]:
    """The commands that register whom the form names first; none beside a sealed act."""
    if not given.newcomers or is_sealed(asked):
        return []
    key = given.kept.get("key")
    made = {new.id: new for new in given.newcomers.values()}
    return [_register(new, key) for new in made.values()]


def _register(new: Newcomer, key: str | None) -> Asked:
    data = {"subject": new.id, "kind": new.kind, "name": new.name}
    own = f"{key}.{new.id}" if key else None
    return requests.asked(ACTION, g.token.person, {"data": data}, own)


def is_sealed(asked: Asked) -> bool:
    """Whether the command will lie in a sealed act that its actor may take part in."""
    held = ledger()
    now = held.ports.clock.now()
    inside = held.restricted().asked(asked.command, now, lambda: "x-1")
    return inside is not None and inside.admitted


def record(first: Sequence[Asked], asked: Asked) -> Receipt | Declined:
    """Record them and what names them: all of it, or the refusal of what names them alone.

    Raises NotRegistered, and what kept the command out (KeyReused, TooLarge, TooLong).
    """
    try:
        return ledger().record_all([*first, asked])[-1]
    except NotAll as not_all:
        *before, last = not_all.answers
        if any(map(objection, before)):
            raise NotRegistered from None
        if isinstance(last, Exception):
            raise last from None
    return ledger().record(asked)


def told(given: Given, asked: Asked) -> list[str]:
    """What is recorded first about whom the form names for the first time, in words."""
    named = {new.id: new for new in given.newcomers.values()}
    if not named:
        return []
    if is_sealed(asked):
        said = _(
            "This will be sealed, so nobody is registered: they get a number. Write the name into "
            "the text."
        )
        return [str(said)]
    return [
        str(
            _(
                "%(name)s is registered first, under the number %(number)s, as: %(kind)s. The name "
                "is sealed.",
                name=new.name,
                number=new.id,
                kind=words.code(new.kind, "kind"),
            )
        )
        for new in named.values()
    ]
