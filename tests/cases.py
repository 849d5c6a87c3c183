"""One command that is accepted, for the actions of cases, images, rights and oversight.

A part of `simulator.VALID`.
"""

from __future__ import annotations

from typing import Any

from cast import ACCOUNT, CHAIR, DEPUTY, HASH_A, HEAD, LEAD, MODERATOR, POLICY, RUNNER, TEACHER
from confiding import CHAIRS, named

from ledger.retaining import proposal

ABOUT_CASE = {"incident": "case-1"}
POSTED = {"account": ACCOUNT, "pictured": [], "controversial": False, "third_party_material": False}


def nothing(school: Any) -> None:
    pass


def confidential_open(school: Any) -> None:
    school.accept("adopt_confidential_keys", CHAIR, **named())
    school.ledger.open_confidential(CHAIRS, CHAIR)


def incident(school: Any) -> None:
    school.incident()


def request(school: Any) -> None:
    school.request()


def published(school: Any) -> None:
    school.accept("publish_post", LEAD, post="pst-1", **POSTED)


def listed(school: Any) -> None:
    school.accept("add_no_publish", DEPUTY, subject="pup-7c2", reason_category="carer_request")


def closed(school: Any) -> None:
    incident(school)
    school.assess()
    school.accept("close_incident", DEPUTY, **ABOUT_CASE, outcome="resolved")


def follow_up(school: Any) -> None:
    school.incident()
    given = {**ABOUT_CASE, "follow_up": "fup-1", "to": LEAD, "text": "Ring the parent"}
    school.accept("assign_follow_up", TEACHER, **given)


def paused(school: Any) -> None:
    school.request()
    school.accept("pause_rights_request", HEAD, request="rts-1", reason="identity")


def held(school: Any) -> None:
    given = {"hold": "lh-1", "subjects": ["ext-b17"], "reason": "A complaint"}
    school.accept("place_legal_hold", HEAD, **given)


def linked(school: Any) -> None:
    given = {"document": "media_policy", "document_version": "mp-v2", "document_sha256": "e" * 64}
    school.accept("link_document", HEAD, **given)


def case_with_target(school: Any) -> None:
    """An incident, and an entry elsewhere of which the event id is known."""
    school.incident()
    given = {"account": ACCOUNT, "result": "handled", "event_id": "evt-1"}
    school.accept("record_monitoring_check", LEAD, **given)


def names_lead(school: Any) -> None:
    given = {"person": LEAD, "names_school": True, "disclaimer_present": True}
    school.accept("record_disclaimer_check", DEPUTY, **given, event_id="evt-1")


def refusal_past_retention(school: Any) -> None:
    """A refusal at position 17 whose time has come; the moderator has run retention."""
    given = {"version": 2, "periods": {"incident": 6}}
    school.refuse("not_slt", "adopt_retention_schedule", TEACHER, **given)
    school.later(days=8 * 366)
    due = proposal(school.ledger, school.clock.now())
    given = {"schedule_version": 1, "keys_destroyed": len(due.keys)}
    school.accept("run_retention", MODERATOR, **given)


