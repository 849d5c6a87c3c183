"""The ceremony of the root keys, on a machine without the ledger: a key, a proposal, an approval.

A proposal is JSON: what a root statement is made of (docs/format.md 6), the action, and the roots
that are asked. An approval is the statement in its envelope. Neither is secret, and whoever
changes one on its way makes it worthless: the ledger, and every verifier, look at the signatures.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from keys import vault
from keys.places import VaultError, read_secret
from keys.signer import FileSigner
from ledger.proof.dsse import envelope_from_value, keyid
from ledger.proof.encoding import b64encode, hex_bytes, is_id, read_json
from ledger.proof.errors import Malformed
from ledger.proof.form import ROOT_TYPE, is_origin
from ledger.proof.keyrecords import (
    ACTIONS,
    OPENED,
    REASONS,
    ROTATED,
    Roots,
    check_approved,
    read_admitted,
    read_ended,
    read_reattested,
    read_roots,
)
from ledger.proof.record import KEYRING, Record, sign_root_statement

ROOT = "root"
TYPES = {action: type_ for type_, (action, _) in ACTIONS.items() if type_ not in (OPENED, ROTATED)}
MEMBERS = {"action", "event_id", "fields", "roots", "source", "stream_version"}


class NotApproved(ValueError):
    """What was handed in is no proposal or no approval of it; the text says what to do."""


@dataclass(frozen=True)
class Proposal:
    """A key record before anybody approved it; `roots` are those in force when it was made."""

    action: str
    fields: dict[str, Any]
    source: str
    event_id: str
    stream_version: int
    roots: Roots

    @property
    def record(self) -> Record:
        """What the roots sign of it stands in this record; nothing else of it is meant."""
        return Record(
            id=self.event_id,
            source=self.source,
            type=TYPES[self.action],
            subject=KEYRING,
            time=0,
            streamversion=self.stream_version,
            action=self.action,
            actor="system",
            occurredat=0,
            fields=self.fields,
            sealed={},
            rules={},
        )

    @property
    def asked(self) -> list[Roots]:
        """Whose approval it takes: of a change of the roots also that of the new ones."""
        return [self.roots, *([read_roots(self.fields)] if self.action == "change_roots" else [])]

    def as_json(self) -> dict[str, Any]:
        keys = sorted(b64encode(key) for key in self.roots.keys)
        roots = {"keys": keys, "threshold": self.roots.threshold}
        return {
            "action": self.action,
            "event_id": self.event_id,
            "fields": self.fields,
            "roots": roots,
            "source": self.source,
            "stream_version": self.stream_version,
        }


def make_root(
    path: Path, passphrase: bytes, cost: int = vault.ROOT_COST, purpose: str = ROOT
) -> FileSigner:
    """Make a root key (or a key of another purpose) in `path`, a vault of its own.

    Raises VaultError. Where others could get at it, nothing is left behind.
    """
    vault.create(path, (purpose,), passphrase, cost)
    try:
        return vault.open_vault(path, passphrase).signer(purpose)
    except VaultError:
        path.unlink()
        raise


def open_root(path: Path, passphrase: bytes) -> FileSigner:
    """The root key kept in `path`. Raises VaultError, and NotApproved for keys of another kind."""
    opened = vault.open_vault(path, passphrase)
    if set(opened.secrets) != {ROOT}:
        raise NotApproved(f"{path} holds no root key; name the file that `keys root` made")
    return opened.signer(ROOT)


def passphrase_of(path: Path | None, again: bool = False, key: str = "the root key") -> bytes:
    """The passphrase in a file, or typed, with `again` twice. Raises VaultError."""
    if path is not None:
        return read_secret(path)
    from api import wiring

    typed = wiring.typed(f"Passphrase of {key}: ", "no passphrase: set --passphrase-file")
    if again and typed != wiring.typed("The same again: ", ""):
        raise VaultError("the two passphrases differ; nothing was made")
    if not typed:
        raise VaultError("an empty passphrase protects nothing; nothing was made")
    return typed


def read_proposal(path: Path) -> Proposal:
    """The proposal in a file. Raises NotApproved."""
    said = _json(path)
    try:
        if type(said) is not dict or said.keys() != MEMBERS or said["action"] not in TYPES:
            raise Malformed("not the members of a proposal")
        if not (is_origin(said["source"]) and is_id(said["event_id"])):
            raise Malformed("no origin, or no event id")
        if type(said["fields"]) is not dict or type(said["stream_version"]) is not int:
            raise Malformed("no fields, or no version")
        _FORMS[said["action"]](said["fields"])
        return Proposal(roots=read_roots(said.pop("roots")), **said)
    except (Malformed, TypeError) as error:
        raise NotApproved(f"{path} is not what `keys propose` printed: {error}") from None


def approve(proposal: Proposal, root: FileSigner) -> dict[str, Any]:
    """The approval of a proposal by a root key. Raises NotApproved when nobody asks that key."""
    if all(root.public_key not in roots.keys for roots in proposal.asked):
        ident = keyid(ROOT, root.public_key)
        raise NotApproved(f"key {ident} is no root key of this log; another holder must approve")
    return sign_root_statement(proposal.record, root)


def read_approvals(proposal: Proposal, paths: list[Path]) -> list[dict[str, Any]]:
    """The approvals in files, in the order of their keys. Raises NotApproved, naming the file.

    Too few of them are for the ledger to refuse: it knows the roots that are in force.
    """
    found: dict[str, dict[str, Any]] = {}
    for path in paths:
        value = _json(path)
        try:
            [ident] = _signer(value)
            _check(proposal, value)
        except ValueError as error:
            raise NotApproved(f"{path} does not approve this proposal: {error}") from None
        if ident in found:
            raise NotApproved(f"{path}: root key {ident} has approved already; it counts once")
        found[ident] = value
    return [found[ident] for ident in sorted(found)]


def _signer(value: Any) -> list[str]:
    return [one.keyid for one in envelope_from_value(value, ROOT_TYPE, 1).signatures]


def _check(proposal: Proposal, value: Any) -> None:
    """Raise Malformed or Invalid unless one of the roots that are asked approved exactly this."""
    record = replace(proposal.record, approvals=(value,))
    keys = tuple(key for roots in proposal.asked for key in roots.keys)
    check_approved(record, Roots(keys, 1))


def _json(path: Path) -> Any:
    try:
        return read_json(path.read_bytes())
    except OSError as error:
        raise NotApproved(f"{path}: {error.strerror}") from None
    except Malformed as error:
        raise NotApproved(f"{path}: {error}") from None


def _end(fields: dict[str, Any]) -> None:
    if read_ended(fields, "reason") not in REASONS:
        raise Malformed("no reason")
    _names_key(fields)


def _compromise(fields: dict[str, Any]) -> None:
    if type(read_ended(fields, "trusted_until")) is not int:
        raise Malformed("no position")
    _names_key(fields)


def _names_key(fields: dict[str, Any]) -> None:
    hex_bytes(str(fields["key_id"]), 16)
    if fields["purpose"] not in ("record", "checkpoint"):
        raise Malformed("no purpose")


# Of a proposal only what is of its form is put in words before anybody.
_FORMS: dict[str, Callable[[dict[str, Any]], object]] = {
    "admit_key": read_admitted,
    "revoke_key": _end,
    "declare_key_compromised": _compromise,
    "reattest_records": read_reattested,
    "change_roots": read_roots,
}
