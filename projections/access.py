"""Everybody who can get into an account, and who of them should not: exposures.

Standard library only. Exposure = can get in ∧ no role on that account ∧ no moderator office; the
slt office does not count (ACTIONS.md section 7). Overlapping ways of one person into one account
form one row, and `by` lists every way in it (5.13, Details).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from projections import accounts, credentials, offices, roles
from projections.credentials import OUTSIDER, PASSWORD, PLATFORM, RECOVERY, SESSION, WAYS
from projections.history import FOREVER, History, remembered
from projections.spans import Span, minus, union
from projections.told import Row, Told, interval, listed, told

Ways = dict[str, list[Span]]


@dataclass(frozen=True)
class Exposure:
    """One person's way into one account without a role or the moderator office."""

    account: str
    person: str
    by: tuple[str, ...]
    span: Span


@remembered
def ways_in(history: History, account: str, until: int = FOREVER) -> dict[str, Ways]:
    """Person → way → the spans in which they could get in that way."""
    found: dict[str, Ways] = {}
    sources: tuple[tuple[str, Iterable[tuple[str, Span]]], ...] = (
        (PASSWORD, ((k[0], s) for k, s in credentials.passwords(history, account, until))),
        (PLATFORM, ((k[0], s) for k, s in credentials.platform_roles(history, account, until))),
        (RECOVERY, ((k[0], s) for k, s in credentials.recovery(history, account, until))),
        (SESSION, credentials.sessions(history, account, until)),
    )
    for way, held in sources:
        for person, span in held:
            found.setdefault(person, {}).setdefault(way, []).append(span)
    return dict(sorted(found.items()))


def entitled(history: History, account: str, person: str, until: int) -> list[Span]:
    """When the person had a role on the account or the moderator office."""
    held = [s for (p, _), s in roles.role_spans(history, account, until) if p == person]
    return union([*held, *offices.moderator_spans(history, until).get(person, ())])


def known_accounts(history: History, until: int) -> list[str]:
    """Every account with an entry of its own or of its credentials by `until`, by id."""
    kept = {e.key for e in history.of(until, *roles.MOVES)}
    types = ("CredentialStored", "CredentialRotated", "PlatformAccessGranted")
    return sorted(kept | {e.key for e in history.of(until, *types, "RecoveryContactChanged")})


@remembered
def exposed(history: History, until: int, ways: tuple[str, ...] = WAYS) -> list[Exposure]:
    """Every exposure by one of `ways`, from what had happened by `until`: by account, person."""
    names = known_accounts(history, until)
    return [e for account in names for e in exposed_in(history, account, until, ways)]


def exposed_in(
    history: History, account: str, until: int, ways: tuple[str, ...] = WAYS
) -> list[Exposure]:
    """The exposures of one account, by person."""
    found: list[Exposure] = []
    for person, into in ways_in(history, account, until).items():
        allowed = entitled(history, account, person, until)
        bare = {way: minus(into[way], allowed) for way in ways if way in into}
        found += [Exposure(account, person, by, span) for by, span in joined(bare)]
    known = union(s for _, s in credentials.outsiders(history, account, until) if s.start < s.until)
    if PASSWORD in ways:
        found += [Exposure(account, OUTSIDER, (PASSWORD,), span) for span in known]
    return found


def inside(history: History, account: str, at: int) -> dict[str, Ways]:
    """`ways_in` of everybody, and of whoever was inside from outside (`unknown`)."""
    within = [s for s, _ in credentials.outsiders(history, account, at)]
    unknown = {OUTSIDER: {PASSWORD: within}} if within else {}
    return dict(sorted({**ways_in(history, account, at), **unknown}.items()))


def joined(ways: Ways) -> list[tuple[tuple[str, ...], Span]]:
    """(ways, span) with what overlaps or touches joined, each with every way in it."""
    rows = union(s for spans in ways.values() for s in spans)
    return [
        (tuple(w for w in WAYS if any(_within(s, row) for s in ways.get(w, ()))), row)
        for row in rows
    ]


def _within(span: Span, row: Span) -> bool:
    return row.start <= span.start and span.until <= row.until


def exposures(history: History, at: int) -> Told:
    """`[{account, person, by, from, to, seconds}]`; still open: `seconds` up to `at`."""
    return listed(
        (
            {
                "account": e.account,
                "person": e.person,
                "by": list(e.by),
                **interval(e.span),
                "seconds": (at if e.span.end is None else e.span.end) - e.span.start,
            },
            e.span.evidence,
        )
        for e in exposed(history, at)
    )


def access(history: History, account: str, at: int) -> Told:
    """`[{person, by, from, to}]`: everybody who can get in at `at`, by whatever way."""
    rows = []
    for person, ways in inside(history, account, at).items():
        now = {way: [s for s in spans if s.holds(at)] for way, spans in ways.items()}
        for by, span in joined(now):
            row = {"person": person, "by": list(by), **interval(span)}
            rows.append((row, {p for spans in now.values() for s in spans for p in s.evidence}))
    return listed(rows)


def could_have_posted(history: History, account: str, at: int) -> Told:
    """Everybody with knowledge at `at`, and who of them had neither role nor moderator office."""
    holders: dict[str, set[str]] = {way: set() for way in WAYS}
    evidence: set[int] = set()
    for person, ways in inside(history, account, at).items():
        for way, spans in ways.items():
            held = [s for s in spans if s.holds(at)]
            evidence |= {s.began for s in held}
            if held:
                holders[way].add(person)
    knew = sorted(holders[PASSWORD] | holders[PLATFORM] | holders[SESSION])
    bare = [p for p in knew if not any(s.holds(at) for s in entitled(history, account, p, at))]
    answer: Row = {
        "knew_credential": knew,
        "without_role_or_office": bare,
        "recovery_owners": sorted(holders[RECOVERY]),
    }
    state = accounts.status(history, account, at)
    if state != "open":
        answer["account_state"] = state
    life = accounts.lifetimes(history, at).get(account)
    return told(answer, evidence, life.evidence if life else ())
