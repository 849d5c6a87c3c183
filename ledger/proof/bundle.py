"""Writing an evidence file, one bundle at a time (format 9)."""

from __future__ import annotations

import os
from contextlib import nullcontext
from itertools import islice
from typing import Any, BinaryIO, ContextManager, Dict, Iterable, Iterator, List, Mapping, Union

from .checkpoint import parse_checkpoint
from .disclosure import disclosure_lines
from .dsse import Signer
from .encoding import plain_json
from .errors import Invalid
from .manifest import (
    ANSWERS,
    CHECKPOINT,
    DISCLOSURES,
    FORMAT,
    MANIFEST,
    README,
    Entry,
    Manifest,
    entry_of,
    member_limit,
    sign_manifest,
)
from .merkle import Frontier, leaf_hash, root
from .note import parse_note
from .readme import README_TEXTS
from .tiles import ENTRIES, TILE_WIDTH, bundle_paths, encode_bundle, tile_path
from .zipwriter import ZipWriter

Target = Union[str, "os.PathLike[str]", BinaryIO]


def write_evidence(
    file: Target,
    *,
    checkpoint_note: bytes,
    origin: str,
    size: int,
    entries: Iterable[bytes],
    disclosures: Iterable[Dict[str, Any]],
    answers: Mapping[str, Any],
    signer: Signer,
) -> None:
    """Write the complete evidence file of a log up to a checkpoint; the same input, the same file.

    `entries` gives the octets of the first `size` records in order, and is read once; a disclosure
    is `{path, position, salt, value}` with its salt in base64; `answers` are those of the records,
    in plain JSON's domain; `signer` holds a record key. Raises Invalid when the records are not
    those of the checkpoint, or a member is beyond its limit: what was written is then worthless.
    """
    checkpoint = parse_checkpoint(parse_note(checkpoint_note).text)
    if (checkpoint.origin, checkpoint.size) != (origin, size):
        raise Invalid(f"checkpoint of {checkpoint.origin}, size {checkpoint.size}")
    lines, said = disclosure_lines(disclosures), plain_json(dict(answers))
    with _opened(file) as binary:
        writer = _Writer(binary)
        writer.add(README, README_TEXTS[FORMAT])
        writer.add(CHECKPOINT, checkpoint_note)
        if writer.add_tree(size, iter(entries)) != checkpoint.root:
            raise Invalid("records do not give the checkpoint's root")
        writer.add(DISCLOSURES, lines)
        writer.add(ANSWERS, said)
        writer.close(origin, size, signer)


def _opened(file: Target) -> ContextManager[BinaryIO]:
    # A file that is handed in stays open.
    return open(file, "wb") if isinstance(file, (str, os.PathLike)) else nullcontext(file)


class _Writer:
    """The members so far: in the zip, and as the manifest's entries."""

    def __init__(self, file: BinaryIO) -> None:
        self._zip = ZipWriter(file)
        self._entries: List[Entry] = []

    def add(self, name: str, data: bytes, deflate: bool = True) -> None:
        if len(data) > member_limit(name):
            raise Invalid(f"member {name} of {len(data)} octets is beyond its limit")
        self._zip.add(name, data, deflate)
        self._entries.append(entry_of(name, data))

    def add_tree(self, size: int, entries: Iterator[bytes]) -> bytes:
        """Add entry bundles and hash tiles; return the root."""
        frontier, above = Frontier(), []
        for n, width in bundle_paths(size):
            bundle = list(islice(entries, width))
            self.add(tile_path(ENTRIES, n, width), encode_bundle(bundle))
            leaves = list(map(leaf_hash, bundle))
            self._add_tile(0, n, leaves)
            frontier = frontier.extend(leaves)
            if width == TILE_WIDTH:
                above.append(root(leaves))
        if next(entries, None) is not None:
            raise Invalid(f"more than {size} records")
        self._add_levels(above)
        return frontier.root()

    def close(self, origin: str, size: int, signer: Signer) -> None:
        manifest = Manifest(origin, size, tuple(self._entries))
        self._zip.add(MANIFEST, sign_manifest(manifest, signer))
        self._zip.close()

    def _add_levels(self, hashes: List[bytes]) -> None:
        level = 1
        while hashes:
            tiles = [hashes[i : i + TILE_WIDTH] for i in range(0, len(hashes), TILE_WIDTH)]
            for n, tile in enumerate(tiles):
                self._add_tile(level, n, tile)
            level, hashes = level + 1, [root(t) for t in tiles if len(t) == TILE_WIDTH]

    def _add_tile(self, level: int, n: int, hashes: List[bytes]) -> None:
        # Hashes do not deflate.
        self.add(tile_path(level, n, len(hashes)), b"".join(hashes), deflate=False)
