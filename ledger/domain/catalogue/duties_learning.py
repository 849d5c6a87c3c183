"""docs/duties.md: training offered, pupils taught, parents and users told, learners written to."""

from ledger.domain.catalogue.action import ANYONE, FACT, SLT_OR_DSP, Action
from ledger.domain.fields import (
    code,
    codes,
    day,
    flag,
    integer,
    label,
    new,
    note,
    numbered,
    optional,
    people,
    ref,
)

TOLD_BY = "letter email in_person telephone meeting website app assembly agreement poster"
GROUPS = "nursery reception year_1 year_2 year_3 year_4 year_5 year_6 whole_school"
TOPICS = (
    "safe_use respectful_comments privacy digital_footprint images reporting_concerns "
    "bullying misinformation other"
)
IMPLICATIONS = (
    "safeguarding privacy data_protection out_of_hours equal_access workload boundaries none"
)
CONSIDERED = "appropriate appropriate_with_conditions not_appropriate"


ACTIONS = (
    Action(
        "offer_training",
        "session/{session}",
        ("TrainingOffered",),
        SLT_OR_DSP,
        FACT,
        "P",
        "Facilitating training and guidance on Social Media use",
        (
            new("session"),
            label("course"),
            people("people"),
            day("held_on"),
            optional(code("kind", "training guidance")),
        ),
        checks=("not_slt", "duplicate_id", "unknown_reference"),
    ),
    Action(
        "record_attendance",
        "session/{session}",
        ("TrainingAttended",),
        ANYONE,
        FACT,
        "P",
        "Attending appropriate training",
        (ref("session"), people("people")),
        checks=("unknown_reference",),
    ),
    Action(
        "record_pupil_education",
        "pupil-education/{programme}",
        ("PupilEducationDelivered",),
        ANYONE,
        FACT,
        "P",
        "education programme should enable the pupils to be safe and responsible users",
        (
            label("programme"),
            codes("groups", GROUPS, low=1),
            codes("topics", TOPICS, low=1),
            optional(integer("pupils")),
        ),
    ),
    Action(
        "inform_of_standards",
        "standards/{audience}",
        ("UsersInformedOfStandards",),
        ANYONE,
        FACT,
        "P",
        "all users … adhere to the standard of behaviour as set out in this policy",
        (
            code("audience", "staff volunteers governors pupils parents account_followers"),
            code("by", TOLD_BY),
            optional(ref("account")),
            optional(ref("policy_version")),
        ),
        checks=("unknown_reference",),
    ),
    Action(
        "inform_parents",
        "learning-platform/{learning_platform}",
        ("ParentsInformed",),
        ANYONE,
        FACT,
        "P",
        "parents/carers will be informed about acceptable use",
        (
            label("learning_platform"),
            code("by", TOLD_BY),
            optional(codes("groups", GROUPS, low=1)),
        ),
    ),
    Action(
        "record_commenting",
        "learning-platform/{learning_platform}",
        ("CommentingEnabled", "CommentingDisabled"),
        ANYONE,
        FACT,
        "P",
        "a school learning platform where posting or commenting is enabled",
        (label("learning_platform"), code("commenting", "enabled disabled")),
        chosen_by="commenting",
        choices={"enabled": "CommentingEnabled", "disabled": "CommentingDisabled"},
    ),
    Action(
        "consider_learner_contact",
        "learner-contact/{contact}",
        ("LearnerContactConsidered",),
        ANYONE,
        FACT,
        "P",
        "must consider whether this is appropriate and consider the potential implications",
        (
            numbered("contact"),
            code("outcome", CONSIDERED),
            codes("implications", IMPLICATIONS, low=1),
            optional(ref("account")),
            optional(label("learning_platform")),
            optional(note("reasoning")),
        ),
        checks=("unknown_reference",),
    ),
    Action(
        "record_learner_contact",
        "learner-contact/{contact}",
        ("LearnerContactStarted",),
        ANYONE,
        FACT,
        "P",
        "communicate with learners via a school social media account for teaching and learning",
        (
            numbered("contact"),
            flag("by_school_account"),
            optional(ref("account")),
            optional(label("learning_platform")),
        ),
        checks=("unknown_reference",),
    ),
)
