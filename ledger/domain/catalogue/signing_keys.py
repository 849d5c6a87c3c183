"""The life of the log's keys, approved by its root keys (docs/format.md 6, edition 3)."""

from dataclasses import replace

from ledger.domain.catalogue.action import FACT, MODERATOR_OR_SLT, Action
from ledger.domain.fields import Field, code, integer, label, optional, public_key, sha256
from ledger.proof.keyrecords import MAX_ROOTS, ML_DSA_44, ML_DSA_44_SIZE, REASONS

POSITIONS = 1_000_000_000
PURPOSE = code("purpose", "record checkpoint")
KEY_ID = replace(label("key_id"), refers="signing_key")


def _action(name: str, event: str, policy: str, *fields: Field, checks: str = "") -> Action:
    stated = (*checks.split(), "not_moderator", "roots_have_not_approved")
    return Action(
        name, "keyring", (event,), MODERATOR_OR_SLT, FACT, "R", policy, fields,
        system=True, approved=True, checks=stated,
    )  # fmt: skip


ACTIONS = (
    _action(
        "admit_key",
        "KeyAdmitted",
        "none",
        replace(public_key("public_key"), high=ML_DSA_44_SIZE),
        PURPOSE,
        optional(code("algorithm", ML_DSA_44)),
        checks="invalid_field duplicate_id",
    ),
    _action(
        "revoke_key",
        "KeyRevoked",
        "none",
        KEY_ID,
        PURPOSE,
        code("reason", " ".join(REASONS)),
        checks="unknown_reference already_decided last_key_in_force",
    ),
    _action(
        "declare_key_compromised",
        "KeyCompromised",
        "none",
        KEY_ID,
        PURPOSE,
        integer("trusted_until", 0, POSITIONS),
        checks="unknown_reference invalid_field last_key_in_force",
    ),
    _action(
        "reattest_records",
        "RecordsReattested",
        "none",
        integer("from", 0, POSITIONS),
        integer("to", 1, POSITIONS),
        sha256("root"),
        checks="invalid_field already_decided",
    ),
    _action(
        "change_roots",
        "RootsChanged",
        "none",
        replace(public_key("keys"), many=True, low=1, high=MAX_ROOTS),
        integer("threshold", 1, MAX_ROOTS),
        checks="invalid_field duplicate_id",
    ),
)
