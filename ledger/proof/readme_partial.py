"""The words in files that do not show all records (format 11): redacted ones, and cases."""

from __future__ import annotations

from typing import Dict, Tuple

from .layout import CASE, COMPLETE, PERSON, REDACTED
from .readme import (
    IN_FORMAT_5,
    NO_PACKAGE,
    README_TEXT,
    README_TEXTS,
    REPORT_BY_HAND,
    REPORT_LISTED,
    WHAT_NOT,
    changed,
)

_HEADS = b"""\
    heads.json         how far each of these streams went, with the path to the hash of them all
"""
_HEADS_BY_HAND = b"""\
    sorted, no white space, must be the "commitment" at that "path" of the record.

 8. The last record has type "StreamHeadsPublished"; its "root" commits to how far every stream had
    gone. For each stream in heads.json: SHA-256 of one octet 00, the nonce, and the JSON of record,
    stream and version, names sorted, no white space, is the leaf. Go up through the 128 hashes of
    "path", 32 octets each: SHA-256 of one octet 01, the left and the right one. The leaf is on the
    right where the bit of SHA-256 of the stream's name is 1; the first hash belongs to bit 128, the
    last one to the first bit. You must come to "root". Then the records shown of that stream must
    count up to "version" without a hole, and "record" is the hash (step 2) of the last of them.
    The last record of the file itself comes after all that it covers.
"""
_MORE = b"""\
  * That the heads are true. They are what the ledger signed; whoever holds the whole log can show a
    false one, and it stands in the log for ever.
  * That the person named did it."""

# Passages of the text that give way.
_MEANS = b"""\
whose fingerprint you compared, means that nothing was changed, removed, added or moved.
"""
_NEITHER = b"""\
verifies just the same, and neither is a fault. In a complete file no record is withheld.
"""

_REDACTED: Tuple[Tuple[bytes, bytes], ...] = (
    (
        b"""\
This zip holds the whole record of how a school governed its social-media accounts, from the
first entry up to one moment. It was written by handledger, format 1, kind "complete".
""",
        b"""\
This zip holds the record of how a school governed its social-media accounts, from the first entry
up to one moment, but for single entries that were withheld. Each of them is counted, and stands in
its place as its hash. It was written by handledger, format 3, kind "redacted".
""",
    ),
    (
        _MEANS,
        b"""\
whose fingerprint you compared, means that nothing was changed, removed, added or moved; what was
withheld is listed, with a reason, in manifest.json.
""",
    ),
    (
        b"    tile/0/... and up  the hashes over them (C2SP tlog-tiles)\n",
        b"""\
    shown/...          the same where records are withheld: those that are left, in order
    tile/0/... and up  the hashes over all records (C2SP tlog-tiles)
"""
        + _HEADS,
    ),
    (
        b"""\
 2. Cut each file in tile/entries/ into records: two octets of length, the larger first, then so
    many octets. Number them from 0 through all files. The hash of a record is SHA-256 of one octet
    00 and the record. tile/0/... must hold just these hashes, 32 octets each.
""",
        b"""\
 2. Cut each file in tile/entries/ and shown/ into records: two octets of length, the larger first,
    then so many octets. Number them from 0 through all files, passing over the positions that
    "withheld" in manifest.json lists. The hash of a record is SHA-256 of one octet 00 and the
    record. tile/0/... must hold just these hashes, 32 octets each; of a withheld record it holds
    all that is known.
""",
    ),
    (
        b"""\
 6. In each stream ("subject") "streamversion" counts 1, 2, 3 without a hole; "time" never goes
""",
        b"""\
 6. In each stream ("subject") "streamversion" counts 1, 2, 3 without a hole, but for withheld
    records that lie between; in "keyring", "ledger" and "person/..." nothing is. "time" never goes
""",
    ),
    (
        b"""\
    sorted, no white space, must be the "commitment" at that "path" of the record.
""",
        _HEADS_BY_HAND,
    ),
    (b"  * That the person named did it.", _MORE),
    (
        _NEITHER,
        b"""\
verifies just the same, and neither is a fault. What a withheld record says is not disclosed, nor is
whether a duty was kept that rests on one. No answers are here: of a part they would mislead.
""",
    ),
)


