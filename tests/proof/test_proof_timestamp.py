"""Tokens of authorities: read strictly, and OpenSSL and plain Python say the same of each.

Every signature here is asked of both (conftest), so a difference fails whatever the test.
"""

from datetime import timedelta
from hashlib import sha256

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from hypothesis import given, settings
from hypothesis import strategies as st
from stamper import BEGIN, END, HASHES, PKCS9, Holder, attribute, key, sequence, sign, stamped
from tsa import openssl

from ledger.proof import der, publickey, weierstrass
from ledger.proof.authority import named_authority
from ledger.proof.certificate import read_certificate, read_pem
from ledger.proof.errors import Invalid, Malformed
from ledger.proof.timestamp import MAX_ANSWER, check_token, read_token
from ledger.proof.weierstrass import P256, P384

TEXT = b"log.example.org/school/0\n3\nroot\n"
DIGEST, AT = sha256(TEXT).digest(), 1_790_000_000
HOLDER = Holder()
KINDS = [(kind, name) for kind in ("rsa", "p256", "p384") for name in HASHES]


def said(answer):
    token = read_token(answer)
    check_token(token)
    return token.digest, token.time, token.signer.name


@pytest.mark.parametrize(("kind", "name"), KINDS)
def test_a_token_says_when_and_of_what(kind, name, tmp_path):
    holder = Holder(kind=kind)
    answer = stamped(holder, DIGEST, AT, hash=name)
    assert (DIGEST, AT, "An authority") == said(answer)
    files = {"token": answer, "text": TEXT, "cert": holder.pem}
    for file, data in files.items():
        (tmp_path / file).write_bytes(data)
    paths = [tmp_path / file for file in files]
    openssl("ts", "-verify", "-in", paths[0], "-data", paths[1], "-CAfile", paths[2], "-attime", AT)


FAULTS = {
    "refused": ({"status": 2}, Malformed, "refused"),
    "granted otherwise": ({"status": 1}, None, ""),
    "another signature": ({"signature": bytes(256)}, Invalid, "does not fit"),
    "a short signature": ({"signature": b"1"}, Invalid, "does not fit"),
    "another kind of content": ({"what": b"\x2a\3"}, Invalid, "something else"),
    "another message": ({"hashed": b"another"}, Invalid, "another hash"),
    "another certificate named": ({"of_certificate": b"another"}, Invalid, "another certificate"),
    "no certificate": ({"listed": []}, Malformed, "not in it"),
    "the certificate twice": ({"listed": [HOLDER.der, HOLDER.der]}, None, ""),
    "somebody else's certificate": ({"listed": [Holder("Other").der]}, Malformed, "not in it"),
    "no attributes": ({"attributes": lambda all: []}, Invalid, "something else"),
    "no certificate named": ({"attributes": lambda all: all[:2]}, Invalid, "no certificate"),
    "an attribute twice": ({"attributes": lambda all: all + all[:1]}, Malformed, "twice"),
    "an attribute of two values": (
        {"attributes": lambda all: [attribute(PKCS9 + b"\3", *2 * [b"\5\0"]), *all[1:]]},
        Invalid, "something else",
    ),
    "another attribute": (
        {"attributes": lambda all: [*all, attribute(b"\x2a\3", b"\5\0")]}, None, "",
    ),
    "attributes in another order": ({"attributes": lambda all: all[::-1]}, None, ""),
    "a time before it": ({"time": b"20260101000000+0100"}, Malformed, "time"),
    "a time with a nought too many": ({"time": b"20260101000000.10Z"}, Malformed, "time"),
    "a day that is not": ({"time": b"20260230000000Z"}, Malformed, "no such"),
    "a leap second": ({"time": b"20161231235960Z"}, Malformed, "no such"),
    "a fraction": ({"time": b"20260101000000.5Z"}, None, ""),
    "before the certificate": ({"time": b"20190101000000Z"}, Invalid, "in force"),
    "after the certificate": ({"time": b"20410101000000Z"}, Invalid, "in force"),
    "a hash nobody has": ({"oid": sequence(der.encode(der.OID, b"\x2a"))}, Malformed, "not read"),
    "an algorithm with another hash": (
        {"oid": sequence(der.encode(der.OID, PKCS9[:-1] + b"\1\x0c"), b"\5\0")},
        Malformed, "two hashes",
    ),
    "an accuracy": ({"more": sequence(b"\2\1\1")}, None, ""),
    "an order that is false": ({"more": b"\1\1\0"}, Malformed, "boolean"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_is_found(name):
    fault, error, words = FAULTS[name]
    answer = stamped(HOLDER, DIGEST, AT, **fault)
    if error is None:
        assert said(answer)[0] == DIGEST
        return
    with pytest.raises(error, match=words):
        said(answer)


def test_another_sort_of_key_signs_nothing():
    """The signature of one key under the certificate of another."""
    for kind, other in (("rsa", "p256"), ("p256", "p384"), ("p384", "rsa")):
        first, second = Holder(kind=kind), Holder(kind=other)
        taken = stamped(second, DIGEST, AT)
        with pytest.raises(Invalid, match="does not fit"):
            said(stamped(first, DIGEST, AT, signature=read_token(taken).signature))


PURPOSES = {
    "no purpose": {"purpose": None},
    "not critical": {"critical": False},
    "a purpose more": {
        "purpose": x509.ExtendedKeyUsage(
            [x509.ExtendedKeyUsageOID.TIME_STAMPING, x509.ExtendedKeyUsageOID.SERVER_AUTH]
        )
    },
    "another purpose": {"purpose": x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.CODE_SIGNING])},
    "one that certifies": {"ca": True},
}


