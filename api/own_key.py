"""A person's own key in a file: made, opened, and signed with; nothing of it reaches the ledger's
directory."""

from __future__ import annotations

import getpass
import os
import stat
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from keys import vault
from keys.signer import FileSigner
from keys.vault import VaultError
from ledger.proof.actors import possession_body
from ledger.proof.dsse import Signer, keyid, pae
from ledger.proof.encoding import b64decode, b64encode
from ledger.proof.intent import ED25519, FILE, POSSESSION_TYPE, actor_key

ACTOR = "actor"


def made(path: Path, passphrase_file: Path | None) -> FileSigner:
    """The key in `path`, made there where there is none. Raises VaultError."""
    if path.exists():
        return opened(path, passphrase_file)
    folder = path.absolute().parent
    if os.name == "posix" and folder.exists() and stat.S_IMODE(folder.stat().st_mode) & 0o077:
        raise VaultError(f"others may look into {folder}: keep the key in a folder of your own")
    words = _passphrase(passphrase_file, twice=True)
    return vault.create(path, (ACTOR,), words, vault.ROOT_COST).signer(ACTOR)


def opened(path: Path, passphrase_file: Path | None) -> FileSigner:
    """The key in `path`. Raises VaultError: wrong passphrase, another file, or others may read."""
    held = vault.open_vault(path, _passphrase(passphrase_file))
    if ACTOR not in held.secrets:
        raise VaultError(f"{path} holds no actor's key")
    return held.signer(ACTOR)


def enrolment(key: Signer, person: str, origin: str) -> dict[str, str]:
    """The fields of `enrol_actor_key`: the key, and its signature for this ledger and person."""
    fields = {
        "algorithm": ED25519,
        "key_id": keyid(ACTOR, key.public_key),
        "kind": FILE,
        "person": person,
        "public_key": b64encode(key.public_key),
    }
    body = possession_body(origin, actor_key(fields))
    return {**fields, "signature": b64encode(key.sign(pae(POSSESSION_TYPE, body)))}


def signed(made: Mapping[str, Any], key: Signer) -> dict[str, Any]:
    """The command of an answer to what there is to sign, with the intent signed."""
    envelope = made["intent"]
    message = pae(envelope["payloadType"], b64decode(envelope["payload"]))
    signature = {"keyid": keyid(ACTOR, key.public_key), "sig": b64encode(key.sign(message))}
    return {**made["command"], "intent": {**envelope, "signatures": [signature]}}


def _passphrase(path: Path | None, twice: bool = False) -> bytes:
    """The words that open the key: of a file, or typed."""
    if path is not None:
        words = path.read_bytes().strip()
    elif sys.stdin.isatty():
        words = getpass.getpass("Passphrase of your key: ").encode()
        if twice and getpass.getpass("Once more: ").encode() != words:
            raise VaultError("the two passphrases differ: no key was made")
    else:
        raise VaultError("no passphrase: give --passphrase-file")
    if not words:
        raise VaultError("the passphrase is empty")
    return words
