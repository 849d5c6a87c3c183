"""The two papers of an account: the sheet for whoever takes it over, the card for an emergency.

They hold what the ledger knows; what it does not know (telephone numbers) is a line to fill in.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.pages import account_rows
from api.pages.account_answers import Now
from api.pages.frame import ask, ask_all, may_ask
from api.pages.known import Life
from api.pages.moments import Moment

Row = Mapping[str, Any]


def sheet(life: Life, now: Now, moment: Moment) -> dict[str, Any]:
    """What the next lead needs: who hands over, what is open, what to do and to sign."""
    first, last = account_rows.calendar_days(now.at)
    days = {"from": first.isoformat(), "to": last.isoformat()}
    checks = ask(f"/v1/accounts/{life.account}/monitoring", **{**moment.asked, **days}).answer
    handovers = ask_all("/v1/handovers", **moment.asked).answer
    return {
        **card(life, now, moment),
        "handover": account_rows.latest_handover(account_rows.of_account(handovers, life.account)),
        "lead": next((r["person"] for r in now.roles.answer if r["role"] == "lead"), None),
        "last_check": checks["checked"][-1] if checks["checked"] else None,
        "missing": len(checks["missing"]),
        "enquiries": _open("/v1/enquiries", life, moment),
        "incidents": _open("/v1/incidents", life, moment),
    }


def _open(question: str, life: Life, moment: Moment) -> list[Row] | None:
    """The rows about the account that nobody answered or closed; None where not to be asked."""
    if not may_ask(question):
        return None
    rows = account_rows.of_account(ask_all(question, **moment.asked).answer, life.account)
    return [row for row in rows if _is_open(row)]


def _is_open(row: Row) -> bool:
    """An incident until it is closed; a message until somebody answers or none is needed."""
    if "incident" in row:
        return bool(row["status"] == "open")
    return row["first_response_at"] is None and row["status"] != "waived"


def card(life: Life, now: Now, moment: Moment) -> dict[str, Any]:
    """Who is administrator on the platform, whom to ring."""
    people = ask_all("/v1/people", **moment.asked).answer
    return {
        "administrators": [way for way in now.kept.platform if way.full_control],
        "ring": account_rows.to_ring(people, now.roles.answer),
    }
