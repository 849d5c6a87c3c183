"""Which key was valid at which position, folded from the key records of the log (format 6)."""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass, field
from typing import Collection, Dict, List, Optional, Set, Tuple

from .dsse import Envelope, keyid
from .errors import Invalid, Malformed
from .form import is_origin
from .keyrecords import (
    ADMITTED,
    COMPROMISED,
    ED25519,
    ML_DSA_44,
    OPENED,
    REASONS,
    REATTESTED,
    REVOKED,
    ROOTS_CHANGED,
    ROTATED,
    Admission,
    Roots,
    check_approved,
    check_kind,
    handed_to,
    origin_of,
    read_admitted,
    read_ended,
    read_opened,
    read_reattested,
    read_roots,
    read_rotated,
    self_admitted,
)
from .note import VerifierKey, verifier_key
from .record import KEYRING, Record

REHEARSAL = "rehearsal"
NO_ROOTS = Roots((), 0)
# What a checkpoint key is at a size.
STATES = IN_FORCE, DOUBTFUL, ENDED = "in force", "doubtful", "ended"


@dataclass
class Key:
    """A key and its interval: a record key's of positions, a checkpoint key's of sizes."""

    said: Admission
    since: int
    last: Optional[int] = None
    # Before which position it is trusted, where it was compromised; whether that ended it.
    trusted_until: Optional[int] = None
    is_stolen: bool = False

    def covers(self, at: int) -> bool:
        """Tell whether `at` lies in its interval."""
        return self.since <= at and (self.last is None or at <= self.last)


