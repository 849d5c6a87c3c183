"""What can be made of a log and its files by whoever holds some of the keys, or none.

Each operation gets a `Forger` of its own. What it returns is a `Made`: a file, and with what it is
verified.
"""

import io
import zipfile
from contextlib import suppress
from dataclasses import dataclass, replace

from tampering.log import SIZE, Log
from tampering.school import School

from keys.signer import FileSigner
from ledger.domain.shown import SENSELESS
from ledger.proof.bundle import Part, write_evidence
from ledger.proof.checkpoint import Checkpoint, sign_checkpoint
from ledger.proof.dsse import sign_envelope
from ledger.proof.embedded import END, blocks, text_block
from ledger.proof.encoding import canonical, parse_canonical
from ledger.proof.errors import Malformed
from ledger.proof.heads import HEADS_TYPE, Head
from ledger.proof.headtree import HeadTree
from ledger.proof.layout import CASE, FORMAT, REDACTED
from ledger.proof.manifest import MANIFEST_TYPE, about, entry_of, open_manifest, read_manifest
from ledger.proof.merkle import Frontier, inclusion_path, leaf_hash, root
from ledger.proof.record import RECORD_TYPE, Record, open_record, parse_record, sign_record
from ledger.proof.template import template
from ledger.proof.tiles import decode_bundle, encode_bundle
from ledger.proof.zipwriter import ZipWriter
from projections.semantics import all_answers, case_answers

STRANGER = FileSigner("record", b"x" * 32)
MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Made:
    """An evidence file, the trust file it is verified with, and what lies beside it: checkpoints that
    were kept, a file of the whole log, certificates of authorities."""

    file: bytes
    trust: str | None
    known: tuple[bytes, ...] = ()
    whole: bytes | None = None
    authorities: tuple[bytes, ...] = ()


