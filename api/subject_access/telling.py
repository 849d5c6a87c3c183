"""The subject access file in plain words: one paper, in English or Welsh."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from api import names
from api.document import Document, Heading, Items, Para, Part, Table, Words, plain
from api.pages import linked, record_fields, tongue, words
from api.papers.purposes import purpose
from api.subject_access import withholding
from api.subject_access.gathering import OWN, Gathered, Held, Value
from api.subject_access.masking import Masks
from api.subject_access.reviewing import Review
from ledger.domain import retention
from ledger.domain.entries import Entries
from ledger.domain.school_time import in_london
from ledger.history import Ledger


@dataclass(frozen=True)
class Occasion:
    """For whom and when the file is made (instants). `request` and `asked_at` where it answers a
    request; `standing` is how they stand, as tables."""

    person: str
    school: str
    now: int
    request: str = ""
    asked_at: int = 0
    standing: tuple[Table, ...] = ()


def document(
    ledger: Ledger, gathered: Gathered, review: Review, masks: Masks, occasion: Occasion
) -> Document:
    """The whole paper. To be called within `masking.as_told_to`."""
    known = ledger.entries()
    parts: list[Part] = [
        *_beginning(ledger, gathered, occasion),
        *_records(known, gathered, review, masks),
        *withholding.told(gathered, review),
        *_purposes(known, gathered),
        *_recipients(known, masks),
        *_rights(),
    ]
    title = _("What the school's ledger holds about you")
    return Document(title, tongue.language(), parts, Words("", ""))


def _beginning(ledger: Ledger, gathered: Gathered, occasion: Occasion) -> Iterator[Part]:
    yield Para(
        _(
            "%(school)s keeps a ledger of how its social-media accounts are run. This file says "
            "what it holds about you: %(size)s records were looked through on %(day)s.",
            school=plain(occasion.school),
            size=gathered.size,
            day=tongue.moment(occasion.now),
        )
    )
    if occasion.request:
        yield Para(
            _(
                "It answers your request %(request)s, received on %(at)s.",
                request=occasion.request,
                at=tongue.moment(occasion.asked_at),
            )
        )
    yield Para(
        _(
            "Other people are not named: “another member of staff” may be a different person each "
            "time. The same file for machines is beside this one (what-we-hold.json)."
        )
    )
    yield Heading(_("Who you are here"))
    called = names.name_of(ledger, ledger.entries(), occasion.person)
    yield Items(
        [
            _("Your name as it is held: %(name)s", name=plain(called or _("none"))),
            _("Your numbers in the ledger: %(ids)s", ids=", ".join(sorted(gathered.ids))),
        ]
    )
    yield from occasion.standing


# -- the records ------------------------------------------------------------------------------


def shows(held: Held, review: Review) -> bool:
    """Whether a record itself is told: it is the person's, or words of it were included."""
    decided = (review.of(value) for value in held.values)
    included = any(d is not None and d.text is not None for d in decided)
    return held.is_theirs or held.entry.fields.get("target") is not None or included


def _records(known: Entries, gathered: Gathered, review: Review, masks: Masks) -> Iterator[Part]:
    shown = [held for held in gathered.held if shows(held, review)]
    yield Heading(_("What is recorded"))
    if not shown:
        yield Para(_("Nothing is recorded about you."))
    for held in shown:
        entry = held.entry
        when = tongue.moment(in_london(entry.occurred_at))
        said = _("Record %(position)s", position=entry.position)
        yield Heading(f"{said}: {words.event(entry.type)}, {when}", 3)
        yield Items([*_about(held), *_fields(held, masks), *_texts(held, review)])


def _about(held: Held) -> Iterator[str]:
    entry, record = held.entry, held.entry.record
    yield _("Recorded on %(at)s by: %(who)s", at=tongue.moment(record.time), who=_who(record.actor))
    if entry.doer != record.actor:
        yield _("Done by: %(who)s", who=_who(entry.doer))
    if held.named:
        yield _("You are named in it.")
    if entry.annulled:
        yield _("It was annulled since.")


def _who(person: str) -> str:
    return linked.person(person).text


def _fields(held: Held, masks: Masks) -> Iterator[str]:
    """The clear fields as they read now; an id that stands there as it is gets its mask too."""
    entry = held.entry
    for said in record_fields.said(entry.type, entry.fields):
        texts = [v.text for v in said.values]
        values = ", ".join(masks.words(t) if t in masks.others else t for t in texts)
        yield plain(f"{said.label}: {values}")
    if entry.corrected_at is not None:
        yield _("This was corrected; the record of that stands below.")


