"""A person's own key in a file: made, opened, and signed with; nothing of it reaches the ledger's
directory."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from api import approving
from keys import vault
from keys.places import VaultError
from keys.signer import FileSigner
from ledger.proof.actors import possession_body
from ledger.proof.dsse import Signer, keyid, pae
from ledger.proof.encoding import b64decode, b64encode
from ledger.proof.intent import ED25519, FILE, POSSESSION_TYPE, actor_key

ACTOR, KEY = "actor", "your own key"


def made(path: Path, passphrase_file: Path | None) -> FileSigner:
    """The key in `path`, made there where there is none. Raises VaultError."""
    if path.exists():
        return opened(path, passphrase_file)
    words = approving.passphrase_of(passphrase_file, True, KEY)
    return approving.make_root(path, words, purpose=ACTOR)


def opened(path: Path, passphrase_file: Path | None) -> FileSigner:
    """The key in `path`. Raises VaultError: wrong passphrase, another file, or others may read."""
    held = vault.open_vault(path, approving.passphrase_of(passphrase_file, key=KEY))
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
