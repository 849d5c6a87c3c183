"""What somebody typed into a form, read: the fields of a command, and what could not be read.

A value is read here only as far as the page changed its shape: a name into an id, a file into its
hash, a day of two hours into an instant. Everything else is for the ledger's own checks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from werkzeug.datastructures import FileStorage

from api.pages.record import correcting, dealing, hashing, inputs, widgets
from api.pages.record.given import F, Given, Typed, instant, keep, somebody
from ledger.domain.catalogue import Action
from ledger.domain.clock_rules import RULES
from ledger.domain.fields import Field
from ledger.domain.schemas import FIRST_PERSON

ENVELOPE = ("occurred_at", "done_by", "already_done", "seen", "key")


def read(action: Action, typed: Typed, files: Mapping[str, FileStorage]) -> Given:
    """Read what was typed into the form of an action."""
    given = Given(action, typed, files)
    for declared in action.all_fields:
        _read(given, declared, F + declared.name)
    for name in ENVELOPE:
        if given.value(name):
            given.kept[name] = given.value(name)
    given.kept["occurred_at"] = instant(given, "occurred_at")
    if given.value("done_by"):
        given.kept["done_by"] = somebody(given, "done_by", given.value("done_by"), 0, True)
    return given


def _read(given: Given, declared: Field, control: str) -> None:
    """One field into `data` where there is something, and into `kept` as it was understood."""
    found = READERS[widgets.widget(declared)](given, declared, control)
    computed = dealing.COMPUTED.get((given.action.name, declared.name))
    if found in (None, "") and computed is not None:
        found = computed(given.data)
        given.kept[control] = "" if found is None else str(found)
    if declared.kind == "ranges" and found:
        found = dealing.ranges_in(str(found))
    if declared.nullable and found == "":
        given.data[declared.name] = None
    elif found not in (None, "") and (
        found not in ([], {}) or (declared.many and declared.required)
    ):
        given.data[declared.name] = found


# -- one reader for each control --------------------------------------------------------------


def _text(given: Given, declared: Field, control: str) -> Any:
    given.kept[control] = given.typed.get(control, "")
    return given.value(control)


def _dealt(given: Given, declared: Field, control: str) -> str:
    given.kept[control] = given.value(control) or dealing.new_id(declared.new)
    return given.kept[control]


def _reference(given: Given, declared: Field, control: str) -> str:
    """A thing that was chosen, or typed beside the list; a new one where the form says so."""
    found = given.value(f"{control}.other") or given.value(control)
    if declared.refers == "entry":
        found = correcting.event_id(found)
    if not found and widgets.opens_new(declared):
        found = dealing.new_id(declared.name)
    given.kept[control] = found
    return found


def _several_of(given: Given, declared: Field, control: str) -> list[str]:
    found = [v for v in given.values(control) if v]
    given.kept.setlist(control, found)
    return found


def _own_name(given: Given, declared: Field, control: str) -> str:
    found = dealing.slug(given.value(control))
    if found and declared.digit and not any(c.isdigit() for c in found):
        found += "-1"
    given.kept[control] = found
    return found


def _person(given: Given, declared: Field, control: str) -> Any:
    anybody = widgets.takes_anybody(declared)
    text = given.value(control)
    found = somebody(given, control, text, 0, anybody, declared.allowed)
    keep(given, control, [(0, found, text)])
    return found


def _people(given: Given, declared: Field, control: str) -> list[str]:
    anybody = widgets.takes_anybody(declared)
    typed = [(n, text) for n, text in enumerate(given.values(control)) if text]
    found = [(n, somebody(given, control, text, n, anybody), text) for n, text in typed]
    keep(given, control, found)
    return list(dict.fromkeys(who for _, who, _ in found))


def _number(given: Given, declared: Field, control: str) -> Any:
    text = given.kept[control] = given.value(control)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else text


def _yes_no(given: Given, declared: Field, control: str) -> Any:
    said = given.kept[control] = given.value(control)
    return {"yes": True, "no": False}.get(said, said)


def _moment(given: Given, declared: Field, control: str) -> str:
    found = given.kept[control] = instant(given, control)
    return found


def _file(given: Given, declared: Field, control: str) -> str:
    """The hash that the browser made, else that of the file it sent."""
    upload = given.files.get(f"{control}.file")
    found = given.value(control)
    if upload is not None and upload.filename:
        found = hashing.hashed(declared, upload)
    given.kept[control] = found
    return found


def _runners(given: Given, declared: Field, control: str) -> list[dict[str, str]]:
    who, roles = f"{control}.person", f"{control}.role"
    pairs = list(zip(given.values(who), given.values(roles), strict=False))
    found = [
        (somebody(given, who, text, n, False), role) for n, (text, role) in enumerate(pairs) if text
    ]
    given.kept.setlist(who, [person for person, _ in found])
    given.kept.setlist(roles, [role for _, role in found])
    return [{"person": person, "role": role} for person, role in found]


def _parts(given: Given, control: str) -> dict[str, str]:
    """What stands under a control, by the rest of its name."""
    start = f"{control}."
    found = {k[len(start) :]: given.value(k) for k in given.typed if k.startswith(start)}
    for name, value in found.items():
        given.kept[start + name] = value
    return {name: value for name, value in found.items() if value}


def _rules(given: Given, declared: Field, control: str) -> dict[str, Any]:
    """The rules as they are to be; what was left as it is, is said again."""
    made: dict[str, dict[str, Any]] = {}
    for name, text in _parts(given, control).items():
        rule, _, parameter = name.partition(".")
        if rule in RULES and parameter in RULES[rule].parameters:
            made.setdefault(rule, {})[parameter] = _parameter(text)
    return made


def _parameter(text: str) -> Any:
    if text in ("true", "false"):
        return text == "true"
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else text


def _periods(given: Given, declared: Field, control: str) -> dict[str, Any]:
    """The periods that change; one that is left as it is keeps resting on what was said before."""
    now, _named = inputs.periods_of(declared.name)
    said = {kind: _parameter(text) for kind, text in _parts(given, control).items()}
    return {kind: months for kind, months in said.items() if months != now.get(kind)}


def _first(given: Given, declared: Field, control: str) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for part in FIRST_PERSON:
        name = f"{control}.{part.name}"
        if part.many:
            made[part.name] = _several_of(given, part, name)
        else:
            made[part.name] = given.kept[name] = given.value(name)
    return made


def _set(given: Given, declared: Field, control: str) -> dict[str, Any]:
    """The fields of the record that is corrected which are to say something else."""
    target = correcting.target(str(given.data.get("target", "")))
    changed: dict[str, Any] = {}
    for part in correcting.fields_of(target) if target else ():
        found = READERS[widgets.widget(part)](given, part, f"{control}.{part.name}")
        if target and found not in (None, "", []) and correcting.differs(target, part, found):
            changed[part.name] = found
    return changed


READERS: Mapping[str, Callable[[Given, Field, str], Any]] = {
    widgets.DEALT: _dealt,
    widgets.PERSON: _person,
    widgets.PEOPLE: _people,
    widgets.REF: _reference,
    widgets.REFS: _several_of,
    widgets.NAME: _own_name,
    widgets.TEXT: _text,
    widgets.LONG_TEXT: _text,
    widgets.TEXTS: _several_of,
    widgets.RADIO: _text,
    widgets.SELECT: _text,
    widgets.CHECKS: _several_of,
    widgets.NUMBER: _number,
    widgets.YES_NO: _yes_no,
    widgets.DAY: _text,
    widgets.DAYS: _several_of,
    widgets.MOMENT: _moment,
    widgets.FILE: _file,
    widgets.RUNNERS: _runners,
    widgets.RULES: _rules,
    widgets.PERIODS: _periods,
    widgets.FIRST: _first,
    widgets.SET: _set,
}
