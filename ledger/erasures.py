"""Erasures are carried out again wherever what they destroyed is there: in a restored copy, say."""

from __future__ import annotations

from collections.abc import Callable, Collection

from ledger.domain.entries import Entries
from ledger.rows import Erasure
from ledger.store import Recorder

SUBJECT = "subject:"


def erased(known: Entries) -> dict[str, int]:
    """Who was erased → the position of the record that says so."""
    return {e.fields["subject"]: e.position for e in known.of("SubjectErased")}


def left_over(store: Recorder, known: Entries) -> list[Erasure]:
    """The keys and values that are there though a record destroyed them."""
    gone = {SUBJECT + person: position for person, position in erased(known).items()}
    if not gone:
        return []
    with store.reading() as c:
        c.execute(
            "SELECT subject FROM subject_keys UNION "
            "SELECT subject FROM sealed_values WHERE subject IS NOT NULL"
        )
        there = {row["subject"] for row in c.fetchall()}
    return [Erasure(name, gone[name]) for name in sorted(gone.keys() & there)]


def destroy(store: Recorder, left: list[Erasure]) -> None:
    """Destroy them, and leave no bytes of them in the write-ahead log."""
    with store.writing() as c:
        for erasure in left:
            erasure.write(c)
    store.truncate_log()


def again(store: Recorder, known: Entries, forget: Callable[[Collection[str]], None]) -> list[str]:
    """Carry out every erasure again, before anything is read; whose keys or values were there.

    `forget` is told of everybody who was erased (see `Ports`).
    """
    left = left_over(store, known)
    if left:
        destroy(store, left)
    forget(erased(known))
    return [erasure.subject for erasure in left]
