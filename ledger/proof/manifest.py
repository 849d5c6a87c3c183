"""The signed list of what an evidence file holds, and what it must hold (format 9)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Dict, Iterable, List, Tuple

from .dsse import Envelope, Signer, parse_envelope, sign_envelope
from .encoding import MAX_INTEGER, canonical, parse_canonical
from .errors import Malformed, Newer
from .form import is_origin
from .tiles import ENTRIES, TILE_WIDTH, bundle_paths, tile_path, tile_paths

MANIFEST_TYPE = "application/vnd.handledger.manifest+json"
# The format that is written; all up to it are read.
FORMAT = 2
KIND = "complete"
SCOPE = "full"

README = "README.txt"
MANIFEST = "manifest.json"
CHECKPOINT = "checkpoint"
DISCLOSURES = "disclosures.jsonl"
ANSWERS = "answers.json"

_HEX64 = re.compile(r"[0-9a-f]{64}")
_BUNDLE_LIMIT, _TILE_LIMIT, _SMALL_LIMIT, _LARGE_LIMIT = 12_700_000, 8_192, 65_536, 64 * 2**20
# What one member takes up in a manifest at most, in base64, and what surrounds them all.
_LINE_LIMIT, _FRAME_LIMIT = 256, 4_096


@dataclass(frozen=True)
class Entry:
    """A member: its path, the SHA-256 of its octets in hex, and how many they are."""

    path: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Manifest:
    """The log and size that a file is about, and all its other members."""

    source: str
    size: int
    members: Tuple[Entry, ...]
    kind: str = KIND
    withheld: Tuple[Any, ...] = ()
    format: int = FORMAT


def expected_members(size: int, edition: int = FORMAT) -> List[str]:
    """Return the names of all members of a complete file of so many records, in that format.

    Raises Malformed when a zip cannot hold so many.
    """
    # Decided before any are listed: the size is somebody else's word.
    if size > TILE_WIDTH * 65_535:
        raise Malformed(f"a log of {size} records does not fit into one evidence file")
    names = [README, MANIFEST, CHECKPOINT, DISCLOSURES]
    if has_answers(edition):
        names.append(ANSWERS)
    names += [tile_path(level, n, width) for level, n, width in tile_paths(size)]
    names += [tile_path(ENTRIES, n, width) for n, width in bundle_paths(size)]
    return names


def has_answers(edition: int) -> bool:
    """Tell whether files of that format hold answers."""
    return edition >= 2


def member_limit(name: str) -> int:
    """Return how many octets a member of that name may have."""
    if name.startswith(f"tile/{ENTRIES}/"):
        return _BUNDLE_LIMIT
    if name.startswith("tile/"):
        return _TILE_LIMIT
    return _SMALL_LIMIT if name in (README, CHECKPOINT) else _LARGE_LIMIT


def manifest_limit(members: int) -> int:
    """Return how many octets a manifest of so many members has at most."""
    return min(_LARGE_LIMIT, _FRAME_LIMIT + _LINE_LIMIT * members)


def entry_of(path: str, data: bytes) -> Entry:
    """Return what a manifest says of a member."""
    return Entry(path, sha256(data).hexdigest(), len(data))


def sign_manifest(manifest: Manifest, signer: Signer) -> bytes:
    """Return the manifest in its envelope, signed by a record key."""
    members = sorted(manifest.members, key=lambda entry: entry.path)
    body = {
        "format": manifest.format,
        "kind": manifest.kind,
        "members": [{"path": e.path, "sha256": e.sha256, "size": e.size} for e in members],
        "scope": SCOPE,
        "size": manifest.size,
        "source": manifest.source,
        "withheld": list(manifest.withheld),
    }
    return sign_envelope(MANIFEST_TYPE, canonical(body), [signer])


def open_manifest(data: bytes) -> Envelope:
    """Return the envelope of a manifest; raise Malformed unless it is one."""
    return parse_envelope(data, MANIFEST_TYPE, 1)


def read_manifest(envelope: Envelope) -> Manifest:
    """Return what a manifest says; raise Malformed for a wrong form, Newer for an unknown one."""
    value = parse_canonical(envelope.body)
    if type(value) is not dict:
        raise Malformed("manifest that is not an object")
    edition = _edition(value)
    if value.keys() != {"format", "kind", "members", "scope", "size", "source", "withheld"}:
        raise Malformed(f"manifest with other members than format {edition} has")
    if value["scope"] != SCOPE or value["withheld"] != []:
        raise Malformed("complete manifest with a scope of its own, or with withheld records")
    if not _is_count(value["size"]) or not is_origin(value["source"]):
        raise Malformed("manifest whose size or source is not of its form")
    entries = _entries(value["members"])
    return Manifest(value["source"], value["size"], entries, format=edition)


def _edition(value: Dict[str, Any]) -> int:
    edition, kind = value.get("format"), value.get("kind")
    if type(edition) is not int or edition < 1 or type(kind) is not str:
        raise Malformed("manifest without a format and a kind")
    if edition > FORMAT or kind != KIND:
        raise Newer(f"format {edition}, kind {kind!a} is newer than this verifier")
    return edition


def _entries(items: Any) -> Tuple[Entry, ...]:
    if type(items) is not list:
        raise Malformed("manifest whose members are not a list")
    entries = tuple(map(_entry, items))
    _check_sorted([entry.path for entry in entries])
    return entries


def _entry(item: Any) -> Entry:
    if type(item) is not dict or item.keys() != {"path", "sha256", "size"}:
        raise Malformed("manifest with a member that is not path, sha256 and size")
    path, digest, size = item["path"], item["sha256"], item["size"]
    if type(path) is not str or type(digest) is not str or not _is_count(size):
        raise Malformed("manifest with a member whose path, sha256 or size is not of its form")
    if not _HEX64.fullmatch(digest):
        raise Malformed(f"manifest with a sha256 that is none: {digest[:80]!a}")
    return Entry(path, digest, size)


def _check_sorted(paths: Iterable[str]) -> None:
    listed = list(paths)
    if listed != sorted(set(listed)):
        raise Malformed("manifest whose members are not sorted, or one twice")


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value <= MAX_INTEGER
