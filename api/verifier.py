"""`verify` with everything an auditor runs: bytes, offices and separation of duties, answers.

The same for `handledger verify` and for `handledger-verify.pyz`, so it runs on Python 3.9 and
needs no package but `cryptography`, and not even that.
"""

from __future__ import annotations

from collections.abc import Sequence

from ledger.domain.case import CaseCheck
from ledger.domain.replay import Duties
from ledger.proof.command import main
from ledger.proof.report import Check
from projections.semantics import AnswersCheck


def checks() -> tuple[Check, ...]:
    """New checks, for one file."""
    return Duties(), AnswersCheck(), CaseCheck()


def run(arguments: Sequence[str], program: str) -> int:
    """Verify the file named in `arguments`, print the answer, return the exit code."""
    try:
        return main(arguments, checks, program)
    except SystemExit as ended:  # argparse: help or wrong usage
        return int(ended.code or 0)
