"""Who can get into an account: by password, a role on the platform, a recovery contact, a session.

Standard library only (ACTIONS.md 5.5, 5.13 and section 7). Leaving, losing the role or forgetting
ends none of it; a rotation ends the password only, closing the account ends everything.
"""

from __future__ import annotations

from ledger.domain.entries import Entry
from ledger.domain.school_time import parse_instant
from projections.history import FOREVER, History, remembered
from projections.spans import Holding, Span
from projections.told import Told, interval, listed

PASSWORD, PLATFORM, RECOVERY, SESSION = "password", "platform_role", "recovery", "session"
WAYS = (PASSWORD, PLATFORM, RECOVERY, SESSION)
# Somebody from outside who got in, and the event that says so.
OUTSIDER, COMPROMISE = "unknown", "CompromiseRecorded"
Known = tuple[str, int]
Held = tuple[str, str]


def _events(history: History, account: str, until: int, *types: str) -> list[Entry]:
    own = history.stream(f"credential/{account}", until, *types)
    closed = history.stream(f"account/{account}", until, "AccountClosed")
    return history.happened([*own, *closed], until)


@remembered
def passwords(history: History, account: str, until: int = FOREVER) -> list[tuple[Known, Span]]:
    """((person, version), span) of who knew which version, by start."""
    kept = ("CredentialStored", "CredentialShared", "CredentialRotated")
    holding: Holding[Known] = Holding()
    current = 0
    for entry in _events(history, account, until, *kept):
        if entry.type == "CredentialShared":
            holding.start((entry.fields["person"], current), entry)
            continue
        holding.stop_all(entry)
        if entry.type != "AccountClosed":
            current = int(entry.fields["credential_version"])
            for person in entry.fields["known_by"]:
                holding.start((person, current), entry)
    return holding.spans()


@remembered
def versions(history: History, account: str, until: int = FOREVER) -> list[tuple[int, Span]]:
    """(version, span) in which it was the current password of the account."""
    holding: Holding[int] = Holding()
    for entry in _events(history, account, until, "CredentialStored", "CredentialRotated"):
        holding.stop_all(entry)
        if entry.type != "AccountClosed":
            holding.start(int(entry.fields["credential_version"]), entry)
    return holding.spans()


@remembered
def platform_roles(history: History, account: str, until: int = FOREVER) -> list[tuple[Held, Span]]:
    """((person, platform role), span) of access by a personal role on the platform."""
    holding: Holding[Held] = Holding()
    for entry in _events(history, account, until, "PlatformAccessGranted", "PlatformAccessEnded"):
        if entry.type == "AccountClosed":
            holding.stop_all(entry)
            continue
        key = (entry.fields["person"], str(entry.fields.get("platform_role", "")))
        if entry.type == "PlatformAccessGranted":
            holding.start(key, entry)
        elif key in holding.held():
            holding.stop(key, entry)
        else:
            _stop_person(holding, key[0], entry)
    return holding.spans()


def _stop_person(holding: Holding[Held], person: str, entry: Entry) -> None:
    """A role under a name the grant did not use: what ends is the person's access."""
    holding.stop_all(entry, lambda key: key[0] == person)


@remembered
def recovery(history: History, account: str, until: int = FOREVER) -> list[tuple[Held, Span]]:
    """((owner, kind of contact), span); a new owner of a kind replaces the old."""
    holding: Holding[Held] = Holding()
    for entry in _events(history, account, until, "CredentialStored", "RecoveryContactChanged"):
        if entry.type == "AccountClosed":
            holding.stop_all(entry)
        for kind, owner in _contacts(entry):
            if (owner, kind) not in holding.held():
                _replaced(holding, kind, entry)
                holding.start((owner, kind), entry)
    return holding.spans()


def _replaced(holding: Holding[Held], kind: str, entry: Entry) -> None:
    holding.stop_all(entry, lambda key: key[1] == kind)


def _contacts(entry: Entry) -> list[tuple[str, str]]:
    """(kind, owner) that an entry names."""
    fields = entry.fields
    if entry.type == "RecoveryContactChanged":
        return [(fields["contact_kind"], fields["owner"])]
    named = (("email", fields.get("recovery_owner")), ("mfa_device", fields.get("mfa_holder")))
    return [(kind, owner) for kind, owner in named if owner and entry.type == "CredentialStored"]


@remembered
def outsiders(history: History, account: str, until: int = FOREVER) -> list[tuple[Span, Span]]:
    """(when inside, when the password was known) of each compromise that had begun by `until`.

    The password is known to somebody outside until the next rotation or the closing; where none
    is stored, as long as they were inside. They were inside until `to`, else until the closing or
    a rotation that does not say that sessions went on.
    """
    told = [e for e in history.entries.stream(f"account/{account}") if e.type == COMPROMISE]
    begun = [(parse_instant(e.fields["from"]), e) for e in told]
    return [_outsider(history, account, s, e, until) for s, e in begun if s <= until]


def _outsider(
    history: History, account: str, start: int, entry: Entry, until: int
) -> tuple[Span, Span]:
    moves = _events(history, account, until, "CredentialStored", "CredentialRotated")
    changed = [e for e in moves if e.type != "CredentialStored" and e.occurred_at >= start]
    known = _ended_by(start, entry, changed)
    if "to" not in entry.fields:
        return _ended_by(start, entry, [e for e in changed if not leaves_sessions(e)]), known
    end = parse_instant(entry.fields["to"])
    inside = Span(start, None, entry.position)
    if end <= until:
        inside = Span(start, end, entry.position, entry.position)
    stored = any(e.type != "AccountClosed" for e in moves)
    return inside, known if stored else inside


def _ended_by(start: int, entry: Entry, ends: list[Entry]) -> Span:
    if not ends:
        return Span(start, None, entry.position)
    return Span(start, ends[0].occurred_at, entry.position, ends[0].position)


def leaves_sessions(entry: Entry) -> bool:
    """Whether a rotation says that whoever was signed in still is; silence says nothing.

    Since edition 2 of the catalogue: older answers stay as they were.
    """
    return entry.record.catalogue >= 2 and entry.fields.get("sessions_ended") is False


@remembered
def sessions(history: History, account: str, until: int = FOREVER) -> list[tuple[str, Span]]:
    """(person, span) of who knew an older password and was left signed in by its rotation."""
    holding: Holding[str] = Holding()
    knew: set[str] = set()
    kept = ("CredentialStored", "CredentialShared", "CredentialRotated")
    for entry in _events(history, account, until, *kept):
        if entry.type == "CredentialShared":
            knew.add(entry.fields["person"])
            continue
        given = set(entry.fields.get("known_by", ()))
        if leaves_sessions(entry):
            for person in sorted(knew - given):
                holding.start(person, entry)
        elif entry.type == "AccountClosed" or entry.fields.get("sessions_ended"):
            holding.stop_all(entry)
        knew = given
    return holding.spans()


def credentials(history: History, account: str, until: int = FOREVER) -> Told:
    """`[{person, version, from, to}]`: passwords only, by start, then person."""
    rows = sorted((s.start, p, v, s) for (p, v), s in passwords(history, account, until))
    return listed(({"person": p, "version": v, **interval(s)}, s.evidence) for _, p, v, s in rows)