@pytest.mark.parametrize("name", PURPOSES)
def test_a_certificate_for_something_else_makes_no_timestamps(name):
    with pytest.raises(Invalid, match="not for timestamps alone"):
        said(stamped(Holder(**PURPOSES[name]), DIGEST, AT))


def test_what_is_critical_and_not_known_cannot_be_read():
    name = x509.NameConstraints([x509.DNSName("example.org")], None)
    with pytest.raises(Malformed, match="cannot be read"):
        said(stamped(Holder(more=[name]), DIGEST, AT))


def test_an_answer_has_a_limit():
    with pytest.raises(Malformed, match="at most"):
        read_token(bytes(MAX_ANSWER + 1))


# Who vouches

ROOT = Holder("Root", ca=True)
MIDDLE = Holder("Middle", "p384", ROOT, ca=True)
OWN = Holder("Own", "p256", MIDDLE)


def vouched(answer, *holders):
    found = named_authority(read_token(answer), [read_certificate(h.der) for h in holders])
    return found and found.name


def test_an_authority_vouches_over_certificates_that_came_along():
    answer = stamped(OWN, DIGEST, AT, others=[MIDDLE])
    assert "Own" == said(answer)[2]
    assert "Root" == vouched(answer, ROOT)
    assert "Middle" == vouched(answer, MIDDLE)
    assert "Own" == vouched(answer, OWN)
    assert "Root" == vouched(answer, Holder("Other", ca=True), ROOT)
    assert vouched(answer) is None
    assert vouched(answer, Holder("Other", ca=True)) is None


def test_a_certificate_left_out_leads_nowhere():
    answer = stamped(OWN, DIGEST, AT)
    assert vouched(answer, ROOT) is None
    assert "Root" == vouched(answer, ROOT, MIDDLE) or "Middle" == vouched(answer, ROOT, MIDDLE)


def test_the_order_of_certificates_does_not_matter():
    """OpenSSL writes them as they come, DER would sort them."""
    listed = [OWN.der, MIDDLE.der, ROOT.der]
    for order in (listed, listed[::-1], sorted(listed), sorted(listed)[::-1]):
        assert "Root" == vouched(stamped(OWN, DIGEST, AT, listed=order), ROOT)


