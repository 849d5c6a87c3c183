"""Makes ed25519_vectors.json: signatures at the edge of what RFC 8032 leaves open.

    python tests/vectors/make_ed25519.py

It does its own arithmetic, in affine coordinates and from the curve's equation alone, and says of
each signature whether it satisfies the cofactorless equation with everything reduced and spelt as
it should be (`holds`), and whether handledger accepts it (`accepted`: keys of small order or with
y >= p and R of small order are refused before). The four of RFC 8032, 7.1, are made from the seeds
that stand there, and compared with the signatures that stand there.
"""

import json
from hashlib import sha512
from pathlib import Path

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
I = pow(2, (P - 1) // 4, P)  # noqa: E741


def add(a, b):
    (x1, y1), (x2, y2) = a, b
    t = D * x1 * x2 * y1 * y2 % P
    x = (x1 * y2 + x2 * y1) * pow(1 + t, -1, P) % P
    return x, (y1 * y2 + x1 * x2) * pow(1 - t, -1, P) % P


def times(n, point):
    total = (0, 1)
    while n:
        if n & 1:
            total = add(total, point)
        n, point = n >> 1, add(point, point)
    return total


def point_of(y, sign):
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * I % P
    if x * x % P != square:
        return None
    return (x if x & 1 == sign else P - x), y


def encode(point):
    x, y = point
    return (y | (x & 1) << 255).to_bytes(32, "little")


def decode(raw):
    n = int.from_bytes(raw, "little")
    return point_of(n & (2**255 - 1), n >> 255)


BASE = point_of(4 * pow(5, -1, P) % P, 0)
EIGHTH = decode(bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"))
TORSION = [times(n, EIGHTH) for n in range(8)]
assert len(set(TORSION)) == 8
assert times(L, BASE) == TORSION[0] == (0, 1)


def hashed(r, key, message):
    return int.from_bytes(sha512(r + key + message).digest(), "little") % L


def holds(key, signature, message):
    r, s = signature[:32], int.from_bytes(signature[32:], "little")
    a = decode(key)
    if s >= L or a is None or int.from_bytes(key, "little") & (2**255 - 1) >= P:
        return False
    h = hashed(r, key, message)
    minus = (P - a[0], a[1])
    return encode(add(times(s, BASE), times(h, minus))) == r


def small(raw):
    y = int.from_bytes(raw, "little") & (2**255 - 1)
    return y % P in {point[1] for point in TORSION}


def accepted(key, signature, message):
    reduced = int.from_bytes(key, "little") & (2**255 - 1) < P
    return (
        reduced and not small(key) and not small(signature[:32]) and holds(key, signature, message)
    )


def expand(seed):
    digest = bytearray(sha512(seed).digest())
    digest[0] &= 248
    digest[31] = digest[31] & 127 | 64
    return int.from_bytes(digest[:32], "little"), bytes(digest[32:])


def nonce(prefix, message):
    return int.from_bytes(sha512(prefix + message).digest(), "little") % L


def sign(seed, message, key_torsion=0, r_torsion=0):
    """A signature whose key and R are moved by points of small order."""
    a, prefix = expand(seed)
    key = encode(add(times(a, BASE), TORSION[key_torsion]))
    n = nonce(prefix, message)
    r = encode(add(times(n, BASE), TORSION[r_torsion]))
    s = (n + hashed(r, key, message) * a) % L
    return key, r + s.to_bytes(32, "little")


RFC_8032 = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
    (
        "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
        sha512(b"abc").hexdigest(),
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
    ),
]
SEED = sha512(b"handledger").digest()[:32]


def cases():
    for seed, message, signature in RFC_8032:
        key, made = sign(bytes.fromhex(seed), bytes.fromhex(message))
        assert made.hex() == signature, (seed, made.hex())
        yield "RFC 8032, 7.1", key, made, bytes.fromhex(message)
    yield from moved()
    key, good = sign(SEED, b"edge")
    s = int.from_bytes(good[32:], "little")
    for n in range(1, 16):
        if s + n * L < 2**256:
            more = (s + n * L).to_bytes(32, "little")
            yield f"S + {n} L", key, good[:32] + more, b"edge"
    for name, value in (("0", 0), ("1", 1), ("L - 1", L - 1), ("L", L), ("all ones", 2**256 - 1)):
        yield f"S = {name}", key, good[:32] + value.to_bytes(32, "little"), b"edge"
    for bit in (0, 252, 253, 254, 255):
        bad = bytearray(good)
        bad[32 + bit // 8] ^= 1 << bit % 8
        yield f"bit {bit} of S flipped", key, bytes(bad), b"edge"
    bad = bytearray(good)
    bad[31] ^= 128
    yield "R negated", key, bytes(bad), b"edge"
    yield "-S", key, good[:32] + (L - s).to_bytes(32, "little"), b"edge"
    yield "another message", key, good, b"hedge"
    yield from small_orders()
    yield from no_points(key, good)
    yield from unreduced(key, good)


def moved():
    """Keys and R of mixed order. Where both equations hold, one implementation is like another;
    where only the one with the cofactor does, they differ."""
    for key_torsion, r_torsion in ((0, 1), (0, 4), (1, 0), (4, 0), (2, 6), (1, 7), (4, 4), (3, 5)):
        for n in range(16):
            message = b"moved %d" % n
            key, signature = sign(SEED, message, key_torsion, r_torsion)
            if holds(key, signature, message) or n < 2:
                name = f"key + {key_torsion}/8, R + {r_torsion}/8"
                yield name, key, signature, message


def small_orders():
    """A key of small order makes signatures for many messages; R of small order for its key."""
    for n, torsion in enumerate(TORSION):
        key = encode(torsion)
        for s, r in ((0, TORSION[0]), (0, torsion), (1, BASE), (5, add(times(5, BASE), torsion))):
            yield f"key {n}/8", key, encode(r) + s.to_bytes(32, "little"), b"small"
    a, _ = expand(SEED)
    for n, torsion in enumerate(TORSION):
        r, key = encode(torsion), encode(times(a, BASE))
        s = hashed(r, key, b"small") * a % L
        yield f"R {n}/8", key, r + s.to_bytes(32, "little"), b"small"


def no_points(key, good):
    """What no point is spelt as, as key and as R."""
    found = [y for y in range(2, 40) if point_of(y, 0) is None][:4]
    for y in found:
        raw = y.to_bytes(32, "little")
        yield f"key y = {y}, no point", raw, good, b"edge"
        yield f"R y = {y}, no point", key, raw + good[32:], b"edge"


def unreduced(key, good):
    """y >= p: another spelling of y - p."""
    for y in range(19):
        for sign_bit in (0, 1):
            raw = (y + P | sign_bit << 255).to_bytes(32, "little")
            yield f"key y = p + {y}", raw, good, b"edge"
            yield f"R y = p + {y}", key, raw + good[32:], b"edge"


def main():
    vectors = [
        {
            "comment": comment,
            "key": key.hex(),
            "signature": signature.hex(),
            "message": message.hex(),
            "holds": holds(key, signature, message),
            "accepted": accepted(key, signature, message),
        }
        for comment, key, signature, message in cases()
    ]
    text = "[\n" + ",\n".join(json.dumps(v) for v in vectors) + "\n]\n"
    Path(__file__).with_name("ed25519_vectors.json").write_text(text, "utf-8")


if __name__ == "__main__":
    main()
