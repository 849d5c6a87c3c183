"""Sentences of the forms: what is wrong, what helps to fill them in, who will read it."""

from __future__ import annotations

from flask_babel import gettext as _

from api.pages import tongue
from api.pages.record import widgets
from api.pages.record.given import NOT_A_NUMBER, NOT_FOUND, SEVERAL
from ledger.domain.fields import Field

EMPTY = ("missing_field", "missing_business_case_field", "reason_required")


def problem(code: str) -> str:
    """What is wrong with a control, by a code of the form or of the ledger."""
    if code in EMPTY:
        return str(_("Please fill this in."))
    words = {
        NOT_FOUND: _(
            "Nobody of this name is known here. Look at the spelling, or choose from the list."
        ),
        SEVERAL: _("Several people are meant by this name: choose one."),
        NOT_A_NUMBER: _("Please give a whole number."),
        "nonexistent_local_time": _(
            "On that day the clocks went forward and this hour was left out. "
            "Please give another time."
        ),
        "ambiguous_local_time": _(
            "On that night the clocks went back and this hour came twice. "
            "Please say which one you mean."
        ),
    }
    return str(words.get(code) or refusal(code))


def refusal(code: str) -> str:
    """A code of the ledger in words."""
    return tongue.problem({"code": code, "title": code})


def hint(field: Field, kind: str) -> str:
    """What helps with a control; empty where its label says it all."""
    if field.refers == "entry":
        return str(_("Its number in the log."))
    if widgets.takes_anybody(field):
        return str(
            _(
                "The name. The list proposes colleagues; pupils, parents and others are looked for "
                "when you go on."
            )
        )
    hints = {
        widgets.PERSON: _("Begin with the name; the list proposes who fits."),
        widgets.PEOPLE: _("One name in each box."),
        widgets.FILE: _(
            "Only a fingerprint of the file is kept, never the file itself. Keep the file: "
            "with it the fingerprint proves that it is the same."
        ),
        widgets.NAME: _("A short name by which you will find it again."),
        widgets.MOMENT: _("London time."),
    }
    return str(hints.get(kind, ""))


def in_clear() -> str:
    """Who reads an ordinary report."""
    return str(
        _(
            "Whoever runs an account or holds an office will see that it was reported. "
            "What you wrote is sealed."
        )
    )


def restricted(about_the_head: bool) -> str:
    """Who reads a restricted one (docs/decisions/0011)."""
    if about_the_head:
        return str(
            _(
                "This will be sealed: it is about the head teacher. Only the chair of governors "
                "and whoever is involved will read it, nobody it is about. Not even that it "
                "exists will show."
            )
        )
    return str(
        _(
            "This will be sealed. Only the senior leadership team, the chair of governors and "
            "whoever is involved will read it, nobody it is about. Not even that it exists "
            "will show."
        )
    )


def confidential() -> str:
    """Who reads a restricted one where it is sealed to keys that the service does not have."""
    return str(
        _(
            "This will be sealed to the key of the chair of governors and that of the local "
            "authority. Nobody at this service can open it before one of them does; what is "
            "about the chair the local authority alone can open. Leave the name of the incident "
            "to the ledger, and keep the number that it gives you."
        )
    )
