"""Sealed values lie beside the log; erasure leaves no byte of them, and every proof."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small import TEACHER, asked

from ledger.evidence import disclosures, export_complete
from ledger.fsck import fsck
from ledger.outcomes import Receipt
from ledger.proof.policy import Policy
from ledger.proof.verify import verify
from ledger.rows import SealedRow, SubjectKey
from ledger.sealing import SIZES, Place, SealBroken, TooLong, seal, unseal

PLACE = Place("host/slug/0", "e1", "name")
KEY = bytes(range(32))
CANARY = "Zebedee Quillfeather"


def chance(count: int) -> bytes:
    return bytes(count)


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=200))
def test_a_sealed_value_comes_out_again(value):
    import unicodedata

    value = unicodedata.normalize("NFC", value)
    sealed = seal(PLACE, value, KEY, chance)
    assert (bytes(32), value) == unseal(PLACE, sealed.ciphertext, KEY)


def test_the_size_of_a_ciphertext_says_little():
    lengths = {len(seal(PLACE, "x" * n, KEY, chance).ciphertext) for n in range(0, 4000, 7)}
    assert {size + 28 for size in SIZES[:3]} | {SIZES[3] + 28} >= lengths
    assert len(lengths) <= 4


def test_what_does_not_fit_is_refused():
    with pytest.raises(TooLong):
        seal(PLACE, "x" * 16384, KEY, chance)


@pytest.mark.parametrize(
    "place",
    [
        Place("host/other/0", "e1", "name"),
        Place("host/slug/0", "e2", "name"),
        Place("host/slug/0", "e1", "nam"),
    ],
)
def test_a_ciphertext_opens_only_in_its_place(place):
    with pytest.raises(SealBroken):
        unseal(place, seal(PLACE, "x", KEY, chance).ciphertext, KEY)


def test_a_changed_ciphertext_does_not_open():
    good = seal(PLACE, "x", KEY, chance).ciphertext
    for index in range(0, len(good), 7):
        bad = bytearray(good)
        bad[index] ^= 1
        with pytest.raises(SealBroken):
            unseal(PLACE, bytes(bad), KEY)


def test_commitments_of_equal_values_differ(term):
    _, ledger, _ = term
    commitments = [
        said["commitment"] for e in ledger.entries().all for said in e.record.sealed.values()
    ]
    assert len(commitments) == len(set(commitments)) > 50


# -- erasure -------------------------------------------------------------------------------


def erase(world, ledger):
    person = {**TEACHER, "name": CANARY}
    steps = [
        asked("register_person", person),
        asked("register_person", {**TEACHER, "person": "stf-015", "offices": ["moderator"]}),
        asked(
            "receive_rights_request", {"request": "r-1", "kind": "erasure", "subject": "stf-014"}
        ),
        asked("decide_rights_request", {"request": "r-1", "decision": "granted"}),
    ]
    assert all(isinstance(o, Receipt) for o in ledger.submit(steps))
    assert on_disk(world)
    return asked("erase_subject", {"request": "r-1", "subject": "stf-014"}, actor="stf-015")


def on_disk(world):
    """The files in which something of the subject could be found."""
    with world.open() as other:
        row = other.store.row(SubjectKey, ("subject:stf-014",))
        sealed = other.store.row(SealedRow, (2, "name"))
    needles = [row.wrapped, sealed.ciphertext] if row and sealed.ciphertext else []
    world.needles = needles or world.needles
    files = [p for p in world.directory.iterdir() if p.is_file()]
    return [p.name for p in files for n in world.needles if n in p.read_bytes()]


def test_erasure_leaves_no_byte_of_key_or_ciphertext_on_the_disk(world):
    with world.open_school() as ledger:
        erasure = erase(world, ledger)
        assert isinstance(ledger.record(erasure), Receipt)
        assert on_disk(world) == []
        assert None is ledger.store.row(SubjectKey, ("subject:stf-014",))
    assert on_disk(world) == []


def test_the_plaintext_is_never_on_the_disk(world):
    with world.open_school() as ledger:
        erase(world, ledger)
        for path in world.directory.iterdir():
            assert CANARY.encode() not in path.read_bytes()


def test_after_an_erasure_the_log_verifies_as_before(world, tmp_path):
    with world.open_school() as ledger:
        ledger.record(erase(world, ledger))
        export_complete(ledger, tmp_path / "e.zip", lambda _: {}, ("all",))
        said = list(disclosures(ledger, ledger.store.size(), ("all",)))
        trust = Policy(logs=(ledger.key,), witnesses={}, groups={}, quorum=None)
        assert verify(tmp_path / "e.zip", trust).verdict == "VALID"
        assert {"erased_by": 6, "path": "name", "position": 2} in said
        assert fsck(world.directory, ledger.key) == []


def test_an_erasure_and_what_it_erases_may_share_a_batch(world):
    """The subject's key is made and destroyed in one transaction; nothing of it stays."""
    with world.open_school() as ledger:
        erasure = erase(world, ledger)
        refused = asked("register_person", {"person": "stf-999"}, actor="stf-014")
        outcomes = ledger.submit([refused, erasure, refused])
        assert isinstance(outcomes[1], Receipt)
        record = ledger.entries().all[outcomes[1].position].record
        # The name, and the salt of the refusal just before it.
        assert record.fields["values_destroyed"] == 2
        assert fsck(world.directory, ledger.key) == []


def test_what_is_said_of_an_erased_subject_lies_under_the_streams_key(world):
    with world.open_school() as ledger:
        ledger.record(erase(world, ledger))
        case = {"incident": "case-1", "kind": "other", "summary": "s"}
        ask = {"incident": "case-1", "parent": "stf-014", "where": "w", "by": "letter"}
        ledger.record(asked("report_incident", case))
        outcome = ledger.record(asked("ask_parent_to_remove_post", ask))
        row = ledger.store.row(SealedRow, (outcome.position, "where"))
        assert row.subject == "stream:incident/case-1"
        assert None is ledger.store.row(SubjectKey, ("subject:stf-014",))


def test_a_secret_is_found_nowhere(world):
    secret = "hunter2-Gw3nnol"
    with world.open_school() as ledger:
        for data in (
            {"passphrase": secret},
            {"person": {"deep": [{"api_Secret": secret}]}},
            {"name": "x", "extra": [[{"PIN": secret}]]},
        ):
            assert ledger.record(asked("register_person", data)).code == "secret_in_payload"
        extra = asked("register_person", TEACHER, extra={"recovery-code": secret})
        assert ledger.record(extra).code == "secret_in_payload"
        for path in world.directory.iterdir():
            assert secret.encode() not in path.read_bytes()
    for path in world.directory.iterdir():
        assert secret.encode() not in path.read_bytes()


def test_disclosures_come_by_position_then_path(term):
    _, ledger, _ = term
    said = [(d["position"], d["path"]) for d in disclosures(ledger, 125, ("all",))]
    assert all(a < b for a, b in pairwise(said))
    some = list(disclosures(ledger, 125, ("stf-014",)))
    assert {"Iestyn Rowe"} == {d["value"] for d in some if d["path"] == "name" and "value" in d}
    assert list(disclosures(ledger, 125, ())) == []
