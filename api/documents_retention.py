"""The lines of docs/retention.md, made from the schedule that is built in."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.domain import retention
from ledger.domain.past_retention import ANSWERED

HEAD = """\
# How long what is kept

Made from `ledger/domain/retention.py` by `python -m api.documents retention`; a test keeps them equal.
**Every number here is a default of ours (D), not the policy's: have them confirmed by the school, with whoever advises it on data protection,** and put what it decides into `adopt_retention_schedule` (by kind; `periods` for what is sealed, `records` for the records themselves). Kinds with a hyphen keep their default.
Months count from the end of the thing, or from its last entry where that is later or where nothing ends it. What a hold covers is never due. How it is run: [operations.md](operations.md); why it is as it is: [decisions/0023](decisions/0023-records-past-retention.md).

| kind of record | sealed values, months | the record itself, months | counts from | |
|---|---|---|---|---|"""
WORDS = {"subject": "the person leaves, or is named the last time", "refusal": "each refusal"}
REST = """\
Kept for ever, as records: `ledger`, `keyring`, `person`, `training`, `request` (it may say who was erased), `subject`, `image-subject`, sealed acts and whatever is not named above. What is sealed in them goes with the key it lies under.
"""


def lines() -> Iterator[str]:
    """The document, line by line."""
    yield HEAD
    for kind in sorted({*retention.DEFAULT, *retention.RECORDS}):
        numbers = (table.get(kind, "for ever") for table in (retention.DEFAULT, retention.RECORDS))
        sealed, record = map(str, numbers)
        sealed = "with the actor's key" if kind == "refusal" else sealed
        record = "no stream" if kind == "subject" else record
        yield f"| {kind} | {sealed} | {record} | {_from(kind)} | D |"
    yield ""
    yield REST


def _from(kind: str) -> str:
    if kind in WORDS:
        return WORDS[kind]
    ends = retention.ENDS.get("account" if kind == "credential" else kind, ())
    ends = tuple(e for e in ends if e not in retention.NO_END) or ANSWERED.get(kind, ())
    return " or ".join(f"`{e}`" for e in ends) or "its last entry"
