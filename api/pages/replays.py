"""A moment of a matter: what had happened, who could do what, how the clocks stood; and how that
differs from what was known at the time. Shapes only; the answers are the API's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from api.pages import linked, tongue, words
from api.pages.cases import ENQUIRY, Matter
from api.pages.linked import Linked
from api.pages.story import Line, told
from ledger.domain.school_time import in_london


@dataclass(frozen=True)
class Power:
    """What somebody could do on an account at a moment."""

    account: Linked
    person: Linked
    roles: tuple[str, ...]
    offices: tuple[str, ...]
    ways: tuple[str, ...]
    could_post: bool
    by_recovery: bool
    bare: bool  # could get in without a role or office

    @property
    def can(self) -> str:
        """In words."""
        if self.could_post:
            return str(_("could post"))
        if self.by_recovery:
            return str(_("could get in by the recovery contact"))
        return str(_("had no way in"))


@dataclass(frozen=True)
class Clock:
    """A clock as it stood at a moment. Times are ISO 8601, or None."""

    rule: str
    about: str
    started_at: str
    due_at: str
    stopped_at: str | None
    status: str
    basis: str
    grade: str
    late: bool


@dataclass(frozen=True)
class State:
    """Everything of a matter at a moment, as known now or then. Keys tell the same from another."""

    lines: Mapping[int, Line]
    powers: Mapping[tuple[str, str], Power]
    clocks: Mapping[tuple[str, ...], Clock]
    offices: Mapping[tuple[str, str], tuple[Linked, str]]


NOTHING = State({}, {}, {}, {})


@dataclass(frozen=True)
class Difference:
    """Something that reads otherwise now than it did then."""

    what: Linked
    now: str
    then: str


def accounts_of(lines: Iterable[Mapping[str, Any]]) -> list[str]:
    """The accounts that a story is about."""
    found = (line["fields"].get("account") for line in lines)
    return sorted({name for name in found if isinstance(name, str)})


def subjects_of(matter: Matter, lines: Iterable[Mapping[str, Any]]) -> list[str]:
    """Whose clocks belong to a matter: its own, and of the messages it came from."""
    streams = {str(line["stream"]) for line in lines}
    messages = {s.partition("/")[2] for s in streams if s.startswith(f"{ENQUIRY}/")}
    return [matter.id, *sorted(messages - {matter.id})]


def state(
    matter: Matter, accounts: Sequence[str], subjects: Sequence[str], at: int, known_at: int | None
) -> State:
    """The matter at an instant, as known at another; None: as known now."""
    when = {"at": in_london(at), "known_at": None if known_at is None else in_london(known_at)}
    lines = matter.timeline(known_at=when["known_at"], until=when["at"]).answer
    everything = matter.ask("/v1/replay", **when).answer
    offices = [(row["person"], row["office"]) for row in everything["offices"]]
    powers: dict[tuple[str, str], Power] = {}
    for account in accounts:
        could = matter.ask(f"/v1/accounts/{account}/could-have-posted", **when).answer
        powers.update(_powers(account, could, everything, offices))
    rows = [r for s in subjects for r in matter.ask("/v1/sla", subject=s, **when).answer]
    return State(
        lines={row["position"]: told(number, row) for number, row in enumerate(lines, 1)},
        powers=powers,
        clocks={_key(row): clock(row) for row in rows},
        offices={(p, o): (linked.person(p), words.office(o)) for p, o in offices},
    )


def _powers(
    account: str,
    could: Mapping[str, Any],
    everything: Mapping[str, Any],
    offices: Sequence[tuple[str, str]],
) -> Iterator[tuple[tuple[str, str], Power]]:
    roles = [(r["person"], r["role"]) for r in everything["roles"] if r["account"] == account]
    access = [(r["person"], r["by"]) for r in everything["access"] if r["account"] == account]
    for who in sorted({p for p, _role in roles} | {p for p, _by in access}):
        yield (
            (account, who),
            Power(
                account=linked.account(account),
                person=linked.person(who),
                roles=tuple(words.role(r) for p, r in roles if p == who),
                offices=tuple(words.office(o) for p, o in offices if p == who),
                ways=tuple(words.code(way, "by") for p, by in access if p == who for way in by),
                could_post=who in could["knew_credential"],
                by_recovery=who in could["recovery_owners"],
                bare=who in could["without_role_or_office"],
            ),
        )


def _key(row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(row.get(name, "")) for name in ("rule", "subject", "person", "branch"))


def clock(row: Mapping[str, Any]) -> Clock:
    """A row of `/v1/sla` in words."""
    return Clock(
        rule=words.rule(row["rule"]),
        about=str(row["subject"]),
        started_at=row["started_at"],
        due_at=row["due_at"],
        stopped_at=row["stopped_at"],
        status=words.status(row["status"]),
        basis=_basis(row["basis"]),
        grade=words.grade(row["grade"]),
        late=row["status"] in ("breached", "shortfall"),
    )


def _basis(letter: str) -> str:
    """What a deadline rests on, in words (ACTIONS.md, Marks)."""
    told = {
        "P": _("The policy"),
        "P-altered": _("The policy, altered by the school"),
        "R": _("A reading of the policy"),
        "D": _("The school's own choice"),
    }
    return str(told[letter])


def differences(now: State, then: State) -> list[Difference]:
    """What of a moment reads otherwise now than was known at the time."""
    return [
        *_of_lines(now.lines, then.lines),
        *_of_powers(now.powers, then.powers),
        *_of_clocks(now.clocks, then.clocks),
        *_of_offices(now.offices, then.offices),
    ]


def _of_lines(now: Mapping[int, Line], then: Mapping[int, Line]) -> Iterator[Difference]:
    for position in sorted(now.keys() | then.keys()):
        known, before = now.get(position), then.get(position)
        line = known or before
        assert line is not None, "it is in one of them"
        what = Linked(f"{line.record.text}: {line.what}", line.record.href)
        if known is None:
            said = _("has not happened by this moment, or was annulled")
            yield Difference(what, str(said), str(_("had happened")))
        elif before is None:
            when = tongue.moment(line.recorded_at)
            said = _("had happened; it was recorded on %(when)s", when=when)
            yield Difference(what, str(said), str(_("not known yet")))
        elif (known.at, known.said) != (before.at, before.said):
            yield Difference(what, _brief(known), _brief(before))


def _brief(line: Line) -> str:
    parts = [tongue.moment(line.at)]
    parts += [f"{s.label}: {', '.join(v.text for v in s.values)}" for s in line.said]
    return "; ".join(parts)


Powers = Mapping[tuple[str, str], Power]


def _of_powers(now: Powers, then: Powers) -> Iterator[Difference]:
    for key in sorted(now.keys() | then.keys()):
        known, before = now.get(key), then.get(key)
        if known != before:
            one = known or before
            assert one is not None, "it is in one of them"
            yield Difference(
                Linked(f"{one.person.text}, {one.account.text}", one.person.href),
                _power(known),
                _power(before),
            )


def _power(power: Power | None) -> str:
    if power is None:
        return str(_("had neither a role nor a way in"))
    return "; ".join((power.can, *power.roles, *power.ways))


Clocks = Mapping[tuple[str, ...], Clock]


def _of_clocks(now: Clocks, then: Clocks) -> Iterator[Difference]:
    for key in sorted(now.keys() | then.keys()):
        known, before = now.get(key), then.get(key)
        if known != before:
            one = known or before
            assert one is not None, "it is in one of them"
            yield Difference(Linked(f"{one.rule}, {one.about}"), _stood(known), _stood(before))


def _stood(found: Clock | None) -> str:
    if found is None:
        return str(_("not running"))
    due = _("due %(when)s", when=tongue.moment(found.due_at))
    return f"{found.status}; {due}; {found.grade}"


Offices = Mapping[tuple[str, str], tuple[Linked, str]]


def _of_offices(now: Offices, then: Offices) -> Iterator[Difference]:
    held = {True: str(_("held it")), False: str(_("did not hold it"))}
    for key in sorted(now.keys() ^ then.keys()):
        who, office = now.get(key) or then[key]
        what = Linked(f"{who.text}, {office}", who.href)
        yield Difference(what, held[key in now], held[key in then])
