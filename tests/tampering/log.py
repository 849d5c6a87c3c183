"""What lies about after a term: the closed store, and one evidence file of each kind."""

from dataclasses import dataclass
from pathlib import Path

from small import asked
from tampering.school import MODERATOR, School

from ledger.domain.school_time import parse_timestamp
from ledger.evidence import disclosures, export_case, export_complete, export_redacted, withheld_by
from projections.semantics import all_answers, case_answers

SIZE = 28  # records when the complete file was taken
REFUSAL, SEALED = 13, 26
INCIDENT = {"incident": "inc-01"}
DAYS = {"from": "2026-09-08T00:00:00Z", "to": "2026-09-15T00:00:00Z"}


@dataclass(frozen=True)
class Log:
    """The log of a school, in octets; nothing of it is changed by whoever tampers with a copy.

    `store` is the directory at `SIZE` records; `files` are taken one after the other, and those
    that do not show all records add one to the log; `notes` are checkpoints by size.
    """

    school: School
    store: Path
    entries: tuple[bytes, ...]
    told: tuple[dict, ...]
    files: dict[str, bytes]
    notes: dict[int, bytes]
    receipt: str


def play(folder: Path) -> Log:
    """Live through the story in `folder`, and take evidence of it."""
    school = School(folder / "living")
    school.directory.mkdir()
    with school.found() as ledger:
        school.tell(ledger)
        school.go_on(ledger)
    store = folder / "store"
    copy_store(school.directory, store)
    with school.open(clock_ok=True) as ledger:
        told = tuple(disclosures(ledger, SIZE, ["all"]))
        files = dict(_files(school, ledger, folder / "out.zip"))
        entries = tuple(ledger.raw(0, len(ledger.entries().all)))
        notes = {size: ledger.checkpoint(size) for size in range(1, len(entries) + 1)}
        receipt = ledger.proof(14)
    return Log(school, store, entries, told, files, notes, receipt)


def copy_store(old: Path, new: Path) -> Path:
    """Copy a closed ledger directory."""
    new.mkdir()
    for path in old.iterdir():
        if path.is_file():
            (new / path.name).write_bytes(path.read_bytes())
    return new


def _files(school, ledger, out):
    """(kind, octets) of each file, in the order in which they were taken."""

    def taken():
        return out.read_bytes()

    export_complete(ledger, out, all_answers, ["all"])
    yield "complete", taken()
    export_complete(ledger, out, all_answers)
    yield "complete, nothing disclosed", taken()
    school.clock.at = parse_timestamp("2026-09-24T09:00:00+01:00")
    withheld = withheld_by(ledger.entries(), ["restricted", str(REFUSAL)])
    export_redacted(ledger, out, withheld, ["all"])
    yield "redacted", taken()
    export_redacted(ledger, out, withheld_by(ledger.entries(), ["restricted"]))
    yield "redacted, only what is restricted", taken()
    for name, scope in (
        ("case", INCIDENT),
        ("account", {"account": "fb-main"}),
        ("person", {"person": "stf-027"}),
        ("days", DAYS),
    ):
        export_case(ledger, out, scope, case_answers, ["all"])
        yield name, taken()
    request = {"request": "rts-02", "kind": "access", "subject": "stf-027"}
    ledger.record(asked("receive_rights_request", request, MODERATOR))
    export_complete(ledger, out, all_answers, ["stf-027"])
    yield "complete, later, one subject disclosed", taken()
