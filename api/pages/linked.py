"""Names as pages show them: of people, accounts, cases and records, with a link where there is one
that the reader may follow."""

from __future__ import annotations

from dataclasses import dataclass

from flask import g, url_for
from flask_babel import gettext as _

from api.circle import PROTECTED
from api.context import ledger
from api.pages import links
from api.pages.frame import name_of
from api.records import may_read
from ledger.domain import standing

SYSTEM, UNKNOWN = "system", "unknown"


@dataclass(frozen=True)
class Linked:
    """A text, and where it leads: empty where it leads nowhere."""

    text: str
    href: str = ""


def person(who: str | None) -> Linked:
    """Somebody by name, with their page where the reader may open it."""
    special = {
        SYSTEM: _("the ledger itself"),
        UNKNOWN: _("somebody unknown"),
        PROTECTED: _("a reporter whose name is protected"),
    }
    if not who or who in special:
        return Linked(special.get(who or "", ""))
    here = standing.registered(ledger().entries(), who)
    return Linked(name_of(who), links.of("person" if here else "subject", who))


def account(name: str) -> Linked:
    """An account by its handle."""
    created = ledger().entries().stream(f"account/{name}")
    handle = str(created[0].fields.get("handle") or name) if created else name
    return Linked(handle, links.of("account", name) if created else "")


def incident(name: str) -> Linked:
    """An incident by its id; whoever reads a restricted one may open it without any office."""
    inside = url_for("investigate.case", incident=name) if g.get("opened") else ""
    return Linked(name, links.of("incident", name) or inside)


def enquiry(name: str) -> Linked:
    """A message by its id."""
    return Linked(name, links.of("enquiry", name))


def record(position: int) -> Linked:
    """A record by its position; whoever may not read it is told where it is, no more."""
    may = may_read(ledger().entries().at(position)) or position in g.get("opened", ())
    there = url_for("records_pages.one", position=position) if may else ""
    return Linked(_("Record %(position)s", position=position), there)


def stream(name: str) -> Linked:
    """The history of a stream."""
    return Linked(name, url_for("records_pages.several", stream=name))
