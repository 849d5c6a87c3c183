"""The words in an evidence file for whoever opens it without our program."""

from __future__ import annotations

from typing import Dict, Tuple

README_TEXT = b"""\
EVIDENCE FILE
=============

This zip holds the whole record of how a school governed its social-media accounts, from the
first entry up to one moment. It was written by handledger, format 1, kind "complete".

It is made so that you need not trust the server it came from, the person who handed it to you,
or this text. What you do need, from somewhere else:

  * trust.policy, the school's trust file. Its fingerprint (SHA-256) should stand in the
    governors' minutes. Never take it from the same hand as this file without comparing that.
  * any checkpoint of the same log that you, or anybody, kept earlier.


TO CHECK IT

    python3 handledger-verify.pyz FILE.zip --trust trust.policy [--known OLD-CHECKPOINT]

It needs Python 3.9 or newer and the package "cryptography"; no network, no account. The last
line is one word: VALID, UNANCHORED, SUSPECT, INVALID or MALFORMED. Only VALID, with a trust file
whose fingerprint you compared, means that nothing was changed, removed, added or moved.


WHAT LIES HERE

    checkpoint         the log's name, its number of records and the root over all of them, signed
    tile/entries/...   the records: each after its length in two octets, 256 to a file
    tile/0/... and up  the hashes over them (C2SP tlog-tiles)
    disclosures.jsonl  the words behind those commitments that you may see; may be empty
    manifest.json      the signed list of all other members with their SHA-256


TO CHECK IT BY HAND

Any tools will do; these are the steps.

 1. manifest.json is JSON; its "payload" is base64. Decode it, and compare "sha256" and "size" of
    each member with what you measure. No member may be missing or left over.

 2. Cut each file in tile/entries/ into records: two octets of length, the larger first, then so
    many octets. Number them from 0 through all files. The hash of a record is SHA-256 of one octet
    00 and the record. tile/0/... must hold just these hashes, 32 octets each.

 3. Join hashes in pairs, SHA-256 of one octet 01, the left and the right one, level by level; one
    that is left alone at the end rises as it is. The last one, in base64, must be the third line
    of "checkpoint", and the second line the number of records (RFC 6962).

 4. The checkpoint's signature. In trust.policy the line "log NAME+ID+KEY" gives the name, which
    must be the checkpoint's first line, and the key in base64: one octet 01, then 32 octets. With
    openssl and the usual tools:

      sed -n 1,3p checkpoint > text
      ( printf '\\060\\052\\060\\005\\006\\003\\053\\145\\160\\003\\041\\000'
        printf %s KEY | base64 -d | tail -c 32 ) > key.der
      sed -n 5p checkpoint | cut -d' ' -f3 | base64 -d | tail -c 64 > sig
      openssl pkeyutl -verify -rawin -pubin -keyform DER -inkey key.der -in text -sigfile sig

    If another key signed: it must be one that record 0 admits for purpose "checkpoint", and the
    name must end in the first 32 hex digits of SHA-256 of the "roots" in record 0, written without
    white space. Record 0 carries approvals by these root keys.

 5. Each record is JSON. Its "payload", decoded, is what was recorded; "sig" is Ed25519 over

      DSSEv1 29 application/cloudevents+json LENGTH PAYLOAD

    one space between each, LENGTH being that of the decoded payload in octets, by a key that record
    0 admits for purpose "record" (or that a later record in stream "keyring" admits).

 6. In each stream ("subject") "streamversion" counts 1, 2, 3 without a hole; "time" never goes
    back; no "id" stands twice; "keyring" in "rules" is the number of key records before it.

 7. A line of disclosures.jsonl belongs to the record at its "position". SHA-256 of the line
    "handledger/commitment/v1", a line feed, and the JSON of id, path, salt, source and value, names
    sorted, no white space, must be the "commitment" at that "path" of the record.


WHAT A SIGNATURE DOES NOT PROVE

  * That everything was recorded. What nobody entered is not here. Compare with the platforms' own
    lists, with receipts, and with people; silence shows as missed deadlines and missing checks.
  * That what was entered is true. "occurredat" is a claim; "time" is when the ledger heard of it.
  * That the person named did it. "service-attested" means that the service says who was signed
    in; whoever runs the service could have entered it in their name.
  * That this is the newest state. A file shows the log up to its checkpoint. An older checkpoint
    that is larger than this file, or does not fit to it, shows a cut or a second history.
  * That nobody acted under pressure, or at somebody else's unlocked device.


WHAT IS NOT HERE

Names, contacts and free text are not in the records; a record commits to them with a salted hash.
A commitment without a line in disclosures.jsonl was not disclosed to you, or was erased: the file
verifies just the same, and neither is a fault. In a complete file no record is withheld.

A value that was disclosed and copied out of this file cannot be recalled, neither by erasure in the
ledger nor by deleting the file. Keep it as you would keep the letter it stands for.
"""

