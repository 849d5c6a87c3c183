"""A witness answers as C2SP tlog-witness says, and never signs two histories."""

import base64
import json
import sqlite3
import threading
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from keys.signer import FileSigner
from ledger import witnessing
from ledger.proof.checkpoint import Checkpoint, sign_checkpoint
from ledger.proof.merkle import EMPTY_ROOT, consistency_path, leaf_hash, root
from ledger.proof.note import (
    COSIGNATURE,
    cosigned_at,
    parse_note,
    parse_vkey,
    verifier_key,
)
from ledger.witnessing import Refused, Witness, create_database

VECTORS = json.loads((Path(__file__).parents[1] / "vectors/tlog_vectors.json").read_text("utf-8"))
NAME, LOG, NOW = "witness.example/w1", "log.example/school", 1_790_000_000
KEY, LOG_KEY = FileSigner("witness", b"W" * 32), FileSigner("checkpoint", b"L" * 32)


def watching(directory, *logs):
    database = directory / "witness.db"
    if not database.exists():
        create_database(database)
    keys = logs or (verifier_key(LOG, LOG_KEY.public_key),)
    return Witness(database, NAME, KEY, keys, lambda: NOW)


@pytest.fixture(name="witness")
def _witness(tmp_path):
    return watching(tmp_path)


class Log:
    """A log of so many leaves; another `seed` is another history."""

    def __init__(self, seed="a"):
        self.leaves = [leaf_hash(f"{seed}{n}".encode()) for n in range(70)]

    def root(self, size):
        return root(self.leaves[:size])

    def path(self, old, new):
        def node(level, index):
            return root(self.leaves[index << level : (index + 1) << level])

        return consistency_path(old, new, node)

    def submit(self, old, new, path=None):
        note = sign_checkpoint(Checkpoint(LOG, new, self.root(new)), LOG_KEY)
        return body(old, self.path(old, new) if path is None else path, note)


def body(old, path, note):
    lines = [f"old {old}", *(base64.b64encode(h).decode() for h in path)]
    return "\n".join(lines).encode() + b"\n\n" + note


def status(witness, request):
    try:
        witness.add_checkpoint(request)
    except Refused as refused:
        return refused.status
    return 200


def test_a_growing_log_is_cosigned_at_every_step(witness):
    log, old = Log(), 0
    for size in (0, 1, 1, 7, 8, 33, 64, 70, 70):
        request = log.submit(old, size)
        line = witness.add_checkpoint(request)
        note = parse_note(request.partition(b"\n\n")[2] + line)
        key = verifier_key(NAME, KEY.public_key, COSIGNATURE)
        assert NOW == cosigned_at(note, key)
        by_hand(note.text, line)
        old = size


def by_hand(text, line):
    """The cosignature, checked from the specification and by nothing of ours."""
    dash, name, encoded = line.decode().rstrip("\n").split(" ")
    payload = base64.b64decode(encoded)
    assert ("—", NAME, 76) == (dash, name, len(payload))
    seconds = int.from_bytes(payload[4:12], "big")
    signed = f"cosignature/v1\ntime {seconds}\n{text}".encode()
    Ed25519PublicKey.from_public_bytes(KEY.public_key).verify(payload[12:], signed)


def test_the_published_vectors_are_cosigned_in_order(tmp_path):
    """Signed checkpoints and proofs that an implementation in Go has checked."""
    first = VECTORS["keys"][0]
    proofs = {(c["old_size"], c["new_size"]): c["proof_hex"] for c in VECTORS["consistency"]}
    notes = {int(k["note_text"].split("\n")[1]): k["note"] for k in VECTORS["keys"][:4]}
    witness = watching(tmp_path, parse_vkey(first["vkey"]))
    for old, new in ((0, 0), (0, 1), (1, 256), (256, 300)):
        path = [bytes.fromhex(h) for h in proofs.get((old, new), [])]
        assert 200 == status(witness, body(old, path, notes[new].encode()))


def test_each_refusal_has_its_status(witness):
    log = Log()
    assert 200 == status(witness, log.submit(0, 8))
    stranger = sign_checkpoint(Checkpoint("other.example/x", 9, log.root(9)), LOG_KEY)
    forged = sign_checkpoint(Checkpoint(LOG, 9, log.root(9)), KEY)
    assert 404 == status(witness, body(8, [], stranger))
    assert 403 == status(witness, body(8, log.path(8, 9), forged))
    assert 400 == status(witness, log.submit(9, 8, path=[]))
    assert 409 == status(witness, log.submit(0, 9))
    assert 409 == status(witness, log.submit(7, 9))
    assert 422 == status(witness, log.submit(8, 9, path=[]))
    assert 422 == status(witness, log.submit(8, 9, path=[*log.path(8, 9), bytes(32)]))
    assert 200 == status(witness, log.submit(8, 9))


