"""ACTIONS.md 5.9 and 5.10: what went wrong and what was done; what is said in public."""

from ledger.domain.catalogue.action import ANYONE, ASSESSOR, FACT, PERMISSION, SLT, Action
from ledger.domain.fields import (
    Field,
    code,
    codes,
    flag,
    label,
    moment,
    new,
    note,
    numbered,
    optional,
    people,
    ref,
    salted_hash,
    sealed,
    subject,
    subject_or_unknown,
    subjects,
    text,
)

KINDS = (
    "abuse_in_comments offensive_post_by_parent pupil_comment compromising_image "
    "misuse_of_account unapproved_account conduct personal_gain confidentiality data_breach "
    "copyright staff_pupil_contact colleague_abuse bullying disrepute inappropriate_link "
    "grievance_aired logo_misuse mistake other impersonation account_hacked community_group"
)
AGENCIES = (
    "police local_authority data_protection_officer social_services platform ico other "
    "la_designated_officer ewc dbs legal posh_helpline union"
)
MEANS = "telephone letter email in_person message"
SPARED = "private_message spam would_identify_child police_request no_audience"


def fact(name: str, event: str, policy: str, *fields: Field, mark: str = "P") -> Action:
    """A fact in an incident's stream: any registered active person may record it."""
    own = (ref("incident"), *fields)
    return Action(name, "incident/{incident}", (event,), ANYONE, FACT, mark, policy, own)


ACTIONS = (
    Action(
        "report_incident",
        "incident/{incident}",
        ("IncidentReported",),
        ANYONE,
        FACT,
        "P",
        "reported as soon as possible to a senior member of staff",
        (
            new("incident"),
            code("kind", KINDS),
            optional(ref("account")),
            note("summary", 300),
            optional(moment("happened_at")),
            optional(ref("from_enquiry", "enquiry")),
            optional(ref("from_finding", "found")),
            optional(flag("illegal_suspected")),
            optional(moment("discovered_at")),
            optional(note("where", 300)),
            optional(subjects("about")),
            optional(flag("restricted")),
            optional(flag("protect_reporter")),
        ),
        new_first=True,
        checks=("duplicate_id", "unknown_reference"),
    ),
    Action(
        "assess_incident",
        "incident/{incident}",
        ("IncidentAssessed",),
        ASSESSOR,
        PERMISSION,
        "P",
        "initial assessment … involving staff and agencies",
        (
            ref("incident"),
            code("severity", "low medium high"),
            optional(people("involve", low=0)),
            optional(codes("agencies", AGENCIES)),
            optional(code("classification", "internal illegal")),
            optional(note("reasoning")),
        ),
        decision=True,
        checks=("assessor_not_slt",),
    ),
    fact(
        "notify_agency",
        "AgencyNotified",
        "report the matter to the police and other agencies",
        code("agency", AGENCIES),
        optional(note("reference", 200)),
        note("reason"),
    ),
    fact(
        "take_down_content",
        "ContentTakenDown",
        "delete … comments/posts; swiftly",
        optional(ref("account")),
        label("content"),
        subject_or_unknown("author"),
        code("content_kind", "comment post message image video"),
        optional(salted_hash("evidence")),
        optional(note("where", 300)),
    ),
    fact(
        "block_user",
        "UserBlocked",
        "block, report or delete other users",
        ref("account"),
        subject("subject"),
    ),
    fact(
        "report_to_platform",
        "UserReportedToPlatform",
        "block, report or delete",
        optional(ref("account")),
        subject("subject"),
        optional(sealed(text("platform_reference", 200), "@subject")),
        optional(note("where", 300)),
    ),
    fact(
        "inform_audience",
        "AudienceInformed",
        "inform the audience exactly why",
        ref("account"),
        text("explanation", low=0),
    ),
    fact(
        "delete_image",
        "ImageDeleted",
        "must delete it immediately",
        numbered("image"),
        note("device", 120),
        flag("including_backups"),
        moment("taken_at"),
    ),
    fact(
        "ask_parent_to_remove_post",
        "ParentAskedToRemovePost",
        "ask the parent/carer to remove the post",
        subject("parent"),
        sealed(text("where", 300), "@parent"),
        code("by", MEANS),
    ),
    fact(
        "invite_parent_to_meeting",
        "ParentInvitedToMeet",
        "invite them to discuss in person",
        subject("parent"),
        moment("offered_at"),
    ),
    fact(
        "record_parent_meeting",
        "ParentMeetingHeld",
        "invite them to discuss in person",
        subject("parent"),
        sealed(code("outcome", "resolved not_resolved declined did_not_attend"), "@parent"),
    ),
    fact(
        "record_post_removed",
        "PostRemovedByParent",
        "ask the parent/carer to remove the post",
        subject("parent"),
        mark="R",
    ),
    Action(
        "refer_parent_to_complaints",
        "incident/{incident}",
        ("ParentReferredToComplaints",),
        SLT,
        PERMISSION,
        "P",
        "refer parents to the complaints procedures",
        (ref("incident"), subject("parent"), code("stage", "A B C")),
        checks=("not_slt",),
    ),
    Action(
        "apply_behaviour_policy",
        "incident/{incident}",
        ("BehaviourPolicyApplied",),
        SLT,
        PERMISSION,
        "P",
        "school's behaviour policy",
        (ref("incident"), sealed(subject("pupil"), "@pupil"), sealed(label("step"), "@pupil")),
        checks=("not_slt",),
    ),
    Action(
        "close_incident",
        "incident/{incident}",
        ("IncidentClosed",),
        SLT,
        PERMISSION,
        "P",
        "the school will deal with the matter",
        (
            ref("incident"),
            note("outcome"),
            optional(note("agency_reason")),
            optional(code("audience_reason", SPARED)),
        ),
        decision=True,
        checks=(
            "not_slt",
            "already_decided",
            "incident_not_assessed",
            "audience_not_informed",
            "agency_not_notified",
        ),
    ),
    Action(
        "record_public_mention",
        "mention/{mention}",
        ("PublicMentionRecorded",),
        ANYONE,
        FACT,
        "P",
        "pro-actively monitor the Internet for public postings",
        (
            new("mention"),
            note("where", 300),
            code("tone", "positive neutral negative"),
            code("action", "none_needed replied reported"),
            optional(salted_hash("link_hash")),
        ),
        checks=("duplicate_id",),
    ),
)
