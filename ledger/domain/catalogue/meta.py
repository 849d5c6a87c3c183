"""ACTIONS.md 5.12: what is said about entries already there. None is ever changed."""

from ledger.domain.catalogue.action import (
    ANYONE,
    AUTHOR,
    MODERATOR_OR_SLT,
    PERMISSION,
    Action,
)
from ledger.domain.fields import Field, note, optional, ref, shape

TARGET = Field("target", "id", refers="entry")
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
    never("edit_entry"),
    never("delete_entry"),
)
