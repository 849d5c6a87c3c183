"""`verify` for a terminal: what signatures prove, each step, the findings, one verdict."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any, Dict, Iterator, Optional, Sequence

from .errors import Malformed
from .note import MAX_NOTE
from .policy import MAX_POLICY, Policy, fingerprint, parse_policy
from .report import IN_WORDS, Check, Finding, Report, WrongUsage
from .verify import verify

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


def main(argv: Sequence[str], checks: Sequence[Check], program: str) -> int:
    """Verify the file named in `argv`, print the answer, return the exit code (CONTRACT 5).

    Wrong usage is 2, with one line on stderr. `checks` are used once.
    """
    parser = _parser(program)
    arguments = parser.parse_args(argv)
    try:
        trust_file = _read(arguments.trust, MAX_POLICY) if arguments.trust else None
        trust = _policy(trust_file) if trust_file is not None else None
        known = [_read(path, MAX_NOTE) for path in arguments.known]
        report = verify(arguments.file, trust, known, checks)
    except (OSError, WrongUsage) as error:
        print(f"{program}: {_plain(error)}", file=sys.stderr)
        return WRONG_USAGE
    if arguments.json:
        print(json.dumps(as_json(report), ensure_ascii=True))
    else:
        for line in as_text(report, trust_file):
            print(line)
    return report.exit_code


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
        "steps": [
            {"number": s.number, "title": s.title, "outcome": s.outcome} for s in report.steps
        ],
    }


def as_text(report: Report, trust_file: Optional[bytes]) -> Iterator[str]:
    """Give the lines of the report; `trust_file` is shown by its fingerprint."""
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
    yield ""
    if report.kind is not None:
        yield f"signatures: checked by {report.signatures_by}"
    if report.kind is not None and "answers" not in report.checks_left_out:
        yield f"answers: {IN_WORDS[report.answers]}"
    if report.checks_left_out:
        yield f"{' and '.join(report.checks_left_out)}: not checked"
    rehearsal = " (rehearsal)" if report.rehearsal else ""
    yield f"{report.verdict}{rehearsal}: {MEANINGS[report.verdict]}"


def _finding(finding: Finding) -> str:
    place = "" if finding.position is None else f" at position {finding.position}"
    return _safe(f"{finding.code}{place}: {finding.detail}")


def _safe(text: str) -> str:
    # What a line quotes is somebody else's: nothing of it may steer, or be unknown to, a terminal.
    return "".join(c if c.isascii() and c.isprintable() else "?" for c in text)


def _parser(program: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=program, description="Verify an evidence file, offline.")
    parser.add_argument("file", metavar="FILE", help="the evidence file, a zip")
    parser.add_argument("--trust", metavar="FILE", help="the school's trust.policy")
    parser.add_argument(
        "--known",
        metavar="CHECKPOINT",
        action="append",
        default=[],
        help="a checkpoint that somebody kept; may be given several times",
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
    return str(error)
