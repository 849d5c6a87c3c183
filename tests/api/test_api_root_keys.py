"""Root keys at the command line: made and used away from the ledger, and what is refused."""

import json

import pytest
from shelled import good, run
from simulator import HEAD, LEAD, MODERATOR, School

OTHER = "/nowhere/at/all"  # a directory in which no ledger lies


@pytest.fixture(name="data", scope="module")
def _data(tmp_path_factory):
    """The directory of a staffed school, which nobody has open."""
    data = tmp_path_factory.mktemp("roots") / "school"
    school = School(data).staffed()
    school.office()
    school.close()
    return data


@pytest.fixture(name="desk")
def _desk(data, tmp_path):
    return Desk(data, tmp_path)


class Desk:
    def __init__(self, data, papers):
        self.data, self.papers = data, papers
        self.first = data / "keys/root.json", data / "passphrase"

    def proposal(self, action="admit_key", name="proposal.json", **fields):
        if action == "admit_key" and not fields:
            fields = json.loads(good(self.data, "keys", "make", "--purpose", "record"))
        said = good(self.data, "keys", "propose", action, "--fields", json.dumps(fields))
        (self.papers / name).write_text(said)
        return self.papers / name

    def approve(self, proposal, root=None, *more):
        """What `keys approve` answers, where there is no ledger."""
        key, words = root or self.first
        given = ("--root", str(key), "--passphrase-file", str(words), *(more or ("--yes",)))
        return run(OTHER, "keys", "approve", str(proposal), *given)

    def approval(self, proposal, root=None, name="approval.json"):
        done = self.approve(proposal, root)
        assert done.returncode == 0, done.stderr
        (self.papers / name).write_text(done.stdout)
        return self.papers / name

    def record(self, proposal, *approvals, actor=MODERATOR):
        files = map(str, (proposal, *approvals))
        return run(self.data, "keys", "record", *files, "--actor", actor)

    def root(self, who="chair", words="only they know"):
        """A root key of somebody's own: its file, that of its passphrase, and its public key."""
        place = self.papers / who
        place.mkdir(mode=0o700)
        secret = self.papers / f"{who}.words"
        secret.write_text(words)
        secret.chmod(0o600)
        given = (str(place / "root.json"), "--passphrase-file", str(secret))
        made = json.loads(good(OTHER, "keys", "root", *given))
        return (place / "root.json", secret), made["public_key"]


def keys(data):
    return json.loads(good(data, "keys", "list", "--json"))


def refused(done, *words):
    """One line on stderr that says why, and no traceback."""
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("handledger: "), done.stderr
    assert all(word in last for word in words), last


def test_a_key_is_proposed_approved_and_recorded(desk, data):
    proposal = desk.proposal()
    said = json.loads(proposal.read_text())
    approval = desk.approval(proposal)
    answer = json.loads(desk.record(proposal, approval, actor=HEAD).stdout)
    assert (answer["type"], answer["event_id"]) == ("KeyAdmitted", said["event_id"])
    new = next(k for k in keys(data) if k["public_key"] == said["fields"]["public_key"])
    assert (new["state"], new["from"], new["held"]) == ("in_force", answer["position"] + 1, True)
    assert new["key_id"] in good(data, "keys", "list")


def test_what_is_approved_is_said_in_words_and_asked(desk):
    proposal = desk.proposal()
    done = desk.approve(proposal, None, "--passphrase-file", str(desk.first[1]))
    assert "A new record key signs from now on" in done.stderr
    assert "It takes 1 of 1 present root keys." in done.stderr
    assert done.stdout == ""  # nobody said yes
    assert done.returncode == 1


def test_three_holders_of_whom_two_decide(tmp_path, school_alone):
    desk, data = Desk(school_alone, tmp_path), school_alone
    (chair, first), (dpo, second), (_, third) = (desk.root(who) for who in ("chair", "dpo", "head"))
    change = desk.proposal("change_roots", keys=[third, first, second], threshold=2)
    stderr = desk.approve(change).stderr
    assert "2 of these 3 root keys" in stderr
    assert "It takes 1 of 1 present root keys and 2 of 3 new root keys." in stderr
    approvals = [desk.approval(change, name="a.json"), desk.approval(change, chair, "b.json")]
    refused(desk.record(change, *approvals), "roots_have_not_approved", "1 approvals, 2 called for")
    # It was refused, not spoilt: with one approval more the same proposal is recorded.
    approvals.append(desk.approval(change, dpo, "c.json"))
    assert desk.record(change, *approvals).returncode == 0
    states = [key["state"] for key in keys(data) if key["purpose"] == "root"]
    assert states == ["ended", "in_force", "in_force", "in_force"]
    proposal = desk.proposal()
    refused(desk.approve(proposal), "is no root key of this log")
    one = desk.approval(proposal, chair, "one.json")
    refused(desk.record(proposal, one, one), "counts once")


def test_who_may_not_record_does_not(tmp_path, school_alone):
    desk = Desk(school_alone, tmp_path)
    proposal = desk.proposal()
    refused(desk.record(proposal, desk.approval(proposal), actor=LEAD), "not_moderator")


@pytest.fixture(name="school_alone")
def _school_alone(tmp_path):
    school = School(tmp_path / "school").staffed()
    school.office()
    school.close()
    return tmp_path / "school"


def test_an_approval_of_what_was_overtaken_is_stale_and_changes_nothing(tmp_path, school_alone):
    desk = Desk(school_alone, tmp_path)
    early, late = desk.proposal(), desk.proposal(name="late.json")
    approvals = [desk.approval(each, name=f"{each.stem}.approval") for each in (early, late)]
    refused(desk.record(early, approvals[1]), "does not approve this proposal", "another record")
    assert desk.record(late, approvals[1]).returncode == 0
    refused(desk.record(early, approvals[0]), "stale_stream_version")
    assert sum(key["state"] == "in_force" for key in keys(school_alone)) == 4


