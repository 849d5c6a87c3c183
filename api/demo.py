"""`make demo`: the main job once, without a server, and a tampered copy that is found out."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections import Counter
from pathlib import Path

import click

from api import rehearsal, wiring
from api.config import Config
from api.server import SAMPLE
from ledger.domain.case import CaseCheck
from ledger.domain.replay import Duties
from ledger.evidence import export_complete
from ledger.genesis import REHEARSAL
from ledger.history import Ledger
from ledger.proof.policy import Policy, parse_policy
from ledger.proof.report import Report
from ledger.proof.verify import verify
from projections import questions
from projections.history import Histories
from projections.semantics import AnswersCheck, all_answers

QUESTIONS = (
    (
        "Who ran fb-main on 2 November at noon?",
        "/v1/accounts/fb-main/roles?at=2026-11-02T12:00:00Z",
    ),
    ("And who could get in without a role?", "/v1/exposures"),
    ("Were enquiries answered in time?", "/v1/sla/summary"),
    (
        "Was enquiry 4 answered in time, as known on 18 November at 10:00?",
        "/v1/sla?subject=enq-2026-004&at=2026-11-18T10:00:00Z&known_at=2026-11-18T10:00:00Z",
    ),
    (
        "And as known now, after the receipt was corrected?",
        "/v1/sla?subject=enq-2026-004&at=2026-11-18T10:00:00Z",
    ),
    ("What is still open?", "/v1/open-items"),
)


def run(config: Config) -> int:
    """Play the sample term, export, verify, tamper, verify. Returns the exit code."""
    _clear(config.data)
    lines = rehearsal.read_lines(SAMPLE)
    click.echo(f"1. A term of governance: {len(lines)} commands into {config.data}")
    ledger, clock = rehearsal.start(config, lines)
    with ledger:
        good = _play(ledger, clock, lines)
        _ask(ledger)
        evidence = config.data / "evidence.zip"
        size = export_complete(ledger, evidence, all_answers)
    click.echo(f"4. Evidence: {evidence}, {size} records, {evidence.stat().st_size} octets")
    trust = parse_policy((config.data / wiring.TRUST).read_text("utf-8"))
    good &= (
        _show("5. Verified offline with the trust file alone", evidence, trust, "VALID") is not None
    )
    tampered = tamper(evidence, config.data / "tampered.zip")
    report = _show("6. One letter changed in a copy", tampered, trust, "INVALID")
    good &= report is not None and any(f.position is not None for f in report.findings)
    click.echo("done" if good else "this is not what should have happened")
    return 0 if good else 1


def _clear(directory: Path) -> None:
    """Remove an earlier demonstration, and nothing that is not one."""
    if directory.exists():
        if not wiring.trust_key(directory).name.startswith(REHEARSAL + "/"):
            raise wiring.SetupError(f"{directory} holds a real ledger; it was not touched")
        shutil.rmtree(directory)


def _play(ledger: Ledger, clock: wiring.RehearsalClock, lines: list[rehearsal.Line]) -> bool:
    codes: Counter[str] = Counter()
    good = True
    for played in rehearsal.play(ledger, clock, lines):
        codes[played.code or "accepted"] += 1
        good &= played.as_expected
    click.echo(f"2. {codes.pop('accepted')} accepted, {codes.total()} refused, as expected: {good}")
    for code, count in sorted(codes.items()):
        click.echo(f"   {count} x {code}")
    return good


def _ask(ledger: Ledger) -> None:
    """The questions a governor asks first, answered from the records."""
    log = Histories(entry.record for entry in ledger.entries().all)
    click.echo("3. The main questions")
    for words, target in QUESTIONS:
        said = questions.answer(*questions.split(target), log, log.last)
        shown = json.dumps(said.answer, ensure_ascii=False)
        click.echo(f"   {words}\n      {target}\n      {shown[:300]}{'…' * (len(shown) > 300)}")


def _show(title: str, file: Path, trust: Policy, expected: str) -> Report | None:
    """Verify and say so; the report where the verdict is the expected one."""
    report = verify(file, trust, checks=(Duties(), AnswersCheck(), CaseCheck()))
    click.echo(f"{title}: {report.verdict} (rehearsal: {str(report.rehearsal).lower()})")
    for finding in report.findings[:3]:
        where = "" if finding.position is None else f"position {finding.position}: "
        click.echo(f"   {where}{finding.code}: {finding.detail}")
    return report if report.verdict == expected else None


def tamper(evidence: Path, copy: Path) -> Path:
    """Copy an evidence file with one bit of one record changed."""
    with zipfile.ZipFile(evidence) as source, zipfile.ZipFile(copy, "w") as target:
        for name in source.namelist():
            data = bytearray(source.read(name))
            if name.startswith("tile/entries/000"):
                data[len(data) // 2] ^= 1
            target.writestr(zipfile.ZipInfo(name), bytes(data))
    return copy


__all__ = ["run", "tamper"]
