"""Who and what an entry is about: who is named in it, who is involved, which matter an id is.

Standard library only.
"""

from __future__ import annotations

from collections.abc import Iterator

from ledger.domain.catalogue import TYPES
from ledger.domain.entries import Entries, Entry, ids_in

MATTERS = ("incident", "enquiry", "request")
INVOLVING = ("involve", "person", "lead", "to")
PUBLISHED = "PostPublished"


def named_in(entry: Entry) -> frozenset[str]:
    """The persons and subjects named in clear in an entry, `done_by` included; not its typist."""
    declared = TYPES[entry.type].fields if entry.type in TYPES else ()
    people = {
        f.name
        for f in declared
        if f.kind in ("runners", "first_person") or {f.refers, f.new} & {"person", "subject"}
    }
    people |= {f.name for f in declared if f.kind == "id" and f.digit and not f.refers + f.new}
    found = {value for name, value in ids_in(entry.type, entry.fields) if name in people}
    if "first_person" in entry.fields:
        found.add(entry.fields["first_person"]["person"])
    return frozenset(found | ({entry.record.doneby} if entry.record.doneby else set()))


def involved(known: Entries, incident: str) -> frozenset[str]:
    """Everybody who has a part in a case: who recorded or did anything of it, or was asked to."""
    return frozenset(_involved(known, incident))


def _involved(known: Entries, incident: str) -> Iterator[str]:
    for entry in known.stream(f"incident/{incident}"):
        yield from (entry.record.actor, entry.doer)
        for name in INVOLVING:
            value = entry.fields.get(name, ())
            yield from [value] if isinstance(value, str) else value


def stream_of(known: Entries, name: str) -> str | None:
    """The stream of the incident, enquiry or rights request of this id: the first that exists."""
    streams = (f"{kind}/{name}" for kind in MATTERS)
    return next((s for s in streams if known.stream(s)), None)


def published(known: Entries, post: str) -> Entry | None:
    """The entry that published the post."""
    found = known.stream(f"post/{post}")
    return next((e for e in found if e.type == PUBLISHED), None)


def reported(known: Entries, incident: str) -> Entry | None:
    """The entry that reported the incident."""
    found = known.stream(f"incident/{incident}")
    return next((e for e in found if e.type == "IncidentReported"), None)