def test_a_root_key_that_cannot_be_used_is_named(tmp_path, school_alone):
    desk = Desk(school_alone, tmp_path)
    proposal, words = desk.proposal(), school_alone / "passphrase"
    (tmp_path / "wrong").write_text("something else")
    (tmp_path / "wrong").chmod(0o600)
    root = school_alone / "keys/root.json"
    refused(desk.approve(proposal, (root, tmp_path / "wrong")), "wrong passphrase")
    refused(desk.approve(proposal, (tmp_path / "none", words)), "no keys at")
    vault = school_alone / "keys/vault.json"
    refused(desk.approve(proposal, (vault, words)), "holds no root key")
    root.chmod(0o644)
    refused(desk.approve(proposal), "others may read it")
    root.chmod(0o600)
    stranger, _ = desk.root()
    refused(desk.approve(proposal, stranger), "is no root key of this log")
    assert desk.approve(proposal).returncode == 0


def test_a_root_key_is_made_where_nobody_else_can_read(tmp_path):
    words = tmp_path / "words"
    words.write_text("only they know")
    words.chmod(0o600)
    open_to_all = tmp_path / "open"
    open_to_all.mkdir(mode=0o755)
    given = ("--passphrase-file", str(words))
    refused(run(OTHER, "keys", "root", str(open_to_all / "root.json"), *given), "0700")
    assert list(open_to_all.iterdir()) == []
    made = json.loads(good(OTHER, "keys", "root", str(tmp_path / "own/root.json"), *given))
    assert made.keys() == {"key_id", "public_key"}
    refused(
        run(OTHER, "keys", "root", str(tmp_path / "own/root.json"), *given), "never overwritten"
    )
    words.chmod(0o644)
    refused(
        run(OTHER, "keys", "root", str(tmp_path / "other/root.json"), *given), "others may read"
    )


@pytest.mark.parametrize(
    ("action", "fields", "said"),
    [
        ("admit_key", {"purpose": "record"}, "missing_field"),
        ("admit_key", {"purpose": "root", "public_key": "A" * 43 + "="}, "invalid_field"),
        ("admit_key", {"purpose": "record", "public_key": "A" * 43 + "="}, "invalid_field"),
        ("revoke_key", {"key_id": "0" * 32, "purpose": "record", "reason": "lost"}, "unknown_ref"),
        ("reattest_records", {"from": 5, "to": 2}, "invalid_field"),
        ("reattest_records", {"from": 0, "to": 90_000}, "invalid_field"),
        ("change_roots", {"keys": "all", "threshold": 1}, "invalid_field"),
        ("rotate_signing_key", {}, "root keys approve admit_key"),
        ("erase_everything", {}, "root keys approve admit_key"),
    ],
)  # fmt: skip
def test_what_would_be_refused_is_not_proposed(data, action, fields, said):
    done = run(data, "keys", "propose", action, "--fields", json.dumps(fields))
    refused(done, said)
    assert done.stdout == ""


@pytest.mark.parametrize(
    "change",
    [
        lambda said: {**said, "action": "erase"},
        lambda said: {**said, "fields": {**said["fields"], "purpose": "\x1b[2J"}},
        lambda said: {**said, "fields": {**said["fields"], "public_key": "A" * 43 + "="}},
        lambda said: {**said, "roots": {"keys": [], "threshold": 1}},
        lambda said: {**said, "event_id": "a b"},
        lambda said: {k: v for k, v in said.items() if k != "source"},
        lambda said: [said],
    ],
)
def test_nothing_is_approved_that_is_no_proposal(desk, change):
    made = json.loads(desk.proposal().read_text())
    (desk.papers / "changed.json").write_text(json.dumps(change(made)))
    refused(desk.approve(desk.papers / "changed.json"), "is not what `keys propose` printed")


def test_a_proposal_of_another_log_is_not_recorded(tmp_path, school_alone, desk):
    theirs = desk.proposal()
    mine = Desk(school_alone, tmp_path)
    said = {**json.loads(theirs.read_text()), "roots": mine_roots(mine)}
    theirs.write_text(json.dumps(said))
    approval = mine.approval(theirs)
    refused(mine.record(theirs, approval), "is of another log")


def mine_roots(desk):
    return json.loads(desk.proposal(name="mine.json").read_text())["roots"]


def test_a_second_checkpoint_key_stands_in_the_trust_file(tmp_path, school_alone):
    """Both sign; when the first is retired, the line of the second goes on to check."""
    desk = Desk(school_alone, tmp_path)
    made = json.loads(good(school_alone, "keys", "make", "--purpose", "checkpoint"))
    admitted = desk.proposal(**made)
    assert desk.record(admitted, desk.approval(admitted)).returncode == 0
    first, second = (k for k in keys(school_alone) if k["purpose"] == "checkpoint")
    old = (school_alone / "trust.policy").read_text()
    assert f"log {first['vkey']}\n" in old
    both = old.replace("quorum", f"log {second['vkey']}\nquorum")
    (school_alone / "trust.policy").write_text(both)
    (tmp_path / "old.policy").write_text(old)
    ends = {"key_id": first["key_id"], "purpose": "checkpoint", "reason": "retired"}
    retired = desk.proposal("revoke_key", **ends)
    assert desk.record(retired, desk.approval(retired)).returncode == 0
    good(school_alone, "export", str(tmp_path / "e.zip"))
    for trust in (school_alone / "trust.policy", tmp_path / "old.policy"):
        said = good(school_alone, "verify", str(tmp_path / "e.zip"), "--trust", str(trust))
        assert "VALID" in said.split()
    assert run(school_alone, "fsck").returncode == 0
