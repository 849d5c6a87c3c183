"""Ed25519 in plain Python and by OpenSSL: what holds for one holds for the other, always."""

import json
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.proof import curve, ed25519
from ledger.proof.errors import Invalid, Malformed

VECTORS = Path(__file__).parent.parent / "vectors" / "ed25519_vectors.json"
CASES = json.loads(VECTORS.read_text("utf-8"))
_, openssl = ed25519._openssl()


def parts(case):
    return tuple(bytes.fromhex(case[name]) for name in ("key", "signature", "message"))


def both(key, signature, message):
    """What both say, which must be the same."""
    said = openssl(key, signature, message), curve.holds(key, signature, message)
    assert said[0] is said[1], (key.hex(), signature.hex(), message.hex())
    return said[0]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["comment"])
def test_the_vectors(case):
    key, signature, message = parts(case)
    assert both(key, signature, message) is case["holds"]
    if case["accepted"]:
        ed25519.verify(key, signature, message)
    else:
        with pytest.raises((Invalid, Malformed)):
            ed25519.verify(key, signature, message)


def test_the_vectors_have_every_kind():
    kinds = {(case["holds"], case["accepted"]) for case in CASES}
    assert kinds == {(True, True), (True, False), (False, False)}


def signed(seed, message):
    key = Ed25519PrivateKey.from_private_bytes(sha256(seed).digest())
    return key.public_key().public_bytes_raw(), key.sign(message)


@settings(max_examples=60, deadline=None)
@given(seed=st.binary(max_size=8), message=st.binary(max_size=300))
def test_what_is_signed_holds(seed, message):
    key, signature = signed(seed, message)
    assert both(key, signature, message)
    assert not both(key, signature, message + b"\x00")


@settings(max_examples=150, deadline=None)
@given(
    seed=st.binary(max_size=2),
    message=st.binary(min_size=1, max_size=40),
    bit=st.integers(0, 10**6),
)
def test_one_flipped_bit_of_key_signature_or_message_is_one_too_many(seed, message, bit):
    key, signature = signed(seed, message)
    whole = key + signature + message
    bit %= 8 * len(whole)
    flipped = bytearray(whole)
    flipped[bit // 8] ^= 1 << bit % 8
    assert not both(bytes(flipped[:32]), bytes(flipped[32:96]), bytes(flipped[96:]))


@settings(max_examples=150, deadline=None)
@given(key=st.binary(min_size=32, max_size=32), signature=st.binary(min_size=64, max_size=64))
def test_whatever_octets_are_given_both_say_the_same(key, signature):
    assert not both(key, signature, b"any")


@settings(max_examples=100, deadline=None)
@given(key=st.sampled_from(CASES), signature=st.sampled_from(CASES), message=st.sampled_from(CASES))
def test_parts_of_the_vectors_put_together_anew(key, signature, message):
    both(parts(key)[0], parts(signature)[1], parts(message)[2])


def test_a_multiple_is_a_multiple():
    """The tables against plain addition."""
    base, total = curve._base(), curve._IDENTITY
    for n in range(40):
        assert curve._encode(curve._times(base, n)) == curve._encode(total)
        total = curve._add(total, base[0][1])
    assert curve._encode(curve._times(base, curve.L)) == curve._encode(curve._IDENTITY)