def test_not_everybody_vouches():
    plain = Holder("Plain", "rsa", ROOT, purpose=None)
    same_name = Holder("Middle", "p384", Holder("Root", "p256", ca=True), ca=True)
    early = Holder("Early", "rsa", ROOT, ca=True, end=BEGIN + timedelta(days=1))
    none = Holder("None", "rsa", Holder("Deep", "rsa", ROOT, ca=True, depth=0), ca=True)
    deep = none.issuer
    for chain in ([plain], [same_name], [early], [none, deep]):
        own = Holder("Of it", "p256", chain[0])
        answer = stamped(own, DIGEST, AT, others=chain)
        assert "Of it" == said(answer)[2]
        assert vouched(answer, ROOT) is None, chain[0].subject
    over = Holder("Over", ca=True, end=BEGIN + timedelta(days=1))
    assert vouched(stamped(Holder("Of it", "p256", over), DIGEST, AT), over) is None


def test_a_forged_certificate_is_signed_by_nobody():
    """Issuer and key are those of the authority's root, but for the signature."""
    forged = Holder("Own", "p256", Holder("Middle", "p256", ca=True))
    assert vouched(stamped(forged, DIGEST, AT, others=[MIDDLE]), ROOT) is None


def test_a_ring_of_certificates_ends():
    one = Holder("One", "p256", ca=True)
    first = Holder("R2", "p256", ca=True)
    ring = [first]
    for n in range(3):
        ring.append(Holder(f"R{n}", "p256", ring[-1], ca=True))
    answer = stamped(Holder("Own", "p256", ring[-1]), DIGEST, AT, others=ring)
    assert vouched(answer, one) is None


def test_a_pem_file_is_one_or_more_certificates():
    assert ["An authority"] == [c.name for c in read_pem(HOLDER.pem)]
    both = b"some words\n" + HOLDER.pem + b"\n" + ROOT.pem
    assert ["An authority", "Root"] == [c.name for c in read_pem(both)]
    [read] = read_pem(HOLDER.pem)
    assert HOLDER.certificate.fingerprint(hashes.SHA256()).hex() == read.fingerprint
    assert (BEGIN.timestamp(), END.timestamp()) == (read.begins, read.ends)
    for bad in (b"", b"x", HOLDER.der, HOLDER.pem[:-30], HOLDER.pem.replace(b"MII", b"MIJ", 1)):
        with pytest.raises(Malformed):
            read_pem(bad)


# Changed by chance

ANSWERS = [stamped(Holder(kind=kind), DIGEST, AT) for kind in ("rsa", "p256", "p384")]


def unharmed(answer):
    """Whether it is still taken: then it says what it said."""
    try:
        found = said(answer)
    except (Malformed, Invalid):
        return False
    assert found == (DIGEST, AT, "An authority")
    return True


@pytest.mark.parametrize("answer", ANSWERS, ids=["rsa", "p256", "p384"])
def test_a_changed_octet_is_seen_or_says_the_same(answer):
    """What no signature covers may change, and is why the log binds the whole by its hash."""
    taken = [
        at for at in range(len(answer))
        if unharmed(answer[:at] + bytes([answer[at] ^ 1 << at % 8]) + answer[at + 1 :])
    ]  # fmt: skip
    assert len(taken) < 30


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(ANSWERS), st.data())
def test_whatever_is_done_to_it_both_say_the_same(answer, data):
    changed = bytearray(answer)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(changed) - 1))
        end = data.draw(st.integers(at, min(len(changed), at + 4)))
        changed[at:end] = data.draw(st.binary(max_size=4))
    unharmed(bytes(changed))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_nonsense_is_no_token(data):
    assert not unharmed(data)


