"""Where what somebody typed into the search box leads."""

from __future__ import annotations

from collections.abc import Sequence

from flask import url_for

from api import circle
from api.context import ledger
from api.pages.frame import ask_all, may_ask, may_go
from api.pages.record_search import read
from api.records import may_read
from projections import questions


def address(wanted: str, people: Sequence[tuple[str, str]]) -> str | None:
    """The page of a record (by position or id), incident, message, account or person, by id or
    name; None where the reader can find nothing of that name."""
    if not wanted:
        return None
    return _record(wanted) or _case(wanted) or _account(wanted) or _person(wanted, people)


def _record(wanted: str) -> str | None:
    known = ledger().entries()
    by_id = known.by_id(wanted)
    number = by_id.position if by_id else -1
    if wanted.isascii() and wanted.isdigit() and len(wanted) < 10:
        number = int(wanted)
    there = 0 <= number < len(known.all) and may_read(known.all[number])
    return url_for("records_pages.one", position=number) if there else None


def _case(wanted: str) -> str | None:
    known = ledger().entries()
    clear = may_ask("/v1/incidents") and questions.known(known, "incident", wanted)
    if clear or circle.mine().incident(wanted):
        return url_for("investigate.case", incident=wanted)
    if may_go("investigate.enquiry") and questions.known(known, "enquiry", wanted):
        return url_for("investigate.enquiry", enquiry=wanted)
    return None


def _account(wanted: str) -> str | None:
    for row in ask_all("/v1/accounts").answer:
        if wanted.casefold() in (row["id"].casefold(), str(row["handle"]).casefold()):
            return url_for("records_pages.several", account=row["id"])
    return None


def _person(wanted: str, people: Sequence[tuple[str, str]]) -> str | None:
    search, wrong = read({"person": wanted}, people, None)
    return None if wrong else url_for("records_pages.several", person=search.person)
