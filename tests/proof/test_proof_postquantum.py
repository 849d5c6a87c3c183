"""The post-quantum line of a checkpoint: laid out as C2SP says, checked by who can, ignored else.

Beside `cryptography`, whose ML-DSA is OpenSSL's, signatures are asked of a pure implementation
that has nothing in common with it.
"""

import io
import struct
import sys
from base64 import b64decode
from hashlib import sha256

import pytest
from dilithium_py.ml_dsa import ML_DSA_44
from keylife import Life

from keys.postquantum import MlDsaSigner
from ledger.proof import postquantum
from ledger.proof.checkpoint import Checkpoint, parse_checkpoint
from ledger.proof.encoding import b64encode
from ledger.proof.errors import Invalid, Malformed
from ledger.proof.note import MAX_NOTE, open_note, parse_note, verifier_key
from ledger.proof.postquantum import check_lines, line, message
from ledger.proof.verify import verify

ORIGIN = "school.example/log/0123456789abcdef0123456789abcdef"
CHECKPOINT = Checkpoint(ORIGIN, 300, bytes(range(32)))
KEY, OTHER = MlDsaSigner(bytes(range(32))), MlDsaSigner(bytes(32))


@pytest.fixture(name="life")
def _life(new_ledger, new_signer):
    """A log that has admitted a post-quantum key, and went on."""
    life = Life(new_ledger, new_signer)
    life.put(
        life.told("KeyAdmitted", {
            "algorithm": "ml-dsa-44", "public_key": b64encode(KEY.public_key),
            "purpose": "checkpoint",
        })
    )  # fmt: skip
    return life.go_on(life.first)


def signed(life, *signers, size=None):
    """The log's checkpoint with the lines of those keys."""
    note = life.log.checkpoint(size)
    return note + b"".join(line(parse_checkpoint(parse_note(note).text), one) for one in signers)


def trusted(life, note, size=None):
    return verify_file(life, life.evidence(size, checkpoint=note))


def verify_file(life, data):
    return verify(io.BytesIO(data), trust=life.log.trust)


def outcome(report):
    return report.verdict, [finding.code for finding in report.findings]


def said(report):
    return report.steps[5].outcome


# -- the octets -------------------------------------------------------------------------------


def test_what_is_signed_is_the_structure_of_the_specification():
    """cosigned_message, written out with `struct` and nothing of ours."""
    name = ORIGIN.encode()
    wanted = struct.pack(
        f">12sB{len(name)}sQB{len(name)}sQQ32s",
        b"subtree/v1\n\0", len(name), name, 7, len(name), name, 0, 300, bytes(range(32)),
    )  # fmt: skip
    assert wanted == message(CHECKPOINT, 7)


def test_a_line_is_name_key_id_time_and_signature():
    text = line(CHECKPOINT, KEY).decode()
    dash, name, encoded = text.rstrip("\n").split(" ")
    payload = b64decode(encoded)
    assert ("—", ORIGIN) == (dash, name)
    ident = sha256(ORIGIN.encode() + b"\n\x06" + KEY.public_key).digest()[:4]
    assert ident + bytes(8) == payload[:12]
    assert ML_DSA_44.verify(KEY.public_key, message(CHECKPOINT, 0), payload[12:])


def test_both_implementations_have_the_same_key_and_take_each_others_signatures():
    public, secret = ML_DSA_44.key_derive(KEY.seed)
    assert (public, 1312) == (KEY.public_key, len(public))
    assert ML_DSA_44.verify(public, b"words", KEY.sign(b"words"))
    theirs = ML_DSA_44.sign(secret, b"words")
    assert postquantum.HOLDS(public, theirs, b"words")
    assert not postquantum.HOLDS(public, theirs, b"word")
    assert not postquantum.HOLDS(OTHER.public_key, theirs, b"words")
    assert not postquantum.HOLDS(public, theirs[:-1], b"words")
    assert not postquantum.HOLDS(public, ML_DSA_44.sign(secret, b"words", ctx=b"x"), b"words")


def test_a_name_too_long_for_its_octet_of_length_has_no_such_line():
    long = Checkpoint("a" * 256, 1, bytes(32))
    assert not postquantum.may_be_named(long.origin)
    assert postquantum.may_be_named("a" * 255)
    with pytest.raises(Malformed, match="256 octets"):
        message(long, 0)


def test_the_seed_is_never_shown():
    assert KEY.seed.hex() not in repr(KEY)
    assert repr(KEY.seed) not in repr(KEY)


# -- who checks, and who does not -------------------------------------------------------------


def test_a_line_by_the_logs_key_holds_and_is_said_to(life):
    report = trusted(life, signed(life, KEY))
    assert ("VALID", []) == outcome(report)
    assert said(report).endswith("; a post-quantum signature holds")


def test_nobody_calls_for_a_line(life):
    report = trusted(life, life.log.checkpoint())
    assert ("VALID", []) == outcome(report)
    assert "post-quantum" not in said(report)