class Forger:
    """A copy of the log of which the complete file was taken, with all that was disclosed."""

    def __init__(self, log: Log) -> None:
        self.log, self.school = log, log.school
        self.entries = list(log.entries[:SIZE])
        self.told = [dict(line) for line in log.told]

    # -- what is handed to the auditor -------------------------------------------------------

    def made(self, file: bytes, *kept: int, **more) -> Made:
        """The file beside the school's own trust file and its checkpoints of the sizes `kept`."""
        known = tuple(self.log.notes[size] for size in kept)
        return Made(file, **{"trust": self.school.trust_text, "known": known, **more})

    # -- without any key ---------------------------------------------------------------------

    def members(self, kind: str = "complete") -> dict[str, bytes]:
        """The members of an honest file."""
        return unpacked(self.log.files[kind])

    def changed(self, kind: str = "complete", **members) -> bytes:
        """An honest file with members replaced (`name=octets`, None: taken out), zipped again."""
        held = {**self.members(kind), **members}
        return packed({name: data for name, data in held.items() if data is not None})

    def bundle(self, entries, kind: str = "complete") -> dict[str, bytes]:
        """The member in which these records lie, as a replacement."""
        width = len(decode_bundle(self.members(kind)[f"tile/entries/000.p/{SIZE}"], SIZE))
        return {f"tile/entries/000.p/{width}": encode_bundle(entries)}

    # -- with the ledger's record key --------------------------------------------------------

    def listed(self, members, signer=None, **change) -> bytes:
        """The members under a manifest that fits them, signed by the ledger's record key."""
        return listed(members, signer or self.school.record_key, **change)

    def record(self, position: int) -> Record:
        return parse_record(self.entries[position])[0]

    def sign(self, position: int, signer=None, **change) -> None:
        """Sign a record again that says something else."""
        said = replace(self.record(position), **change)
        self.entries[position] = sign_record(said, [signer or self.school.record_key])

    def sign_fields(self, position: int, **fields) -> None:
        """Sign a record again with other fields."""
        self.sign(position, fields={**self.record(position).fields, **fields})

    def sign_body(self, position: int, **attributes) -> None:
        """Sign a body that the ledger's own code would not sign."""
        body = parse_canonical(open_record(self.entries[position]).body)
        said = {name: v for name, v in {**body, **attributes}.items() if v is not None}
        text = canonical(said)
        self.entries[position] = sign_envelope(RECORD_TYPE, text, [self.school.record_key])

    def drop(self, position: int) -> Record:
        """Take a record out; return it."""
        record = self.record(position)
        del self.entries[position]
        self.told = [
            {
                n: v - (v > position) if n in ("erased_by", "position") else v
                for n, v in line.items()
            }
            for line in self.told
            if line["position"] != position
        ]
        return record

    def versions(self, stream: str) -> int:
        """How many records of a stream there are."""
        return sum(parse_record(entry)[0].subject == stream for entry in self.entries)

    def renumber(self, stream: str) -> None:
        """Sign all records of a stream again, so that their versions have no hole."""
        version = 0
        for position in range(len(self.entries)):
            if self.record(position).subject == stream:
                version += 1
                if self.record(position).streamversion != version:
                    self.sign(position, streamversion=version)

    # -- with both keys ----------------------------------------------------------------------

    def root(self, size=None) -> bytes:
        """The root of these records."""
        return Frontier().extend(map(leaf_hash, self.entries[:size])).root()

    def note(self, size=None, root=None, signer=None, origin=None) -> bytes:
        """A checkpoint of these records."""
        entries = self.entries[:size]
        named = origin or self.school.origin
        whole = Checkpoint(named, len(entries), root or self.root(size))
        return sign_checkpoint(whole, signer or self.school.log_key)

    def answers(self):
        """What these records answer; where they make no sense, what the true ones do."""
        try:
            return all_answers([parse_record(entry)[0] for entry in self.entries])
        except SENSELESS:
            return all_answers([parse_record(entry)[0] for entry in self.log.entries[:SIZE]])

    def rebuilt(self, **more) -> bytes:
        """A file of these records in which everything fits, as the ledger itself would write it."""
        file = io.BytesIO()
        given = {
            "checkpoint_note": self.note(),
            "origin": self.school.origin,
            "size": len(self.entries),
            "entries": self.entries,
            # Where records change places, the erasing one may come before what it erased.
            "disclosures": [t for t in self.told if t.get("erased_by", 1000) > t["position"]],
            "answers": self.answers(),
            "signer": self.school.record_key,
        }
        write_evidence(file, **{**given, **more})
        return file.getvalue()


