"""The post-quantum line of a checkpoint: ML-DSA-44 (C2SP tlog-cosignature, signature type 6).

Evidence is kept for decades; through the tree this line covers every record. Whether it holds is
asked of `cryptography`, where that has ML-DSA; elsewhere it is said that it was not checked.
"""

from __future__ import annotations

from typing import Callable, Optional, Protocol, Sequence

from .checkpoint import Checkpoint, parse_checkpoint
from .errors import Invalid, Malformed
from .note import key_id, parse_note, signature_of

ML_DSA_44 = 6
_SIGNATURE = 2420  # octets
_LONGEST = 255  # octets of a name, which has its length before it in one

Holds = Callable[[bytes, bytes, bytes], bool]


class PostQuantumSigner(Protocol):
    """Something that holds a private ML-DSA-44 key of the log."""

    @property
    def public_key(self) -> bytes:
        """Return the 1,312 octets of the public key."""

    def sign(self, message: bytes) -> bytes:
        """Return the 2,420 octets of the signature over `message`. Raises SignerGone."""


def message(checkpoint: Checkpoint, seconds: int) -> bytes:
    """Return what is signed: the whole tree, named by the log itself, at so many seconds since
    1970, or at 0 where nothing is said of the time.

    Raises Malformed for a name of more than 255 octets.
    """
    name = checkpoint.origin.encode("utf-8")
    if not may_be_named(checkpoint.origin):
        raise Malformed(f"origin of {len(name)} octets, at most {_LONGEST} for a post-quantum line")
    named, root = bytes([len(name)]) + name, checkpoint.root
    tree = bytes(8) + checkpoint.size.to_bytes(8, "big") + root
    return b"subtree/v1\n\x00" + named + seconds.to_bytes(8, "big") + named + tree


def may_be_named(origin: str) -> bool:
    """Tell whether a log's name is short enough for such lines."""
    return len(origin.encode("utf-8")) <= _LONGEST


def line(checkpoint: Checkpoint, signer: PostQuantumSigner) -> bytes:
    """Return the line of a checkpoint by a post-quantum key of its log, at no time.

    Raises Malformed for a name that is too long, SignerGone where the key cannot be had.
    """
    sig = signer.sign(message(checkpoint, 0))
    ident = key_id(checkpoint.origin, signer.public_key, ML_DSA_44)
    return signature_of(checkpoint.origin, ident + bytes(8) + sig)


def check_lines(note: bytes, keys: Sequence[bytes]) -> str:
    """Return in words what became of the lines by those keys of the log; raise Invalid when one
    does not hold. Lines by other keys are ignored."""
    parsed = parse_note(note)
    checkpoint = parse_checkpoint(parsed.text)
    by_id = {key_id(checkpoint.origin, key, ML_DSA_44): key for key in keys}
    checked = 0
    for line in parsed.signatures:
        if line.name == checkpoint.origin and line.key_id in by_id:
            _check(checkpoint, line.sig, by_id[line.key_id])
            checked += 1
    if not checked:
        return ""
    return "; a post-quantum signature " + ("is not checked here" if HOLDS is None else "holds")


def _check(checkpoint: Checkpoint, sig: bytes, key: bytes) -> None:
    seconds = int.from_bytes(sig[:8], "big")
    if len(sig) != 8 + _SIGNATURE or seconds >= 1 << 63:
        raise Invalid("post-quantum signature of another form")
    if HOLDS is not None and not HOLDS(key, sig[8:], message(checkpoint, seconds)):
        raise Invalid("post-quantum signature does not fit key and checkpoint")


def _backend() -> Optional[Holds]:
    """Return what asks `cryptography`, or None where that is not there or has no ML-DSA."""
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

        MLDSA44PublicKey.from_public_bytes(bytes(1312))
    except Exception:  # UnsupportedAlgorithm comes from what may not be there
        return None

    def holds(public_key: bytes, signature: bytes, signed: bytes) -> bool:
        try:
            MLDSA44PublicKey.from_public_bytes(public_key).verify(signature, signed)
        except (InvalidSignature, ValueError):
            return False
        return True

    return holds


HOLDS = _backend()
