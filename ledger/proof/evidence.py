"""Steps 1 to 3: from a file to members, a manifest and a checkpoint (format 9 and 10)."""

from __future__ import annotations

from hashlib import sha256
from typing import Any, BinaryIO, Dict, Mapping, Optional

from .checkpoint import Checkpoint, parse_checkpoint
from .container import Container, open_container
from .dsse import Envelope
from .encoding import parse_plain_json
from .errors import Malformed, Newer
from .journal import Journal
from .manifest import (
    ANSWERS,
    CHECKPOINT,
    KIND,
    MANIFEST,
    README,
    Entry,
    Manifest,
    expected_members,
    has_answers,
    manifest_limit,
    member_limit,
    open_manifest,
    read_manifest,
)
from .note import parse_note
from .readme import README_TEXTS


class Evidence:
    """An opened file. Manifest or checkpoint is None when it cannot be read, but never both."""

    kind = KIND

    def __init__(self, container: Container, journal: Journal) -> None:
        self._container = container
        self._journal = journal
        self._listed: Dict[str, Entry] = {}
        self.envelope: Optional[Envelope] = None
        self.manifest: Optional[Manifest] = None
        self.checkpoint: Optional[Checkpoint] = None
        self.note = b""

    @property
    def format(self) -> int:
        """Return the manifest's format; where it cannot be read, the one its members are of."""
        if self.manifest is not None:
            return self.manifest.format
        return 2 if ANSWERS in self._container.members else 1

    @property
    def size(self) -> int:
        """Return the number of records that there should be."""
        return (self.manifest or self._known()).size

    @property
    def origin(self) -> str:
        """Return the log's name: that of the checkpoint, if it can be read."""
        if self.checkpoint is not None:
            return self.checkpoint.origin
        return self.manifest.source if self.manifest is not None else ""

    def read(self, name: str) -> Optional[bytes]:
        """Return a member's octets, or None, which is noted, when they cannot be unpacked."""
        try:
            data = self._container.read(name)
        except Malformed as error:
            self._journal.add(2, "member_damaged", str(error))
            return None
        entry = self._listed.get(name)
        if entry is not None and sha256(data).hexdigest() != entry.sha256:
            self._journal.add(2, "member_hash", f"{name} is not what the manifest lists")
        return data

    def read_manifest(self) -> None:
        """Read the manifest, noting what is wrong; raise Newer for an unknown one."""
        limit = manifest_limit(len(self._container.members))
        if self._container.members[MANIFEST].size > limit:
            raise Malformed(f"manifest longer than {limit} octets")
        data = self.read(MANIFEST)
        if data is None:
            return
        try:
            self.envelope = open_manifest(data)
            self.manifest = read_manifest(self.envelope)
        except Newer:
            raise
        except Malformed as error:
            self._journal.add(2, "manifest_form", str(error))
            return
        self._listed = {entry.path: entry for entry in self.manifest.members}

    def read_checkpoint(self) -> None:
        """Read the checkpoint, noting what is wrong."""
        data = self.read(CHECKPOINT)
        if data is None:
            return
        try:
            self.checkpoint = parse_checkpoint(parse_note(data).text)
            self.note = data
        except Malformed as error:
            self._journal.add(3, "checkpoint_form", str(error))

    def read_claims(self) -> Mapping[str, Any]:
        """Return what the file claims beside its bytes, for the checks; notes what is wrong."""
        data = self.read(ANSWERS) if has_answers(self.format) else None
        if data is None:
            return {}
        try:
            return {"answers": parse_plain_json(data)}
        except Malformed as error:
            self._journal.add(12, "answers_form", str(error))
            return {}

    def check_members(self) -> bool:
        """Tell whether the members are exactly those of a file of this size, noting others."""
        expected = set(expected_members(self.size, self.format))
        there = self._container.members.keys()
        for name in sorted(expected - there):
            self._journal.add(2, "member_missing", name)
        for name in sorted(there - expected):
            self._journal.add(2, "member_unexpected", name)
        return expected == there

    def check_manifest(self) -> None:
        """Note where the manifest's list differs from the members, and another README."""
        listed = {entry.path: entry.size for entry in self._listed.values()}
        there = {m.name: m.size for m in self._container.members.values() if m.name != MANIFEST}
        if self.manifest is not None:
            for name in sorted(name for name in {*listed, *there} if _differ(name, listed, there)):
                detail = f"{name}: {listed.get(name)} octets listed, {there.get(name)} there"
                self._journal.add(2, "manifest_members", detail)
        if self.read(README) != README_TEXTS[self.format]:
            self._journal.add(2, "readme", f"README.txt is not the text of format {self.format}")

    def check_checkpoint(self) -> None:
        """Note where manifest and checkpoint are not of one log and size."""
        if self.manifest is None or self.checkpoint is None:
            return
        one = f"{self.manifest.size} records of {self.manifest.source}"
        other = f"{self.checkpoint.size} records of {self.checkpoint.origin}"
        if one != other:
            self._journal.add(3, "checkpoint_differs", f"manifest: {one}; checkpoint: {other}")

    def _known(self) -> Checkpoint:
        assert self.checkpoint is not None
        return self.checkpoint


def open_evidence(file: BinaryIO, journal: Journal) -> Optional[Evidence]:
    """Return the evidence in `file`, or None when there is nothing to go on with; notes all."""
    try:
        container = open_container(file, member_limit)
    except Malformed as error:
        journal.add(1, "container", str(error))
        return None
    journal.say(1, f"sound, {len(container.members)} members")
    evidence = Evidence(container, journal)
    missing = {MANIFEST, CHECKPOINT, README} - container.members.keys()
    for name in sorted(missing):
        journal.add(2, "member_missing", name)
    return None if missing or not _read_both(evidence, journal) else evidence


def _read_both(evidence: Evidence, journal: Journal) -> bool:
    try:
        evidence.read_manifest()
        evidence.read_checkpoint()
        if evidence.manifest is None and evidence.checkpoint is None:
            raise Malformed("neither manifest nor checkpoint can be read")
        whole = evidence.check_members()
    except Newer as error:
        journal.add(2, "newer", str(error))
        return False
    except Malformed as error:
        journal.add(2, "not_evidence", str(error))
        return False
    if whole:
        evidence.check_manifest()
        evidence.check_checkpoint()
        journal.say(2, "members, sizes and hashes are as listed")
        journal.say(3, f"{evidence.size} records of {evidence.origin}")
    return whole


def _differ(name: str, listed: Dict[str, int], there: Dict[str, int]) -> bool:
    return listed.get(name) != there.get(name)
