"""Many mutated evidence files: no traceback, no wrong VALID, bounded memory and time.

    python tests/tampering/fuzz.py --files 100000 --seed 1 --jobs 2

The same seed gives the same files; `--first N --files 1` makes one of them again. The test suite
runs the short form.
"""

import argparse
import io
import json
import resource
import struct
import sys
import tempfile
import time
import zipfile
import zlib
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from random import Random

TESTS = Path(__file__).resolve().parent.parent
sys.path[:0] = [path for path in (str(TESTS), str(TESTS.parent)) if path not in sys.path]

from tampering import mutate
from tampering.forge import MANIFEST, STRANGER, listed, rebuilt_tree, unpacked
from tampering.school import School

from ledger.domain.case import CaseCheck
from ledger.domain.replay import Duties
from ledger.evidence import export_case, export_complete, export_redacted, withheld_by
from ledger.proof import ed25519
from ledger.proof.files import Hashes
from ledger.proof.policy import parse_policy
from ledger.proof.telling import as_json, as_text
from ledger.proof.verify import verify
from projections.semantics import AnswersCheck, all_answers, case_answers

LINES = 6  # of the story: files are small, so that there can be many
# What the standard library raises for what is no sound zip.
UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)
DEEP = 0.08  # of the files are of the whole story, and go past the form of records
REFUSED = ("INVALID", "MALFORMED")
SLOWEST = 10.0  # seconds that one file may take, on a machine that does other things as well
LARGEST = 512  # MiB that the process may have grown by


@dataclass(frozen=True)
class Base:
    """An honest file, its members, and the checkpoint that somebody kept of it."""

    file: bytes
    members: dict
    known: bytes


@dataclass
class Tally:
    """What became of the files so far."""

    files: int = 0
    verdicts: Counter = field(default_factory=Counter)
    codes: Counter = field(default_factory=Counter)
    faults: list = field(default_factory=list)
    slowest: tuple = (0.0, -1)
    grown: int = 0

    def add(self, other):
        self.files += other.files
        self.verdicts += other.verdicts
        self.codes += other.codes
        self.faults += other.faults
        self.slowest = max(self.slowest, other.slowest)
        self.grown = max(self.grown, other.grown)


class Fuzzer:
    """Honest files of every kind, and what is made of them; the same in every process."""

    def __init__(self, folder):
        self.school = School(folder)
        self.trust = parse_policy(self.school.trust_text)
        with self.school.found() as ledger:
            self.school.tell(ledger, LINES)
            self.small = list(self._bases(ledger, folder / "out.zip", {"person": "stf-014"}))
        self.large = list(self._of_all_lines(folder / "large"))
        # The same question has the same answer: most records of most files are untouched.
        self.holds = lru_cache(maxsize=1 << 14)(ed25519._holds)

    def _of_all_lines(self, folder):
        folder.mkdir()
        school = School(folder)
        with school.found() as ledger:
            school.tell(ledger)
            yield from self._bases(ledger, folder / "out.zip", {"incident": "inc-01"})

    def _bases(self, ledger, out, scope):
        def base():
            members = unpacked(out.read_bytes())
            return Base(out.read_bytes(), members, members["checkpoint"])

        ledger.seal_act({"action": "report_incident", "actor": "stf-011", "data": {}})
        export_complete(ledger, out, all_answers, ["all"])
        yield base()
        export_redacted(ledger, out, withheld_by(ledger.entries(), ["restricted"]), ["all"])
        yield base()
        export_case(ledger, out, scope, case_answers, ["all"])
        yield base()

    def run(self, seed, first, count):
        """Make and verify files first … first+count-1 of a seed."""
        tally, start = Tally(), _memory()
        before, ed25519._holds = ed25519._holds, self.holds
        try:
            for number in range(first, first + count):
                self._one(Random(f"{seed} {number}"), number, tally)
        finally:
            ed25519._holds = before
        tally.grown = _memory() - start
        return tally

    def _one(self, rng, number, tally):
        deep = rng.random() < DEEP
        base = rng.choice(self.large if deep else self.small)
        data, signed = (self.said_otherwise if deep else self.mutated)(rng, base)
        began = time.perf_counter()
        try:
            report = self.verified(data, base)
        except Exception as error:
            tally.faults.append((number, f"{type(error).__name__}: {error}"[:300]))
        else:
            tally.verdicts[report.verdict] += 1
            tally.codes.update({finding.code for finding in report.findings})
            if report.verdict not in REFUSED and not says_the_same(data, base, signed):
                tally.faults.append((number, f"wrong {report.verdict}"))
        took = time.perf_counter() - began
        tally.files += 1
        tally.slowest = max(tally.slowest, (took, number))
        if took > SLOWEST:
            tally.faults.append((number, f"took {took:.1f} seconds"))

    def verified(self, data, base):
        """The report, after it was put into words as well."""
        checks = (Duties(), AnswersCheck(), CaseCheck(), Hashes())
        report = verify(io.BytesIO(data), self.trust, [base.known], checks)
        json.dumps(as_json(report), ensure_ascii=True)
        assert all(line.isprintable() or "\n" in line for line in as_text(report, b"trust"))
        return report

    def said_otherwise(self, rng, base):
        """The same of a file in which records say something else, well signed."""
        members = base.members
        for _ in range(rng.choice((1, 1, 2))):
            members = mutate.fields(rng, members, self.school.record_key)
        if rng.random() < 0.5:
            members = rebuilt_tree(members, self.school)
        return listed(members, self.school.record_key), True

    def mutated(self, rng, base):
        """(octets, whether the ledger's own record key signed them) of a file made of `base`."""
        if rng.random() < 0.3:
            data = base.file
            for _ in range(rng.choice((1, 1, 1, 2, 5))):
                data = rng.choice((mutate.octets, mutate.zip_headers))(rng, data)
            return data, False
        members = base.members
        for _ in range(rng.choice((1, 1, 1, 2, 3))):
            change = rng.choice((mutate.member, mutate.member, mutate.member, mutate.names))
            members = change(rng, members, self.school.record_key) or members
        return self.signed(rng, base, members)

    def signed(self, rng, base, members):
        """The members as they are, or under a manifest of a stranger's, or of the ledger's own."""
        who = rng.choice(("nobody", "stranger", "ledger", "ledger", "both keys"))
        if who == "nobody" or members.get(MANIFEST) != base.members[MANIFEST]:
            return mutate.shuffled(rng, members), False
        if who == "both keys":
            members = rebuilt_tree(members, self.school)
        signer = STRANGER if who == "stranger" else self.school.record_key
        return listed(members, signer), who != "stranger"


