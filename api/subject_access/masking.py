"""Everybody but the person themself, without a name and without a number."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

import flask_babel
from flask import g
from flask_babel import gettext as _

from api.tokens import Token
from ledger.domain import matters, presence, standing
from ledger.domain.entries import Entries

YOU = "you"
READER = "subject-access"
HELD = ("names", "roles", "token", "language", "opened")


class Masks:
    """Who everybody in the ledger is to one person, in words and in codes for machines."""

    def __init__(self, known: Entries, ids: Collection[str], now: int) -> None:
        self._known, self.ids, self._now = known, frozenset(ids), now
        self.others = everybody(known) - self.ids

    def code(self, who: str) -> str:
        """`you`, `staff`, `volunteer`, `governor`, `pupil`, `parent`, or `other`."""
        if who in self.ids:
            return YOU
        if standing.registered(self._known, who):
            return presence.kind_of(self._known, who, self._now) or "staff"
        made = next(iter(self._known.naming("subject", who, "SubjectRegistered")), None)
        return str(made.fields["kind"]) if made else "other"

    def words(self, who: str) -> str:
        """The same for people; nobody's id or name is ever given back."""
        told: dict[str, str] = {
            YOU: _("you"),
            "staff": _("another member of staff"),
            "volunteer": _("another volunteer"),
            "governor": _("a governor"),
            "pupil": _("another pupil"),
            "parent": _("another parent or carer"),
        }
        return told.get(self.code(who), str(_("another person")))

    def masked(self, value: Any) -> Any:
        """A value for machines with everybody in it masked."""
        if isinstance(value, dict):
            return {name: self.masked(v) for name, v in value.items()}
        if isinstance(value, list):
            return [self.masked(v) for v in value]
        is_somebody = isinstance(value, str) and (value in self.others or value in self.ids)
        return self.code(value) if is_somebody else value


def everybody(known: Entries) -> frozenset[str]:
    """Every id of a person or a subject in the log."""
    found: set[str] = set()
    for entry in known.all:
        found |= {entry.record.actor, entry.doer, *matters.named_in(entry)}
        if entry.stream.startswith(("person/", "subject/")):
            found.add(entry.key)
    return frozenset(found) - {"system", "unknown"}


@contextmanager
def as_told_to(masks: Masks, language: str) -> Iterator[None]:
    """Within, everything is told in that language, and everybody by their mask.

    The tables of words and of names ask who reads: here it is the person themself, without roles.
    """
    before = {name: g.pop(name) for name in HELD if name in g}
    g.names, g.roles, g.language = masks.words, frozenset(), language
    g.token = Token("local", READER, ("read",))
    try:
        with flask_babel.force_locale(language):
            yield
    finally:
        for name in HELD:
            g.pop(name, None)
        for name, value in before.items():
            setattr(g, name, value)
