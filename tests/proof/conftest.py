"""A small ledger with keys from fixed seeds, and the means to take an evidence file apart.

Its records are of no real school, so that its answers are such that anybody can count.
"""

import io
import json
import zipfile
from collections import Counter
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.proof import curve, ed25519, publickey
from ledger.proof.bundle import write_evidence
from ledger.proof.checkpoint import Checkpoint, sign_checkpoint
from ledger.proof.encoding import b64encode, canonical
from ledger.proof.errors import Malformed, Newer
from ledger.proof.keyrecords import origin_of
from ledger.proof.manifest import Manifest, entry_of, sign_manifest
from ledger.proof.merkle import Frontier, leaf_hash
from ledger.proof.note import format_vkey
from ledger.proof.policy import format_policy, parse_policy
from ledger.proof.readme import README_TEXTS
from ledger.proof.record import (
    Record,
    commitment,
    parse_record,
    sign_record,
    sign_root_statement,
)
from ledger.proof.report import INVALID, Finding
from ledger.proof.zipwriter import ZipWriter

VECTORS = Path(__file__).parent.parent / "vectors" / "tlog_vectors.json"


class FixedSigner:
    """A signer whose private key is SHA-256 of a name."""

    def __init__(self, purpose, name):
        self.purpose = purpose
        self._key = Ed25519PrivateKey.from_private_bytes(sha256(name.encode()).digest())
        self.public_key = self._key.public_key().public_bytes_raw()

    def sign(self, message):
        return self._key.sign(message)


class Counted:
    """An answers check: what is claimed is how many records there are of each type."""

    name = "answers"
    edition = 1

    def __init__(self):
        self.claims, self.seen, self.ended = None, [], False

    def begin(self, claims):
        assert self.claims is None
        assert not self.seen
        self.claims = claims

    def see(self, position, record):
        self.seen.append(record.type)
        return ()

    def done(self):
        self.ended = True
        if "answers" not in self.claims:
            return ()
        claimed = self.claims["answers"]
        if isinstance(claimed, dict) and claimed.get("semantics") == self.edition + 1:
            raise Newer("answers of another edition")
        computed = self.answers(self.seen)
        if claimed == computed:
            return ()
        counts = claimed.get("answers") if isinstance(claimed, dict) else None
        claims = counts.items() if isinstance(counts, dict) else ()
        names = [name for name, count in computed["answers"].items() if (name, count) not in claims]
        return [Finding("answer_differs", None, (names or ["more"])[0], INVALID)]

    @classmethod
    def answers(cls, types):
        counts = {f"/count/{type}": count for type, count in Counter(types).items()}
        return {"semantics": cls.edition, "answers": counts}

    @classmethod
    def of(cls, entries):
        return cls.answers(map(cls._type, entries))

    @staticmethod
    def _type(entry):
        try:
            return parse_record(entry)[0].type
        except Malformed:
            return "…"


@dataclass
class SmallLedger:
    """A log of one school, in memory."""

    name: str = "one"
    host: str = "log.example.org"
    entries: list = field(default_factory=list)
    disclosures: list = field(default_factory=list)
    versions: dict = field(default_factory=dict)

    def __post_init__(self):
        self.roots = [FixedSigner("root", f"{self.name} root {n}") for n in range(3)]
        self.record_key = FixedSigner("record", f"{self.name} record")
        self.checkpoint_key = FixedSigner("checkpoint", f"{self.name} checkpoint")
        keys = [signer.public_key for signer in self.roots]
        self.origin = origin_of(self.host, "school", keys, 2)
        self.entries.append(sign_record(self.genesis(), [self.record_key]))

    def genesis(self, approvers=2):
        admitted = [
            {"public_key": b64encode(signer.public_key), "purpose": signer.purpose}
            for signer in (self.checkpoint_key, self.record_key)
        ]
        keys = sorted(b64encode(signer.public_key) for signer in self.roots)
        fields = {
            "admitted": admitted,
            "rehearsal": self.host == "rehearsal",
            "roots": {"keys": keys, "threshold": 2},
        }
        record = self.record("KeyringOpened", "keyring", "open_keyring", "system", fields=fields)
        record = replace(record, rules={**record.rules, "keyring": 0})
        approvals = [sign_root_statement(record, root) for root in self.roots[:approvers]]
        approvals.sort(key=lambda value: value["signatures"][0]["keyid"])
        return replace(record, approvals=tuple(approvals))

    def record(self, type, subject, action, actor, **more):
        position = len(self.entries)
        version = self.versions.get(subject, 0) + 1
        self.versions[subject] = version
        plain = {
            "fields": {},
            "sealed": {},
            "rules": {"calendar": 0, "keyring": 1, "policy": None, "rules": 0},
            "occurredat": 1_700_000_000 + 60 * position,
        }
        return Record(
            id=sha256(f"{self.name} {position}".encode()).hexdigest()[:32],
            source=self.origin,
            type=type,
            subject=subject,
            time=1_700_000_000 + 60 * position,
            streamversion=version,
            action=action,
            actor=actor,
            **{**plain, **more},
        )

    def append(self, record, signer=None):
        self.entries.append(sign_record(record, [signer or self.record_key]))

    def seal(self, record, path, value, ciphertext=b"ciphertext"):
        """Return the record with one sealed value, which is disclosed."""
        salt = sha256(f"salt {record.id} {path}".encode()).digest()
        bound = commitment(record.source, record.id, path, salt, value).hex()
        sealed = {"ciphertext": sha256(ciphertext).hexdigest(), "commitment": bound}
        line = {
            "path": path,
            "position": len(self.entries),
            "salt": b64encode(salt),
            "value": value,
        }
        self.disclosures.append(line)
        return replace(record, sealed={**record.sealed, path: sealed})

    def add_check(self):
        position = len(self.entries)
        subject = f"account/acc-{position % 3}"
        self.append(
            self.record("PostChecked", subject, "check_post", "per-1", actoroffices=("slt",))
        )

    def add_refusal(self):
        fields = {
            "action": "approve_application",
            "code": "same_person",
            "payload_hash": sha256(b"payload").hexdigest(),
            "reference_ids": ["acc-1", "per-1"],
        }
        record = self.record("CommandRefused", "refusal", "refuse", "per-2", fields=fields)
        self.append(self.seal(record, "payload_salt", "ab" * 32))

    def add_sealed_act(self):
        subject = f"sealed/{len(self.entries):032x}"
        record = self.record("Sealed", subject, "seal", "system")
        self.append(self.seal(record, "act", {"action": "open_incident", "data": {}}))

    def add_incident(self):
        record = self.record("IncidentOpened", f"incident/inc-{len(self.entries)}", "open", "per-1")
        self.append(self.seal(record, "summary", "Überschrift\nein Satz — 帳本"))

    def fill(self, size):
        kinds = (self.add_check, self.add_refusal, self.add_sealed_act, self.add_incident)
        while len(self.entries) < size:
            kinds[len(self.entries) % 4 if len(self.entries) < 12 else 0]()
        return self

    def of(self, entries):
        """Return a ledger of the same keys with these entries."""
        other = type(self)(self.name, self.host)
        other.entries = list(entries)
        return other

    def checkpoint(self, size=None, signer=None):
        entries = self.entries[:size]
        root = Frontier().extend(map(leaf_hash, entries)).root()
        whole = Checkpoint(self.origin, len(entries), root)
        return sign_checkpoint(whole, signer or self.checkpoint_key)

    def evidence(self, size=None, **other):
        entries = self.entries[:size]
        file = io.BytesIO()
        given = {
            "checkpoint_note": self.checkpoint(size),
            "origin": self.origin,
            "size": len(entries),
            "entries": entries,
            "disclosures": [d for d in self.disclosures if d["position"] < len(entries)],
            "answers": Counted.of(entries),
            "signer": self.record_key,
        }
        write_evidence(file, **{**given, **other})
        return file.getvalue()

    @property
    def trust_text(self):
        return format_policy(format_vkey(self.origin, self.checkpoint_key.public_key))

    @property
    def trust(self):
        return parse_policy(self.trust_text)


