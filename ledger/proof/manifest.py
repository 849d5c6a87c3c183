"""The signed list of what an evidence file holds, and what it must hold (format 9)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Dict, Iterable, List, Tuple

from .dsse import Envelope, Signer, parse_envelope, sign_envelope
from .encoding import MAX_INTEGER, canonical, is_id, parse_canonical
from .errors import Malformed, Newer
from .form import is_origin
from .instants import parse_instant
from .layout import CASE, COMPLETE, FORMAT, KINDS, PERSON, REDACTED, Layout

MANIFEST_TYPE = "application/vnd.handledger.manifest+json"
SCOPE = "full"
# Which values a file discloses, since format 5; or a list of those under whose keys they lie.
ALL, NONE, SOME = "all", "none", "some"

_HEX64 = re.compile(r"[0-9a-f]{64}")
_REASON = re.compile(r"[a-z][a-z0-9_]{0,63}")
_COMMON = {"format", "kind", "members", "scope", "size", "source"}


@dataclass(frozen=True)
class Entry:
    """A member: its path, the SHA-256 of its octets in hex, and how many they are."""

    path: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Manifest:
    """The log and size that a file is about, and all its other members.

    `scope` is `full`, or of a case what it is about; `withheld` are positions with reasons, of a
    redacted file; `shown` are the positions of a case's records; `disclosed` is which values it
    discloses.
    """

    source: str
    size: int
    members: Tuple[Entry, ...]
    kind: str = COMPLETE
    withheld: Tuple[Tuple[int, str], ...] = ()
    format: int = FORMAT
    scope: Any = SCOPE
    shown: Tuple[int, ...] = ()
    disclosed: Any = SOME

    @property
    def layout(self) -> Layout:
        """Return where the records lie."""
        withheld = frozenset(position for position, _ in self.withheld)
        return Layout(self.size, self.format, self.kind, withheld, frozenset(self.shown))


def entry_of(path: str, data: bytes) -> Entry:
    """Return what a manifest says of a member."""
    return Entry(path, sha256(data).hexdigest(), len(data))


def sign_manifest(manifest: Manifest, signer: Signer) -> bytes:
    """Return the manifest in its envelope, signed by a record key."""
    members = sorted(manifest.members, key=lambda entry: entry.path)
    body: Dict[str, Any] = {
        "format": manifest.format,
        "members": [{"path": e.path, "sha256": e.sha256, "size": e.size} for e in members],
        **about(manifest),
    }
    return sign_envelope(MANIFEST_TYPE, canonical(body), [signer])


def about(manifest: Manifest) -> Dict[str, Any]:
    """Return what a file is about, and which records it shows: it stands in the page too."""
    said: Dict[str, Any] = {
        "kind": manifest.kind,
        "scope": manifest.scope,
        "size": manifest.size,
        "source": manifest.source,
    }
    if manifest.format >= 5:
        said["disclosed"] = manifest.disclosed
    if manifest.layout.is_case:
        return {**said, "shown": list(manifest.shown)}
    return {**said, "withheld": withheld_value(manifest.withheld)}


def withheld_value(withheld: Iterable[Tuple[int, str]]) -> List[Dict[str, Any]]:
    """Return withheld positions and their reasons as a JSON value."""
    return [{"position": position, "reason": reason} for position, reason in withheld]


def open_manifest(data: bytes) -> Envelope:
    """Return the envelope of a manifest; raise Malformed unless it is one."""
    return parse_envelope(data, MANIFEST_TYPE, 1)


def read_manifest(envelope: Envelope) -> Manifest:
    """Return what a manifest says; raise Malformed for a wrong form, Newer for an unknown one."""
    value = parse_canonical(envelope.body)
    if type(value) is not dict:
        raise Malformed("manifest that is not an object")
    edition, kind = _edition(value)
    in_case = kind in (CASE, PERSON)
    own = {"shown" if in_case else "withheld"} | ({"disclosed"} if edition >= 5 else set())
    if value.keys() != _COMMON | own:
        raise Malformed(f"manifest with other members than format {edition} has")
    if not _is_count(value["size"]) or not is_origin(value["source"]):
        raise Malformed("manifest whose size or source is not of its form")
    if in_case:
        check_scope(kind, value["scope"])
    elif value["scope"] != SCOPE:
        raise Malformed("manifest of a whole log with a scope of its own")
    return Manifest(
        value["source"],
        value["size"],
        _entries(value["members"]),
        kind=kind,
        withheld=() if in_case else _withheld(value["withheld"], kind, value["size"]),
        format=edition,
        scope=value["scope"],
        shown=_shown(value["shown"], value["size"]) if in_case else (),
        disclosed=_disclosed(value.get("disclosed", SOME)),
    )


def _disclosed(said: Any) -> Any:
    if type(said) is list:
        if not said or not all(type(name) is str and name for name in said):
            raise Malformed("disclosed subjects that are not a list of names")
        _check_sorted(said)
    elif type(said) is not str or said not in (ALL, NONE, SOME):
        raise Malformed("disclosed that is neither all, none, some nor a list")
    return said


def check_scope(kind: str, scope: Any) -> None:
    """Raise Malformed unless that is what a file of this kind can be about."""
    if type(scope) is not dict:
        raise Malformed("scope of a case that is not an object")
    if kind == PERSON or scope.keys() != {"from", "to"}:
        names = {"person"} if kind == PERSON else {"account", "incident"}
        if len(scope) != 1 or not scope.keys() <= names or not all(map(is_id, scope.values())):
            raise Malformed(f"scope that is not one of {', '.join(sorted(names))}")
        return
    if not all(type(scope[name]) is str for name in scope):
        raise Malformed("scope whose range is not of instants")
    if not parse_instant(scope["from"]) < parse_instant(scope["to"]):
        raise Malformed("scope whose range ends before it begins")


def _edition(value: Dict[str, Any]) -> Tuple[int, str]:
    edition, kind = value.get("format"), value.get("kind")
    if type(edition) is not int or edition < 1 or type(kind) is not str:
        raise Malformed("manifest without a format and a kind")
    if kind not in KINDS.get(edition, ()):
        raise Newer(f"format {edition}, kind {kind!a} is newer than this verifier")
    return edition, kind


def _withheld(items: Any, kind: str, size: int) -> Tuple[Tuple[int, str], ...]:
    if type(items) is not list or bool(items) is not (kind == REDACTED):
        raise Malformed("complete manifest with withheld records, or a redacted one without")
    for item in items:
        if type(item) is not dict or item.keys() != {"position", "reason"}:
            raise Malformed("withheld record that is not position and reason")
        if type(item["reason"]) is not str or not _REASON.fullmatch(item["reason"]):
            raise Malformed("withheld record whose reason is no word")
    if items:
        _shown([item["position"] for item in items], size)
    return tuple((item["position"], item["reason"]) for item in items)


def _shown(items: Any, size: int) -> Tuple[int, ...]:
    if type(items) is not list or not items or not all(map(_is_count, items)):
        raise Malformed("manifest whose positions are not a list of them")
    if items != sorted(set(items)) or items[-1] >= size:
        raise Malformed("positions not sorted, one twice, or beyond the size")
    return tuple(items)


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
        raise Malformed("manifest with a list that is not sorted, or has one twice")


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value <= MAX_INTEGER
