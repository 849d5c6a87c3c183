"""The confidential key on the command line: made, shown, and used away from the service."""

import json

import pytest
from click.testing import CliRunner
from confiding import CHAIRS, named
from simulator import CHAIR, HEAD, TEACHER, School

from api.cli import cli
from ledger import sealed_copy
from ledger.proof.encoding import b64decode
from ledger.proof.record import parse_record

REPORT = {"kind": "bullying", "summary": "In the staff room, again", "about": [HEAD]}


def run(*arguments, ok=True):
    result = CliRunner().invoke(cli, [*map(str, arguments)])
    assert (result.exit_code == 0) is ok, result.output
    return result.output


@pytest.fixture(name="kept")
def _kept(tmp_path):
    """(the key's file, the passphrase's file, the public key)."""
    secret = tmp_path / "passphrase"
    secret.write_text("a passphrase of the chair\n")
    file = tmp_path / "chair" / "confidential.json"
    return file, secret, run("confidential", "make", file, "--passphrase-file", secret).strip()


def test_the_public_key_is_printed_again(kept):
    file, secret, public = kept
    assert run("confidential", "show", file, "--passphrase-file", secret).strip() == public
    assert len(b64decode(public)) == 32
    assert secret.read_bytes().strip() not in file.read_bytes()


def test_a_short_passphrase_and_an_existing_file_are_refused(kept, tmp_path):
    file, secret, _ = kept
    short = tmp_path / "short"
    short.write_text("summer26")
    said = run("confidential", "make", tmp_path / "k" / "x", "--passphrase-file", short, ok=False)
    assert "12 characters" in said
    before = file.read_bytes()
    run("confidential", "make", file, "--passphrase-file", secret, ok=False)
    assert file.read_bytes() == before


def test_the_chair_reads_on_a_machine_of_their_own(kept, tmp_path):
    file, secret, public = kept
    school = School(tmp_path / "school").staffed()
    school.accept("adopt_confidential_keys", CHAIR, **{**named(), "chair_key": public})
    made = school.accept("report_incident", TEACHER, **REPORT)
    told = {"incident": made.incident, "agency": "union", "reason": "For support"}
    school.accept("notify_agency", TEACHER, **told)
    school.ledger.seal_cover()
    hidden = school.accept("report_incident", TEACHER, **{**REPORT, "about": [CHAIR]},
                           restricted=True)  # fmt: skip
    copy = tmp_path / "sealed.jsonl"
    copy.write_bytes(b"".join(sealed_copy.lines(school.ledger)))
    school.close()
    assert b"staff room" not in copy.read_bytes()

    read = ("--key", file, "--passphrase-file", secret)
    acts = [json.loads(line) for line in run("confidential", "read", copy, *read).splitlines()]
    assert [a["kind"] for a in acts] == ["record", "unjudged", "cover", "closed"]
    assert acts[0]["inside"]["values"] == {"summary": REPORT["summary"]}
    assert acts[1]["inside"]["data"] == told
    assert acts[3]["position"] == hidden.position

    lines = copy.read_bytes().splitlines()
    changed = json.loads(lines[0])
    changed["ciphertext"] = json.loads(lines[1])["ciphertext"]
    copy.write_text(json.dumps(changed, sort_keys=True, separators=(",", ":")))
    [act] = run("confidential", "read", copy, *read).splitlines()
    assert json.loads(act)["kind"] == "damaged"
    assert parse_record(b64decode(changed["record"]))[0].type == "Sealed"
    copy.write_text("what is this\n")
    with pytest.raises(sealed_copy.NoCopy, match="line 1 is no sealed act"):
        list(sealed_copy.read(copy.read_bytes(), CHAIRS))
