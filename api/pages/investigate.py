"""Investigating: incidents and messages, the story of one, its replay, its evidence, and files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, g, redirect, request, url_for
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as Answered

from api import circle
from api.context import ledger, state
from api.pages import (
    case_exports,
    cases,
    evidence_files,
    finding,
    linked,
    replaying,
    replays,
    story,
    words,
)
from api.pages.cases import ENQUIRY, Matter
from api.pages.frame import all_of, ask, ask_all, may_ask, page, seen_by
from api.pages.records import people_by_name
from projections import sla
from projections.asking import whole

bp = Blueprint("investigate", __name__)
bp.context_processor(lambda: {"linked": linked, "words": words})


@bp.get("/investigate")
@seen_by
def start() -> Response:
    """What there is to investigate; restricted incidents for those who may read them."""
    incidents = ask_all("/v1/incidents").answer if may_ask("/v1/incidents") else None
    enquiries = ask_all("/v1/enquiries").answer if may_ask("/v1/enquiries") else None
    wanted = request.args.get("for", "").strip()[:200]
    return page(
        "investigate_start",
        incidents=incidents and incidents[::-1],
        enquiries=enquiries and enquiries[::-1],
        restricted=circle.incidents(circle.mine(), {}).answer,
        wanted=wanted,
    )


@bp.get("/investigate/find")
@seen_by
def find() -> Answered:
    """Lead to what was typed: a record, a case, an account, a person."""
    wanted = request.args.get("for", "").strip()[:200]
    there = finding.address(wanted, people_by_name())
    missed = f"{url_for('investigate.start')}?{urlencode({'for': wanted})}"
    return redirect(there or missed, 303)


@bp.get("/incidents/<incident>")
@seen_by
def case(incident: str) -> Response:
    """The story of an incident."""
    return _story(cases.incident(incident))


@bp.get("/enquiries/<enquiry>")
@seen_by
def enquiry(enquiry: str) -> Response:
    """The story of a message, and what another version of its rule would say."""
    matter = cases.enquiry(enquiry)
    version = whole(request.args, "rule_version", 0, 1_000_000)
    asked = may_ask("/v1/enquiries/{enquiry}/what-if")
    with state().asking() as log:
        versions = sorted(sla.rule_versions(log.known())) if asked else []
    path = f"/v1/enquiries/{enquiry}/what-if"
    other = ask(path, rule_version=version).answer if version is not None else None
    return _story(matter, versions=versions, version=version, other=other)


def _story(matter: Matter, **more: Any) -> Response:
    said = matter.timeline()
    subjects = replays.subjects_of(matter, said.answer)
    sees_clocks = may_ask("/v1/sla")
    rows = [
        r for s in subjects if sees_clocks for r in all_of(matter.ask, "/v1/sla", subject=s).answer
    ]
    return page(
        "investigate_case" if matter.kind != ENQUIRY else "investigate_enquiry",
        matter=matter,
        about=cases.row(matter),
        lines=[story.told(number, row) for number, row in enumerate(said.answer, 1)],
        clocks=[replays.clock(row) for row in rows],
        sees_clocks=sees_clocks,
        came_of=_came_of(matter),
        **more,
    )


def _came_of(matter: Matter) -> list[str]:
    """The incidents that a message became."""
    if matter.kind != ENQUIRY or not may_ask("/v1/incidents"):
        return []
    found = ledger().entries().naming("from_enquiry", matter.id, "IncidentReported")
    return sorted({entry.key for entry in found})


@bp.get("/incidents/<incident>/replay")
@seen_by
def replay(incident: str) -> Response:
    """A moment of an incident: step by step, or at any time."""
    return replaying.shown(cases.incident(incident), request.args)


@bp.get("/enquiries/<enquiry>/replay")
@seen_by
def replay_enquiry(enquiry: str) -> Response:
    """A moment of a message."""
    return replaying.shown(cases.enquiry(enquiry), request.args)


@bp.route("/incidents/<incident>/export", methods=["GET", "POST"])
@seen_by
def export(incident: str) -> Response:
    """Hand out evidence of an incident; that it was handed out is recorded."""
    matter = cases.incident(incident)
    people = people_by_name()
    if request.method == "POST":
        return case_exports.taken(matter, people)
    return case_exports.form(matter, people)


@bp.route("/investigate/file", methods=["GET", "POST"])
@seen_by
def file() -> Response:
    """Of which record a file is the evidence."""
    return evidence_files.looked_up() if request.method == "POST" else evidence_files.form()


@bp.get("/investigate/file/salts")
@seen_by
def salts() -> Response:
    """The salts with which the browser hashes a file."""
    return evidence_files.salts()


@bp.errorhandler(RequestEntityTooLarge)
def too_large(_error: RequestEntityTooLarge) -> Response:
    """A file larger than a form may be."""
    if "token" not in g:
        return page(
            "investigate_too_large", evidence_files.TOO_LARGE, most=evidence_files.MOST_MEGABYTES
        )
    wrong: Mapping[str, str] = {"file": evidence_files.too_large()}
    return evidence_files.form(wrong, evidence_files.TOO_LARGE)
