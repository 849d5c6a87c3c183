"""Signed notes, checkpoints, receipts and the trust file, against the vectors and their twins."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.proof.checkpoint import Checkpoint, format_checkpoint, parse_checkpoint, sign_checkpoint
from ledger.proof.encoding import b64encode
from ledger.proof.errors import Invalid, Malformed
from ledger.proof.merkle import inclusion_path, leaf_hash, root
from ledger.proof.note import (
    COSIGNATURE,
    cosignature_line,
    cosigned_at,
    format_vkey,
    key_id,
    open_note,
    parse_note,
    parse_vkey,
    sign_note,
    signature_line,
)
from ledger.proof.policy import check_quorum, fingerprint, format_policy, parse_policy
from ledger.proof.tlogproof import (
    TlogProof,
    check_tlog_proof,
    format_tlog_proof,
    parse_tlog_proof,
)

many = settings(deadline=None, database=None, derandomize=True, max_examples=300)


class Seed:
    purpose = "checkpoint"

    def __init__(self, seed):
        self._key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed))
        self.public_key = self._key.public_key().public_bytes_raw()

    def sign(self, message):
        return self._key.sign(message)


def test_every_note_of_the_vectors_opens_and_is_signed_again_to_the_same_octets(vectors):
    for vector in vectors["keys"]:
        key, data = parse_vkey(vector["vkey"]), vector["note"].encode()
        assert key.key_id.hex() == vector["key_id_hex"]
        assert format_vkey(key.name, key.public_key, key.algorithm) == vector["vkey"]
        assert open_note(data, [key]) == (vector["note_text"], (key,))
        signer = Seed(vector["seed_hex"])
        if key.algorithm == COSIGNATURE:
            seconds = cosigned_at(parse_note(data), key)
            line = cosignature_line(vector["note_text"], key.name, signer, seconds)
            assert data == vector["note_text"].encode() + b"\n" + line
        else:
            assert sign_note(vector["note_text"], key.name, signer) == data


def test_the_notes_of_others_open(vectors):
    for vector in vectors["external_notes"]:
        key = parse_vkey(vector["vkey"])
        assert open_note(vector["note"].encode(), [key]) == (vector["note_text"], (key,))


def test_every_invalid_note_of_the_vectors_is_refused(vectors):
    assert len(vectors["invalid_notes"]) == 15
    for vector in vectors["invalid_notes"]:
        with pytest.raises((Malformed, Invalid)):
            open_note(vector["note"].encode(), [parse_vkey(vector["vkey"])])


def test_every_invalid_key_of_the_vectors_is_refused(vectors):
    assert len(vectors["invalid_vkeys"]) == 6
    for vector in vectors["invalid_vkeys"]:
        with pytest.raises(Malformed):
            parse_vkey(vector["vkey"])


def test_a_key_of_small_order_is_no_verifier_key():
    key = b"\x01" + bytes(31)
    with pytest.raises(Malformed):
        parse_vkey(f"log+{key_id('log', key).hex()}+{b64encode(bytes([1]) + key)}")


def test_each_octet_of_a_signed_text_counts(vectors):
    vector = vectors["keys"][3]
    key, data = parse_vkey(vector["vkey"]), vector["note"].encode()
    for at in range(len(data)):
        bad = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        with pytest.raises((Malformed, Invalid)):
            open_note(bad, [key])


def test_a_known_signature_that_fails_spoils_the_note(new_signer):
    one, two = new_signer("checkpoint", "a"), new_signer("checkpoint", "b")
    good = sign_note("text\n", "log", one) + signature_line("text\n", "log", two)
    bad = sign_note("text\n", "log", one) + signature_line("other\n", "log", two)
    keys = [parse_vkey(format_vkey("log", signer.public_key)) for signer in (one, two)]
    assert open_note(good, keys)[1] == tuple(keys)
    assert open_note(bad, keys[:1])[1] == tuple(keys[:1])
    with pytest.raises(Invalid):
        open_note(bad, keys)


@pytest.mark.parametrize(
    "data",
    [b"", b"\n", b"\n\n", b"text\n", b"text\n\n", b"\xff\n\n\xe2\x80\x94 a AAAAAAA=\n"],
)
def test_what_is_no_note(data):
    with pytest.raises(Malformed):
        parse_note(data)


def test_notes_are_bounded():
    line = "— log " + b64encode(bytes(68)) + "\n"
    assert len(parse_note(("text\n\n" + 100 * line).encode()).signatures) == 100
    with pytest.raises(Malformed):
        parse_note(("text\n\n" + 101 * line).encode())
    with pytest.raises(Malformed):
        parse_note(b"x" * 65_536 + b"\n\n" + line.encode())


@many
@given(st.binary(max_size=120))
def test_random_octets_open_nothing(data):
    for text in (data, b"text\n\n\xe2\x80\x94 log " + data + b"\n"):
        with pytest.raises((Malformed, Invalid)):
            open_note(text, [])
    with pytest.raises(Malformed):
        parse_tlog_proof(data)


def test_a_checkpoint_comes_back(new_signer):
    checkpoint = Checkpoint("log.example/school", 7, bytes(range(32)))
    assert parse_checkpoint(format_checkpoint(checkpoint)) == checkpoint
    signer = new_signer("checkpoint", "a")
    key = parse_vkey(format_vkey(checkpoint.origin, signer.public_key))
    text, _ = open_note(sign_checkpoint(checkpoint, signer), [key])
    assert parse_checkpoint(text) == checkpoint


@pytest.mark.parametrize(
    "text",
    [
        "",
        "log\n7\n",
        f"\n7\n{b64encode(bytes(32))}\n",
        f"log\n07\n{b64encode(bytes(32))}\n",
        f"log\n+7\n{b64encode(bytes(32))}\n",
        f"log\n7\n{b64encode(bytes(31))}\n",
        f"log\n7\n{b64encode(bytes(32))}",
        f"log\n7\n{b64encode(bytes(32))}\nextension\n",
        f"log\n7\n{b64encode(bytes(32))}\n\n",
    ],
)
def test_checkpoints_of_another_form_are_refused(text):
    with pytest.raises(Malformed):
        parse_checkpoint(text)


def test_every_receipt_of_the_vectors(vectors):
    assert len(vectors["tlog_proofs"]) == 10
    for vector in vectors["tlog_proofs"]:
        data, entry = vector["tlog_proof"].encode(), bytes.fromhex(vector["entry_hex"])
        keys = [parse_vkey(vector["vkey"])]
        if vector["valid"]:
            proof = parse_tlog_proof(data)
            assert check_tlog_proof(proof, entry, keys).origin == vector["origin"]
            assert format_tlog_proof(proof).encode() == data
        else:
            with pytest.raises((Malformed, Invalid)):
                check_tlog_proof(parse_tlog_proof(data), entry, keys)


def receipt(signer, name="log", origin="log"):
    entries = [b"event-%d" % n for n in range(5)]
    leaves = list(map(leaf_hash, entries))
    path = inclusion_path(2, 5, lambda level, i: root(leaves[i << level : (i + 1) << level]))
    text = format_checkpoint(Checkpoint(origin, 5, root(leaves)))
    return TlogProof(2, tuple(path), sign_note(text, name, signer)), entries[2]


def test_a_receipt_is_refused_when_the_key_is_not_called_like_the_log(new_signer):
    signer = new_signer("checkpoint", "a")
    proof, entry = receipt(signer)
    check_tlog_proof(proof, entry, [parse_vkey(format_vkey("log", signer.public_key))])
    proof, entry = receipt(signer, name="other")
    with pytest.raises(Invalid):
        check_tlog_proof(proof, entry, [parse_vkey(format_vkey("other", signer.public_key))])


def test_a_cosignature_alone_does_not_make_a_receipt(new_signer):
    signer = new_signer("checkpoint", "a")
    proof, entry = receipt(signer)
    text = parse_note(proof.note).text
    note = text.encode() + b"\n" + cosignature_line(text, "log", signer, 1)
    key = parse_vkey(format_vkey("log", signer.public_key, COSIGNATURE))
    with pytest.raises(Invalid):
        check_tlog_proof(TlogProof(2, proof.path, note), entry, [key])


def test_every_octet_of_a_receipt_counts(new_signer):
    signer = new_signer("checkpoint", "a")
    proof, entry = receipt(signer)
    data = format_tlog_proof(proof).encode()
    keys = [parse_vkey(format_vkey("log", signer.public_key))]
    for at in range(len(data)):
        bad = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        with pytest.raises((Malformed, Invalid)):
            check_tlog_proof(parse_tlog_proof(bad), entry, keys)


def policy_of(new_signer):
    log = format_vkey("log", new_signer("checkpoint", "log").public_key)
    lines = [f"log {log} https://log.example"]
    for name in ("X1", "X2", "X3", "Y1"):
        vkey = format_vkey(name, new_signer("checkpoint", name).public_key, COSIGNATURE)
        lines.append(f"witness {name} {vkey}")
    return lines


def test_a_quorum_of_groups_is_counted(new_signer):
    lines = [
        "# who must have seen it",
        *policy_of(new_signer),
        "",
        "\tgroup X 2 X1 X2 X3",
        "group XY all X Y1  ",
        "quorum XY",
    ]
    policy = parse_policy("\n".join(lines) + "\n")
    text = "log\n0\n\n"
    log = new_signer("checkpoint", "log")
    cases = {("X1", "X2", "Y1"): True, ("X1", "X2", "X3"): False, ("X1", "Y1"): False, (): False}
    for names, reached in cases.items():
        lines = [cosignature_line(text, n, new_signer("checkpoint", n), 5) for n in names]
        note = parse_note(sign_note(text, "log", log) + b"".join(lines))
        if reached:
            check_quorum(policy, note)
        else:
            with pytest.raises(Invalid):
                check_quorum(policy, note)


def test_a_quorum_of_none_is_reached(new_signer):
    policy = parse_policy(format_policy(policy_of(new_signer)[0].split()[1]))
    check_quorum(policy, parse_note(sign_note("x\n", "x", new_signer("checkpoint", "x"))))
    assert policy.quorum is None
    assert [key.name for key in policy.logs] == ["log"]


@pytest.mark.parametrize(
    "change",
    [
        lambda lines: [*lines],
        lambda lines: [*lines, "quorum X9"],
        lambda lines: [*lines, "quorum none", "quorum none"],
        lambda lines: [*lines, "quorum none none"],
        lambda lines: [*lines, lines[0], "quorum none"],
        lambda lines: [*lines, lines[1].replace("X1", "Z1", 1), "quorum none"],
        lambda lines: [*lines, "witness none x", "quorum none"],
        lambda lines: [*lines, "group X1 any X2", "quorum none"],
        lambda lines: [*lines, "group G any", "quorum none"],
        lambda lines: [*lines, "group G 0 X1", "quorum none"],
        lambda lines: [*lines, "group G 2 X1", "quorum none"],
        lambda lines: [*lines, "group G 01 X1", "quorum none"],
        lambda lines: [*lines, "group G any X1 X1", "quorum none"],
        lambda lines: [*lines, "group G any X1", "group H any X1", "quorum none"],
        lambda lines: [*lines, "group G any G", "quorum none"],
        lambda lines: [*lines, "group G any none", "quorum none"],
        lambda lines: ["quorum X1", *lines],
        lambda lines: [*lines, "unknown", "quorum none"],
        lambda lines: [*lines, "log", "quorum none"],
        lambda lines: [*lines, "log x+00000000+AAAA", "quorum none"],
        lambda lines: [lines[1].replace("witness X1", "log"), "quorum none"],
        lambda lines: [lines[0].replace("log", "witness W", 1), "quorum none"],
        lambda lines: [*lines, "quorum none\r"],
        lambda lines: [*lines, "quorum\xa0none"],
        lambda lines: [*lines, "# \x00", "quorum none"],
    ],
)
def test_trust_files_of_another_form_are_refused(new_signer, change):
    with pytest.raises(Malformed):
        parse_policy("\n".join(change(policy_of(new_signer))) + "\n")


def test_a_trust_file_ends_in_a_line_feed(new_signer):
    with pytest.raises(Malformed):
        parse_policy("quorum none")


def test_a_trust_file_is_known_by_its_sha_256():
    assert fingerprint(b"").startswith("e3b0c442")
