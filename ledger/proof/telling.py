"""What a verification says, in words for a terminal and in JSON (CONTRACT 5)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Dict, Iterator, List, Optional, Sequence

from .files import FoundFile, Hash
from .policy import fingerprint
from .report import IN_WORDS, INVALID, MALFORMED, Finding, Report, in_words
from .timestamps import in_words as stamps_in_words
from .whole import Whole

PREFACE = """\
What the signatures prove: that these records, in this order, are what the ledger recorded, and
that none was changed, removed, added or moved since, up to the checkpoint in this file.
What they do not prove: that everything was recorded, that a claimed time or a statement is true,
that the person named was the one who typed, or that this file is the newest there is.
"""

MEANINGS = {
    "VALID": "every byte is accounted for, under the trust file given",
    "UNANCHORED": "it holds together, but nothing you trust says that it is the school's",
    "SUSPECT": "it holds together, but some of it is in doubt",
    "INVALID": "something contradicts: do not rely on this file",
    "MALFORMED": "not an evidence file, newer than this verifier, or beyond its limits",
}


def as_json(report: Report) -> Dict[str, Any]:
    """Return the report as CONTRACT section 5 words it."""
    return {
        "verdict": report.verdict,
        "size": report.size,
        "root": report.root,
        "records": report.records,
        "actor_signed": report.actor_signed,
        "findings": [
            {"code": f.code, "position": f.position, "detail": f.detail} for f in report.findings
        ],
        "answers": report.answers,
        "origin": report.origin,
        "kind": report.kind,
        "scope": report.scope,
        "withheld": list(report.withheld),
        "rehearsal": report.rehearsal,
        "not_checked": list(report.checks_left_out),
        "duties_not_disclosed": list(report.duties_open),
        "signatures_by": report.signatures_by,
        "timestamps": [asdict(stamp) for stamp in report.timestamps],
        "authorities": [asdict(named) for named in report.authorities],
        "steps": [
            {"number": s.number, "title": s.title, "outcome": s.outcome} for s in report.steps
        ],
    }


def as_text(
    report: Report,
    trust_file: Optional[bytes],
    files: Sequence[FoundFile] = (),
    whole: Optional[Whole] = None,
) -> Iterator[str]:
    """Give the lines of the report; `trust_file` is shown by its fingerprint.

    `files` are those of which it was asked what they are the evidence of, `whole` is what the file
    was compared with.
    """
    yield PREFACE
    if report.rehearsal:
        yield "This is a REHEARSAL: practice data, not the record of a school.\n"
    if trust_file is not None:
        yield f"trust file {fingerprint(trust_file)}"
        yield "(compare this fingerprint with the governors' minutes)\n"
    yield from _what(report)
    for step in report.steps:
        yield f"{step.number:2}. {step.title}: {safe(step.outcome)}"
    if report.findings:
        yield ""
    for finding in report.findings:
        yield f"    {_finding(finding)}"
    yield from map(safe, stamps_in_words(report))
    yield from _files_text(report, files)
    yield ""
    if whole is not None:
        other = whole.report
        yield f"the whole log: {other.kind}, {other.size} records, by itself {other.verdict}"
    if report.kind is not None:
        yield f"signatures: checked by {report.signatures_by}"
    if report.kind is not None and "answers" not in report.checks_left_out:
        yield f"answers: {IN_WORDS[report.answers]}"
    if report.checks_left_out:
        yield f"{' and '.join(report.checks_left_out)}: not checked"
    rehearsal = " (rehearsal)" if report.rehearsal else ""
    yield f"{report.verdict}{rehearsal}: {MEANINGS[report.verdict]}"


def _what(report: Report) -> Iterator[str]:
    """Say what the file shows, as its manifest has it."""
    if report.scope is None or report.kind is None:
        return
    about = report.scope if isinstance(report.scope, dict) else {}
    words = ", ".join(f"{name} {value}" for name, value in sorted(about.items()))
    yield safe(f"kind of file: {report.kind}{', ' * bool(words)}{words}")
    for reason in sorted({item["reason"] for item in report.withheld}):
        places = [item["position"] for item in report.withheld if item["reason"] == reason]
        yield f"withheld, {reason}: {in_words(places)}"
    yield ""


def whole_json(whole: Optional[Whole]) -> Dict[str, Any]:
    """Say what the file was compared with; nothing where it was with none."""
    if whole is None:
        return {}
    said = as_json(whole.report)
    names = ("verdict", "kind", "size", "root", "records", "findings")
    more = {"compared": whole.compared, "not_known": whole.not_known}
    return {"whole": {**{name: said[name] for name in names}, **more}}


def files_json(report: Report, files: Sequence[FoundFile]) -> Dict[str, Any]:
    """Say of which records each file is the evidence; nothing where none was asked about.

    Where the evidence file does not hold, null: whatever its records say is not to be relied on.
    """
    if not files:
        return {}
    holds = report.verdict not in (INVALID, MALFORMED)
    return {
        "files": [
            {
                "file": file.name,
                "sha256": file.sha256,
                "evidence_of": _hashes_json(file.evidence_of) if holds else None,
                "not_disclosed": _hashes_json(file.not_disclosed) if holds else None,
            }
            for file in files
        ]
    }


def _hashes_json(hashes: Sequence[Hash]) -> List[Dict[str, Any]]:
    names = ("position", "type", "stream", "field", "salted")
    return [{name: getattr(found, name) for name in names} for found in hashes]


def _files_text(report: Report, files: Sequence[FoundFile]) -> Iterator[str]:
    for file in files:
        yield ""
        yield safe(f"file {file.name}, SHA-256 {file.sha256}")
        if report.verdict in (INVALID, MALFORMED):
            yield f"    not looked up: the evidence file is {report.verdict}"
            continue
        for found in file.evidence_of:
            kind = "salted SHA-256" if found.salted else "SHA-256"
            yield safe(f"    {_place(found)} is its {kind}")
        if not file.evidence_of:
            yield "    no record shown here, whose hash is disclosed, has it as its evidence"
        for found in file.not_disclosed:
            yield safe(f"    {_place(found)}: salt not disclosed")


def _place(found: Hash) -> str:
    return f"record {found.position}, {found.type} in {found.stream}, {found.field}"


def _finding(finding: Finding) -> str:
    place = "" if finding.position is None else f" at position {finding.position}"
    return safe(f"{finding.code}{place}: {finding.detail}")


def safe(text: str) -> str:
    # What a line quotes is somebody else's: nothing of it may steer, or be unknown to, a terminal.
    return "".join(c if c.isascii() and c.isprintable() else "?" for c in text)
