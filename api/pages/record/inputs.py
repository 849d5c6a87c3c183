"""A form from a declaration: each field with its label, its control, and what stands in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.context import ledger
from api.pages import frame, words
from api.pages.record import correcting, people, saying, things, widgets
from api.pages.record.given import F, Given, Typed
from ledger.domain import retention
from ledger.domain.catalogue import Action
from ledger.domain.clock_rules import RULES
from ledger.domain.fields import Field
from ledger.domain.schemas import FIRST_PERSON
from ledger.domain.school_time import in_london, parse_instant

ROWS, MORE_ROWS = 2, 3  # empty rows of a list, and how many more a press of the button gives

Options = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Input:
    """One control. `values` are what stands in it, `picks` by row whom a name may mean.

    One that is not `required` is marked as such; what has an answer already never is.
    """

    control: str
    label: str
    widget: str
    required: bool = False
    options: Options = ()
    values: Sequence[str] = ()
    hint: str = ""
    problem: str = ""
    longest: int = 0
    picks: Mapping[int, Sequence[people.Person]] | None = None
    parts: Sequence[Input] = ()
    anybody: bool = False
    salted: bool = False
    other: bool = False
    twice: bool = False

    @property
    def id(self) -> str:
        return self.control.replace(".", "-")

    @property
    def value(self) -> str:
        return self.values[0] if self.values else ""


def of(action: Action, typed: Typed, given: Given | None = None) -> list[Input]:
    """The controls of an action's form, `late_reason` left out: it stands with the time."""
    own = (f for f in action.all_fields if f.name != "late_reason")
    return [one(f, action.name, F + f.name, typed, given) for f in own]


def one(field: Field, action: str, control: str, typed: Typed, given: Given | None = None) -> Input:
    """The control of one field."""
    kind = widgets.widget(field)
    return Input(
        control=control,
        label=words.field(field.name, action),
        widget=kind,
        required=field.required,
        options=_options(field, action, kind),
        values=_values(field, kind, control, typed, given),
        hint=saying.hint(field, kind),
        problem=problem(given, control, field),
        longest=field.high if field.kind == "text" else 0,
        picks=_picks(given, control, widgets.takes_anybody(field)),
        parts=tuple(_parts(field, control, typed, given)),
        anybody=widgets.takes_anybody(field),
        salted=field.kind == "salted",
        other=kind == widgets.REF,
        twice=is_twice(given, control),
    )


def wrong(all_of_them: Sequence[Input]) -> Iterator[Input]:
    """The controls in which something is wrong, parts too, in the order of the form."""
    for one_ in all_of_them:
        if one_.problem:
            yield one_
        yield from wrong(one_.parts)


def problem(given: Given | None, control: str, field: Field | None = None) -> str:
    """What is wrong with a control, in words; empty where nothing is."""
    code = given.problems.get(control) if given else None
    return saying.problem(code) if code else ""


def is_twice(given: Given | None, control: str) -> bool:
    """Whether the time that stands there came twice, so that the form must ask which is meant."""
    return given is not None and given.problems.get(control) == "ambiguous_local_time"


def _picks(
    given: Given | None, control: str, anybody: bool = False
) -> Mapping[int, Sequence[people.Person]]:
    """Whom a name may mean, by row; with `anybody` also where it is nobody yet."""
    found = given.several if given else {}
    return {
        row: those for (name, row), those in found.items() if name == control and (those or anybody)
    }


def _options(field: Field, action: str, kind: str) -> Options:
    if kind in (widgets.RADIO, widgets.SELECT, widgets.CHECKS):
        return [(c, words.code(c, field.name)) for c in field.allowed]
    if kind in (widgets.REF, widgets.REFS):
        return things.options(widgets.refers_to(field, action))
    return ()


def _values(
    field: Field, kind: str, control: str, typed: Typed, given: Given | None
) -> Sequence[str]:
    found = typed.getlist(control)
    if kind in (widgets.PERSON, widgets.PEOPLE):
        found = [people.called(v) for v in found]
    if field.refers == "entry":
        return [correcting.number(v) for v in found]
    if kind == widgets.RADIO and not found and field.required and len(field.allowed) == 1:
        return field.allowed
    if kind in (widgets.PEOPLE, widgets.DAYS, widgets.TEXTS):
        return [*found, *[""] * _empty_rows(typed)]
    return found


def _empty_rows(typed: Typed) -> int:
    return MORE_ROWS + ROWS if typed.get("step") == "more" else ROWS