def unpacked(data: bytes) -> dict[str, bytes]:
    """The members of a zip."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(members) -> bytes:
    """A zip of these members."""
    file = io.BytesIO()
    writer = ZipWriter(file)
    for name, data in members.items():
        writer.add(name, data)
    writer.close()
    return file.getvalue()


def listed(members, signer, **change) -> bytes:
    """A zip of the members under a manifest that fits them; `change` is what else it says."""
    body = parse_canonical(open_manifest(members[MANIFEST]).body)
    rest = {name: data for name, data in members.items() if name != MANIFEST}
    entries = [entry_of(name, data) for name, data in sorted(rest.items())]
    body["members"] = [{"path": e.path, "sha256": e.sha256, "size": e.size} for e in entries]
    text = canonical({**body, **change})
    return packed({**rest, MANIFEST: sign_envelope(MANIFEST_TYPE, text, [signer])})


def page_of(members, **change) -> bytes:
    """The page that goes with these members; `change` is what else their manifest says."""
    envelope = open_manifest(members[MANIFEST])
    text = canonical({**parse_canonical(envelope.body), **change})
    manifest = read_manifest(replace(envelope, body=text))
    # What an older format did not say of itself, the page of today asks for.
    old, new = (
        text_block("about", canonical(about(m)))
        for m in (manifest, replace(manifest, format=FORMAT))
    )
    return template() + b"".join(blocks(manifest, members.get)).replace(old, new, 1) + END


def rebuilt_tree(members, school):
    """The members with tree and checkpoint of whatever the records or hashes now are."""
    [tile] = [name for name in members if name.startswith("tile/0/0")][:1] or [None]
    if tile is None:
        return members
    leaves = [members[tile][n : n + 32] for n in range(0, len(members[tile]), 32)]
    bundle = members.get(tile.replace("tile/0/", "tile/entries/"))
    with suppress(Malformed):
        if bundle is not None:
            leaves = list(map(leaf_hash, decode_bundle(bundle, len(leaves))))
    whole = Checkpoint(school.origin, len(leaves), Frontier().extend(leaves).root())
    note = sign_checkpoint(whole, school.log_key)
    return {**members, tile: b"".join(leaves), "checkpoint": note}


def published(forger, denied=()) -> HeadTree:
    """Put the heads of all streams at the end of the log, as for a file of a part of it.

    Records at the positions `denied` are left out of account: the last of their streams.
    """
    last, seen = forger.record(len(forger.entries) - 1), {}
    for position, entry in enumerate(forger.entries):
        record = parse_record(entry)[0]
        if position in denied:
            continue
        nothing = Head(f"person/{record.actor}", 0, None)
        seen.setdefault(nothing.stream, nothing)
        seen[record.subject] = Head(record.subject, record.streamversion, leaf_hash(entry))
    tree = HeadTree(b"s" * 32, seen.values())
    made = replace(
        last,
        id=f"heads-{len(forger.entries)}",
        type=HEADS_TYPE,
        subject="ledger",
        streamversion=seen["ledger"].version + 1,
        action="publish_heads",
        actor="system",
        actoroffices=(),
        doneby=None,
        sealed={},
        occurredat=last.time,
        fields={"root": tree.root().hex()},
    )
    forger.entries.append(sign_record(made, [forger.school.record_key]))
    return tree


def redacted(forger, *withheld, reason="chosen", **more) -> bytes:
    """A redacted file of these records, with heads of its own: everything fits."""
    tree = published(forger)
    whole = [s for s in tree.streams if s in ("keyring", "ledger") or s.startswith("person/")]
    part = Part(
        REDACTED,
        [tree.prove(stream) for stream in whole],
        withheld=tuple((position, reason) for position in sorted(withheld)),
    )
    forger.told = [line for line in forger.told if line["position"] not in withheld]
    return forger.rebuilt(part=part, **more)


def case(forger, denied=(), **more) -> bytes:
    """The case of the incident from these records, with heads of its own: everything fits.

    Without those `denied`, of which the heads know nothing.
    """
    members = forger.members("case")
    body = parse_canonical(open_manifest(members[MANIFEST]).body)
    tree = published(forger, denied)
    size = len(forger.entries)
    streams = [head["stream"] for head in parse_canonical(members["heads.json"])["heads"]]
    shown = (*(n for n in body["shown"] if n < size - 1 and n not in denied), size - 1)
    leaves = [leaf_hash(entry) for entry in forger.entries]
    part = Part(
        CASE,
        [tree.prove(stream) for stream in streams],
        scope=body["scope"],
        shown=shown,
        prove=lambda n: inclusion_path(n, size, lambda k, i: root(leaves[i << k : (i + 1) << k])),
    )
    forger.told = [line for line in forger.told if line["position"] in shown]
    records = {n: forger.record(n) for n in shown}
    try:
        answers = case_answers(body["scope"], records)
    except SENSELESS:
        answers = {"answers": {}}
    return forger.rebuilt(part=part, answers=answers, **more)


def other_school(**given):
    """The first records of a school that has other keys or another name."""

    def make(f):
        school = School(None, **given)
        first = f.record(0)
        keys = [school.record_key, school.log_key]
        genesis = school.keyring(keys, first.time, first.id)
        f.entries[0] = sign_record(genesis, [school.record_key])
        for n in range(1, SIZE):
            f.entries[n] = sign_record(replace(f.record(n), source=school.origin), keys[:1])
        f.school, f.told = school, []
        return f.made(f.rebuilt())

    return make
