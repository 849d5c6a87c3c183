"""Makes the golden ledger and its evidence file. Run once for each edition of the format.

    python tests/golden/make.py

The committed files are never made again: every later version must verify them as they are.
The keys are fixed and public; that they are worth nothing is the point.
"""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from small import World, asked

from ledger.evidence import export_complete
from ledger.proof.note import format_vkey
from ledger.proof.policy import format_policy


def main() -> None:
    target = HERE / "edition-1"
    if target.exists():
        sys.exit(f"{target.name} exists: a golden ledger is never made again")
    target.mkdir()
    world = World(target)
    with world.found() as ledger:
        world.play(ledger)
        ledger.record(asked("record_public_mention", {}, key="an answered request"))
        ledger.seal_act({"action": "report_incident", "actor": "stf-011", "data": {}})
        already = {"account": "fb-main", "reason": "gone", "audience_told": False}
        late = {**already, "late_reason": "found out afterwards"}
        ledger.record(asked("close_account", late, actor="stf-041", already_done=True))
        export_complete(ledger, target / "evidence.zip", ("all",))
        vkey = format_vkey(ledger.key.name, ledger.key.public_key)
        (target / "trust.policy").write_text(format_policy(vkey), "utf-8")
    (target / "checkpoint.lock").unlink()
    print(*sorted(p.name for p in target.iterdir()))


main()
