"""The file itself, and the record that it was handed out.

Recorded as `export_evidence` of the person, after what it shows; and, where it answers a request,
as `complete_rights_request`.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext as _

from api import requests
from api.document import Table, as_html
from api.pages import linked, spells, tongue, words
from api.subject_access import telling, withholding
from api.subject_access.gathering import Gathered
from api.subject_access.masking import Masks, as_told_to
from api.subject_access.reviewing import Review
from api.subject_access.telling import Occasion
from ledger.desk import Asked, objection
from ledger.disclosing import Disclosing
from ledger.domain import images, standing
from ledger.history import Ledger
from ledger.outcomes import Declined, Receipt
from ledger.proof.encoding import canonical
from ledger.proof.zipwriter import ZipWriter
from projections import posts, questions
from projections.history import Histories, History

EXPORT, COMPLETE = "export_evidence", "complete_rights_request"
PAGE, DATA = "what-we-hold.html", "what-we-hold.json"


class NotTheirs(ValueError):
    """The request is not one for access by this person, or has been answered."""


@dataclass(frozen=True)
class HandedOut:
    """The file (a zip), the record that it was handed out, and that of the request's answer."""

    file: bytes
    receipt: Receipt | None = None
    completed: Receipt | None = None


def make(
    ledger: Ledger,
    log: Histories,
    gathered: Gathered,
    review: Review,
    occasion: Occasion,
    language: str,
) -> bytes:
    """The zip: one page for people, one file for programs. The same for the same content.

    To be called within a request or application context.
    """
    masks = Masks(ledger.entries(), gathered.ids, occasion.now)
    with as_told_to(masks, language):
        told = replace(occasion, standing=_standing(log, gathered, occasion))
        page = as_html(telling.document(ledger, gathered, review, masks, told))
        data = telling.as_data(gathered, review, masks, told)
    out = io.BytesIO()
    zipped = ZipWriter(out)
    zipped.add(PAGE, page.encode())
    text = json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True)
    zipped.add(DATA, text.encode() + b"\n")
    zipped.close()
    return out.getvalue()


def request_of(ledger: Ledger, request: str, ids: frozenset[str]) -> int:
    """When a request for access by one of these ids was received. Raises NotTheirs."""
    stream = ledger.entries().stream(f"request/{request}")
    received = next((e for e in stream if e.type == "RightsRequestReceived"), None)
    if received is None or received.fields["kind"] != "access":
        raise NotTheirs(f"{request[:64]} is no request for access")
    if received.fields["subject"] not in ids:
        raise NotTheirs(f"{request[:64]} was made about somebody else")
    return received.occurred_at


def hand_out(
    ledger: Ledger,
    person: str,
    actor: str,
    given_to: Sequence[str],
    file: bytes,
    key: str | None = None,
    completes: tuple[str, str] | None = None,
    disclosed: Mapping[str, Any] | None = None,
) -> HandedOut | Declined:
    """Record that the file was handed out and, with `completes` (request, outcome), answered it.

    `disclosed` says how many values it shows, and of whom (`on_record`). All of it is recorded,
    or the first refusal. Raises KeyReused.
    """
    asked = [_export(ledger, person, actor, given_to, key)]
    if completes:
        data = {"request": completes[0], "outcome": completes[1]}
        own = f"{key}.done" if key else None
        asked.append(requests.asked(COMPLETE, actor, {"data": data}, own))
    answers = ledger.try_out(asked)
    for command, answer in zip(asked, answers, strict=True):
        if isinstance(answer, Exception):
            raise answer
        if objection(answer):
            outcome = ledger.record(command)
            return outcome if isinstance(outcome, Declined) else HandedOut(file, outcome)
    asked[0] = replace(asked[0], counted=disclosed or {})
    receipts = ledger.record_all(asked)
    return HandedOut(file, receipts[0], receipts[1] if completes else None)


def outcome_of(gathered: Gathered, review: Review) -> str:
    """How a request is answered with this file."""
    if not any(telling.shows(held, review) for held in gathered.held):
        return "nothing_held"
    rest = bool(gathered.linked) or any(True for _ in withholding.left_out(gathered, review))
    return "partly_disclosed" if rest else "disclosed"


def on_record(gathered: Gathered, review: Review) -> Mapping[str, Any]:
    """How many sealed values the file shows, and under whose keys they lie."""
    told = Disclosing(("all",))
    for value in (v for held in gathered.held for v in held.values):
        if telling.shown_text(value, review) is not None:
            told.given[value.under] = told.given.get(value.under, 0) + 1
    return told.on_record()


def _export(
    ledger: Ledger, person: str, actor: str, given_to: Sequence[str], key: str | None
) -> Asked:
    name = str(len(ledger.entries().all))
    if key is not None:
        name = ledger.ports.mac(canonical([EXPORT, actor, key, person])).hex()[:16]
    data = {
        "export": f"export-{name}",
        "scope": "subject",
        "subject": person,
        "given_to": list(given_to),
    }
    return requests.asked(EXPORT, actor, {"data": data}, key)


# -- how they stand ---------------------------------------------------------------------------


def _standing(log: Histories, gathered: Gathered, occasion: Occasion) -> tuple[Table, ...]:
    """What follows from the records about them, as tables: roles and access, or pictures."""
    history = log.known()
    if standing.registered(history.entries, occasion.person):
        return _of_registered(log, occasion)
    return _of_pictured(history, gathered, occasion.now)


def _of_registered(log: Histories, occasion: Occasion) -> tuple[Table, ...]:
    said = questions.answer(f"/v1/departures/{occasion.person}", {}, log, occasion.now).answer
    offices = [(words.office(r["office"]), *_stretch(r)) for r in said["offices"]]
    access = [
        (
            linked.account(r["account"]).text,
            spells.ways([r["by"]] if isinstance(r["by"], str) else r["by"]),
            *_stretch(r),
        )
        for r in said["access"]
    ]
    made = (
        Table(_("Your offices"), (_("Office"), _("From"), _("To")), offices),
        Table(
            _("Accounts you could get into"),
            (_("Account"), _("By what way"), _("From"), _("To")),
            access,
        ),
    )
    return tuple(table for table in made if table.rows)


def _stretch(row: dict[str, str | None]) -> tuple[str, str]:
    until = tongue.moment(row["to"]) if row["to"] else _("still running")
    return tongue.moment(row["from"]), str(until)


def _of_pictured(history: History, gathered: Gathered, now: int) -> tuple[Table, ...]:
    """Whether they may be shown in pictures, and the posts that show them."""
    rows = []
    for name in sorted(gathered.ids):
        state = images.state(history.entries, name, now)
        live = ", ".join(e.key for e in posts.live_with(history, name, now))
        rows.append((words.code(state) if state else _("nothing said"), live or _("none")))
    return (Table(_("Pictures of you"), (_("May you be shown?"), _("Posts that show you")), rows),)
