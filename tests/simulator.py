"""A whole school in a temporary directory: real keys, real store, real clock rules, nothing faked.

A test tells what happens there as a head teacher would:

    school.at("2026-10-06T12:45:00+01:00")
    school.accept("receive_enquiry", TEACHER, enquiry="enq-1", account="fb-main", ...)
    school.refuse("not_moderator", "close_account", TEACHER, account="fb-main", ...)

Fields of the action are keyword arguments; so are the envelope's (`occurred_at`, `done_by`,
`already_done`, `expected_version`, `event_id`, `approvals`). A field whose name is a word of Python
goes into `**{"from": ...}`.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from actors import FileKey
from cases import CASES
from cast import (
    ACCOUNT,
    CHAIR,
    DEPUTY,
    HASH_A,
    HASH_B,
    HEAD,
    LEAD,
    MODERATOR,
    NOBODY,
    OPENED,
    POLICY,
    RUNNER,
    TEACHER,
    VOLUNTEER,
)
from duties import DUTIES

from api import names, requests, wiring
from api.approving import Proposal
from api.config import Config
from api.forgetting import forget
from api.wrapping_keys import WrappingKeys
from keys import vault
from keys.signer import FileSigner
from keys.vault import REHEARSAL_COST, reread
from ledger.desk import Asked
from ledger.domain.acts import Command
from ledger.domain.entries import Entry
from ledger.domain.school_time import in_london, parse_timestamp
from ledger.history import Ledger
from ledger.outcomes import Declined, Outcome, Receipt
from ledger.proof.dsse import keyid
from ledger.proof.encoding import b64decode, b64encode
from ledger.proof.merkle import Frontier, leaf_hash
from ledger.proof.record import sign_root_statement
from ledger.rows import SealedRow, SubjectKey
from ledger.sealing import Place, unseal
from projections.history import Histories
from projections.questions import answer, split

__all__ = ["HASH_A", "HASH_B", "NOBODY", "RUNNER", "School"]

SECRET = b"a practice ledger needs no secret"

NEXT_KEY = b"the record key of another year.."  # lies ready in the vault of every school

ENVELOPE = (
    *("occurred_at", "done_by", "already_done", "expected_version", "event_id"),
    *("approvals", "salts", "intent"),
)
CAST = (
    (DEPUTY, "Iestyn Rowe", "staff", ["slt", "dsp"]),
    (MODERATOR, "Huw Penhallow", "staff", ["moderator"]),
    (LEAD, "Anwen Tregarth", "staff", []),
    (RUNNER, "Dylan Ashworth", "staff", []),
    (TEACHER, "Catrin Mostyn", "staff", []),
    (VOLUNTEER, "Rhodri Fenn", "volunteer", []),
    (CHAIR, "Glenys Harcourt", "governor", ["chair_of_governors", "auditor"]),
)
APPLICATION: dict[str, Any] = {
    "application": "apl-01",
    "platform": "facebook",
    "account_name": "Ysgol Rhyd-y-Gwennol",
    "aim": "News, dates and closures for families",
    "audience": "Parents, carers and the village",
    "promotion": "Letter home and a link on the school website",
    "runners": [{"person": LEAD, "role": "lead"}, {"person": RUNNER, "role": "runner"}],
    "visibility": "open",
}


def seconds(text: str) -> int:
    """The instant of an ISO text, in seconds UTC."""
    return parse_timestamp(text)


class School:
    """One school and its ledger. The clock stands still until `at` or `later` moves it."""

    def __init__(self, directory: Path, at: str = OPENED, ports: Any = None) -> None:
        self.directory = directory
        self.clock = wiring.RehearsalClock(seconds(at))
        if ports is None:
            self.ledger = wiring.create(
                directory, "rehearsal", "school", SECRET, self.clock, REHEARSAL_COST
            )
            self.make_key(NEXT_KEY)
        else:
            origin = wiring.trust_key(directory).name
            own = replace(ports.wrapping_keys.vault, path=directory / "keys/vault.json")
            keys = WrappingKeys(reread(own))  # a copy has a vault of its own
            beside = partial(forget, directory / "access.db")
            ports = replace(
                ports, clock=self.clock, wrapper=keys, wrapping_keys=keys, forget=beside
            )
            self.ledger = Ledger(directory, ports, origin)

    def make_key(self, seed: bytes | None = None) -> dict[str, str]:
        """A new record key, kept in the vault: the fields with which it is put in force."""
        made: FileSigner = self.ledger.ports.record_signer.make(seed)
        return key_fields(made)

    def roots(self) -> list[FileSigner]:
        """The root key that was made with the ledger."""
        return [vault.open_vault(self.directory / "keys/root.json", SECRET).signer("root")]

    def approved(
        self, action: str, /, by: Any = None, event_id: str = "", **fields: Any
    ) -> dict[str, Any]:
        """Fields and envelope of a command about keys, approved by all root keys, or those `by`."""
        version = self.ledger.entries().version("keyring")
        event_id = event_id or f"key-{version}"
        keyring = self.ledger.keyring()
        source = self.ledger.origin
        asked = Proposal(action, fields, source, event_id, version + 1, keyring.roots)
        made = [sign_root_statement(asked.record, root) for root in (by or self.roots())]
        made.sort(key=lambda value: value["signatures"][0]["keyid"])
        return {**fields, "event_id": event_id, "expected_version": version, "approvals": made}

    def reattested(self, start: int, stop: int) -> dict[str, Any]:
        """What `reattest_records` says of some records."""
        leaves = map(leaf_hash, self.ledger.raw(start, stop))
        return {"from": start, "to": stop, "root": Frontier().extend(leaves).root().hex()}

    # -- time ------------------------------------------------------------------------------

    def at(self, text: str) -> School:
        """Set the clock."""
        self.clock.at = seconds(text)
        return self

    def later(self, days: int = 0, hours: int = 0, minutes: int = 0, seconds: int = 0) -> School:
        """Let time pass."""
        self.clock.at += ((days * 24 + hours) * 60 + minutes) * 60 + seconds
        return self

    def ago(self, days: int = 0, hours: int = 0, minutes: int = 0, seconds: int = 0) -> str:
        """A time before now, as text with London's offset."""
        back = ((days * 24 + hours) * 60 + minutes) * 60 + seconds
        return in_london(self.clock.at - back)

    # -- what people do --------------------------------------------------------------------

    def ask(self, action: str, actor: str, /, **given: Any) -> Outcome:
        """Send a command and return its outcome, accepted or refused."""
        body = {name: given.pop(name) for name in ENVELOPE if name in given}
        return self.send(action, actor, {**body, "data": given})

    def sign(self, key: FileKey, action: str, /, actor: str = "", **given: Any) -> dict[str, Any]:
        """A request body that somebody signs with their key; change it before it is sent."""
        body = {name: given.pop(name) for name in ENVELOPE if name in given}
        asked = requests.asked(action, actor or key.person, {**body, "data": given})
        made = requests.to_sign(asked.command, self.ledger.to_sign(asked.command))
        intent = key.envelope(b64decode(made["intent"]["payload"]))
        return {**made["command"], "intent": intent}

    def send(
        self, action: str, actor: str, body: dict[str, Any], key: str | None = None
    ) -> Outcome:
        """Send a request body as it is."""
        return self.ledger.record(requests.asked(action, actor, body, key))

    def accept(self, action: str, actor: str, /, **given: Any) -> Receipt:
        """Send a command that must be accepted."""
        outcome = self.ask(action, actor, **given)
        assert isinstance(outcome, Receipt), f"{action} by {actor}: {code_of(outcome)}"
        return outcome

    def refuse(self, code: str, action: str, actor: str, /, **given: Any) -> Declined:
        """Send a command that must be refused with exactly this code."""
        outcome = self.ask(action, actor, **given)
        assert code_of(outcome) == code, f"{action} by {actor}: {code_of(outcome)}, not {code}"
        assert isinstance(outcome, Declined)
        return outcome

    # -- what can be read ------------------------------------------------------------------

    @property
    def size(self) -> int:
        return len(self.ledger.entries().all)

    def entry(self, outcome: Outcome) -> Entry:
        return self.ledger.entries().all[outcome.position]

    def answer(self, target: str) -> Any:
        """The bare answer to a question such as `/v1/sla?rule=takedown`, asked now."""
        log = Histories(entry.record for entry in self.ledger.entries().all)
        return answer(*split(target), log, self.clock.now()).answer

    def raw(self) -> bytes:
        """The bytes of all records, one after the other."""
        return b"\n".join(self.ledger.raw(0, self.size))

    def bodies(self) -> bytes:
        """What all records say, decoded from their envelopes."""
        entries = self.ledger.entries().all
        return "\n".join(repr(entry.record) for entry in entries).encode()

    def under(self, outcome: Outcome, path: str) -> str | None:
        """Under whose key a sealed value lies; None once it was destroyed."""
        row = self.ledger.store.row(SealedRow, (outcome.position, path))
        assert row is not None, f"nothing is sealed at {path}"
        return row.subject

    def value(self, outcome: Outcome, path: str) -> Any:
        """Open a sealed value."""
        row = self.ledger.store.row(SealedRow, (outcome.position, path))
        key = self.ledger.store.row(SubjectKey, (row.subject,))
        opened = self.ledger.ports.wrapper(key.epoch).unwrap(key.wrapped, row.subject)
        place = Place(self.ledger.origin, outcome.event_id, path)
        return unseal(place, row.ciphertext, opened)[1]

    def office(self) -> Config:
        """The settings with which the command line opens the same ledger."""
        (self.directory / "passphrase").write_bytes(SECRET)
        (self.directory / "passphrase").chmod(0o600)
        return Config(self.directory, None)

    def told(self, target: str) -> Any:
        """The answer to a question such as `/v1/posts?live=true`, now, with the names there are."""
        known = self.ledger.entries()
        log = Histories(entry.record for entry in known.all)
        name_of = partial(names.name_of, self.ledger, known)
        return answer(*split(target), log, self.clock.at, name_of).answer

    # -- a copy of a school, and the end ---------------------------------------------------

    def copied_to(self, directory: Path) -> School:
        """Another school with the same past: cheaper than living it again."""
        shutil.copytree(self.directory, directory)
        return School(directory, in_london(self.clock.at), self.ledger.ports)

    def close(self) -> None:
        with suppress(AttributeError):
            self.ledger.close()

    # -- short cuts ------------------------------------------------------------------------

    def open(self, offices: list[str] | None = None) -> School:
        """The ledger is opened with the head teacher as its first person."""
        first = {"person": HEAD, "name": "Lowri Gittins", "kind": "staff"}
        self.accept("open_ledger", "system", **self.opening(first, offices))
        return self

    @staticmethod
    def opening(first: dict[str, Any], offices: list[str] | None = None) -> dict[str, Any]:
        held = ["slt", "headteacher"] if offices is None else offices
        return {
            "school": "Rhyd-y-Gwennol Primary (fictional)",
            "time_zone": "Europe/London",
            "languages": ["en", "cy"],
            "first_person": {**first, "offices": held},
        }

    def register(
        self, person: str, name: str, kind: str = "staff", offices: Any = (), by: str = HEAD
    ) -> Receipt:
        given = {"person": person, "name": name, "kind": kind, "offices": list(offices)}
        return self.accept("register_person", by, **given)

    def staffed(self) -> School:
        """The whole cast is registered and a policy is in force."""
        self.open()
        for person, name, kind, offices in CAST:
            self.register(person, name, kind, offices)
        self.later(days=1).ratify(POLICY)
        return self

    def ratify(self, version: str, by: str = HEAD, **changed: Any) -> Receipt:
        given = {
            "policy_version": version,
            "title": "Social Media Policy",
            "ratified_on": "2026-07-14",
            "chair_of_governors": CHAIR,
            "headteacher": HEAD,
            "review_due": "2027-07-14",
        }
        return self.accept("ratify_policy", by, **{**given, **changed})

    def acknowledge(self, *people: str, version: str = POLICY) -> School:
        for person in people:
            self.accept("acknowledge_policy", person, policy_version=version)
        return self

    def train(self, *people: str, until: str = "2027-09-04") -> Receipt:
        given = {"people": list(people), "course": "sm-foundation", "valid_until": until}
        return self.accept("record_training", DEPUTY, **given)

    def ready(self, *people: str) -> School:
        """They have acknowledged the policy and are trained."""
        self.acknowledge(*people).train(*people)
        return self

    def apply(self, by: str = TEACHER, **changed: Any) -> Receipt:
        return self.accept("submit_application", by, **{**APPLICATION, **changed})

    def running(self) -> School:
        """An account with lead and runner, whose password both know, and the moderator."""
        self.staffed().later(days=1).ready(LEAD, RUNNER)
        self.later(days=1).apply()
        self.later(hours=1).accept("approve_application", DEPUTY, application="apl-01")
        self.later(hours=1).accept(
            "create_account", MODERATOR, account=ACCOUNT, application="apl-01", handle="Ysgol"
        )
        self.later(hours=1).store()
        return self.later(days=1)

    def store(self, **changed: Any) -> Receipt:
        given = {
            "account": ACCOUNT,
            "credential_version": 1,
            "vault_ref": "keepass/school/fb-main",
            "known_by": [MODERATOR, LEAD, RUNNER],
        }
        return self.accept("store_credential", MODERATOR, **{**given, **changed})

    def enquiry(self, enquiry: str = "enq-1", kind: str = "query", **changed: Any) -> Receipt:
        given = {"enquiry": enquiry, "account": ACCOUNT, "kind": kind, "sender": "ext-a04"}
        given |= {"channel": "public_comment"}
        return self.accept("receive_enquiry", TEACHER, **{**given, **changed})

    def incident(self, incident: str = "case-1", **changed: Any) -> Receipt:
        """An open incident."""
        given = {"incident": incident, "kind": "abuse_in_comments", "summary": "Abusive remarks"}
        return self.accept("report_incident", TEACHER, **{**given, **changed})

    def assess(self, incident: str = "case-1", by: str = DEPUTY, **more: Any) -> Receipt:
        return self.accept("assess_incident", by, incident=incident, severity="low", **more)

    def request(self, request: str = "rts-1", kind: str = "erasure", subject: str = VOLUNTEER):
        given = {"request": request, "kind": kind, "subject": subject}
        return self.accept("receive_rights_request", TEACHER, **given)

    def decide(self, decision: str = "granted", request: str = "rts-1", by: str = HEAD, **more):
        given = {"request": request, "decision": decision, **more}
        return self.accept("decide_rights_request", by, **given)

    def depart(self, person: str, by: str = HEAD, **more: Any) -> Receipt:
        return self.accept("record_departure", by, person=person, reason="other", **more)


