"""The members as they stand in `report.html`, and the check that they are there (format 9).

The page is a template known by its digest, then the data, then two closing tags.
"""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Callable, Iterable, Iterator, Optional

from .encoding import b64encode, canonical
from .layout import ANSWERS, CHECKPOINT, DISCLOSURES, HEADS, Layout, proof_path, record_path
from .manifest import Manifest, about
from .tiles import bundle_paths, decode_bundle, tile_path

END = b"</body>\n</html>\n"
# By format, how many octets the template has, and their SHA-256. A released one never changes.
TEMPLATES = {
    4: (107_661, "c24d6a9920b2cb216c54943a11f41a11bbd14aa11d9bcea4eb7f3a7261f237c4"),
    5: (136_601, "d3be0bd5186829c3381b3b824d23331b1a4b5a8e68d192bcfba363e75e0137cb"),
}

# What a data block can hold as it is: no end tag, and nothing that a parser of HTML changes.
_PLAIN = re.compile(rb"(?!=)[ -;=-~]*")

Read = Callable[[str], Optional[bytes]]


def blocks(manifest: Manifest, read: Read) -> Iterator[bytes]:
    """Give the data block by block; `read` gives the octets of a member."""
    layout = manifest.layout
    yield from front(manifest, read)
    for n, width in bundle_paths(layout.size):
        tile = read(tile_path(0, n, width)) or b""
        yield records_block(tile, _records(layout, n, width, read))


def front(manifest: Manifest, read: Read) -> Iterator[bytes]:
    """Give the blocks that stand before the records."""
    yield text_block("about", canonical(about(manifest)))
    kinds = {"checkpoint": CHECKPOINT, "answers": ANSWERS, "disclosures": DISCLOSURES}
    if not manifest.layout.has_answers:
        del kinds["answers"]
    if manifest.layout.is_partial:
        kinds["heads"] = HEADS
    for kind, name in kinds.items():
        yield text_block(kind, read(name) or b"")


def _records(layout: Layout, n: int, width: int, read: Read) -> Iterable[bytes]:
    """Return the records of a bundle that are shown, in a case each before its proof."""
    positions = layout.positions(n, width)
    if not layout.is_case:
        return decode_bundle(read(layout.bundle_path(n, width)) or b"", len(positions))
    names = (name for p in positions for name in (record_path(p), proof_path(p)))
    return [read(name) or b"" for name in names]


def text_block(kind: str, data: bytes) -> bytes:
    """Return the block of a member that is text, by its lines."""
    return _block(kind, data.split(b"\n"))


def records_block(tile: bytes, entries: Iterable[bytes]) -> bytes:
    """Return the block of a bundle of records, after the tile of their hashes."""
    return _block("records", (tile, *entries))


def check_page(pieces: Iterable[bytes], edition: int, data: Iterable[bytes]) -> bool:
    """Tell whether `pieces` are the template of that format, then `data`, then the end.

    Both are read once, a piece at a time.
    """
    size, digest = TEMPLATES[edition]
    template, whole = sha256(), sha256()
    head = b""
    for piece in pieces:
        whole.update(piece)
        if len(head) < size:
            head += piece[: size - len(head)]
    template.update(head)
    if template.hexdigest() != digest:
        return False
    for block in data:
        template.update(block)
    template.update(END)
    return template.digest() == whole.digest()


def _block(kind: str, lines: Iterable[bytes]) -> bytes:
    text = b"\n".join(map(_line, lines))
    return b'<script type="text/plain" class="%b">\n%b\n</script>\n' % (kind.encode("ascii"), text)


def _line(data: bytes) -> bytes:
    return data if _PLAIN.fullmatch(data) else b"=" + b64encode(data).encode("ascii")
