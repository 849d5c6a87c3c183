"""The first record: root keys, and the record and checkpoint keys they admit (format 6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ledger.domain.catalogue import EDITION
from ledger.proof.dsse import Signer
from ledger.proof.encoding import b64encode
from ledger.proof.keyrecords import origin_of
from ledger.proof.record import Record, sign_root_statement

REHEARSAL = "rehearsal"


def origin_for(host: str, slug: str, roots: Sequence[Signer], threshold: int) -> str:
    """The origin of a new ledger: it hashes the root set, so whoever pins it pins the roots."""
    return origin_of(host, slug, [r.public_key for r in roots], threshold)


def keyring_opened(
    origin: str,
    roots: Sequence[Signer],
    threshold: int,
    admitted: Sequence[Signer],
    time: int,
    event_id: str,
) -> Record:
    """The record at position 0, approved by every root key given."""
    record = Record(
        id=event_id,
        source=origin,
        type="KeyringOpened",
        subject="keyring",
        time=time,
        streamversion=1,
        action="open_keyring",
        actor="system",
        occurredat=time,
        fields=_fields(origin, roots, threshold, admitted),
        sealed={},
        rules={"calendar": 0, "keyring": 0, "policy": None, "rules": 0},
        catalogue=EDITION,
    )
    statements = [sign_root_statement(record, root) for root in roots]
    statements.sort(key=lambda s: str(s["signatures"][0]["keyid"]))
    return replace(record, approvals=tuple(statements))


def _fields(
    origin: str, roots: Sequence[Signer], threshold: int, admitted: Sequence[Signer]
) -> dict[str, Any]:
    keys = sorted(b64encode(root.public_key) for root in roots)
    admissions = sorted((s.purpose, b64encode(s.public_key)) for s in admitted)
    return {
        "admitted": [{"public_key": key, "purpose": purpose} for purpose, key in admissions],
        "rehearsal": origin.startswith(f"{REHEARSAL}/"),
        "roots": {"keys": keys, "threshold": threshold},
    }
