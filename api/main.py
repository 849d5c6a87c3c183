"""The console script. `verify` needs no package but `cryptography`, so it goes before the rest."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> None:
    """Run a subcommand and exit with its code; errors of ours are one line, never a traceback."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    rest = _after_verify(arguments)
    if rest is not None:
        from api.verifier import run as verify

        sys.exit(verify(rest, "handledger verify"))
    from api.cli import run

    run(arguments)


def _after_verify(arguments: list[str]) -> list[str] | None:
    """What follows `verify`, where that is the subcommand; `--data DIR` may stand before it."""
    place = 0
    while place < len(arguments) and arguments[place].startswith("--data"):
        place += 1 if "=" in arguments[place] else 2
    return arguments[place + 1 :] if arguments[place : place + 1] == ["verify"] else None


if __name__ == "__main__":
    main()
