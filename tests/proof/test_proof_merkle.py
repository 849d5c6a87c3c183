"""Trees, proofs and tiles, against the vectors and against the RFC's own recursion."""

import random
from functools import cache
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.proof.errors import Invalid, Malformed
from ledger.proof.merkle import (
    EMPTY_ROOT,
    Frontier,
    check_consistency,
    check_inclusion,
    consistency_path,
    inclusion_path,
    leaf_hash,
    root,
)
from ledger.proof.tiles import bundle_paths, decode_bundle, encode_bundle, tile_path, tile_paths

many = settings(deadline=None, database=None, derandomize=True, max_examples=100)
LEAVES = [leaf_hash(b"event-%d" % n) for n in range(300)]


@cache
def mth(begin, end):
    """RFC 6962, 2.1, as it stands there."""
    if end - begin == 0:
        return sha256(b"").digest()
    if end - begin == 1:
        return LEAVES[begin]
    k = 1
    while k * 2 < end - begin:
        k *= 2
    return sha256(b"\x01" + mth(begin, begin + k) + mth(begin + k, end)).digest()


def node(level, index):
    return mth(index << level, (index + 1) << level)


def test_leaf_hashes_and_roots_are_those_of_the_vectors(vectors):
    assert [leaf.hex() for leaf in LEAVES] == vectors["leaf_hashes_hex"]
    frontier = Frontier()
    for size, expected in enumerate(vectors["roots_hex"]):
        assert root(LEAVES[:size]).hex() == expected
        assert frontier.root().hex() == expected
        assert frontier == Frontier().extend(LEAVES[:size])
        assert Frontier.from_bytes(size, frontier.to_bytes()) == frontier
        if size < 300:
            frontier = frontier.append(LEAVES[size])


def test_inclusion_proofs_are_those_of_the_vectors(vectors):
    for vector in vectors["inclusion"]:
        index, size = vector["index"], vector["tree_size"]
        path = inclusion_path(index, size, node)
        assert [step.hex() for step in path] == vector["proof_hex"]
        check_inclusion(LEAVES[index], index, size, path, mth(0, size))


def test_consistency_proofs_are_those_of_the_vectors(vectors):
    for vector in vectors["consistency"]:
        old, new = vector["old_size"], vector["new_size"]
        path = consistency_path(old, new, node)
        assert [step.hex() for step in path] == vector["proof_hex"]
        check_consistency(old, new, mth(0, old), mth(0, new), path)


def test_every_proof_of_every_small_tree_holds_and_no_other():
    for size in range(1, 71):
        whole = mth(0, size)
        for index in range(size):
            path = inclusion_path(index, size, node)
            check_inclusion(LEAVES[index], index, size, path, whole)
            with pytest.raises(Invalid):
                check_inclusion(LEAVES[index + 1], index, size, path, whole)
            with pytest.raises(Invalid):
                check_inclusion(LEAVES[index], index, size, [*path, whole], whole)
            if size > 1:
                with pytest.raises(Invalid):
                    check_inclusion(LEAVES[index], index, size, path[:-1], whole)
                with pytest.raises(Invalid):
                    check_inclusion(LEAVES[index], (index + 1) % size, size, path, whole)


def test_every_consistency_of_small_trees_holds_and_no_other():
    for new in range(71):
        for old in range(new + 1):
            path = consistency_path(old, new, node)
            check_consistency(old, new, mth(0, old), mth(0, new), path)
            for bad in ([*path, LEAVES[0]], path[:-1]):
                if bad != path:
                    with pytest.raises(Invalid):
                        check_consistency(old, new, mth(0, old), mth(0, new), bad)
            for one, two in ((LEAVES[299], mth(0, new)), (mth(0, old), LEAVES[299])):
                if old:
                    with pytest.raises(Invalid):
                        check_consistency(old, new, one, two, path)


@many
@given(st.data())
def test_one_flipped_bit_breaks_a_proof(data):
    size = data.draw(st.integers(2, 300))
    index = data.draw(st.integers(0, size - 1))
    path = inclusion_path(index, size, node)
    at = data.draw(st.integers(0, len(path) - 1))
    bad = [bytes([step[0] ^ 1]) + step[1:] if i == at else step for i, step in enumerate(path)]
    with pytest.raises(Invalid):
        check_inclusion(LEAVES[index], index, size, bad, mth(0, size))


@many
@given(st.integers(0, 300), st.integers(0, 300))
def test_larger_trees_are_consistent(one, two):
    old, new = sorted((one, two))
    check_consistency(old, new, mth(0, old), mth(0, new), consistency_path(old, new, node))


