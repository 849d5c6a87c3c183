"""A post-quantum key from the command line on: made, approved, and on everything published."""

import json

import pytest
from calling import run
from dilithium_py.ml_dsa import ML_DSA_44

from api import handing_out, wiring
from api.app import create_app
from api.config import read_config
from api.tokens import Tokens
from ledger.proof.checkpoint import parse_checkpoint
from ledger.proof.encoding import b64decode
from ledger.proof.note import MAX_NOTE, key_id, parse_note
from ledger.proof.postquantum import ML_DSA_44 as TYPE
from ledger.proof.postquantum import message

ACTOR = ("--actor", "stf-011")
MAKE = ("--purpose", "checkpoint", "--algorithm", "ml-dsa-44")


@pytest.fixture(name="made")
def _made(school, capsys):
    """What `keys make` says of a post-quantum key."""
    assert 0 == run("--data", school, "keys", "make", *MAKE)
    return json.loads(capsys.readouterr().out)


@pytest.fixture(name="admitted")
def _admitted(school, made, tmp_path, capsys):
    """Its 1,312 octets, once the root key approved it and that was recorded."""
    admit(school, made, tmp_path, capsys)
    return b64decode(made["public_key"])


def admit(school, fields, tmp_path, capsys):
    proposal, approval = tmp_path / "proposal.json", tmp_path / "approval.json"
    assert 0 == run(
        "--data", school, "keys", "propose", "admit_key", "--fields", json.dumps(fields)
    )
    proposal.write_text(capsys.readouterr().out)
    approve = ("--root", school / "keys/root.json", "--passphrase-file", tmp_path / "secret")
    assert 0 == run("keys", "approve", proposal, *approve, "--yes")
    said = capsys.readouterr()
    approval.write_text(said.out)
    assert 0 == run("--data", school, "keys", "record", proposal, approval, *ACTOR)
    capsys.readouterr()
    return said.err


def lines_by(note, key):
    """The post-quantum lines of that key, each looked at by an implementation of somebody else."""
    parsed = parse_note(note)
    point = parse_checkpoint(parsed.text)
    ident = key_id(point.origin, key, TYPE)
    found = [s.sig for s in parsed.signatures if (s.name, s.key_id) == (point.origin, ident)]
    for sig in found:
        seconds = int.from_bytes(sig[:8], "big")
        assert ML_DSA_44.verify(key, message(point, seconds), sig[8:])
    assert len(note) < MAX_NOTE
    return len(found)


def opened(school):
    return wiring.open_ledger(read_config(str(school)))


def test_a_key_that_is_made_is_in_the_vault_and_on_nothing_yet(school, made):
    assert {"algorithm": "ml-dsa-44", "purpose": "checkpoint"}.items() <= made.items()
    assert 1312 == len(b64decode(made["public_key"]))
    with opened(school) as ledger:
        assert 0 == lines_by(ledger.publish(), b64decode(made["public_key"]))


def test_it_is_for_checkpoints_alone(school, capsys):
    for purpose in ((), ("--purpose", "record")):
        assert 1 == run("--data", school, "keys", "make", *purpose, "--algorithm", "ml-dsa-44")
        assert "for --purpose checkpoint alone" in capsys.readouterr().err


def test_the_root_holder_is_told_what_kind_of_key_it_is(school, made, tmp_path, capsys):
    assert "post-quantum" in admit(school, made, tmp_path, capsys)


def test_the_list_of_keys_names_it(school, admitted, capsys):
    assert 0 == run("--data", school, "keys", "list", "--json")
    [row] = [r for r in json.loads(capsys.readouterr().out) if r.get("algorithm") == "ml-dsa-44"]
    assert ("checkpoint", "in_force", True) == (row["purpose"], row["state"], row["held"])


def test_every_checkpoint_that_is_handed_out_carries_its_line(school, admitted):
    with opened(school) as ledger:
        assert 1 == lines_by(ledger.publish(), admitted)
        assert 1 == lines_by(ledger.checkpoint(), admitted)
        tokens = Tokens(school / "access.db")
        headers = {"Authorization": f"Bearer {tokens.issue('stf-011')}"}
        client = create_app(ledger, tokens).test_client()
        answer = client.get("/log/checkpoint", headers=headers)
        assert (200, 1) == (answer.status_code, lines_by(answer.data, admitted))
        # The same octets again: what is fetched twice can be compared.
        assert answer.data == client.get("/log/checkpoint", headers=headers).data


def test_a_receipt_stays_small_and_a_slip_scannable(school, admitted):
    with opened(school) as ledger:
        assert len(ledger.proof(0)) < 1500
        note = ledger.publish()
        own = handing_out._own(note)
        assert 0 == lines_by(own, admitted)
        assert note.startswith(own)
        assert len(own) < 400


def test_witnesses_are_asked_about_the_checkpoint_as_it_was(school, admitted):
    asked = []

    def cosign(note, consistency):
        asked.append(note)
        return note

    with opened(school) as ledger:
        object.__setattr__(ledger.ports, "cosign", cosign)
        assert 1 == lines_by(ledger.publish(), admitted)
        assert [0] == [lines_by(note, admitted) for note in asked]


def test_evidence_carries_it_and_says_that_it_holds(school, admitted, tmp_path, capsys):
    assert 0 == run("--data", school, "export", tmp_path / "e.zip")
    capsys.readouterr()
    assert 0 == run("verify", tmp_path / "e.zip", "--trust", school / "trust.policy")
    assert "; a post-quantum signature holds" in capsys.readouterr().out


def test_evidence_of_before_has_no_such_line(school, admitted, tmp_path):
    with opened(school) as ledger:
        size = ledger.store.size()
        assert 0 == lines_by(ledger.checkpoint(size - 1), admitted)
        assert 1 == lines_by(ledger.checkpoint(size), admitted)


def test_without_its_private_half_everything_goes_on_without_the_line(school, admitted, tmp_path):
    """A vault from before it was made: nobody calls for the line, so nothing waits for it."""
    opened_vault = wiring.vault.open_vault(school / "keys/vault.json", b"correct horse")
    wiring.vault._rewrite(
        opened_vault,
        lambda kept: {n: s for n, s in kept.items() if not n.startswith(wiring.vault.ML_DSA)},
    )
    with opened(school) as ledger:
        assert 0 == lines_by(ledger.publish(), admitted)


def test_a_second_key_takes_the_place_of_the_first(school, admitted, tmp_path, capsys):
    assert 0 == run("--data", school, "keys", "make", *MAKE)
    fields = json.loads(capsys.readouterr().out)
    admit(school, fields, tmp_path, capsys)
    with opened(school) as ledger:
        note = ledger.publish()
    assert [1, 1] == [lines_by(note, key) for key in (admitted, b64decode(fields["public_key"]))]
