"""The data-protection impact assessment: what the software knows, with gaps for the school."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import gettext as _

from api.document import Heading, Items, Para, Part, Table, blank
from api.papers import activities, shared
from api.papers.facts import Facts


def parts(facts: Facts) -> Iterator[Part]:
    """The paper (Article 35 of the UK GDPR)."""
    yield from shared.beginning(facts)
    yield shared.controller(facts)
    yield Heading(_("1. Why an assessment"))
    yield Para(
        _("It is about children and other people who can be harmed, over a long time, and about "
          "allegations."),
        confirm=True,
    )  # fmt: skip
    yield Heading(_("2. What is done"))
    yield Para(
        _(
            "The school records how its social-media accounts are governed: who runs them, who can "
            "get in, how messages and incidents are dealt with. Each act is a signed record; "
            "auditors can check that none was changed or taken out."
        )
    )
    yield from shared.what_is_held()
    yield from shared.purposes_and_periods(facts)
    yield from shared.recipients(facts)
    yield Heading(_("3. Who was asked"))
    yield Para(
        shared.filled(
            _("Staff, parents, pupils, the data-protection officer:"),
            _("who was asked, when, and what they said"),
        )
    )
    yield Heading(_("4. Is it necessary, and no more than that"))
    yield from activities.grounds()
    yield Items(
        [
            _("No password is ever kept, and no file: only fingerprints of files."),
            _("What is only counted stays a count; senders can be a number without a name."),
            _("Nobody keeps a list of codes elsewhere: people are found by sealed name."),
        ]
    )
    yield from shared.rights()
    yield Heading(_("5. Risks"))
    yield risks()
    yield Heading(_("6. What is done about them"))
    yield from activities.measures()
    yield Heading(_("7. Decision"))
    yield Para(shared.filled(_("Advice of the data-protection officer:"), _("advice and date")))
    yield Para(shared.filled(_("Accepted by:"), _("name, office, date, and next review")))


def risks() -> Table:
    """What can go wrong, what the software does, and what only the school can do."""
    rate = blank(_("how likely, how bad, what remains"))
    rows = [(risk, done, left, rate) for risk, done, left in _risks()]
    columns = (_("Risk"), _("What the software does"), _("What the school does"), _("Judgement"))
    return Table(_("Risks to people"), columns, rows)


def _risks() -> Iterator[tuple[str, str, str]]:
    yield (
        _("Something remains of a person who was erased."),
        _("Name and words are destroyed. Numbers, times and kinds of event remain."),
        _("Never writes down elsewhere who a number was; tells people what remains."),
    )
    yield (
        _("What was disclosed is passed on."),
        _("Each disclosure is on record. A copy that is out cannot be called back."),
        _("Discloses as little as serves; agrees with recipients how long they keep it."),
    )
    yield (
        _("A backup brings an erased person back."),
        _(
            "After an erasure the key around all others is replaced, so that an older copy of the "
            "database opens nothing. An older copy of the keys undoes this."
        ),
        _("Keeps keys and database apart; deletes old copies of the keys after every erasure."),
    )
    yield (
        _("Who runs the machine reads or signs what they should not."),
        _("Keys are under a passphrase; every record shows in the chain. The service can still "
          "sign in anybody's name unless people sign with keys of their own."),
        _("Chooses who runs it, apart from the leadership; keeps the passphrase elsewhere."),
    )  # fmt: skip
    yield (
        _("Free text says more about somebody, or about others, than is needed."),
        _("It is sealed, bounded in length, and looked over before anybody is given it."),
        _("Trains people to write little; takes out what is about others."),
    )
    yield (
        _("Somebody without an office learns that a pupil or parent is registered."),
        _("Only the whole name finds anybody for them, and shows no other name than was typed."),
        _("Tells people that searching out of curiosity is misconduct."),
    )
    yield (
        _("Somebody who is accused learns of a report, or its reporter is found out."),
        _("The report is sealed whole; its time and that it exists still show to who looks at "
          "the number of sealed records."),
        _("Reports about the leadership to the chair, or outside where the machine is theirs."),
    )  # fmt: skip
    yield (
        _("Two people's data are mixed up."),
        _("Likely doubles are only proposed; a reviewer confirms each number before handing out."),
        _("Checks who is meant before linking, and who asks before answering."),
    )
