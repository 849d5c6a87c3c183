"""From a file to a verdict, in the numbered steps of format 10.

No key, rule or flag is taken from the evidence: it comes from the trust file, or from the log
under the roots that the trust file's name pins. There is no step that can be switched off.
"""

from __future__ import annotations

import os
from contextlib import nullcontext
from dataclasses import replace
from typing import BinaryIO, ContextManager, Optional, Sequence, Union

from .checkpoint import Checkpoint
from .encoding import b64encode
from .evidence import Evidence, open_evidence
from .history import History
from .journal import Journal
from .keyring import REHEARSAL
from .manifest import withheld_value
from .policy import Policy
from .reading import Reading
from .report import (
    IN_WORDS,
    MALFORMED,
    NOT_CHECKED,
    NOT_DISCLOSED,
    Check,
    Report,
    WrongUsage,
    in_words,
    verdict_of,
)
from .suspicion import check_suspects
from .timestamps import Timestamps, parse_authorities
from .trust import (
    check_known,
    check_known_origins,
    check_manifest_key,
    check_post_quantum,
    check_trust,
    parse_known,
)

__all__ = ["Source", "WrongUsage", "verify"]

Source = Union[str, "os.PathLike[str]", BinaryIO]

CHECKS = ("answers", "duties")


def verify(
    file: Source,
    trust: Optional[Policy] = None,
    known: Sequence[bytes] = (),
    checks: Sequence[Check] = (),
    authorities: Sequence[bytes] = (),
) -> Report:
    """Return what there is to say about an evidence file; never raises for what is in it.

    `file` is a path or a binary file that can seek, `known` are notes of checkpoints that somebody
    kept, `checks` are rules over the records, used once, `authorities` are PEM files of those
    whose timestamps are believed. Raises WrongUsage when a known checkpoint is none or of another
    log, or an authority no certificate, OSError when the file cannot be read.
    """
    journal = Journal()
    kept, named = parse_known(known), parse_authorities(authorities)
    with _opened(file) as binary:
        evidence = open_evidence(binary, journal)
        if evidence is None:
            return _report(None, None, journal, checks)
        check_known_origins(kept, evidence, trust)
        layout = evidence.layout
        if layout is None:
            return _report(evidence, None, journal, checks)
        stamps = Timestamps(evidence, layout, named, journal)
        sizes = [*(point.size for point in kept), *stamps.sizes]
        reading = Reading(evidence, layout, (*checks, stamps), journal, sizes)
        if reading.records():
            beside = _conclude(evidence, reading, kept, trust, journal)
            if not reading.history.unread:
                stamps.finish(reading.tree.roots)
            evidence.check_report(layout)
            _say(reading, beside, stamps.words(), checks, journal)
        report = _report(evidence, reading, journal, checks)
    return replace(report, timestamps=stamps.stamps(), authorities=stamps.authorities())


def _opened(file: Source) -> ContextManager[BinaryIO]:
    # A file that is handed in stays open.
    return open(file, "rb") if isinstance(file, (str, os.PathLike)) else nullcontext(file)


def _conclude(
    evidence: Evidence,
    reading: Reading,
    known: Sequence[Checkpoint],
    trust: Optional[Policy],
    journal: Journal,
) -> str:
    """Check what needs all records; return what is said of post-quantum signatures."""
    reading.finish()
    keyring = reading.history.keyring
    check_suspects(keyring, evidence.size, evidence.read, journal)
    check_manifest_key(evidence, keyring, journal)
    check_known(known, evidence.size, reading.tree.roots, journal)
    check_trust(evidence, keyring, trust, reading.history.time, journal)
    return check_post_quantum(evidence, keyring, journal)


def _say(
    reading: Reading, beside: str, stamps: str, checks: Sequence[Check], journal: Journal
) -> None:
    layout, history = reading.layout, reading.history
    hidden = f"; {layout.size - history.records} not shown" if layout.is_partial else ""
    journal.say(4, f"{history.records} records of their form{hidden}")
    by_actors = _by_actors(history)
    journal.say(6, f"every signature is by a key valid where it stands{by_actors}{beside}")
    journal.say(7, "times, editions, ids and streams are in order")
    journal.say(11, _duties(reading, checks))
    answers = IN_WORDS[_answers(reading)]
    since_format_2 = layout.edition >= 2
    journal.say(12, f"answers {answers}; timestamps {stamps}" if since_format_2 else answers)


def _by_actors(history: History) -> str:
    signed = history.actors.signed
    return f"; {signed} records are signed by their actors too" if signed else ""


def _duties(reading: Reading, checks: Sequence[Check]) -> str:
    if all(check.name != "duties" for check in checks):
        return "not checked"
    if reading.history.unread:
        return "broke off, for records could not be read"
    positions = _open(reading, checks)
    if not positions:
        return "replayed"
    return f"replayed; not disclosed at {in_words(positions)}: they rest on records not shown"


def _open(reading: Reading, checks: Sequence[Check]) -> Sequence[int]:
    """Return the positions whose duties could not be judged."""
    duties = next((check for check in checks if check.name == "duties"), None)
    return duties.open if duties is not None and reading.layout.is_partial else ()


def _answers(reading: Reading) -> str:
    return reading.history.answers if reading.layout.has_answers else NOT_DISCLOSED


def _report(
    evidence: Optional[Evidence],
    reading: Optional[Reading],
    journal: Journal,
    checks: Sequence[Check],
) -> Report:
    names = {check.name for check in checks}
    checkpoint = evidence.checkpoint if evidence is not None else None
    origin = evidence.origin if evidence is not None else None
    layout = reading.layout if reading is not None else None
    called_for = (*CHECKS, "case") if layout is not None and layout.is_case else CHECKS
    manifest = evidence.manifest if evidence is not None else None
    return Report(
        # Where there was nothing to go on with, what little was read decides nothing.
        verdict=verdict_of(journal.findings()) if evidence is not None else MALFORMED,
        size=evidence.size if evidence is not None else None,
        root=b64encode(checkpoint.root) if checkpoint is not None else None,
        records=reading.history.records if reading is not None else 0,
        findings=journal.findings(),
        steps=journal.steps(),
        origin=origin,
        answers=_answers(reading) if reading is not None else NOT_CHECKED,
        kind=layout.kind if layout is not None else None,
        scope=manifest.scope if manifest is not None else None,
        withheld=tuple(withheld_value(manifest.withheld)) if manifest is not None else (),
        actor_signed=reading.history.actors.signed if reading is not None else 0,
        rehearsal=origin is not None and origin.startswith(f"{REHEARSAL}/"),
        duties_open=tuple(_open(reading, checks)) if reading is not None else (),
        checks_left_out=tuple(name for name in called_for if name not in names),
    )
