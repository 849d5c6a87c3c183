"""docs/duties.md: what is in scope, concerns about staff, conduct and what follows, data breaches.

Who a concern is about never stands in the clear; what is out of scope is kept without a word.
"""

from ledger.domain.catalogue.action import (
    ANYONE,
    ASSESSOR,
    FACT,
    PERMISSION,
    SLT,
    SLT_OR_DPO,
    SLT_OR_MODERATOR,
    Action,
)
from ledger.domain.fields import (
    code,
    codes,
    flag,
    integer,
    moment,
    new,
    note,
    optional,
    person,
    ref,
    sealed,
    sha256,
)

# Which grounds go with which scope (the policy's own definitions).
GROUNDS = {
    "professional": ("official_channel", "school_account", "school_name_used"),
    "personal_in_scope": ("names_school", "affects_school", "affects_standards"),
    "out_of_scope": ("no_reference_and_no_effect",),
}
CONCERNS = (
    "follows_pupil contact_with_pupil follows_parent contact_with_parent excessive_use "
    "no_disclaimer logo_on_personal_account pupil_images personal_gain confidentiality "
    "comments_about_staff anonymous_account other"
)
NATURES = (
    "defamatory discriminatory offensive harassing data_protection confidentiality copyright "
    "privacy personal_gain disrepute boundaries other"
)
SENIORS = (
    "senior_leader headteacher chair_of_governors dsp dpo local_authority la_designated_officer"
)
STEPS = (
    "words_of_advice guidance training_arranged supervision access_reviewed apology "
    "content_corrected other"
)

ACTIONS = (
    Action(
        "decide_scope",
        "scope/{matter}",
        ("ScopeDecided",),
        SLT,
        PERMISSION,
        "P",
        "professional; personal communications within or outside the scope of this policy",
        (
            new("matter"),
            code("scope", " ".join(GROUNDS)),
            code("ground", " ".join(g for grounds in GROUNDS.values() for g in grounds)),
            optional(ref("incident")),
            optional(note("reasoning")),
        ),
        decision=True,
        checks=("not_slt", "duplicate_id", "invalid_field"),
    ),
    Action(
        "raise_concern",
        "concern/{concern}",
        ("ConcernRaised",),
        ANYONE,
        FACT,
        "P",
        "not permitted to follow or engage with … pupils; advised not to engage with … parents",
        (
            new("concern"),
            code("kind", CONCERNS),
            sealed(person("person"), "@person"),
            optional(note("summary", 300)),
        ),
        checks=("duplicate_id", "unknown_reference"),
    ),
    Action(
        "decide_concern",
        "concern/{concern}",
        ("ConcernDecided",),
        SLT,
        PERMISSION,
        "P",
        "disciplinary action may be taken",
        (
            ref("concern"),
            code("outcome", "unfounded advice boundary_agreed incident_opened disciplinary"),
            optional(ref("incident")),
            optional(note("reasoning")),
        ),
        decision=True,
        checks=("not_slt", "unknown_reference", "already_decided"),
    ),
    Action(
        "classify_conduct",
        "incident/{incident}",
        ("ConductClassified",),
        ASSESSOR,
        PERMISSION,
        "P",
        "conduct is found to be unacceptable … considered illegal",
        (
            ref("incident"),
            code("conduct", "acceptable unacceptable illegal"),
            optional(codes("natures", NATURES, low=1)),
            optional(note("reasoning")),
        ),
        decision=True,
        checks=("assessor_not_slt",),
    ),
    Action(
        "take_internal_action",
        "incident/{incident}",
        ("InternalActionTaken",),
        SLT,
        PERMISSION,
        "P",
        "the school will deal with the matter internally",
        (
            ref("incident"),
            code("step", STEPS),
            optional(sealed(person("person"), "@person")),
            optional(note("what")),
        ),
        checks=("not_slt",),
    ),
    Action(
        "escalate_incident",
        "incident/{incident}",
        ("IncidentEscalated",),
        ANYONE,
        FACT,
        "P",
        "escalated where appropriate",
        (ref("incident"), code("senior", SENIORS), optional(note("reason"))),
    ),
    Action(
        "assess_data_breach",
        "incident/{incident}",
        ("DataBreachAssessed",),
        SLT_OR_DPO,
        PERMISSION,
        "R",
        "a breach of data protection; relevant data protection laws",
        (
            ref("incident"),
            moment("aware_at"),
            code("risk", "unlikely risk high_risk"),
            flag("reportable"),
            optional(integer("people_affected")),
            optional(note("reasoning")),
        ),
        decision=True,
        checks=("not_slt", "invalid_field"),
    ),
    Action(
        "inform_data_subjects",
        "incident/{incident}",
        ("DataSubjectsInformed",),
        ANYONE,
        FACT,
        "R",
        "relevant data protection laws",
        (
            ref("incident"),
            code("by", "letter email in_person telephone public_notice"),
            optional(integer("people_informed")),
        ),
    ),
    Action(
        "assess_policy_impact",
        "ledger",
        ("PolicyImpactAssessed",),
        SLT,
        FACT,
        "P",
        "This policy has been equality impact assessed; in line with the wellbeing policy",
        (
            ref("policy_version"),
            code("impact", "equality wellbeing"),
            code("outcome", "no_adverse_impact adjusted action_needed"),
            optional(sha256("document_sha256")),
            optional(note("findings")),
        ),
        checks=("not_slt", "unknown_reference"),
    ),
    Action(
        "remind_confidentiality",
        "person/{person}",
        ("ConfidentialityReminded",),
        SLT_OR_MODERATOR,
        FACT,
        "P",
        "confidentiality is maintained … even after they leave the employment of the school",
        (
            person("person"),
            code("by", "letter email in_person exit_interview"),
            flag("acknowledged"),
        ),
        checks=("not_slt", "unknown_reference"),
    ),
)
