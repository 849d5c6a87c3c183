"""From a file to a verdict, in the numbered steps of format 10.

No key, rule or flag is taken from the evidence: it comes from the trust file, or from the log
under the roots that the trust file's name pins. There is no step that can be switched off.
"""

from __future__ import annotations

import os
from contextlib import nullcontext
from typing import BinaryIO, ContextManager, List, Optional, Sequence, Union

from .checkpoint import Checkpoint
from .encoding import b64encode
from .errors import Malformed, Newer
from .evidence import Evidence, open_evidence
from .history import History
from .journal import Journal
from .keyring import REHEARSAL
from .manifest import DISCLOSURES, has_answers
from .merkle import leaf_hash
from .policy import Policy
from .report import (
    IN_WORDS,
    MALFORMED,
    NOT_CHECKED,
    NOT_DISCLOSED,
    Check,
    Report,
    WrongUsage,
    verdict_of,
)
from .tiles import ENTRIES, TILE_WIDTH, bundle_paths, decode_bundle, tile_path
from .tree import Tree
from .trust import check_known, check_known_origins, check_manifest_key, check_trust, parse_known

__all__ = ["Source", "WrongUsage", "verify"]

Source = Union[str, "os.PathLike[str]", BinaryIO]

CHECKS = ("answers", "duties")


def verify(
    file: Source,
    trust: Optional[Policy] = None,
    known: Sequence[bytes] = (),
    checks: Sequence[Check] = (),
) -> Report:
    """Return what there is to say about an evidence file; never raises for what is in it.

    `file` is a path or a binary file that can seek, `known` are notes of checkpoints that somebody
    kept, `checks` are rules over the records, used once. Raises WrongUsage when a known
    checkpoint is none or of another log, OSError when the file cannot be read.
    """
    journal = Journal()
    kept = parse_known(known)
    with _opened(file) as binary:
        evidence = open_evidence(binary, journal)
        if evidence is None:
            return _report(None, None, journal, checks)
        check_known_origins(kept, evidence, trust)
        disclosures = evidence.read(DISCLOSURES) or b""
        claims = evidence.read_claims()
        history = History(evidence.origin, disclosures, checks, journal, claims)
        tree = Tree(evidence, journal, [checkpoint.size for checkpoint in kept])
        if _read_records(evidence, history, tree, journal):
            _conclude(evidence, history, tree, kept, trust, journal)
            _say(evidence, history, checks, journal)
        return _report(evidence, history, journal, checks)


def _opened(file: Source) -> ContextManager[BinaryIO]:
    # A file that is handed in stays open.
    return open(file, "rb") if isinstance(file, (str, os.PathLike)) else nullcontext(file)


def _read_records(evidence: Evidence, history: History, tree: Tree, journal: Journal) -> bool:
    """Read all records, one bundle at a time; tell whether they could be read to the end."""
    for n, width in bundle_paths(evidence.size):
        entries = _bundle(evidence, n, width, journal)
        if entries is None:
            return False
        tree.add(n, list(map(leaf_hash, entries)))
        for position, entry in enumerate(entries, n * TILE_WIDTH):
            try:
                history.see(position, entry)
            except Newer as error:
                journal.add(4, "newer", str(error), position)
                return False
    return True


def _bundle(evidence: Evidence, n: int, width: int, journal: Journal) -> Optional[List[bytes]]:
    data = evidence.read(tile_path(ENTRIES, n, width))
    if data is None:
        return None
    try:
        return decode_bundle(data, width)
    except Malformed as error:
        journal.add(4, "bundle_form", f"bundle of records from {n * TILE_WIDTH} on: {error}")
        return None


def _conclude(
    evidence: Evidence,
    history: History,
    tree: Tree,
    known: Sequence[Checkpoint],
    trust: Optional[Policy],
    journal: Journal,
) -> None:
    """Check what needs all records."""
    tree.finish(evidence.checkpoint.root if evidence.checkpoint else None)
    history.finish()
    check_manifest_key(evidence, history.keyring, journal)
    check_known(known, evidence.size, tree.roots, journal)
    check_trust(evidence, history.keyring, trust, journal)


def _say(evidence: Evidence, history: History, checks: Sequence[Check], journal: Journal) -> None:
    journal.say(4, f"{history.records} records of their form")
    journal.say(6, "every signature is by a key valid where it stands")
    journal.say(7, "times, editions, ids and streams are in order")
    duties = any(check.name == "duties" for check in checks)
    broken = "broke off, for records could not be read" if history.unread else "replayed"
    journal.say(11, broken if duties else "not checked")
    answers = IN_WORDS[_answers(evidence, history)]
    disclosed = has_answers(evidence.format)
    journal.say(12, f"answers {answers}; timestamps not disclosed" if disclosed else answers)


def _answers(evidence: Evidence, history: History) -> str:
    return history.answers if has_answers(evidence.format) else NOT_DISCLOSED


def _report(
    evidence: Optional[Evidence],
    history: Optional[History],
    journal: Journal,
    checks: Sequence[Check],
) -> Report:
    names = {check.name for check in checks}
    checkpoint = evidence.checkpoint if evidence is not None else None
    origin = evidence.origin if evidence is not None else None
    return Report(
        # Where there was nothing to go on with, what little was read decides nothing.
        verdict=verdict_of(journal.findings()) if evidence is not None else MALFORMED,
        size=evidence.size if evidence is not None else None,
        root=b64encode(checkpoint.root) if checkpoint is not None else None,
        records=history.records if history is not None else 0,
        findings=journal.findings(),
        steps=journal.steps(),
        origin=origin,
        answers=_answers(evidence, history) if evidence and history else NOT_CHECKED,
        kind=evidence.kind if evidence is not None else None,
        rehearsal=origin is not None and origin.startswith(f"{REHEARSAL}/"),
        checks_left_out=tuple(name for name in CHECKS if name not in names),
    )
