"""The receipt: an entry's inclusion proof with the checkpoint it leads to (C2SP tlog-proof)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterable, List, Optional, Tuple

from .checkpoint import Checkpoint, parse_checkpoint
from .encoding import b64decode, b64encode, decimal
from .errors import Invalid, Malformed
from .merkle import check_inclusion, leaf_hash
from .note import ED25519, VerifierKey, open_note

HEADER = "c2sp.org/tlog-proof@v1"
MAX_PATH = 63


@dataclass(frozen=True)
class TlogProof:
    """Position, path and signed checkpoint; `extra` is the issuer's and proves nothing."""

    index: int
    path: Tuple[bytes, ...]
    note: bytes
    extra: Optional[bytes] = None


def format_tlog_proof(proof: TlogProof) -> str:
    """Return the text of a proof."""
    lines = [HEADER]
    if proof.extra is not None:
        lines.append(f"extra {b64encode(proof.extra)}")
    lines.append(f"index {proof.index}")
    lines += map(b64encode, proof.path)
    return "\n".join(lines) + "\n\n" + proof.note.decode("utf-8")


def parse_tlog_proof(data: bytes) -> TlogProof:
    """Return the proof in `data`; raise Malformed unless it is one. Nothing is verified."""
    # The first blank line divides: none may stand among the lines before it.
    head, blank, note = data.partition(b"\n\n")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError:
        raise Malformed("proof that is not ascii before its checkpoint") from None
    if not blank or lines[0] != HEADER:
        raise Malformed(f"proof that does not begin with {HEADER}")
    rest = lines[1:]
    extra = b64decode(rest.pop(0)[6:]) if rest and rest[0].startswith("extra ") else None
    if not rest or not rest[0].startswith("index "):
        raise Malformed("proof without an index line")
    return TlogProof(decimal(rest[0][6:]), _path(rest[1:]), note, extra)


def check_tlog_proof(proof: TlogProof, entry: bytes, keys: Iterable[VerifierKey]) -> Checkpoint:
    """Return the checkpoint under which `entry` is proven to lie at `proof.index`.

    Raises Invalid unless a log key among `keys`, whose name is the checkpoint's origin, signed
    it and the path leads from the entry to its root; Malformed for what is no checkpoint.
    """
    text, verified = open_note(proof.note, keys)
    checkpoint = parse_checkpoint(text)
    if (checkpoint.origin, ED25519) not in [(key.name, key.algorithm) for key in verified]:
        raise Invalid(f"checkpoint of {checkpoint.origin!a} not signed by a key of that name")
    check_inclusion(leaf_hash(entry), proof.index, checkpoint.size, proof.path, checkpoint.root)
    return checkpoint


def _path(lines: List[str]) -> Tuple[bytes, ...]:
    if len(lines) > MAX_PATH:
        raise Malformed(f"proof of {len(lines)} hashes, at most {MAX_PATH}")
    path = tuple(map(b64decode, lines))
    if any(len(each) != 32 for each in path):
        raise Malformed("proof with a hash that is not 32 octets")
    return path
