"""A new account: application, decision, creation, and who can get in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flask_babel import gettext as _

from api.pages import frame, words
from api.pages.record import choosing
from api.pages.record.steps import LATER, Step, Story, last, step, told
from projections.asking import NotFound

DECIDED = {
    "approved": "AccountApplicationApproved",
    "rejected": "AccountApplicationRejected",
    "withdrawn": "AccountApplicationWithdrawn",
}
ENDED = ("rejected", "withdrawn")


def story(application: str) -> Story:
    """What became of an application. Raises NotFound."""
    rows = frame.ask_all("/v1/applications").answer
    row = next((r for r in rows if r["application"] == application), None)
    if row is None:
        raise NotFound("unknown_reference", "application", "there is no such application")
    title = _(
        "New account: %(platform)s, asked for by %(name)s",
        platform=words.platform(row["platform"]),
        name=frame.name_of(row["applicant"]),
    )
    ended = words.status(row["status"]) if row["status"] in ENDED else ""
    return told(title, _steps(row), ended)


def _steps(row: Mapping[str, Any]) -> Iterator[Step]:
    application = {"application": row["application"]}
    own = f"application/{row['application']}"
    yield step("submit_application", last(own, "AccountApplicationSubmitted"), {})
    yield _decision(row, own)
    if row["status"] in ENDED:
        return
    made = [
        r for r in frame.ask_all("/v1/accounts").answer if r["application"] == row["application"]
    ]
    account = made[0]["id"] if made else ""
    created = last(f"account/{account}", "AccountCreated") if account else None
    yield step("create_account", created, application)
    known = {"account": account} if account else {}
    stored = last(f"credential/{account}", "CredentialStored") if account else None
    yield step("store_credential", stored, known)
    granted = last(f"credential/{account}", "PlatformAccessGranted") if account else None
    only = _("Only where the platform gives people roles of its own.")
    yield step("grant_platform_access", granted, known, needed=False, note=only)
    looked = last(f"account/{account}", "MonitoringCheckRecorded") if account else None
    yield step("record_monitoring_check", looked, known)


def _decision(row: Mapping[str, Any], own: str) -> Step:
    """Approved or rejected: two forms, one step."""
    known = {"application": row["application"]}
    type_ = DECIDED.get(row["status"])
    if type_ is not None:
        return step("approve_application", last(own, type_), known, said=words.event(type_))
    names = ("approve_application", "reject_application")
    links = [(choosing.link(name, known), words.action(name)) for name in names]
    note = _("Somebody of the senior leadership team decides, not the applicant.")
    return Step(_("Decision"), LATER, links, None, note)
