"""RFC 3161: what is asked of a timestamp authority, and whether what it answered is of that."""

from __future__ import annotations

from ledger.proof.der import BOOLEAN, INTEGER, NULL, OCTETS, OID, SEQUENCE, encode
from ledger.proof.errors import Invalid, Malformed
from ledger.proof.timestamp import Token, check_token, read_token

SHA256 = bytes.fromhex("608648016503040201")


class BadAnswer(Exception):
    """What the authority answered is no timestamp of what was asked."""


def request(digest: bytes, nonce: int) -> bytes:
    """The query for a SHA-256; the certificate is wanted in the answer."""
    algorithm = encode(SEQUENCE, encode(OID, SHA256) + encode(NULL, b""))
    imprint = encode(SEQUENCE, algorithm + encode(OCTETS, digest))
    number = nonce.to_bytes(nonce.bit_length() // 8 + 1, "big")
    one, yes = encode(INTEGER, b"\1"), encode(BOOLEAN, b"\xff")
    return encode(SEQUENCE, one + imprint + encode(INTEGER, number) + yes)


def read_answer(answer: bytes, digest: bytes, nonce: int) -> Token:
    """What a TimeStampResp says; raise BadAnswer unless `verify` would take it, and it is of this.

    So no token is put on record that a verifier refuses, or cannot read.
    """
    try:
        token = read_token(answer)
        check_token(token)
    except (Malformed, Invalid) as error:
        raise BadAnswer(f"the answer is no timestamp: {error}") from None
    if (token.digest, token.nonce) != (digest, nonce):
        raise BadAnswer("the timestamp is of something else than was asked")
    return token
