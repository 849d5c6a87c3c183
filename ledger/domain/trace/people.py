"""Front page, introduction, scope, roles: what the policy says of itself and of who does what."""

from ledger.domain.trace.row import Row, row

ROWS: dict[str, Row] = {
    "front.chair": row(
        "ratify_policy revise_policy assign_office(office=chair_of_governors)",
        "/v1/policy /v1/people",
    ),
    "front.headteacher": row(
        "ratify_policy revise_policy assign_office(office=headteacher)", "/v1/policy /v1/people"
    ),
    "front.ratified": row(
        "ratify_policy", "/v1/policy", "occurred_in_future duplicate_id", "policy_review"
    ),
    "front.revised": row(
        "ratify_policy revise_policy",
        "/v1/policy",
        "duplicate_id",
        "policy_review policy_reacknowledgement",
    ),
    "intro.definition": row(
        "submit_application discover_unapproved_account decide_scope", "/v1/accounts /v1/findings"
    ),
    "intro.games": row(
        "submit_application(platform=youtube,discord,other) discover_unapproved_account(platform=youtube,discord,other)",
        "/v1/accounts /v1/findings",
    ),
    "intro.benefits": row("submit_application publish_post", "/v1/applications /v1/posts"),
    "intro.encouraged": row(
        "submit_application publish_post record_learner_contact", "/v1/applications /v1/posts"
    ),
    "intro.risks": row(
        "report_incident assess_incident raise_concern",
        "/v1/incidents /v1/concerns",
        "",
        "incident_assessment",
    ),
    "intro.aim": row(
        "acknowledge_policy inform_of_standards record_pupil_education", "/v1/readiness"
    ),
    "scope.codes": row(
        "acknowledge_policy inform_of_standards(by=agreement) link_document(document=code_of_conduct,acceptable_use_agreement) acknowledge_document",
        "/v1/readiness /v1/documents",
    ),
    "scope.staff": row(
        "acknowledge_policy register_person",
        "/v1/readiness /v1/people",
        "must_acknowledge_personally",
    ),
    "scope.anywhere": row(
        "receive_enquiry publish_post report_incident",
        "/v1/incidents /v1/late-entries",
        "late_reason_required",
        "late_entry conduct_reporting",
    ),
    "scope.training": row(
        "offer_training record_attendance record_training record_pupil_education",
        "/v1/training-sessions /v1/training-lapses",
        "runner_not_trained runner_training_lapsed",
        "training_validity pupil_education",
    ),
    "scope.monitoring": row(
        "record_public_mention record_monitoring_check record_comment_round",
        "/v1/accounts/{account}/monitoring",
        "",
        "monitoring_check",
    ),
    "scope.privacy": row(
        "decide_scope(scope=out_of_scope) raise_concern receive_rights_request",
        "/v1/requests",
        "invalid_field",
    ),
    "scope.negative": row(
        "decide_scope(scope=personal_in_scope) raise_concern report_incident(kind=disrepute,conduct)",
        "/v1/concerns /v1/incidents",
        "",
        "concern_decision",
    ),
    "scope.professional": row(
        "decide_scope(scope=professional) create_account",
        "/v1/accounts",
        "application_not_approved",
    ),
    "scope.professional_in": row(
        "decide_scope(scope=professional) publish_post respond_to_enquiry",
        "/v1/posts /v1/enquiries",
        "not_account_runner",
    ),
    "scope.personal": row(
        "decide_scope(scope=personal_in_scope,out_of_scope) record_disclaimer_check",
        "/v1/policy-coverage",
        "invalid_field",
    ),
    "scope.disclaimer": row(
        "record_disclaimer_check raise_concern(kind=no_disclaimer)", "/v1/concerns", "not_slt"
    ),
    "scope.personal_in": row(
        "decide_scope(scope=personal_in_scope) record_disclaimer_check(names_school=true)",
        "/v1/policy-coverage",
        "invalid_field",
    ),
    "scope.outside": row(
        "decide_scope(scope=out_of_scope)", "/v1/policy-coverage", "invalid_field"
    ),
    "scope.pupils": row(
        "consider_learner_contact record_learner_contact report_incident(kind=staff_pupil_contact)",
        "/v1/findings /v1/incidents",
        "learner_contact_not_considered",
    ),
    "scope.learners": row(
        "consider_learner_contact record_learner_contact",
        "/v1/findings",
        "learner_contact_not_considered",
    ),
    "scope.learning_platforms": row(
        "inform_parents record_commenting consider_learner_contact",
        "/v1/learning-platforms",
        "commenting_without_informing",
    ),
    "slt.training": row(
        "offer_training record_training",
        "/v1/training-sessions /v1/readiness",
        "not_slt self_certified_training",
        "training_validity",
    ),
    "slt.policy": row(
        "ratify_policy revise_policy adopt_calendar adopt_sla_rules assess_policy_impact acknowledge_policy define_response_process link_document",
        "/v1/policy /v1/rules /v1/documents",
        "not_slt",
        "policy_review policy_reacknowledgement",
    ),
    "slt.investigating": row(
        "assess_incident classify_conduct close_incident assign_investigation_lead reopen_incident",
        "/v1/incidents /v1/incidents/{incident}/timeline",
        "assessor_not_slt not_slt incident_not_assessed",
    ),
    "slt.assessment": row(
        "assess_incident",
        "/v1/incidents /v1/open-items",
        "assessor_not_slt incident_not_assessed",
        "incident_assessment",
    ),
    "slt.involving": row(
        "assess_incident escalate_incident notify_agency involve_staff",
        "/v1/incidents/{incident}/timeline",
        "agency_not_notified",
    ),
    "slt.applications": row(
        "submit_application",
        "/v1/applications /v1/open-items",
        "missing_business_case_field",
        "application_decision",
    ),
    "slt.approve": row(
        "approve_application reject_application",
        "/v1/applications",
        "approver_not_slt approver_is_applicant one_person_chain",
        "application_decision",
    ),
    "admin.create": row(
        "create_account",
        "/v1/accounts",
        "not_moderator application_not_approved unapproved_account",
    ),
    "admin.store": row(
        "store_credential share_credential rotate_credential grant_platform_access change_recovery_contact end_platform_access",
        "/v1/accounts/{account}/credentials /v1/accounts/{account}/access",
        "not_moderator secret_in_payload person_has_no_role credential_exposure role_without_credential",
        "credential_age credential_rotation",
    ),
    "admin.monitoring": row(
        "record_monitoring_check publish_post respond_to_enquiry record_comment_round",
        "/v1/accounts/{account}/monitoring",
        "not_account_runner",
        "monitoring_check",
    ),
    "admin.control": row(
        "record_departure_notice record_departure transfer_lead close_account end_account_role rotate_credential remind_confidentiality offer_handover accept_handover",
        "/v1/departures/{person} /v1/exposures /v1/accounts/{account}/gaps",
        "not_moderator no_lead no_moderator credential_exposure access_not_removed recovery_held_by_leaver",
        "lead_handover credential_rotation",
    ),
    "staff.know": row(
        "acknowledge_policy acknowledge_document",
        "/v1/readiness /v1/documents",
        "must_acknowledge_personally runner_policy_not_acknowledged",
        "policy_reacknowledgement",
    ),
    "staff.training": row(
        "record_attendance record_training",
        "/v1/training-sessions /v1/training-lapses",
        "runner_not_trained runner_training_lapsed",
        "training_validity",
    ),
    "staff.manage": row(
        "record_monitoring_check publish_post respond_to_enquiry report_mistake update_post remove_own_post",
        "/v1/posts /v1/accounts/{account}/monitoring",
        "not_account_runner",
        "monitoring_check",
    ),
    "staff.disclaimer": row(
        "record_disclaimer_check raise_concern(kind=no_disclaimer)", "/v1/concerns", "not_slt"
    ),
}
