"""One small school with keys from fixed seeds, played once; whoever tampers gets a copy.

It is no rehearsal: its roots are three keys, of which two must approve. Nothing in it is random,
so what is made of it is the same each time.
"""

from dataclasses import dataclass, field, replace
from random import Random

from small import OPENING, World, asked

from keys.signer import FileSigner
from ledger import genesis
from ledger.domain.school_time import parse_timestamp
from ledger.history import Declined
from ledger.proof.note import format_vkey
from ledger.proof.policy import format_policy

HEAD, DEPUTY, MODERATOR, LEAD, RUNNER = "stf-011", "stf-014", "stf-021", "stf-027", "stf-032"
THRESHOLD = 2
REFUSED = (DEPUTY, "approve_application")


def person(name, ident, kind="staff", offices=()):
    return {"person": ident, "name": name, "kind": kind, "offices": list(offices)}


POLICY = {
    "policy_version": "smp-v4",
    "title": "Social Media Policy",
    "ratified_on": "2026-07-14",
    "chair_of_governors": "gov-002",
    "headteacher": HEAD,
    "review_due": "2027-07-14",
}
APPLICATION = {
    "application": "apl-01",
    "platform": "facebook",
    "account_name": "Ysgol Fach",
    "aim": "News, dates and closures for families",
    "audience": "Parents, carers and the village",
    "promotion": "Letter home",
    "runners": [{"person": LEAD, "role": "lead"}, {"person": RUNNER, "role": "runner"}],
    "visibility": "open",
}
TRAINED = {"people": [LEAD, RUNNER], "course": "sm-foundation", "valid_until": "2027-09-04"}
CREDENTIAL = {
    "account": "fb-main",
    "credential_version": 1,
    "vault_ref": "keepass/school/fb-main",
    "known_by": [MODERATOR, LEAD, RUNNER],
}
INCIDENT = {
    "incident": "inc-01",
    "kind": "abuse_in_comments",
    "account": "fb-main",
    "summary": "Abusive remarks under the harvest post",
    "happened_at": "2026-09-14T17:40:00+01:00",
}
ASSESSED = {"incident": "inc-01", "severity": "medium", "involve": [LEAD], "agencies": []}
ENQUIRY = {
    "enquiry": "enq-01",
    "account": "fb-main",
    "kind": "query",
    "sender": "ext-a04",
    "channel": "public_comment",
}
REQUEST = {"request": "rts-01", "kind": "erasure", "subject": "vol-003"}
CORRECTION = {"set": {"occurred_at": "2026-09-16T09:00:00+01:00"}, "reason": "Typed by mistake"}

