"""The record key changes: who may sign where, and what is no change of a key (format 6)."""

import io
import json
import zipfile
from dataclasses import replace

import pytest

from ledger.proof.dsse import keyid
from ledger.proof.ed25519 import SMALL_ORDER
from ledger.proof.encoding import b64decode, b64encode, canonical
from ledger.proof.record import sign_record, sign_root_statement
from ledger.proof.verify import verify

CHANGED = 5  # the position of the record that changes the key


class Changing:
    """A log of nine records whose record key changes at position 5; each part can be wrong."""

    def __init__(self, new_ledger, new_signer):
        self.log = new_ledger(name="changing").fill(CHANGED)
        self.old, self.new = self.log.record_key, new_signer("record", "changing record, next year")
        self.count = 1

    def said(self, key=None, **changed):
        public = (key or self.new).public_key
        fields = {"new_key_id": keyid("record", public), "public_key": b64encode(public)}
        record = self.log.record(
            "SigningKeyRotated",
            "keyring",
            "rotate_signing_key",
            "per-1",
            fields={**fields, **changed.pop("fields", {})},
        )
        record = replace(record, streamversion=self.count + 1)
        return replace(record, rules={**record.rules, "keyring": self.count}, **changed)

    def change(self, record=None, signers=None):
        by = [self.old, self.new] if signers is None else signers
        self.log.entries.append(sign_record(record or self.said(), by))
        self.count += 1
        return self

    def go_on(self, *signers):
        """One record by each of these keys."""
        for signer in signers:
            record = self.log.record("PostChecked", "account/acc-9", "check_post", "per-1")
            rules = {**record.rules, "keyring": self.count}
            self.log.append(replace(record, rules=rules), signer)
        return self

    def found(self, size=None, signer=None):
        """The verdict, and the findings as code and position."""
        evidence = self.log.evidence(size, signer=signer or self.new)
        report = verify(io.BytesIO(evidence), trust=self.log.trust)
        return report.verdict, [(f.code, f.position) for f in report.findings]


@pytest.fixture(name="changing")
def _changing(new_ledger, new_signer):
    return Changing(new_ledger, new_signer)


VALID = ("VALID", [])


def test_evidence_is_valid_before_at_and_after_the_change(changing):
    changing.change().go_on(changing.new, changing.new)
    assert changing.found(CHANGED, changing.old) == VALID
    for size in range(CHANGED + 1, CHANGED + 4):
        assert changing.found(size) == VALID


def test_a_manifest_is_by_the_key_valid_at_the_size_of_the_file(changing):
    changing.change().go_on(changing.new)
    early, late = changing.found(CHANGED, changing.new), changing.found(CHANGED + 1, changing.old)
    for verdict, findings in (early, late, changing.found(signer=changing.old)):
        assert (verdict, len(findings)) == ("INVALID", 1)


def test_a_key_changes_more_than_once(changing, new_signer):
    third = new_signer("record", "changing record, the year after")
    changing.change().go_on(changing.new)
    changing.change(changing.said(third), [changing.new, third]).go_on(third)
    assert changing.found(signer=third) == VALID
    assert changing.found(CHANGED + 2) == VALID


@pytest.mark.parametrize("who", ["old", "new"])
def test_a_change_that_only_one_key_signed_is_none(changing, who):
    changing.change(signers=[getattr(changing, who)]).go_on(changing.new)
    code = {"old": "keyring", "new": "key_not_valid"}[who]
    verdict, findings = changing.found()
    assert (verdict, findings[0]) == ("INVALID", (code, CHANGED))
    assert ("key_not_valid", CHANGED + 1) in findings


def test_the_old_key_signs_nothing_more(changing):
    changing.change().go_on(changing.new, changing.old)
    assert changing.found() == ("INVALID", [("key_not_valid", CHANGED + 2)])


def test_the_new_key_signs_nothing_before(changing):
    changing.go_on(changing.new).change().go_on(changing.new)
    verdict, findings = changing.found()
    assert (verdict, findings[0]) == ("INVALID", ("key_not_valid", CHANGED))


