"""Ed25519 verification in plain Python (RFC 8032), for where there is no `cryptography`.

Cofactorless, as OpenSSL does it: S below L, the hash reduced modulo L, and R' = S·B - h·A
compared with R octet by octet, so that a signature holds here exactly when it holds there. What
keys and signatures are refused beforehand stands in `ed25519`. Nothing here is secret, so nothing
need take the same time. Points are (X, Y, Z, T): x = X/Z, y = Y/Z, xy = T/Z.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha512
from typing import List, Optional, Tuple

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493

_D = -121665 * pow(121666, -1, P) % P
_ROOT_OF_MINUS_1 = pow(2, (P - 1) // 4, P)

Point = Tuple[int, int, int, int]
# Row w holds 0 … 15 times 16^w times a point, so that a multiple is 64 additions.
Table = List[List[Point]]

_IDENTITY: Point = (0, 1, 1, 0)


def holds(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """Tell whether the 64 octets of `signature` are the key's, of 32 octets, over `message`."""
    r, s = signature[:32], int.from_bytes(signature[32:], "little")
    table = _negated(public_key)
    if s >= L or table is None:
        return False
    h = int.from_bytes(sha512(r + public_key + message).digest(), "little") % L
    return _encode(_add(_times(_base(), s), _times(table, h))) == r


@lru_cache(maxsize=64)
def _negated(public_key: bytes) -> Optional[Table]:
    """Return the table of minus the key's point, or None where the key is no point."""
    point = _decode(public_key)
    if point is None:
        return None
    x, y, _, t = point
    return _table((P - x, y, 1, P - t))


@lru_cache(maxsize=1)
def _base() -> Table:
    y = 4 * pow(5, -1, P) % P
    point = _decode(y.to_bytes(32, "little"))
    assert point is not None
    return _table(point)


def _table(point: Point) -> Table:
    rows = []
    for _ in range(64):
        row = [_IDENTITY]
        for _ in range(15):
            row.append(_add(row[-1], point))
        rows.append(row)
        point = _add(row[-1], point)
    return rows


def _times(table: Table, scalar: int) -> Point:
    """Return `scalar`, below 2^256, times the point of the table."""
    total = _IDENTITY
    for row in table:
        total = _add(total, row[scalar & 15])
        scalar >>= 4
    return total


def _add(p: Point, q: Point) -> Point:
    """Return p + q; complete on this curve, so that any two points can be added."""
    a = (p[1] - p[0]) * (q[1] - q[0]) % P
    b = (p[1] + p[0]) * (q[1] + q[0]) % P
    c = 2 * _D * p[3] * q[3] % P
    d = 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _encode(point: Point) -> bytes:
    inverse = pow(point[2], -1, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def _decode(encoding: bytes) -> Optional[Point]:
    """Return the point of an encoding with y < p, or None where the curve has none."""
    number = int.from_bytes(encoding, "little")
    sign, y = number >> 255, number & (2**255 - 1)
    u, v = (y * y - 1) % P, (_D * y * y + 1) % P
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    if v * x * x % P != u:
        x = x * _ROOT_OF_MINUS_1 % P
    if v * x * x % P != u:
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P