# Format 2 says the same, and what answers.json is: each passage stands once, and gives way.
_IN_FORMAT_2: Tuple[Tuple[bytes, bytes], ...] = (
    (b"handledger, format 1, kind", b"handledger, format 2, kind"),
    (
        b"may see; may be empty\n",
        b"""\
may see; may be empty
    answers.json       what the records answer: who ran which account when, which deadlines were met
""",
    ),
    (
        b"""\
    sorted, no white space, must be the "commitment" at that "path" of the record.
""",
        b"""\
    sorted, no white space, must be the "commitment" at that "path" of the record.

 8. answers.json holds answers by the folds of edition "semantics", as of the last record's time
    ("at"), with ids only and no names. Each has as "evidence" the positions of the records that it
    rests on. handledger-verify.pyz computes all of them again from the records alone, and compares.
    By hand, take an answer, and read the records at its positions.
""",
    ),
    (
        b"""\
  * That the person named did it.""",
        b"""\
  * That an answer is true. It is what the records give, and no better than what was entered.
  * That the person named did it.""",
    ),
)


def changed(text: bytes, changes: Tuple[Tuple[bytes, bytes], ...]) -> bytes:
    """Return the text with passages replaced, each of which stands in it once."""
    for old, new in changes:
        assert text.count(old) == 1
        text = text.replace(old, new)
    return text


# Format 4 has a page beside it.
NO_PACKAGE = (
    b"""\
It needs Python 3.9 or newer and the package "cryptography"; no network, no account. The last
line is one word: VALID, UNANCHORED, SUSPECT, INVALID or MALFORMED. Only VALID, with a trust file
""",
    b"""\
It needs Python 3.9 or newer, and nothing else: no network, no account. (It is faster where there is
the package "cryptography".) The last line is one word: VALID, UNANCHORED, SUSPECT, INVALID or
MALFORMED. Only VALID, with a trust file
""",
)
REPORT_LISTED = (
    b"    manifest.json      the signed list",
    b"""\
    report.html        the same to read and to print; it checks the records in your browser
    timestamps/N.tsr   an authority's word on when the log had N records (RFC 3161); perhaps none
    manifest.json      the signed list""",
)
WHAT_NOT = b"""\

WHAT A SIGNATURE DOES NOT PROVE
"""
REPORT_BY_HAND = b"""\
 9. report.html opens without a network, and checks steps 2 to 7 by itself. But whoever forges this
    file can forge the page in it. handledger-verify.pyz compares it with the page that was
    released, and with the other members; until then it shows, and proves nothing.

10. timestamps/N.tsr is over the three lines that the checkpoint had at N records: name, N, root.

      openssl ts -verify -in N.tsr -data LINES -CAfile AUTHORITY.pem

    AUTHORITY.pem is the authority's certificate: take it from the authority, never from the hand
    this file came from, and give it to handledger-verify.pyz as --authority. A later record holds
    the SHA-256 of the file as "token".

"""
_IN_FORMAT_4: Tuple[Tuple[bytes, bytes], ...] = (
    (b"handledger, format 2, kind", b"handledger, format 4, kind"),
    NO_PACKAGE,
    REPORT_LISTED,
    (WHAT_NOT, REPORT_BY_HAND + WHAT_NOT),
)

# Format 5 tells an erased value from one that was not disclosed.
IN_FORMAT_5: Tuple[Tuple[bytes, bytes], ...] = (
    (b"handledger, format 4, kind", b"handledger, format 5, kind"),
    (
        b"""\
    in; whoever runs the service could have entered it in their name.
""",
        b"""\
    in; whoever runs the service could have entered it in their name. "actor-signed" means that a
    key which the person enrolled signed it too ("intent" in the record); not that nobody else had
    that key in hand.
""",
    ),
    (
        b"""\
A commitment without a line in disclosures.jsonl was not disclosed to you, or was erased: the file
""",
        b"""\
A commitment without a line in disclosures.jsonl was not disclosed to you; "disclosed" in the
manifest says of whom the values are. A line with "erased_by" says which record erased the value;
such a record counts in "values_destroyed" how many it erased, and they can be no more. The file
""",
    ),
)

_FORMAT_2 = changed(README_TEXT, _IN_FORMAT_2)
_FORMAT_4 = changed(_FORMAT_2, _IN_FORMAT_4)
# By format, of complete files.
README_TEXTS: Dict[int, bytes] = {
    1: README_TEXT,
    2: _FORMAT_2,
    4: _FORMAT_4,
    5: changed(_FORMAT_4, IN_FORMAT_5),
}
