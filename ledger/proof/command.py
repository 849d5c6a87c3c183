"""`verify` for a terminal: what signatures prove, each step, the findings, one verdict."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from typing import Any, Callable, Dict, Iterator, List, Optional, Sequence, Tuple

from .certificate import MAX_PEM
from .errors import Malformed
from .files import FoundFile, Hash, Hashes
from .note import MAX_NOTE
from .policy import MAX_POLICY, Policy, fingerprint, parse_policy
from .report import IN_WORDS, INVALID, MALFORMED, Check, Finding, Report, WrongUsage
from .timestamps import in_words
from .verify import verify
from .whole import Whole, verify_beside

WRONG_USAGE = 2

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


def main(argv: Sequence[str], checks: Callable[[], Sequence[Check]], program: str) -> int:
    """Verify the file named in `argv`, print the answer, return the exit code (CONTRACT 5).

    Wrong usage is 2, with one line on stderr. `checks` gives checks for one file each time.
    """
    arguments = _parser(program).parse_args(argv)
    try:
        trust_file = _read(arguments.trust, MAX_POLICY) if arguments.trust else None
        hashes = Hashes()
        report, whole = _verified(arguments, trust_file, checks, hashes)
        files = [hashes.look_up(path) for path in arguments.files]
    except (OSError, WrongUsage) as error:
        print(f"{program}: {_plain(error)}", file=sys.stderr)
        return WRONG_USAGE
    if arguments.json:
        said = {**as_json(report), **_whole_json(whole), **_files_json(report, files)}
        print(json.dumps(said, ensure_ascii=True))
    else:
        for line in as_text(report, trust_file, files, whole):
            print(line)
    return report.exit_code


def _verified(
    arguments: argparse.Namespace,
    trust_file: Optional[bytes],
    checks: Callable[[], Sequence[Check]],
    hashes: Hashes,
) -> Tuple[Report, Optional[Whole]]:
    trust = _policy(trust_file) if trust_file is not None else None
    known = [_read(path, MAX_NOTE) for path in arguments.known]
    named = [_read(path, MAX_PEM) for path in arguments.authorities]
    file, whole = arguments.evidence, arguments.whole
    if whole is None:
        return verify(file, trust, known, (*checks(), hashes), named), None
    return verify_beside(file, whole, trust, known, (*checks(), hashes), checks(), named)


def as_json(report: Report) -> Dict[str, Any]:
    """Return the report as CONTRACT section 5 words it."""
    return {
        "verdict": report.verdict,
        "size": report.size,
        "root": report.root,
        "records": report.records,
        "findings": [
            {"code": f.code, "position": f.position, "detail": f.detail} for f in report.findings
        ],
        "answers": report.answers,
        "origin": report.origin,
        "kind": report.kind,
        "withheld": list(report.withheld),
        "rehearsal": report.rehearsal,
        "not_checked": list(report.checks_left_out),
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
    for step in report.steps:
        yield f"{step.number:2}. {step.title}: {_safe(step.outcome)}"
    if report.findings:
        yield ""
    for finding in report.findings:
        yield f"    {_finding(finding)}"
    yield from map(_safe, in_words(report))
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


def _whole_json(whole: Optional[Whole]) -> Dict[str, Any]:
    """Say what the file was compared with; nothing where it was with none."""
    if whole is None:
        return {}
    said = as_json(whole.report)
    names = ("verdict", "kind", "size", "root", "records", "findings")
    more = {"compared": whole.compared, "not_known": whole.not_known}
    return {"whole": {**{name: said[name] for name in names}, **more}}


def _files_json(report: Report, files: Sequence[FoundFile]) -> Dict[str, Any]:
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
        yield _safe(f"file {file.name}, SHA-256 {file.sha256}")
        if report.verdict in (INVALID, MALFORMED):
            yield f"    not looked up: the evidence file is {report.verdict}"
            continue
        for found in file.evidence_of:
            kind = "salted SHA-256" if found.salted else "SHA-256"
            yield _safe(f"    {_place(found)} is its {kind}")
        if not file.evidence_of:
            yield "    no record shown here, whose hash is disclosed, has it as its evidence"
        for found in file.not_disclosed:
            yield _safe(f"    {_place(found)}: salt not disclosed")


def _place(found: Hash) -> str:
    return f"record {found.position}, {found.type} in {found.stream}, {found.field}"


def _finding(finding: Finding) -> str:
    place = "" if finding.position is None else f" at position {finding.position}"
    return _safe(f"{finding.code}{place}: {finding.detail}")


def _safe(text: str) -> str:
    # What a line quotes is somebody else's: nothing of it may steer, or be unknown to, a terminal.
    return "".join(c if c.isascii() and c.isprintable() else "?" for c in text)


def _parser(program: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=program, description="Verify an evidence file, offline.")
    parser.add_argument("evidence", metavar="FILE", help="the evidence file, a zip")
    parser.add_argument("--trust", metavar="FILE", help="the school's trust.policy")
    parser.add_argument(
        "--known",
        metavar="CHECKPOINT",
        action="append",
        default=[],
        help="a checkpoint that somebody kept; may be given several times",
    )
    parser.add_argument(
        "--authority",
        metavar="CERT",
        dest="authorities",
        action="append",
        default=[],
        help="the certificate (PEM) of an authority whose timestamps you believe, or of one that "
        "vouches for it; may be given several times",
    )
    parser.add_argument(
        "--whole",
        metavar="WHOLE",
        help="an evidence file of the whole log to compare with: "
        "it shows what a case or a redacted file leaves out",
    )
    parser.add_argument(
        "--file",
        metavar="F",
        dest="files",
        action="append",
        default=[],
        help="say of which records this file is the evidence; may be given several times",
    )
    parser.add_argument("--json", action="store_true", help="answer in one line of JSON")
    return parser


def _read(path: str, most: int) -> bytes:
    with open(path, "rb") as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise WrongUsage(f"{path} has more than {most} octets")
    return data


def _policy(data: bytes) -> Policy:
    try:
        return parse_policy(data.decode("utf-8"))
    except UnicodeDecodeError:
        raise WrongUsage("trust file that is not utf-8") from None
    except Malformed as error:
        raise WrongUsage(f"trust file: {error}") from None


def _plain(error: Exception) -> str:
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {(error.strerror or 'unreadable').lower()}"
    return _safe(str(error)) if isinstance(error, WrongUsage) else str(error)
