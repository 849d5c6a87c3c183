"""What governors have seen, what is linked to the policy, how long things are kept.

Standard library only (ACTIONS.md 5.1, 5.11, 5.13).
"""

from __future__ import annotations

from ledger.domain import fitness, retention
from ledger.domain.entries import Entry
from projections.history import History
from projections.told import Row, Told, listed, shown, told, who


def reviews(history: History, at: int) -> Told:
    """Every review by `at`: up to which record it saw, and how many were recorded since."""
    size = sum(e.record.time <= at for e in history.entries.all)
    return listed(
        (
            {
                "position": e.position,
                "at": shown(e.occurred_at),
                "size": e.fields["size"],
                "seen_up_to": e.fields["size"] - 1,
                "recorded_since": max(0, size - e.fields["size"]),
                "scope": e.fields["scope"],
                "outcome": e.fields["outcome"],
                **who(e),
            },
            {e.position},
        )
        for e in history.of(at, "ReviewRecorded")
    )


def documents(history: History, at: int) -> Told:
    """Every version of a document linked by `at`, and who has acknowledged it."""
    return listed(_document(history, e, at) for e in history.of(at, "DocumentLinked"))


def _document(history: History, linked: Entry, at: int) -> tuple[Row, set[int]]:
    version = str(linked.fields["document_version"])
    named = history.entries.naming("document_version", version, "DocumentAcknowledged")
    read = history.happened(named, at)
    row = {
        "document": linked.fields["document"],
        "document_version": version,
        "document_sha256": linked.fields["document_sha256"],
        "linked_at": shown(linked.occurred_at),
        "current": fitness.current_document(history.entries, version, at) == version,
        "acknowledged": [{"person": e.key, "at": shown(e.occurred_at)} for e in read],
        **who(linked),
    }
    return row, {linked.position, *(e.position for e in read)}


def kept(history: History, at: int) -> Told:
    """The retention schedule as it is known, in months by kind, and every run of it by `at`.

    Where records were destroyed by `at`, also which and by whom.
    """
    schedule = retention.schedule(history.entries)
    runs = history.of(at, "RetentionApplied")
    names = ("schedule_version", "keys_destroyed", "values_destroyed")
    gone = history.of(at, "RecordsDestroyed")
    answer: Row = {
        "schedule_version": schedule.version,
        "months": dict(sorted(schedule.months.items())),
        "runs": [
            {
                "position": e.position,
                "at": shown(e.occurred_at),
                **{name: e.fields[name] for name in names},
                **who(e),
            }
            for e in runs
        ],
    }
    if gone:  # then no file holds answers any more: what those before say stays as it was
        answer["destroyed"] = [_destroyed(e) for e in gone]
    adopted = [] if schedule.position is None else [schedule.position]
    return told(answer, adopted, (e.position for e in (*runs, *gone)))


def _destroyed(entry: Entry) -> Row:
    ranges = entry.fields["positions"]
    return {
        "position": entry.position,
        "at": shown(entry.occurred_at),
        "schedule_version": entry.fields["schedule_version"],
        "positions": ranges,
        "records": sum(last - first + 1 for first, last in ranges),
        **who(entry),
    }


def processes(history: History, at: int) -> list[Entry]:
    """The entries by `at` that defined how comments are responded to."""
    return history.of(at, "ResponseProcessDefined")


def process_row(entry: Entry) -> Row:
    """A response process; its steps are sealed."""
    return {
        "version": entry.fields["version"],
        "effective_from": shown(fitness.effective_from(entry)),
        "position": entry.position,
        **who(entry),
    }