# Signatures


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["p256", "p384"]), st.sampled_from(list(HASHES)), st.data())
def test_signatures_on_curves_are_held_to_the_same(kind, name, data):
    private = key(kind)
    numbers = private.public_key().public_numbers()
    curve = {"p256": P256, "p384": P384}[kind]
    good = private.sign(b"message", ec.ECDSA(HASHES[name]))
    asked = publickey.EcKey(curve, numbers.x, numbers.y)
    publickey.check(asked, ("ec", name), good, b"message")
    edges = st.sampled_from([0, 1, 2, curve.n - 1, curve.n, curve.n + 1, curve.p])
    r, s = publickey._pair(good, curve.n)
    pick = st.one_of(edges, st.integers(0, curve.n), st.sampled_from([r, s]))
    r, s = data.draw(pick), data.draw(pick)
    try:
        publickey.check(asked, ("ec", name), encode_dss_signature(r, s), b"message")
    except Invalid:
        return
    assert s in (publickey._pair(good, curve.n)[1], curve.n - publickey._pair(good, curve.n)[1])


@pytest.mark.parametrize("curve", [P256, P384], ids=["p256", "p384"])
def test_the_curve_adds_what_is_equal_opposite_or_nothing(curve):
    base, nothing = (curve.x, curve.y, 1), (1, 1, 0)
    opposite = (curve.x, curve.p - curve.y, 1)
    assert curve.has(curve.x, curve.y)
    assert not curve.has(curve.x, curve.y + 1)
    assert 0 == weierstrass._add(curve, base, opposite)[2]
    assert weierstrass._add(curve, base, base) == weierstrass._double(curve, base)
    assert base == weierstrass._add(curve, nothing, base) == weierstrass._add(curve, base, nothing)
    assert 0 == weierstrass._times(curve, curve.n, base, 0, base)[2]
    assert 0 == weierstrass._times(curve, 5, base, curve.n - 5, base)[2]
    # A signature by the key 1 over a digest that makes the sum nothing: u = -v.
    r = curve.x % curve.n
    digest = (curve.n - r).to_bytes(curve.size, "big")
    assert not weierstrass.holds(curve, curve.x, curve.y, digest, r, 1)