def key_fields(key: FileSigner) -> dict[str, str]:
    """What `rotate_signing_key` says of a new key."""
    public = key.public_key
    return {"new_key_id": keyid("record", public), "public_key": b64encode(public)}


def admitted(key: Any) -> dict[str, str]:
    """What `admit_key` says of a new key."""
    return {"public_key": b64encode(key.public_key), "purpose": key.purpose}


def key_id_of(key: Any) -> str:
    return keyid(key.purpose, key.public_key)


def code_of(outcome: Outcome) -> str | None:
    """The refusal code; None where it was accepted."""
    return outcome.code if isinstance(outcome, Declined) else None


def again(action: str, actor: str, data: dict[str, Any], key: str, **extra: Any) -> Asked:
    """A command with an idempotency key."""
    return Asked(Command(action, actor, data, extra=extra), key)


# -- one command that is accepted, for every action -----------------------------------------

FROM_LEAD = {"account": ACCOUNT, "from": LEAD, "to": TEACHER}
POSTED = {"account": ACCOUNT, "pictured": [], "controversial": False, "third_party_material": False}
ABOUT_CASE = {"incident": "case-1"}
EDITOR = {"account": ACCOUNT, "person": LEAD, "platform_role": "page editor"}
RULES = {"enquiry_response": {"hours": 48}}
HOLIDAYS = ["2026-12-25", "2026-12-28"]


