"""Keys come, go and are stolen, by records that the roots approve (format 6)."""

import io
import zipfile

import pytest
from keylife import Life

from ledger.proof.dsse import sign_envelope
from ledger.proof.ed25519 import SMALL_ORDER
from ledger.proof.encoding import b64encode, canonical, parse_canonical
from ledger.proof.keyring import Keyring
from ledger.proof.note import format_vkey, parse_note, signature_line
from ledger.proof.policy import format_policy, parse_policy
from ledger.proof.record import open_record, parse_record
from ledger.proof.verify import verify

VALID = ("VALID", [])


@pytest.fixture(name="life")
def _life(new_ledger, new_signer):
    return Life(new_ledger, new_signer)


def suspect(*positions):
    return "SUSPECT", [("key_compromised", position) for position in positions]


def folded(life):
    """The keyring after all records."""
    keyring = Keyring()
    for position, entry in enumerate(life.log.entries):
        record, envelope = parse_record(entry)
        keyring.admit(position, record, [one.keyid for one in envelope.signatures])
    return keyring


def test_an_admitted_key_signs_beside_the_first(life):
    life.admit(life.next).go_on(life.next, life.first, life.next)
    assert life.found() == life.found(signer=life.next) == VALID
    assert life.found(6, life.next) == VALID
    assert life.found(5, life.next)[0] == "INVALID"


def test_an_admitted_key_signs_nothing_before(life):
    life.go_on(life.next).admit(life.next)
    assert life.found()[1][0] == ("key_not_valid", 5)


def test_where_all_record_keys_are_lost_the_roots_admit_one_that_signs_itself(life):
    life.admit(life.next, by=life.next).revoke(life.first, by=life.next, fields={"reason": "lost"})
    life.go_on(life.next)
    assert life.found(signer=life.next) == VALID
    life.go_on(life.first)
    assert life.found(signer=life.next) == ("INVALID", [("key_not_valid", 8)])


def test_nobody_admits_themself_without_the_roots(life):
    for approve in ([], life.roots[:1], [life.new_signer("root", "thief")] * 1):
        other = Life(type(life.log), life.new_signer)
        other.admit(life.next, by=life.next, approve=approve)
        assert other.found()[1][0] == ("key_not_valid", 5)


def test_a_newer_record_that_signs_itself_is_newer_only_where_the_roots_approved_it(life):

    def of_a_later_edition(approve):
        life.admit(life.next, by=life.next, approve=approve)
        envelope = open_record(life.log.entries.pop())
        body = {**parse_canonical(envelope.body), "catalogue": 99}
        entry = sign_envelope(envelope.payload_type, canonical(body), [life.next])
        return life.log.of([*life.log.entries, entry])

    for approve, found in ((life.roots, ("newer", 5)), ([], ("key_not_valid", 5))):
        report = verify(io.BytesIO(of_a_later_edition(approve).evidence()), life.log.trust)
        assert (report.findings[0].code, report.findings[0].position) == found


def test_a_revoked_key_signs_no_more(life):
    life.admit(life.next).revoke(life.first).go_on(life.next)
    assert life.found(signer=life.next) == VALID
    assert life.found(6) == VALID
    life.go_on(life.first)
    assert life.found(signer=life.next) == ("INVALID", [("key_not_valid", 8)])


def test_the_last_key_of_a_purpose_is_not_revoked(life):
    for key in (life.first, life.checkpoint):
        other = Life(type(life.log), life.new_signer).revoke(key)
        assert other.found() == ("INVALID", [("keyring", 5)])


def test_records_of_a_stolen_key_are_suspect_from_where_it_was_trusted(life):
    life.go_on(life.first, life.first, life.first).admit(life.next)
    life.compromise(life.first, 6).go_on(life.next)
    assert life.found(signer=life.next) == suspect(6)
    assert life.found(8) == VALID  # who has an older file cannot know yet


