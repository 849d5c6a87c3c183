"""The daily check: which accounts are somebody's to look at, and recording that all were."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import g
from flask_babel import gettext as _

from api import may, requests
from api.context import ledger
from api.pages import links, tongue
from api.pages.frame import ask, name_of
from api.pages.today_rows import Reader
from api.pages.todo import Thing, to_record
from ledger.domain.entries import Entry
from ledger.domain.refusals import REFUSALS
from ledger.domain.school_time import local_date
from ledger.outcomes import Declined, Receipt

ACTION = "record_monitoring_check"
CHECKS = ("MonitoringCheckRecorded", "CommentRoundRecorded")
KEY = re.compile(r"[0-9a-f]{32}")
POSITIONS = re.compile(r"\d{1,12}(\.\d{1,12})*", re.ASCII)
MOST = 512  # in one batch


@dataclass(frozen=True)
class Account:
    """An account to look at today, and today's check of it where there is one."""

    id: str
    name: Thing
    checked: Thing | None
    found: tuple[Thing, ...]


@dataclass(frozen=True)
class Recorded:
    """What became of one account's check: a record, or why there is none."""

    account: str
    record: Thing
    at: str
    proof: str
    refused: str = ""


def accounts(reader: Reader, handles: Mapping[str, str]) -> list[Account]:
    """Those the reader runs; for the moderator all that are open."""
    all_of_them = may.MODERATOR in reader.roles
    mine = [a for a in handles if all_of_them or a in reader.mine]
    return [_account(a, handles[a], reader) for a in mine]


def _account(account: str, handle: str, reader: Reader) -> Account:
    today = local_date(reader.now)
    asked = ask(f"/v1/accounts/{account}/monitoring", **{"from": today, "to": today})
    known = ledger().entries().all
    done = [known[p] for p in asked.evidence if known[p].type in CHECKS]
    checked = _said(done[0]) if asked.answer["checked"] and done else None
    return Account(account, Thing(handle, links.of("account", account)), checked, _found(account))


def _found(account: str) -> tuple[Thing, ...]:
    """What to record instead, where there was something."""
    message = to_record("receive_enquiry", account=account)
    handled = to_record(ACTION, account=account, result="handled")
    return (
        *(Thing(_("A message came"), form.address) for form in message),
        *(Thing(_("Something else was new"), form.address) for form in handled),
    )


def _said(entry: Entry) -> Thing:
    when, who = tongue.moment(entry.occurred_at), name_of(entry.doer)
    words = _("%(moment)s, by %(name)s", moment=when, name=who)
    return Thing(words, links.of("record", entry.position))


def record(chosen: Sequence[str], key: str) -> list[int]:
    """Record for each account that it was looked at and nothing was new, in one batch.

    The positions of what was recorded, refusals too. The same `key` again records nothing more.
    """
    keyed = bool(KEY.fullmatch(key))
    asked = [
        requests.asked(
            ACTION,
            g.token.person,
            {"data": {"account": account, "result": "nothing_found"}},
            f"{key}/{account}" if keyed else None,
        )
        for account in chosen[:MOST]
    ]
    positions = []
    for outcome in ledger().submit(asked) if asked else ():
        if not isinstance(outcome, Receipt | Declined):
            raise outcome
        positions.append(outcome.position)
    return positions


def recorded(said: str, handles: Mapping[str, str]) -> list[Recorded]:
    """What the reader's own checks at these positions (`12.13`) came to; others are passed over."""
    known = ledger().entries().all
    positions = map(int, said.split(".")) if POSITIONS.fullmatch(said) else ()
    entries = (known[p] for p in positions if p < len(known))
    return [_recorded(e, handles) for e in entries if _is_own_check(e)]


def _is_own_check(entry: Entry) -> bool:
    tried = entry.record.action == ACTION or entry.fields.get("action") == ACTION
    return tried and entry.record.actor == g.token.person


def _recorded(entry: Entry, handles: Mapping[str, str]) -> Recorded:
    words = _("record %(position)s", position=entry.position)
    record_ = Thing(words, links.of("record", entry.position))
    at = tongue.moment(entry.record.time)
    if entry.type != "CommandRefused":
        handle = handles.get(entry.key, entry.key)
        return Recorded(handle, record_, at, ledger().proof(entry.position))
    why = REFUSALS[entry.fields["code"]]
    return Recorded("", record_, at, "", why.cy if tongue.language() == "cy" else why.en)
