"""The auditor's trust file: log, witnesses, groups, quorum (C2SP tlog-policy)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Callable, Dict, List, Optional, Set, Tuple

from .errors import Invalid, Malformed
from .note import COSIGNATURE, ED25519, Note, VerifierKey, cosigned_at, format_vkey, parse_vkey

MAX_POLICY = 65_536
NONE = "none"

_FORBIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_COUNT = re.compile(r"[1-9][0-9]{0,3}")


@dataclass(frozen=True)
class Group:
    """At least `needed` of the members, witnesses or other groups, must have witnessed."""

    needed: int
    members: Tuple[str, ...]


@dataclass(frozen=True)
class Policy:
    """Whose checkpoints count, and who must have seen them; `quorum` None asks for nobody.

    `urls` says where the witnesses that have an address are asked.
    """

    logs: Tuple[VerifierKey, ...]
    witnesses: Dict[str, VerifierKey]
    groups: Dict[str, Group]
    quorum: Optional[str]
    urls: Dict[str, str] = field(default_factory=dict)


def parse_policy(text: str) -> Policy:
    """Return the policy in a trust file; raise Malformed, naming the line, unless it is one."""
    if len(text) > MAX_POLICY or not text.endswith("\n"):
        raise Malformed("policy too long, or without a last line feed")
    if _FORBIDDEN.search(text):
        raise Malformed("policy with a control character")
    reader = _Reader()
    for number, line in enumerate(text.split("\n"), 1):
        try:
            reader.read(re.findall(r"[^ \t]+", line))
        except Malformed as error:
            raise Malformed(f"policy line {number}: {error}") from None
    return reader.policy()


def format_policy(vkey: str) -> str:
    """Return the trust file of one log without witnesses."""
    key = parse_vkey(vkey)
    return f"log {format_vkey(key.name, key.public_key)}\nquorum {NONE}\n"


def fingerprint(data: bytes) -> str:
    """Return what a trust file is known by in the governors' minutes: its SHA-256 in hex."""
    return sha256(data).hexdigest()


def check_quorum(policy: Policy, note: Note, since: int = 0) -> None:
    """Raise Invalid unless the note's cosignatures reach the policy's quorum.

    Only those count that were made at `since`, seconds since 1970, or later.
    """
    if policy.quorum is None:
        return
    seen = {name for name, key in policy.witnesses.items() if _cosigned(note, key, since)}
    # Groups only name what stands before them, so one pass in order decides them all.
    for name, group in policy.groups.items():
        if sum(member in seen for member in group.members) >= group.needed:
            seen.add(name)
    if policy.quorum not in seen:
        raise Invalid(f"quorum {policy.quorum!a} is not reached")


def _cosigned(note: Note, key: VerifierKey, since: int) -> bool:
    try:
        return cosigned_at(note, key) >= since
    except Invalid:
        return False


class _Reader:
    """The lines of a policy, one after the other."""

    def __init__(self) -> None:
        self._logs: List[VerifierKey] = []
        self._witnesses: Dict[str, VerifierKey] = {}
        self._urls: Dict[str, str] = {}
        self._groups: Dict[str, Group] = {}
        self._grouped: Set[str] = set()
        self._quorum: Optional[str] = None
        self._kinds: Dict[str, Callable[[List[str]], None]] = {
            "log": self._log,
            "witness": self._witness,
            "group": self._group,
            "quorum": self._set_quorum,
        }

    def read(self, words: List[str]) -> None:
        if not words or words[0].startswith("#"):
            return
        kind = self._kinds.get(words[0])
        if kind is None:
            raise Malformed(f"unknown word {words[0]!a}")
        kind(words[1:])

    def policy(self) -> Policy:
        if self._quorum is None:
            raise Malformed("policy without a quorum line")
        quorum = None if self._quorum == NONE else self._quorum
        return Policy(tuple(self._logs), self._witnesses, self._groups, quorum, self._urls)

    def _log(self, words: List[str]) -> None:
        _check_count(words, 1, 2)
        self._logs.append(_key(words[0], ED25519, self._logs))

    def _witness(self, words: List[str]) -> None:
        _check_count(words, 2, 3)
        self._check_new(words[0])
        key = _key(words[1], COSIGNATURE, list(self._witnesses.values()))
        self._witnesses[words[0]] = key
        if len(words) == 3:
            self._urls[words[0]] = words[2]

    def _group(self, words: List[str]) -> None:
        _check_count(words, 3, None)
        name, needed, members = words[0], words[1], words[2:]
        self._check_new(name)
        for member in members:
            self._check_known(member)
            if member in self._grouped:
                raise Malformed(f"{member!a} is a member twice")
            self._grouped.add(member)
        self._groups[name] = Group(_needed(needed, len(members)), tuple(members))

    def _set_quorum(self, words: List[str]) -> None:
        _check_count(words, 1, 1)
        if self._quorum is not None:
            raise Malformed("second quorum line")
        if words[0] != NONE:
            self._check_known(words[0])
        self._quorum = words[0]

    def _check_new(self, name: str) -> None:
        if name == NONE or name in self._witnesses or name in self._groups:
            raise Malformed(f"name {name!a} is taken")

    def _check_known(self, name: str) -> None:
        if name not in self._witnesses and name not in self._groups:
            raise Malformed(f"name {name!a} is not defined before")


def _key(text: str, algorithm: int, others: List[VerifierKey]) -> VerifierKey:
    key = parse_vkey(text)
    if key.algorithm != algorithm:
        raise Malformed(f"key of algorithm {key.algorithm}, not {algorithm}")
    if key.public_key in [other.public_key for other in others]:
        raise Malformed(f"second line for the key of {key.name!a}")
    return key


def _needed(text: str, members: int) -> int:
    if text in ("any", "all"):
        return 1 if text == "any" else members
    if not _COUNT.fullmatch(text) or int(text) > members:
        raise Malformed(f"group of {members} that needs {text!a}")
    return int(text)


def _check_count(words: List[str], least: int, most: Optional[int]) -> None:
    if len(words) < least or (most is not None and len(words) > most):
        raise Malformed(f"{len(words)} words after the first")
