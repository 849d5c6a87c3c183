"""`python3 -m ledger.proof FILE --trust trust.policy`: bytes only; duties are not replayed."""

from __future__ import annotations

import sys

from .command import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], tuple, "python3 -m ledger.proof"))
