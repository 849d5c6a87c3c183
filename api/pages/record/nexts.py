"""What to do after a refusal: for every code that can be helped, the next step in words and a link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from api.pages import frame, tongue, words
from api.pages.record import telling
from ledger.domain.catalogue import Action
from ledger.domain.trace import PASSAGES, ROWS, Passage

# Code: what to do, and the action whose form helps with it.
STEPS: Mapping[str, tuple[object, str]] = {
    "not_slt": (lazy_gettext("Ask somebody of the senior leadership team to record it."), ""),
    "approver_not_slt": (lazy_gettext("Ask somebody of the senior leadership team to decide it."), ""),
    "assessor_not_slt": (lazy_gettext("Ask somebody of the senior leadership team to decide it."), ""),
    "not_moderator": (lazy_gettext("Ask the administrator/moderator to record it."), ""),
    "not_account_runner": (
        lazy_gettext("Ask somebody who runs the account, or the moderator. If you should run it yourself, the moderator can give you the role."),
        "assign_account_role",
    ),
    "must_acknowledge_personally": (lazy_gettext("Ask the person to sign in and record it themself."), ""),
    "actor_signature_required": (lazy_gettext("Sign it yourself. Under “Me” you can enrol a key for that."), ""),
    "actor_signature_wrong": (lazy_gettext("Look at what would be recorded, and sign again with a key of yours that is in force."), ""),
    "approver_is_applicant": (lazy_gettext("Ask another member of the senior leadership team to decide it."), ""),
    "approver_is_requester": (lazy_gettext("Ask somebody else who may decide it."), ""),
    "insufficient_staff_runners": (lazy_gettext("Name at least two members of staff."), ""),
    "lead_must_be_staff": (lazy_gettext("Name exactly one lead, who is a member of staff."), ""),
    "unknown_reference": (lazy_gettext("Choose something that is on record, or record it first."), ""),
    "duplicate_id": (lazy_gettext("Look whether it is recorded already; if so, nothing needs doing."), ""),
    "stale_stream_version": (lazy_gettext("Look at what was recorded in the meantime. If yours is still right, record it again."), ""),
    "already_decided": (lazy_gettext("Nothing needs doing. If the first record is wrong, correct it."), "correct_entry"),
    "application_not_approved": (lazy_gettext("The application must be approved first."), "approve_application"),
    "account_closed": (lazy_gettext("A closed account stays closed; apply for a new one."), "submit_application"),
    "runner_policy_not_acknowledged": (lazy_gettext("This person signs in and says that they have read the policy."), ""),
    "runner_not_trained": (lazy_gettext("Record this person's training first."), "record_training"),
    "person_has_no_role": (lazy_gettext("Give this person a role on the account first."), "assign_account_role"),
    "response_before_receipt": (lazy_gettext("Check the time of the response."), ""),
    "media_policy_not_followed": (lazy_gettext("Record the check of the media policy first."), "record_media_policy_check"),
    "prepublication_check_required": (lazy_gettext("Ask a senior leader to check this post first."), "request_prepublication_check"),
    "copyright_permission_missing": (lazy_gettext("Record the permission first."), "record_copyright_permission"),
    "subject_on_no_publish_list": (lazy_gettext("Take the picture of this child out."), ""),
    "incident_not_assessed": (lazy_gettext("Assess the incident first."), "assess_incident"),
    "audience_not_informed": (lazy_gettext("Tell the audience why, or give the reason why not."), "inform_audience"),
    "agency_not_notified": (lazy_gettext("Record that an agency was told, or give the reason why not."), "notify_agency"),
    "under_legal_hold": (lazy_gettext("Wait until the hold is released."), "release_legal_hold"),
    "request_not_approved": (lazy_gettext("The request must be granted first."), "decide_rights_request"),
    "ledger_is_append_only": (lazy_gettext("Correct the record with a new one."), "correct_entry"),
    "unknown_actor": (lazy_gettext("Ask the moderator to register you."), ""),
    "actor_departed": (lazy_gettext("Ask a colleague to record it."), ""),
    "secret_in_payload": (lazy_gettext("Take the password out: passwords belong in the vault, never here."), ""),
}  # fmt: skip
# Fields that the next form can take over from this one.
CARRIED = ("account", "application", "enquiry", "incident", "post", "request", "person")


@dataclass(frozen=True)
class Explained:
    """A refusal for people: what it means, whom it concerns, the passage, and what to do next."""

    code: str
    words: str
    who: str
    fields: tuple[str, ...]
    passage: Passage | None
    policy: str
    next: str
    next_action: str
    carried: Mapping[str, str]
    as_done: bool


def explained(
    action: Action, code: str, details: Mapping[str, Any], data: Mapping[str, Any]
) -> Explained:
    """A refusal in words of the reader's language; the passage stays in the policy's own."""
    step, helps = STEPS.get(code, ("", ""))
    person = details.get("person")
    said = {k: str(data[k]) for k in CARRIED if isinstance(data.get(k), str)}
    return Explained(
        code=code,
        words=tongue.problem({"code": code, "title": code}),
        who=telling.somebody(str(person)) if isinstance(person, str) else "",
        fields=tuple(map(str, details.get("fields", ()))),
        passage=_passage(action.name, code),
        policy="" if action.policy.startswith("none") else action.policy,
        next=str(step) or _("Change what is not right and try again."),
        next_action=helps if helps != action.name else "",
        carried={**said, **({"person": str(person)} if isinstance(person, str) else {})},
        as_done="record_as" in details,
    )


def _passage(action: str, code: str) -> Passage | None:
    """The passage whose rule it is; first of those that this action evidences."""
    keys = [k for k, row in ROWS.items() if code in row.rules]
    own = [k for k in keys if any(e.action == action for e in ROWS[k].evidence)]
    return next((p for p in PASSAGES if p.key in (own or keys)), None)


def labels(action: str, names: tuple[str, ...]) -> list[str]:
    """Which fields a refusal names, in words."""
    return [words.field(n.removeprefix("set."), action) for n in names if n.islower()]


def may_help(action: str) -> bool:
    """Whether the reader may open the form that helps."""
    return bool(action) and frame.may_go("record.form")
