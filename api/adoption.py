"""`handledger adopt`: accounts that were there before the ledger, as facts with findings.

A file says what is known: the accounts, who has had access since when, who has left. Nothing in
it approves, acknowledges or trains: what is missing shows as findings until it is made good.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import Any

from api import lots, wiring
from api.adoption_form import END, FORM, START, instant, moment, problems
from api.config import Config
from api.lots import Item, Keys, LotError, Problem, Report
from ledger.domain.reading import holds_secret
from ledger.proof.encoding import read_json
from ledger.proof.errors import Malformed

# In which order things of one second are told: what ends makes room for what begins.
CREATED, ENDED, RUNS, STORED, TOLD, GRANTED, LEFT = range(7)


@dataclass(frozen=True)
class Step:
    """One command of the story of an account: where it stands in the file, and when it happened."""

    order: tuple[int, int]
    path: str
    action: str
    body: dict[str, Any]
    names: dict[str, str]


def run(config: Config, path: Path, actor: str, dry_run: bool, clock_ok: bool) -> Report:
    """Bring in what was there before. Raises LotError where the file cannot be read at all."""
    form = _form(path)
    wrong = list(problems(form, FORM, "")) or list(_impossible(form))
    steps = [] if wrong else list(told(form))
    keys = Keys()
    items = [
        Item(lots.ask(s.action, actor, s.body, keys, form["late_reason"]), None, s.path, s.names)
        for s in steps
    ]
    with wiring.open_ledger(config, clock_ok) as ledger:
        return lots.run(ledger, actor, items, wrong, dry_run)


def _form(path: Path) -> dict[str, Any]:
    try:
        form = read_json(lots.read_file(path).removeprefix(b"\xef\xbb\xbf"))
    except Malformed as error:
        raise LotError(f"{path}: {error}") from None
    if not isinstance(form, dict):
        raise LotError(f"{path} is not a JSON object")
    if holds_secret(form):
        raise LotError(f"{path} holds something named like a password: take it out")
    return form


def told(form: dict[str, Any]) -> Iterator[Step]:
    """The commands of a form that is well formed: people, each account in time, who has left."""
    people = list(_numbered(form, "people", ""))
    for path, person in people:
        data = {k: person[k] for k in ("person", "name", "kind", "offices")}
        yield _step(path, "register_person", person, "from", CREATED, data)
    for path, account in _numbered(form, "accounts", ""):
        yield from sorted(_account(path, account), key=attrgetter("order"))
    for path, person in people:
        if "left" in person:
            data = {"person": person["person"], "reason": "other"}
            yield _step(path, "record_departure", person, "left", LEFT, data)


def _account(path: str, account: dict[str, Any]) -> Iterator[Step]:
    name, began = account["account"], account["created_at"]
    data: dict[str, Any] = {k: account[k] for k in ("account", "handle", "url") if k in account}
    yield _step(path, "create_account", account, "created_at", CREATED, data, done=True)
    for at, role in _since(account, "roles", path, began):
        yield from _role(at, name, role)
    for version, (at, secret) in enumerate(_since(account, "credentials", path, began), 1):
        yield from _credential(at, name, version, secret)
    for at, access in _since(account, "platform_roles", path, began):
        yield from _access(at, name, access)
    for at, contact in _since(account, "recovery", path, began):
        data = {"account": name, "contact_kind": contact["contact_kind"], "owner": contact["owner"]}
        yield _step(at, "change_recovery_contact", contact, "from", GRANTED, data)


def _role(path: str, account: str, role: dict[str, Any]) -> Iterator[Step]:
    data = {"account": account, "person": role["person"], "role": role["role"]}
    yield _step(path, "assign_account_role", role, "from", RUNS, data, done=True)
    if "to" in role:
        data = {**data, "reason": "other"}
        yield _step(path, "end_account_role", role, "to", ENDED, data, done=True)


def _credential(path: str, account: str, version: int, secret: dict[str, Any]) -> Iterator[Step]:
    """Who knew a password from its beginning, and who was told later."""
    knew = list(_since(secret, "known_by", path, secret["from"]))
    later = [(at, k) for at, k in knew if instant(k["from"]) != instant(secret["from"])]
    at_once = [k["person"] for at, k in knew if (at, k) not in later]
    data = {"account": account, "credential_version": version, "vault_ref": secret["vault_ref"]}
    data = {**data, "known_by": at_once}
    action = "store_credential" if version == 1 else "rotate_credential"
    if version > 1:
        data["reason"] = "other"
    yield _step(path, action, secret, "from", STORED, data, done=True)
    for at, k in later:
        shared = {"account": account, "person": k["person"]}
        yield _step(at, "share_credential", k, "from", TOLD, shared, done=True)


def _access(path: str, account: str, access: dict[str, Any]) -> Iterator[Step]:
    data = {k: access[k] for k in ("person", "platform_role")}
    data = {"account": account, **data}
    granted = {**data, "full_control": access["full_control"]}
    yield _step(path, "grant_platform_access", access, "from", GRANTED, granted, done=True)
    if "to" in access:
        yield _step(path, "end_platform_access", access, "to", ENDED, data)


def _step(
    path: str,
    action: str,
    said: dict[str, Any],
    when: str,
    rank: int,
    data: dict[str, Any],
    done: bool = False,
) -> Step:
    body: dict[str, Any] = {"data": data}
    if done:
        body["already_done"] = True
    order = (0, rank)
    if when in said:
        body["occurred_at"] = moment(said[when], END if when in ("to", "left") else START)
        order = (instant(body["occurred_at"]), rank)
    return Step(order, path, action, body, {"occurred_at": when})


def _numbered(form: dict[str, Any], name: str, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for n, item in enumerate(form.get(name, ())):
        yield f"{path}.{name}[{n}]".removeprefix("."), item


def _since(
    form: dict[str, Any], name: str, path: str, began: str
) -> Iterable[tuple[str, dict[str, Any]]]:
    """The items of a list, each with its `from`: where none is given, since `began`."""
    return [(at, {"from": began, **item}) for at, item in _numbered(form, name, path)]


def _impossible(form: dict[str, Any]) -> Iterator[Problem]:
    """Nobody had access before the account was there, and nothing ends before it begins."""
    for path, person in _numbered(form, "people", ""):
        if "from" in person and "left" in person:
            yield from _not_after(f"{path}.left", person["left"], person["from"])
    for path, account in _numbered(form, "accounts", ""):
        began = account["created_at"]
        for name in ("roles", "credentials", "platform_roles", "recovery"):
            for at, item in _since(account, name, path, began):
                if instant(item["from"]) < instant(began):
                    said = "before the account was there"
                    yield Problem(None, f"{at}.from", "invalid_field", said)
                if "to" in item:
                    yield from _not_after(f"{at}.to", item["to"], item["from"])


def _not_after(path: str, end: str, start: str) -> Iterator[Problem]:
    if instant(end, END) <= instant(start):
        yield Problem(None, path, "invalid_field", "not after it began")
