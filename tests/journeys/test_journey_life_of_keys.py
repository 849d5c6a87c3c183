"""The whole life of the keys: handed to three people, changed, stolen, taken back, lost, made anew.

Decisions about keys are taken by the holders of the root keys, each at a machine of their own:
the chair of governors, the data-protection officer and the head teacher. Two of the three suffice.
"""

import json
from pathlib import Path

import pytest
from simulator import ACCOUNT, DEPUTY, HEAD, LEAD, MODERATOR, RUNNER, School

from api import approving, key_change, wiring
from api.approving_words import in_words
from api.verifier import checks
from keys.vault import REHEARSAL_COST
from ledger.evidence import export_complete
from ledger.fsck import fsck
from ledger.outcomes import WritesRefused
from ledger.proof.encoding import b64encode
from ledger.proof.policy import parse_policy
from ledger.proof.verify import verify
from projections.semantics import all_answers

CHECKED = {"account": ACCOUNT, "result": "handled"}
YEARLY = {"reason": "A year has passed"}
GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "edition-1"


class Holder:
    """Somebody who holds a root key, in a file on a stick of their own."""

    def __init__(self, stick):
        self.key, self.words = stick / "root.json", b"three words only they know"
        self.made = approving.make_root(self.key, self.words, REHEARSAL_COST)

    @property
    def public_key(self):
        return b64encode(self.made.public_key)


class Office:
    """Where proposals are made and what was approved is recorded, as at the command line."""

    def __init__(self, school, tmp_path):
        self.school, self.papers, self.count = school, tmp_path / "papers", 0
        self.papers.mkdir()
        self.trust_text = (school.directory / "trust.policy").read_text("utf-8")
        self.trust = parse_policy(self.trust_text)

    def propose(self, action, **fields):
        made = key_change.propose(self.school.office(), action, fields)
        self.count += 1
        proposal = self.papers / f"{self.count}.json"
        proposal.write_text(json.dumps(made))
        return proposal

    def decide(self, action, *holders, **fields):
        """The holders approve, each at home; then Huw records it."""
        proposal = self.propose(action, **fields)
        approvals = [self.approve(proposal, holder.key, holder.words) for holder in holders]
        return self.record(proposal, approvals)

    def approve(self, proposal, key, words):
        asked = approving.read_proposal(proposal)
        assert list(in_words(asked))  # which the holder has read
        approval = proposal.with_name(f"{proposal.stem}-{key.parent.name}.json")
        approval.write_text(json.dumps(approving.approve(asked, approving.open_root(key, words))))
        return approval

    def record(self, proposal, approvals):
        accepted, answer = key_change.record(self.school.office(), proposal, approvals, MODERATOR)
        assert accepted, answer
        return answer["position"]

    def evidence(self, name):
        """A file of the whole log, as an auditor would get it."""
        export_complete(self.school.ledger, self.papers / name, all_answers)
        return self.papers / name

    def says(self, file):
        """What the auditor's verifier says, with the trust file of the very first day."""
        report = verify(file, trust=self.trust, checks=checks())
        return report.verdict, [(found.code, found.position) for found in report.findings]

    def work(self, times=1):
        """An ordinary day or more."""
        for _ in range(times):
            self.school.later(days=1).accept("record_monitoring_check", HEAD, **CHECKED)

    def states(self):
        """How the keys of a purpose stand, in order."""
        listed = key_change.listed(self.school.office())
        return {
            purpose: [key["state"] for key in listed if key["purpose"] == purpose]
            for purpose in ("root", "record", "checkpoint")
        }

    def reopen(self):
        """The service is started again."""
        directory, at = self.school.directory, self.school.ago()
        self.school.close()
        with wiring.open_ledger(self.school.office()) as ledger:
            ports = ledger.ports
        self.school = School(directory, at, ports)


@pytest.fixture(name="office")
def _office(school, tmp_path):
    school.ready(LEAD, RUNNER).apply()
    school.accept("approve_application", DEPUTY, application="apl-01")
    given = {"account": ACCOUNT, "application": "apl-01", "handle": "Ysgol"}
    school.accept("create_account", MODERATOR, **given)
    return Office(school, tmp_path)


VALID = ("VALID", [])


