"""The record of processing activities."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import gettext as _

from api.document import Heading, Items, Para, Part
from api.papers import shared
from api.papers.facts import Facts


def parts(facts: Facts) -> Iterator[Part]:
    """The paper (Article 30 of the UK GDPR)."""
    yield from shared.beginning(facts)
    yield shared.controller(facts)
    yield Heading(_("Whose data"))
    yield Items(
        [
            _("Staff, volunteers and governors: their offices, what they recorded and did."),
            _("Pupils and parents: where they wrote, are shown, are named in a case, or ask."),
            _("Others who wrote to the school or about it; by number where no name is needed."),
        ]
    )
    yield Heading(_("What is held"))
    yield from shared.what_is_held()
    yield Heading(_("What for, and how long"))
    yield from shared.purposes_and_periods(facts)
    yield Heading(_("On what ground"))
    yield from grounds()
    yield Heading(_("Who gets it"))
    yield from shared.recipients(facts)
    yield Para(shared.filled(_("Outside the United Kingdom:"), _("none, or which and how")))
    yield Heading(_("How it is protected"))
    yield from measures()


def grounds() -> Iterator[Part]:
    """The legal bases, for the data-protection officer to confirm."""
    yield Para(
        _("A public task of the school (Article 6(1)(e) of the UK GDPR): running it well and "
          "keeping pupils safe."),
        confirm=True,
    )  # fmt: skip
    yield Para(
        _("Consent (Article 6(1)(a)) for pictures of a person; it can be withdrawn at any time."),
        confirm=True,
    )
    yield Para(
        _("Special categories, where a case holds any: substantial public interest, safeguarding "
          "(Article 9(2)(g); Data Protection Act 2018, Schedule 1, paragraph 18). Suspected "
          "crimes: Article 10 and the same Schedule."),
        confirm=True,
    )  # fmt: skip
    yield Para(shared.filled(_("Policy document for these:"), _("where it is")))


def measures() -> Iterator[Part]:
    """What the software does; each can be looked up in its documents."""
    yield Items(
        [
            _("Names, contacts and free text are encrypted, by person or by case."),
            _("Who may see and do what follows from offices on record, by one table."),
            _("People sign in with a password and a second factor, or at the school's provider."),
            _("Every record is signed and in one chain: what is changed or removed is found."),
            _("Evidence handed out, erasure and destruction are records themselves."),
            _("Restricted reports are sealed whole: only the number of sealed records shows."),
        ]
    )
    yield Para(
        shared.filled(_("Keys, machine, updates, training:"), _("what the school itself does"))
    )
