"""The clock of an enquiry: answered within 24 hours, or on the next working day (8.1).

Standard library only. The earliest counting response decides; an automated one does not count
unless the rule says so; a waiver counts where it was marked at or before due.
"""

from __future__ import annotations

from collections.abc import Iterator

from ledger.domain.entries import Entry
from projections.clocks import Clock
from projections.deadlines import enquiry_due
from projections.history import History
from projections.terms import Terms, terms

RULE = "enquiry_response"
RESPONSES = ("EnquiryAcknowledged", "EnquiryAnswered")
ON_ACCOUNTS = ("public_comment", "direct_message")


def enquiry_clocks(history: History, at: int, only: str | None = None) -> Iterator[Clock]:
    """One clock for each enquiry received by `at`, or for one of them."""
    for received in history.starts("EnquiryReceived", "enquiry", only, at):
        yield enquiry_clock(history, received, at, terms(history, RULE, received.occurred_at))


def enquiry_clock(history: History, received: Entry, at: int, under: Terms) -> Clock:
    """The clock of one enquiry under the terms given."""
    due, branch = enquiry_due(received.occurred_at, under.parameters, under.calendar)
    stop = next(iter(counting(history, received, at, under)), None)
    waived = history.stream(received.stream, at, "NoResponseRequired")
    account = received.fields.get("account")
    about = {"account": account} if account else {}
    return Clock(
        terms=under,
        subject=received.key,
        started=received.occurred_at,
        due=due,
        start=received,
        stop=stop,
        stopped=stop.occurred_at if stop else None,
        waiver=waived[0] if waived else None,
        basis=_basis(received, under),
        about={**about, "kind": received.fields["kind"], "branch": branch},
    )


def counting(history: History, received: Entry, at: int, under: Terms) -> list[Entry]:
    """The responses by `at` that count, in order."""
    every = history.stream(received.stream, at, *RESPONSES)
    if under.parameters["automated_reply_counts"]:
        return every
    return [e for e in every if not e.fields["automated"]]


def _basis(received: Entry, under: Terms) -> str:
    """P only for messages and comments on school accounts (5.13)."""
    ours = received.fields.get("account") and received.fields["channel"] in ON_ACCOUNTS
    return under.basis if ours else "R"
