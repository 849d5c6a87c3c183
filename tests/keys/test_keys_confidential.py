"""HPKE in base mode, by the published vector; and the file that holds the private key."""

import hmac
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from keys import confidential, vault
from keys.confidential import INFO, ConfidentialKey, NotForThisKey, seal_to
from ledger.proof.encoding import b64encode, canonical

NAME = "stream:sealed/" + "0" * 32
# RFC 9180, appendix A.1.1: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-128-GCM, base mode.
VECTOR = {
    "info": "4f6465206f6e2061204772656369616e2055726e",
    "enc": "37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431",
    "pk": "3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d",
    "sk": "4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8",
    "aad": "436f756e742d30",
    "plain": "4265617574792069732074727574682c20747275746820626561757479",
    "sealed": "f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a9"
    "6d8770ac83d07bea87e13c512a",
}


def extract(suite, salt, label, key):
    return hmac.digest(salt, b"HPKE-v1" + suite + label + key, "sha256")


def expand(suite, key, label, info, length):
    data = length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info
    return hmac.digest(key, data + b"\x01", "sha256")[:length]


def open_by_hand(aead, size, secret, enc, sealed, info, aad):
    """Sections 4.1 and 5.1 of RFC 9180, written down once more: what any other program does."""
    private = X25519PrivateKey.from_private_bytes(secret)
    shared = private.exchange(X25519PublicKey.from_public_bytes(enc))
    kem, context = b"KEM\x00\x20", enc + private.public_key().public_bytes_raw()
    first = extract(kem, b"", b"eae_prk", shared)
    shared = expand(kem, first, b"shared_secret", context, 32)
    suite = b"HPKE\x00\x20\x00\x01" + aead
    context = b"\x00" + extract(suite, b"", b"psk_id_hash", b"")
    context += extract(suite, b"", b"info_hash", info)
    key_of = extract(suite, shared, b"secret", b"")
    key = expand(suite, key_of, b"key", context, size)
    nonce = expand(suite, key_of, b"base_nonce", context, 12)
    return AESGCM(key).decrypt(nonce, sealed, aad)


def test_the_published_vector_opens_by_hand():
    v = {name: bytes.fromhex(text) for name, text in VECTOR.items()}
    assert ConfidentialKey(v["sk"]).public_key == v["pk"]
    opened = open_by_hand(b"\x00\x01", 16, v["sk"], v["enc"], v["sealed"], v["info"], v["aad"])
    assert opened == v["plain"] == b"Beauty is truth, truth beauty"


def test_what_we_seal_opens_in_the_same_way():
    key = ConfidentialKey(sha256(b"a chair").digest())
    sealed = seal_to(key.public_key, b"k" * 33, NAME)
    enc, rest = sealed[:32], sealed[32:]
    info = (INFO + NAME).encode()
    assert open_by_hand(b"\x00\x02", 32, key.secret, enc, rest, info, b"") == b"k" * 33
    assert key.open(sealed, NAME) == b"k" * 33
    assert (len(sealed), sealed != seal_to(key.public_key, b"k" * 33, NAME)) == (81, True)


def test_nothing_else_opens_it():
    key, other = ConfidentialKey(b"1" * 32), ConfidentialKey(b"2" * 32)
    sealed = seal_to(key.public_key, b"k" * 33, NAME)
    for at in (0, 31, 32, 80):
        changed = bytearray(sealed)
        changed[at] ^= 1
        with pytest.raises(NotForThisKey):
            key.open(bytes(changed), NAME)
    for blob, name, by in ((sealed, NAME + "1", key), (sealed, NAME, other), (b"", NAME, key)):
        with pytest.raises(NotForThisKey):
            by.open(blob, name)
    assert "1" not in repr(key)


def test_the_key_lies_in_a_file_of_its_own(tmp_path):
    path = tmp_path / "chair" / "confidential.json"
    made = confidential.make(path, b"a long sentence", vault.REHEARSAL_COST)
    assert confidential.read(path, b"a long sentence") == made
    assert confidential.from_bytes(path.read_bytes(), b"a long sentence") == made
    for wrong in (b"", b"A long sentence"):
        with pytest.raises(vault.VaultError, match="wrong passphrase"):
            confidential.read(path, wrong)
    with pytest.raises(vault.VaultError, match="is never overwritten"):
        confidential.make(path, b"another", vault.REHEARSAL_COST)
    other = tmp_path / "chair" / "vault.json"
    vault.create(other, ("record",), b"p", vault.REHEARSAL_COST)
    with pytest.raises(vault.VaultError, match="holds no confidential key"):
        confidential.read(other, b"p")
    for damaged in (b"", b"{}", other.read_bytes()[:-9], b"\xff"):
        with pytest.raises(vault.VaultError):
            confidential.from_bytes(damaged, b"p")


def test_a_file_that_was_sent_here_cannot_ask_for_more_memory_than_one_of_ours():
    """A cost of 2**20 takes 1 GiB: anybody who may bring a key could so stop the service."""
    kept = {
        "cost": 2**18,
        "entries": [],
        "format": 1,
        "kdf": "scrypt",
        "salt": b64encode(bytes(16)),
    }
    with pytest.raises(vault.VaultError, match="is not a vault"):
        confidential.from_bytes(canonical(kept), b"p")
    with pytest.raises(vault.VaultError, match="holds no confidential key"):
        confidential.from_bytes(canonical({**kept, "cost": vault.REHEARSAL_COST}), b"p")
