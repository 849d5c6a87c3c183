"""What a log says about its whole self: origin, size, root (C2SP tlog-checkpoint)."""

from __future__ import annotations

from dataclasses import dataclass

from .dsse import Signer
from .encoding import b64decode, b64encode, decimal
from .errors import Malformed
from .note import sign_note


@dataclass(frozen=True)
class Checkpoint:
    """The tree of the log called `origin` at `size` leaves."""

    origin: str
    size: int
    root: bytes


def parse_checkpoint(text: str) -> Checkpoint:
    """Return the checkpoint in a note's text; raise Malformed for any other, or more, lines."""
    lines = text.split("\n")
    if len(lines) != 4 or lines[3] or not lines[0]:
        raise Malformed("checkpoint that is not three lines: origin, size, root")
    root = b64decode(lines[2])
    if len(root) != 32:
        raise Malformed(f"checkpoint with a root of {len(root)} octets")
    return Checkpoint(lines[0], decimal(lines[1]), root)


def format_checkpoint(checkpoint: Checkpoint) -> str:
    """Return the text of a checkpoint."""
    return f"{checkpoint.origin}\n{checkpoint.size}\n{b64encode(checkpoint.root)}\n"


def sign_checkpoint(checkpoint: Checkpoint, signer: Signer) -> bytes:
    """Return the checkpoint as a note signed under the log's origin."""
    return sign_note(format_checkpoint(checkpoint), checkpoint.origin, signer)
