"""ACTIONS.md 5.8 and 5.13: who may be shown, who may not, and who said so."""

from ledger.domain.catalogue.action import ANYONE, FACT, PERMISSION, SLT_OR_DSP, Action
from ledger.domain.fields import Field, code, optional, sealed, subject, text

REASONS = "carer_request own_request safeguarding court_order other"
PERMITTED = "permission to use any photos"
ON_A_LIST = "school list of children whose images must not be published"
GIVEN_BY = code("given_by", "carer self")


def said(name: str, event: str, *fields: Field) -> Action:
    """What a carer or a pupil said about pictures: anybody here may write it down."""
    own = (subject("subject"), *fields)
    return Action(name, "image-subject/{subject}", (event,), ANYONE, FACT, "P", PERMITTED, own)


def listing(name: str, event: str, policy: str, mark: str, *more: str) -> Action:
    """The list of children whose images must not be published, and its end."""
    own = (subject("subject"), sealed(code("reason_category", REASONS), "@subject"))
    return Action(
        name,
        "image-subject/{subject}",
        (event,),
        SLT_OR_DSP,
        PERMISSION,
        mark,
        policy,
        own,
        checks=("not_slt", *more),
    )


ACTIONS = (
    said(
        "record_image_consent",
        "ImageConsentGiven",
        code("scope", "school_accounts website press"),
        GIVEN_BY,
    ),
    said("withdraw_image_consent", "ImageConsentWithdrawn", GIVEN_BY),
    listing("add_no_publish", "NoPublishAdded", ON_A_LIST, "P"),
    listing("remove_no_publish", "NoPublishRemoved", ON_A_LIST, "R", "unknown_reference"),
    Action(
        "record_image_objection",
        "subject/{subject}",
        ("ImageObjectionRecorded",),
        ANYONE,
        FACT,
        "P",
        "asks not to be filmed or photographed then their wishes should be respected",
        (
            subject("subject"),
            optional(GIVEN_BY),
            optional(sealed(text("reason", 500), "@subject")),
        ),
    ),
)
