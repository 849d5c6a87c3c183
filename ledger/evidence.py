"""Writing evidence files: records, proofs, checkpoint, and the sealed values a reader may see."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from ledger import heads
from ledger.disclosing import Disclosing, as_disclosing, everything
from ledger.domain.case import Case, case_of, with_people
from ledger.domain.entries import Entries, is_gone
from ledger.domain.gone import destroyers, holes, words
from ledger.domain.school_time import parse_instant
from ledger.history import Ledger
from ledger.opening import open_row
from ledger.proof.bundle import Leaf, Part, layout_of, write_evidence
from ledger.proof.checkpoint import parse_checkpoint
from ledger.proof.completeness import RETENTION
from ledger.proof.encoding import b64encode
from ledger.proof.form import TIMESTAMP_TYPE
from ledger.proof.heads import HEADS_TYPE
from ledger.proof.headtree import HeadTree
from ledger.proof.layout import CASE, MAX_TIMESTAMPS, PERSON, REDACTED, timestamp_path
from ledger.proof.manifest import ALL, NONE, SOME
from ledger.proof.note import parse_note
from ledger.proof.order import is_never_withheld
from ledger.proof.record import Record
from ledger.proof.timestamp import is_token
from ledger.rows import SealedRow, SubjectKey
from ledger.signing import answering, manifest_signer

Answers = Callable[[Sequence[Record]], Mapping[str, Any]]
# What a case is about and its records by position → what they answer.
CaseAnswers = Callable[[Mapping[str, str], Mapping[int, Record]], Mapping[str, Any]]

RESTRICTED, CHOSEN = "restricted", "chosen"  # beside RETENTION, which nobody asks for


class NotThere(ValueError):
    """Evidence of something that the ledger does not know, or that may not be withheld."""


def export_complete(
    ledger: Ledger,
    out: Path,
    answers: Answers,
    disclose: Collection[str] | Disclosing = (),
    again: int | None = None,
) -> int:
    """Write the whole log into an evidence file; returns its size (the number of records).

    Raises NotThere where records were destroyed: then only a redacted file can be had.
    `answers` gives what the records of a log answer (`projections.semantics.all_answers`).
    `disclose` names the data subjects whose sealed values the reader may see, or single values
    (`POSITION:PATH`); `all` discloses every value that was not erased. The file appears under its
    name only when it is complete.
    `again` is the position of the record of an export that is to be had again, as it was then.
    """
    note = ledger.publish() if again is None else ledger.checkpoint(again)
    _must_be_there(ledger.entries(), range(_size(note)))
    said = answers([entry.record for entry in ledger.entries().all[: _size(note)]])
    return _write(ledger, out, note, said, disclose)


def export_redacted(
    ledger: Ledger,
    out: Path,
    withheld: Mapping[int, str],
    disclose: Collection[str] | Disclosing = (),
    again: int | None = None,
) -> int:
    """Write the log without the records at some positions, each with a reason (`withheld_by`).

    Returns its size. The heads of streams are recorded first; answers are not given. Records that
    were destroyed are withheld besides, under retention.
    """
    whole: set[str] = set()

    def choose(known: Entries) -> set[str]:
        whole.clear()
        shown = (e for e in known.all if e.position not in withheld and not is_gone(e.record))
        whole.update(with_people(known, shown))
        return whole

    note, tree = _heads(ledger, choose, again)
    proofs = [tree.prove(stream) for stream in sorted(whole)]
    left_out = {**withheld, **_destroyed(ledger.entries(), _size(note))}
    part = Part(REDACTED, proofs, withheld=tuple(sorted(left_out.items())))
    return _write(ledger, out, note, {}, disclose, part)


def export_case(
    ledger: Ledger,
    out: Path,
    scope: Mapping[str, str],
    answers: CaseAnswers,
    disclose: Collection[str] | Disclosing = (),
    again: int | None = None,
) -> int:
    """Write evidence of one incident, account or person, or of a range of time (`scope`).

    Returns the size of the log. The heads of streams are recorded first. Raises NotThere.
    """
    chosen: list[Case] = []

    def choose(known: Entries) -> frozenset[str]:
        chosen.append(_chosen(known, scope))
        return chosen[-1].streams

    note, tree = _heads(ledger, choose, again)
    case, size = chosen[-1], _size(note)
    shown = [e for e in ledger.entries().all[:size] if case.shows(e)]
    _must_be_there(ledger.entries(), [e.position for e in shown])
    part = Part(
        PERSON if "person" in scope else CASE,
        [tree.prove(stream) for stream in sorted(case.streams)],
        scope=dict(scope),
        shown=tuple(e.position for e in shown),
        prove=lambda position: ledger.tree.inclusion(position, size),
    )
    said = answers(scope, {e.position: e.record for e in shown})
    return _write(ledger, out, note, said, disclose, part)


def withheld_by(
    known: Entries, named: Collection[str], before: int | None = None
) -> dict[int, str]:
    """Positions to withhold, with reasons, from `restricted` and positions in digits.

    `before` leaves out what was restricted only from that position on. Raises NotThere for what is
    no position, or may never be withheld.
    """
    withheld = {int(name): CHOSEN for name in named if name != RESTRICTED and _is_position(name)}
    if len(withheld) + (RESTRICTED in named) < len(set(named)):
        raise NotThere("what is withheld is neither a position nor restricted")
    for position in withheld:
        if position >= len(known.all):
            raise NotThere(f"there is no record at position {position}")
        stream = known.all[position].stream
        if is_never_withheld(stream):
            raise NotThere(f"position {position} is of stream {stream}, which is never withheld")
    if RESTRICTED in named:
        sealed = (e for e in known.all[:before] if e.type == "Sealed")
        withheld |= {e.position: RESTRICTED for e in sealed}
    return withheld


def _destroyed(known: Entries, size: int) -> dict[int, str]:
    """The records below `size` whose bytes are gone. Raises NotThere where that came later."""
    said, gone = destroyers(known), [p for p in holes(known) if p < size]
    later = [p for p in gone if said[p].position >= size]
    if later:
        raise NotThere(f"as it was then it cannot be had again: {words(known, later)}")
    return dict.fromkeys(gone, RETENTION)


def _must_be_there(known: Entries, positions: Collection[int]) -> None:
    """Raise NotThere, which says which records were destroyed, unless all are still there."""
    gone = [p for p in holes(known) if p in positions]
    if gone:
        raise NotThere(words(known, gone))


def _heads(
    ledger: Ledger, choose: Callable[[Entries], Collection[str]], again: int | None
) -> tuple[bytes, HeadTree]:
    """Heads that are recorded now or, `again`, the same that were recorded before that position."""
    if again is None:
        return ledger.publish_heads(choose)
    known = ledger.entries()
    for size in range(again - 1, 0, -1):
        record = known.all[size].record
        if record.type == HEADS_TYPE:
            past = Entries()
            for entry in known.all[:size]:
                past.see(entry.record)
            tree = heads.tree(ledger.store, ledger.ports, size, record.id, choose(past))
            if tree.root().hex() == record.fields["root"]:
                return ledger.checkpoint(size + 1), tree
    raise NotThere("the heads of that export are not to be found")


def _chosen(known: Entries, scope: Mapping[str, str]) -> Case:
    """What a case shows, with the people who go with it. Raises NotThere."""
    if "from" in scope:
        return _range(known, parse_instant(scope["from"]), parse_instant(scope["to"]))
    [(kind, name)] = scope.items()
    case = case_of(known, scope)
    if not known.version(f"{kind}/{name}") and not (kind == "person" and case.alone):
        raise NotThere(f"nothing is recorded about {kind} {name[:64]}")
    return case


def _range(known: Entries, start: int, end: int) -> Case:
    """What was recorded from `start` up to `end`, and the records before and after, which show
    that there is nothing more."""
    times = [e.record.time for e in known.all]
    first, last = bisect_left(times, start), bisect_left(times, end)
    shown = known.all[max(0, first - 1) : last + 1]
    streams = with_people(known, shown)
    return Case(frozenset(streams), frozenset(e.position for e in shown))


def _is_position(name: str) -> bool:
    return name.isascii() and name.isdigit() and len(name) < 16


def _size(note: bytes) -> int:
    return parse_checkpoint(parse_note(note).text).size


def _write(
    ledger: Ledger,
    out: Path,
    note: bytes,
    answers: Mapping[str, Any],
    disclose: Collection[str] | Disclosing,
    part: Part | None = None,
) -> int:
    size, unfinished = _size(note), out.with_name(out.name + ".part")
    try:
        with answering("no evidence can be signed"):
            write_evidence(
                unfinished,
                checkpoint_note=note,
                origin=ledger.origin,
                size=size,
                entries=_octets(ledger, size),
                answers=answers,
                disclosures=disclosures(ledger, size, disclose, part),
                disclosed=_disclosed(ledger, size, disclose),
                signer=manifest_signer(ledger.keyring(), ledger.ports.record_signer, size),
                part=part,
                timestamps=_tokens(ledger, size),
            )
        unfinished.replace(out)
    finally:
        unfinished.unlink(missing_ok=True)
    return size


def _disclosed(
    ledger: Ledger, size: int, disclose: Collection[str] | Disclosing
) -> str | list[str]:
    """Which values a file of that size discloses, in the words of its manifest.

    Not all where some were erased by a later record, which the file does not hold, or where they
    are somebody's who may not see everything.
    """
    asked = as_disclosing(disclose)
    if not asked.wanted:
        return NONE
    if asked.sees is not everything or asked.singles():
        return SOME
    if "all" not in asked.wanted:
        return sorted(set(asked.wanted))
    with ledger.store.reading() as c:
        c.execute("SELECT max(erased_by) FROM sealed_values WHERE position < ?", (size,))
        return ALL if (c.fetchone()[0] or 0) < size else SOME


def _octets(ledger: Ledger, size: int) -> Iterator[bytes]:
    """The records; of those that were destroyed the leaf hashes."""
    for position, state in enumerate(ledger.raw(0, size)):
        yield state or Leaf(ledger.leaf(position))


def _tokens(ledger: Ledger, size: int) -> dict[int, bytes]:
    """By size, the timestamp tokens that the records name and that lie beside the log still.

    Of those put on record without being checked, only what a verifier takes.
    """
    found: dict[int, bytes] = {}
    stamps = [e.record.fields for e in ledger.entries().all[:size] if e.type == TIMESTAMP_TYPE]
    for said in stamps[-MAX_TIMESTAMPS:]:
        path = ledger.directory / timestamp_path(said["size"])
        token = path.read_bytes() if path.is_file() else b""
        if sha256(token).hexdigest() == said["token"] and is_token(token):
            found[said["size"]] = token
    return found


def disclosures(
    ledger: Ledger,
    size: int,
    disclose: Collection[str] | Disclosing,
    part: Part | None = None,
) -> Iterator[dict[str, Any]]:
    """The values that may be seen of the first `size` records, by position, then path.

    Of one that was erased, by which record. Of one that is gone without there is nothing to say:
    a verifier finds it missing where all are disclosed.
    """
    asked = as_disclosing(disclose)
    if not asked.wanted:
        return
    layout = layout_of(part, size)
    # Sealed acts are nobody's to disclose: whom they are about would read them in the file.
    there = (e for e in ledger.entries().all[:size] if not is_gone(e.record))
    for entry in (e for e in there if e.type != "Sealed"):
        if not layout.shows(entry.position):
            continue
        for path in sorted(entry.record.sealed):
            row = ledger.store.row(SealedRow, (entry.position, path))
            place = {"path": path, "position": entry.position}
            if row is not None and row.erased_by is not None and row.erased_by < size:
                yield {**place, "erased_by": row.erased_by}
            elif (
                row is not None and _is_there(ledger, row) and asked.wants(entry, path, row.subject)
            ):
                salt, value = open_value(ledger, entry.record.id, row)
                yield {**place, "salt": b64encode(salt), "value": value}


def open_value(ledger: Ledger, event_id: str, row: SealedRow) -> tuple[bytes, Any]:
    """Salt and value of a sealed row that was not erased. Raises ValueError when it is damaged."""
    return open_row(ledger.store, ledger.ports.wrapper, ledger.origin, event_id, row)


def _is_there(ledger: Ledger, row: SealedRow) -> bool:
    """Whether value and key exist; where one was taken away no reader gets what is left."""
    if row.subject is None or row.ciphertext is None:
        return False
    return ledger.store.row(SubjectKey, (row.subject,)) is not None
