"""Private keys at rest: what opens the vault, what does not, and what nobody may read."""

import os
import stat

import pytest

from keys import vault
from keys.signer import FileSigner
from keys.vault import REHEARSAL_COST, VaultError, add_key, create, open_vault, reread
from keys.wrapping import WrapFailed, Wrapper
from ledger.proof.ed25519 import verify
from ledger.proof.encoding import canonical, parse_canonical

NAMES = ("checkpoint", "mac", "record", "wrap-1")
WORDS = b"correct horse"


@pytest.fixture(name="path")
def _path(tmp_path):
    path = tmp_path / "keys/vault.json"
    create(path, NAMES, WORDS, REHEARSAL_COST)
    return path


def test_a_vault_gives_back_what_was_put_into_it(tmp_path):
    made = create(tmp_path / "keys/v.json", NAMES, WORDS, REHEARSAL_COST)
    assert made == open_vault(tmp_path / "keys/v.json", WORDS)


def test_every_vault_has_other_keys(path, tmp_path):
    other = create(tmp_path / "keys/other.json", NAMES, WORDS, REHEARSAL_COST)
    assert other.signer("record").public_key != open_vault(path, WORDS).signer("record").public_key


def test_no_secret_is_readable_in_the_file(path):
    data = path.read_bytes()
    for secret in open_vault(path, WORDS).secrets.values():
        assert secret not in data
        assert secret.hex().encode() not in data


def test_a_secret_is_never_shown(path):
    opened = open_vault(path, WORDS)
    shown = repr(opened) + repr(opened.signer("record")) + repr(opened.wrappers())
    assert not any(s.hex() in shown or repr(s)[2:-1] in shown for s in opened.secrets.values())


@pytest.mark.parametrize("words", [b"", b"correct hors", b"correct horse "])
def test_another_passphrase_does_not_open_it(path, words):
    with pytest.raises(VaultError, match="wrong passphrase"):
        open_vault(path, words)


def test_every_changed_byte_keeps_it_shut(path):
    good = path.read_bytes()
    for index in range(0, len(good), 11):
        bad = bytearray(good)
        bad[index] ^= 1
        path.write_bytes(bytes(bad))
        with pytest.raises(VaultError):
            open_vault(path, WORDS)


def test_entries_cannot_change_places(path):
    """Each entry is bound to its name: the record key cannot be made to sign checkpoints."""
    kept = parse_canonical(path.read_bytes())
    entries = dict(kept["entries"])
    entries["record"], entries["checkpoint"] = entries["checkpoint"], entries["record"]
    path.write_bytes(canonical({**kept, "entries": sorted(map(list, entries.items()))}))
    with pytest.raises(VaultError):
        open_vault(path, WORDS)


@pytest.mark.parametrize("cost", [2**13, 2**21, 2**14 + 1, 0, -1])
def test_a_cost_out_of_bounds_is_refused_before_it_eats_memory(path, cost):
    kept = parse_canonical(path.read_bytes())
    path.write_bytes(canonical({**kept, "cost": cost}))
    with pytest.raises(VaultError, match="not a vault"):
        open_vault(path, WORDS)


def test_a_vault_is_never_overwritten(path):
    before = path.read_bytes()
    with pytest.raises(VaultError, match="exists"):
        create(path, NAMES, WORDS, REHEARSAL_COST)
    assert before == path.read_bytes()


def test_a_missing_vault_is_said_to_be_missing(tmp_path):
    with pytest.raises(VaultError, match="no keys"):
        open_vault(tmp_path / "nowhere/vault.json", WORDS)


@pytest.mark.parametrize(("place", "mode"), [("file", 0o640), ("file", 0o604), ("folder", 0o750)])
def test_a_vault_that_others_may_read_is_not_opened(path, place, mode):
    target = path if place == "file" else path.parent
    os.chmod(target, mode)
    with pytest.raises(VaultError, match="others may read"):
        open_vault(path, WORDS)


def test_a_new_vault_is_readable_by_nobody_else(path):
    assert 0o600 == path.stat().st_mode & 0o777
    assert 0o700 == path.parent.stat().st_mode & 0o777


def test_the_cost_of_a_real_vault_is_what_it_says():
    assert (2**15, 2**17) == (vault.SERVICE_COST, vault.ROOT_COST)


def test_a_signature_verifies_with_the_public_key_alone():
    signer = FileSigner("record", bytes(range(32)))
    verify(signer.public_key, signer.sign(b"words"), b"words")


def test_a_wrapped_key_opens_only_under_its_name_and_epoch():
    wrapper = Wrapper(1, bytes(range(32)))
    blob = wrapper.wrap(b"k" * 32, "subject:stf-011")
    assert b"k" * 32 == wrapper.unwrap(blob, "subject:stf-011")
    for other, name in (
        (wrapper, "subject:stf-012"),
        (Wrapper(2, wrapper.secret), "subject:stf-011"),
        (Wrapper(1, bytes(32)), "subject:stf-011"),
    ):
        with pytest.raises(WrapFailed):
            other.unwrap(blob, name)


@pytest.mark.parametrize("blob", [b"", b"x" * 11, b"x" * 60])
def test_what_is_no_wrapped_key_does_not_open(blob):
    with pytest.raises(WrapFailed):
        Wrapper(1, bytes(32)).unwrap(blob, "subject:stf-011")


def test_a_record_key_is_added_and_all_others_stay(path):
    before = open_vault(path, WORDS)
    made = add_key(before, "record")
    after = open_vault(path, WORDS)
    assert {**after.secrets, **before.secrets} == after.secrets
    assert len(after.secrets) == len(before.secrets) + 1
    assert {key.public_key for key in after.signers("record")} == {
        before.signer("record").public_key,
        made.public_key,
    }
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not list(path.parent.glob("*.part"))


def test_who_opened_the_vault_reads_it_again_without_the_passphrase(path):
    opened = open_vault(path, WORDS)
    made = add_key(open_vault(path, WORDS), "record")
    assert made in reread(opened).signers("record")
    assert made not in opened.signers("record")
    assert opened.key.hex() not in repr(opened)


def test_a_vault_under_another_passphrase_is_not_read_again(path):
    opened = open_vault(path, WORDS)
    path.unlink()
    create(path, ("record",), b"another", REHEARSAL_COST)
    with pytest.raises(VaultError, match="wrong passphrase"):
        reread(opened)
    with pytest.raises(VaultError):
        add_key(opened, "record")


def test_a_file_left_over_from_a_crash_is_in_nobodys_way(path):
    path.with_name(path.name + ".part").write_bytes(b"half")
    made = add_key(open_vault(path, WORDS), "record")
    assert made in open_vault(path, WORDS).signers("record")