@settings(max_examples=100, deadline=None)
@given(st.integers(-2, 2), st.integers(0, 2_047), st.binary(max_size=8))
def test_rsa_signatures_are_held_to_the_same(more, bit, message):
    numbers = HOLDER.key.public_key().public_numbers()
    asked = publickey.RsaKey(numbers.n, numbers.e)
    good = sign(HOLDER, message)
    publickey.check(asked, ("rsa", "sha256"), good, message)
    number = int.from_bytes(good, "big")
    for changed in (
        number ^ 1 << bit,
        number + more * numbers.n,
        more % numbers.n,
        numbers.n + more,
    ):
        data = max(changed, 0).to_bytes(max(256, (changed.bit_length() + 7) // 8), "big")
        if changed != number:
            with pytest.raises(Invalid):
                publickey.check(asked, ("rsa", "sha256"), data, message)
    with pytest.raises(Invalid):
        publickey.check(asked, ("rsa", "sha384"), good, message)


PADDINGS = {
    "the one": (b"\0\1" + b"\xff" * 202 + b"\0", b"\5\0", b"", True),
    "without null": (b"\0\1" + b"\xff" * 204 + b"\0", b"", b"", False),
    "short, and more behind": (b"\0\1" + b"\xff" * 8 + b"\0", b"\5\0", bytes(194), False),
    "another kind": (b"\0\2" + b"\xff" * 202 + b"\0", b"\5\0", b"", False),
    "a nought in it": (b"\0\1" + b"\xff" * 201 + b"\0\0", b"\5\0", b"", False),
}


@pytest.mark.parametrize("name", PADDINGS)
def test_padding_has_one_form(name):
    front, null, behind, good = PADDINGS[name]
    oid = der.encode(der.OID, bytes.fromhex("608648016503040201"))
    said = der.encode(der.OCTETS, sha256(b"m").digest())
    info = sequence(sequence(oid, null), said)
    padded = int.from_bytes(front + info + behind, "big")
    assert 256 == len(front + info + behind)
    private = key("rsa").private_numbers()
    numbers = private.public_numbers
    signature = pow(padded, private.d, numbers.n).to_bytes(256, "big")
    asked = publickey.RsaKey(numbers.n, numbers.e)
    try:
        publickey.check(asked, ("rsa", "sha256"), signature, b"m")
    except Invalid:
        assert not good
    else:
        assert good


def whole(number):
    return der.encode(2, number.to_bytes(number.bit_length() // 8 + 1, "big", signed=True))


def read_key(*parts):
    return publickey.read_key(der.Reader(sequence(*parts)))


BIG = 2**2047 + 1
RSA_KEYS = [
    (BIG - 1, 3), (2**2046 + 1, 3), (2**8192 + 1, 3), (BIG, 2), (BIG, 1), (BIG, 2**32 + 1),
    (-BIG, 3),
]  # fmt: skip


@pytest.mark.parametrize("numbers", RSA_KEYS, ids=range(7))
def test_rsa_keys_are_read_strictly(numbers):
    kind = sequence(der.encode(der.OID, PKCS9[:-1] + b"\1\1"), b"\5\0")
    with pytest.raises(Malformed, match="RSA"):
        read_key(kind, der.encode(der.BITS, b"\0" + sequence(*map(whole, numbers))))
    read_key(kind, der.encode(der.BITS, b"\0" + sequence(whole(BIG), whole(3))))


def test_points_are_read_strictly():
    oids = ("2a8648ce3d0201", "2a8648ce3d030107")
    kind = sequence(*(der.encode(der.OID, bytes.fromhex(oid)) for oid in oids))
    x, y = (v.to_bytes(32, "big") for v in (P256.x, P256.y))
    read = read_key(kind, der.encode(der.BITS, b"\0\4" + x + y))
    assert publickey.EcKey(P256, P256.x, P256.y) == read
    bad = (
        b"\4" + x + x,
        b"\2" + x,
        b"\4" + x + y + b"\0",
        b"\6" + x + y,
        b"\4" + b"\xff" * 64,
        b"",
    )
    for point in bad:
        with pytest.raises(Malformed):
            read_key(kind, der.encode(der.BITS, b"\0" + point))


# DER


def test_der_has_one_spelling():
    bad = ("30", "3081", "308005", "30817f" + "00" * 127, "3f0100", "300201", "3082007f", "3084")
    for data in bad:
        with pytest.raises(Malformed):
            der.decode(bytes.fromhex(data))
    for size in (0, 1, 127, 128, 255, 256, 65_535):
        [value] = der.decode(der.encode(der.OCTETS, bytes(size)))
        assert der.Value(der.OCTETS, bytes(size)) == value


@pytest.mark.parametrize(
    ("data", "number"),
    [("00", 0), ("7f", 127), ("0080", 128), ("80", -128), ("ff7f", -129), ("ff", -1)],
)
def test_whole_numbers_have_one_spelling(data, number):
    assert number == der.integer(der.Value(der.INTEGER, bytes.fromhex(data)))
    for longer in ("00" + data, "ff" + data):
        value = der.Value(der.INTEGER, bytes.fromhex(longer))
        if int.from_bytes(value.data, "big", signed=True) == number:
            with pytest.raises(Malformed):
                der.integer(value)
    with pytest.raises(Malformed):
        der.integer(der.Value(der.INTEGER, b""))


def test_times_of_both_kinds():
    assert AT == der.seconds(der.Value(der.TIME, b"20260921141320Z"))
    assert AT == der.seconds(der.Value(der.UTC_TIME, b"260921141320Z"))
    for bad in (b"260921141320.5Z", b"2609211413Z", b"260921141320+0000", b"690921141320Z"):
        with pytest.raises(Malformed):
            der.seconds(der.Value(der.UTC_TIME, bad))