def test_what_the_roots_approved_or_another_key_signed_divides_what_is_suspect(life):
    life.go_on(life.first).admit(life.next).go_on(life.first, life.first, life.next, life.first)
    life.compromise(life.first, 5, by=life.next).go_on(life.next)
    assert life.found(signer=life.next) == suspect(5, 7, 10)


def test_what_is_re_attested_is_not_suspect(life):
    life.go_on(*[life.first] * 6).admit(life.next).compromise(life.first, 5)
    life.reattest(7, 9, by=life.next)
    assert life.found(signer=life.next) == suspect(5, 9)
    life.reattest(5, 7, by=life.next).reattest(9, 11, by=life.next)
    assert life.found(signer=life.next) == VALID


def test_only_what_was_there_is_re_attested(life):
    life.go_on(*[life.first] * 3).admit(life.next).compromise(life.first, 5)
    life.reattest(5, 8, by=life.next, fields={"root": "0" * 64})
    verdict, findings = life.found(signer=life.next)
    assert (verdict, sorted(findings)) == ("INVALID", [("key_compromised", 5), ("keyring", 10)])


def test_a_range_is_re_attested_across_tiles(life):
    life.log.fill(300)
    life.admit(life.next).compromise(life.first, 100).reattest(101, 299, by=life.next)
    assert life.found(signer=life.next) == suspect(100, 299)


def test_no_record_is_re_attested_twice(life):
    life.go_on(*[life.first] * 4).reattest(2, 4)
    for start, stop in ((3, 5), (1, 3), (2, 4), (1, 6)):
        other = Life(type(life.log), life.new_signer)
        other.go_on(*[life.first] * 4).reattest(2, 4).reattest(start, stop)
        assert other.found() == ("INVALID", [("keyring", 10)])
    assert life.reattest(4, 5).reattest(1, 2).found() == VALID


def test_a_change_of_the_key_that_a_thief_made_is_undone_by_the_roots(life):
    thief, new = life.new_signer("record", "thief"), life.new_signer("record", "ours")
    life.rotate(thief).go_on(thief, thief)
    life.admit(new, by=new).compromise(life.first, 5, by=new).compromise(thief, 5, by=new)
    life.go_on(new)
    assert life.found(signer=new) == suspect(5, 6)


def test_a_key_is_declared_compromised_again_only_further_back(life):
    life.go_on(*[life.first] * 4).admit(life.next)
    life.compromise(life.first, 7).compromise(life.first, 8, by=life.next)
    assert life.found(signer=life.next) == suspect(7)
    life.compromise(life.first, 5, by=life.next)
    assert life.found(signer=life.next) == suspect(5)


def test_a_checkpoint_is_by_any_key_in_force(life, new_signer):
    other = new_signer("checkpoint", "the next checkpoint key")
    life.admit(other)
    assert life.found() == life.found(checkpoint=other) == VALID
    assert life.found(5, checkpoint=other)[0] == "INVALID"
    life.revoke(life.checkpoint).go_on(life.first)
    # The trust file names the old key: through the name of the log it follows to the new one.
    assert life.found(checkpoint=other) == VALID
    assert life.found(6) == VALID
    ended = ("INVALID", [("checkpoint_signature", None)])
    assert life.found() == life.found(7) == ended
    both = life.log.checkpoint(None, other)
    text = parse_note(both).text
    line = signature_line(text, life.log.origin, life.checkpoint)
    assert life.found(checkpoint=both + line) == VALID


def test_a_checkpoint_by_a_stolen_key_alone_is_suspect(life, new_signer):
    other = new_signer("checkpoint", "the next checkpoint key")
    life.admit(other).compromise(life.checkpoint, 4).go_on(life.first)
    assert life.found() == ("SUSPECT", [("key_compromised", None)])
    assert life.found(checkpoint=other) == VALID
    named = parse_policy(format_policy(format_vkey(life.log.origin, other.public_key)))
    assert life.found(trust=named) == ("SUSPECT", [("key_compromised", None)])


