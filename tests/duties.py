"""One command that is accepted, for every action of docs/duties.md (part of `simulator.VALID`)."""

from __future__ import annotations

from typing import Any

from cast import ACCOUNT, DEPUTY, HEAD, LEAD, MODERATOR, POLICY, RUNNER, TEACHER

ABOUT_CASE = {"incident": "case-1"}
SESSION = {
    "session": "trn-1",
    "course": "sm-foundation",
    "people": [LEAD, RUNNER],
    "held_on": "2026-10-02",
}
SETTINGS = {"privacy_tested": True, "connections_reviewed": True, "visibility_as_approved": True}
JUDGED = {"appropriately_dressed": True, "free_of_ridicule": True, "no_publish_list_checked": True}
BREACH = {"aware_at": "2026-09-02T09:00:00+01:00", "risk": "risk", "reportable": True}


def nothing(school: Any) -> None:
    pass


def case(school: Any) -> None:
    school.incident()


def offered(school: Any) -> None:
    school.accept("offer_training", DEPUTY, **SESSION)


def asked(school: Any) -> None:
    school.accept("ask_second_opinion", LEAD, opinion="opn-1")


def sought(school: Any) -> None:
    school.accept("seek_advice", LEAD, advice="adv-1", asked="dpo")


def raised(school: Any) -> None:
    given = {"concern": "cnc-1", "kind": "follows_pupil", "person": RUNNER}
    school.accept("raise_concern", TEACHER, **given)


# action: (actor, data, what must have happened before)
DUTIES: dict[str, tuple[str, dict[str, Any], Any]] = {
    "offer_training": (DEPUTY, SESSION, nothing),
    "record_attendance": (TEACHER, {"session": "trn-1", "people": [LEAD]}, offered),
    "record_pupil_education": (
        TEACHER,
        {"programme": "online-safety", "groups": ["year_5"], "topics": ["safe_use", "privacy"]},
        nothing,
    ),
    "inform_of_standards": (TEACHER, {"audience": "parents", "by": "letter"}, nothing),
    "inform_parents": (TEACHER, {"learning_platform": "class-dojo", "by": "app"}, nothing),
    "record_commenting": (
        TEACHER,
        {"learning_platform": "class-dojo", "commenting": "enabled"},
        nothing,
    ),
    "consider_learner_contact": (
        TEACHER,
        {"contact": "lct-1", "outcome": "appropriate", "implications": ["safeguarding"]},
        nothing,
    ),
    "record_learner_contact": (TEACHER, {"contact": "lct-1", "by_school_account": True}, nothing),
    "ask_second_opinion": (TEACHER, {"opinion": "opn-1", "account": ACCOUNT}, nothing),
    "give_second_opinion": (DEPUTY, {"opinion": "opn-1", "view": "with_changes"}, asked),
    "seek_advice": (TEACHER, {"advice": "adv-1", "asked": "dpo"}, nothing),
    "record_advice": (TEACHER, {"advice": "adv-1", "followed": True}, sought),
    "report_mistake": (
        TEACHER,
        {"mistake": "mst-1", "kind": "wrong_account", "put_right": True},
        nothing,
    ),
    "judge_image": (
        LEAD,
        {"post": "pst-1", "account": ACCOUNT, "judgement": "suitable", **JUDGED},
        nothing,
    ),
    "review_account_settings": (LEAD, {"account": ACCOUNT, "tagging": "off", **SETTINGS}, nothing),
    "decide_scope": (
        HEAD,
        {"matter": "mat-1", "scope": "personal_in_scope", "ground": "names_school"},
        nothing,
    ),
    "raise_concern": (
        TEACHER,
        {"concern": "cnc-1", "kind": "follows_pupil", "person": RUNNER},
        nothing,
    ),
    "decide_concern": (HEAD, {"concern": "cnc-1", "outcome": "advice"}, raised),
    "classify_conduct": (DEPUTY, {**ABOUT_CASE, "conduct": "unacceptable"}, case),
    "take_internal_action": (DEPUTY, {**ABOUT_CASE, "step": "guidance"}, case),
    "escalate_incident": (TEACHER, {**ABOUT_CASE, "senior": "headteacher"}, case),
    "assess_data_breach": (DEPUTY, {**ABOUT_CASE, **BREACH}, case),
    "inform_data_subjects": (TEACHER, {**ABOUT_CASE, "by": "letter"}, case),
    "assess_policy_impact": (
        HEAD,
        {"policy_version": POLICY, "impact": "equality", "outcome": "no_adverse_impact"},
        nothing,
    ),
    "remind_confidentiality": (
        MODERATOR,
        {"person": LEAD, "by": "exit_interview", "acknowledged": True},
        nothing,
    ),
}