# What the texts of all cases have in common.
_OF_A_CASE: Tuple[Tuple[bytes, bytes], ...] = (
    (
        _MEANS,
        b"""\
whose fingerprint you compared, means that nothing of it was changed, added or moved, and nothing of
its streams removed.
""",
    ),
    (
        b"""\
    checkpoint         the log's name, its number of records and the root over all of them, signed
    tile/entries/...   the records: each after its length in two octets, 256 to a file
    tile/0/... and up  the hashes over them (C2SP tlog-tiles)
""",
        b"""\
    checkpoint         the log's name, its number of records and the root over all of them, signed
    records/N.json     the record at position N, and
    records/N.tlog-proof  the proof that it is there (C2SP tlog-proof)
    tile/...           the hashes over all records of the log, shown here or not (C2SP tlog-tiles)
"""
        + _HEADS
        + b"""\
    answers.json       what these records answer about it
""",
    ),
    (
        b"""\
 2. Cut each file in tile/entries/ into records: two octets of length, the larger first, then so
    many octets. Number them from 0 through all files. The hash of a record is SHA-256 of one octet
    00 and the record. tile/0/... must hold just these hashes, 32 octets each.
""",
        b"""\
 2. The hash of a record is SHA-256 of one octet 00 and the octets of records/N.json. It must be the
    one at place N in tile/0/..., 32 octets each, 256 to a file. Of all other records tile/0/...
    holds all that is known here.
""",
    ),
    (
        b"""\
 6. In each stream ("subject") "streamversion" counts 1, 2, 3 without a hole; "time" never goes
""",
        b"""\
 6. In each stream ("subject") of heads.json "streamversion" counts 1, 2, 3 without a hole; records
    of other streams stand alone. Where "scope" has "from" and "to", the positions of what was
    recorded in between have no gap, and one record on either side shows where it ends, unless the
    log does. "time" never goes
""",
    ),
    (
        b"""\
    sorted, no white space, must be the "commitment" at that "path" of the record.
""",
        _HEADS_BY_HAND,
    ),
    (b"  * That the person named did it.", _MORE),
    (
        _NEITHER,
        b"""\
verifies just the same, and neither is a fault. The rest of the log is not here: that nothing else
in it bears on the case is not shown, nor is whether a duty was kept that rests on it.
""",
    ),
)


def _case(kind: bytes, about: bytes) -> Tuple[Tuple[bytes, bytes], ...]:
    return (
        (
            b"""\
This zip holds the whole record of how a school governed its social-media accounts, from the
first entry up to one moment. It was written by handledger, format 1, kind "complete".
""",
            b"""\
This zip holds what a school's ledger of its social-media accounts says about """
            + about
            + b""".
What it shows is in the log, and of the streams in heads.json no entry is missing. It was written by
handledger, format 3, kind \""""
            + kind
            + b"""\"; "scope" in manifest.json says what it is about.
""",
        ),
        *_OF_A_CASE,
    )


_FORMAT_3: Dict[str, bytes] = {
    REDACTED: changed(README_TEXT, _REDACTED),
    CASE: changed(README_TEXT, _case(b"case", b"one\nincident, one account, or some days")),
    PERSON: changed(README_TEXT, _case(b"person", b"one\nperson")),
}

# Format 4 has a page beside it.
_IN_FORMAT_4: Tuple[Tuple[bytes, bytes], ...] = (
    (b"handledger, format 3, kind", b"handledger, format 4, kind"),
    NO_PACKAGE,
    REPORT_LISTED,
    (WHAT_NOT, REPORT_BY_HAND.replace(b"2 to 7", b"2 to 8") + WHAT_NOT),
)


def readme_text(edition: int, kind: str) -> bytes:
    """Return the text of README.txt in a file of that format and kind."""
    if kind == COMPLETE:
        return README_TEXTS[edition]
    texts = {3: _FORMAT_3[kind]}
    texts[4] = changed(texts[3], _IN_FORMAT_4)
    texts[5] = changed(texts[4], IN_FORMAT_5)
    return texts[edition]
