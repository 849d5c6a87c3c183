"""What each kind of record is kept for, in plain words; every kind there is has an entry."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _

from ledger.domain.catalogue import ACTIONS

PURPOSES: Mapping[str, object] = {
    "account": _("To know who runs each school account, since when, and that it is looked after."),
    "advice": _("To show that advice was sought and what came of it."),
    "application": _("To decide who may open a school account, and to show how it was decided."),
    "concern": _("To look into worries about how social media is used, and to protect people."),
    "credential": _("To know who can get into each account, and to end access in time."),
    "enquiry": _("To answer messages to the school in time, and to show that it was done."),
    "finding": _("To settle what happens with accounts in the school's name that nobody approved."),
    "hold": _("To keep what is needed for an inquiry or a claim."),
    "image-subject": _("To show pictures only of people who agreed, and to respect objections."),
    "incident": _("To deal with harm on social media, to protect pupils and staff, to show how."),
    "keyring": _("To keep the record trustworthy: which keys signed it, and who changed them."),
    "learner-contact": _("To keep contact between staff and learners safe."),
    "learning-platform": _("To tell parents about learning platforms and comments there."),
    "ledger": _("To show which policy and rules were in force, and who was given evidence."),
    "mention": _("To notice what is said about the school in public, and to respond where needed."),
    "mistake": _("To learn from mistakes that were reported openly."),
    "opinion": _("To show that a second person was asked before something controversial."),
    "person": _("To know who holds which office, and who may do what."),
    "post": _("To show that what was published was checked, permitted and credited."),
    "pupil-education": _("To show that pupils were taught to use social media well."),
    "refusal": _("To show what the rules did not allow; nothing of what was typed is kept."),
    "request": _("To answer requests about personal data within the time the law gives."),
    "scope": _("To decide whether the policy applies to a personal account."),
    "session": _("To show that training was offered, and who took part."),
    "standards": _("To show that standards of behaviour were made known."),
    "subject": _("To find pupils, parents and others by name without a list of codes elsewhere."),
    "training": _("To show who was trained, and until when it holds."),
}


def kinds() -> list[str]:
    """Every kind of record that the catalogue knows, and refusals."""
    found = {action.stream.partition("/")[0] for action in ACTIONS.values() if action.stream}
    return sorted(found | {"refusal"})


def purpose(kind: str) -> str:
    """What records of a kind are kept for."""
    return str(PURPOSES[kind])
