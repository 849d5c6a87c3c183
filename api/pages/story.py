"""A line of a story in words: what happened, by whom, its two times, what it rests on, how well
its time is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from api.pages import linked, record_fields, record_shown, tongue, words
from api.pages.linked import Linked
from api.pages.record_fields import Said
from ledger.domain.catalogue import TYPES
from ledger.domain.school_time import parse_timestamp
from projections.clocks import LIVE_SECONDS
from projections.late import LATE_SECONDS

OWN = ("incident", "enquiry")  # fields that say which story it is: every line would repeat them


@dataclass(frozen=True)
class Line:
    """One line. Times are ISO 8601; `basis` is what the record rests on, `grade` how well its time
    is known."""

    step: int
    position: int
    record: Linked
    what: str
    who: Linked
    typed_by: Linked
    at: str
    recorded_at: str
    said: tuple[Said, ...]
    sealed: tuple[Said, ...]
    remarks: tuple[str, ...]
    basis: str
    policy: str
    grade: str


def told(step: int, row: Mapping[str, Any]) -> Line:
    """A line of a timeline (`/v1/incidents/{id}/timeline`) in words, the `step`-th."""
    declared = TYPES.get(row["type"])
    fields = {name: value for name, value in row["fields"].items() if name not in OWN}
    done_by = row["done_by"] or row["actor"]
    return Line(
        step=step,
        position=row["position"],
        record=linked.record(row["position"]),
        what=words.event(row["type"]),
        who=linked.person(done_by),
        typed_by=linked.person(row["actor"] if done_by != row["actor"] else ""),
        at=row["at"],
        recorded_at=row["recorded_at"],
        said=tuple(record_fields.said(row["type"], fields)),
        sealed=tuple(_sealed(row)),
        remarks=tuple(_remarks(row)),
        basis=record_shown.mark(declared),
        policy=record_shown.policy(declared),
        grade=words.grade(grade(row)),
    )


def lag(row: Mapping[str, Any]) -> int:
    """Seconds from when it happened, as it reads now, to its recording."""
    return parse_timestamp(row["recorded_at"]) - parse_timestamp(row["at"])


def grade(row: Mapping[str, Any]) -> str:
    """How well the time of a line is known: as `projections.clocks.grade`, of one entry."""
    if row["corrected"]:
        return "corrected"
    if lag(row) <= LIVE_SECONDS:
        return "live"
    first = {row["actor"], row["done_by"] or row["actor"]}
    others = [c for c in row.get("confirmed_by", ()) if not first & {c["person"], c["actor"]}]
    return "corroborated" if others or "evidence" in row["fields"] else "after_the_fact"


def _sealed(row: Mapping[str, Any]) -> Iterator[Said]:
    for path, value in row.get("sealed", {}).items():
        items = value if isinstance(value, list) else [value]
        label = record_fields.label(path, row["action"])
        yield Said(label, tuple(Linked(str(item)) for item in items))


def _remarks(row: Mapping[str, Any]) -> Iterator[str]:
    if lag(row) > LATE_SECONDS:
        yield str(_("recorded %(span)s after it happened", span=tongue.span(lag(row))))
    for code in row.get("irregular", ()):
        reason = record_fields.refusal(code)
        yield str(_("would have been refused: %(reason)s", reason=reason))
    if row["corrected"]:
        yield str(_("corrected on %(when)s", when=tongue.moment(row["corrected_at"])))
        yield from _before(row)
    for name, sentence in (("confirmed_by", _confirmed), ("disputed_by", _disputed)):
        for reply in row.get(name, ()):
            yield sentence(linked.person(reply["person"]).text, tongue.moment(reply["at"]))


def _before(row: Mapping[str, Any]) -> Iterator[str]:
    """What stood there before a correction."""
    before = dict(row.get("originally", {}))
    if "at" in before:
        yield str(_("before: %(what)s", what=tongue.moment(before.pop("at"))))
    for part in record_fields.said(row["type"], before):
        values = ", ".join(value.text for value in part.values)
        yield str(_("before: %(what)s", what=f"{part.label}: {values}"))


def _confirmed(name: str, when: str) -> str:
    return str(_("confirmed by %(name)s on %(when)s", name=name, when=when))


def _disputed(name: str, when: str) -> str:
    return str(_("disputed by %(name)s on %(when)s", name=name, when=when))
