"""What happened, in the words of whom it happened to, and what can be recorded of it.

Every action stands under at least one heading (a test sees to it), but for those that nobody may
do from a page: `NEVER`.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as _

NEVER = (
    *("open_ledger", "edit_entry", "delete_entry", "enrol_actor_key"),
    # What root keys approve is brought together at the command line, away from the network.
    *("admit_key", "revoke_key", "declare_key_compromised", "reattest_records", "change_roots"),
)


@dataclass(frozen=True)
class Happening:
    """A heading of the page, the stories that lead through it, and its actions in order."""

    key: str
    words: object
    actions: tuple[str, ...]
    story: str = ""


def _of(key: str, words: object, actions: str, story: str = "") -> Happening:
    return Happening(key, words, tuple(actions.split()), story)


HAPPENINGS = (
    _of(
        "day",
        _("I looked at an account"),
        "record_monitoring_check record_comment_round attest_account review_account_settings",
    ),
    _of(
        "message",
        _("Somebody wrote to us"),
        "receive_enquiry respond_to_enquiry mark_no_response_required record_media_policy_check",
    ),
    _of(
        "leaving",
        _("Somebody is leaving, or is away"),
        "record_departure_notice offer_handover accept_handover transfer_lead record_departure "
        "rotate_credential end_platform_access change_recovery_contact remind_confidentiality "
        "end_account_role end_office record_absence suspend_access record_return",
        "departure",
    ),
    _of(
        "comment",
        _("A comment must come down"),
        "report_incident add_evidence decide_content take_down_content block_user "
        "report_to_platform inform_audience",
        "post",
    ),
    _of(
        "parent",
        _("A parent posted about us"),
        "report_incident record_public_mention ask_parent_to_remove_post record_post_removed "
        "invite_parent_to_meeting record_parent_meeting refer_parent_to_complaints "
        "record_parent_contact",
        "post",
    ),
    _of(
        "new",
        _("We want a new account"),
        "submit_application withdraw_application approve_application reject_application "
        "create_account assign_account_role store_credential grant_platform_access "
        "share_credential",
        "account",
    ),
    _of(
        "post",
        _("We post something"),
        "request_prepublication_check decide_prepublication_check record_copyright_permission "
        "judge_image publish_post update_post remove_own_post",
    ),
    _of(
        "pictures",
        _("It is about pictures of somebody"),
        "record_image_consent withdraw_image_consent record_image_objection add_no_publish "
        "remove_no_publish delete_image",
    ),
    _of(
        "incident",
        _("An incident goes on"),
        "assess_incident assign_investigation_lead involve_staff notify_agency escalate_incident "
        "add_note assign_follow_up complete_follow_up link_entry offer_support classify_conduct "
        "take_internal_action apply_behaviour_policy refer_to_disciplinary assess_data_breach "
        "inform_data_subjects close_incident reopen_incident",
    ),
    _of(
        "worry",
        _("I am worried, unsure, or made a mistake"),
        "raise_concern decide_concern ask_second_opinion give_second_opinion seek_advice "
        "record_advice report_mistake decide_scope",
    ),
    _of(
        "access",
        _("Something is wrong with an account, or it changes"),
        "record_account_state record_compromise record_platform_list change_visibility "
        "discover_unapproved_account resolve_unapproved_account close_account",
    ),
    _of(
        "people",
        _("Somebody is new, or changes"),
        "register_person change_person assign_office record_disclaimer_check end_actor_key "
        "register_subject link_subjects",
    ),
    _of(
        "training",
        _("Somebody was trained, taught or told"),
        "record_training offer_training record_attendance record_pupil_education "
        "inform_of_standards inform_parents record_commenting consider_learner_contact "
        "record_learner_contact",
    ),
    _of(
        "data",
        _("Somebody asks about their data"),
        "receive_rights_request decide_rights_request pause_rights_request resume_rights_request "
        "extend_rights_request complete_rights_request erase_subject place_legal_hold "
        "release_legal_hold",
    ),
    _of(
        "policy",
        _("The policy and its rules"),
        "acknowledge_policy acknowledge_document ratify_policy revise_policy link_document "
        "assess_policy_impact adopt_calendar adopt_sla_rules define_response_process "
        "adopt_retention_schedule run_retention destroy_records adopt_signature_policy "
        "adopt_confidential_keys renew_sealing",
    ),
    _of(
        "records",
        _("A record is wrong, or is looked at"),
        "correct_entry annul_entry confirm_entry dispute_entry record_review accept_finding "
        "export_evidence publish_checkpoint rotate_signing_key",
    ),
)
