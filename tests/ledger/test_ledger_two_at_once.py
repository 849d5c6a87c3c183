"""Several threads and two processes on one ledger: nothing lost, nothing decided on stale state."""

import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from small import World, asked, person

from keys.signer import FileSigner
from ledger.domain.fitness import trained
from ledger.fsck import fsck
from ledger.outcomes import Declined, Receipt

WORKER = Path(__file__).with_name("worker.py")
COUNT = 60


def start(world, *arguments):
    return subprocess.Popen(
        [sys.executable, str(WORKER), str(world.directory), *map(str, arguments)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=WORKER.parents[1],
    )


def said(process):
    out, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    return [json.loads(line) for line in out.splitlines()]


def check_whole(world, records):
    """Dense positions, the tree equal to the store, and every row what its record says."""
    with world.open() as ledger:
        assert ledger.closed_because == ""
        assert records == ledger.store.size()
        key = ledger.key
    assert fsck(world.directory, key) == []


def test_threads_share_one_ledger(world):
    with world.open_school() as ledger:
        positions, lock = [], threading.Lock()

        def work(first):
            for n in range(first, first + COUNT):
                outcome = ledger.record(asked("register_person", person(n)))
                with lock:
                    positions.append(outcome.position)

        threads = [threading.Thread(target=work, args=(100 * t,)) for t in range(1, 9)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert list(range(2, 2 + 8 * COUNT)) == sorted(positions)
    check_whole(world, 2 + 8 * COUNT)


def test_two_processes_share_one_ledger(world):
    """Every accepted command has its own dense position, and both saw the other's people."""
    world.open_school().close()
    workers = [start(world, "register", 100, COUNT), start(world, "register", 130, COUNT)]
    first, second = [said(w) for w in workers]
    outcomes = [*first, *second]
    assert list(range(2, 2 + 2 * COUNT)) == sorted(o["position"] for o in outcomes)
    # 30 ids were asked for by both: one of them has each, the other a recorded refusal.
    assert sum(o["code"] == "duplicate_id" for o in outcomes) == 30
    check_whole(world, 2 + 2 * COUNT)


def ready_to_decide(world, applications):
    """Applications whose runners are trained, and the training that a correction will end."""
    with world.open_school() as ledger:
        runners = ["stf-011", "stf-101"]
        policy = {"policy_version": "smp-1", "title": "Policy", "ratified_on": "2026-08-01"}
        heads = {"chair_of_governors": "stf-011", "headteacher": "stf-011"}
        steps = [
            asked("register_person", person(101)),
            asked("register_person", {**person(102), "offices": ["slt"]}),
            asked("ratify_policy", {**policy, **heads, "review_due": "2027-08-01"}),
            asked("acknowledge_policy", {"policy_version": "smp-1"}),
            asked("acknowledge_policy", {"policy_version": "smp-1"}, actor="stf-101"),
            asked(
                "record_training",
                {"people": runners, "course": "basics", "valid_until": "2027-09-01"},
                occurred_at="2026-08-31T09:00:00+01:00",
            ),
        ]
        case = {"platform": "x", "account_name": "a", "aim": "a", "audience": "a"}
        roles = [{"person": p, "role": r} for p, r in zip(runners, ("lead", "runner"), strict=True)]
        for n in range(applications):
            data = {"application": f"apl-{n}", **case, "promotion": "a", "visibility": "open"}
            steps.append(asked("submit_application", {**data, "runners": roles}))
        outcomes = ledger.submit(steps)
        assert all(isinstance(o, Receipt) for o in outcomes)
        return outcomes[5].event_id


@pytest.mark.parametrize("others", [0, 5, 20])
def test_no_approval_is_decided_on_a_training_that_was_just_corrected(world, others):
    """One process approves, another sets the runners' `valid_until` to yesterday."""
    applications = 40
    training = ready_to_decide(world, applications)
    approver = start(world, "approve", 0, applications)
    corrector = start(world, "correct", training, others)
    approvals, [*_, correction] = said(approver), said(corrector)
    assert correction["code"] is None
    for outcome in approvals:
        before = outcome["position"] < correction["position"]
        assert (None if before else "runner_not_trained") == outcome["code"]
    with world.open() as ledger:
        assert not trained(ledger.entries(), "stf-101", world.clock.at)


def test_an_approval_after_the_correction_is_refused_in_the_same_process_too(world):
    training = ready_to_decide(world, 1)
    with world.open() as mine, world.open() as other:
        mine.entries()
        values = {"target": training, "set": {"valid_until": "2026-08-31"}, "reason": "typo"}
        assert isinstance(other.record(asked("correct_entry", values)), Receipt)
        approval = asked("approve_application", {"application": "apl-0"}, actor="stf-102")
        outcome = mine.record(approval)
        assert isinstance(outcome, Declined)
        assert outcome.code == "runner_not_trained"


def test_a_process_killed_in_the_middle_loses_no_acknowledged_record(world):
    world.open_school().close()
    acknowledged = 0
    for n in range(5):
        worker = start(world, "register", 1000 * (n + 1), 500)
        lines = [worker.stdout.readline() for _ in range(20)]
        worker.kill()
        rest = worker.communicate(timeout=60)[0]
        acknowledged += len(lines) + len([x for x in rest.splitlines() if x.endswith("}")])
    with world.open() as ledger:
        assert ledger.closed_because == ""
        assert acknowledged + 2 <= ledger.store.size() <= acknowledged + 2 + 5
        size, key = ledger.store.size(), ledger.key
    check_whole(world, size)
    assert fsck(world.directory, key) == []


def test_worlds_do_not_share_anything(tmp_path):
    """A process can serve several ledgers: nothing is kept in a module global."""
    first, second = World(tmp_path / "a"), World(tmp_path / "b", root=FileSigner("root", b"s" * 32))
    for world in (first, second):
        world.directory.mkdir()
    with first.open_school() as one, second.open_school() as two:
        one.record(asked("register_person", person(1)))
        assert (one.store.size(), two.store.size()) == (3, 2)
