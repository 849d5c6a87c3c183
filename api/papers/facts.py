"""What the papers can say by themselves: from the settings, the trust file and the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from api import names, wiring
from api.config import Config
from ledger.domain import retention, standing
from ledger.domain.entries import Entries
from ledger.genesis import REHEARSAL
from ledger.history import Ledger
from ledger.proof.policy import parse_policy


@dataclass(frozen=True)
class Facts:
    """Empty where something is not set: then the paper leaves a gap, or says that there is none.

    `months` (of names and words) and `records` (of records themselves) are of the retention
    schedule in force, `adopted` says whether the school adopted it.
    """

    school: str
    origin: str
    practice: bool
    size: int
    day: int
    dpo: str
    directory: str
    address: str
    mail: str
    authority: str
    provider: str
    witnesses: tuple[str, ...]
    public_log: bool
    months: Mapping[str, int]
    records: Mapping[str, int]
    schedule: int
    adopted: bool


def gather(ledger: Ledger, config: Config, now: int) -> Facts:
    """Everything there is to say about this ledger at the instant `now`."""
    known = ledger.entries()
    opened = next(iter(known.of("LedgerOpened")), None)
    schedule = retention.schedule(known)
    return Facts(
        school=str(opened.fields["school"]) if opened else "",
        origin=ledger.origin,
        practice=ledger.origin.startswith(f"{REHEARSAL}/"),
        size=len(known.all),
        day=now,
        dpo=", ".join(_holders(ledger, known, "dpo", now)),
        directory=str(config.data),
        address=config.address,
        mail=_host(config.smtp_url),
        authority=_host(config.tsa_url),
        provider=_host(config.oidc_issuer),
        witnesses=_witnesses(config),
        public_log=config.public_log,
        months=dict(sorted(schedule.months.items())),
        records=dict(sorted(schedule.records.items())),
        schedule=schedule.version,
        adopted=schedule.position is not None,
    )


def _host(url: str) -> str:
    return urlsplit(url).hostname or "" if url else ""


def _witnesses(config: Config) -> tuple[str, ...]:
    """The witnesses that the trust file names."""
    path = config.data / wiring.TRUST
    policy = parse_policy(path.read_text("utf-8"))
    return tuple(sorted(key.name for key in policy.witnesses.values()))


def _holders(ledger: Ledger, known: Entries, office: str, now: int) -> list[str]:
    """The names of who holds an office; who was erased is told by id."""
    people = {e.key for e in known.of("PersonRegistered")}
    people |= {e.fields["first_person"]["person"] for e in known.of("LedgerOpened")}
    held = (p for p in sorted(people) if standing.holds(known, p, office, now))
    return [names.name_of(ledger, known, p) or p for p in held]
