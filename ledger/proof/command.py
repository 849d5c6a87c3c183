"""`verify` for a terminal: its arguments, what they name, its exit code (CONTRACT 5)."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Callable, Optional, Sequence, Tuple

from .certificate import MAX_PEM
from .errors import Malformed
from .files import Hashes
from .note import MAX_NOTE
from .policy import MAX_POLICY, Policy, parse_policy
from .report import Check, Report, WrongUsage
from .telling import as_json, as_text, files_json, safe, whole_json
from .verify import verify
from .whole import Whole, verify_beside

WRONG_USAGE = 2


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
        said = {**as_json(report), **whole_json(whole), **files_json(report, files)}
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


def _parser(program: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=program,
        description="Verify an evidence file, offline.",
        epilog="Exit code: 0 VALID, 10 UNANCHORED, 20 SUSPECT, 30 INVALID, 40 MALFORMED, "
        "2 wrong usage.",
    )
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
    return safe(str(error)) if isinstance(error, WrongUsage) else str(error)
