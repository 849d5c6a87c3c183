"""The console script. `verify` needs no package but `cryptography`, so it goes before the rest."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> None:
    """Run a subcommand and exit with its code; errors of ours are one line, never a traceback."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    rest = _after_verify(arguments)
    if rest is not None:
        sys.exit(_verify(rest))
    from api.cli import run

    run(arguments)


def _after_verify(arguments: list[str]) -> list[str] | None:
    """What follows `verify`, where that is the subcommand; `--data DIR` may stand before it."""
    place = 0
    while place < len(arguments) and arguments[place].startswith("--data"):
        place += 1 if "=" in arguments[place] else 2
    return arguments[place + 1 :] if arguments[place : place + 1] == ["verify"] else None


def _verify(arguments: list[str]) -> int:
    from ledger.domain.case import CaseCheck
    from ledger.domain.replay import Duties
    from ledger.proof.command import main as verify
    from projections.semantics import AnswersCheck

    try:
        return verify(arguments, (Duties(), AnswersCheck(), CaseCheck()), "handledger verify")
    except SystemExit as ended:  # argparse: help or wrong usage
        return int(ended.code or 0)


if __name__ == "__main__":
    main()
