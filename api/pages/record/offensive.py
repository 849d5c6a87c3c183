"""An offensive post or comment: from the report to its end, with everything the policy asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from api import circle
from api.context import ledger
from api.pages import frame, tongue, words
from api.pages.record.steps import Step, Story, step, told
from ledger.domain.entries import Entry
from projections.asking import NotFound

Row = Mapping[str, Any]
PARENT = "offensive_post_by_parent"
REMOVING = ("ContentTakenDown", "UserBlocked")


@dataclass(frozen=True)
class Case:
    """The lines of an incident's timeline, and the ids that its forms take over."""

    lines: Sequence[Row]
    known: dict[str, str]

    def last(self, *types: str) -> Entry | None:
        found = next((r for r in reversed(self.lines) if r["type"] in types), None)
        return ledger().entries().all[found["position"]] if found else None

    def said(self, type_: str, field: str) -> Any:
        """What the last line of a type says in a field; None without one."""
        found = (r for r in reversed(self.lines) if r["type"] == type_)
        return next((r["fields"].get(field) for r in found), None)

    def is_closed(self) -> bool:
        """Whether it is closed, and was not opened again."""
        last = self.last("IncidentClosed", "IncidentReopened")
        return last is not None and last.type == "IncidentClosed"

    def step(self, action: str, *types: str, needed: bool = True, note: str = "") -> Step:
        return step(action, self.last(*types), self.known, needed=needed, note=note)


def story(incident: str) -> Story:
    """What was done about an incident, and what the policy asks for next. Raises NotFound."""
    lines = _timeline(incident)
    reported = next((r for r in lines if r["type"] == "IncidentReported"), None)
    if reported is None:
        raise NotFound("unknown_reference", "incident", "there is no such incident")
    known = {"incident": incident}
    for row in lines:
        found = {k: row["fields"].get(k) for k in ("account", "parent")}
        known.update({k: v for k, v in found.items() if isinstance(v, str)})
    kind = str(reported["fields"]["kind"])
    title = f"{words.code(kind, 'kind')}, {tongue.moment(reported['at'])}"
    case = Case(lines, known)
    return told(title, _steps(case, kind), words.status("closed") if case.is_closed() else "")


def _timeline(incident: str) -> Sequence[Row]:
    """In clear, else as the reader may read what is restricted."""
    path = f"/v1/incidents/{incident}/timeline"
    try:
        found: Sequence[Row] = frame.ask_all(path).answer
    except NotFound:
        seen = circle.mine()
        if own := seen.incident(incident):
            circle.reads(seen, own)
        found = circle.answered(seen, path, {}).answer
    return found


def _steps(case: Case, kind: str) -> Iterator[Step]:
    yield case.step("report_incident", "IncidentReported")
    first = _("Before anything is deleted: a picture of it, of which only a fingerprint is kept.")
    yield case.step("add_evidence", "EvidenceAdded", needed=False, note=first)
    yield case.step("assess_incident", "IncidentAssessed")
    yield case.step("decide_content", "ContentDecided", needed=kind != PARENT)
    removed = case.said("ContentDecided", "decision") == "removed"
    yield case.step("take_down_content", "ContentTakenDown", needed=removed)
    yield case.step("block_user", "UserBlocked", needed=False)
    gone = case.last(*REMOVING) is not None
    yield case.step("inform_audience", "AudienceInformed", needed=gone or removed)
    parents = case.last("ParentAskedToRemovePost", "ParentInvitedToMeet") is not None
    if kind == PARENT or parents:
        yield from _with_parent(case)
    closed = case.last("IncidentClosed") if case.is_closed() else None
    yield step("close_incident", closed, case.known)


def _with_parent(case: Case) -> Iterator[Step]:
    """What the policy asks for where a parent posted."""
    yield case.step("ask_parent_to_remove_post", "ParentAskedToRemovePost")
    yield case.step("record_post_removed", "PostRemovedByParent", needed=False)
    yield case.step("invite_parent_to_meeting", "ParentInvitedToMeet")
    yield case.step("record_parent_meeting", "ParentMeetingHeld", needed=False)
    note = _("Where neither asking nor meeting helped.")
    yield case.step(
        "refer_parent_to_complaints", "ParentReferredToComplaints", needed=False, note=note
    )
