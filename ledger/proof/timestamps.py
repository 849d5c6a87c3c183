"""Timestamps in an evidence file: tokens that hold, and are on record, bound recorded times.

A token over the first N records says that they were there at its time, and whatever was recorded
once its hash was on record came later. That is asked only of an authority somebody named.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Dict, Iterable, Iterator, List, Mapping, Optional, Sequence, Tuple

from .authority import named_authority
from .certificate import Certificate, read_pem
from .checkpoint import Checkpoint, format_checkpoint
from .errors import Invalid, Malformed
from .evidence import Evidence
from .form import TIMESTAMP_TYPE
from .instants import format_instant
from .journal import Journal
from .keyring import REHEARSAL
from .layout import Layout, timestamp_path
from .record import Record
from .report import NOT_DISCLOSED, Finding, NamedAuthority, Report, Stamp, WrongUsage
from .timestamp import check_token, imprint, read_token

MOST_NAMED = 32  # certificates handed in
TOLERANCE = 600  # seconds by which the ledger's clock may differ from an authority's


@dataclass
class _Held:
    """A token that was signed well, and what the records say of it."""

    size: int
    token: str  # SHA-256 of the answer, in hex
    digest: bytes
    time: int
    signer: Certificate
    authority: Optional[Certificate]
    # Root and time, as records of this token have them, and the first position of each.
    said: Dict[Tuple[str, str], int] = field(default_factory=dict)
    position: Optional[int] = None  # where the record is that names it
    late: Optional[int] = None  # the first record below its size that says it is later
    early: Optional[int] = None  # the first since it was on record that says it is earlier


def parse_authorities(files: Sequence[bytes]) -> List[Certificate]:
    """Return the certificates in PEM files; raise WrongUsage for a file that has none."""
    try:
        found = [certificate for data in files for certificate in read_pem(data)]
    except Malformed as error:
        raise WrongUsage(f"authority: {error}") from None
    if len(found) > MOST_NAMED:
        raise WrongUsage(f"{len(found)} certificates of authorities, at most {MOST_NAMED}")
    return found


def in_words(report: Report) -> Iterator[str]:
    """Say of each authority how far its timestamps reach, and who vouches for it."""
    last = {stamp.fingerprint: stamp for stamp in report.timestamps}
    for stamp in last.values():
        yield ""
        yield f"timestamp of {stamp.at} over the first {stamp.size} records, and any before it:"
        who = f"{stamp.authority} (SHA-256 {stamp.fingerprint})"
        if stamp.vouched:
            yield f"    by the authority {who}, whom you named"
        else:
            yield f"    as the authority {who} says; nobody you named vouches for it"
    for named in report.authorities:
        if not named.timestamps:
            yield ""
            who = f"{named.name} (SHA-256 {named.fingerprint})"
            yield f"authority {who}: you named it, and no timestamp here leads to it"


class Timestamps:
    """The tokens of a file. It sees each record as a check does, and finds at the end."""

    name = "timestamps"
    open: Sequence[int] = ()

    def __init__(
        self, evidence: Evidence, layout: Layout, named: Sequence[Certificate], journal: Journal
    ) -> None:
        self._origin = evidence.origin
        self._journal = journal
        self._named = named
        self.sizes = evidence.timestamped(layout)
        read = [self._read(size, evidence.read(timestamp_path(size))) for size in self.sizes]
        self._held = {held.size: held for held in read if held is not None}
        # The clock of a rehearsal is set by its lines.
        free = self._origin.startswith(f"{REHEARSAL}/")
        self._bounds = {size for size, held in self._held.items() if held.authority and not free}
        self._ahead = _earliest(self._held[size] for size in self._bounds)
        self._floor: Optional[_Held] = None
        self._good: List[_Held] = []

    def begin(self, claims: Mapping[str, Any]) -> None:
        """Nothing that a file claims is asked for."""

    def see(self, position: int, record: Record) -> Iterable[Finding]:
        """Hold the time of a record against the tokens; what is wrong is said by `finish`."""
        if record.type == TIMESTAMP_TYPE:
            self._see_named(position, record)
        while self._ahead and self._ahead[-1][0] <= position:
            self._ahead.pop()
        if self._ahead and record.time > self._ahead[-1][1].time + TOLERANCE:
            held = self._ahead[-1][1]
            held.late = position if held.late is None else held.late
        floor = self._floor
        if floor is not None and record.time < floor.time - TOLERANCE and floor.early is None:
            floor.early = position
        return ()

    def skip(self, position: int) -> None:
        """A record that is not shown says no time."""

    def done(self) -> Iterable[Finding]:
        """Find nothing: that needs the roots."""
        return ()

    def finish(self, roots: Mapping[int, bytes]) -> None:
        """Note what is wrong with the tokens, and with recorded times; `roots` are by size."""
        for size, held in self._held.items():
            held.position = self._check_named(held, roots.get(size, b""))
            if held.position is not None:
                self._good.append(held)
                self._check_times(held)

    def stamps(self) -> Tuple[Stamp, ...]:
        """Return the tokens that hold, and that a record names."""
        return tuple(map(_stamp, self._good))

    def authorities(self) -> Tuple[NamedAuthority, ...]:
        """Return those that were named, each with how many tokens lead to it."""
        used = [held.authority for held in self._good]
        return tuple(NamedAuthority(a.name, a.fingerprint, used.count(a)) for a in self._named)

    def words(self) -> str:
        """Say how many there are."""
        if not self.sizes:
            return NOT_DISCLOSED
        vouched = sum(held.authority is not None for held in self._good)
        return f"{len(self.sizes)}, {vouched} by an authority that you named"

    def _read(self, size: int, answer: Optional[bytes]) -> Optional[_Held]:
        """Return a token, or None, which is noted, when it is none or not signed."""
        code = "timestamp_form"
        try:
            token = read_token(answer or b"")
            code = "timestamp_signature"
            check_token(token)
        except (Malformed, Invalid) as error:
            self._journal.add(12, code, f"over the first {size} records: {error}")
            return None
        authority = named_authority(token, self._named)
        name = sha256(answer or b"").hexdigest()
        return _Held(size, name, token.digest, token.time, token.signer, authority)

    def _see_named(self, position: int, record: Record) -> None:
        fields = record.fields
        held = self._held.get(fields["size"])
        if held is None or fields["token"] != held.token:
            return
        held.said.setdefault((fields["root"], fields["at"]), position)
        if held.size in self._bounds and (self._floor is None or held.time > self._floor.time):
            self._floor = held

    def _check_named(self, held: _Held, root: bytes) -> Optional[int]:
        """Return where the token is on record; None, which is noted, where it is not the one."""
        where, at = f"over the first {held.size} records", format_instant(held.time)
        named = [(said, n) for (of, said), n in held.said.items() if of == root.hex()]
        if not named:
            self._journal.add(12, "timestamp_differs", f"no record names the token {where}")
        elif named[0][0] != at:
            detail = f"the token {where} says {at}, its record {named[0][0]}"
            self._journal.add(12, "timestamp_differs", detail, named[0][1])
        elif held.digest != imprint(format_checkpoint(Checkpoint(self._origin, held.size, root))):
            self._journal.add(12, "timestamp_imprint", f"the token {where}", named[0][1])
        else:
            return named[0][1]
        return None

    def _check_times(self, held: _Held) -> None:
        at = format_instant(held.time)
        if held.late is not None:
            detail = f"recorded later than {at}, when it was timestamped with {held.size} records"
            self._journal.add(12, "later_than_timestamp", detail, held.late)
        if held.early is not None:
            detail = f"recorded earlier than {at}, the time of a timestamp that is on record"
            self._journal.add(12, "earlier_than_timestamp", detail, held.early)


def _earliest(bounds: Iterable[_Held]) -> List[Tuple[int, _Held]]:
    """Return, the largest size first, each size and the earliest token over no fewer records."""
    found: List[Tuple[int, _Held]] = []
    for held in sorted(bounds, key=lambda held: -held.size):
        sooner = found[-1][1] if found and found[-1][1].time < held.time else held
        found.append((held.size, sooner))
    return found


def _stamp(held: _Held) -> Stamp:
    return Stamp(
        held.size,
        held.position or 0,
        format_instant(held.time),
        held.signer.name,
        held.signer.fingerprint,
        held.authority is not None,
    )
