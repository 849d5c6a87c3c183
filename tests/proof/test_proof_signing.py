"""Ed25519 strictly, and the envelope around everything that is signed."""

import pytest

from ledger.proof import dsse
from ledger.proof.ed25519 import SMALL_ORDER, check_public_key, verify
from ledger.proof.encoding import canonical
from ledger.proof.errors import Invalid, Malformed

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def times_eight_is_identity(encoding):
    """Tell, by the curve's own arithmetic, whether an encoding is of a point of small order."""
    y = (int.from_bytes(encoding, "little") & (2**255 - 1)) % P
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P
    assert x * x % P == square
    for _ in range(3):
        t = D * x * x * y * y
        x, y = (
            2 * x * y * pow(1 + t, P - 2, P) % P,
            (y * y + x * x) * pow(1 - t, P - 2, P) % P,
        )
    return (x, y) == (0, 1)


def test_there_are_14_encodings_of_small_order():
    assert len(SMALL_ORDER) == 14
    assert all(map(times_eight_is_identity, SMALL_ORDER))


@pytest.mark.parametrize("raw", sorted(SMALL_ORDER), ids=bytes.hex)
def test_keys_of_small_order_are_refused(raw):
    with pytest.raises(Malformed):
        check_public_key(raw)
    with pytest.raises(Malformed):
        verify(raw, b"\x02" + bytes(63), b"any")


@pytest.mark.parametrize("y", range(P, 2**255))
@pytest.mark.parametrize("sign", [0, 1])
def test_keys_with_y_not_reduced_are_refused(y, sign):
    with pytest.raises(Malformed):
        check_public_key((y | sign << 255).to_bytes(32, "little"))


@pytest.mark.parametrize("size", [0, 31, 33])
def test_keys_of_another_length_are_refused(size):
    with pytest.raises(Malformed):
        check_public_key(b"\x09" * size)


@pytest.mark.parametrize("r", sorted(SMALL_ORDER), ids=bytes.hex)
def test_signatures_with_r_of_small_order_are_refused(new_signer, r):
    with pytest.raises(Invalid):
        verify(new_signer("record", "a").public_key, r + bytes(32), b"any")


def test_a_signature_holds_for_its_key_and_message_alone(new_signer):
    one, two = new_signer("record", "a"), new_signer("record", "b")
    sig = one.sign(b"message")
    verify(one.public_key, sig, b"message")
    for key, given, message in (
        (two.public_key, sig, b"message"),
        (one.public_key, sig, b"other"),
        (one.public_key, sig[:-1], b"message"),
        (one.public_key, sig + b"\x00", b"message"),
        (one.public_key, b"", b"message"),
    ):
        with pytest.raises(Invalid):
            verify(key, given, message)


def test_a_signature_with_s_not_reduced_is_refused(new_signer):
    signer = new_signer("record", "a")
    sig = signer.sign(b"message")
    more = (int.from_bytes(sig[32:], "little") + L).to_bytes(32, "little")
    with pytest.raises(Invalid):
        verify(signer.public_key, sig[:32] + more, b"message")


def test_every_bit_of_a_signature_counts(new_signer):
    signer = new_signer("record", "a")
    sig = int.from_bytes(signer.sign(b"message"), "big")
    for bit in range(512):
        with pytest.raises(Invalid):
            verify(signer.public_key, (sig ^ 1 << bit).to_bytes(64, "big"), b"message")


def test_dsse_vectors(vectors):
    for vector in vectors["dsse"]:
        body = bytes.fromhex(vector["payload_hex"])
        pae = dsse.pae(vector["payload_type"], body)
        assert pae.hex() == vector["pae_hex"]
        sig = dsse.b64decode(vector["sig_b64"])
        verify(bytes.fromhex(vector["public_key_hex"]), sig, pae)


def test_an_envelope_comes_back_and_is_sorted(new_signer):
    signers = [new_signer("record", name) for name in "abc"]
    data = dsse.sign_envelope("type/a", b"body", signers)
    envelope = dsse.parse_envelope(data, "type/a", 3)
    assert (envelope.payload_type, envelope.body) == ("type/a", b"body")
    keyids = [signature.keyid for signature in envelope.signatures]
    assert keyids == sorted(dsse.keyid("record", signer.public_key) for signer in signers)
    by_id = {dsse.keyid("record", signer.public_key): signer.public_key for signer in signers}
    for signature in envelope.signatures:
        dsse.check_signature(envelope, signature, by_id[signature.keyid])
    assert dsse.envelope_bytes("type/a", b"body", envelope.signatures) == data


def test_a_key_has_another_id_for_each_purpose(new_signer):
    key = new_signer("record", "a").public_key
    assert len({dsse.keyid(purpose, key) for purpose in ("root", "record", "checkpoint")}) == 3


def test_one_key_cannot_sign_twice(new_signer):
    signer = new_signer("record", "a")
    with pytest.raises(Malformed):
        dsse.sign_envelope("type/a", b"body", [signer, signer])
    with pytest.raises(Malformed):
        dsse.sign_envelope("type/a", b"body", [])


def test_envelopes_of_another_form_are_refused(new_signer):
    one, two = new_signer("record", "a"), new_signer("record", "b")
    signatures = [dsse.sign(b"m", signer) for signer in (one, two)]
    good = dsse.envelope_value("type/a", b"body", signatures)
    first, second = good["signatures"]
    bad = [
        [],
        {**good, "more": 1},
        {"payload": good["payload"], "payloadType": "type/a"},
        {**good, "payloadType": "type/b"},
        {**good, "payloadType": None},
        {**good, "payload": "YQ"},
        {**good, "payload": 1},
        {**good, "signatures": []},
        {**good, "signatures": {}},
        {**good, "signatures": [second, first]},
        {**good, "signatures": [first, first]},
        {**good, "signatures": [first, second, {**second, "keyid": "f" * 32}]},
        {**good, "signatures": [{**first, "more": 1}]},
        {**good, "signatures": [{"keyid": first["keyid"]}]},
        {**good, "signatures": [{**first, "keyid": "F" * 32}]},
        {**good, "signatures": [{**first, "keyid": "f" * 31}]},
        {**good, "signatures": [{**first, "keyid": 1}]},
        {**good, "signatures": [{**first, "sig": "AAAA"}]},
        {**good, "signatures": [None]},
    ]
    dsse.parse_envelope(canonical(good), "type/a", 2)
    for value in bad:
        with pytest.raises(Malformed):
            dsse.parse_envelope(canonical(value), "type/a", 2)
