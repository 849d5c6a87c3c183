"""Managing accounts, and monitoring them."""

from ledger.domain.trace.row import Row, row

ROWS: dict[str, Row] = {
    "new.consider": row("submit_application", "/v1/applications"),
    "new.case": row(
        "submit_application",
        "/v1/applications",
        "missing_business_case_field",
        "application_decision",
    ),
    "new.aim": row("submit_application", "/v1/applications", "missing_business_case_field"),
    "new.audience": row("submit_application", "/v1/applications", "missing_business_case_field"),
    "new.promotion": row("submit_application", "/v1/applications", "missing_business_case_field"),
    "new.runners": row(
        "submit_application assign_account_role end_account_role",
        "/v1/accounts/{account}/roles /v1/accounts/{account}/gaps",
        "insufficient_staff_runners lead_must_be_staff fewer_than_two_staff fewer_than_two_runners overlapping_leads",
        "two_staff",
    ),
    "new.visibility": row(
        "submit_application review_account_settings change_visibility",
        "/v1/accounts",
        "missing_business_case_field",
        "settings_review",
    ),
    "new.decision": row(
        "approve_application reject_application withdraw_application",
        "/v1/applications",
        "approver_not_slt approver_is_applicant already_decided reason_required",
        "application_decision",
    ),
    "new.satisfied": row(
        "approve_application create_account assign_account_role transfer_lead acknowledge_policy record_training",
        "/v1/readiness /v1/training-lapses",
        "runner_policy_not_acknowledged runner_not_trained runner_training_lapsed",
        "training_validity policy_reacknowledgement",
    ),
    "new.others": row(
        "register_person(kind=volunteer,parent) assign_account_role acknowledge_policy record_training",
        "/v1/readiness /v1/people",
        "runner_policy_not_acknowledged runner_not_trained",
    ),
    "mon.regular": row(
        "record_monitoring_check record_comment_round",
        "/v1/accounts/{account}/monitoring /v1/sla",
        "not_account_runner",
        "monitoring_check",
    ),
    "mon.respond": row(
        "receive_enquiry respond_to_enquiry mark_no_response_required record_comment_round",
        "/v1/sla /v1/enquiries /v1/sla/summary /v1/enquiries/{enquiry}/what-if",
        "not_account_runner response_before_receipt response_by_unentitled late_turned_breach_into_met",
        "enquiry_response",
    ),
    "mon.intervention": row(
        "record_monitoring_check(result=incident_reported,handled) report_incident(kind=bullying,abuse_in_comments) take_down_content block_user",
        "/v1/incidents /v1/accounts/{account}/monitoring",
        "",
        "takedown incident_assessment",
    ),
}
