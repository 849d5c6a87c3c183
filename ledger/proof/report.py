"""What a verification says: findings, steps, one verdict, an exit code (CONTRACT 5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, Iterable, List, Mapping, Optional, Protocol, Sequence, Tuple

from .ed25519 import BACKEND
from .record import Record

VALID = "VALID"
UNANCHORED = "UNANCHORED"
SUSPECT = "SUSPECT"
INVALID = "INVALID"
MALFORMED = "MALFORMED"

EXIT_CODES = {VALID: 0, UNANCHORED: 10, SUSPECT: 20, INVALID: 30, MALFORMED: 40}

# What became of the answers, and the same in words.
RECOMPUTED = "recomputed"
DIFFER = "differ"
NOT_DISCLOSED = "not disclosed"
NOT_CHECKED = "not checked"
IN_WORDS = {
    RECOMPUTED: "recomputed by the verifier, and equal",
    DIFFER: "recomputed by the verifier, and not equal",
    NOT_DISCLOSED: "not disclosed",
    NOT_CHECKED: "not checked",
}

# The worst first. A contradiction is certain, whatever else a newer verifier would find in a
# file; so INVALID comes before MALFORMED.
_WORST = (INVALID, MALFORMED, SUSPECT, UNANCHORED)

# So many runs of positions are named in words.
MAX_RUNS = 50

# Every code of this package: the verdict it leads to, and what was found. Besides them, `more`
# counts findings that are not listed, and checks that are handed in bring codes of their own.
CODES: Dict[str, Tuple[str, str]] = {
    "container": (MALFORMED, "the file is not a sound zip within the limits"),
    "member_missing": (MALFORMED, "a member that a file of this size has is not there"),
    "member_unexpected": (MALFORMED, "a member that a file of this size does not have is there"),
    "not_evidence": (MALFORMED, "neither manifest nor checkpoint can be read"),
    "newer": (MALFORMED, "made under an edition that this verifier does not know"),
    "member_damaged": (INVALID, "a member does not unpack to what its header says"),
    "manifest_form": (INVALID, "the manifest is not of its form"),
    "manifest_members": (INVALID, "the manifest lists other members than there are"),
    "member_hash": (INVALID, "a member is not the one that the manifest lists"),
    "readme": (INVALID, "README.txt is not the text of this format"),
    "report_differs": (INVALID, "report.html is not the template and the other members"),
    "checkpoint_form": (INVALID, "the checkpoint is not of its form"),
    "checkpoint_differs": (INVALID, "manifest and checkpoint name another log or size"),
    "bundle_form": (INVALID, "an entry bundle does not hold its number of records"),
    "record_form": (INVALID, "a record is not of its form"),
    "tile_mismatch": (INVALID, "a hash tile is not that of the records"),
    "root_mismatch": (INVALID, "the checkpoint's root is not that of the records"),
    "keyring": (INVALID, "a key record may not change the keys as it does"),
    "key_not_valid": (INVALID, "a record is signed by a key that is not valid there"),
    "record_signature": (INVALID, "a record's signature does not fit"),
    "actor_signature": (INVALID, "what an actor signed, or the signature, does not fit"),
    "actor_key_not_valid": (INVALID, "an actor's key is not theirs, or not valid there"),
    "key_compromised": (SUSPECT, "only a compromised key signed, after the place it is trusted to"),
    "keyring_count": (INVALID, "a record counts other key records than lie before it"),
    "manifest_signature": (INVALID, "the manifest is not signed by a record key valid at its size"),
    "checkpoint_signature": (INVALID, "the checkpoint is not signed by a key that the log admits"),
    "post_quantum_signature": (INVALID, "a post-quantum signature of the log does not hold"),
    "source_differs": (INVALID, "a record is of another log"),
    "time_decreases": (INVALID, "a record was recorded before the one before it"),
    "catalogue_decreases": (INVALID, "a record is of an older edition than the one before it"),
    "duplicate_event_id": (INVALID, "an event id stands twice"),
    "stream_version": (INVALID, "a stream has a hole, or a version twice"),
    "disclosure_form": (INVALID, "a disclosed value is not of its form or order"),
    "commitment": (INVALID, "a disclosed value is not the one that was committed to"),
    "value_missing": (INVALID, "of a value that should be disclosed nothing is said"),
    "not_erased": (INVALID, "a record did not erase as many values as it should have"),
    "record_proof": (INVALID, "a record's proof does not lead to the checkpoint's root"),
    "heads_form": (INVALID, "the heads of streams are not of their form"),
    "heads_missing": (INVALID, "the last record does not commit to the heads of streams"),
    "head_proof": (INVALID, "a head is not the one that the log committed to"),
    "stream_incomplete": (INVALID, "records of a stream are missing before its head"),
    "stream_not_proven": (INVALID, "a stream that must be complete has no head"),
    "range_incomplete": (INVALID, "records of the range are missing"),
    "answers_form": (INVALID, "the answers are not plain JSON"),
    "not_destroyed": (INVALID, "a record is missing under retention that no record destroyed"),
    "timestamp_form": (INVALID, "a timestamp is not a token that an authority granted"),
    "timestamp_signature": (INVALID, "a timestamp is not signed by the authority that it names"),
    "timestamp_differs": (INVALID, "a timestamp is not the one that a record names"),
    "timestamp_imprint": (INVALID, "a timestamp is of something else than the checkpoint"),
    "later_than_timestamp": (SUSPECT, "records are later than when they were timestamped"),
    "earlier_than_timestamp": (SUSPECT, "records are earlier than a timestamp before them"),
    "shorter_than_known": (INVALID, "somebody kept a checkpoint that is larger than this file"),
    "inconsistent_with_known": (INVALID, "somebody kept a checkpoint of another history"),
    "checkpoint_untrusted": (INVALID, "the checkpoint is not that of the log in the trust file"),
    "no_trust_file": (UNANCHORED, "no trust file was given"),
    "times_outside_anchors": (SUSPECT, "records are later than when the witnesses saw them"),
    "quorum_not_reached": (UNANCHORED, "too few witnesses of the trust file cosigned"),
    "whole_differs": (INVALID, "the whole log beside this file tells another history"),
    "left_out": (INVALID, "the whole log has records of a stream that is said to be whole here"),
}


class WrongUsage(ValueError):
    """What was handed in beside the file cannot be meant: it says nothing about the file."""


@dataclass(frozen=True)
class Finding:
    """Something that does not hold; `position` where it has one, `verdict` to which it leads."""

    code: str
    position: Optional[int] = None
    detail: str = ""
    verdict: str = INVALID


class Check(Protocol):
    """A rule over the records that stands outside the bytes, handed in: duties, answers.

    It sees each record once, in order, after its signature and form were found good. It may
    raise Newer.
    """

    @property
    def name(self) -> str:
        """Return what the check is called, e.g. `duties`."""

    def begin(self, claims: Mapping[str, Any]) -> None:
        """Take what the file claims beside its bytes, e.g. `answers`; called before any record."""

    def see(self, position: int, record: Record) -> Iterable[Finding]:
        """Return what is wrong with a record."""

    def skip(self, position: int) -> None:
        """Pass over a record that the file does not show."""

    @property
    def open(self) -> Sequence[int]:
        """Return the positions that it could not judge, for what they rest on is not shown."""

    def done(self) -> Iterable[Finding]:
        """Return what is wrong with them all; called once, unless the records broke off."""


@dataclass(frozen=True)
class Step:
    """A numbered step of format 10 and, in words, how it went."""

    number: int
    title: str
    outcome: str


@dataclass(frozen=True)
class Stamp:
    """A timestamp over the first `size` records, on record at `position`.

    `at` is its time, as the `authority` of that name says, whose certificate has the fingerprint
    (SHA-256, hex); `vouched` tells whether that is one somebody named.
    """

    size: int
    position: int
    at: str
    authority: str
    fingerprint: str
    vouched: bool


@dataclass(frozen=True)
class NamedAuthority:
    """A certificate that was handed in, and how many timestamps lead to it."""

    name: str
    fingerprint: str
    timestamps: int


@dataclass(frozen=True)
class Report:
    """The whole answer. `size` and `root` (base64) are the checkpoint's, `records` were seen.

    `signatures_by` says what checked the signatures: `cryptography` or `plain Python`.
    `duties_open` are positions whose duties rest on records that are not shown; `scope` is what
    the file is about, `full` or an object as in the manifest. `actor_signed` counts the records
    that carry their actor's own signature.
    """

    verdict: str
    size: Optional[int]
    root: Optional[str]
    records: int
    findings: Tuple[Finding, ...]
    steps: Tuple[Step, ...]
    origin: Optional[str] = None
    answers: str = NOT_CHECKED
    kind: Optional[str] = None
    withheld: Tuple[Any, ...] = ()
    rehearsal: bool = False
    checks_left_out: Tuple[str, ...] = ()
    signatures_by: str = BACKEND
    timestamps: Tuple[Stamp, ...] = ()
    authorities: Tuple[NamedAuthority, ...] = ()
    duties_open: Tuple[int, ...] = ()
    scope: Any = None
    actor_signed: int = 0

    @property
    def exit_code(self) -> int:
        """Return the exit code of the verdict."""
        return EXIT_CODES[self.verdict]


def found(code: str, detail: str, position: Optional[int] = None) -> Finding:
    """Return a finding with the verdict of its code."""
    return Finding(code, position, detail, CODES[code][0])


def verdict_of(findings: Iterable[Finding]) -> str:
    """Return the worst verdict among findings; of none, VALID."""
    there = {finding.verdict for finding in findings}
    return next((verdict for verdict in _WORST if verdict in there), VALID)


def in_words(positions: Sequence[int]) -> str:
    """Return ascending positions, those without a gap as a range; of very many, the first."""
    runs: List[List[int]] = []
    for position in positions:
        if runs and position == runs[-1][-1] + 1:
            runs[-1][1:] = [position]
        else:
            runs.append([position])
    words = ", ".join("-".join(map(str, run)) for run in runs[:MAX_RUNS])
    more = sum(run[-1] - run[0] + 1 for run in runs[MAX_RUNS:])
    return f"{words} and {more} more positions" if more else words
