"""What the values of one command of docs/duties.md say about each other (checks, step 5)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ledger.domain.acts import Refusal
from ledger.domain.catalogue.duties_conduct import GROUNDS
from ledger.domain.school_time import parse_instant
from ledger.proof.dsse import keyid
from ledger.proof.encoding import b64decode


def together(name: str, fields: Mapping[str, Any], occurred_at: int) -> Iterator[Refusal]:
    """A refusal for each value of an action `name` that cannot stand beside the others.

    Of sealed fields only that they are there counts.
    """
    if name == "rotate_signing_key" and fields["new_key_id"] != _id_of(fields["public_key"]):
        yield Refusal("invalid_field", {"fields": ["new_key_id"]})
    if name == "admit_key" and not _is_one_algorithm(fields):
        yield Refusal("invalid_field", {"fields": ["public_key"]})
    if name == "reattest_records" and fields["from"] >= fields["to"]:
        yield Refusal("invalid_field", {"fields": ["to"]})
    if name == "change_roots":
        if fields["keys"] != sorted(fields["keys"]):  # they are signed as they stand
            yield Refusal("invalid_field", {"fields": ["keys"]})
        if fields["threshold"] > len(fields["keys"]):
            yield Refusal("invalid_field", {"fields": ["threshold"]})
    if name == "adopt_confidential_keys" and fields["chair_key"] == fields["authority_key"]:
        yield Refusal("invalid_field", {"fields": ["authority_key"]})
    if name == "decide_scope":
        if fields["ground"] not in GROUNDS[fields["scope"]]:
            yield Refusal("invalid_field", {"fields": ["ground"]})
        # What is private and does not concern the school is not written down.
        if fields["scope"] == "out_of_scope" and "reasoning" in fields:
            yield Refusal("invalid_field", {"fields": ["reasoning"]})
    if name == "assess_data_breach" and parse_instant(fields["aware_at"]) > occurred_at:
        yield Refusal("invalid_field", {"fields": ["aware_at"]})


def _is_one_algorithm(fields: Mapping[str, Any]) -> bool:
    """A key of Ed25519, or a post-quantum one, for checkpoints alone."""
    is_long = len(b64decode(fields["public_key"])) != 32
    return is_long is ("algorithm" in fields) and (fields["purpose"] == "checkpoint" or not is_long)


def _id_of(public_key: str) -> str:
    """The id of a record key as the format computes it (docs/format.md 2)."""
    return keyid("record", b64decode(public_key))
