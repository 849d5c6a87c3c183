"""docs/duties.md: a second opinion, advice, own mistakes, an image looked at, settings reviewed."""

from ledger.domain.catalogue.action import ANYONE, FACT, PERMISSION, RUNNER, Action
from ledger.domain.fields import code, flag, new, note, numbered, optional, ref

ADVISERS = (
    "senior_leader moderator dsp dpo local_authority press_office legal union helpline "
    "platform other"
)
MISTAKES = (
    "wrong_account wrong_audience wrong_image misjudged_reply confidential_detail copyright "
    "tagging broken_link data_protection other"
)
# What a question, an answer or a mistake may be about.
MATTER = (
    optional(ref("account")),
    optional(ref("enquiry")),
    optional(ref("incident")),
    optional(numbered("post")),
)

ACTIONS = (
    Action(
        "ask_second_opinion",
        "opinion/{opinion}",
        ("SecondOpinionAsked",),
        ANYONE,
        FACT,
        "P",
        "when in doubt, get a second opinion",
        (new("opinion"), *MATTER, optional(note("question"))),
        checks=("duplicate_id", "unknown_reference"),
    ),
    Action(
        "give_second_opinion",
        "opinion/{opinion}",
        ("SecondOpinionGiven",),
        ANYONE,
        PERMISSION,
        "P",
        "when in doubt, get a second opinion",
        (
            ref("opinion"),
            code("view", "as_drafted with_changes do_not_respond ask_senior_leader"),
            optional(note("reasoning")),
        ),
        apart="approver_is_requester",
        checks=("unknown_reference", "approver_is_requester"),
    ),
    Action(
        "seek_advice",
        "advice/{advice}",
        ("AdviceSought",),
        ANYONE,
        FACT,
        "P",
        "Seek advice",
        (new("advice"), code("asked", ADVISERS), *MATTER, optional(note("question"))),
        checks=("duplicate_id", "unknown_reference"),
    ),
    Action(
        "record_advice",
        "advice/{advice}",
        ("AdviceGiven",),
        ANYONE,
        FACT,
        "P",
        "Seek advice",
        (ref("advice"), flag("followed"), optional(note("advice_given"))),
        checks=("unknown_reference",),
    ),
    Action(
        "report_mistake",
        "mistake/{mistake}",
        ("MistakeReported",),
        ANYONE,
        FACT,
        "P",
        "report any mistakes using the school's reporting process",
        (
            new("mistake"),
            code("kind", MISTAKES),
            flag("put_right"),
            *MATTER,
            optional(note("what")),
        ),
        checks=("duplicate_id", "unknown_reference"),
    ),
    Action(
        "judge_image",
        "post/{post}",
        ("ImageJudged",),
        RUNNER,
        FACT,
        "P",
        "professional judgement about whether an image is appropriate to share",
        (
            numbered("post"),
            ref("account"),
            code("judgement", "suitable not_suitable"),
            flag("appropriately_dressed"),
            flag("free_of_ridicule"),
            flag("no_publish_list_checked"),
        ),
        checks=("not_account_runner",),
    ),
    Action(
        "review_account_settings",
        "account/{account}",
        ("AccountSettingsReviewed",),
        RUNNER,
        FACT,
        "P",
        "Check your settings regularly; consider turning off tagging",
        (
            ref("account"),
            code("tagging", "off on not_available"),
            flag("privacy_tested"),
            flag("connections_reviewed"),
            flag("visibility_as_approved"),
        ),
        checks=("not_account_runner",),
    ),
)
