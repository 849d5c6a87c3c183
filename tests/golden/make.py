"""Makes the golden ledger, and an evidence file of it in the format now written.

    python tests/golden/make.py

Run once for each edition of the catalogue and each format of evidence. What is committed is never
made again: every later version must verify it as it is. The keys are fixed and public; that they
are worth nothing is the point.
"""

import shutil
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from small import World, asked

from ledger.evidence import export_complete
from ledger.proof.layout import FORMAT
from ledger.proof.note import format_vkey
from ledger.proof.policy import format_policy
from projections.semantics import all_answers

EDITION = HERE / "edition-1"


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


def make_evidence(out: Path) -> None:
    """From a copy: exporting must not touch what is committed."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(EDITION, Path(folder) / "copy")
        with World(Path(folder) / "copy").open() as ledger:
            export_complete(ledger, out, all_answers, ("all",))


if not EDITION.exists():
    make_ledger()
evidence = EDITION / f"evidence-{FORMAT}.zip"
if evidence.exists():
    sys.exit(f"{evidence.name} exists: golden files are never made again")
make_evidence(evidence)
