"""All rows, and the document made of them: `python tests/tampering/table.py > docs/tampering.md`."""

import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent
sys.path[:0] = [path for path in (str(TESTS), str(TESTS.parent)) if path not in sys.path]

from tampering import (
    actor_rows,
    file_rows,
    history_rows,
    key_life_rows,
    key_rows,
    other_rows,
    part_rows,
    quantum_rows,
    record_rows,
    said_rows,
    stamp_rows,
    store_rows,
    trust_rows,
    untouched,
)
from tampering.rows import WHO

DOCUMENT = TESTS.parent / "docs/tampering.md"
FILE_PARTS = (
    file_rows.ZIP,
    file_rows.MEMBERS,
    file_rows.RECORDS,
    record_rows.DUTIES,
    record_rows.FORM,
    key_rows.KEYS,
    quantum_rows.FORM,
    key_life_rows.LIFE,
    actor_rows.ACTORS,
    said_rows.SAID,
    history_rows.HISTORY,
    trust_rows.CHECKPOINT,
    trust_rows.TRUST,
    stamp_rows.STAMPS,
    part_rows.REDACTED,
    part_rows.CASE,
    part_rows.WHOLE,
)
STORE_PARTS = (store_rows.DATABASE, store_rows.KEPT)
OTHER_PARTS = (
    quantum_rows.SIGNATURE,
    other_rows.RECEIPTS,
    other_rows.VAULT,
    other_rows.CLOCK,
)
FILE_ROWS = [row for part in FILE_PARTS for row in part.rows]
TAMPERED = [(part.title, part.rows) for part in (*FILE_PARTS, *STORE_PARTS, *OTHER_PARTS)]

PREFACE = """\
# Tampering

What was done to the ledger's files, its database, its keys and its clock, who could do it, and
what is said of it. Each line is an operation that the tests carry out on a copy of a small school's
log of 28 records; this page is made from the same rows (`python tests/tampering/table.py`).
Every file is also asked of `handledger-verify.pyz`, with `cryptography` and without: verdict,
findings, positions and exit code are the same. And a page is made of its members and opened in
Chromium: verdict, codes and the first fault are the same on everything that a page can see, which
is all but the zip itself, README.txt, timestamps, answers, offices, duties and the post-quantum line;
what only ML-DSA tells of that line is asked where there is ML-DSA.

Verdicts and codes are those of [format.md](format.md) 10 and of `verify --json`; a file of which a
VALID is stated here is one that no verifier can tell from an honest one, and what is said beside
it is what the verifier says of what it could not know.
Besides these, `python tests/tampering/fuzz.py` makes mutated files from a seed, a hundred thousand
unless told otherwise: no traceback, no wrong VALID, bounded memory and time.
Of the database: CLOSED, the service starts for reading only and exports nothing; NOT EXPORTED, it
goes on, but no evidence is made of it; INVALID, evidence that discloses all is made of it, and its
verifier misses what is gone; UNHARMED, evidence is octet for octet what it was. `fsck` names each of them.

| who | can |
|---|---|"""


def document():
    """The lines of docs/tampering.md."""
    yield PREFACE
    for number, words in WHO.items():
        yield f"| {number} | {words} |"
    for title, rows in TAMPERED:
        yield from ("", f"## {title}", "")
        yield from ("| what is done | who | verdict | what is said | at |", "|---|---|---|---|---|")
        yield from map(_line, rows)
    yield from ("", "## What is no tampering", "")
    yield "All of these are VALID, with no finding and nothing left unchecked."
    for part in untouched.PARTS:
        yield from ("", f"**{part.title}.** " + "; ".join(row.name for row in part.rows) + ".")


def _line(row):
    place = "" if row.position is None else row.position
    return f"| {row.name} | {row.who} | {row.verdict} | {_said(row.found)} | {place} |"


def _said(found):
    return f"`{found}`" if "_" in found or found in ("container", "keyring", "newer") else found


if __name__ == "__main__":
    print("\n".join(document()))
