"""ECDSA verification on P-256 and P-384 in plain Python (FIPS 186-4, SEC 1).

For where there is no `cryptography`. Nothing here is secret, so nothing need take the same time.
Points are (X, Y, Z): x = X/Z², y = Y/Z³; Z = 0 is the point at infinity.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Tuple

Point = Tuple[int, int, int]

_INFINITY: Point = (1, 1, 0)


@dataclass(frozen=True)
class Curve:
    """y² = x³ - 3x + b modulo p, with a point (x, y) of prime order n."""

    name: str
    size: int  # octets of a coordinate
    p: int
    b: int
    n: int
    x: int
    y: int

    def has(self, x: int, y: int) -> bool:
        """Tell whether these are the coordinates of one of its points."""
        p = self.p
        return x < p and y < p and (y * y - x * x * x + 3 * x - self.b) % p == 0


P256 = Curve(
    "P-256",
    32,
    2**256 - 2**224 + 2**192 + 2**96 - 1,
    0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B,
    0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)
P384 = Curve(
    "P-384",
    48,
    2**384 - 2**128 - 2**96 + 2**32 - 1,
    0xB3312FA7E23EE7E4988E056BE3F82D19181D9C6EFE8141120314088F5013875AC656398D8A2ED19D2A85C8EDD3EC2AEF,
    0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973,
    0xAA87CA22BE8B05378EB1C71EF320AD746E1D3B628BA79B9859F741E082542A385502F25DBF55296C3A545E3872760AB7,
    0x3617DE4A96262C6F5D9E98BF9292DC29F8F41DBD289A147CE9DA3113B5F0B8C00A60B1CE1D7E819D7A431D7C90EA0E5F,
)


def holds(curve: Curve, x: int, y: int, digest: bytes, r: int, s: int) -> bool:
    """Tell whether (r, s), each from 1 to n-1, is the signature over a digest by a point."""
    n = curve.n
    e = int.from_bytes(digest, "big") >> max(0, 8 * len(digest) - n.bit_length())
    w = pow(s, -1, n)
    total = _times(curve, e * w % n, (curve.x, curve.y, 1), r * w % n, (x, y, 1))
    if not total[2]:
        return False
    return total[0] * pow(total[2], -2, curve.p) % curve.p % n == r


def _times(curve: Curve, u: int, a: Point, v: int, b: Point) -> Point:
    """Return u times a plus v times b, bit by bit for both at once."""
    choice = (_INFINITY, a, b, _add(curve, a, b))
    total = _INFINITY
    for bit in range(curve.n.bit_length() - 1, -1, -1):
        total = _add(curve, _double(curve, total), choice[(u >> bit & 1) + 2 * (v >> bit & 1)])
    return total


def _double(curve: Curve, a: Point) -> Point:
    x, y, z = a
    p = curve.p
    square = y * y % p
    s = 4 * x * square % p
    m = 3 * (x - z * z) * (x + z * z) % p
    far = (m * m - 2 * s) % p
    return far, (m * (s - far) - 8 * square * square) % p, 2 * y * z % p


def _add(curve: Curve, a: Point, b: Point) -> Point:
    if not a[2] or not b[2]:
        return b if b[2] else a
    p = curve.p
    za, zb = a[2] * a[2] % p, b[2] * b[2] % p
    ua, ub = a[0] * zb % p, b[0] * za % p
    sa, sb = a[1] * zb * b[2] % p, b[1] * za * a[2] % p
    if ua == ub:
        return _double(curve, a) if sa == sb else _INFINITY
    h, r = ub - ua, sb - sa
    square = h * h % p
    cube, v = h * square % p, ua * square % p
    x = (r * r - cube - 2 * v) % p
    return x, (r * (v - x) - sa * cube) % p, h * a[2] * b[2] % p
