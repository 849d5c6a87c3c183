"""What the system says itself, so that nobody has to: new ids, next versions, counts.

An id is a kind, a year and five digits at random: two people who begin at once get two, and it
holds no word of anybody's name. That it is free is for the ledger to say.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from api.context import ledger, state
from ledger import confidential
from ledger.domain import fitness, references, retention
from ledger.domain.school_time import local_date
from ledger.retaining import Proposal, proposal

# How an id of each kind begins.
BEGINS = {
    "account": "acc",
    "advice": "adv",
    "application": "apl",
    "concern": "con",
    "contact": "ctc",
    "document_version": "doc",
    "enquiry": "enq",
    "export": "exp",
    "follow_up": "fol",
    "found": "fnd",
    "hold": "lh",
    "incident": "case",
    "matter": "mat",
    "mention": "men",
    "mistake": "mis",
    "opinion": "opn",
    "person": "p",
    "policy_version": "smp",
    "post": "pst",
    "request": "rts",
    "session": "ses",
    "subject": "s",
}
VERSIONS = {
    "adopt_calendar": "WorkingCalendarAdopted",
    "adopt_sla_rules": "SlaRulesAdopted",
    "define_response_process": "ResponseProcessDefined",
    "adopt_confidential_keys": "ConfidentialKeysAdopted",
}


def new_id(what: str) -> str:
    """An id that nobody has: `case-2026-48213`; of people without a year."""
    year = local_date(state().now()).year
    while True:
        number = 10_000 + secrets.randbelow(90_000)
        begins = BEGINS[what]
        short = what in ("person", "subject")
        dealt = f"{begins}-{number}" if short else f"{begins}-{year}-{number}"
        if what != "subject" or not ledger().entries().version(f"subject/{dealt}"):
            return dealt


def is_dealt(subject: str) -> bool:
    """Whether this is an id as they are dealt to people outside the register."""
    return re.fullmatch(BEGINS["subject"] + r"-[1-9][0-9]{4}", subject) is not None


def slug(text: str) -> str:
    """A name of the school's own as an id: `E-Safety Level 1` is `e-safety-level-1`."""
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9._]+", "-", letters).strip("-._")[:60]


def _next_version(action: str) -> Callable[[Mapping[str, Any]], int]:
    def version(_: Mapping[str, Any]) -> int:
        kind = VERSIONS[action]
        held = (int(e.fields["version"]) for e in ledger().entries().of(kind))
        return max(held, default=0) + 1

    return version


def _next_credential(data: Mapping[str, Any]) -> int | None:
    account = data.get("account")
    if not account:
        return None
    return references.credential_version(ledger().entries(), str(account)) + 1


def _schedule(_: Mapping[str, Any]) -> int:
    return retention.schedule(ledger().entries()).version


def in_ranges(positions: Iterable[Sequence[int]]) -> str:
    """Ranges of positions as somebody reads and types them: `5-9, 12`."""
    return ", ".join(f"{a}" if a == b else f"{a}-{b}" for a, b in positions)


def ranges_in(text: str) -> list[list[int]] | str:
    """The same read again; what cannot be read stays for the ledger to refuse."""
    if not re.fullmatch(r"\d{1,15}(-\d{1,15})?( *, *\d{1,15}(-\d{1,15})?)*", text, re.ASCII):
        return text
    ends = (part.strip().split("-") for part in text.split(","))
    return [[int(pair[0]), int(pair[-1])] for pair in ends]


def _due() -> Proposal:
    return proposal(ledger(), state().now())


def _adopted() -> int | None:
    keys = confidential.in_force(ledger().entries())
    return keys.version if keys else None


def _current_policy(_: Mapping[str, Any]) -> str | None:
    return fitness.current_policy(ledger().entries(), state().now())


# (action, field): what stands there unless somebody says otherwise.
COMPUTED: Mapping[tuple[str, str], Callable[[Mapping[str, Any]], Any]] = {
    **{(action, "version"): _next_version(action) for action in VERSIONS},
    ("adopt_retention_schedule", "version"): lambda data: _schedule(data) + 1,
    ("run_retention", "schedule_version"): _schedule,
    ("renew_sealing", "version"): lambda _: _adopted(),
    ("run_retention", "keys_destroyed"): lambda _: len(_due().keys),
    ("destroy_records", "schedule_version"): _schedule,
    ("destroy_records", "positions"): lambda _: in_ranges(_due().records.positions),
    ("store_credential", "credential_version"): lambda _: 1,
    ("rotate_credential", "credential_version"): _next_credential,
    ("record_review", "size"): lambda _: ledger().store.size(),
    ("acknowledge_policy", "policy_version"): _current_policy,
    ("revise_policy", "supersedes"): _current_policy,
}
