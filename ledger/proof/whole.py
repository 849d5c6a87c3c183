"""Step 14: a file beside one of the whole log, both verified on their own, then compared.

What a part shows is in the log, and the heads of its streams are what the ledger signed. Whether
these are true, only the other records tell. Both files hold the leaf hash of every record, so two
histories of one log differ in a first leaf; up to there, what one file shows is, octet for octet,
what the other has or withholds at that place.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from operator import ne
from typing import (
    Any,
    BinaryIO,
    Dict,
    Iterable,
    Iterator,
    List,
    Mapping,
    Optional,
    Protocol,
    Sequence,
    Tuple,
    runtime_checkable,
)

from .container import open_container
from .errors import Malformed
from .journal import counted
from .layout import COMPLETE, REDACTED, member_limit
from .policy import Policy
from .record import Record
from .report import INVALID, MALFORMED, Check, Finding, Report, Step, WrongUsage, found, verdict_of
from .tiles import bundle_paths, tile_path
from .verify import verify

NUMBER, TITLE = 14, "the whole log"
_NOTHING_ELSE = "nor anything else that belongs to the case"
_NOT_KNOWN = "what else belongs to the case: not known; a complete file at least as large tells"
_NOT_CHECKED = "what else belongs to the case: not checked"


@dataclass(frozen=True)
class Whole:
    """What a file was compared with: its report, up to which size, and what stays unknown.

    `not_known` counts records up to the size of the file that neither of the two shows.
    """

    report: Report
    compared: int
    not_known: int


@runtime_checkable
class Belonging(Protocol):
    """A check, handed in, that can say of a whole log what belongs to a case (format 11)."""

    def ask(self, scope: Mapping[str, str], before: int) -> None:
        """Be asked, before any record, what lies before a position of a case."""

    def belonging(self) -> Optional[Mapping[int, str]]:
        """Return the positions of that, with their streams; None where it cannot be told."""


class Streams:
    """A check that finds no fault: at which positions a file shows records of some streams.

    Without `names`: of those that it claims to show whole.
    """

    name = "whole"
    open: Sequence[int] = ()

    def __init__(self, names: Optional[Iterable[str]] = None) -> None:
        self._names = names
        self.scope: Optional[Mapping[str, str]] = None
        self.records: Dict[str, List[int]] = {}
        self.hidden: List[int] = []

    def begin(self, claims: Mapping[str, Any]) -> None:
        """Take the names of the streams that the file claims to show whole."""
        scope = claims.get("scope")
        # A range is a matter of positions: the tree shows that nothing is missing.
        self.scope = scope if isinstance(scope, Mapping) and "from" not in scope else None
        names = claims.get("streams", ()) if self._names is None else self._names
        self.records = {name: [] for name in names}

    def see(self, position: int, record: Record) -> Iterable[Finding]:
        """Find no fault."""
        if record.subject in self.records:
            self.records[record.subject].append(position)
        return ()

    def skip(self, position: int) -> None:
        """Take note of a record that is not shown."""
        self.hidden.append(position)

    def done(self) -> Iterable[Finding]:
        """Find no fault."""
        return ()

    def positions(self, before: int) -> Dict[int, str]:
        """Return the streams of the records shown before a position, by theirs."""
        return {p: name for name, found in self.records.items() for p in found if p < before}


def verify_beside(
    file: str,
    whole: str,
    trust: Optional[Policy],
    known: Sequence[bytes],
    checks: Sequence[Check],
    checks_of_whole: Sequence[Check],
    authorities: Sequence[bytes] = (),
) -> Tuple[Report, Whole]:
    """Return the report of the file at `file`, and what it was compared with: the one at `whole`.

    As `verify`; the known checkpoints are asked of the former only, and so of both; authorities
    vouch for the timestamps in each. Raises
    WrongUsage for a whole that does not hold by itself, shows no whole log, or another one.
    """
    shown = Streams()
    with open(file, "rb") as first, open(whole, "rb") as second:
        part = verify(first, trust, known, (*checks, shown), authorities)
        others, belonging = Streams(shown.records), _ask(shown, part.size or 0, checks_of_whole)
        beside = verify(second, trust, (), (*checks_of_whole, others), authorities)
        _check_usable(beside, part, whole)
        if part.verdict in (INVALID, MALFORMED):
            return _with(part, (), "not compared, for this file does not hold"), Whole(beside, 0, 0)
        with _unchanged(file, whole):
            common, differs = _same(first, part.size or 0, second, beside.size or 0)
    if differs:
        other = found("whole_differs", "from here on the whole log tells another history", common)
        return _with(part, [other], ""), Whole(beside, common, 0)
    return _compared(part, beside, common, (shown, others), belonging)


def _compared(
    part: Report,
    beside: Report,
    common: int,
    streams: Tuple[Streams, Streams],
    belonging: Optional[Belonging],
) -> Tuple[Report, Whole]:
    """Say what the part leaves out of the first `common` records, which are one history."""
    shown, others = streams
    unknown = _unknown(shown, others, common)
    words = [f"the first {common} records are those of the {beside.kind} file", *_streams(shown)]
    # The part's last record is the commitment itself, which comes after all that it covers.
    asked = belonging if common >= (part.size or 0) - 1 else None
    called_for = asked.belonging() if asked is not None else None
    if shown.scope is not None:
        not_told = _NOT_KNOWN if belonging is not None else _NOT_CHECKED
        words.append(_NOTHING_ELSE if called_for is not None else not_told)
    left_out = list(_left_out(shown, others.positions(common), called_for or {}))
    said = _with(part, left_out, "; ".join((*words, *_not_known(*unknown))))
    return said, Whole(beside, common, sum(unknown))


def _ask(shown: Streams, size: int, checks: Sequence[Check]) -> Optional[Belonging]:
    """Return the check that will say what belongs to the case, where the file is one of a case."""
    asked = next((check for check in checks if isinstance(check, Belonging)), None)
    if asked is None or shown.scope is None:
        return None
    asked.ask(shown.scope, size - 1)
    return asked


def _check_usable(beside: Report, part: Report, name: str) -> None:
    """Raise WrongUsage unless something can be said of the part by that file."""
    if part.origin and beside.origin and part.origin != beside.origin:
        raise WrongUsage(f"{name} is of another log: {beside.origin!a}")
    if beside.verdict in (INVALID, MALFORMED):
        first = next(f for f in beside.findings if f.verdict == beside.verdict)
        place = "" if first.position is None else f" at position {first.position}"
        said = f"{first.code}{place}: {first.detail}"
        raise WrongUsage(f"{name} is {beside.verdict}, and so nothing to compare with: {said}")
    if beside.kind not in (COMPLETE, REDACTED):
        raise WrongUsage(f"{name} shows a part of the log (kind {beside.kind}), not the whole")


@contextmanager
def _unchanged(*names: str) -> Iterator[None]:
    """Raise WrongUsage when what was just verified cannot be read a second time."""
    try:
        yield
    except (Malformed, KeyError):
        raise WrongUsage(f"{' or '.join(names)} changed while it was read") from None


def _same(first: BinaryIO, size: int, second: BinaryIO, other: int) -> Tuple[int, bool]:
    """Return how many first leaf hashes the two files have in common, and whether one differs."""
    differ = map(ne, _leaves(first, size), _leaves(second, other))
    at = next((position for position, differs in enumerate(differ) if differs), None)
    return (min(size, other), False) if at is None else (at, True)


def _leaves(file: BinaryIO, size: int) -> Iterator[bytes]:
    container = open_container(file, member_limit)
    for n, width in bundle_paths(size):
        tile = container.read(tile_path(0, n, width))
        yield from (tile[i : i + 32] for i in range(0, len(tile), 32))


def _left_out(
    shown: Streams, positions: Mapping[int, str], called_for: Mapping[int, str]
) -> Iterator[Finding]:
    """Give each stream of which the whole log has more than the file shows, and should show."""
    more: Dict[str, List[int]] = {}
    for position in sorted({*positions, *called_for}.intersection(shown.hidden)):
        stream = positions.get(position) or called_for[position]
        more.setdefault(stream, []).append(position)
    for stream, missing in sorted(more.items()):
        detail = f"{stream}: {len(missing)} records that belong here are not shown"
        yield found("left_out", detail, missing[0])


def _unknown(shown: Streams, others: Streams, common: int) -> Tuple[int, int]:
    """Return how many records not shown are later than the other file, and withheld in both."""
    later = sum(position >= common for position in shown.hidden)
    return later, len({p for p in others.hidden if p < common}.intersection(shown.hidden))


def _streams(shown: Streams) -> Iterator[str]:
    if shown.records:
        yield f"of {len(shown.records)} streams nothing is left out here"


def _not_known(later: int, hidden: int) -> Iterator[str]:
    if later:
        yield f"not known of {later} records that it was taken before"
    if hidden:
        yield f"not known of {hidden} records that neither file shows"


def _with(part: Report, more: Sequence[Finding], words: str) -> Report:
    outcome, findings = counted(len(more)) if more else words, (*part.findings, *more)
    return replace(
        part,
        findings=findings,
        steps=(*part.steps, Step(NUMBER, TITLE, outcome)),
        verdict=verdict_of(findings) if more else part.verdict,
    )
