"""A client of a C2SP tlog-tiles log, written from the specifications and from nothing of ours.

RFC 6962 for the tree and the proofs, C2SP tlog-tiles for the paths, signed-note and
tlog-checkpoint for the checkpoint. `fetch` takes a path and gives octets.
"""

import base64
import hashlib
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


@dataclass(frozen=True)
class Head:
    size: int
    root: bytes


def open_checkpoint(note, vkey):
    """Size and root of a checkpoint that the key, `name+id+base64`, signed."""
    name, ident, encoded = vkey.split("+", 2)
    raw = base64.b64decode(encoded)
    assert raw[0] == 1
    text, _, tail = note.decode().rpartition("\n\n")
    text += "\n"
    for line in tail.splitlines():
        dash, signer, value = line.split(" ")
        signature = base64.b64decode(value)
        if (dash, signer, signature[:4].hex()) == ("\u2014", name, ident):
            key = Ed25519PublicKey.from_public_bytes(raw[1:])
            key.verify(signature[4:], text.encode())
            origin, size, root = text.splitlines()
            assert origin == name
            return Head(int(size), base64.b64decode(root))
    raise AssertionError("not signed by the key")


def path_of(level, n, width):
    groups = f"{n:0{(len(str(n)) + 2) // 3 * 3}d}"
    parts = [groups[i : i + 3] for i in range(0, len(groups), 3)]
    path = "/".join([f"x{part}" for part in parts[:-1]] + [parts[-1]])
    return f"tile/{level}/{path}" + ("" if width == 256 else f".p/{width}")


class Client:
    """Reads the tree of one head; no tile is asked for that this head does not call for."""

    def __init__(self, fetch, head):
        self.fetch, self.head, self.tiles = fetch, head, {}

    def hash(self, level, index):
        """Hash number `index` of a tile level: the root over 256^level leaves."""
        n, within = divmod(index, 256)
        complete = self.head.size // 256**level
        width = min(256, complete - 256 * n)
        assert 0 <= within < width
        if (level, n) not in self.tiles:
            data = self.fetch(path_of(level, n, width))
            assert len(data) == 32 * width
            self.tiles[level, n] = data
        return self.tiles[level, n][32 * within : 32 * within + 32]

    def mth(self, begin, end):
        """The Merkle tree hash over leaves begin to end-1 (RFC 6962, 2.1)."""
        count = end - begin
        if not count:
            return hashlib.sha256(b"").digest()
        for level in range(7, -1, -1):
            if count == 256**level and begin % count == 0:
                return self.hash(level, begin // count)
        k = 1 << (count - 1).bit_length() - 1
        left, right = self.mth(begin, begin + k), self.mth(begin + k, end)
        return hashlib.sha256(b"\x01" + left + right).digest()

    def path(self, m, begin, end):
        """PATH(m, D[begin:end]) of RFC 6962, 2.1.1; m counts from begin."""
        count = end - begin
        if count == 1:
            return []
        k = 1 << (count - 1).bit_length() - 1
        if m < k:
            return [*self.path(m, begin, begin + k), self.mth(begin + k, end)]
        return [*self.path(m - k, begin + k, end), self.mth(begin, begin + k)]

    def subproof(self, m, begin, end, whole):
        """SUBPROOF of RFC 6962, 2.1.2."""
        count = end - begin
        if m == count:
            return [] if whole else [self.mth(begin, end)]
        k = 1 << (count - 1).bit_length() - 1
        if m <= k:
            return [*self.subproof(m, begin, begin + k, whole), self.mth(begin + k, end)]
        return [*self.subproof(m - k, begin + k, end, False), self.mth(begin, begin + k)]

    def entries(self):
        """All entries, each compared with its leaf hash."""
        found = []
        for n in range((self.head.size + 255) // 256):
            width = min(256, self.head.size - 256 * n)
            data = self.fetch(path_of("entries", n, width))
            for _ in range(width):
                length = int.from_bytes(data[:2], "big")
                found.append(data[2 : 2 + length])
                data = data[2 + length :]
            assert data == b""
        for index, entry in enumerate(found):
            assert hashlib.sha256(b"\x00" + entry).digest() == self.hash(0, index)
        return found


def root_by_path(leaf, index, size, path):
    """The root that an inclusion path leads to, by counting the tree's right edge."""
    inner = (index ^ (size - 1)).bit_length()
    value = leaf
    for step, sibling in enumerate(path):
        left_sibling = step >= inner or index >> step & 1
        pair = sibling + value if left_sibling else value + sibling
        value = hashlib.sha256(b"\x01" + pair).digest()
    assert len(path) == inner + bin(index >> inner).count("1")
    return value


def roots_by_consistency(old, new, old_root, path):
    """The two roots that a consistency path leads to."""
    shift = (old & -old).bit_length() - 1
    inner = ((old - 1) ^ (new - 1)).bit_length() - shift
    seed, path = (old_root, path) if old == 1 << shift else (path[0], path[1:])
    mask = (old - 1) >> shift
    one = other = seed
    for step, sibling in enumerate(path):
        if step >= inner or mask >> step & 1:
            one = hashlib.sha256(b"\x01" + sibling + one).digest()
            other = hashlib.sha256(b"\x01" + sibling + other).digest()
        else:
            other = hashlib.sha256(b"\x01" + other + sibling).digest()
    return one, other
