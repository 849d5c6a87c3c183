"""Spells: who was what from when to when, as lines of a table and as the picture of the same lines.

Pure functions over answers: the table beside a picture says exactly what the picture shows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup

from api.pages import tongue, words
from api.pages.timeline import Stretch, timeline
from ledger.domain.school_time import parse_timestamp

HELD, OTHER, QUIET, WARN, GAP = "held", "other", "quiet", "warn", "gap"
Row = Mapping[str, Any]
Named = Callable[[str], str]


@dataclass(frozen=True)
class Spell:
    """One interval: `what` in words, whose, on which account, and how it is drawn.

    `start` and `end` are ISO 8601, `end` None is still running. A `kind` of GAP is something wrong.
    `short` is what fits beside a picture on a phone, where `what` does not.
    """

    what: str
    start: str
    end: str | None
    kind: str
    person: str | None = None
    account: str | None = None
    short: str = ""

    @property
    def wrong(self) -> bool:
        return self.kind == GAP


def of_roles(rows: Iterable[Row]) -> list[Spell]:
    """Of `[{person | account, role, from, to}]`: leads first."""
    made = [
        Spell(
            words.role(row["role"]), row["from"], row["to"],
            HELD if row["role"] == "lead" else OTHER, row.get("person"), row.get("account"),
        )
        for row in rows
    ]  # fmt: skip
    return sorted(made, key=lambda spell: spell.kind)


def of_gaps(gaps: Mapping[str, Sequence[Row]]) -> list[Spell]:
    """Of `{no_lead: [{from, to}], …}`."""
    short = {
        "no_lead": _("No lead"),
        "fewer_than_two_runners": _("Fewer than two people"),
        "fewer_than_two_staff": _("Fewer than two staff"),
    }
    return [
        Spell(words.finding(kind), row["from"], row["to"], GAP, short=short[kind])
        for kind, rows in gaps.items()
        for row in rows
    ]


def of_exposures(rows: Iterable[Row]) -> list[Spell]:
    """Of `[{account, person, by, from, to}]`."""
    return [
        Spell(
            _("Could get in without a role (%(by)s)", by=ways(row["by"])),
            row["from"], row["to"], GAP, row["person"], row["account"], _("Without a role"),
        )
        for row in rows
    ]  # fmt: skip


def of_lapses(rows: Iterable[Row]) -> list[Spell]:
    """Of `[{person, account, from, to}]`: without valid training."""
    said, short = words.finding("runner_training_lapsed"), _("Without training")
    return [Spell(said, r["from"], r["to"], GAP, r["person"], r["account"], short) for r in rows]


def of_offices(rows: Iterable[Row]) -> list[Spell]:
    """Of `[{office, from, to}]`."""
    return [Spell(words.office(r["office"]), r["from"], r["to"], HELD) for r in rows]


def of_access(rows: Iterable[Row]) -> list[Spell]:
    """Of `[{account, by, from, to}]`, one way each."""
    return [
        Spell(
            _("Could get in (%(by)s)", by=words.code(row["by"])),
            row["from"], row["to"], QUIET, None, row["account"], words.code(row["by"]),
        )
        for row in rows
    ]  # fmt: skip


def of_absences(rows: Iterable[tuple[str, str, str | None]]) -> list[Spell]:
    """Of (what kind, from, until), as `known.absences` gives them."""
    said = {"suspended": _("Suspended"), "away": _("Away"), "left": _("Left the school")}
    return [Spell(str(said[kind]), start, end, WARN) for kind, start, end in rows]


def ways(by: Iterable[str]) -> str:
    """The ways in, in words: `Password, Recovery contact`."""
    return ", ".join(words.code(way) for way in by)


def picture(
    name: str,
    title: str,
    spells: Sequence[Spell],
    window: tuple[int, int],
    chosen: int | None,
    label: Callable[[Spell], str],
) -> Markup:
    """The picture of the spells, those with the same label on one lane; `chosen` is marked."""
    lanes: dict[str, list[Stretch]] = {}
    for spell in spells:
        lanes.setdefault(label(spell), []).append(_stretch(spell, label(spell)))
    about = _("The table below says the same. What is hatched in red was wrong.")
    line = None if chosen is None else (chosen, _("chosen moment"))
    return timeline(name, title, about, [*lanes.items()], window, tongue.language(), line)


def _stretch(spell: Spell, said: str) -> Stretch:
    end = None if spell.end is None else parse_timestamp(spell.end)
    return Stretch(parse_timestamp(spell.start), end, spell.kind, f"{said}: {interval(spell)}")


def interval(spell: Spell) -> str:
    """From when to when, in words."""
    if spell.end is None:
        return str(_("since %(start)s", start=tongue.moment(spell.start)))
    start, end = tongue.moment(spell.start), tongue.moment(spell.end)
    return str(_("%(start)s to %(end)s", start=start, end=end))


def with_who(name_of: Named, handle_of: Named) -> Callable[[Spell], str]:
    """Labels for a picture: what, whose, where, as far as each is told."""

    def label(spell: Spell) -> str:
        person = name_of(spell.person) if spell.person else ""
        account = handle_of(spell.account) if spell.account else ""
        return " · ".join(part for part in (person, account, spell.short or spell.what) if part)

    return label