def test_another_record_is_never_signed_by_two(changing):
    changing.change()
    plain = changing.log.record("PostChecked", "account/acc-9", "check_post", "per-1")
    changing.log.entries.append(sign_record(plain, [changing.new, changing.old]))
    assert changing.found()[0] == "INVALID"


def test_a_key_that_was_never_in_force_cannot_hand_over(changing, new_signer):
    changing.change(signers=[new_signer("record", "thief"), changing.new])
    assert changing.found()[1][0] == ("key_not_valid", CHANGED)


def test_a_change_that_is_left_out_is_missed_by_the_next_record(changing):
    """Whoever holds the old key alone cannot go back to before the change either."""
    changing.count = 2
    changing.go_on(changing.old)
    assert ("keyring_count", CHANGED) in changing.found(signer=changing.old)[1]


def test_no_key_of_the_log_serves_again(changing, new_signer):
    log = changing.log
    used = {
        "root": log.roots[0].public_key,
        "checkpoint": log.checkpoint_key.public_key,
    }
    for public in used.values():
        twin = new_signer("record", "twin")
        twin._key = next(s._key for s in (*log.roots, log.checkpoint_key) if s.public_key == public)
        twin.public_key = public
        other = Changing(type(log), new_signer)
        other.change(other.said(twin), [other.old, twin])
        assert other.found(signer=other.old)[1][0] == ("keyring", CHANGED)


def test_the_first_key_never_comes_back(changing):
    changing.change().change(changing.said(changing.old), [changing.new, changing.old])
    assert changing.found()[1][0] == ("key_not_valid", CHANGED + 1) or (
        changing.found()[1][0] == ("keyring", CHANGED + 1)
    )


@pytest.mark.parametrize("weak", [*sorted(SMALL_ORDER)[:2], b"\xff" * 32, bytes(31)])
def test_a_weak_key_is_no_key(changing, weak):
    fields = {"public_key": b64encode(weak), "new_key_id": keyid("record", weak)}
    changing.change(changing.said(fields=fields))
    assert changing.found(signer=changing.old)[1][0] == ("key_not_valid", CHANGED)
    alone = Changing(type(changing.log), type(changing.new))
    alone.change(alone.said(fields=fields), [alone.old])
    assert alone.found(signer=alone.old)[1][0] == ("keyring", CHANGED)


@pytest.mark.parametrize(
    "wrong",
    [
        {"fields": {"new_key_id": "0" * 32}},
        {"fields": {"more": "1"}},
        {"action": "change_key"},
        {"catalogue": 1},
    ],
)
def test_a_change_has_one_form(changing, wrong):
    changing.change(changing.said(**wrong))
    assert ("keyring", CHANGED) in changing.found(signer=changing.old)[1]


def test_a_change_has_no_approvals(changing):
    record = changing.said()
    approved = replace(record, approvals=(sign_root_statement(record, changing.log.roots[0]),))
    changing.change(approved)
    assert changing.found(signer=changing.old)[1][0] == ("keyring", CHANGED)


def test_another_type_of_the_keyring_is_newer(changing):
    changing.change(changing.said(type="RecordKeyRevoked"), [changing.old])
    assert changing.found(signer=changing.old) == ("MALFORMED", [("newer", CHANGED)])


# The page follows a change as the verifier does: the same findings, at the same place.


def other_signature(changing, which):
    """The change, with the signature of one of the two keys taken from another record."""
    envelope = json.loads(sign_record(changing.said(), [changing.old, changing.new]))
    ident = keyid("record", getattr(changing, which).public_key)
    for signature in envelope["signatures"]:
        if signature["keyid"] == ident:
            signature["sig"] = b64encode(b64decode(signature["sig"])[:32] + bytes(32))
    changing.log.entries.append(canonical(envelope))
    changing.count += 1


def weak(changing):
    key = sorted(SMALL_ORDER)[0]
    fields = {"public_key": b64encode(key), "new_key_id": keyid("record", key)}
    changing.change(changing.said(fields=fields), [changing.old])


def used_key(changing):
    """The checkpoint key, as the next record key."""
    key = changing.log.checkpoint_key
    key.purpose = "record"
    changing.change(changing.said(key), [changing.old, key])