# action: (actor, data, what must have happened before)
CASES: dict[str, tuple[str, dict[str, Any], Any]] = {
    "revise_policy": (
        HEAD,
        {
            "policy_version": "smp-v5",
            "supersedes": POLICY,
            "ratified_on": "2026-09-01",
            "chair_of_governors": CHAIR,
            "headteacher": HEAD,
            "review_due": "2027-09-01",
            "changes": "Reactions count as an acknowledgement",
        },
        nothing,
    ),
    "define_response_process": (
        HEAD,
        {
            "version": 1,
            "steps": ["Thank", "Answer or hand over", "Record"],
            "effective_from": "2026-09-01T00:00:00+01:00",
        },
        nothing,
    ),
    "update_post": (LEAD, {"post": "pst-1", "content_hash": HASH_A}, published),
    "remove_own_post": (LEAD, {"post": "pst-1"}, published),
    "record_image_consent": (
        TEACHER,
        {"subject": "pup-7c2", "scope": "school_accounts", "given_by": "carer"},
        nothing,
    ),
    "withdraw_image_consent": (TEACHER, {"subject": "pup-7c2", "given_by": "carer"}, nothing),
    "remove_no_publish": (
        DEPUTY,
        {"subject": "pup-7c2", "reason_category": "carer_request"},
        listed,
    ),
    "record_image_objection": (TEACHER, {"subject": "pup-7c2"}, nothing),
    "assign_investigation_lead": (HEAD, {**ABOUT_CASE, "lead": DEPUTY}, incident),
    "involve_staff": (
        HEAD,
        {**ABOUT_CASE, "person": LEAD, "purpose": "Looks after the account"},
        incident,
    ),
    "refer_to_disciplinary": (HEAD, {**ABOUT_CASE, "person": RUNNER}, incident),
    "offer_support": (
        TEACHER,
        {**ABOUT_CASE, "person": LEAD, "support": "counselling"},
        incident,
    ),
    "add_evidence": (
        TEACHER,
        {**ABOUT_CASE, "evidence": HASH_A, "kept_at": "safe in the office"},
        incident,
    ),
    "link_entry": (TEACHER, {**ABOUT_CASE, "target": "evt-1"}, case_with_target),
    "decide_content": (
        HEAD,
        {**ABOUT_CASE, "decision": "left_up", "reason": "Fair criticism"},
        incident,
    ),
    "add_note": (TEACHER, {**ABOUT_CASE, "text": "The parent rang back"}, incident),
    "assign_follow_up": (
        TEACHER,
        {**ABOUT_CASE, "follow_up": "fup-1", "to": LEAD, "text": "Ring the parent"},
        incident,
    ),
    "complete_follow_up": (LEAD, {**ABOUT_CASE, "follow_up": "fup-1"}, follow_up),
    "reopen_incident": (HEAD, {**ABOUT_CASE, "reason": "It came back"}, closed),
    "pause_rights_request": (
        HEAD,
        {"request": "rts-1", "reason": "clarification"},
        request,
    ),
    "resume_rights_request": (HEAD, {"request": "rts-1"}, paused),
    "extend_rights_request": (
        HEAD,
        {"request": "rts-1", "reason": "Four years of letters"},
        request,
    ),
    "register_subject": (
        TEACHER,
        {"subject": "pup-7c2", "kind": "pupil", "name": "Elin Parry"},
        nothing,
    ),
    "link_subjects": (
        TEACHER,
        {"subject": "ext-b17", "linked_to": "pup-7c2", "relation": "parent_of"},
        nothing,
    ),
    "record_parent_contact": (
        TEACHER,
        {"parent": "ext-b17", "about": "case-1", "by": "telephone", "purpose": "To tell them"},
        incident,
    ),
    "accept_finding": (
        HEAD,
        {
            "finding": "fewer_than_two_staff",
            "subject": ACCOUNT,
            "reason": "A school of three",
            "review_on": "2027-01-31",
        },
        nothing,
    ),
    "record_review": (
        CHAIR,
        {"size": 3, "scope": "everything", "outcome": "nothing_to_note"},
        nothing,
    ),
    "link_document": (
        HEAD,
        {"document": "media_policy", "document_version": "mp-v2", "document_sha256": "e" * 64},
        nothing,
    ),
    "acknowledge_document": (TEACHER, {"document_version": "mp-v2"}, linked),
    "adopt_retention_schedule": (HEAD, {"version": 2, "periods": {"incident": 24}}, nothing),
    "adopt_confidential_keys": (CHAIR, named(), nothing),
    "renew_sealing": (CHAIR, {"version": 1}, confidential_open),
    "run_retention": (MODERATOR, {"schedule_version": 1, "keys_destroyed": 0}, nothing),
    "destroy_records": (
        HEAD,
        {"schedule_version": 1, "positions": [[17, 17]]},
        refusal_past_retention,
    ),
    "confirm_entry": (LEAD, {"target": "evt-1"}, names_lead),
    "dispute_entry": (LEAD, {"target": "evt-1", "reason": "I had one"}, names_lead),
    "release_legal_hold": (HEAD, {"hold": "lh-1", "reason": "Concluded"}, held),
}
