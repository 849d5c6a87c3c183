"""A term of a school for these tests: the sample, really recorded, and stories made of records."""

import hashlib

import pytest
from small import World

from ledger.domain.catalogue import EDITION, TYPES
from ledger.domain.school_time import format_instant, parse_timestamp
from ledger.proof.record import Record
from projections.history import Histories
from projections.questions import answer, split


class Story:
    """Records as a ledger would have made them, told one after the other.

    Nothing is decided here: what no rule would accept can be told too. Times are local texts.
    """

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.now = "2026-09-01T08:00:00+01:00"

    def tell(self, type_, stream, fields, occurred=None, actor="stf-001", sealed=(), **rest):
        """Record an event now; `occurred` is when it is said to have happened."""
        now = parse_timestamp(self.now)
        record = Record(
            id=f"evt-{len(self.records):04}",
            source="rehearsal/school/" + "0" * 32,
            type=type_,
            subject=stream,
            time=now,
            streamversion=1 + sum(r.subject == stream for r in self.records),
            action=TYPES[type_].name if type_ in TYPES else "refuse",
            actor=actor,
            occurredat=now if occurred is None else parse_timestamp(occurred),
            fields=fields,
            sealed={path: {} for path in sealed},
            rules={},
            **{"catalogue": EDITION, **rest},
        )
        self.records.append(record)
        return record

    def at(self, now):
        assert parse_timestamp(now) >= parse_timestamp(self.now), "recorded times never go back"
        self.now = now
        return self

    def correct(self, target, **changes):
        if "occurred_at" in changes:
            changes["occurred_at"] = format_instant(parse_timestamp(changes["occurred_at"]))
        return self.tell("EntryCorrected", target.subject, {"target": target.id, "set": changes})

    def annul(self, target):
        return self.tell("EntryAnnulled", target.subject, {"target": target.id})

    def person(self, who, kind="staff", offices=()):
        fields = {"person": who, "kind": kind, "offices": list(offices)}
        return self.tell("PersonRegistered", f"person/{who}", fields)

    def account(self, name, *runners, occurred=None):
        """An approved application and the account made from it; the first runner leads."""
        application = f"apl-{hashlib.sha256(name.encode()).hexdigest()[:6]}0"
        named = [{"person": p, "role": "runner" if n else "lead"} for n, p in enumerate(runners)]
        asked = {"platform": "x", "account_name": name, "runners": named, "visibility": "open"}
        stream = f"application/{application}"
        asked["application"] = application
        self.tell("AccountApplicationSubmitted", stream, asked, occurred, actor=runners[0])
        self.tell("AccountApplicationApproved", stream, {"application": application}, occurred)
        fields = {"account": name, "application": application, "handle": name}
        return self.tell("AccountCreated", f"account/{name}", fields, occurred)

    def store(self, account, *known_by, **contacts):
        fields = {"account": account, "credential_version": 1, "known_by": list(known_by)}
        return self.tell("CredentialStored", f"credential/{account}", {**fields, **contacts})

    def rotate(self, account, version, *known_by, sessions_ended=None):
        fields = {"account": account, "credential_version": version, "known_by": list(known_by)}
        if sessions_ended is not None:
            fields["sessions_ended"] = sessions_ended
        return self.tell(
            "CredentialRotated", f"credential/{account}", {**fields, "reason": "other"}
        )

    def leave(self, who, occurred=None):
        return self.tell("PersonDeparted", f"person/{who}", {"person": who}, occurred)

    def enquiry(self, name, account="fb-main", occurred=None, kind="query", **rest):
        fields = {"enquiry": name, "account": account, "kind": kind, "sender": "ext-1"}
        fields["channel"] = "public_comment"
        return self.tell("EnquiryReceived", f"enquiry/{name}", fields, occurred, **rest)

    def respond(self, name, occurred=None, automated=False, **rest):
        fields = {"enquiry": name, "mode": "full", "automated": automated}
        return self.tell("EnquiryAnswered", f"enquiry/{name}", fields, occurred, **rest)

    def incident(self, name, kind="other", occurred=None, **fields):
        said = {"incident": name, "kind": kind, **fields}
        return self.tell("IncidentReported", f"incident/{name}", said, occurred)

    def in_incident(self, type_, name, occurred=None, **fields):
        return self.tell(type_, f"incident/{name}", {"incident": name, **fields}, occurred)

    def ask(self, target, now=None, name_of=None):
        """The bare answer to a request target, by default as of the last record."""
        said = self.whole(target, now) if name_of is None else self.whole(target, now, name_of)
        return said.answer

    def whole(self, target, now=None, *name_of):
        log = Histories(self.records)
        moment = log.last if now is None else parse_timestamp(now)
        return answer(*split(target), log, moment, *name_of)


@pytest.fixture
def story():
    """A school with a head (SLT), a moderator, four teachers and a volunteer; nothing else."""
    told = Story()
    told.person("stf-001", offices=["slt", "headteacher"])
    told.person("stf-002", offices=["moderator"])
    for who in ("stf-003", "stf-004", "stf-005", "stf-006"):
        told.person(who)
    told.person("vol-001", kind="volunteer")
    return told


@pytest.fixture(scope="session")
def term(tmp_path_factory):
    """The log of the sample term. Position 0 is the genesis: line n of the file is position n."""
    world = World(tmp_path_factory.mktemp("term") / "ledger")
    world.directory.mkdir(exist_ok=True)
    with_genesis = world.found()
    world.play(with_genesis)
    return Histories(e.record for e in with_genesis.entries().all)
