"""Ed25519 (RFC 8032), strictly: what one implementation accepts and another refuses is refused.

OpenSSL takes keys of small order, keys with y >= p, and signatures whose R is of small order;
others do not. A signature on which two auditors could disagree proves nothing.
Whether a signature holds is asked of `cryptography`, or, where that is not there, of `curve`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Callable, Tuple

from . import curve
from .curve import P as _P
from .errors import Invalid, Malformed

Holds = Callable[[bytes, bytes, bytes], bool]

# y of the eight points of small order, and the two spellings of 0 and 1 that are not reduced;
# each with either sign bit.
_SMALL_Y = (
    0,
    1,
    _P - 1,
    _P,
    _P + 1,
    0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826,
    0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7,
)
SMALL_ORDER = frozenset(
    (y | sign << 255).to_bytes(32, "little") for y in _SMALL_Y for sign in (0, 1)
)


def check_public_key(raw: bytes) -> None:
    """Raise Malformed unless `raw` is the one encoding of a key that is not of small order."""
    if len(raw) != 32:
        raise Malformed(f"ed25519 key of {len(raw)} octets")
    if raw in SMALL_ORDER:
        raise Malformed(f"ed25519 key of small order: {raw.hex()}")
    if int.from_bytes(raw, "little") & (2**255 - 1) >= _P:
        raise Malformed(f"ed25519 key with y >= p: {raw.hex()}")


def verify(public_key: bytes, signature: bytes, message: bytes) -> None:
    """Raise Invalid unless the 64 octets of `signature` are the key's over `message`.

    Raises Malformed for a key that `check_public_key` refuses.
    """
    if len(signature) != 64:
        raise Invalid(f"ed25519 signature of {len(signature)} octets")
    if signature[:32] in SMALL_ORDER:
        raise Invalid("ed25519 signature with r of small order")
    check_public_key(public_key)
    if not _holds(public_key, signature, message):
        raise Invalid("ed25519 signature does not fit key and message")


def _plain() -> Tuple[str, Holds]:
    return "plain Python", curve.holds


def _openssl() -> Tuple[str, Holds]:
    """Return what asks OpenSSL; raise ImportError where it cannot be asked."""
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    load = lru_cache(maxsize=64)(Ed25519PublicKey.from_public_bytes)

    def holds(public_key: bytes, signature: bytes, message: bytes) -> bool:
        try:
            load(public_key).verify(signature, message)
        except (InvalidSignature, ValueError):  # the latter for a key that is no point
            return False
        return True

    try:
        load(b"\x09" + bytes(31))
    except UnsupportedAlgorithm as error:
        raise ImportError(str(error)) from None
    return "cryptography", holds


def _backend() -> Tuple[str, Holds]:
    try:
        return _openssl()
    except ImportError:
        return _plain()


# The only place that picks: the one that is in use, and its name for the report.
BACKEND, _holds = _backend()