# The head's own key. Its signature is over the school's name, and so made once there is a school.
OWN_KEY = FileKey(HEAD)
ENROLMENT = OWN_KEY.enrolment("the school's name")


def _nothing(school: School) -> None:
    pass


def _own_key(school: School) -> None:
    ENROLMENT.update(OWN_KEY.enrolment(school.ledger.origin))


def _enrolled(school: School) -> None:
    school.accept("enrol_actor_key", HEAD, **OWN_KEY.enrolment(school.ledger.origin))


def _second_application(school: School) -> None:
    school.ready(TEACHER).apply(application="apl-02", by=LEAD)


def _approved(school: School) -> None:
    _second_application(school)
    school.accept("approve_application", DEPUTY, application="apl-02")


def _ready_teacher(school: School) -> None:
    school.ready(TEACHER)


def _assessed(school: School) -> None:
    school.incident()
    school.assess()


def _asked_to_clear(school: School) -> None:
    given = {"post": "pst-1", "account": ACCOUNT, "topic": "The village crossing"}
    school.accept("request_prepublication_check", LEAD, **given)


def _found(school: School) -> None:
    given = {"found": "fnd-1", "platform": "threads", "name": "Dosbarth 2", "pupil_images": False}
    school.accept("discover_unapproved_account", TEACHER, **given)


