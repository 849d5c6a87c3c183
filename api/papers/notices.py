"""The privacy notices in plain words: one for people of the school, one for families."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import gettext as _

from api.document import Heading, Items, Para, Part
from api.papers import activities, shared
from api.papers.facts import Facts


def for_staff(facts: Facts) -> Iterator[Part]:
    """For staff, volunteers and governors."""
    yield from shared.beginning(facts)
    yield Heading(_("What we keep about you"))
    yield Items(
        [
            _("Your name, your offices, and which school accounts you run or can get into."),
            _("Training, and that you have read the policy."),
            _("What you record and do here: who, what and when, for as long as the ledger lasts."),
            _("Cases in which you are named, and what was decided."),
            _("How you sign in: a scrambled password, a second factor, times of sessions."),
        ]
    )
    yield Heading(_("Why"))
    yield Para(
        _("So that the school can show who is responsible for what, deal with harm, and end "
          "access when somebody leaves. Nobody's work is measured with it.")
    )  # fmt: skip
    yield from activities.grounds()
    yield from _common(facts)


def for_families(facts: Facts) -> Iterator[Part]:
    """For pupils and their parents or carers."""
    yield from shared.beginning(facts)
    yield Heading(_("What we keep about you"))
    yield Items(
        [
            _("If you write to a school account: that you wrote, when, and how we answered."),
            _("If you are in a picture: whether you agreed to be shown, and where it was used."),
            _("If something happened online: what it was, who was in it, what we did."),
            _("If you ask us about your data: what you asked and what we answered."),
            _("Your name is locked away under a key of its own; records show only a number."),
        ]
    )
    yield Heading(_("Why"))
    yield Para(
        _("So that messages are answered, nobody is shown who does not want to be, and harm is "
          "dealt with properly, with somebody able to check that it was.")
    )  # fmt: skip
    yield from activities.grounds()
    yield from _common(facts)


def _common(facts: Facts) -> Iterator[Part]:
    yield Heading(_("How long"))
    yield from shared.purposes_and_periods(facts)
    yield Para(
        _("If your name is erased, it and your words are gone. Numbers, times and kinds of "
          "event stay, and copies that were already given to somebody cannot be called back.")
    )  # fmt: skip
    yield Heading(_("Who sees it"))
    yield from shared.recipients(facts)
    yield from shared.rights()
    yield Heading(_("Questions and complaints"))
    yield Para(_("Ask: %(who)s.", who=shared.dpo(facts)))
    yield Para(
        _("You can complain to the Information Commissioner: ico.org.uk, 0303 123 1113; in Wales "
          "0330 414 6421.")
    )  # fmt: skip
