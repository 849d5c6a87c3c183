"""Sealed acts that the service cannot open: to the chair's key and the local authority's.

From the record on that names the two public keys, the data key of every sealed act is new and lies
beside the log in two halves, one for each key (docs/format.md 5). Nothing of it is kept under the
wrapping key. Both halves are always there and always alike: one that must not open holds the key
of nothing, so that no row tells what kind of act it belongs to.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from ledger.domain.entries import Entries
from ledger.ports import Ports, SealTo
from ledger.proof.encoding import b64decode
from ledger.rows import SubjectKey

ADOPTED = "ConfidentialKeysAdopted"
RENEWED = "SealingRenewed"
EPOCH = 0  # of no wrapping key
HALF = 32 + 33 + 16  # encapsulated key, data key with its mark, tag
BOTH, AUTHORITY = b"\x00", b"\x01"  # whose it is


class Opener(Protocol):
    """A private key that is lent to the service for a while."""

    @property
    def public_key(self) -> bytes: ...

    def open(self, sealed: bytes, name: str) -> bytes:
        """What was sealed to this key under `name`. Raises ValueError."""
        ...


@dataclass(frozen=True)
class Keys:
    """The public keys in force, the record that names them, and the covers a day."""

    position: int
    version: int
    chair: bytes
    authority: bytes
    covers: int


def in_force(known: Entries) -> Keys | None:
    """The keys to which sealed acts are sealed now; None where the service can read them."""
    entry = max(known.of(ADOPTED), key=lambda e: e.position, default=None)
    if entry is None:
        return None
    said = entry.fields
    chair, authority = b64decode(said["chair_key"]), b64decode(said["authority_key"])
    return Keys(entry.position, said["version"], chair, authority, said.get("covers_per_day", 0))


def must_be_named(known: Entries, opener: Opener) -> None:
    """Raise ValueError unless a record names the public half of a private key."""
    names = ("chair_key", "authority_key")
    told = {b64decode(e.fields[name]) for e in known.of(ADOPTED) for name in names}
    if opener.public_key not in told:
        raise ValueError("no record names this key")


def sealed_key(ports: Ports, keys: Keys, key: bytes, under: str, chair: bool) -> SubjectKey:
    """The row of a new data key; `chair` whether the chair's key is to open it too."""
    mark = BOTH if chair else AUTHORITY
    halves = (
        _half(ports.seal_to, keys.chair, key if chair else ports.chance(32), BOTH, under),
        _half(ports.seal_to, keys.authority, key, mark, under),
    )
    return SubjectKey(under, EPOCH, b"".join(halves))


def is_confidential(row: SubjectKey) -> bool:
    """Whether a row of a key is of this form."""
    return row.epoch == EPOCH and len(row.wrapped) == 2 * HALF


def opened(row: SubjectKey, opener: Opener) -> list[bytes]:
    """The data keys that lie in a row for a private key: one, or none."""
    return [plain[:32] for plain in _plains(row, opener)]


def again(row: SubjectKey, opener: Opener, keys: Keys, ports: Ports) -> SubjectKey:
    """The row for the keys in force now, as far as a private key can make it.

    The authority's key makes both halves anew; the chair's makes the chair's, and leaves the
    authority's as it is. Every row changes in the same way, whatever it holds.
    """
    first, second = row.wrapped[:HALF], row.wrapped[HALF:]
    by_authority = _plain(second, opener, row.subject)
    if by_authority is not None:
        chair = by_authority[32:] == BOTH
        return sealed_key(ports, keys, by_authority[:32], row.subject, chair)
    by_chair = _plain(first, opener, row.subject)
    key = by_chair[:32] if by_chair is not None else ports.chance(32)
    half = _half(ports.seal_to, keys.chair, key, BOTH, row.subject)
    return SubjectKey(row.subject, EPOCH, half + second)


def _half(seal_to: SealTo, public: bytes, key: bytes, mark: bytes, under: str) -> bytes:
    return seal_to(public, key + mark, under)


def _plains(row: SubjectKey, opener: Opener) -> list[bytes]:
    halves = (row.wrapped[:HALF], row.wrapped[HALF:])
    found = (_plain(half, opener, row.subject) for half in halves)
    return [plain for plain in found if plain is not None]


def _plain(half: bytes, opener: Opener, under: str) -> bytes | None:
    try:
        return opener.open(half, under)
    except ValueError:
        return None
