"""ACTIONS.md 5.12: what is said about entries already there. None is ever changed."""

from ledger.domain.catalogue.action import (
    ANYONE,
    AUTHOR,
    FACT,
    MODERATOR_OR_SLT,
    NAMED,
    PERMISSION,
    Action,
)
from ledger.domain.fields import note, optional, ref, reply_to, shape

TARGET = reply_to()
NEVER = ("ledger_is_append_only",)


def never(name: str) -> Action:
    """Asked for so often that it has a name and an answer: no."""
    fields = (ref("target", "entry"), optional(shape("set", "set")))
    return Action(name, "", (), ANYONE, PERMISSION, "R", "none", fields, checks=NEVER)


ACTIONS = (
    Action(
        "correct_entry",
        "",
        ("EntryCorrected",),
        AUTHOR,
        PERMISSION,
        "P",
        "report any mistakes",
        (TARGET, shape("set", "set"), note("reason", low=0)),
        apart="approver_is_requester",
        checks=(
            "not_slt",
            "approver_is_requester",
            "unknown_reference",
            "invalid_field",
            "reason_required",
        ),
    ),
    Action(
        "annul_entry",
        "",
        ("EntryAnnulled",),
        MODERATOR_OR_SLT,
        PERMISSION,
        "R",
        "report any mistakes",
        (TARGET, note("reason")),
        apart="approver_is_requester",
        checks=(
            "not_moderator",
            "approver_is_requester",
            "unknown_reference",
            "already_decided",
            "invalid_field",
        ),
    ),
    Action(
        "confirm_entry",
        "",
        ("EntryConfirmed",),
        NAMED,
        FACT,
        "R",
        "none (right of reply)",
        (TARGET, optional(note("note"))),
        checks=("must_acknowledge_personally", "unknown_reference"),
    ),
    Action(
        "dispute_entry",
        "",
        ("EntryDisputed",),
        NAMED,
        FACT,
        "R",
        "none (right of reply)",
        (TARGET, note("reason")),
        checks=("must_acknowledge_personally", "unknown_reference"),
    ),
    never("edit_entry"),
    never("delete_entry"),
)