def test_the_life_of_the_keys(office, tmp_path):
    school = office.school
    chair, dpo, head = (Holder(tmp_path / who) for who in ("chair", "dpo", "head"))
    first_root = school.directory / "keys/root.json"
    first_words = b"a practice ledger needs no secret"

    # On the first day one root key was made with the ledger, and the chair got this evidence.
    first = office.evidence("first.zip")
    assert office.says(first) == VALID

    # The school hands the root over to three people. The first root key and two of the new ones
    # approve it; from then on the first one counts for nothing.
    keys = [holder.public_key for holder in (chair, dpo, head)]
    proposal = office.propose("change_roots", keys=keys, threshold=2)
    office.record(
        proposal,
        [
            office.approve(proposal, first_root, first_words),
            office.approve(proposal, chair.key, chair.words),
            office.approve(proposal, dpo.key, dpo.words),
        ],
    )
    assert office.states()["root"] == ["ended", "in_force", "in_force", "in_force"]

    # Every year Huw changes the record key: that takes no root.
    for year in ("2027", "2028"):
        school.at(f"{year}-09-01T09:00:00+01:00")
        school.accept("rotate_signing_key", MODERATOR, **school.make_key(), **YEARLY)
        office.work()
    assert office.says(office.evidence("rotated.zip")) == VALID

    # A new checkpoint key comes, and for a while both sign; then the old one is retired. The
    # trust file of the first day names only the old one, and serves all the same.
    made = key_change.make(school.office(), "checkpoint")
    old = office.states()
    office.decide("admit_key", chair, head, **made)
    office.work()
    assert school.ledger.publish().count(b"\n\xe2\x80\x94 ") == 2
    assert office.says(office.evidence("both.zip")) == VALID
    [ended] = [k for k in key_change.listed(school.office()) if k["purpose"] == "checkpoint"][:1]
    retired = {"key_id": ended["key_id"], "purpose": "checkpoint", "reason": "retired"}
    office.decide("revoke_key", dpo, head, **retired)
    office.work()
    assert office.says(office.evidence("one.zip")) == VALID
    assert (old["checkpoint"], office.states()["checkpoint"]) == (
        ["in_force", "unused"],
        ["ended", "in_force"],
    )
    backup = (school.directory / "keys/vault.json").read_bytes()

    # Somebody has copied the record key. Nobody knows since when; on Monday all was well for sure.
    monday = school.size
    office.work(3)
    unsure = office.evidence("before-anybody-knew.zip")
    stolen = next(k for k in key_change.listed(school.office()) if _signs_records(k))
    new = key_change.make(school.office(), "record")
    office.decide("admit_key", chair, dpo, **new)
    named = {"key_id": stolen["key_id"], "purpose": "record"}
    office.decide("declare_key_compromised", chair, dpo, **named, trusted_until=monday)
    office.work(2)
    assert office.states()["record"] == [
        *("ended", "ended", "compromised", "in_force"),
        "unused",  # one that lies ready in every school of these tests
    ]

    # What that key alone signed since Monday is SUSPECT, in one finding; all the rest holds. An
    # older file is what it was: whoever has only that cannot know.
    evidence = office.evidence("suspect.zip")
    assert office.says(evidence) == ("SUSPECT", [("key_compromised", monday)])
    assert office.says(unsure) == VALID

    # The three look at two of these days and vouch for them; then for the rest.
    office.decide("reattest_records", head, chair, **{"from": monday, "to": monday + 2})
    vouched = office.evidence("vouched.zip")
    assert office.says(vouched) == ("SUSPECT", [("key_compromised", monday + 2)])
    office.decide("reattest_records", dpo, chair, **{"from": monday + 2, "to": monday + 3})
    assert office.says(office.evidence("cleared.zip")) == VALID

    # Years later the machine breaks, and only an old copy of the vault is left: no key that may
    # sign records. The ledger is read as before, and says what is missing.
    school.close()
    (school.directory / "keys/vault.json").write_bytes(backup)
    office.reopen()
    with pytest.raises(WritesRefused, match=r"record key .* is not in vault\.json"):
        office.work()
    assert office.school.told("/v1/accounts")

    # The holders admit a new key, which signs its own admission; the lost one is ended.
    lost = next(k for k in key_change.listed(office.school.office()) if _signs_records(k))
    office.decide("admit_key", head, dpo, **key_change.make(office.school.office(), "record"))
    ends = {"key_id": lost["key_id"], "purpose": "record", "reason": "lost"}
    office.decide("revoke_key", chair, dpo, **ends)
    office.reopen()
    office.work(2)
    last = office.evidence("last.zip")

    # Whatever was handed out in all these years still verifies, by the trust file of day one.
    for name in ("first", "rotated", "both", "one", "before-anybody-knew", "cleared", "last"):
        assert office.says(office.papers / f"{name}.zip") == VALID, name
    assert office.says(evidence) == ("SUSPECT", [("key_compromised", monday)])
    assert last.is_file()
    assert (office.school.directory / "trust.policy").read_text("utf-8") == office.trust_text
    golden = parse_policy((GOLDEN / "trust.policy").read_text("utf-8"))
    assert verify(GOLDEN / "evidence-2.zip", golden, checks=checks()).verdict == "VALID"
    assert fsck(office.school.directory, office.school.ledger.key) == []


def _signs_records(key):
    return (key["purpose"], key["state"]) == ("record", "in_force")