# -- fields that have parts -------------------------------------------------------------------


def _parts(field: Field, control: str, typed: Typed, given: Given | None) -> Iterator[Input]:
    makers = {
        widgets.RUNNERS: _runners,
        widgets.RULES: _rules,
        widgets.PERIODS: _periods,
        widgets.SET: _set,
        widgets.FIRST: _first,
    }
    make = makers.get(widgets.widget(field))
    if make is not None:
        yield from make(control, typed, given)


def _runners(control: str, typed: Typed, given: Given | None) -> Iterator[Input]:
    """A row for each: who, and as what; two to begin with, for two are needed."""
    who, roles = f"{control}.person", f"{control}.role"
    names, chosen = typed.getlist(who), typed.getlist(roles)
    picks = _picks(given, who)
    rows = len(names) + (ROWS if not names or typed.get("step") == "more" else 0)
    for n in range(rows):
        role = chosen[n] if n < len(chosen) else "runner" if n else "lead"
        yield Input(
            who,
            words.field("person"),
            widgets.PERSON,
            values=(people.called(names[n]) if n < len(names) else "", role),
            options=[(r, words.role(r)) for r in ("lead", "runner")],
            picks={n: picks[n]} if n in picks else {},
            problem=problem(given, who) if n in picks else "",
        )


def _rules(control: str, typed: Typed, given: Given | None) -> Iterator[Input]:
    """Every clock with its parameters as they are in force."""
    for row in frame.ask("/v1/rules").answer["rules"]:
        parts = [
            _parameter(f"{control}.{row['rule']}.{name}", name, value, typed)
            for name, value in row["parameters"].items()
        ]
        yield Input(control, words.rule(row["rule"]), "group", True, parts=parts)


def _parameter(control: str, name: str, now: Any, typed: Typed) -> Input:
    text = str(now).lower() if isinstance(now, bool) else str(now)
    value = typed.get(control, text)
    if isinstance(now, int) and not isinstance(now, bool):
        return Input(control, words.parameter(name), widgets.NUMBER, True, values=(value,))
    options = [(v, words.code(v)) for v in _choices(control, name, now)]
    return Input(control, words.parameter(name), widgets.SELECT, True, options, (value,))


def _choices(control: str, name: str, now: Any) -> list[str]:
    """The values that a parameter which is no number can have."""
    if isinstance(now, bool):
        return ["true", "false"]
    check = RULES[control.split(".")[2]].parameters[name]
    return [v for v in words.VALUES if check(v)]


def periods_of(field: str) -> tuple[Mapping[str, int], frozenset[str]]:
    """The months in force by kind, and which kinds a schedule can name: sealed values, records."""
    now = retention.schedule(ledger().entries())
    if field == "records":
        return now.records, retention.RECORDS_NAMED
    return now.months, retention.NAMED


def _periods(control: str, typed: Typed, given: Given | None) -> Iterator[Input]:
    months, named = periods_of(control.rpartition(".")[2])
    for kind, now in ((k, months[k]) for k in sorted(named)):
        name = f"{control}.{kind}"
        value = typed.get(name, str(now))
        yield Input(name, words.thing(kind), widgets.NUMBER, True, values=(value,))


def _set(control: str, typed: Typed, given: Given | None) -> Iterator[Input]:
    """The fields of the record that is to be corrected, as they stand now."""
    entry = correcting.target(typed.get(f"{F}target", ""))
    if entry is None:
        return
    for part in correcting.fields_of(entry):
        name = f"{control}.{part.name}"
        stands = typed if name in typed else as_typed(name, correcting.said(entry, part))
        made = one(part, "", name, stands, given)
        yield Input(**{**made.__dict__, "required": True})


def as_typed(name: str, value: Any) -> Typed:
    """What a field says now, as if it had been typed."""
    made: Typed = Typed()
    if isinstance(value, list):
        made.setlist(name, [str(v) for v in value])
    elif isinstance(value, bool):
        made[name] = "yes" if value else "no"
    elif value is not None:
        made[name] = _local(str(value))
    return made


def _local(text: str) -> str:
    """An instant as a control of the browser shows it; any other text as it is."""
    try:
        return in_london(parse_instant(text))[:16]
    except ValueError:
        return text


def _first(control: str, typed: Typed, given: Given | None) -> Iterator[Input]:
    for part in FIRST_PERSON:
        yield one(part, "", f"{control}.{part.name}", typed, given)
