"""Everything the ledger holds about one person: the records that concern them, the sealed values.

What lies in a sealed act concerns nobody here: nothing of a restricted incident shows
(docs/decisions/0011).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Set
from dataclasses import dataclass

from api import names, naming
from ledger.disclosing import Sees, everything
from ledger.domain import matters
from ledger.domain.entries import Entries, Entry, ids_in, is_gone
from ledger.evidence import open_value
from ledger.history import Ledger
from ledger.proof.files import SALT
from ledger.rows import SealedRow, SubjectKey
from projections import subjects
from projections.history import History

OWN, OTHERS, NAME, ERASED, UNSEEN = "own", "others", "name", "erased", "unseen"
NAMES = ("name", "first_person.name")
ENDS = ("set.name",)


@dataclass(frozen=True)
class Value:
    """A sealed value beside a record that concerns the person.

    `state` is OWN (under the person's key), OTHERS (words under the key of a case or of somebody
    else), NAME (another person's name), ERASED, or UNSEEN (not for whoever looks it over:
    `api.seeing`); `text` is empty for the last three. `under` is whose key it lies under.
    """

    position: int
    path: str
    state: str
    text: str = ""
    under: str = ""

    @property
    def key(self) -> str:
        """How a decision about it names it."""
        return f"{self.position}.{self.path}"


@dataclass(frozen=True)
class Held:
    """A record that concerns the person: whether they made it or are named in it; else its words
    lie under their key, or hold their name."""

    entry: Entry
    made: bool
    named: bool
    values: tuple[Value, ...]

    @property
    def is_theirs(self) -> bool:
        return self.made or self.named or any(v.state == OWN for v in self.values)


@dataclass(frozen=True)
class Gathered:
    """All of it, under these ids of theirs, of the first `size` records.

    `linked` are ids that somebody said belong to the same person, and that were left out; `gone`
    is how many records were destroyed past their time and tell nobody anything any more.
    """

    ids: frozenset[str]
    linked: frozenset[str]
    size: int
    held: tuple[Held, ...]
    gone: int = 0

    @property
    def to_review(self) -> list[Value]:
        """The values about which somebody has to decide."""
        return [v for h in self.held for v in h.values if v.state == OTHERS]

    @property
    def unseen(self) -> int:
        """How many values somebody else has to look over."""
        return sum(v.state == UNSEEN for h in self.held for v in h.values)


def known(entries: Entries, person: str) -> bool:
    """Whether the ledger ever named anybody by this id."""
    return bool(entries.mentions(person))


def gather(
    ledger: Ledger,
    history: History,
    person: str,
    same: Set[str] = frozenset(),
    sees: Sees = everything,
) -> Gathered:
    """Everything about `person`, and about those of their linked ids that are `same`.

    `sees` says which values whoever looks it over may be shown; the rest waits for somebody else.

    A link is what somebody said: an id is taken for the same person only where a reviewer said so.
    """
    said = subjects.same(history, person, history.entries.all[-1].record.time)
    ids = frozenset({person} | (said & same))
    entries = history.entries
    called = [n for i in ids if (n := names.name_of(ledger, entries, i))]
    here = [e for e in entries.all if not is_gone(e.record)]
    every = [_held(ledger, e, ids, sees) for e in here if e.type != "Sealed"]
    ours = {h.entry.record.id for h in every if h.is_theirs}
    held = [h for h in every if h.is_theirs or _is_beside(h, ours) or _tells_of(h, called)]
    gone = len(entries.all) - len(here)
    return Gathered(ids, frozenset(said - ids), len(entries.all), tuple(held), gone)


def _is_beside(held: Held, ours: Set[str]) -> bool:
    """Whether it corrects, annuls or answers a record that concerns the person."""
    return held.entry.record.fields.get("target") in ours


def _tells_of(held: Held, called: Collection[str]) -> bool:
    """Whether words of it hold the whole name of the person; a nickname is not found."""
    texts = [set(naming.plain(v.text).split()) for v in held.values if v.text]
    return any(set(naming.plain(name).split()) <= words for name in called for words in texts)


def _held(ledger: Ledger, entry: Entry, ids: frozenset[str], sees: Sees) -> Held:
    made = bool({entry.record.actor, entry.doer} & ids)
    named = bool(matters.named_in(entry) & ids) or _mentions(entry, ids)
    return Held(entry, made, named, tuple(_opened(ledger, entry, ids, sees)))


def _mentions(entry: Entry, ids: frozenset[str]) -> bool:
    """Whether any field holds one of the ids: as signed, or as corrected since."""
    fields = (entry.fields, entry.record.fields)
    return any(value in ids for said in fields for _, value in ids_in(entry.type, said))


def _opened(ledger: Ledger, entry: Entry, ids: frozenset[str], sees: Sees) -> Iterator[Value]:
    for path in sorted(p for p in entry.record.sealed if not p.endswith(SALT)):
        row = ledger.store.row(SealedRow, (entry.position, path))
        if row is None or not _is_there(ledger, row) or row.subject is None:
            yield Value(entry.position, path, ERASED)
            continue
        kind, _, whose = row.subject.partition(":")
        mine = kind == "subject" and whose in ids
        if not mine and kind == "subject" and path in (*NAMES, *ENDS):
            yield Value(entry.position, path, NAME)
        elif not sees(entry, path):
            yield Value(entry.position, path, UNSEEN)
        else:
            value = _text(open_value(ledger, entry.record.id, row)[1])
            yield Value(entry.position, path, OWN if mine else OTHERS, value, row.subject)


def _is_there(ledger: Ledger, row: SealedRow) -> bool:
    """Whether the value and its key exist still."""
    if row.subject is None or row.ciphertext is None:
        return False
    return ledger.store.row(SubjectKey, (row.subject,)) is not None


def _text(value: object) -> str:
    return "\n".join(map(str, value)) if isinstance(value, list) else str(value)
