"""Ed25519 public keys that prove nothing, from the curve's own arithmetic and no code of ours.

Two lists that are known elsewhere too: the 14 encodings of points of small order, under which a
signature holds for nearly any message, and the 38 encodings whose y is not below p, which some
implementations take and others refuse.
"""

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P


def encoded(y, sign):
    return (y | sign << 255).to_bytes(32, "little")


def xs(y):
    """The x with which y is a point: none, one (0), or two."""
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    root = pow(square, (P + 3) // 8, P)
    if root * root % P != square:
        root = root * pow(2, (P - 1) // 4, P) % P
    return sorted({root, -root % P}) if root * root % P == square else []


def add(one, other):
    (a, b), (c, d) = one, other
    t = D * a * b * c * d % P
    return (
        (a * d + b * c) * pow(1 + t, -1, P) % P,
        (b * d + a * c) * pow(1 - t, -1, P) % P,
    )


def times(number, point):
    total = (0, 1)
    while number:
        if number & 1:
            total = add(total, point)
        point, number = add(point, point), number >> 1
    return total


def torsion():
    """The eight points of which eight make nothing: the multiples of one of order 8."""
    for y in range(2, 100):
        for x in xs(y):
            rest = times(L, (x, y))
            if times(4, rest) != (0, 1):
                return {times(n, rest) for n in range(8)}
    raise AssertionError("no point of order 8")


def spellings(point):
    """Every way to write a point: y, or y + p where that has room; x = 0 under either sign."""
    x, y = point
    ys = [one for one in (y, y + P) if one < 2**255]
    return {encoded(one, sign) for one in ys for sign in ((x & 1,) if x else (0, 1))}


SMALL_ORDER = sorted({text for point in torsion() for text in spellings(point)})
NOT_CANONICAL = sorted(encoded(y, sign) for y in range(P, 2**255) for sign in (0, 1))
