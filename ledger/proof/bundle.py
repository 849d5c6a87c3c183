"""Writing an evidence file, one bundle at a time (format 9)."""

from __future__ import annotations

import os
from contextlib import nullcontext
from dataclasses import dataclass, replace
from itertools import islice
from types import MappingProxyType
from typing import (
    Any,
    BinaryIO,
    Callable,
    ContextManager,
    Dict,
    Iterable,
    Iterator,
    List,
    Mapping,
    Optional,
    Sequence,
    Tuple,
    Union,
)

from .checkpoint import parse_checkpoint
from .disclosure import disclosure_lines
from .dsse import Signer
from .embedded import END, front, records_block
from .encoding import plain_json
from .errors import Invalid
from .heads import Proof
from .headtree import heads_member
from .layout import (
    ANSWERS,
    CHECKPOINT,
    DISCLOSURES,
    HEADS,
    MANIFEST,
    README,
    REPORT,
    Layout,
    member_limit,
    proof_path,
    record_path,
    timestamp_path,
)
from .manifest import SCOPE, SOME, Entry, Manifest, check_scope, sign_manifest
from .merkle import Frontier, leaf_hash, root
from .note import parse_note
from .readme_partial import readme_text
from .template import template
from .tiles import TILE_WIDTH, bundle_paths, encode_bundle, tile_path
from .tlogproof import TlogProof, format_tlog_proof
from .zipwriter import Packed, ZipWriter

Target = Union[str, "os.PathLike[str]", BinaryIO]


class Leaf(bytes):
    """The leaf hash of a record whose octets nobody has any more, in place of them."""


@dataclass(frozen=True)
class Part:
    """What a file shows of a log when it does not show all of it.

    `kind` is `redacted`, with `withheld` positions and their reasons, or `case` or `person`, with
    what it is about, the positions `shown`, and `prove` for the inclusion path of each. `heads`
    lead to the root in the last record.
    """

    kind: str
    heads: Sequence[Proof]
    withheld: Tuple[Tuple[int, str], ...] = ()
    scope: Any = SCOPE
    shown: Tuple[int, ...] = ()
    prove: Callable[[int], Sequence[bytes]] = lambda position: ()


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
    part: Optional[Part] = None,
    timestamps: Mapping[int, bytes] = MappingProxyType({}),
    disclosed: Any = SOME,
) -> None:
    """Write the evidence file of a log up to a checkpoint; the same input gives the same file.

    `entries` gives the octets of the first `size` records in order, or a Leaf, and is read once;
    a disclosure is `{path, position, salt, value}` with its salt in base64, or `{erased_by, path,
    position}`; `answers` are those of the records shown, in plain JSON's domain; `signer` holds a
    record key; without a `part` all is shown.
    `timestamps` are tokens by the size of the checkpoint they are over; `disclosed` says which
    values those are: `all`, `none`, `some`, or a sorted list of whose.
    Raises Invalid when the records are not those of the checkpoint, or a member is beyond its
    limit: what was written is then worthless.
    """
    checkpoint = parse_checkpoint(parse_note(checkpoint_note).text)
    if (checkpoint.origin, checkpoint.size) != (origin, size):
        raise Invalid(f"checkpoint of {checkpoint.origin}, size {checkpoint.size}")
    manifest = replace(_manifest(origin, size, part), disclosed=disclosed)
    lines, said = disclosure_lines(disclosures), plain_json(dict(answers))
    with _opened(file) as binary:
        writer = _Writer(binary, manifest.layout)
        writer.add(README, readme_text(manifest.format, manifest.kind))
        writer.add(CHECKPOINT, checkpoint_note)
        told = {CHECKPOINT: checkpoint_note, ANSWERS: said, DISCLOSURES: lines}
        if part is not None:
            told[HEADS] = heads_member(part.heads)
            writer.prove = lambda n: _proof(n, part.prove(n), checkpoint_note)
        writer.begin_report((template(), *front(manifest, told.get)))
        if writer.add_tree(iter(entries)) != checkpoint.root:
            raise Invalid("records do not give the checkpoint's root")
        writer.add(DISCLOSURES, lines)
        writer.add_timestamps(timestamps)
        if manifest.layout.has_answers:
            writer.add(ANSWERS, said)
        if part is not None:
            writer.add(HEADS, told[HEADS])
        writer.close(manifest, signer)


