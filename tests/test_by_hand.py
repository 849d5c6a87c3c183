"""docs/by-hand.md: its commands are run as they stand there, on honest evidence and on changed."""

import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from small import World, asked
from stamper import Holder
from tsa import Authority

from api.timestamping import stamp
from ledger.domain.school_time import parse_timestamp
from ledger.evidence import export_case, export_complete, export_redacted
from ledger.proof.encoding import canonical
from ledger.proof.note import format_vkey
from ledger.proof.policy import format_policy
from ledger.proof.tiles import decode_bundle, encode_bundle
from ledger.proof.zipwriter import ZipWriter
from projections.semantics import all_answers, case_answers

ROOT = Path(__file__).resolve().parent.parent
GOLDEN = ROOT / "tests/golden/edition-1"
PAGE = (ROOT / "docs/by-hand.md").read_text("utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
POSITION = int(re.search(r"^N=(\d+)$", PAGE, re.MULTILINE)[1])
# A machine that has Python need not have unzip.
UNZIP = f"""command -v unzip > /dev/null || unzip() {{ '{sys.executable}' -m zipfile -e $2 $4; }}
"""
BUNDLE = "tile/entries/000.p/128"


@pytest.fixture(name="proof", scope="module")
def _proof(tmp_path_factory):
    """The proof of a golden record, as a receipt has it."""
    copy = tmp_path_factory.mktemp("golden") / "ledger"
    shutil.copytree(GOLDEN, copy)
    with World(copy).open() as ledger:
        return ledger.proof(POSITION)


@pytest.fixture(name="folder")
def _folder(proof, tmp_path):
    shutil.copy(GOLDEN / "evidence-2.zip", tmp_path / "evidence.zip")
    shutil.copy(GOLDEN / "trust.policy", tmp_path)
    (tmp_path / "proof").write_text(proof, "utf-8")
    return tmp_path


def followed(folder, position=POSITION, blocks=BLOCKS):
    """Exit code, what was said, and how many blocks were done to their end."""
    script = UNZIP + "".join(f"{block}echo done-{n}\n" for n, block in enumerate(blocks, 1))
    script = script.replace(f"\nN={POSITION}\n", f"\nN={position}\n")
    done = subprocess.run(
        ["sh", "-eu"], input=script, cwd=folder, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr, len(re.findall("^done-", done.stdout, re.M))


def test_honest_evidence_holds(folder):
    code, said, blocks = followed(folder)
    assert (0, len(BLOCKS)) == (code, blocks), said
    assert 5 == said.count("Signature Verified Successfully")
    assert '"type":"' in said


HIDDEN = 57
PARTS = {
    "redacted": lambda ledger, out, told: export_redacted(ledger, out, {HIDDEN: "chosen"}, told),
    "case": lambda ledger, out, told: export_case(
        ledger, out, {"incident": "case-2026-001"}, case_answers, told
    ),
    "days": lambda ledger, out, told: export_case(
        ledger, out, {"from": "2026-09-08T00:00:00Z", "to": "2026-09-20T00:00:00Z"},
        case_answers, told,
    ),
}  # fmt: skip


@pytest.mark.parametrize("told", [["all"], []], ids=["disclosed", "nothing disclosed"])
@pytest.mark.parametrize("kind", PARTS)
def test_evidence_of_a_part_holds(folder, tmp_path, kind, told):
    shutil.copytree(GOLDEN, tmp_path / "ledger")
    world = World(tmp_path / "ledger")
    world.clock.at = parse_timestamp("2027-06-01T09:00:00+01:00")
    with world.open(clock_ok=True) as ledger:
        PARTS[kind](ledger, tmp_path / "evidence.zip", told)
        with zipfile.ZipFile(tmp_path / "evidence.zip") as archive:
            shown = [int(name[8:-5]) for name in archive.namelist() if name.endswith(".json")
                     and name.startswith("records/")] or [HIDDEN - 1, HIDDEN + 1]  # fmt: skip
        position = sorted(shown)[-2 if kind != "redacted" else -1]
        (tmp_path / "proof").write_text(ledger.proof(position), "utf-8")
    code, said, blocks = followed(folder, position)
    assert (0, len(BLOCKS)) == (code, blocks), said
    if kind == "redacted":
        shutil.rmtree(folder / "evidence")
        code, said, _ = followed(folder, HIDDEN)
        assert code != 0
        assert f"record {HIDDEN} is withheld" in said


def changed(folder, change):
    """The evidence with its members changed by hand."""
    path = folder / "evidence.zip"
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with path.open("wb") as file:
        writer = ZipWriter(file)
        for name, data in members.items():
            writer.add(name, data)
        writer.close()


def of_record(position, change):
    def changer(members):
        entries = decode_bundle(members[BUNDLE], 128)
        entries[position] = change(entries[position])
        members[BUNDLE] = encode_bundle(entries)

    return changer


def flipped(member, at):
    def changer(members):
        data = bytearray(members[member])
        data[at] ^= 1
        members[member] = bytes(data)

    return changer


def other_payload(entry):
    """The record with another letter in what was recorded."""
    at = entry.index(b'"payload":"') + 200
    return entry[:at] + (b"A" if entry[at : at + 1] != b"A" else b"B") + entry[at + 1 :]


def other_signature(entry):
    at = entry.index(b'"sig":"') + 20
    return entry[:at] + (b"A" if entry[at : at + 1] != b"A" else b"B") + entry[at + 1 :]


def exchanged(*names):
    """The first two disclosed values exchange what is named: the salt, the value, or both."""

    def changer(members):
        lines = [json.loads(line) for line in members["disclosures.jsonl"].splitlines()]
        one, other = lines[0], next(each for each in lines if each["value"] != lines[0]["value"])
        for name in names:
            one[name], other[name] = other[name], one[name]
        members["disclosures.jsonl"] = b"".join(canonical(each) + b"\n" for each in lines)

    return changer


CHANGES = {
    "another disclosed salt": exchanged("salt"),
    "two disclosed values exchanged": exchanged("value"),
    "a disclosed value and its salt, of another record": exchanged("salt", "value"),
    "another root in the checkpoint": flipped("checkpoint", 60),
    "another record": of_record(POSITION, other_payload),
    "another signature": of_record(POSITION, other_signature),
    "another first record": of_record(0, other_payload),
    "another hash": flipped("tile/0/000.p/128", 32 * POSITION + 5),
    "another hash beside it": flipped("tile/0/000.p/128", 32 * (POSITION + 9) + 5),
    "another disclosed value": lambda members: members.update(
        {"disclosures.jsonl": members["disclosures.jsonl"].replace(b'"value":"', b'"value":"x', 1)}
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_changed_evidence_stops_the_reader(folder, name):
    changed(folder, CHANGES[name])
    code, said, blocks = followed(folder)
    assert code != 0, said
    assert blocks < len(BLOCKS)


@pytest.mark.parametrize("line", [2, 3, 5])
def test_a_changed_proof_stops_the_reader(folder, line):
    path = folder / "proof"
    lines = path.read_text("utf-8").split("\n")
    old = lines[line - 1]
    lines[line - 1] = old[:-2] + ("1" if old[-2] != "1" else "2") + old[-1]
    path.write_text("\n".join(lines), "utf-8")
    code, said, _ = followed(folder)
    assert code != 0, said


def test_another_trust_file_stops_the_reader(folder):
    text = (folder / "trust.policy").read_text("utf-8")
    (folder / "trust.policy").write_text(text.replace("+", "0+", 1), "utf-8")
    code, _, blocks = followed(folder)
    assert (True, 1) == (code != 0, blocks)


# Timestamps


@pytest.fixture(name="stamped", scope="module")
def _stamped(tmp_path_factory):
    """Evidence of a ledger that a real authority timestamped twice, and its certificate."""
    place = tmp_path_factory.mktemp("stamped")
    authority = Authority(place / "tsa", chain=True)
    world = World(place / "ledger")
    world.directory.mkdir()
    with world.open_school() as ledger, authority.serving() as url:
        for mention in ("mtn-1", "mtn-2"):
            ledger.record(asked("record_public_mention", {"mention": mention}))
            stamp(ledger, url)
        export_complete(ledger, place / "evidence.zip", all_answers)
    trust = format_policy(format_vkey(world.origin, world.log_key.public_key))
    (place / "trust.policy").write_text(trust, "utf-8")
    shutil.copy(authority.root, place / "authority.pem")
    return place


# The blocks that define what the last of them uses, as they stand on the page; the log is small.
DEFINE = re.compile(r"^unzip|^(der|cut_out|payload|leaf|root_of)\(\)|root_of \$stamped", re.M)
NEEDED = [block.replace("N=57", "N=1") for block in BLOCKS if DEFINE.search(block)]


@pytest.fixture(name="with_tokens")
def _with_tokens(stamped, tmp_path):
    for name in ("evidence.zip", "trust.policy", "authority.pem"):
        shutil.copy(stamped / name, tmp_path)
    return tmp_path


def test_tokens_hold(with_tokens):
    code, said, blocks = followed(with_tokens, blocks=NEEDED)
    assert (0, len(NEEDED)) == (code, blocks), said
    assert 2 == said.count("Verification: OK")
    assert 2 == said.count("Time stamp:")


def other_authority(folder):
    (folder / "authority.pem").write_bytes(Holder("A root", ca=True).pem)


def in_token(at):
    def change(folder):
        with zipfile.ZipFile(folder / "evidence.zip") as archive:
            [name, _] = [n for n in archive.namelist() if n.endswith(".tsr")]
        changed(folder, flipped(name, at))

    return change


TOKEN_CHANGES = {
    "another authority": other_authority,
    "another signature": in_token(-5),
    "another time": in_token(120),
    "another hash of an earlier record": lambda folder: changed(
        folder, lambda members: members.update(
            {n: b"?" + d[1:] for n, d in members.items() if n.startswith("tile/0/")}
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TOKEN_CHANGES)
def test_changed_tokens_stop_the_reader(with_tokens, name):
    TOKEN_CHANGES[name](with_tokens)
    code, said, blocks = followed(with_tokens, blocks=NEEDED)
    assert code != 0, said
    assert blocks < len(NEEDED)