def test_a_key_that_was_revoked_before_it_was_declared_stolen_stays_revoked(life, new_signer):
    other = new_signer("checkpoint", "the next checkpoint key")
    life.admit(other).revoke(life.checkpoint).compromise(life.checkpoint, 4)
    assert life.found() == ("INVALID", [("checkpoint_signature", None)])


def test_other_roots_take_over(life, new_signer):
    mine = [new_signer("root", f"another root {n}") for n in range(3)]
    life.change_roots(mine, 2, approve=[*life.roots, *mine[:2]])
    old, life.roots = life.roots, mine[1:]
    life.admit(life.next).go_on(life.next)
    assert life.found() == VALID
    life.revoke(life.first, by=life.next, approve=old)
    assert life.found(signer=life.next)[1][0] == ("keyring", 8)


def test_a_root_of_both_sets_approves_for_both(life, new_signer):
    other = new_signer("root", "another root")
    life.change_roots([*life.roots, other], 2)
    assert life.found() == VALID


@pytest.mark.parametrize("which", ["old", "new"])
def test_a_change_of_the_roots_is_approved_by_both_sets(life, new_signer, which):
    mine = [new_signer("root", f"another root {n}") for n in range(2)]
    approve = {"old": life.roots, "new": mine}[which]
    life.change_roots(mine, 2, approve=approve)
    assert life.found() == ("INVALID", [("keyring", 5)])


def test_a_root_that_left_does_not_come_back(life, new_signer):
    mine = [new_signer("root", f"another root {n}") for n in range(2)]
    life.change_roots(mine, 2, approve=[*life.roots, *mine])
    back = [mine[0], life.log.roots[0]]
    life.change_roots(back, 1, approve=mine)
    assert life.found() == ("INVALID", [("keyring", 6)])


POST_QUANTUM = bytes(range(256)) * 5 + bytes(32)


def test_a_post_quantum_key_is_kept_apart(life):
    algorithm = {"algorithm": "ml-dsa-44", "public_key": b64encode(POST_QUANTUM)}
    life.admit(life.checkpoint, fields=algorithm).go_on(life.first)
    assert life.found() == VALID
    keyring = folded(life)
    assert [keyring.post_quantum_keys(size) for size in (5, 6)] == [[], [POST_QUANTUM]]
    assert [key.public_key for key in keyring.checkpoint_keys(7)] == [life.checkpoint.public_key]
    life.revoke(type("Key", (), {"purpose": "checkpoint", "public_key": POST_QUANTUM}))
    assert life.found() == VALID
    assert folded(life).post_quantum_keys(9) == []


def unsorted(roots):
    return sorted((b64encode(root.public_key) for root in roots), reverse=True)


