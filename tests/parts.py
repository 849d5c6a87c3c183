"""Files of a small ledger that do not show all its records, and the means to tamper with them."""

import io
from dataclasses import dataclass, field

from ledger.proof.bundle import Part, write_evidence
from ledger.proof.heads import Head
from ledger.proof.headtree import HeadTree
from ledger.proof.layout import FORMAT
from ledger.proof.manifest import Manifest, entry_of, sign_manifest
from ledger.proof.merkle import inclusion_path, leaf_hash, root
from ledger.proof.record import parse_record
from ledger.proof.verify import verify

SEED = b"h" * 32


class Skipping:
    """A check that takes note of what it was shown."""

    name, open = "duties", ()

    def __init__(self):
        self.seen, self.skipped, self.claims = [], [], None

    def begin(self, claims):
        self.claims = claims

    def see(self, position, record):
        self.seen.append(position)
        return ()

    def skip(self, position):
        self.skipped.append(position)

    def done(self):
        return ()


@dataclass
class Case:
    """A ledger that ends in heads, and one file of it; change what you like before `data`."""

    ledger: object
    tree: HeadTree
    kind: str = "case"
    scope: object = "full"
    withheld: dict = field(default_factory=dict)
    shown: tuple = ()
    streams: tuple = ()
    heads: list | None = None
    disclosures: list | None = None

    @property
    def part(self):
        entries = self.ledger.entries
        leaves = [leaf_hash(entry) for entry in entries]
        node = lambda level, n: root(leaves[n << level : n + 1 << level])  # noqa: E731
        proofs = [self.tree.prove(s) for s in self.streams] if self.heads is None else self.heads
        return Part(
            self.kind,
            proofs,
            withheld=tuple(sorted(self.withheld.items())),
            scope=self.scope,
            shown=tuple(self.shown),
            prove=lambda n: inclusion_path(n, len(entries), node),
        )

    def data(self, **more):
        file = io.BytesIO()
        ledger, entries = self.ledger, self.ledger.entries
        hidden = set(range(len(entries))) - set(self.shown) if self.shown else set(self.withheld)
        told = [d for d in ledger.disclosures if d["position"] not in hidden]
        given = {
            "checkpoint_note": ledger.checkpoint(),
            "origin": ledger.origin,
            "size": len(entries),
            "entries": entries,
            "disclosures": told if self.disclosures is None else self.disclosures,
            "answers": {"answers": {}},
            "signer": ledger.record_key,
            "part": self.part,
        }
        write_evidence(file, **{**given, **more})
        return file.getvalue()

    def verify(self, data=None, **more):
        return verify(io.BytesIO(data or self.data()), self.ledger.trust, **more)


def school(new_ledger, size=40):
    """A ledger with people, a policy, incidents and a sealed act; not yet its heads."""
    ledger = new_ledger()
    for person in ("per-1", "per-2"):
        ledger.append(ledger.record("Registered", f"person/{person}", "register", "per-1"))
    ledger.append(ledger.record("Ratified", "ledger", "ratify", "per-1"))
    kinds = (ledger.add_check, ledger.add_refusal, ledger.add_sealed_act, ledger.add_incident)
    while len(ledger.entries) < size:
        kinds[len(ledger.entries) % 4]()
    return ledger


def publish(ledger, silent=(), wrong=None, **more):
    """Append the heads of all streams; `wrong` heads stand in place of the true ones."""
    last = {}
    for entry in ledger.entries:
        record, _ = parse_record(entry)
        last[record.subject] = Head(record.subject, record.streamversion, leaf_hash(entry))
    heads = {**last, **{s: Head(s, 0, None) for s in silent}, **(wrong or {})}
    tree = HeadTree(SEED, heads.values())
    fields = {"root": tree.root().hex()}
    made = {"fields": fields, "action": "publish_heads", **more}
    action = made.pop("action")
    ledger.append(ledger.record("StreamHeadsPublished", "ledger", action, "system", **made))
    return tree


def positions(ledger, *streams):
    subjects = [parse_record(entry)[0].subject for entry in ledger.entries]
    return [n for n, subject in enumerate(subjects) if subject in streams]


def redacted(ledger, *withheld, reason="chosen"):
    tree = publish(ledger)
    streams = ("keyring", "ledger", "person/per-1", "person/per-2")
    return Case(ledger, tree, "redacted", "full", dict.fromkeys(withheld, reason), (), streams)


def incident(ledger, name, *more, tree=None):
    """The case of one incident, its actors' streams, and those that belong to every case."""
    tree = tree or publish(ledger)
    streams = ("keyring", "ledger", "person/per-1", f"incident/{name}", *more)
    shown = positions(ledger, *streams)
    return Case(ledger, tree, "case", {"incident": name}, {}, tuple(shown), streams)


def signed_again(box, case, members, **change):
    """The members under a manifest that fits them, by the ledger's own key."""
    rest = {name: data for name, data in members.items() if name != "manifest.json"}
    entries = tuple(entry_of(name, data) for name, data in rest.items())
    given = {
        "kind": case.kind,
        "format": FORMAT,
        "scope": case.scope,
        "withheld": tuple(sorted(case.withheld.items())),
        "shown": tuple(case.shown),
    }
    ledger, more = case.ledger, {**given, **change}
    manifest = Manifest(ledger.origin, len(ledger.entries), entries, **more)
    return box.pack({**rest, "manifest.json": sign_manifest(manifest, case.ledger.record_key)})
