"""ACTIONS.md 5.6: what people ask the school, and that they are answered."""

from ledger.domain.catalogue.action import ANYONE, FACT, PERMISSION, RUNNER, WORLD_ACT, Action
from ledger.domain.fields import code, flag, integer, new, optional, ref, subject

CHANNELS = "public_comment direct_message telephone in_person email other"

ACTIONS = (
    Action(
        "receive_enquiry",
        "enquiry/{enquiry}",
        ("EnquiryReceived",),
        ANYONE,
        FACT,
        "P",
        "comments, queries or complaints",
        (
            new("enquiry"),
            optional(ref("account")),
            code("kind", "comment query complaint journalist"),
            subject("sender"),
            code("channel", CHANNELS),
        ),
        system=True,
        checks=("unknown_reference", "duplicate_id"),
    ),
    Action(
        "respond_to_enquiry",
        "enquiry/{enquiry}",
        ("EnquiryAcknowledged", "EnquiryAnswered"),
        RUNNER,
        WORLD_ACT,
        "P",
        "responded to within 24 hours … even if only to acknowledge receipt",
        (
            ref("enquiry"),
            code("mode", "acknowledge full"),
            flag("automated"),
            optional(code("channel", f"{CHANNELS} reaction")),
            optional(integer("process_version")),
        ),
        chosen_by="mode",
        choices={"acknowledge": "EnquiryAcknowledged", "full": "EnquiryAnswered"},
        system=True,
        checks=("not_account_runner", "response_before_receipt", "media_policy_not_followed"),
    ),
    Action(
        "record_media_policy_check",
        "enquiry/{enquiry}",
        ("MediaPolicyChecked",),
        RUNNER,
        FACT,
        "P",
        "follow the school media policy before responding",
        (
            ref("enquiry"),
            code("outcome", "headteacher_to_answer council_press_office_to_answer no_comment"),
        ),
        checks=("not_account_runner", "invalid_field"),
    ),
    Action(
        "mark_no_response_required",
        "enquiry/{enquiry}",
        ("NoResponseRequired",),
        RUNNER,
        PERMISSION,
        "R",
        "(policy says “any comments”)",
        (
            ref("enquiry"),
            code(
                "reason",
                "spam duplicate abuse_removed withdrawn_by_sender handed_to_press_office",
            ),
        ),
        checks=("not_account_runner", "invalid_field"),
    ),
)
