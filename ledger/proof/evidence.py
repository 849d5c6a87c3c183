"""Steps 1 to 3: from a file to members, a manifest and a checkpoint (format 9 and 10)."""

from __future__ import annotations

from hashlib import sha256
from typing import Any, BinaryIO, Dict, Iterator, Mapping, Optional, Sequence

from .checkpoint import Checkpoint, parse_checkpoint
from .container import Container, open_container
from .dsse import Envelope
from .embedded import blocks, check_page
from .encoding import parse_plain_json
from .errors import Malformed, Newer
from .heads import Proof, read_heads
from .journal import Journal
from .layout import (
    ANSWERS,
    CHECKPOINT,
    FORMAT,
    HEADS,
    MANIFEST,
    README,
    README_DIGESTS,
    REPORT,
    Layout,
    looks_partial,
    manifest_limit,
    member_limit,
    timestamp_path,
    timestamped,
)
from .manifest import Entry, Manifest, open_manifest, read_manifest
from .note import parse_note
from .report import INVALID, verdict_of


class Evidence:
    """An opened file. Manifest or checkpoint is None when it cannot be read, but never both."""

    def __init__(self, container: Container, journal: Journal) -> None:
        self._container = container
        self._journal = journal
        self._listed: Dict[str, Entry] = {}
        self.envelope: Optional[Envelope] = None
        self.manifest: Optional[Manifest] = None
        self.checkpoint: Optional[Checkpoint] = None
        self.note = b""

    @property
    def layout(self) -> Optional[Layout]:
        """Return where the records lie.

        Where the manifest cannot be read the members tell, of a complete file; None of another,
        for what it does not show stands nowhere.
        """
        if self.manifest is not None:
            return self.manifest.layout
        if looks_partial(self._container.members):
            return None
        there = self._container.members
        return Layout(
            self._known().size, FORMAT if REPORT in there else 2 if ANSWERS in there else 1
        )

    @property
    def size(self) -> int:
        """Return the number of records in the log."""
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
        self._check_hash(name, sha256(data).hexdigest())
        return data

    def _pieces(self, name: str) -> Iterator[bytes]:
        """Give the same piece by piece. Raises Malformed when they cannot be unpacked."""
        digest = sha256()
        for data in self._container.pieces(name):
            digest.update(data)
            yield data
        self._check_hash(name, digest.hexdigest())

    def _check_hash(self, name: str, digest: str) -> None:
        entry = self._listed.get(name)
        if entry is not None and digest != entry.sha256:
            self._journal.add(2, "member_hash", f"{name} is not what the manifest lists")

    def read_manifest(self) -> None:
        """Read the manifest, noting what is wrong; raise Newer for an unknown one."""
        limit = manifest_limit(self._container.members.keys())
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

    def read_claims(self, layout: Layout) -> Mapping[str, Any]:
        """Return what the file claims beside its bytes, for the checks; notes what is wrong."""
        claims: Dict[str, Any] = {}
        data = self.read(ANSWERS) if layout.has_answers else None
        try:
            if data is not None:
                claims["answers"] = parse_plain_json(data)
        except Malformed as error:
            self._journal.add(12, "answers_form", str(error))
        if self.manifest is not None and layout.is_partial:
            claims["scope"] = self.manifest.scope
        return claims

    def read_proofs(self) -> Sequence[Proof]:
        """Return the proofs of the heads of streams, noting what is wrong."""
        data = self.read(HEADS)
        try:
            return read_heads(data) if data is not None else ()
        except Malformed as error:
            self._journal.add(13, "heads_form", str(error))
            return ()

    def check_members(self, layout: Layout) -> bool:
        """Tell whether the members are exactly those of a file of that layout, noting others."""
        expected = set(layout.members())
        expected |= {timestamp_path(size) for size in self.timestamped(layout)}
        there = self._container.members.keys()
        for name in sorted(expected - there):
            self._journal.add(2, "member_missing", name)
        for name in sorted(there - expected):
            self._journal.add(2, "member_unexpected", name)
        return expected == there

    def timestamped(self, layout: Layout) -> Sequence[int]:
        """Return the sizes over whose checkpoints the file may and does hold tokens."""
        return timestamped(self._container.members) if layout.has_report else ()

    def check_manifest(self, layout: Layout) -> None:
        """Note where the manifest's list differs from the members, and another README."""
        listed = {entry.path: entry.size for entry in self._listed.values()}
        there = {m.name: m.size for m in self._container.members.values() if m.name != MANIFEST}
        if self.manifest is not None:
            for name in sorted(name for name in {*listed, *there} if _differ(name, listed, there)):
                detail = f"{name}: {listed.get(name)} octets listed, {there.get(name)} there"
                self._journal.add(2, "manifest_members", detail)
        readme = sha256(self.read(README) or b"").hexdigest()
        if readme != README_DIGESTS[layout.edition, layout.kind]:
            self._journal.add(2, "readme", f"README.txt is not that of format {layout.edition}")

    def check_report(self, layout: Layout) -> None:
        """Note when the page is not the template and the members.

        For one fault to be one finding, it is asked for only where nothing else contradicts.
        """
        known = self.manifest if layout.has_report else None
        if known is None or verdict_of(self._journal.findings()) == INVALID:
            return
        try:
            if not check_page(self._pieces(REPORT), layout.edition, blocks(known, self.read)):
                detail = "report.html is not the template and the other members"
                self._journal.add(2, "report_differs", detail)
        except Malformed as error:
            self._journal.add(2, "member_damaged", str(error))

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
        layout = evidence.layout
        whole = layout is None or evidence.check_members(layout)
    except Newer as error:
        journal.add(2, "newer", str(error))
        return False
    except Malformed as error:
        journal.add(2, "not_evidence", str(error))
        return False
    if whole and layout is not None:
        evidence.check_manifest(layout)
        evidence.check_checkpoint()
        journal.say(2, "members, sizes and hashes are as listed")
        journal.say(3, f"{evidence.size} records of {evidence.origin}")
    return whole


def _differ(name: str, listed: Dict[str, int], there: Dict[str, int]) -> bool:
    return listed.get(name) != there.get(name)
