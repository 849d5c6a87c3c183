"""What the documents say is so: tables are made from the declarations, and commands are run."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from api.config import SETTINGS
from api.documents import events, policy, roles
from api.documents_retention import lines as kept
from ledger.domain.catalogue import ACTIONS
from ledger.domain.refusals import REFUSALS
from projections.routes import ROUTES

ROOT = Path(__file__).resolve().parent.parent
CODE = [sys.executable, "-c", "from api.main import main; main()"]


def blocks(document: str) -> list[tuple[str, str]]:
    """What stands behind the opening fence, and the content, of each fenced block."""
    text = (ROOT / document).read_text("utf-8")
    return re.findall(r"^```(.*)\n((?:.*\n)*?)```$", text, re.MULTILINE)


def commands(document: str) -> list[str]:
    """The `handledger` lines of the fenced blocks of a document."""
    lines = [line for info, block in blocks(document) if not info for line in block.splitlines()]
    return [line for line in lines if line.startswith("handledger ")]


def files(document: str) -> dict[str, str]:
    """The files that a document shows: blocks with a name after the language."""
    named = ([*info.split(), block] for info, block in blocks(document))
    return {found[1]: found[2] for found in named if len(found) == 3}


def look_through(proposed: Path) -> None:
    """Fill in what is null among the proposals, as the document asks for."""
    known = {"person": "gov-001", "name": "Glenys Harcourt", "chair_of_governors": "gov-001"}
    known |= {"ratified_on": "2026-07-14", "review_due": "2027-07-14"}
    if proposed.exists():
        commands_ = [json.loads(line) for line in proposed.read_text("utf-8").splitlines()]
        for command in commands_:
            data = command["data"]
            data.update({k: known[k] for k, v in data.items() if v is None})
        proposed.write_text("".join(json.dumps(c) + "\n" for c in commands_), "utf-8")


def test_the_table_of_events_is_the_one_that_is_declared():
    assert (ROOT / "docs/events.md").read_text("utf-8") == "\n".join(events()) + "\n"


def test_the_table_of_the_policy_is_the_one_that_is_traced():
    assert (ROOT / "docs/policy.md").read_text("utf-8") == "\n".join(policy()) + "\n"


def test_the_table_of_roles_is_the_one_that_lets_people_in():
    assert (ROOT / "docs/roles.md").read_text("utf-8") == "\n".join(roles()) + "\n"


def test_the_table_of_retention_is_the_one_that_is_kept():
    assert (ROOT / "docs/retention.md").read_text("utf-8") == "\n".join(kept()) + "\n"


def test_every_check_of_an_action_is_a_refusal():
    assert [] == [(a.name, c) for a in ACTIONS.values() for c in a.checks if c not in REFUSALS]


def test_every_question_is_documented():
    text = (ROOT / "docs/answers.md").read_text("utf-8")
    assert [] == [r.path for r in ROUTES if f"| `{r.path}` | {r.about} |" not in text]


def test_every_setting_is_documented():
    text = (ROOT / "docs/operations.md").read_text("utf-8")
    assert [] == [name for name in SETTINGS if f"HANDLEDGER_{name.upper()}" not in text]


def test_links_between_documents_lead_somewhere():
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    dead = [
        (page.name, target)
        for page in pages
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8"))
        if not (page.parent / target).exists()
    ]
    assert [] == dead


@pytest.mark.parametrize("document", ["README.md", "docs/operations.md"])
def test_the_commands_of_a_document_work_in_order(document, tmp_path):
    (tmp_path / "api").symlink_to(ROOT / "api")
    (tmp_path / "words").write_text("correct horse battery\n")
    (tmp_path / "words").chmod(0o600)
    for name, content in files(document).items():
        (tmp_path / name).write_text(content, "utf-8")
    kept = {k: v for k, v in os.environ.items() if not k.startswith("HANDLEDGER_")}
    environment = {**kept, "HANDLEDGER_PASSPHRASE_FILE": str(tmp_path / "words")}
    found = commands(document)
    assert len(found) >= 4
    for line in found:
        words = shlex.split(line)[1:]
        run = serve if "serve" in words else call
        look_through(tmp_path / "handledger-data" / "proposed.jsonl")
        assert run(words, tmp_path, {**environment, "PYTHONPATH": str(ROOT)}) == 0, line


def call(words, cwd, environment):
    done = subprocess.run([*CODE, *words], cwd=cwd, env=environment, capture_output=True)
    return done.returncode


def serve(words, cwd, environment):
    """Serving ends when it is interrupted, after it has said where."""
    command = [*CODE, *words, "--port", "0"]
    process = subprocess.Popen(command, cwd=cwd, env=environment, stdout=subprocess.PIPE, text=True)
    assert any(line.startswith("http://") for line in process.stdout)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    return process.returncode