def says_the_same(data, base, signed):
    """Tell whether a file that was not refused says what the honest one does.

    One that the ledger signed may disclose less, name fewer heads, and have more signatures.
    """
    try:
        members = unpacked(data)
    except UNREADABLE:
        return False
    members = {name: held for name, held in members.items() if not name.endswith("/")}
    if members == base.members:
        return True
    if not signed or members.keys() != base.members.keys():
        return False
    return all(
        name == MANIFEST or _may_differ(name, members[name], held)
        for name, held in base.members.items()
    )


def _may_differ(name, given, held):
    if name == "disclosures.jsonl":
        return set(given.splitlines()) <= set(held.splitlines())
    if name == "heads.json":
        return _fewer_heads(given, held)
    if name == "checkpoint" or name.endswith(".tlog-proof"):
        return given == held or (held in given and given.startswith(held))
    return given == held


def _fewer_heads(given, held):
    """Whether it names some of the heads, and nothing else."""
    try:
        heads = [json.loads(data)["heads"] for data in (given, held)]
        return all(head in heads[1] for head in heads[0])
    except (ValueError, LookupError, TypeError, RecursionError):
        return False


def _memory():
    """The most memory that the process ever had, in MiB."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most // (1024 if sys.platform != "darwin" else 1024**2)


def run(folder, seed, first, count):
    """A whole run in this process."""
    return Fuzzer(folder).run(seed, first, count)


def _share(given):
    seed, first, count = given
    with tempfile.TemporaryDirectory() as folder:
        return run(Path(folder), seed, first, count)


def main():
    parser = argparse.ArgumentParser(description="Fuzz the verifier with mutated evidence files.")
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1)
    asked = parser.parse_args()
    share = 1_000
    ends = range(asked.first, asked.first + asked.files, share)
    shares = [(asked.seed, n, min(share, asked.first + asked.files - n)) for n in ends]
    tally = Tally()
    with ProcessPoolExecutor(asked.jobs) as pool:
        for done in pool.map(_share, shares):
            tally.add(done)
            for number, fault in done.faults:
                print(f"file {number}: {fault}", flush=True)
            print(f"{tally.files} files, {len(tally.faults)} faults", file=sys.stderr, flush=True)
    print(f"{tally.files} files of seed {asked.seed}: {dict(tally.verdicts)}")
    print(f"codes seen: {dict(sorted(tally.codes.items()))}")
    print(f"slowest {tally.slowest[0]:.2f} s (file {tally.slowest[1]}), grown by {tally.grown} MiB")
    return 1 if tally.faults or tally.grown > LARGEST else 0


if __name__ == "__main__":
    sys.exit(main())
