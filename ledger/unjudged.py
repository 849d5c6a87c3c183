"""Acts about a restricted incident that nobody here can open: taken as they come, judged later.

Whoever may not see inside, or while nobody does, is answered the same whether there is such an
incident or not. So a fact that names an id such as the ledger deals is taken from anybody, sealed,
and judged when the log is read with the confidential key (docs/decisions/0021).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from typing import Any

from ledger import inside
from ledger.domain import interests, reading, references
from ledger.domain.acts import Command, Refusal, Refused, refuse_first
from ledger.domain.catalogue import ACTIONS
from ledger.domain.decide import Decided, decide, turn_away
from ledger.domain.duties import known_and_active
from ledger.domain.entries import Entries
from ledger.domain.standing import offices
from ledger.inside import Inside, Who
from ledger.proof.record import Record

TYPE = "unjudged"
DEALT = re.compile(r"[0-9a-f]{32}", re.ASCII)
HIDDEN = "ffff"  # how ids begin of what the authority alone is to open
NAMING = ("incident", "hold", "about", "anything")  # what a field refers to that can lie inside
CHAIR = "chair_of_governors"


def deal(chance_id: str, chair: bool) -> str:
    """A new id that says, to who has it, whether the chair's key is to open what it names."""
    head, rest = chance_id[: len(HIDDEN)], chance_id[len(HIDDEN) :]
    if not chair:
        return HIDDEN + rest
    return "0000" + rest if head == HIDDEN else chance_id


def of_chair(id_: str) -> bool:
    """What `deal` said; of an id that it did not make, that the chair's key is to open it."""
    return not (DEALT.fullmatch(id_) and id_.startswith(HIDDEN))


def for_chair(known: Entries, command: Command, now: int, incident: str = "") -> bool:
    """Whether the chair's key is to open the act: not where it is about the chair of governors."""
    data = command.data
    named = (incident, *(data.get(name) for name in NAMING))
    if not all(of_chair(name) for name in named if isinstance(name, str)):
        return False
    changed = data.get("set")
    said = [data.get("about"), changed.get("about") if isinstance(changed, Mapping) else None]
    people = [p for some in said for p in (some if isinstance(some, list) else [some])]
    return not _chairs(known, people, now) and not about_chair(known, incident, now)


def about_chair(known: Entries, incident: str, now: int) -> bool:
    """Whether an incident is known to be about the chair of governors."""
    return _chairs(known, interests.about(known, incident), now)


def _chairs(known: Entries, people: Iterable[Any], now: int) -> bool:
    return any(isinstance(p, str) and CHAIR in offices(known, p, now) for p in people)


def named(known: Entries, command: Command, now: int) -> str | None:
    """The id of what may lie inside that the command names, where it is to be taken unjudged.

    A decision is, of the chair of governors alone; anybody else meets the ordinary refusal.
    """
    action = ACTIONS[command.action]
    decides = bool(action.who.offices)
    if decides and CHAIR not in offices(known, command.actor, now):
        return None
    for field in action.fields:
        value = command.data.get(field.name)
        if field.refers not in NAMING or not isinstance(value, str) or not DEALT.fullmatch(value):
            continue
        if not references.exists(known, field.refers, value):
            return value
    return None


def taken(known: Entries, command: Command, now: int, incident: str, who: Who) -> dict[str, Any]:
    """The blob of such an act. Raises Refused where not even its form is right."""
    refuse_first(known_and_active(known, command.actor, now))
    reading.read(known, ACTIONS[command.action], command, now)
    return {
        "action": command.action,
        "actor": who.actor,
        "actor_offices": list(who.offices),
        "already_done": command.already_done,
        "data": dict(command.data),
        "done_by": command.done_by,
        "incident": incident,
        "occurred_at": command.occurred_at,
        "type": TYPE,
    }


def judged(
    whole: Entries,
    act: Mapping[str, Any],
    outer: Record,
    find: Callable[[Command], Inside | None],
) -> dict[str, Any]:
    """The blob that the act would have become, had it been judged when it was recorded.

    `find` says which incident of those inside the command means, and whether the actor may take
    part. What fits nothing becomes a refusal of which `incident` is empty.
    """
    given = {name: act[name] for name in ("action", "actor", "data", "occurred_at", "done_by")}
    command = Command(**given, already_done=act["already_done"], intent=inside.NOT_ASKED)
    who = Who(command.actor, tuple(act["actor_offices"]))
    meant = find(command)
    within = meant or Inside(command, "", admitted=False)
    try:
        decided = _decided(whole, within, meant is not None, outer.time)
    except Refused as no:
        blob = inside.refused(within, Refusal(no.code, no.details), who, outer.time)
    else:
        version = whole.version(decided.stream) + 1
        blob = inside.accepted(within, decided, who, version)
    return {**blob, "asked": act["asked"]} if "asked" in act else blob


def _decided(whole: Entries, within: Inside, meant: bool, at: int) -> Decided:
    if not meant:
        raise Refused("unknown_reference")
    if not within.admitted:
        turn_away(whole, within.command, at)
    return decide(whole, within.command, at)


def dealer(outer: Record, incident: str) -> Callable[[], str]:
    """Ids for what an act opens when it is judged: the same whenever that is."""
    count = iter(range(1000))

    def made() -> str:
        text = f"{outer.id}\n{next(count)}".encode()
        return deal(sha256(text).hexdigest()[:32], of_chair(incident))

    return made