def approved(changing):
    record = changing.said()
    approvals = (sign_root_statement(record, changing.log.roots[0]),)
    changing.change(replace(record, approvals=approvals))


def left_out(changing):
    changing.count = 2
    changing.go_on(changing.old)


def signed_by_two(changing):
    """A plain record that two keys signed."""
    changing.change()
    plain = changing.log.record("PostChecked", "account/acc-9", "check_post", "per-1")
    changing.log.entries.append(sign_record(plain, [changing.new, changing.old]))


def by_a_stranger(changing):
    changing.change(signers=[type(changing.old)("record", "thief"), changing.new])


TWINS = {
    "the old key's signature is another": lambda c: other_signature(c, "old"),
    "the new key's signature is another": lambda c: other_signature(c, "new"),
    "only the old key signed": lambda c: c.change(signers=[c.old]),
    "only the new key signed": lambda c: c.change(signers=[c.new]),
    "a stranger hands over": by_a_stranger,
    "the old key goes on": lambda c: c.change().go_on(c.new, c.old),
    "the new key comes early": lambda c: c.go_on(c.new).change(),
    "the first key comes back": lambda c: c.change().change(c.said(c.old), [c.new, c.old]),
    "another record is signed by two": signed_by_two,
    "it is left out": left_out,
    "a key of small order": weak,
    "the key of checkpoints": used_key,
    "a key named otherwise": lambda c: c.change(c.said(fields={"new_key_id": "0" * 32})),
    "a field more": lambda c: c.change(c.said(fields={"more": "1"})),
    "another action": lambda c: c.change(c.said(action="change_key")),
    "an edition that has none": lambda c: c.change(c.said(catalogue=1)),
    "with approvals": approved,
    "another type": lambda c: c.change(c.said(type="RecordKeyRevoked"), [c.old]),
}  # fmt: skip


def seen(changing, browser, tmp_path):
    """What the page shows, once it has the trust file: verdict, first fault, codes."""
    signer = changing.new if changing.count > 1 else changing.old
    members = unpacked(changing.log.evidence(signer=signer))
    (tmp_path / "report.html").write_bytes(members["report.html"])
    (tmp_path / "trust.policy").write_text(changing.log.trust_text)
    with browser.open(tmp_path / "report.html") as page:
        page.checked()
        page.give(tmp_path / "trust.policy")
        page.until("STATE.taken === 1")
        return (*page.verdict(), page.codes())


def unpacked(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("name", TWINS)
def test_the_page_turns_red_where_a_change_is_none(changing, browser, tmp_path, name):
    TWINS[name](changing)
    verdict, position, codes = seen(changing, browser, tmp_path)
    signer = changing.new if changing.count > 1 else changing.old
    expected, findings = changing.found(signer=signer)
    of_the_manifest = [code for code, _ in findings if code != "manifest_signature"]
    assert verdict == {"INVALID": "invalid", "MALFORMED": "newer"}[expected]
    assert sorted(codes) == sorted(of_the_manifest)
    assert position == min(p for _, p in findings if p is not None)


def test_the_page_follows_a_change_of_the_record_key(changing, browser, tmp_path, new_signer):
    third = new_signer("record", "changing record, the year after")
    changing.change().go_on(changing.new, changing.new)
    assert seen(changing, browser, tmp_path) == ("anchored", None, [])
    changing.change(changing.said(third), [changing.new, third]).go_on(third)
    assert seen(changing, browser, tmp_path) == ("anchored", None, [])


def test_the_page_knows_who_signs_the_manifest_after_a_change(changing, browser, tmp_path):
    changing.change().go_on(changing.new)
    for signer, codes in ((changing.new, []), (changing.old, ["manifest_signature"])):
        members = unpacked(changing.log.evidence(signer=signer))
        for name in ("report.html", "manifest.json"):
            (tmp_path / name).write_bytes(members[name])
        with browser.open(tmp_path / "report.html") as page:
            page.checked()
            page.give(tmp_path / "manifest.json")
            page.until("STATE.taken === 1")
            assert page.codes() == [*codes, "no_trust_file"]
