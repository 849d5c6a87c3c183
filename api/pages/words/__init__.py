"""Words for what is recorded and answered, in the reader's language; never a raw code on a page.

One word in, a short text out. A word that is in no table (a code of the school's own, such as a
course) is given back as it stands.
"""

from __future__ import annotations

from collections.abc import Mapping

from api.pages.words.actions import ACTIONS, EVENTS
from api.pages.words.answers import FINDINGS, GRADES, PARAMETERS, RULES, STATUSES, THINGS
from api.pages.words.codes import CODES
from api.pages.words.codes_judged import JUDGED
from api.pages.words.fields import FIELDS
from api.pages.words.people import OFFICES, ROLES, WHO
from ledger.domain.catalogue import TYPES
from ledger.domain.catalogue.signing import DEMANDABLE

VALUES: Mapping[str, object] = {
    **{name: ACTIONS[name] for name in DEMANDABLE.split()},
    **OFFICES,
    **CODES,
    **JUDGED,
}


def action(name: str) -> str:
    """An action as a thing done: `Approve an application`."""
    return _said(ACTIONS, name)


def event(type_: str) -> str:
    """A type of record, in the words of the action that records it."""
    if type_ in EVENTS or type_ not in TYPES:
        return _said(EVENTS, type_)
    return action(TYPES[type_].name)


def field(name: str, of: str = "") -> str:
    """The label of a field; `of` names the action, where that is known."""
    return _said(FIELDS, name, of)


def code(value: object, of: str = "") -> str:
    """A code value; `of` names its field, where that is known. Offices are codes too."""
    if of == "finding":
        return finding(str(value))
    return _said(VALUES, str(value), of)


def platform(name: str) -> str:
    """The name of a platform."""
    return _said(CODES, name)


def rule(name: str) -> str:
    """What a clock measures: `Answer to a message`."""
    return _said(RULES, name)


def parameter(name: str) -> str:
    """A parameter of a rule."""
    return _said(PARAMETERS, name)


def finding(name: str) -> str:
    """What a finding says."""
    return _said(FINDINGS, name)


def office(name: str) -> str:
    """An office of the school."""
    return _said(OFFICES, name)


def role(name: str) -> str:
    """A role on an account, or one of `api.may`."""
    return _said(ROLES, name)


def status(name: str) -> str:
    """How a clock, an application, an account or a hand-over stands."""
    return _said(STATUSES, name)


def grade(name: str) -> str:
    """How well a time is evidenced."""
    return _said(GRADES, name)


def thing(kind: str) -> str:
    """A kind of stream: `Incident`."""
    return _said(THINGS, kind)


def who(words: str) -> str:
    """Who may record an action (`Who.words` of the catalogue)."""
    return _said(WHO, words)


def _said(table: Mapping[str, object], name: str, of: str = "") -> str:
    return str(table.get(f"{of}.{name}", table.get(name, name)))