def _manifest(origin: str, size: int, part: Optional[Part]) -> Manifest:
    if part is None:
        return Manifest(origin, size, ())
    if part.scope != SCOPE:
        check_scope(part.kind, part.scope)
    return Manifest(
        origin,
        size,
        (),
        kind=part.kind,
        withheld=part.withheld,
        scope=part.scope,
        shown=part.shown,
    )


def layout_of(part: Optional[Part], size: int) -> Layout:
    """Return where the records lie in a file of that part of a log; None: of all of it."""
    return _manifest("", size, part).layout


def _proof(position: int, path: Sequence[bytes], note: bytes) -> bytes:
    return format_tlog_proof(TlogProof(position, tuple(path), note)).encode("utf-8")


def _opened(file: Target) -> ContextManager[BinaryIO]:
    # A file that is handed in stays open.
    return open(file, "wb") if isinstance(file, (str, os.PathLike)) else nullcontext(file)


class _Writer:
    """The members so far: in the zip, and as the manifest's entries."""

    def __init__(self, file: BinaryIO, layout: Layout) -> None:
        self._zip = ZipWriter(file)
        self._layout = layout
        self._entries: List[Entry] = []
        self._report = Packed()
        self.prove: Callable[[int], bytes] = lambda position: b""

    def add(self, name: str, data: bytes, deflate: bool = True) -> None:
        packed = Packed(deflate)
        packed.write(data)
        self._add_packed(name, packed)

    def _add_packed(self, name: str, packed: Packed) -> None:
        if packed.size > member_limit(name):
            raise Invalid(f"member {name} of {packed.size} octets is beyond its limit")
        self._zip.add_packed(name, packed)
        self._entries.append(Entry(name, packed.sha256, packed.size))

    def begin_report(self, pieces: Iterable[bytes]) -> None:
        """Begin the page; the records join it as they come."""
        for piece in pieces:
            self._report.write(piece)

    def add_tree(self, entries: Iterator[bytes]) -> bytes:
        """Add the records that are shown, and all hash tiles; return the root."""
        frontier, above = Frontier(), []
        for n, width in bundle_paths(self._layout.size):
            bundle = list(islice(entries, width))
            shown = list(self._add_records(n, width, bundle))
            leaves = [e if isinstance(e, Leaf) else leaf_hash(e) for e in bundle]
            self._add_tile(0, n, leaves)
            self._report.write(records_block(b"".join(leaves), shown))
            frontier = frontier.extend(leaves)
            if width == TILE_WIDTH:
                above.append(root(leaves))
        if next(entries, None) is not None:
            raise Invalid(f"more than {self._layout.size} records")
        self._add_levels(above)
        return frontier.root()

    def add_timestamps(self, tokens: Mapping[int, bytes]) -> None:
        """Add the tokens, by the size of the checkpoint they are over."""
        for size in sorted(tokens):
            self.add(timestamp_path(size), tokens[size], deflate=False)

    def close(self, manifest: Manifest, signer: Signer) -> None:
        self._report.write(END)
        self._add_packed(REPORT, self._report)
        whole = replace(manifest, members=tuple(self._entries))
        self._zip.add(MANIFEST, sign_manifest(whole, signer))
        self._zip.close()

    def _add_records(self, n: int, width: int, bundle: List[bytes]) -> Iterator[bytes]:
        """Add the records that are shown, and give what the page holds of them."""
        if len(bundle) != width:
            raise Invalid("records do not give the checkpoint's root")
        first, positions = n * TILE_WIDTH, self._layout.positions(n, width)
        for position in positions:
            if isinstance(bundle[position - first], Leaf):
                raise Invalid(f"record {position} was destroyed: it cannot be shown")
            yield bundle[position - first]
            if self._layout.is_case:
                proof = self.prove(position)
                self.add(record_path(position), bundle[position - first])
                self.add(proof_path(position), proof)
                yield proof
        if not self._layout.is_case:
            shown = encode_bundle(bundle[position - first] for position in positions)
            self.add(self._layout.bundle_path(n, width), shown)

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
