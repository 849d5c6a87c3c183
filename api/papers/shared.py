"""Parts that several papers have: what is held, how long, who gets it, what the machine is."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import gettext as _

from api import seeing
from api.document import Heading, Items, Para, Part, Table, blank, plain
from api.pages import tongue, words
from api.papers.categories import categories
from api.papers.facts import Facts
from api.papers.purposes import kinds, purpose
from ledger.domain.catalogue import ACTIONS


def beginning(facts: Facts) -> Iterator[Part]:
    """What every paper begins with: of whom, of when, and how far it is finished."""
    if facts.practice:
        yield Para(_("PRACTICE: made from a practice ledger, with invented people."))
    yield Para(
        _(
            "Made on %(day)s from the settings and the ledger of %(school)s (%(size)s records). "
            "What is marked has to be filled in by the school; what is said of the law has to be "
            "confirmed by its data-protection officer before anybody relies on it.",
            day=tongue.moment(facts.day),
            school=school(facts),
            size=facts.size,
        )
    )


def school(facts: Facts) -> str:
    """The name of the school."""
    return plain(facts.school) or blank(_("name of the school"))


def dpo(facts: Facts) -> str:
    """Who the data-protection officer is, and how to reach them."""
    who = plain(facts.dpo) or blank(_("name of the data-protection officer"))
    reach = blank(_("how to reach the data-protection officer"))
    return f"{who}, {reach}"


def filled(text: str, what: str) -> str:
    """A text that ends with a gap."""
    return f"{text} {blank(what)}"


def controller(facts: Facts) -> Table:
    """Who answers for the data."""
    rows = [
        (_("Controller"), school(facts)),
        (_("Address"), blank(_("postal address, e-mail and telephone of the school"))),
        (_("Data-protection officer"), dpo(facts)),
        (_("Registered with the Information Commissioner"), blank(_("registration number"))),
        (_("Ledger"), facts.origin),
    ]
    return Table(_("Who is responsible"), (_("What"), _("Who")), rows)


def what_is_held() -> Iterator[Part]:
    """Every personal field of the catalogue, by kind of record."""
    columns = (
        _("Kind of record"),
        _("People, by number only"),
        _("Sealed: encrypted beside the record, erasable"),
        _("Stands in the record as it is"),
    )
    rows = [
        (
            words.thing(c.kind) if c.kind else _("Beside any record"),
            "; ".join(c.numbers),
            "; ".join(c.sealed),
            "; ".join(c.open),
        )
        for c in categories()
    ]
    yield Table(_("Personal data, field by field"), columns, rows)
    yield Para(
        _(
            "Every record also says who recorded it, for whom, in which office and when. People "
            "stand in records by number; names are sealed. A sealed value can be erased; numbers, "
            "times and kinds of event cannot: they remain, and are treated as personal data."
        )
    )


def purposes_and_periods(facts: Facts) -> Iterator[Part]:
    """What each kind is for, and how long its names and words are kept."""
    rows = [
        (words.thing(k), purpose(k), _months(facts.months.get(k)), _months(facts.records.get(k)))
        for k in kinds()
    ]
    names = _("To know who a number is.")
    rows.append((_("Names"), names, _months(facts.months["subject"]), ""))
    columns = (
        _("Kind"),
        _("What for"),
        _("How long names and words are kept"),
        _("How long the record itself"),
    )
    yield Table(_("Purposes and periods"), columns, rows)
    if facts.adopted:
        text = _("Retention schedule in force: version %(version)s, adopted by the school.",
                 version=facts.schedule)  # fmt: skip
    else:
        text = _(
            "No retention schedule has been adopted: these are the defaults of the software. "
            "The school has to decide, and to record it."
        )
    yield Para(text)
    yield Para(
        _(
            "What is past its period is proposed for destruction; a person confirms, and the run "
            "is a record. A legal hold stops it."
        )
    )


def _months(number: int | None) -> str:
    if number is None:
        return str(_("as long as the ledger"))
    return str(_("%(months)s months after it has ended", months=number))


def recipients(facts: Facts) -> Iterator[Part]:
    """Who gets what, inside and outside; only what is configured is said to be used."""
    offices = ", ".join(sorted(words.role(role) for role in seeing.VALUES[seeing.OUTSIDERS]))
    agencies = ", ".join(sorted(_agencies()))
    rows = [
        (_("Everybody of the school with access"), _("which accounts there are, who runs them")),
        (_("Names of pupils, parents and others"), offices),
        (_("Restricted reports"), _("the chair of governors and who is involved; nobody else")),
        (_("Agencies, where an incident needs it"), agencies),
        (_("Auditors, the local authority, courts"), _("evidence files; each is on record")),
        (_("The person themself"), _("a subject access file; each is on record")),
    ]
    yield Table(_("Who can get what"), (_("Who or what"), _("What or who")), rows)
    yield Table(
        _("Services outside, as they are set up now"),
        (_("Service"), _("Who"), _("What it gets")),
        list(_services(facts)),
    )


def _agencies() -> Iterator[str]:
    for declared in ACTIONS["notify_agency"].fields:
        if declared.name == "agency":
            yield from (words.code(code, "agency") for code in declared.allowed)


def _services(facts: Facts) -> Iterator[tuple[str, str, str]]:
    none = _("none is set up")
    yield (
        _("Machine and hosting"),
        blank(_("who runs the machine, under which contract, in which country")),
        _("everything; sealed values are encrypted, and the keys lie on the same machine "
          "unless the school keeps them elsewhere"),
    )  # fmt: skip
    yield (
        _("Backups"),
        blank(_("where backups are kept, by whom, and when they are destroyed")),
        _("a copy of the ledger as it was then"),
    )
    yield _("Mail server"), facts.mail or none, _("checkpoints: sizes and hashes, no personal data")
    yield _("Timestamp authority"), facts.authority or none, _("hashes, no personal data")
    witnesses = ", ".join(facts.witnesses) or none
    yield _("Witnesses"), witnesses, _("sizes and hashes, no personal data")
    yield _("Sign-in provider"), facts.provider or none, _("who of the staff signs in, and when")
    shown = _("sizes and hashes are shown to everybody") if facts.public_log else none
    yield _("Public log"), shown, _("how many records there are and when, no personal data")


def rights() -> Iterator[Part]:
    """What people can ask for, and where that is done here."""
    yield Heading(_("Rights"))
    yield Items(
        [
            _("Access: everything about one person in plain words, others masked."),
            _("Rectification: a correction beside the record; the old text stays until erased."),
            _("Erasure: key and values are destroyed; the record of it says that, not what."),
            _("Restriction and objection: recorded, decided, with the clock of the law."),
            _("Reply: whoever is named may confirm or dispute an entry, beside it for good."),
        ]
    )
    yield Para(
        _("Requests are answered within one month, which may be extended by two."), confirm=True
    )
