"""The lists of accounts and of people as tables to take along: column words, and rows of cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from api.pages import people_rows, tongue, words
from api.pages.frame import name_of

Row = Mapping[str, Any]
Table = tuple[Sequence[str], list[Sequence[Any]]]


def of_accounts(rows: Iterable[Row]) -> Table:
    """One row for each account; `rows` as the page shows them."""
    columns = (
        _("Account"), _("Id in the ledger"), _("Platform"), _("Lead"), _("Runners"), _("State"),
        _("Last check"), _("Something was wrong"), _("Who can get in"),
    )  # fmt: skip
    return columns, [_account(row) for row in rows]


def _account(row: Row) -> Sequence[Any]:
    wrong = [words.finding(kind) for kind, _since in row["gaps"]]
    wrong += [f"{_('Without a role')}: {name_of(gap['person'])}" for gap in row["exposed"]]
    return (
        row["handle"], row["id"], words.platform(row["platform"]) if row["platform"] else None,
        name_of(row["lead"]), ", ".join(map(name_of, row["runners"])), words.status(row["status"]),
        tongue.day(row["last_check"]), "; ".join(wrong), row["can_get_in"],
    )  # fmt: skip


def of_people(rows: Iterable[Row], handles: Mapping[str, str]) -> Table:
    """One row for each person; `handles` says what each account is called."""
    columns = (
        _("Name"), _("Id in the ledger"), _("Kind"), _("Offices"), _("Runs"), _("Here or not"),
    )  # fmt: skip
    return columns, [_person(row, handles) for row in rows]


def _person(row: Row, handles: Mapping[str, str]) -> Sequence[Any]:
    runs = (f"{handles[r['account']]} ({words.role(r['role'])})" for r in row["roles"])
    return (
        name_of(row["person"]), row["person"], words.code(row["kind"], "kind"),
        ", ".join(map(words.office, row["offices"])), ", ".join(runs), here(row),
    )  # fmt: skip


def here(row: Row) -> str:
    """Whether somebody is here, in words."""
    standing = people_rows.standing(row)
    if standing == people_rows.LEFT:
        return str(_("left on %(at)s", at=tongue.moment(row["departed_at"])))
    if standing == people_rows.HERE:
        return str(_("here"))
    since = tongue.moment(row["away_since"])
    said = _("suspended since %(at)s", at=since) if row["suspended"] else None
    return str(said or _("away since %(at)s", at=since))
