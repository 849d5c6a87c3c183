"""Heads of streams: one stream, one head; and a path that shows nobody else."""

import random

import pytest

from ledger.proof.encoding import b64encode, canonical, parse_canonical
from ledger.proof.errors import Invalid, Malformed
from ledger.proof.heads import DEPTH, Head, Proof, check_proof, read_heads
from ledger.proof.headtree import HeadTree, heads_member

SEED = b"s" * 32


def heads(count, prefix="incident/inc-"):
    return [Head(f"{prefix}{n}", n + 1, bytes([n % 256]) * 32) for n in range(count)]


@pytest.fixture(name="tree", scope="module")
def _tree():
    return HeadTree(SEED, [*heads(100), Head("person/per-1", 0, None)])


def holds(proof, root):
    try:
        check_proof(proof, root)
    except Invalid:
        return False
    return True


@pytest.mark.parametrize("count", [1, 2, 3, 7, 100])
def test_every_head_is_under_the_root(count):
    tree = HeadTree(SEED, heads(count))
    for head in heads(count):
        proof = tree.prove(head.stream)
        assert (proof.head, len(proof.path)) == (head, DEPTH)
        check_proof(proof, tree.root())


def test_that_a_stream_is_empty_is_shown_like_any_head(tree):
    proof = tree.prove("person/per-1")
    assert (proof.head.version, proof.head.record) == (0, None)
    check_proof(proof, tree.root())
    assert not holds(Proof(Head("person/per-2", 0, None), proof.nonce, proof.path), tree.root())


def test_the_same_heads_give_the_same_root_whatever_their_order(tree):
    shuffled = heads(100)
    random.Random(1).shuffle(shuffled)
    assert HeadTree(SEED, [Head("person/per-1", 0, None), *shuffled]).root() == tree.root()
    assert HeadTree(b"t" * 32, heads(100)).root() != HeadTree(SEED, heads(100)).root()


def test_a_stream_that_is_not_there_has_no_proof(tree):
    with pytest.raises(KeyError):
        tree.prove("incident/inc-100")


@pytest.mark.parametrize(
    "change",
    [
        lambda p: Proof(Head(p.head.stream, p.head.version - 1, p.head.record), p.nonce, p.path),
        lambda p: Proof(Head(p.head.stream, p.head.version + 1, p.head.record), p.nonce, p.path),
        lambda p: Proof(Head(p.head.stream, p.head.version, bytes(32)), p.nonce, p.path),
        lambda p: Proof(Head("incident/inc-8", p.head.version, p.head.record), p.nonce, p.path),
        lambda p: Proof(p.head, bytes(32), p.path),
        lambda p: Proof(p.head, p.nonce, p.path[::-1]),
        lambda p: Proof(p.head, p.nonce, (bytes(32), *p.path[1:])),
        lambda p: Proof(p.head, p.nonce, (*p.path[:-1], bytes(32))),
    ],
)
def test_whatever_is_changed_the_proof_no_longer_holds(tree, change):
    proof = tree.prove("incident/inc-7")
    assert holds(proof, tree.root())
    assert not holds(change(proof), tree.root())


def test_one_stream_has_no_second_head_under_one_root(tree):
    """The place is that of the stream's name: what stands there is one leaf."""
    other = HeadTree(SEED, [Head("incident/inc-7", 3, bytes(32))])
    second = other.prove("incident/inc-7")
    assert holds(second, other.root())
    assert not holds(second, tree.root())
    mixed = Proof(second.head, second.nonce, tree.prove("incident/inc-7").path)
    assert not holds(mixed, tree.root())


def test_a_path_shows_neither_neighbours_nor_how_many_streams_there_are():
    """Every path has the same length, and nothing in it is the same hash twice, or a known one."""
    lonely, crowded = HeadTree(SEED, heads(1)), HeadTree(b"t" * 32, heads(500))
    for tree in (lonely, crowded):
        path = tree.prove("incident/inc-0").path
        assert len(path) == len(set(path)) == DEPTH
        assert all(len(set(octets)) > 8 for octets in path)
    # Whoever guesses a neighbour and its head still lacks its nonce.
    assert not set(crowded.prove("incident/inc-0").path) & set(lonely.prove("incident/inc-0").path)


def test_the_member_comes_back_as_it_was(tree):
    proofs = [tree.prove(stream) for stream in ("person/per-1", "incident/inc-3")]
    assert read_heads(heads_member(proofs)) == proofs[::-1]
    assert read_heads(heads_member([])) == []


PLAIN = {"nonce": b64encode(bytes(32)), "path": b64encode(bytes(32 * DEPTH)),
         "record": "00" * 32, "stream": "incident/inc-1", "version": 1}  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        {"version": 0},
        {"version": -1},
        {"version": True},
        {"version": "1"},
        {"record": None},
        {"record": "00"},
        {"record": "AA" * 32},
        {"record": 1},
        {"stream": "no/stream"},
        {"stream": None},
        {"nonce": b64encode(bytes(31))},
        {"nonce": None},
        {"path": b64encode(bytes(32 * DEPTH - 32))},
        {"path": ""},
        {"path": 7},
        {"more": 1},
    ],
)
def test_heads_of_another_form_are_malformed(change):
    assert read_heads(canonical({"heads": [PLAIN]}))
    with pytest.raises(Malformed):
        read_heads(canonical({"heads": [{**PLAIN, **change}]}))


@pytest.mark.parametrize(
    "value", [{}, [], {"heads": {}}, {"heads": [PLAIN, PLAIN]}, {"heads": [], "more": 1},
              {"heads": [{**PLAIN, "stream": "post/b"}, {**PLAIN, "stream": "post/a"}]},
              {"heads": [1]}]
)  # fmt: skip
def test_a_member_of_another_form_is_malformed(value):
    with pytest.raises(Malformed):
        read_heads(canonical(value))


def test_any_octet_of_a_member_counts(tree):
    data = heads_member([tree.prove("incident/inc-3")])
    value = parse_canonical(data)
    rng = random.Random(7)
    for _ in range(60):
        at = rng.randrange(len(data))
        changed = data[:at] + bytes([data[at] ^ 1 << rng.randrange(8)]) + data[at + 1 :]
        try:
            proofs = read_heads(changed)
        except Malformed:
            continue
        assert not any(holds(proof, tree.root()) for proof in proofs)
    assert heads_member(read_heads(data)) == canonical(value)
