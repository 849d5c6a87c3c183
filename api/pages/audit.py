"""For governors and auditors: what the log is, who keeps a mark of it, the report, the evidence."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from flask import Blueprint, Response, g, request
from flask_babel import format_date
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from api import exporting
from api.context import ledger, state
from api.door import typed
from api.pages import audit_figures as figures
from api.pages import audit_report, confidential, downloads, evidence_taken, linked, picture, words
from api.pages.frame import ask, ask_all, name_of, page, seen_by
from api.transparency import trust_file
from api.words import fingerprint_words
from ledger.domain import presence
from ledger.domain.school_time import local_date
from ledger.outcomes import Declined
from ledger.proof.encoding import b64encode
from ledger.proof.errors import Invalid
from ledger.proof.note import VerifierKey, cosigned_at, format_vkey, parse_note
from ledger.proof.policy import fingerprint, parse_policy
from projections.questions import BadQuestion

bp = Blueprint("audit", __name__)

# The page that checks itself says in its own words what it may load and run.
OWN_POLICY = "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
ALL, DAYS = "all", "days"


@bp.get("/audit")
@seen_by
def overview() -> Response:
    """The log as it is, who keeps checkpoints of it, and pictures of its deadlines."""
    rows = ask_all("/v1/sla").answer
    # One deadline each day for each account would hide all the others; accounts show theirs.
    months = figures.by_month(r for r in rows if r["rule"] != "monitoring_check")
    answers = figures.replies(r for r in rows if r["rule"] == "enquiry_response")
    return page(
        "audit",
        log=_log(),
        kept=ask_all("/v1/exports").answer,
        keys=confidential.adoptions(),
        months=months,
        months_picture=_months_picture(months),
        kinds=_kinds(),
        month_words=_month,
        answers=answers,
        answers_picture=_answers_picture(answers),
        linked=linked,
        words=words,
        key=picture.key,
    )


def _log() -> Mapping[str, Any]:
    """What somebody compares: size, root, key, fingerprint, and who cosigned."""
    held, note = ledger(), ledger().publish()
    trust = trust_file()
    signed = {n: _cosigned(note, key) for n, key in parse_policy(trust).witnesses.items()}
    size = held.store.size()
    return {
        "size": size,
        "root": b64encode(held.tree.root(size)),
        "origin": held.origin,
        "key": format_vkey(held.key.name, held.key.public_key),
        "fingerprint": fingerprint(trust.encode("utf-8")),
        "words": fingerprint_words(parse_note(note).text),
        "witnesses": signed,
        "closed": held.closed_because,
    }


def _cosigned(note: bytes, key: VerifierKey) -> int | None:
    """When a witness says it saw the checkpoint; None where it has not cosigned it."""
    try:
        return cosigned_at(parse_note(note), key)
    except Invalid:
        return None


def _kinds() -> list[tuple[str, str]]:
    said = (
        _("met, recorded at once"),
        _("met, recorded afterwards"),
        _("met, recorded late or corrected"),
        _("missed"),
        _("waived"),
        _("still running"),
    )
    return list(zip(figures.KINDS, said, strict=True))


def _month(month: str) -> str:
    return str(format_date(date.fromisoformat(f"{month}-01"), "MMMM y"))


def _months_picture(months: Sequence[figures.Month]) -> Any:
    said = dict(_kinds())
    bars = [
        picture.Bar(
            _month(m.month),
            tuple((m.counts[k], k, f"{said[k]}: {m.counts[k]}") for k in said if m.counts.get(k)),
        )
        for m in months
    ]
    about = _("The table below says the same.")
    return picture.bars("months", _("Deadlines by month"), about, bars)


def _answers_picture(answers: Sequence[figures.Reply]) -> Any:
    bars = [
        picture.Bar(a.row["subject"], ((round(a.share, 1), "good" if a.in_time else "gap", ""),))
        for a in answers
    ]
    about = _("The table below says the same. The dashed line is all the time that was allowed.")
    title = _("Time taken to answer, in per cent of the time allowed")
    return picture.bars("answers", title, about, bars, 100)


@bp.get("/audit/report")
@seen_by
def report() -> Response:
    """The governors' report of a period, every figure with the records that show it."""
    given = {name: request.args.get(name) or None for name in ("from", "to")}
    try:
        said = ask("/v1/report", **given)
    except BadQuestion as wrong:
        where = wrong.parameter if wrong.parameter in given else "from"
        return page("audit_report", 400, wrong=where, given=given, parts=[], said=None)
    parts = list(audit_report.parts(said.answer["figures"]))
    tables = {table.name: table for _heading, several in parts for table in several}
    wanted = request.args.get("table", "")
    if wanted in tables and downloads.asked(wanted):
        return _file(tables[wanted])
    given = {"from": said.answer["from"], "to": said.answer["to"]}
    return page("audit_report", wrong=None, given=given, parts=parts, said=said)


def _file(table: audit_report.Table) -> Response:
    rows = [(line.item, *line.cells) for line in table.lines]
    evidence = sorted({position for line in table.lines for position in line.evidence})
    return downloads.table(table.caption, ("", *table.measures), rows, evidence)


@bp.get("/audit/evidence")
@seen_by
def evidence_form() -> Response:
    """The form: evidence of what, for whom, with which names."""
    return _form()


@bp.post("/audit/evidence")
@seen_by
def evidence() -> Response:
    """The file, or the page out of it that checks itself; that it was taken is recorded."""
    as_page = request.form.get("how") == "page"
    people, given_to = dict(_people()), request.form.getlist("given_to")
    wrong = {} if given_to and set(given_to) <= set(people) else {
        "given_to": _("Say who it is given to: choose one person at least.")
    }  # fmt: skip
    days = {n: request.form.get(n, "") for n in exporting.RANGE}
    try:
        want = exporting.wanted(
            days if request.form.get("scope") == DAYS else {},
            ["all"] if request.form.get("disclose") == ALL else [],
        )
    except BadQuestion:
        wrong["from"] = _("Give two dates, the first not after the last.")
    if wrong:
        return _form(wrong, status=400)
    done = evidence_taken.taken(want, given_to, _shown if as_page else _zip)
    if done is None:
        return _form({"again": evidence_taken.used_before()}, status=422)
    return done if isinstance(done, Response) else _form(refused=done, status=409)


def _zip(out: Path, size: int) -> Response:
    return evidence_taken.zipped(out, f"evidence-{size}.zip")


def _shown(out: Path, _size: int) -> Response:
    with ZipFile(out) as file:
        made = Response(file.read("report.html"), mimetype="text/html")
    made.headers["Content-Security-Policy"] = OWN_POLICY
    return made


def _form(
    wrong: Mapping[str, str] | None = None, refused: Declined | None = None, status: int = 200
) -> Response:
    today = local_date(state().now())
    given = request.form if request.method == "POST" else typed.given_back() or MultiDict()
    return page(
        "audit_evidence",
        status,
        wrong=wrong or {},
        refused=evidence_taken.refusal(refused) if refused else None,
        people=_people(),
        given_to=given.getlist("given_to") or [g.token.person],
        scope=given.get("scope", ALL),
        disclose=given.get("disclose", "none"),
        first=given.get("from", (today - timedelta(days=90)).isoformat()),
        last=given.get("to", today.isoformat()),
        key=secrets.token_urlsafe(16),
    )


def _people() -> list[tuple[str, str]]:
    known, now = ledger().entries(), state().now()
    here = (p for p in presence.everybody(known) if presence.active(known, p, now))
    return sorted(((p, name_of(p)) for p in here), key=lambda pair: pair[1])