# When, by whom, what; a target is the event id of the line that has that action.
STORY = [
    ("2026-09-01T08:15:00+01:00", "system", "open_ledger", OPENING),
    ("2026-09-01T08:20:00+01:00", HEAD, "register_person", person("Iestyn", DEPUTY, offices=["slt"])),
    ("2026-09-01T08:21:00+01:00", HEAD, "register_person", person("Huw", MODERATOR, offices=["moderator"])),
    ("2026-09-01T08:22:00+01:00", HEAD, "register_person", person("Anwen", LEAD)),
    ("2026-09-01T08:23:00+01:00", HEAD, "register_person", person("Dylan", RUNNER)),
    ("2026-09-01T08:24:00+01:00", HEAD, "register_person", person("Rhodri", "vol-003", "volunteer")),
    ("2026-09-01T08:25:00+01:00", HEAD, "register_person", person("Glenys", "gov-002", "governor", ["chair_of_governors"])),
    ("2026-09-02T10:00:00+01:00", HEAD, "ratify_policy", POLICY),
    ("2026-09-03T15:50:00+01:00", LEAD, "acknowledge_policy", {"policy_version": "smp-v4"}),
    ("2026-09-03T15:51:00+01:00", RUNNER, "acknowledge_policy", {"policy_version": "smp-v4"}),
    ("2026-09-04T17:10:00+01:00", DEPUTY, "record_training", TRAINED),
    ("2026-09-07T12:55:00+01:00", DEPUTY, "submit_application", APPLICATION),
    ("2026-09-08T08:50:00+01:00", DEPUTY, "approve_application", {"application": "apl-01"}),
    ("2026-09-08T09:45:00+01:00", HEAD, "approve_application", {"application": "apl-01"}),
    ("2026-09-09T09:20:00+01:00", MODERATOR, "create_account", {"account": "fb-main", "application": "apl-01", "handle": "YsgolFach"}),
    ("2026-09-09T09:33:00+01:00", MODERATOR, "store_credential", CREDENTIAL),
    ("2026-09-14T18:05:00+01:00", RUNNER, "report_incident", INCIDENT),
    ("2026-09-15T08:35:00+01:00", DEPUTY, "assess_incident", ASSESSED),
    ("2026-09-16T12:45:00+01:00", RUNNER, "receive_enquiry", ENQUIRY),
    ("2026-09-16T12:50:00+01:00", LEAD, "respond_to_enquiry", {"enquiry": "enq-01", "mode": "full", "automated": False}),
    ("2026-09-16T13:00:00+01:00", RUNNER, "correct_entry", {"target": "receive_enquiry", **CORRECTION}),
    ("2026-09-17T09:00:00+01:00", HEAD, "annul_entry", {"target": "respond_to_enquiry", "reason": "Answered elsewhere"}),
    ("2026-09-18T10:30:00+01:00", MODERATOR, "receive_rights_request", REQUEST),
    ("2026-09-21T09:00:00+01:00", HEAD, "decide_rights_request", {"request": "rts-01", "decision": "granted", "reason": "No further need"}),
    ("2026-09-21T09:30:00+01:00", MODERATOR, "erase_subject", {"request": "rts-01", "subject": "vol-003"}),
]  # fmt: skip


@dataclass
class School(World):
    """A ledger directory whose keys all of these tests know."""

    host: str = "log.example.org"
    roots: tuple = tuple(FileSigner("root", bytes([n]) * 32) for n in (1, 2, 3))
    seed: int = 7
    chance: Random = field(init=False)

    def __post_init__(self):
        self.chance = Random(self.seed)

    @property
    def ports(self):
        return replace(super().ports, chance=self.chance.randbytes)

    @property
    def origin(self):
        return genesis.origin_for(self.host, "school", self.roots, THRESHOLD)

    def found(self):
        ledger = self.open(clock_ok=True)
        keys = [self.record_key, self.log_key]
        ledger.open_keyring(lambda now, ident: self.keyring(keys, now, ident))
        return ledger

    def keyring(self, keys, now, ident):
        return genesis.keyring_opened(self.origin, self.roots, THRESHOLD, keys, now, ident)

    @property
    def trust_text(self):
        return format_policy(format_vkey(self.origin, self.log_key.public_key))

    def tell(self, ledger, lines=None):
        """The story, or its first `lines`."""
        ids = {}
        for at, actor, action, data in STORY[:lines]:
            self.clock.at = parse_timestamp(at)
            given = {**data, "target": ids[data["target"]]} if "target" in data else data
            key = "asked twice" if action == "submit_application" else None
            outcome = ledger.record(asked(action, given, actor, key))
            refused = outcome.code if isinstance(outcome, Declined) else None
            expected = "approver_is_applicant" if (actor, action) == REFUSED else None
            assert refused == expected, (action, refused)
            ids[action] = outcome.event_id

    def go_on(self, ledger):
        """A sealed act that says nothing, then a day on which all was quiet."""
        self.clock.at = parse_timestamp("2026-09-22T11:00:00+01:00")
        ledger.seal_act({"action": "report_incident", "actor": HEAD, "data": {}})
        self.clock.at = parse_timestamp("2026-09-23T16:00:00+01:00")
        ledger.record(
            asked(
                "record_monitoring_check", {"account": "fb-main", "result": "nothing_found"}, RUNNER
            )
        )
