"""A practice ledger lets anybody in as anybody: one button for each role. A real one never does."""

from __future__ import annotations

from flask_babel import gettext as _

from api import context, may, names
from api.pages.frame import is_practice
from api.rehearsal import SAMPLE_ROLES
from ledger.domain import presence, standing

MOST = 12


def samples() -> list[tuple[str, str, str]]:
    """(person, name, what they are) of those whom one may be; none where the ledger is real."""
    if not is_practice():
        return []
    ledger, now = context.ledger(), context.state().now()
    known = ledger.entries()
    here = [p for p in sorted(presence.everybody(known)) if presence.active(known, p, now)]
    chosen = [p for p in SAMPLE_ROLES if p in here] or here[:MOST]
    return [(p, names.name_of(ledger, known, p) or p, _what(p, now)) for p in chosen]


def _what(person: str, now: int) -> str:
    known, words = context.ledger().entries(), _words()
    offices = [words[o] for o in words if o in standing.offices(known, person, now)]
    runs = [_("runs an account")] if may.RUNNER in may.roles_of(known, person, now) else []
    return ", ".join([*offices, *runs]) or _("member of staff")


def _words() -> dict[str, str]:
    return {
        "headteacher": _("headteacher"),
        "slt": _("senior leadership"),
        "dsp": _("safeguarding lead"),
        "moderator": _("moderator"),
        "dpo": _("data protection officer"),
        "chair_of_governors": _("chair of governors"),
        "governor": _("governor"),
        "auditor": _("auditor"),
        "investigator": _("investigator"),
    }