def test_proofs_outside_the_tree_are_refused():
    for index, size in ((0, 0), (1, 1), (-1, 1), (5, 3)):
        with pytest.raises(ValueError, match="no leaf"):
            inclusion_path(index, size, node)
        with pytest.raises(Invalid):
            check_inclusion(LEAVES[0], index, size, [], LEAVES[0])
    with pytest.raises(ValueError, match="no prefix"):
        consistency_path(3, 2, node)
    with pytest.raises(Invalid):
        check_consistency(3, 2, LEAVES[0], LEAVES[0], [])
    with pytest.raises(Invalid):
        check_consistency(0, 2, LEAVES[0], mth(0, 2), [])


def test_hashes_of_another_length_are_refused():
    with pytest.raises(Invalid):
        check_inclusion(LEAVES[0], 0, 2, [LEAVES[1][:31]], mth(0, 2))
    with pytest.raises(Invalid):
        check_consistency(1, 2, LEAVES[0], mth(0, 2), [LEAVES[1] + b"\x00"])


def test_an_inner_node_does_not_pass_for_a_leaf():
    inner = LEAVES[0] + LEAVES[1]
    with pytest.raises(Invalid):
        check_inclusion(leaf_hash(inner), 0, 1, [], mth(0, 2))


@pytest.mark.parametrize(("size", "data"), [(1, b""), (3, bytes(32)), (0, bytes(32)), (-1, b"")])
def test_a_frontier_of_another_length_is_refused(size, data):
    with pytest.raises(Malformed):
        Frontier.from_bytes(size, data)


def test_the_empty_tree_has_the_hash_of_nothing():
    assert root([]) == Frontier().root() == EMPTY_ROOT == sha256(b"").digest()


def test_tile_paths_are_those_of_the_vectors(vectors):
    for vector in vectors["tile_paths"]:
        assert tile_path(vector["level"], vector["n"], vector["w"]) == vector["path"]


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 65_535, 65_536, 65_537, 70_000, 16_777_217])
def test_the_tiles_of_a_tree_hold_each_of_its_hashes_once(size):
    level = {}
    for number, n, width in tile_paths(size):
        assert n == level.get(number, (0, 0))[0]
        level[number] = (n + 1, level.get(number, (0, 0))[1] + width)
    expected, left, number = {}, size, 0
    while left:
        expected[number] = (-(-left // 256), left)
        number, left = number + 1, left // 256
    assert level == expected
    assert sum(width for _, width in bundle_paths(size)) == size


def test_a_tree_of_70000_has_the_tiles_of_the_specification():
    widths = [(level, width) for level, _, width in tile_paths(70_000) if width < 256]
    assert widths == [(0, 112), (1, 17), (2, 1)]


def test_entry_bundles_are_those_of_the_vectors(vectors):
    for vector in vectors["entry_bundles"]:
        entries = [bytes.fromhex(entry) for entry in vector["entries_hex"]]
        assert encode_bundle(entries).hex() == vector["bundle_hex"]
        assert decode_bundle(bytes.fromhex(vector["bundle_hex"]), len(entries)) == entries


@many
@given(st.lists(st.binary(max_size=300), max_size=20))
def test_bundles_come_back(entries):
    assert decode_bundle(encode_bundle(entries), len(entries)) == entries


def test_broken_bundles_say_where():
    data = encode_bundle([b"one", b"two"])
    for cut in range(len(data)):
        with pytest.raises(Malformed, match=f"within entry {int(cut >= 5)} of 2"):
            decode_bundle(data[:cut], 2)
    with pytest.raises(Malformed, match="1 octets after entry 1"):
        decode_bundle(data + b"x", 2)
    with pytest.raises(Malformed, match="after entry 0"):
        decode_bundle(data, 1)
    with pytest.raises(Malformed):
        encode_bundle([bytes(65_536)])
    assert decode_bundle(encode_bundle([bytes(65_535)]), 1) == [bytes(65_535)]


def test_large_random_trees_prove_what_they_hold():
    rng = random.Random(7)
    size = 5_000
    leaves = [leaf_hash(b"%d" % n) for n in range(size)]
    levels = [leaves]
    while len(levels[-1]) > 1:
        below = levels[-1]
        pairs = range(0, len(below) - 1, 2)
        levels.append([sha256(b"\x01" + below[i] + below[i + 1]).digest() for i in pairs])
    for _ in range(200):
        new = rng.randint(2, size)
        old, index = rng.randint(1, new), rng.randrange(new)
        whole = root(leaves[:new])
        get = lambda level, i: levels[level][i]  # noqa: E731
        check_inclusion(leaves[index], index, new, inclusion_path(index, new, get), whole)
        path = consistency_path(old, new, get)
        check_consistency(old, new, root(leaves[:old]), whole, path)
