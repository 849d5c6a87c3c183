"""The volunteer of the sample term is erased: the record stays, she does not, nor in any backup."""

import json
import shutil

import pytest
from leaks import found_in, hits
from small import SAMPLE

from api import rehearsal, wiring
from api.app import create_app
from api.config import read_config
from api.tokens import Tokens
from ledger.domain.school_time import parse_timestamp
from ledger.evidence import export_complete
from ledger.fsck import fsck
from ledger.proof.policy import parse_policy
from ledger.proof.verify import verify
from projections.semantics import all_answers

WHO, HEAD = "vol-003", "stf-011"
NAME = "Qzxyw Ŵyn-Huws <canary>"
ERASED = 116  # how many lines of the sample term come before the erasure
MOMENT = "at=2027-01-05T00:00:00%2B00:00"  # before the erasure
QUESTIONS = (
    f"/v1/people/{WHO}/roles",
    f"/v1/accounts/ig-garden/roles?{MOMENT}",
    f"/v1/exposures?{MOMENT}",
)


def lines(path):
    """The sample term, in which the volunteer has a name that stands nowhere else."""
    told = [json.loads(line) for line in SAMPLE.read_text("utf-8").splitlines()]
    for line in told:
        if line["action"] == "register_person" and line["data"]["person"] == WHO:
            line["data"]["name"] = NAME
    path.write_text("\n".join(json.dumps(line) for line in told), "utf-8")
    return rehearsal.read_lines(path)


@pytest.fixture(name="story", scope="module")
def _story(tmp_path_factory):
    """(the ledger's directory after the term, a copy of it from just before the erasure)."""
    folder = tmp_path_factory.mktemp("forgotten")
    config = read_config(str(folder / "term"), {})
    term = lines(folder / "lines.jsonl")
    (folder / "lines.jsonl").unlink()
    ledger, clock = rehearsal.start(config, term)
    with ledger:
        for _ in rehearsal.play(ledger, clock, term[:ERASED]):
            pass
        shutil.copytree(config.data, folder / "before")
        for _ in rehearsal.play(ledger, clock, term[ERASED:]):
            pass
    return config.data, folder / "before"


def asked(directory):
    """(closed because, what everybody's questions and pages say of her to the head teacher)."""
    with wiring.open_ledger(read_config(str(directory), {})) as ledger:
        tokens = Tokens(directory / "access.db")
        client = create_app(ledger, tokens).test_client()
        known = {"Authorization": f"Bearer {tokens.issue(HEAD)}"}
        answers = {q: client.get(q, headers=known) for q in (f"/v1/people/{WHO}", *QUESTIONS)}
        pages = [f"/people/{WHO}", "/people", "/records/1"]
        wanted = [client.get(p, headers={**known, "Accept": "text/html"}) for p in pages]
        shown = b"".join(answer.data for answer in [*answers.values(), *wanted])
        return ledger.closed_because, {q: a.json for q, a in answers.items()}, shown


def evidence(directory, out):
    """The verdict on all that the ledger gives out, its step 8, and its answers."""
    with wiring.open_ledger(read_config(str(directory), {})) as ledger:
        export_complete(ledger, out, all_answers, ("all",))
        policy = parse_policy((directory / "trust.policy").read_text("utf-8"))
        report = verify(out, policy)
        words = next(step.outcome for step in report.steps if step.number == 8)
        return report.verdict, words, fsck(directory, ledger.key)


def test_before_she_is_shown_and_lies_nowhere_but_under_her_key(story):
    _, before = story
    closed, _, shown = asked(before_of(before))
    assert closed == ""
    assert found_in(shown, [NAME]) == [NAME]
    assert hits([NAME], before) == []


def before_of(before):
    """A copy of the copy, that it stays what it is."""
    again = before.with_name("before-again")
    shutil.rmtree(again, ignore_errors=True)
    return shutil.copytree(before, again)


def test_after_the_erasure_the_verdict_is_the_same_and_she_is_nowhere(story, tmp_path):
    after, before = story
    was, now = (evidence(d, tmp_path / f"{d.name}.zip") for d in (before_of(before), after))
    assert (was[0], now[0], was[2], now[2]) == ("VALID", "VALID", [], [])
    assert "erased by record 117" in now[1]
    assert hits([NAME], after) == []
    assert found_in((tmp_path / "term.zip").read_bytes(), [NAME]) == []


def test_ids_and_intervals_stay_and_so_do_all_answers_that_rest_on_them(story):
    after, before = story
    _, was, _ = asked(before_of(before))
    closed, now, shown = asked(after)
    assert closed == ""
    assert found_in(shown, [NAME]) == []
    person = now[f"/v1/people/{WHO}"]["answer"]
    assert (person["erased"], person["display_name"]) == (True, None)
    for question in QUESTIONS:
        assert now[question]["answer"] == was[question]["answer"] != [], question


CHECKPOINTS, DATABASE, DOOR = ("checkpoint.a", "checkpoint.b"), "ledger.db", "access.db"
RESTORED = {
    "the old database and what lies beside it": (DATABASE, *CHECKPOINTS, DOOR, "views.db"),
    "the old database, its old checkpoints": (DATABASE, *CHECKPOINTS),
    "the old database alone": (DATABASE,),
    "the old database and the old ways in": (DATABASE, DOOR),
}


@pytest.mark.parametrize("what", RESTORED)
def test_no_backup_from_before_shows_her_again(story, tmp_path, what):
    after, before = story
    directory = shutil.copytree(after, tmp_path / "restored")
    for name in RESTORED[what]:
        if (before / name).exists():
            shutil.copy(before / name, directory / name)
    for left in ("ledger.db-wal", "ledger.db-shm"):
        (directory / left).unlink(missing_ok=True)
        if (before / left).exists():
            shutil.copy(before / left, directory / left)
    closed, told, shown = asked(directory)
    assert closed
    assert found_in(shown, [NAME]) == []
    assert told[f"/v1/people/{WHO}"]["answer"]["display_name"] is None
    assert hits([NAME], directory) == []


def test_only_a_copy_of_the_vault_kept_against_the_rule_would_show_her(story):
    """What docs/operations.md forbids: the vault of before beside the database of before."""
    _, before = story
    _, told, _ = asked(before_of(before))
    assert told[f"/v1/people/{WHO}"]["answer"]["display_name"] == NAME


def test_the_time_of_the_erasure_is_that_of_the_term():
    line = json.loads(SAMPLE.read_text("utf-8").splitlines()[ERASED])
    assert (line["action"], line["data"]["subject"]) == ("erase_subject", WHO)
    assert parse_timestamp(line["at"])
