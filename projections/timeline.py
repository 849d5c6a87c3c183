"""An incident as a story: what happened, in the order in which it happened.

Standard library only (ACTIONS.md section 7, Incident timeline): the entries whose data names the
incident, all of its `from_enquiry`, the finding entries of its `from_finding`, linked entries; by
corrected time, then position. A correction or a reply has no line of its own: the line that it is
about says so.
"""

from __future__ import annotations

from typing import Any

from ledger.domain.entries import Entry
from ledger.domain.school_time import parse_instant
from projections import replies
from projections.history import FOREVER, META, OWN, History, meta_of
from projections.replies import REPLIES
from projections.told import Row, Told, listed, shown, who


def timeline(history: History, incident: str, until: int = FOREVER) -> Told:
    """`[{position, at, recorded_at, action, actor, …}]` of what had happened by `until`."""
    lines = history.happened(_entries(history, incident).values(), until)
    return listed(_line(history, e, until) for e in lines)


def _line(history: History, entry: Entry, until: int) -> tuple[Row, set[int]]:
    """An entry as a line, with the replies to it beside it."""
    answers = replies.to(history.entries, entry, until)
    row = {**line(history, entry), **replies.beside(history.entries, entry, until)}
    return row, {entry.position, *(e.position for e in answers)}


def _entries(history: History, incident: str) -> dict[int, Entry]:
    own = [
        e
        for e in history.entries.all
        if e.type not in OWN and not e.annulled and _names(e, incident)
    ]
    joined = [*own]
    for entry in own:
        if entry.type == "IncidentReported":
            for field, stream in (("from_enquiry", "enquiry"), ("from_finding", "finding")):
                if entry.fields.get(field):
                    joined += history.entries.stream(f"{stream}/{entry.fields[field]}")
        elif entry.type == "EntryLinked":
            target = history.entries.by_id(entry.fields["target"])
            joined += [target] if target is not None and not target.annulled else []
    return {e.position: e for e in joined if e.type not in (*OWN, *REPLIES)}


def _names(entry: Entry, incident: str) -> bool:
    if entry.stream == f"incident/{incident}":
        return True
    return incident in (entry.fields.get("incident"), entry.fields.get("about"))


def line(history: History, entry: Entry) -> Row:
    """One entry as a line, with its clear fields as they read now."""
    record = entry.record
    row: Row = {
        "position": entry.position,
        "at": shown(entry.occurred_at),
        "recorded_at": shown(record.time),
        "action": record.action,
        **who(entry),
        "event_id": record.id,
        "type": record.type,
        "stream": record.subject,
        "fields": entry.fields,
        "corrected": entry.corrected_at is not None,
    }
    if record.irregular is not None:
        row["irregular"] = list(record.irregular)
    if entry.corrected_at is not None:
        by = [e for e in meta_of(history).get(entry.position, ()) if e.type == META[0]]
        row["corrected_at"] = shown(entry.corrected_at)
        row["corrections"] = [e.position for e in by]
        row["originally"] = originally(entry, by)
    return row


def originally(entry: Entry, by: list[Entry]) -> dict[str, Any]:
    """What the corrected clear fields and the time said before; absent ones are null."""
    changed = sorted({name for e in by for name in e.fields["set"]} - {"occurred_at"})
    before: dict[str, Any] = {name: entry.record.fields.get(name) for name in changed}
    if any("occurred_at" in e.fields["set"] for e in by):
        before["at"] = shown(entry.record.occurredat)
    return before


def corrections(history: History, until: int = FOREVER) -> Told:
    """Every correction and annulment recorded by `until`: what it says, what stood there before."""
    found = [e for e in history.entries.of(*META) if e.record.time <= until]
    rows = [(_correction(history, e), e) for e in sorted(found, key=lambda e: e.position)]
    return listed((row, {e.position, row["target_position"]}) for row, e in rows)


def _correction(history: History, entry: Entry) -> Row:
    target = history.entries.by_id(entry.fields["target"])
    assert target is not None, "a correction names an entry before it"
    said = dict(entry.fields.get("set", {}))
    if "occurred_at" in said:
        said["occurred_at"] = shown(parse_instant(said["occurred_at"]))
    return {
        "position": entry.position,
        "recorded_at": shown(entry.record.time),
        "action": entry.record.action,
        **who(entry),
        "target": entry.fields["target"],
        "target_position": target.position,
        "target_action": target.record.action,
        "set": said,
        "originally": originally(target, [entry]) if entry.type == META[0] else {},
    }
