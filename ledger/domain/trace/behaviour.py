"""Behaviour, legal considerations, handling abuse, tone."""

from ledger.domain.trace.row import Row, row

ROWS: dict[str, Row] = {
    "beh.standard": row(
        "inform_of_standards acknowledge_policy",
        "/v1/readiness",
        "runner_policy_not_acknowledged",
        "policy_reacknowledgement",
    ),
    "beh.professional": row(
        "report_incident(kind=conduct,disrepute) classify_conduct request_prepublication_check",
        "/v1/incidents",
        "prepublication_check_required",
    ),
    "beh.rights": row(
        "report_incident(kind=conduct,bullying) raise_concern(kind=comments_about_staff) receive_rights_request",
        "/v1/incidents /v1/requests",
        "",
        "rights_request",
    ),
    "beh.comments": row(
        "report_incident(kind=colleague_abuse,conduct,grievance_aired) raise_concern(kind=comments_about_staff)",
        "/v1/incidents /v1/concerns",
        "",
        "concern_decision",
    ),
    "beh.gain": row(
        "report_incident(kind=personal_gain) raise_concern(kind=personal_gain) classify_conduct(natures=personal_gain)",
        "/v1/incidents /v1/concerns",
        "",
        "concern_decision",
    ),
    "beh.confidentiality": row(
        "remind_confidentiality report_incident(kind=confidentiality) raise_concern(kind=confidentiality)",
        "/v1/departures/{person} /v1/findings",
        "confidentiality_not_reminded",
        "confidentiality_reminder",
    ),
    "beh.declare": row(
        "publish_post raise_concern(kind=anonymous_account)",
        "/v1/posts /v1/accounts/{account}/could-have-posted",
    ),
    "beh.anonymous": row(
        "raise_concern(kind=anonymous_account) publish_post", "/v1/concerns /v1/posts"
    ),
    "beh.journalist": row(
        "receive_enquiry(kind=journalist) record_media_policy_check respond_to_enquiry link_document(document=media_policy)",
        "/v1/enquiries /v1/refusals /v1/documents",
        "media_policy_not_followed",
        "enquiry_response",
    ),
    "beh.unacceptable": row(
        "classify_conduct report_incident(kind=conduct,colleague_abuse,bullying,confidentiality,data_breach,copyright)",
        "/v1/incidents",
        "assessor_not_slt conduct_without_consequence",
        "incident_assessment",
    ),
    "beh.reported": row(
        "report_incident",
        "/v1/incidents /v1/sla",
        "duplicate_id",
        "conduct_reporting incident_assessment",
    ),
    "beh.escalated": row(
        "escalate_incident assess_incident involve_staff", "/v1/incidents/{incident}/timeline"
    ),
    "beh.at_work": row(
        "raise_concern(kind=excessive_use) inform_of_standards(audience=staff) link_document",
        "/v1/concerns /v1/documents",
    ),
    "beh.access": row(
        "inform_of_standards(audience=staff) decide_scope(scope=out_of_scope)",
        "/v1/policy-coverage",
    ),
    "beh.excessive": row(
        "raise_concern(kind=excessive_use) decide_concern refer_to_disciplinary",
        "/v1/concerns",
        "not_slt already_decided",
        "concern_decision",
    ),
    "beh.action": row(
        "classify_conduct take_internal_action apply_behaviour_policy refer_parent_to_complaints close_incident refer_to_disciplinary",
        "/v1/incidents /v1/findings",
        "not_slt conduct_without_consequence",
    ),
    "beh.internal": row(
        "classify_conduct(conduct=unacceptable) take_internal_action apply_behaviour_policy",
        "/v1/incidents /v1/findings",
        "not_slt conduct_without_consequence",
    ),
    "beh.illegal": row(
        "classify_conduct(conduct=illegal) assess_incident(classification=illegal) notify_agency close_incident",
        "/v1/incidents /v1/sla",
        "agency_not_notified",
        "illegal_conduct_reported",
    ),
    "beh.disciplinary": row(
        "decide_concern(outcome=disciplinary) take_internal_action refer_to_disciplinary link_document(document=disciplinary_policy)",
        "/v1/concerns /v1/incidents/{incident}/timeline",
        "not_slt",
    ),
    "legal.copyright": row(
        "publish_post record_copyright_permission report_incident(kind=copyright)",
        "/v1/posts /v1/findings",
        "copyright_permission_missing uncredited",
    ),
    "legal.permission": row(
        "record_copyright_permission publish_post",
        "/v1/posts /v1/refusals",
        "copyright_permission_missing",
    ),
    "legal.data": row(
        "assess_data_breach inform_data_subjects report_incident(kind=data_breach) notify_agency(agency=ico,data_protection_officer) receive_rights_request decide_rights_request complete_rights_request erase_subject place_legal_hold link_document(document=data_protection_policy) run_retention destroy_records adopt_retention_schedule pause_rights_request resume_rights_request extend_rights_request release_legal_hold",
        "/v1/requests /v1/sla /v1/retention /v1/subjects/{subject}",
        "under_legal_hold request_not_approved approver_is_requester",
        "personal_data_breach breach_subjects_informed rights_request",
    ),
    "legal.confidentiality": row(
        "report_incident(kind=confidentiality) remind_confidentiality classify_conduct(natures=confidentiality)",
        "/v1/incidents /v1/departures/{person}",
        "confidentiality_not_reminded",
        "confidentiality_reminder",
    ),
    "abuse.swiftly": row(
        "report_incident(kind=abuse_in_comments,offensive_post_by_parent,bullying) take_down_content assess_incident decide_content",
        "/v1/sla /v1/incidents",
        "assessor_not_slt",
        "takedown incident_assessment",
    ),
    "abuse.block": row(
        "block_user report_to_platform take_down_content",
        "/v1/incidents/{incident}/timeline",
        "response_by_unentitled",
        "takedown",
    ),
    "abuse.inform": row(
        "inform_audience close_incident",
        "/v1/sla /v1/incidents",
        "reason_required audience_not_informed",
        "audience_informed",
    ),
    "abuse.colleagues": row(
        "report_incident(kind=colleague_abuse) offer_support",
        "/v1/incidents",
        "duplicate_id",
        "conduct_reporting incident_assessment",
    ),
    "tone.audience": row(
        "request_prepublication_check decide_prepublication_check ask_second_opinion",
        "/v1/posts /v1/advice",
        "prepublication_check_required approver_is_requester",
    ),
    "tone.key_words": row(
        "offer_training(kind=guidance) inform_of_standards(audience=staff) ask_second_opinion",
        "/v1/training-sessions /v1/advice",
    ),
    "tone.engaging": row(
        "offer_training(kind=guidance) publish_post", "/v1/training-sessions /v1/posts"
    ),
    "tone.conversational": row(
        "offer_training(kind=guidance) respond_to_enquiry", "/v1/training-sessions /v1/enquiries"
    ),
    "tone.informative": row(
        "offer_training(kind=guidance) publish_post", "/v1/training-sessions /v1/posts"
    ),
    "tone.friendly": row(
        "offer_training(kind=guidance) respond_to_enquiry", "/v1/training-sessions /v1/enquiries"
    ),
}