def _granted(school: School) -> None:
    school.request()
    school.decide()


def _empty_account(school: School) -> None:
    _approved(school)
    school.accept(
        "create_account", MODERATOR, account="ig-garden", application="apl-02", handle="gardd"
    )


def _editor(school: School) -> None:
    school.accept("grant_platform_access", MODERATOR, **EDITOR, full_control=False)


def _absent(school: School) -> None:
    since = {"from": school.ago(hours=1), "kind": "sickness"}
    school.accept("record_absence", MODERATOR, person=TEACHER, **since)


def _offered(school: School) -> None:
    school.accept("offer_handover", LEAD, account=ACCOUNT, to=TEACHER)


SPARE = FileSigner("record", b"s" * 32)


def _by_roots(action: str, first: Any = None) -> Any:
    """What root keys approve is approved for the school it is done in."""

    def before(school: School) -> dict[str, Any]:
        if first is not None:
            first(school)
        return school.approved(action, **VALID[action][1])

    return before


def _spare(school: School) -> None:
    school.accept("admit_key", MODERATOR, **school.approved("admit_key", **admitted(SPARE)))


def _re_attested(school: School) -> dict[str, Any]:
    return school.approved("reattest_records", **school.reattested(1, 3))


def _other_root(school: School) -> dict[str, Any]:
    by = [*school.roots(), FileSigner("root", b"r" * 32)]
    return school.approved("change_roots", by, **VALID["change_roots"][1])


