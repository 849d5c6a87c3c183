"""A process of its own that records: `worker.py DIRECTORY VERB ARGUMENTS`; outcomes on stdout."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from small import World, asked, person

from ledger.outcomes import Receipt


def commands(verb, arguments):
    if verb == "register":
        first, count = map(int, arguments)
        return [asked("register_person", person(n)) for n in range(first, first + count)]
    if verb == "approve":
        first, count = map(int, arguments)
        return [
            asked("approve_application", {"application": f"apl-{n}"}, actor="stf-102")
            for n in range(first, first + count)
        ]
    target, before = arguments
    others = [asked("register_person", person(500 + n)) for n in range(int(before))]
    values = {"target": target, "set": {"valid_until": "2026-08-31"}, "reason": "typo"}
    return [*others, asked("correct_entry", values)]


def main(directory, verb, *arguments):
    with World(Path(directory)).open() as ledger:
        for command in commands(verb, arguments):
            outcome = ledger.record(command)
            code = None if isinstance(outcome, Receipt) else outcome.code
            print(json.dumps({"position": outcome.position, "code": code}), flush=True)


main(*sys.argv[1:])
