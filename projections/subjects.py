"""People outside the register: who they are, whether they may be shown, all that names them.

Standard library only (ACTIONS.md 5.8, 5.13). Names come from outside, by `name_of`.
"""

from __future__ import annotations

from collections.abc import Iterable

from ledger.domain import images
from ledger.domain.entries import Entry, ids_in
from projections import offices, posts, timeline
from projections.history import OWN, History
from projections.told import NameOf, Row, Told, listed, shown, told, who

SAME = "same_person"


def subjects(history: History, at: int, name_of: NameOf) -> Told:
    """Everybody registered as a subject by `at`: kind, name, and who they are linked to."""
    return listed(_subject(history, e.key, at, name_of) for e in registered(history, at))


def registered(history: History, at: int) -> list[Entry]:
    """The entries that registered a subject by `at`, by id."""
    return sorted(history.of(at, "SubjectRegistered"), key=lambda e: e.key)


def _subject(history: History, subject: str, at: int, name_of: NameOf) -> tuple[Row, set[int]]:
    made = history.stream(f"subject/{subject}", at, "SubjectRegistered")
    erased = offices.erasure(history, subject, at)
    links = _links(history, subject, at)
    row = {
        "subject": subject,
        "kind": made[0].fields["kind"] if made else None,
        "display_name": None if erased else name_of(subject),
        "erased": erased is not None,
        "image_state": images.state(history.entries, subject, at),
        "links": [
            {name: e.fields[name] for name in ("subject", "relation", "linked_to")} for e in links
        ],
    }
    said = [*made[:1], *links, *([erased] if erased else [])]
    return row, {e.position for e in said}


def _links(history: History, subject: str, at: int) -> list[Entry]:
    """The entries by `at` that link the subject with another, from either side."""
    sides = ("subject", "linked_to")
    named = (e for f in sides for e in history.entries.naming(f, subject, "SubjectsLinked"))
    return history.happened(named, at)


def everything(history: History, subject: str, at: int, name_of: NameOf) -> Told:
    """All that names the subject by `at`, under any id of the same person: for a request.

    What names nobody in clear is found by their key: export with `--disclose` and their id.
    """
    row, evidence = _subject(history, subject, at, name_of)
    ids = same(history, subject, at)
    named = history.happened((e for e in history.entries.all if _names(e, ids)), at)
    live = [e for i in sorted(ids) for e in posts.live_with(history, i, at)]
    answer = {
        **row,
        "ids": sorted(ids),
        "records": [timeline.line(history, e) for e in named],
        "live_posts": [e.key for e in live],
    }
    return told(answer, evidence, (e.position for e in (*named, *live)))


def same(history: History, subject: str, at: int) -> set[str]:
    """Every id by `at` that somebody said was dealt for the same person, `subject` among them."""
    found, new = set(), {subject}
    while new:
        found |= new
        linked = (e for i in new for e in _links(history, i, at) if e.fields["relation"] == SAME)
        new = {i for e in linked for i in (e.fields["subject"], e.fields["linked_to"])} - found
    return found


def _names(entry: Entry, ids: set[str]) -> bool:
    if entry.type in OWN or entry.annulled:
        return False
    return entry.doer in ids or any(value in ids for _, value in ids_in(entry.type, entry.fields))


def image_subjects(history: History, at: int) -> Told:
    """Everybody of whom something was said about pictures by `at`, with the live posts of them."""
    said = history.of(at, *images.LISTING, *images.CONSENT)
    return listed(_pictured(history, s, at) for s in sorted({e.fields["subject"] for e in said}))


def _pictured(history: History, subject: str, at: int) -> tuple[Row, set[int]]:
    state = images.state(history.entries, subject, at)
    latest = _latest(history, subject, at, images.LISTING if state in BLOCKED else images.CONSENT)
    live = posts.live_with(history, subject, at)
    row: Row = {
        "subject": subject,
        "state": state,
        "since": shown(latest.occurred_at) if latest else None,
        "scope": latest.fields.get("scope") if latest else None,
        "given_by": latest.fields.get("given_by") if latest else None,
        "may_be_shown": images.may_be_shown(history.entries, subject, at),
        "live_posts": [e.key for e in live],
        **(who(latest) if latest else {}),
    }
    return row, {e.position for e in (*live, *([latest] if latest else ()))}


BLOCKED = (images.NO_PUBLISH, images.OBJECTED)


def _latest(history: History, subject: str, at: int, types: Iterable[str]) -> Entry | None:
    named = history.entries.naming("subject", subject, *types)
    return next(reversed(history.happened(named, at)), None)


def objections(history: History, at: int) -> Told:
    """Objections that SLT or DSP have not decided on by `at`."""
    pending = (
        e
        for e in history.of(at, "ImageObjectionRecorded")
        if images.block(history.entries, e.fields["subject"], at) is e
    )
    return listed(
        ({"subject": e.fields["subject"], "since": shown(e.occurred_at), **who(e)}, {e.position})
        for e in pending
    )
