"""Makes the golden ledger, and an evidence file of it in the format now written.

    python tests/golden/make.py

Run once for each edition of the catalogue and each format of evidence. What is committed is never
made again: every later version must verify it as it is. The keys are fixed and public; that they
are worth nothing is the point.
"""

import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from small import World, asked

from keys.signer import FileSigner
from ledger.evidence import export_case, export_complete, export_redacted, withheld_by
from ledger.history import Ledger
from ledger.proof.dsse import keyid
from ledger.proof.encoding import b64encode
from ledger.proof.layout import FORMAT
from ledger.proof.note import format_vkey
from ledger.proof.policy import format_policy
from projections.semantics import all_answers, case_answers

EDITION = HERE / "edition-1"
LATER = FileSigner("record", b"l" * 32)


def make_ledger() -> None:
    EDITION.mkdir()
    world = World(EDITION)
    with world.found() as ledger:
        world.play(ledger)
        ledger.record(asked("record_public_mention", {}, key="an answered request"))
        ledger.seal_act({"action": "report_incident", "actor": "stf-011", "data": {}})
        already = {"account": "fb-main", "reason": "gone", "audience_told": False}
        late = {**already, "late_reason": "found out afterwards"}
        ledger.record(asked("close_account", late, actor="stf-041", already_done=True))
        vkey = format_vkey(ledger.key.name, ledger.key.public_key)
        (EDITION / "trust.policy").write_text(format_policy(vkey), "utf-8")
    (EDITION / "checkpoint.lock").unlink()


def copied(make: Callable[[Ledger], object]) -> None:
    """Of a copy: exporting must not touch what is committed. Its record key has changed once."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(EDITION, Path(folder) / "copy")
        world = World(Path(folder) / "copy", later_keys=[LATER])
        with world.open() as ledger:
            world.clock.at = ledger.entries().all[-1].record.time
            public = LATER.public_key
            said = {"new_key_id": keyid("record", public), "public_key": b64encode(public)}
            ledger.record(asked("rotate_signing_key", {**said, "reason": "A year has passed"}))
            ledger.record(asked("record_public_mention", {}))
            make(ledger)


def make_complete(ledger: Ledger, out: Path) -> None:
    export_complete(ledger, out, all_answers, ("all",))


def make_redacted(ledger: Ledger, out: Path) -> None:
    withheld = withheld_by(ledger.entries(), ("restricted", "60", "61"))
    export_redacted(ledger, out, withheld, ("all",))


def make_incident(ledger: Ledger, out: Path) -> None:
    export_case(ledger, out, {"incident": "case-2026-001"}, case_answers, ("all",))


MAKERS = {
    f"evidence-{FORMAT}": make_complete,
    f"evidence-{FORMAT}-redacted": make_redacted,
    f"evidence-{FORMAT}-incident": make_incident,
}

if not EDITION.exists():
    make_ledger()
wanted = {EDITION / f"{name}.zip": maker for name, maker in MAKERS.items()}
missing = {path: maker for path, maker in wanted.items() if not path.exists()}
if not missing:
    sys.exit("everything is there: golden files are never made again")
for path, maker in missing.items():
    copied(lambda ledger, path=path, maker=maker: maker(ledger, path))