WRONG = {
    "an edition that has none": lambda x: x.admit(x.next, catalogue=2),
    "another action": lambda x: x.admit(x.next, action="rotate_signing_key"),
    "no approval": lambda x: x.admit(x.next, approve=[]),
    "one approval too few": lambda x: x.admit(x.next, approve=x.roots[:1]),
    "a stranger among those who approve": lambda x: x.admit(
        x.next, approve=[*x.roots, x.new_signer("root", "stranger")]
    ),
    "a record key approves": lambda x: x.admit(x.next, approve=[*x.roots, x.first]),
    "two signatures": lambda x: x.admit(x.next).revoke(x.next, by=[x.first, x.next]),
    "the key of a root": lambda x: x.admit(
        x.next, fields={"public_key": b64encode(x.roots[0].public_key)}
    ),
    "a key of the log": lambda x: x.admit(x.first),
    "the same key again": lambda x: x.admit(x.next).admit(x.next),
    "a purpose that there is not": lambda x: x.admit(x.next, fields={"purpose": "root"}),
    "a field more": lambda x: x.admit(x.next, fields={"more": 1}),
    "a weak key": lambda x: x.admit(
        x.next, fields={"public_key": b64encode(sorted(SMALL_ORDER)[0])}
    ),
    "an algorithm that there is not": lambda x: x.admit(x.next, fields={"algorithm": "ed25519"}),
    "a post-quantum key for records": lambda x: x.admit(
        x.next, fields={"algorithm": "ml-dsa-44", "public_key": b64encode(POST_QUANTUM)}
    ),
    "a post-quantum key too short": lambda x: x.admit(
        x.checkpoint, fields={"algorithm": "ml-dsa-44", "public_key": b64encode(POST_QUANTUM[1:])}
    ),
    "a key that is no text": lambda x: x.admit(
        x.checkpoint, fields={"algorithm": "ml-dsa-44", "public_key": 5}
    ),
    "a revoked key that there is not": lambda x: x.revoke(x.next),
    "a key revoked twice": lambda x: x.admit(x.next).revoke(x.next).revoke(x.next),
    "a key revoked for another purpose": lambda x: x.admit(x.next).revoke(
        x.next, fields={"purpose": "checkpoint"}
    ),
    "revoked for no reason": lambda x: x.admit(x.next).revoke(x.next, fields={"reason": "bored"}),
    "revoked for what is no text": lambda x: x.admit(x.next).revoke(x.next, fields={"reason": [1]}),
    "a key id that is no text": lambda x: x.admit(x.next).revoke(x.next, fields={"key_id": [1]}),
    "revoked with a field more": lambda x: x.admit(x.next).revoke(x.next, fields={"more": 1}),
    "compromised with a field more": lambda x: x.compromise(x.first, 2, fields={"more": 1}),
    "trusted until later": lambda x: x.compromise(x.first, 6),
    "trusted until before the log": lambda x: x.compromise(x.first, -1),
    "trusted until what is no number": lambda x: x.compromise(x.first, True),
    "a stolen key that there is not": lambda x: x.compromise(x.next, 2),
    "compromised by the thief": lambda x: x.compromise(x.first, 2, approve=[]),
    "re-attested by no root": lambda x: x.reattest(1, 3, approve=[]),
    "re-attested later": lambda x: x.reattest(1, 6),
    "re-attested nothing": lambda x: x.reattest(3, 3),
    "re-attested from what is no number": lambda x: x.reattest(0, 3, fields={"from": False}),
    "re-attested by no hash": lambda x: x.reattest(1, 3, fields={"root": "0" * 63}),
    "re-attested by what is no text": lambda x: x.reattest(1, 3, fields={"root": 5}),
    "re-attested with a field more": lambda x: x.reattest(1, 3, fields={"more": 1}),
    "no roots at all": lambda x: x.change_roots([], 0),
    "a threshold that none can reach": lambda x: x.change_roots(x.roots, 3),
    "a record key as root": lambda x: x.change_roots([*x.roots, x.first], 1),
    "roots not sorted": lambda x: x.change_roots(
        x.roots, 1, fields={"keys": unsorted(x.roots)}
    ),
    "roots with a field more": lambda x: x.change_roots(x.roots, 1, fields={"more": 1}),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_key_record_has_one_form(life, name):
    WRONG[name](life)
    last = life.size - 1
    assert life.found() == ("INVALID", [("keyring", last)])


# The page tells the same, at the same place.


def used_twice(life):
    life.admit(life.next).compromise(life.first, 5, by=life.next)
    life.admit(life.first, by=life.next)


def by_old_roots(life):
    mine = [life.new_signer("root", f"another root {n}") for n in range(2)]
    life.change_roots(mine, 2, approve=[*life.roots, *mine]).admit(life.next)


def by_new_roots(life):
    mine = [life.new_signer("root", f"another root {n}") for n in range(2)]
    life.change_roots(mine, 2, approve=[*life.roots, *mine])
    life.admit(life.next, approve=mine).go_on(life.next)


def by_itself(life):
    life.admit(life.next, by=life.next).revoke(life.first, by=life.next).go_on(life.next)
    life.signer = life.next


def stolen(life):
    life.go_on(*[life.first] * 6).admit(life.next).compromise(life.first, 6)
    life.reattest(7, 9, by=life.next).go_on(life.next)
    life.signer = life.next


def lied_about(life):
    stolen(life)
    life.reattest(9, 10, by=life.next, fields={"root": "0" * 64})


def across_tiles(life):
    life.log.fill(300)
    life.admit(life.next).compromise(life.first, 100).reattest(101, 299, by=life.next)
    life.signer = life.next


def changed_by_a_thief(life):
    thief, new = life.new_signer("record", "thief"), life.new_signer("record", "ours")
    life.rotate(thief).go_on(thief)
    life.admit(new, by=new).compromise(life.first, 5, by=new).compromise(thief, 5, by=new)
    life.signer = new


TWINS = {
    **WRONG,
    "a key comes": lambda x: x.admit(x.next).go_on(x.next, x.first),
    "a key comes early": lambda x: x.go_on(x.next).admit(x.next),
    "a key that has ended signs": lambda x: x.admit(x.next).revoke(x.first).go_on(x.first),
    "a key signs its own admission": by_itself,
    "a thief signs its own admission": lambda x: x.admit(x.next, by=x.next, approve=x.roots[:1]),
    "the last key is revoked": lambda x: x.revoke(x.first),
    "a stolen key comes back": used_twice,
    "other roots approve": by_new_roots,
    "the old roots approve": by_old_roots,
    "a key was stolen": stolen,
    "others are re-attested": lied_about,
    "a long range is re-attested": across_tiles,
    "a thief changes the key": changed_by_a_thief,
    "twice re-attested": lambda x: x.reattest(1, 3).reattest(2, 4),
    "another type of key record": lambda x: x.admit(x.next, type="KeyBorrowed"),
}


@pytest.mark.parametrize("name", TWINS)
def test_the_page_tells_the_same(life, browser, tmp_path, name):
    TWINS[name](life)
    seen, position, codes = in_page(life, browser, tmp_path)
    expected, findings = life.found()
    # Who signed the manifest the page says only where it is given.
    found = [(code, at) for code, at in findings if code != "manifest_signature"]
    assert seen == {"VALID": "anchored", "SUSPECT": "suspect", "INVALID": "invalid"}.get(
        expected, "newer"
    )
    assert sorted(codes) == sorted(code for code, _ in found)
    assert position == min((at for _, at in found if at is not None), default=None)


def in_page(life, browser, tmp_path, **given):
    """What the page shows, once it has the trust file: verdict, first fault, codes."""
    with zipfile.ZipFile(io.BytesIO(life.evidence(**given))) as archive:
        (tmp_path / "report.html").write_bytes(archive.read("report.html"))
    (tmp_path / "trust.policy").write_text(life.log.trust_text)
    with browser.open(tmp_path / "report.html") as page:
        page.checked()
        page.give(tmp_path / "trust.policy")
        page.until("STATE.taken === 1")
        return (*page.verdict(), page.codes())


def test_the_page_judges_checkpoint_keys_as_the_verifier_does(life, browser, tmp_path, new_signer):
    other = new_signer("checkpoint", "the next checkpoint key")
    life.admit(other)
    assert in_page(life, browser, tmp_path, checkpoint=other) == ("anchored", None, [])
    life.compromise(life.checkpoint, 4)
    assert in_page(life, browser, tmp_path) == ("suspect", None, ["key_compromised"])
    assert in_page(life, browser, tmp_path, checkpoint=other) == ("anchored", None, [])
    revoked = Life(type(life.log), new_signer).admit(other)
    revoked.revoke(revoked.checkpoint)
    assert in_page(revoked, browser, tmp_path) == ("invalid", None, ["checkpoint_signature"])