class Box:
    """An evidence file taken apart, and put together again."""

    attacker = FixedSigner("record", "attacker")

    @staticmethod
    def open(data):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    @staticmethod
    def pack(members):
        file = io.BytesIO()
        writer = ZipWriter(file)
        for name, data in members.items():
            writer.add(name, data, deflate=False)
        writer.close()
        return file.getvalue()

    @classmethod
    def with_manifest(cls, members, ledger, signer, size=None, **more):
        """Return the members with a manifest that fits them, signed by `signer`."""
        rest = {name: data for name, data in members.items() if name != "manifest.json"}
        entries = tuple(entry_of(name, data) for name, data in rest.items())
        manifest = Manifest(ledger.origin, size or len(ledger.entries), entries, **more)
        return {**rest, "manifest.json": sign_manifest(manifest, signer)}

    @classmethod
    def in_format_1(cls, members, ledger, signer=None):
        """Return the same as a file of format 1."""
        later = ("answers.json", "report.html")
        rest = {name: data for name, data in members.items() if name not in later}
        rest["README.txt"] = README_TEXTS[1]
        return cls.with_manifest(rest, ledger, signer or ledger.record_key, format=1)

    @classmethod
    def with_old_signature(cls, members, ledger):
        """Return the members with a manifest that fits them, under the signature of another."""
        old = json.loads(members["manifest.json"])
        made = cls.with_manifest(members, ledger, cls.attacker)
        value = {**json.loads(made["manifest.json"]), "signatures": old["signatures"]}
        return {**made, "manifest.json": canonical(value)}


@pytest.fixture(scope="session", autouse=True)
def _both_backends():
    """Every signature that these tests check is asked of OpenSSL and of plain Python."""
    _, openssl = ed25519._openssl()

    def holds(*asked):
        said = openssl(*asked)
        assert said is curve.holds(*asked)
        return said

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ed25519, "_holds", holds)
        pairs = zip(publickey._openssl(), (publickey._plain_rsa, publickey._plain_ec), strict=True)
        for name, (asked, plain) in zip(("_holds_rsa", "_holds_ec"), pairs, strict=True):
            patch.setattr(publickey, name, _same(asked, plain))
        yield


def _same(one, other):
    def holds(*asked):
        said = one(*asked)
        assert said is other(*asked)
        return said

    return holds


@pytest.fixture(scope="session")
def vectors():
    return json.loads(VECTORS.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def new_ledger():
    return SmallLedger


@pytest.fixture(scope="session")
def new_signer():
    return FixedSigner


@pytest.fixture(scope="session")
def new_check():
    return Counted


@pytest.fixture(scope="session")
def box():
    return Box


@pytest.fixture(scope="session")
def small():
    """Nine records: one of each form, and disclosures. Not to be changed."""
    return SmallLedger().fill(9)


@pytest.fixture(scope="session")
def large():
    """300 records: more than one bundle. Not to be changed."""
    return SmallLedger().fill(300)
