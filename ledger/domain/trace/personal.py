"""Images, personal use, what is said in public, well-being, equality."""

from ledger.domain.trace.row import Row, row

ROWS: dict[str, Row] = {
    "image.acceptable": row("publish_post judge_image", "/v1/posts"),
    "image.permission": row(
        "publish_post add_no_publish record_image_consent withdraw_image_consent",
        "/v1/posts /v1/image-subjects",
        "subject_on_no_publish_list",
    ),
    "image.objection": row(
        "add_no_publish record_image_objection withdraw_image_consent remove_no_publish",
        "/v1/posts /v1/image-subjects",
        "not_slt",
    ),
    "image.school_accounts": row(
        "discover_unapproved_account resolve_unapproved_account raise_concern(kind=pupil_images) report_incident(kind=unapproved_account)",
        "/v1/findings /v1/open-items",
        "unapproved_account already_decided",
    ),
    "image.judgement": row(
        "judge_image publish_post", "/v1/posts /v1/findings", "published_against_judgement"
    ),
    "image.dressed": row(
        "judge_image", "/v1/findings", "published_against_judgement not_account_runner"
    ),
    "image.list": row(
        "add_no_publish publish_post judge_image(no_publish_list_checked=true) remove_no_publish",
        "/v1/posts /v1/image-subjects",
        "subject_on_no_publish_list not_slt",
    ),
    "image.compromising": row(
        "delete_image report_incident(kind=compromising_image)",
        "/v1/sla",
        "invalid_field",
        "compromising_image_deletion",
    ),
    "use.personal": row(
        "decide_scope(scope=personal_in_scope,out_of_scope) record_disclaimer_check",
        "/v1/policy-coverage",
        "invalid_field",
    ),
    "use.disclaimer": row(
        "record_disclaimer_check raise_concern(kind=no_disclaimer)", "/v1/concerns", "not_slt"
    ),
    "use.in_scope": row(
        "decide_scope(scope=personal_in_scope)", "/v1/policy-coverage", "invalid_field"
    ),
    "use.outside": row("decide_scope(scope=out_of_scope)", "/v1/policy-coverage", "invalid_field"),
    "use.excessive": row(
        "raise_concern(kind=excessive_use) decide_concern refer_to_disciplinary",
        "/v1/concerns",
        "not_slt already_decided",
        "concern_decision",
    ),
    "use.reasonable": row(
        "inform_of_standards(audience=staff) raise_concern(kind=excessive_use)", "/v1/concerns"
    ),
    "pupil.follow": row(
        "raise_concern(kind=follows_pupil,contact_with_pupil) report_incident(kind=staff_pupil_contact) decide_concern",
        "/v1/concerns /v1/incidents",
        "not_slt already_decided",
        "concern_decision",
    ),
    "pupil.education": row("record_pupil_education", "/v1/sla", "", "pupil_education"),
    "pupil.encouraged": row(
        "record_pupil_education(topics=respectful_comments) inform_of_standards(audience=pupils)",
        "/v1/sla",
        "",
        "pupil_education",
    ),
    "pupil.behaviour": row(
        "report_incident(kind=pupil_comment) apply_behaviour_policy link_document(document=behaviour_policy)",
        "/v1/incidents",
        "not_slt",
    ),
    "parent.informed": row(
        "inform_parents record_commenting",
        "/v1/learning-platforms /v1/findings",
        "commenting_without_informing",
    ),
    "parent.encouraged": row(
        "inform_of_standards(audience=parents) inform_parents", "/v1/learning-platforms"
    ),
    "parent.remove": row(
        "report_incident(kind=offensive_post_by_parent) ask_parent_to_remove_post record_post_removed record_parent_contact",
        "/v1/sla /v1/incidents",
        "asked_out_of_order",
        "parent_contact",
    ),
    "parent.invite": row(
        "invite_parent_to_meeting record_parent_meeting",
        "/v1/incidents/{incident}/timeline /v1/findings",
        "asked_out_of_order",
    ),
    "parent.complaints": row(
        "refer_parent_to_complaints link_document(document=complaints_procedure)",
        "/v1/incidents/{incident}/timeline /v1/findings",
        "not_slt asked_out_of_order",
    ),
    "parent.engage": row(
        "raise_concern(kind=follows_parent,contact_with_parent) decide_concern",
        "/v1/concerns",
        "not_slt already_decided",
        "concern_decision",
    ),
    "public.monitor": row("record_public_mention", "/v1/policy-coverage", "duplicate_id"),
    "public.respond": row(
        "respond_to_enquiry record_public_mention(action=replied,reported) define_response_process",
        "/v1/enquiries",
        "not_account_runner response_by_unentitled",
        "enquiry_response",
    ),
    "wellbeing.committed": row(
        "assess_policy_impact(impact=wellbeing) report_incident(kind=bullying,colleague_abuse) offer_support",
        "/v1/policy /v1/incidents",
        "impact_not_assessed",
    ),
    "wellbeing.recognise": row(
        "assess_policy_impact(impact=wellbeing) offer_support", "/v1/policy", "impact_not_assessed"
    ),
    "wellbeing.in_line": row(
        "assess_policy_impact(impact=wellbeing) ratify_policy",
        "/v1/policy /v1/findings",
        "impact_not_assessed",
        "policy_review",
    ),
    "equality.duty": row(
        "assess_policy_impact(impact=equality) classify_conduct(natures=discriminatory)",
        "/v1/policy /v1/incidents",
        "impact_not_assessed",
    ),
    "equality.assessed": row(
        "assess_policy_impact(impact=equality)",
        "/v1/policy /v1/findings",
        "not_slt impact_not_assessed",
    ),
}