def test_the_answer_to_an_outdated_size_is_the_size(witness):
    log = Log()
    witness.add_checkpoint(log.submit(0, 33))
    with pytest.raises(Refused) as refused:
        witness.add_checkpoint(log.submit(0, 40, path=[]))
    assert (409, "33\n", None) == (refused.value.status, refused.value.text, refused.value.forked)


@pytest.mark.parametrize(
    "request_",
    [
        b"", b"old 0\n", b"old 0\n\n", b"old 00\n\nx", b"old -1\n\nx", b"old  0\n\nx",
        b"new 0\n\nx",
        b"old 0\nAAAA\n\nx", b"old 0\nnot base64\n\nx", b"old 0\n\nnot a note", b"\xff\n\nx",
        b"old 0\n" + (base64.b64encode(bytes(32)) + b"\n") * 64 + b"\nx",
    ],
)  # fmt: skip
def test_what_is_no_request_is_400(witness, request_):
    assert 400 == status(witness, request_)


def test_an_empty_log_has_one_root(witness):
    note = sign_checkpoint(Checkpoint(LOG, 0, bytes(32)), LOG_KEY)
    assert 409 == status(witness, body(0, [], note))
    note = sign_checkpoint(Checkpoint(LOG, 0, EMPTY_ROOT), LOG_KEY)
    assert 200 == status(witness, body(0, [], note))


def test_a_log_may_have_extension_lines(tmp_path):
    """Another log's right, though ours never has them."""
    vector = next(k for k in VECTORS["keys"] if "note extension line" in k["note_text"])
    witness = watching(tmp_path, parse_vkey(vector["vkey"]))
    assert 200 == status(witness, body(0, [], vector["note"].encode()))


def test_another_history_is_refused_and_kept(witness, tmp_path):
    honest, forked = Log("a"), Log("b")
    witness.add_checkpoint(honest.submit(0, 33))
    for size, expected in ((33, 409), (40, 422)):
        with pytest.raises(Refused) as refused:
            witness.add_checkpoint(forked.submit(33, size))
        assert (expected, size) == (refused.value.status, refused.value.forked.size)
    kept = witnessing.refused(tmp_path / "witness.db")
    assert [(33, forked.root(33)), (40, forked.root(40))] == [(c.size, c.root) for c, _ in kept]
    assert all(parse_note(note).signatures for _, note in kept)
    assert 200 == status(witness, honest.submit(33, 34))


def test_two_histories_at_once_and_only_one_is_signed(tmp_path):
    """Sixteen requests race for the same place, each through a witness of its own."""
    logs, signed, together = [Log(str(n)) for n in range(16)], [], threading.Barrier(16)
    watching(tmp_path)

    def race(log):
        together.wait()
        if status(watching(tmp_path), log.submit(0, 5)) == 200:
            signed.append(log)

    threads = [threading.Thread(target=race, args=(log,)) for log in logs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 1 == len(signed)
    [seen] = witnessing.seen(tmp_path / "witness.db")
    assert signed[0].root(5) == seen.root


def test_it_is_on_the_disk_before_it_is_signed(tmp_path):
    """When the signer is asked, somebody else can read already what was seen."""
    read = []

    class Watched(FileSigner):
        def sign(self, message):
            with sqlite3.connect(tmp_path / "witness.db") as database:
                read.append(database.execute("SELECT size FROM seen").fetchall())
            database.close()
            return super().sign(message)

    create_database(tmp_path / "witness.db")
    keys = (verifier_key(LOG, LOG_KEY.public_key),)
    signer = Watched("witness", b"W" * 32)
    witness = Witness(tmp_path / "witness.db", NAME, signer, keys, lambda: NOW)
    witness.add_checkpoint(Log().submit(0, 9))
    assert [[(9,)]] == read


def test_what_was_seen_is_never_made_anew(witness, tmp_path):
    witness.add_checkpoint(Log().submit(0, 9))
    with pytest.raises(FileExistsError):
        create_database(tmp_path / "witness.db")
    (tmp_path / "witness.db").unlink()
    with pytest.raises(sqlite3.OperationalError):
        witness.add_checkpoint(Log("b").submit(0, 9))
    assert not (tmp_path / "witness.db").exists()