def test_a_signature_by_another_under_the_name_of_the_logs_key_is_found(life):
    note = life.log.checkpoint()
    checkpoint = parse_checkpoint(parse_note(note).text)

    class Thief:
        public_key = KEY.public_key
        sign = OTHER.sign

    report = trusted(life, note + line(checkpoint, Thief()))
    assert ("INVALID", ["post_quantum_signature"]) == outcome(report)


@pytest.mark.parametrize("at", [4, 11, 12, 13, 500, 2431])
def test_every_changed_octet_of_the_line_is_found(life, at):
    """Of the time, which is signed, and of the signature."""
    note = signed(life, KEY)
    payload = bytearray(b64decode(note.rstrip(b"\n").rpartition(b" ")[2]))
    payload[at] ^= 1
    changed = note.rstrip(b"\n").rpartition(b" ")[0] + b" " + b64encode(bytes(payload)).encode()
    report = trusted(life, changed + b"\n")
    assert ("INVALID", ["post_quantum_signature"]) == outcome(report)


def test_the_line_of_an_earlier_checkpoint_is_found(life):
    early = signed(life, KEY)
    life.go_on(life.first)
    moved = life.log.checkpoint() + early.splitlines(keepends=True)[-1]
    assert ("INVALID", ["post_quantum_signature"]) == outcome(trusted(life, moved))


@pytest.mark.parametrize("cut", [12, 100, 2431, 2433])
def test_a_line_of_another_length_is_found(life, cut):
    note = signed(life, KEY)
    front, _, encoded = note.rstrip(b"\n").rpartition(b" ")
    payload = (b64decode(encoded) + b"x")[:cut]
    report = trusted(life, front + b" " + b64encode(payload).encode() + b"\n")
    assert ("INVALID", ["post_quantum_signature"]) == outcome(report)


def test_lines_by_strangers_are_ignored(life):
    """Of a key that the log never admitted, under its name; of a witness's, under its own."""
    note = life.log.checkpoint()
    witness = line(Checkpoint("witness.example/w", 6, bytes(32)), OTHER)
    report = trusted(life, note + line(parse_checkpoint(parse_note(note).text), OTHER) + witness)
    assert ("VALID", []) == outcome(report)
    assert "post-quantum" not in said(report)


def test_a_good_line_does_not_stand_for_the_other_signature(life, new_signer):
    note = life.log.checkpoint(None, new_signer("checkpoint", "attacker"))
    made = note + signed(life, KEY).splitlines(keepends=True)[-1]
    verdict, codes = outcome(trusted(life, made))
    assert "INVALID" == verdict
    assert "checkpoint_untrusted" in codes


def test_before_the_key_is_admitted_its_line_is_a_strangers(life):
    note = signed(life, OTHER, size=4)
    assert ("VALID", []) == outcome(trusted(life, note, 4))


def test_after_the_key_ended_its_line_is_a_strangers(life):
    class Named:
        purpose, public_key = "checkpoint", KEY.public_key

    assert "holds" in said(trusted(life, signed(life, KEY)))
    life.revoke(Named).go_on(life.first)
    report = trusted(life, signed(life, KEY))
    assert ("VALID", []) == outcome(report)
    assert "post-quantum" not in said(report)


def test_who_has_no_ml_dsa_says_so_and_comes_to_the_same_verdict(life, monkeypatch):
    monkeypatch.setattr(postquantum, "HOLDS", None)
    report = trusted(life, signed(life, KEY))
    assert ("VALID", []) == outcome(report)
    assert said(report).endswith("; a post-quantum signature is not checked here")
    report = trusted(life, signed(life, KEY).replace(b"AAAAAAAAAAA", b"AAAAAAAAAAB", 1))
    assert "VALID" == report.verdict


def test_without_cryptography_or_its_ml_dsa_there_is_no_backend(monkeypatch):
    assert postquantum._backend() is not None
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.asymmetric.mldsa", None)
    assert postquantum._backend() is None


def test_a_reader_of_before_takes_the_note_as_it_is(life):
    """Whoever knows the Ed25519 key alone opens a note of 64 KiB at most, whatever lines it has."""
    note = signed(life, KEY)
    key = verifier_key(life.log.origin, life.log.checkpoint_key.public_key)
    assert (parse_note(note).text, (key,)) == open_note(note, [key])
    assert len(note) < 4096 < MAX_NOTE


def test_two_keys_of_the_log_have_two_lines():
    note = b"x\n1\n" + b64encode(bytes(32)).encode() + b"\n\n"
    point = Checkpoint("x", 1, bytes(32))
    both = note + line(point, KEY) + line(point, OTHER)
    keys = [KEY.public_key, OTHER.public_key]
    assert "; a post-quantum signature holds" == check_lines(both, keys)
    with pytest.raises(Invalid):
        check_lines(both + line(Checkpoint("x", 2, bytes(32)), KEY), keys)