@dataclass
class Keyring:
    """The keys of one log. Each is valid over an interval of positions, never of time."""

    origin: str = ""
    count: int = 0
    rehearsal: bool = False
    roots: Roots = NO_ROOTS
    keys: Dict[str, Key] = field(default_factory=dict)
    # Runs of records that the same keys signed: first, beyond the last, key ids; none where roots
    # approved.
    runs: List[Tuple[int, int, Tuple[str, ...]]] = field(default_factory=list)
    # Ranges that were re-attested, in order: from where, up to where, root, by which record.
    reattested: List[Tuple[int, int, bytes, int]] = field(default_factory=list)
    # Every key of the log, whatever for: none ever serves again.
    _used: Set[bytes] = field(default_factory=set)

    def admit(self, position: int, record: Record, signed_by: Collection[str] = ()) -> None:
        """Take a record that the keys `signed_by` signed, and apply what it says about keys.

        Raises Malformed or Invalid when it may not change the keys, Newer when it is a key record
        of an unknown type: these can never be passed over.
        """
        if record.subject == KEYRING:
            check_kind(record)
            if record.type != OPENED and not self.count:
                raise Invalid(f"{record.type} before the keyring is opened")
            _APPLY[record.type](self, position, record, signed_by)
            self.count += 1
        if self.count:
            self._see(position, () if record.approvals else tuple(signed_by))

    def _see(self, position: int, signers: Tuple[str, ...]) -> None:
        if self.runs and self.runs[-1][1:] == (position, signers):
            self.runs[-1] = (self.runs[-1][0], position + 1, signers)
        else:
            self.runs.append((position, position + 1, signers))

    def knows(self, public_key: bytes) -> bool:
        """Tell whether it is, or was, a key of this log, for whatever purpose."""
        return public_key in self._used

    def record_key(self, ident: str, position: int) -> bytes:
        """Return the record key of that id; raise Invalid unless it is valid at `position`."""
        key = self.keys.get(ident)
        if key is None or key.said.purpose != "record" or not key.covers(position):
            raise Invalid(f"no record key {ident} is valid at position {position}")
        return key.said.key

    def signing_key(self, ident: str, position: int, envelope: Envelope) -> bytes:
        """Return the key of that id if it may sign this record: valid there, or brought by it.

        Raises Invalid. A key handed over to never signs alone: the other signature is then that
        of a key valid there, for each key signs once. One that the roots admit may.
        """
        if len(envelope.signatures) == 2:
            new = handed_to(envelope)
        else:
            new = b"" if ident in self.keys else self_admitted(envelope, self.roots)
        if new and keyid("record", new) == ident:
            return new
        return self.record_key(ident, position)

    def checkpoint_keys(self, size: int, state: str = IN_FORCE) -> List[VerifierKey]:
        """Return the keys that are in that state for a checkpoint of `size`.

        `doubtful`: compromised before the size, and ended by that alone; `ended`: in any other way.
        """
        found = self._checkpoint_keys(size, ED25519, state)
        return [verifier_key(self.origin, key) for key in found]

    def post_quantum_keys(self, size: int) -> List[bytes]:
        """Return the ML-DSA-44 keys (1,312 octets) in force for a checkpoint of `size`."""
        return self._checkpoint_keys(size, ML_DSA_44, IN_FORCE)

    def _checkpoint_keys(self, size: int, algorithm: str, state: str) -> List[bytes]:
        return [
            key.said.key
            for key in self.keys.values()
            if key.said.purpose == "checkpoint"
            and key.said.algorithm == algorithm
            and key.since <= size
            and _state(key, size) == state
        ]

    def _open(self, position: int, record: Record, _: Collection[str]) -> None:
        if position != 0 or self.count:
            raise Invalid(f"keyring opened at position {position}")
        roots, admitted = read_opened(record.fields)
        if {one.key for one in admitted} & set(roots.keys):
            raise Invalid("a root key is admitted for another purpose")
        _check_origin(record, roots)
        if record.actor != "system":
            raise Invalid(f"keyring opened by {record.actor}")
        check_approved(record, roots)
        self.origin, self.roots = record.source, roots
        self.rehearsal = record.fields["rehearsal"]
        self._used.update(roots.keys)
        for one in admitted:
            self._add(one, position + (one.purpose == "checkpoint"))

    def _add(self, said: Admission, since: int) -> None:
        if said.key in self._used:
            raise Invalid(f"key {keyid(said.purpose, said.key)} is a key of this log already")
        self.keys[keyid(said.purpose, said.key)] = Key(said, since)
        self._used.add(said.key)

    def _rotate(self, position: int, record: Record, signed_by: Collection[str]) -> None:
        """From the next position on the new key is the only record key."""
        new = Admission("record", read_rotated(record))
        ident = keyid("record", new.key)
        if len(signed_by) != 2 or ident not in signed_by:
            raise Invalid("change of the record key that old and new key did not both sign")
        for other in set(signed_by) - {ident}:
            self.record_key(other, position)
        old = [key for key in self.keys.values() if key.said.purpose == "record"]
        self._add(new, position + 1)
        for key in old:
            key.last = position if key.last is None else key.last

    def _approved(self, record: Record, signed_by: Collection[str], *more: Roots) -> None:
        if len(signed_by) != 1:
            raise Invalid(f"{record.type} with {len(signed_by)} signatures")
        check_approved(record, self.roots, *more)

    def _admit(self, position: int, record: Record, signed_by: Collection[str]) -> None:
        """The key is valid from the next position on, or from this one, where it signs itself."""
        new = read_admitted(record.fields)
        self._approved(record, signed_by)
        self._add(new, position + (keyid(new.purpose, new.key) not in signed_by))

    def _revoke(self, position: int, record: Record, signed_by: Collection[str]) -> None:
        if read_ended(record.fields, "reason") not in REASONS:
            raise Malformed(f"key revoked as {ascii(record.fields['reason'])[:40]}")
        self._approved(record, signed_by)
        key = self._named(record)
        if key.last is not None:
            raise Invalid(f"key {record.fields['key_id']} has ended already")
        alike = [one.said for one in self.keys.values() if one.last is None]
        if key.said.algorithm == ED25519 and [one[::2] for one in alike].count(key.said[::2]) < 2:
            raise Invalid(f"the last {key.said.purpose} key is revoked")
        key.last = position

    def _compromise(self, position: int, record: Record, signed_by: Collection[str]) -> None:
        until = read_ended(record.fields, "trusted_until")
        if type(until) is not int or not 0 <= until <= position:
            raise Malformed(f"key trusted until {ascii(until)[:20]}")
        self._approved(record, signed_by)
        key = self._named(record)
        key.trusted_until = min(until, until if key.trusted_until is None else key.trusted_until)
        if key.last is None:
            key.last, key.is_stolen = position, True

    def _named(self, record: Record) -> Key:
        key = self.keys.get(str(record.fields["key_id"]))
        if key is None or key.said.purpose != record.fields["purpose"]:
            raise Invalid(f"no such key of the log: {ascii(record.fields['key_id'])[:40]}")
        return key

    def _reattest(self, position: int, record: Record, signed_by: Collection[str]) -> None:
        start, stop, root = read_reattested(record.fields)
        self._approved(record, signed_by)
        # No record is re-attested twice: so all of them together cost one reading of the log.
        at = bisect(self.reattested, (start, stop))
        near = self.reattested[max(0, at - 1) : at + 1]
        twice = [one for one in near if start < one[1] and one[0] < stop]
        if stop > position or twice:
            raise Invalid("re-attestation of later records, or of some a second time")
        self.reattested.insert(at, (start, stop, root, position))

    def _change_roots(self, _: int, record: Record, signed_by: Collection[str]) -> None:
        roots = read_roots(record.fields)
        self._approved(record, signed_by, roots)
        if self._used.intersection(roots.keys) - set(self.roots.keys):
            raise Invalid("a new root key is a key of this log already")
        self.roots = roots
        self._used.update(roots.keys)


_APPLY = {
    OPENED: Keyring._open,
    ROTATED: Keyring._rotate,
    ADMITTED: Keyring._admit,
    REVOKED: Keyring._revoke,
    COMPROMISED: Keyring._compromise,
    REATTESTED: Keyring._reattest,
    ROOTS_CHANGED: Keyring._change_roots,
}


def _state(key: Key, size: int) -> str:
    if key.trusted_until is not None and size > key.trusted_until:
        return DOUBTFUL if key.is_stolen or key.covers(size) else ENDED
    return IN_FORCE if key.covers(size) else ENDED


def _check_origin(record: Record, roots: Roots) -> None:
    # A record's form has made sure of two slashes.
    host, slug, _ = record.source.split("/")
    if not is_origin(record.source) or record.source != origin_of(host, slug, *roots):
        raise Invalid(f"origin {record.source} does not hash its roots")
    if record.fields["rehearsal"] is not (host == REHEARSAL):
        raise Invalid(f"rehearsal is {record.fields['rehearsal']} on host {host}")
