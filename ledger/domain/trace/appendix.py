"""The appendix: managing one's own use, and the do's and don'ts of the school's accounts."""

from ledger.domain.trace.row import Row, row

GUIDANCE = "offer_training(kind=guidance) inform_of_standards(audience=staff)"

ROWS: dict[str, Row] = {
    "own.private": row(
        f"{GUIDANCE} record_pupil_education(topics=privacy)", "/v1/training-sessions"
    ),
    "own.blur": row(f"{GUIDANCE} decide_scope", "/v1/training-sessions"),
    "own.logo": row(
        "raise_concern(kind=logo_on_personal_account) report_incident(kind=logo_misuse)",
        "/v1/concerns /v1/incidents",
        "",
        "concern_decision",
    ),
    "own.settings": row(
        f"{GUIDANCE} review_account_settings attest_account",
        "/v1/sla",
        "not_account_runner",
        "settings_review",
    ),
    "own.footprint": row(
        f"{GUIDANCE} record_pupil_education(topics=digital_footprint)", "/v1/training-sessions"
    ),
    "own.information": row(
        f"{GUIDANCE} record_pupil_education(topics=privacy)", "/v1/training-sessions"
    ),
    "own.connections": row(
        f"{GUIDANCE} review_account_settings(connections_reviewed=true)",
        "/v1/sla",
        "not_account_runner",
        "settings_review",
    ),
    "own.consider": row(f"{GUIDANCE} ask_second_opinion", "/v1/training-sessions /v1/advice"),
    "own.criticise": row(f"{GUIDANCE} raise_concern(kind=comments_about_staff)", "/v1/concerns"),
    "own.images": row(
        f"{GUIDANCE} review_account_settings(tagging=off,on)",
        "/v1/sla",
        "not_account_runner",
        "settings_review",
    ),
    "own.seen": row(f"{GUIDANCE} record_pupil_education(topics=images)", "/v1/training-sessions"),
    "own.report": row(
        "inform_of_standards record_pupil_education(topics=reporting_concerns) report_incident raise_concern",
        "/v1/incidents /v1/concerns",
        "duplicate_id",
        "conduct_reporting",
    ),
    "do.senior": row(
        "request_prepublication_check decide_prepublication_check publish_post(controversial=true)",
        "/v1/posts /v1/open-items",
        "approver_not_slt approver_is_requester prepublication_check_required",
    ),
    "do.disclaimer": row(
        "record_disclaimer_check raise_concern(kind=no_disclaimer)", "/v1/concerns", "not_slt"
    ),
    "do.who": row(
        "publish_post", "/v1/posts /v1/accounts/{account}/could-have-posted", "not_account_runner"
    ),
    "do.tone": row(
        "request_prepublication_check decide_prepublication_check ask_second_opinion",
        "/v1/posts /v1/advice",
        "prepublication_check_required approver_is_requester",
    ),
    "do.respectful": row(
        "inform_of_standards report_incident(kind=conduct,bullying,abuse_in_comments)",
        "/v1/incidents",
    ),
    "do.permission": row(
        "record_copyright_permission publish_post(third_party_material=true)",
        "/v1/posts",
        "copyright_permission_missing",
    ),
    "do.acknowledge": row(
        "publish_post(third_party_material=true)", "/v1/posts /v1/findings", "uncredited"
    ),
    "do.balanced": row(
        "request_prepublication_check decide_prepublication_check give_second_opinion",
        "/v1/advice /v1/posts",
        "approver_is_requester",
    ),
    "do.second_opinion": row(
        "ask_second_opinion give_second_opinion", "/v1/advice", "approver_is_requester"
    ),
    "do.advice": row(
        "seek_advice record_advice", "/v1/advice /v1/sla", "duplicate_id", "advice_given"
    ),
    "do.mistakes": row(
        "report_mistake report_incident(kind=mistake) correct_entry annul_entry edit_entry delete_entry",
        "/v1/advice /v1/corrections",
        "duplicate_id reason_required ledger_is_append_only",
    ),
    "do.tagging": row(
        "review_account_settings", "/v1/sla", "not_account_runner", "settings_review"
    ),
    "dont.disrepute": row(
        "report_incident(kind=disrepute) classify_conduct(natures=disrepute) take_down_content",
        "/v1/incidents",
        "assessor_not_slt",
        "takedown",
    ),
    "dont.confidential": row(
        "report_incident(kind=confidentiality) classify_conduct(natures=confidentiality) report_mistake(kind=confidential_detail)",
        "/v1/incidents /v1/advice",
        "assessor_not_slt",
    ),
    "dont.breach": row(
        "report_incident(kind=copyright,data_breach) classify_conduct(natures=copyright,data_protection) assess_data_breach notify_agency(agency=ico)",
        "/v1/incidents /v1/sla",
        "copyright_permission_missing agency_not_notified",
        "personal_data_breach",
    ),
    "dont.inappropriate": row(
        "report_incident(kind=inappropriate_link) take_down_content judge_image",
        "/v1/incidents /v1/findings",
        "published_against_judgement",
        "takedown",
    ),
    "dont.derogatory": row(
        "report_incident(kind=conduct,bullying,colleague_abuse) classify_conduct(natures=defamatory,discriminatory,offensive,harassing)",
        "/v1/incidents",
        "assessor_not_slt conduct_without_consequence",
    ),
    "dont.grievances": row(
        "report_incident(kind=grievance_aired) raise_concern(kind=comments_about_staff)",
        "/v1/incidents /v1/concerns",
        "",
        "concern_decision",
    ),
}
