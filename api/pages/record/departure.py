"""Somebody is leaving: notice, hand-over of what they lead, departure, access removed, reminder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flask_babel import gettext as _

from api.pages import frame, words
from api.pages.record import things
from api.pages.record.steps import Step, Story, last, step, told
from ledger.domain.entries import Entry
from ledger.domain.school_time import parse_timestamp
from projections.credentials import PASSWORD, PLATFORM, RECOVERY, SESSION

Row = Mapping[str, Any]
# How each way into an account is closed.
CLOSES = {
    PASSWORD: ("rotate_credential", "CredentialRotated"),
    SESSION: ("rotate_credential", "CredentialRotated"),
    PLATFORM: ("end_platform_access", "PlatformAccessEnded"),
    RECOVERY: ("change_recovery_contact", "RecoveryContactChanged"),
}


def story(person: str) -> Story:
    """The departure of a person, of any who is registered. Raises NotFound."""
    left = frame.ask(f"/v1/departures/{person}").answer
    return told(_("%(name)s is leaving", name=frame.name_of(person)), _steps(person, left))


def _steps(person: str, left: Row) -> Iterator[Step]:
    who, own = {"person": person}, f"person/{person}"
    given = last(own, "DepartureNoticeGiven")
    gone = left["departed_at"] is not None
    yield step("record_departure_notice", given, who, given is not None or gone)
    for account in _led(person, left):
        yield from _handover(person, account)
    yield step("record_departure", last(own, "PersonDeparted"), who, gone)
    for account, way in _ways(left, given):
        yield _closed(person, left, account, way)
    reminded = last(own, "ConfidentialityReminded")
    yield step("remind_confidentiality", reminded, who)


def _led(person: str, left: Row) -> list[str]:
    """The accounts they lead or led that somebody must take over, or took over."""
    offered = {r["account"] for r in frame.ask_all("/v1/handovers").answer if r["from"] == person}
    now = {r["account"] for r in left["roles"] if r["role"] == "lead" and r["to"] is None}
    lost = {
        r["account"] for r in left["roles"] if r["role"] == "lead" and _leaderless(r["account"])
    }
    moved = {r["account"] for r in left["roles"] if _transfer(person, r["account"])}
    return sorted(offered | now | lost | moved)


def _leaderless(account: str) -> bool:
    return any(
        r["id"] == account and r["lead"] is None for r in frame.ask_all("/v1/accounts").answer
    )


def _transfer(person: str, account: str) -> Any:
    return last(f"account/{account}", "LeadTransferred", **{"from": person})


def _handover(person: str, account: str) -> Iterator[Step]:
    stream, at = f"account/{account}", {"account": account}
    rows = [r for r in frame.ask_all("/v1/handovers").answer if r["account"] == account]
    moved = _transfer(person, account)
    taken = moved.fields["to"] if moved else ""
    own = [r for r in rows if r["from"] == person or r["to"] == taken]
    row = own[-1] if own else None
    to = {"to": row["to"]} if row else {}
    note = things.account(account)
    transferred = moved is not None or bool(row and row["transferred_at"])
    offered = last(stream, "HandoverOffered") if row else None
    yield step("offer_handover", offered, at, row is not None, not transferred, note)
    accepted = row is not None and row["access_tested"] and row["open_items_seen"]
    record = last(stream, "HandoverAccepted") if accepted else None
    said = (
        _("%(name)s does this, signed in as themself.", name=frame.name_of(row["to"]))
        if row and not accepted
        else ""
    )
    needed = row is not None
    yield step("transfer_lead", moved, {**at, "from": person, **to}, transferred, True, note)
    yield step(
        "accept_handover", record, at, bool(accepted), needed, f"{note}. {said}" if said else note
    )


def _ways(left: Row, given: Entry | None) -> list[tuple[str, str]]:
    """The accounts they could get into, and how; a session is closed with the password.

    What had been closed before anybody knew of the departure is no step of it.
    """
    known = [given.occurred_at] if given else []
    if left["departed_at"] is not None:
        known.append(parse_timestamp(left["departed_at"]))
    since = min(known, default=None)
    return list(dict.fromkeys((r["account"], r["by"]) for r in left["access"] if _until(r, since)))


def _until(row: Row, since: int | None) -> bool:
    """Whether this way was open at an instant or later; without one, whether it is open now."""
    if row["to"] is None or since is None:
        return row["to"] is None
    return parse_timestamp(row["to"]) >= since


def _closed(person: str, left: Row, account: str, way: str) -> Step:
    is_open = any(
        (r["account"], r["by"]) == (account, way) and r["to"] is None for r in left["access"]
    )
    action, type_ = CLOSES[way]
    known: dict[str, str | list[str]] = {
        "account": account,
        "person": person,
        **_next_version(person, account),
    }
    note = f"{things.account(account)}: {words.code(way)}"
    return step(action, last(f"credential/{account}", type_), known, not is_open, True, note)


def _next_version(person: str, account: str) -> dict[str, str | list[str]]:
    """Who is to know the next password: who runs the account, and the moderators who know it now.

    Why it is changed follows from what the leaver was.
    """
    row = next((r for r in frame.ask_all("/v1/accounts").answer if r["id"] == account), None)
    if row is None:
        return {}
    people = frame.ask_all("/v1/people").answer
    moderators = {p["person"] for p in people if "moderator" in p["offices"]}
    inside = {r["person"] for r in frame.ask(f"/v1/accounts/{account}/access").answer}
    stay = {p for p in (row["lead"], *row["runners"], *(moderators & inside)) if p}
    volunteer = any(p["person"] == person and p["kind"] != "staff" for p in people)
    reason = "volunteer_left" if volunteer else "lead_left"
    return {"known_by": sorted(stay - {person}), "reason": reason}