def _texts(held: Held, review: Review) -> Iterator[str]:
    for value in held.values:
        label = record_fields.label(value.path, held.entry.record.action)
        text = shown_text(value, review)
        if text is None:
            yield _("%(field)s: left out, see “What was left out”", field=label)
        elif review.is_redacted(value):
            yield f"{label}: {plain(text)} ({_('words about others were taken out')})"
        else:
            yield f"{label}: {plain(text)}"


def shown_text(value: Value, review: Review) -> str | None:
    """What the file holds of a sealed value; None where it is left out."""
    if value.state == OWN:
        return value.text
    decided = review.of(value)
    return decided.text if decided is not None else None


# -- around them ------------------------------------------------------------------------------


def kinds_in(gathered: Gathered) -> list[str]:
    """The kinds of record in it."""
    return sorted({held.entry.stream.partition("/")[0] for held in gathered.held})


def _purposes(known: Entries, gathered: Gathered) -> Iterator[Part]:
    months = retention.schedule(known).months
    yield Heading(_("What it is for, and how long it is kept"))
    rows = [(words.thing(k), purpose(k), kept(months.get(k))) for k in kinds_in(gathered)]
    columns = (_("Kind"), _("What for"), _("How long names and words are kept"))
    yield Table(_("Kinds of record about you"), columns, rows)
    yield Para(
        _(
            "Your name and what lies under your own number are kept for %(span)s. Numbers, times "
            "and kinds of event remain after an erasure: without the name they show that "
            "something happened, not to whom.",
            span=kept(months["subject"]),
        )
    )


def kept(months: int | None) -> str:
    """How long something is kept, in words."""
    if months is None:
        return str(_("as long as the ledger"))
    return str(_("%(months)s months after it has ended", months=months))


def _recipients(known: Entries, masks: Masks) -> Iterator[Part]:
    yield Heading(_("Who has it, and where it is from"))
    yield Para(
        _(
            "People of the school read it as far as their office needs: who runs an account, the "
            "senior leadership team, the moderator, the data-protection officer, governors and "
            "auditors. It was recorded by people of the school; who, stands at each record. No "
            "decision about you is made by a machine."
        )
    )
    rows = [
        (
            tongue.moment(e.record.time),
            words.code(e.fields["scope"], "export_evidence.scope"),
            ", ".join(map(masks.words, e.fields.get("given_to", []))),
        )
        for e in known.of("EvidenceExported")
        if e.fields["scope"] != "subject" or e.fields.get("subject") in masks.ids
    ]
    if rows:
        columns = (_("When"), _("What of"), _("Given to"))
        yield Table(_("Evidence that was handed out and may hold records about you"), columns, rows)


def _rights() -> Iterator[Part]:
    yield Heading(_("What you can do"))
    yield Items(
        [
            _("Ask the school to put right what is wrong: a correction is recorded beside it."),
            _("Ask it to erase your name and words, to limit their use, or object to it."),
            _("Say where you disagree: your reply stands beside the record for good."),
            _("Complain to the school's data-protection officer."),
            _(
                "Complain to the Information Commissioner: ico.org.uk, 0303 123 1113, or the "
                "office in Wales, 0330 414 6421; or go to court."
            ),
        ]
    )


# -- the same for machines --------------------------------------------------------------------


def as_data(
    gathered: Gathered, review: Review, masks: Masks, occasion: Occasion
) -> Mapping[str, Any]:
    """Everything in codes, for programs; others masked by kind."""
    shown = [held for held in gathered.held if shows(held, review)]
    return {
        "format": "handledger subject access 1",
        "school": occasion.school,
        "made_at": in_london(occasion.now),
        "records_in_ledger": gathered.size,
        "request": occasion.request or None,
        "ids": sorted(gathered.ids),
        "records": [_row(held, review, masks) for held in shown],
        "left_out": withholding.rows(gathered, review),
    }


def _row(held: Held, review: Review, masks: Masks) -> dict[str, Any]:
    entry = held.entry
    texts = {v.path: t for v in held.values if (t := shown_text(v, review)) is not None}
    redacted: Sequence[str] = [v.path for v in held.values if review.is_redacted(v)]
    return {
        "position": entry.position,
        "event_id": entry.record.id,
        "type": entry.type,
        "action": entry.record.action,
        "happened_at": in_london(entry.occurred_at),
        "recorded_at": in_london(entry.record.time),
        "recorded_by": masks.code(entry.record.actor),
        "done_by": masks.code(entry.doer),
        "you_are_named": held.named,
        "fields": masks.masked(dict(entry.fields)),
        "texts": texts,
        "words_taken_out": redacted,
        "annulled": entry.annulled,
    }
