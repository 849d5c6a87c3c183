"""A record as a page shows it: in a row, or whole with what was said of it since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from api.context import ledger
from api.pages import linked, record_fields, tongue, words
from api.pages.frame import name_of
from api.pages.linked import Linked
from api.pages.record_fields import Said
from api.pages.record_search import CORRECTED, LATE, REFUSED, marks
from ledger.domain.catalogue import TYPES
from ledger.domain.catalogue.action import Action
from ledger.domain.entries import Entries, Entry
from ledger.domain.school_time import in_london
from ledger.domain.standing import SYSTEM
from ledger.rows import SealedRow
from projections.history import META
from projections.late import lag
from projections.replies import REPLIES

BESIDE = (*META, *REPLIES)


@dataclass(frozen=True)
class Row:
    """One record in a list. Times are ISO 8601; `remarks` in words."""

    record: Linked
    what: str
    who: Linked
    typed_by: Linked
    at: str
    recorded_at: str
    stream: str
    remarks: tuple[str, ...]


@dataclass(frozen=True)
class Whole:
    """One record with everything beside it."""

    entry: Entry
    row: Row
    signed: Sequence[Said]
    now: Sequence[Said]
    kept_back: Sequence[Said]
    beside: Sequence[tuple[Row, Sequence[Said]]]
    about: Linked
    mark: str
    policy: str
    offices: Sequence[str]
    opened: bool
    vouched: str


def row(entry: Entry) -> Row:
    """A record as a row."""
    record = entry.record
    return Row(
        record=linked.record(entry.position),
        what=words.event(entry.type),
        who=linked.person(entry.doer),
        typed_by=linked.person(record.actor if record.doneby else ""),
        at=in_london(entry.occurred_at),
        recorded_at=in_london(record.time),
        stream=entry.stream,
        remarks=tuple(remarks(entry)),
    )


def remarks(entry: Entry) -> Iterator[str]:
    """What is special about a record, in words."""
    found = marks(entry)
    if REFUSED in found:
        yield record_fields.refusal(entry.fields["code"])
    if LATE in found:
        yield _("recorded %(span)s after it happened", span=tongue.span(lag(entry)))
    if entry.annulled:
        yield _("annulled")
    elif CORRECTED in found:
        yield _("corrected since")
    if entry.record.intent is not None:
        yield _("signed by the person themself")
    if entry.record.irregular:
        yield _("recorded as already done, against the rules")


def whole(entry: Entry, known: Entries, values: Mapping[str, Any] | None = None) -> Whole:
    """A record with everything that `known` has beside it; `values` are sealed ones, opened."""
    record, declared = entry.record, TYPES.get(entry.type)
    signed = [] if entry.type == "Sealed" else record_fields.said(entry.type, record.fields)
    changed = entry.corrected_at is not None
    return Whole(
        entry=entry,
        row=row(entry),
        signed=signed + list(_irregular(entry)),
        now=record_fields.said(entry.type, entry.fields) if changed else [],
        kept_back=list(_opened(entry, values) if values is not None else _kept_back(entry)),
        beside=[(row(e), record_fields.said(e.type, e.fields)) for e in _beside(known, entry)],
        about=linked.stream(entry.stream),
        mark=mark(declared),
        policy=policy(declared),
        offices=[words.office(o) for o in record.actoroffices],
        opened=values is not None,
        vouched=_vouched(entry),
    )


def _vouched(entry: Entry) -> str:
    """Who says that the actor was the one who typed; empty for what the ledger recorded itself."""
    if entry.record.actor == SYSTEM:
        return ""
    if entry.record.intent is not None:
        return str(_("They themself: they signed it with a key of their own."))
    return str(_("The service says so; they did not sign it themself."))


def mark(action: Action | None) -> str:
    """Whether the policy itself asks for a kind of record (ACTIONS.md, Marks), in words."""
    told = {
        "P": _("The policy says this."),
        "R": _("The policy does not say this; its duty cannot be shown without it."),
        "D": _("The school's own choice; the policy does not say this."),
    }
    return str(told.get(action.mark if action else "", ""))


def policy(action: Action | None) -> str:
    """The passage of the policy that a kind of record evidences, in the policy's own words."""
    return action.policy if action and not action.policy.startswith("none") else ""


def _irregular(entry: Entry) -> Iterator[Said]:
    codes = entry.record.irregular
    if codes is not None:
        told = tuple(Linked(record_fields.refusal(code)) for code in codes)
        label = _("Would have been refused, and was done already")
        yield Said(label, told or (Linked(_("no, it would have been accepted")),))


def _beside(known: Entries, entry: Entry) -> list[Entry]:
    """Corrections, annulments and replies that name the record, in the log's order."""
    named = known.naming("target", entry.record.id, *BESIDE)
    return sorted(named, key=lambda e: e.position)


def _opened(entry: Entry, values: Mapping[str, Any]) -> Iterator[Said]:
    for path, value in values.items():
        items = value if isinstance(value, list) else [value]
        yield Said(_label(path, entry), tuple(Linked(str(item)) for item in items))


def _kept_back(entry: Entry) -> Iterator[Said]:
    """The sealed values: a name where the reader may know it, else that it is sealed or erased."""
    for path in sorted(entry.record.sealed):
        held = ledger().store.row(SealedRow, (entry.position, path))
        gone = held is not None and held.erased_by is not None
        yield Said(
            _label(path, entry), (_erased(held.erased_by) if gone else _sealed(entry, path),)
        )


def _label(path: str, entry: Entry) -> str:
    return record_fields.label(path, entry.record.action)


def _erased(by: int) -> Linked:
    return Linked(_("erased, see record %(position)s", position=by), linked.record(by).href)


def _sealed(entry: Entry, path: str) -> Linked:
    """A name that the reader may know reads as it does now."""
    who = {
        "name": entry.fields.get("person") or entry.fields.get("subject"),
        "first_person.name": entry.fields.get("first_person", {}).get("person"),
    }.get(path)
    if who and name_of(who) != who:
        return Linked(name_of(who))
    return Linked(_("sealed"))