# action: (actor, data, what must have happened before; it may return more of the data)
VALID: dict[str, tuple[str, dict[str, Any], Any]] = {
    "ratify_policy": (
        HEAD,
        {
            "policy_version": "smp-v5",
            "title": "Social Media Policy",
            "ratified_on": "2026-09-01",
            "chair_of_governors": CHAIR,
            "headteacher": HEAD,
            "review_due": "2027-09-01",
        },
        _nothing,
    ),
    "adopt_calendar": (
        HEAD,
        {
            "calendar": "england-and-wales",
            "version": 1,
            "weekend": ["sat", "sun"],
            "bank_holidays": HOLIDAYS,
        },
        _nothing,
    ),
    "adopt_sla_rules": (
        HEAD,
        {"version": 1, "effective_from": "2026-09-01T00:00:00+01:00", "rules": RULES},
        _nothing,
    ),
    "rotate_signing_key": (
        MODERATOR,
        {**key_fields(FileSigner("record", NEXT_KEY)), "reason": "A year has passed"},
        _nothing,
    ),
    "admit_key": (MODERATOR, admitted(SPARE), _by_roots("admit_key")),
    "revoke_key": (
        MODERATOR,
        {"key_id": key_id_of(SPARE), "purpose": "record", "reason": "retired"},
        _by_roots("revoke_key", _spare),
    ),
    "declare_key_compromised": (
        MODERATOR,
        {"key_id": key_id_of(SPARE), "purpose": "record", "trusted_until": 1},
        _by_roots("declare_key_compromised", _spare),
    ),
    "reattest_records": (MODERATOR, {"from": 1, "to": 3, "root": "0" * 64}, _re_attested),
    "change_roots": (
        HEAD,
        {"keys": [b64encode(FileSigner("root", b"r" * 32).public_key)], "threshold": 1},
        _other_root,
    ),
    "publish_checkpoint": (MODERATOR, {"given_to": [CHAIR], "medium": "on paper"}, _nothing),
    "export_evidence": (
        MODERATOR,
        {"export": "exp-1", "scope": "full", "given_to": [CHAIR]},
        _nothing,
    ),
    "enrol_actor_key": (HEAD, ENROLMENT, _own_key),
    "end_actor_key": (
        MODERATOR,
        {"person": HEAD, "key_id": OWN_KEY.ident, "reason": "lost"},
        _enrolled,
    ),
    "adopt_signature_policy": (HEAD, {"version": 1, "actions": ["close_incident"]}, _nothing),
    "register_person": (
        HEAD,
        {"person": "stf-050", "name": "Mari Evans", "kind": "staff", "offices": []},
        _nothing,
    ),
    "assign_office": (HEAD, {"person": TEACHER, "office": "moderator"}, _nothing),
    "end_office": (HEAD, {"person": DEPUTY, "office": "dsp"}, _nothing),
    "record_absence": (
        MODERATOR,
        {"person": LEAD, "from": "2026-09-07T00:00:00+01:00", "kind": "maternity"},
        _nothing,
    ),
    "suspend_access": (HEAD, {"person": RUNNER, "from": "2026-09-01T09:00:00+01:00"}, _nothing),
    "record_return": (MODERATOR, {"person": TEACHER}, _absent),
    "change_person": (
        HEAD,
        {"person": VOLUNTEER, "kind": "staff", "from": "2026-09-07T00:00:00+01:00"},
        _nothing,
    ),
    "acknowledge_policy": (TEACHER, {"policy_version": POLICY}, _nothing),
    "record_training": (
        DEPUTY,
        {"people": [TEACHER], "course": "sm-foundation", "valid_until": "2027-09-04"},
        _nothing,
    ),
    "record_departure_notice": (
        MODERATOR,
        {"person": LEAD, "leaving_on": "2026-12-18"},
        _nothing,
    ),
    "record_departure": (MODERATOR, {"person": LEAD, "reason": "new_post"}, _nothing),
    "record_disclaimer_check": (
        DEPUTY,
        {"person": TEACHER, "names_school": True, "disclaimer_present": False},
        _nothing,
    ),
    "submit_application": (TEACHER, {**APPLICATION, "application": "apl-02"}, _nothing),
    "withdraw_application": (LEAD, {"application": "apl-02"}, _second_application),
    "approve_application": (DEPUTY, {"application": "apl-02"}, _second_application),
    "reject_application": (
        DEPUTY,
        {"application": "apl-02", "reason": "Not now"},
        _second_application,
    ),
    "create_account": (
        MODERATOR,
        {"account": "ig-garden", "application": "apl-02", "handle": "gardd"},
        _approved,
    ),
    "assign_account_role": (
        MODERATOR,
        {"account": ACCOUNT, "person": TEACHER, "role": "runner"},
        _ready_teacher,
    ),
    "end_account_role": (
        MODERATOR,
        {"account": ACCOUNT, "person": RUNNER, "role": "runner", "reason": "workload"},
        _nothing,
    ),
    "transfer_lead": (MODERATOR, FROM_LEAD, _ready_teacher),
    "record_monitoring_check": (
        LEAD,
        {"account": ACCOUNT, "result": "nothing_found"},
        _nothing,
    ),
    "close_account": (
        MODERATOR,
        {"account": ACCOUNT, "reason": "The project has ended", "audience_told": True},
        _nothing,
    ),
    "discover_unapproved_account": (
        TEACHER,
        {"found": "fnd-1", "platform": "threads", "name": "Dosbarth 2", "pupil_images": False},
        _nothing,
    ),
    "resolve_unapproved_account": (TEACHER, {"found": "fnd-1", "resolution": "closed"}, _found),
    "change_visibility": (
        MODERATOR,
        {"account": ACCOUNT, "visibility": "private", "reason": "Too many strangers"},
        _nothing,
    ),
    "record_account_state": (TEACHER, {"account": ACCOUNT, "state": "locked_out"}, _nothing),
    "record_compromise": (
        TEACHER,
        {
            "account": ACCOUNT,
            "from": "2026-09-02T09:00:00+01:00",
            "means": "A message that asked for the password",
        },
        _nothing,
    ),
    "record_platform_list": (
        RUNNER,
        {"account": ACCOUNT, "matched": [LEAD], "unmatched": 0, "list_hash": HASH_A},
        _nothing,
    ),
    "attest_account": (
        LEAD,
        {"account": ACCOUNT, "settings_checked": True, "access_confirmed": True},
        _nothing,
    ),
    "offer_handover": (LEAD, {"account": ACCOUNT, "to": TEACHER}, _nothing),
    "accept_handover": (
        TEACHER,
        {"account": ACCOUNT, "access_tested": True, "open_items_seen": True},
        _offered,
    ),
    "record_comment_round": (
        RUNNER,
        {
            "account": ACCOUNT,
            "from": "2026-09-02T09:00:00+01:00",
            "to": "2026-09-02T09:20:00+01:00",
            "seen": 12,
            "acknowledged": 12,
            "opened": [],
        },
        _nothing,
    ),
    "store_credential": (
        MODERATOR,
        {
            "account": "ig-garden",
            "credential_version": 1,
            "vault_ref": "keepass/garden",
            "known_by": [LEAD],
        },
        _empty_account,
    ),
    "share_credential": (MODERATOR, {"account": ACCOUNT, "person": LEAD}, _nothing),
    "rotate_credential": (
        MODERATOR,
        {
            "account": ACCOUNT,
            "credential_version": 2,
            "vault_ref": "keepass/fb",
            "known_by": [],
            "reason": "routine",
        },
        _nothing,
    ),
    "grant_platform_access": (MODERATOR, {**EDITOR, "full_control": False}, _nothing),
    "end_platform_access": (MODERATOR, EDITOR, _editor),
    "change_recovery_contact": (
        MODERATOR,
        {"account": ACCOUNT, "contact_kind": "phone", "owner": LEAD},
        _nothing,
    ),
    "receive_enquiry": (
        TEACHER,
        {
            "enquiry": "enq-1",
            "account": ACCOUNT,
            "kind": "query",
            "sender": "ext-a04",
            "channel": "public_comment",
        },
        _nothing,
    ),
    "respond_to_enquiry": (
        LEAD,
        {"enquiry": "enq-1", "mode": "full", "automated": False},
        School.enquiry,
    ),
    "record_media_policy_check": (
        LEAD,
        {"enquiry": "enq-1", "outcome": "no_comment"},
        lambda school: school.enquiry(kind="journalist"),
    ),
    "mark_no_response_required": (LEAD, {"enquiry": "enq-1", "reason": "spam"}, School.enquiry),
    "request_prepublication_check": (
        TEACHER,
        {"post": "pst-1", "account": ACCOUNT, "topic": "The village crossing"},
        _nothing,
    ),
    "decide_prepublication_check": (
        DEPUTY,
        {"post": "pst-1", "decision": "cleared"},
        _asked_to_clear,
    ),
    "record_copyright_permission": (
        TEACHER,
        {"post": "pst-1", "holder": "A museum", "scope": "one picture"},
        _nothing,
    ),
    "publish_post": (LEAD, {"post": "pst-1", **POSTED}, _nothing),
    "add_no_publish": (
        DEPUTY,
        {"subject": "pup-7c2", "reason_category": "carer_request"},
        _nothing,
    ),
    "report_incident": (
        TEACHER,
        {"incident": "case-1", "kind": "abuse_in_comments", "summary": "Abusive remarks"},
        _nothing,
    ),
    "assess_incident": (DEPUTY, {**ABOUT_CASE, "severity": "low"}, School.incident),
    "notify_agency": (
        TEACHER,
        {**ABOUT_CASE, "agency": "police", "reason": "It is a crime"},
        School.incident,
    ),
    "take_down_content": (
        TEACHER,
        {**ABOUT_CASE, "content": "cmt-5", "author": "unknown", "content_kind": "comment"},
        School.incident,
    ),
    "block_user": (
        TEACHER,
        {**ABOUT_CASE, "account": ACCOUNT, "subject": "ext-e17"},
        School.incident,
    ),
    "report_to_platform": (TEACHER, {**ABOUT_CASE, "subject": "ext-e17"}, School.incident),
    "inform_audience": (
        TEACHER,
        {**ABOUT_CASE, "account": ACCOUNT, "explanation": "We removed a comment."},
        School.incident,
    ),
    "delete_image": (
        TEACHER,
        {
            **ABOUT_CASE,
            "image": "pic-1",
            "device": "tablet-12",
            "including_backups": True,
            "taken_at": "2026-09-02T09:00:00+01:00",
        },
        School.incident,
    ),
    "ask_parent_to_remove_post": (
        TEACHER,
        {**ABOUT_CASE, "parent": "ext-b17", "where": "own profile", "by": "telephone"},
        School.incident,
    ),
    "invite_parent_to_meeting": (
        TEACHER,
        {**ABOUT_CASE, "parent": "ext-b17", "offered_at": "2027-01-03T15:45:00+00:00"},
        School.incident,
    ),
    "record_parent_meeting": (
        TEACHER,
        {**ABOUT_CASE, "parent": "ext-b17", "outcome": "resolved"},
        School.incident,
    ),
    "record_post_removed": (TEACHER, {**ABOUT_CASE, "parent": "ext-b17"}, School.incident),
    "refer_parent_to_complaints": (
        DEPUTY,
        {**ABOUT_CASE, "parent": "ext-b17", "stage": "A"},
        School.incident,
    ),
    "apply_behaviour_policy": (
        DEPUTY,
        {**ABOUT_CASE, "pupil": "pup-9d4", "step": "reflection_time"},
        School.incident,
    ),
    "close_incident": (DEPUTY, {**ABOUT_CASE, "outcome": "resolved"}, _assessed),
    "record_public_mention": (
        TEACHER,
        {
            "mention": "mtn-1",
            "where": "village group",
            "tone": "positive",
            "action": "none_needed",
        },
        _nothing,
    ),
    "receive_rights_request": (
        TEACHER,
        {"request": "rts-1", "kind": "access", "subject": "ext-a04"},
        _nothing,
    ),
    "decide_rights_request": (
        HEAD,
        {"request": "rts-1", "decision": "granted"},
        School.request,
    ),
    "complete_rights_request": (
        MODERATOR,
        {"request": "rts-1", "outcome": "disclosed"},
        School.request,
    ),
    "place_legal_hold": (
        HEAD,
        {"hold": "lh-1", "subjects": ["ext-b17"], "reason": "A complaint"},
        _nothing,
    ),
    "erase_subject": (MODERATOR, {"request": "rts-1", "subject": VOLUNTEER}, _granted),
    **CASES,
    **DUTIES,
}
