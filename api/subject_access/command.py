"""`handledger export --person ID --subject-access`: the file from the shell, or what to review."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api import seeing, wiring
from api.config import Config
from api.subject_access import making, reviewing
from api.subject_access.gathering import gather, known
from api.subject_access.making import NotTheirs
from api.subject_access.reviewing import BadReview
from api.subject_access.telling import Occasion
from ledger.disclosing import Sees, everything
from ledger.history import Ledger
from ledger.outcomes import Declined
from ledger.proof.encoding import read_json
from ledger.proof.errors import Malformed
from projections.history import Histories


class CannotHandOut(Exception):
    """Nothing was written: the text says why and what to do."""


@dataclass(frozen=True)
class Wanted:
    """What was asked for at the shell. `review` is a filled-in sheet, `sheet` to be written."""

    person: str
    language: str = "en"
    request: str = ""
    review: Path | None = None
    sheet: Path | None = None
    complete: bool = False
    actor: str | None = None
    given_to: tuple[str, ...] = ()


def run(config: Config, out: Path, want: Wanted, clock_ok: bool = False) -> dict[str, Any]:
    """Write the file, or with `sheet` only what has to be reviewed. Raises CannotHandOut."""
    from api.access import ACCESS
    from api.app import create_app
    from api.tokens import Tokens

    if want.complete and not (want.request and want.actor):
        raise CannotHandOut("--complete needs --request and --actor")
    with wiring.open_ledger(config, clock_ok) as ledger:
        app = create_app(ledger, Tokens(config.data / ACCESS))
        with app.test_request_context("/"):
            try:
                return _run(ledger, out, want)
            except (BadReview, NotTheirs) as error:
                raise CannotHandOut(str(error)) from None


def _run(ledger: Ledger, out: Path, want: Wanted) -> dict[str, Any]:
    log = Histories(entry.record for entry in ledger.entries().all)
    if not known(ledger.entries(), want.person):
        raise CannotHandOut(f"--person: the ledger knows nobody of the id {want.person[:64]}")
    given = _read(want.review)
    sees = _sees(ledger, want.actor)
    gathered = gather(ledger, log.known(), want.person, reviewing.same_in(given), sees)
    if want.actor in {want.person, *gathered.ids, *gathered.linked}:
        raise CannotHandOut("--actor: somebody else hands out what is held about a person")
    if want.sheet is not None:
        _write(want.sheet, json.dumps(reviewing.sheet(gathered), ensure_ascii=False, indent=1))
        return {"review": str(want.sheet), "texts": len(gathered.to_review)}
    review = reviewing.read(given, gathered)
    occasion = _occasion(ledger, want, gathered.ids)
    file = making.make(ledger, log, gathered, review, occasion, want.language)
    said: dict[str, Any] = {
        "file": str(out),
        "size": gathered.size,
        "undecided": len(reviewing.undecided(gathered, review)) + gathered.unseen,
    }
    if want.actor is not None:
        outcome = making.outcome_of(gathered, review)
        completes = (want.request, outcome) if want.complete else None
        given_to = want.given_to or (want.actor,)
        told = making.on_record(gathered, review)
        done = making.hand_out(
            ledger, want.person, want.actor, given_to, file, None, completes, told
        )
        said |= _recorded(done)
    _write_bytes(out, file)
    return said


def _sees(ledger: Ledger, actor: str | None) -> Sees:
    """What the actor may be shown; on the ledger's own machine without one, everything."""
    if actor is None:
        return everything
    known = ledger.entries()
    return seeing.sees(known, seeing.reader(known, actor, ledger.ports.clock.now()))


def _recorded(done: making.HandedOut | Declined) -> dict[str, Any]:
    if isinstance(done, Declined):
        raise CannotHandOut(f"handing it out was refused: {done.code}")
    positions = [r.position for r in (done.receipt, done.completed) if r is not None]
    return {"recorded": positions}


def _occasion(ledger: Ledger, want: Wanted, ids: frozenset[str]) -> Occasion:
    now = ledger.ports.clock.now()
    opened = next(iter(ledger.entries().of("LedgerOpened")), None)
    school = str(opened.fields["school"]) if opened else ledger.origin
    if not want.request:
        return Occasion(want.person, school, now)
    asked = making.request_of(ledger, want.request, ids)
    return Occasion(want.person, school, now, want.request, asked)


def _read(path: Path | None) -> Any:
    if path is None:
        return {}
    try:
        return read_json(path.read_bytes())
    except Malformed as error:
        raise CannotHandOut(f"--review: {error}") from None


def _write(path: Path, text: str) -> None:
    _write_bytes(path, text.encode() + b"\n")


def _write_bytes(path: Path, data: bytes) -> None:
    """Readable by its owner alone: it holds what is sealed elsewhere."""
    unfinished = path.with_name(path.name + ".part")
    try:
        unfinished.touch(0o600)
        unfinished.chmod(0o600)
        unfinished.write_bytes(data)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


__all__: Sequence[str] = ("CannotHandOut", "Wanted", "run")
