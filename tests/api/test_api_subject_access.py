"""What is held about one person, handed out at the shell: reviewed, masked, on record."""

import io
import json
import stat
import zipfile

import pytest
from calling import run

PUPIL, PARENT = "pup-9d4", "ext-b17"
SUMMARY = "Elin Parry was called names by Tomos Ellis"


@pytest.fixture(name="said")
def _said(school, capsys):
    """said(arguments…) -> (exit code, what was printed, what was said on stderr)."""

    def said(*arguments):
        code = run("--data", school, *arguments)
        out = capsys.readouterr()
        return code, out.out, out.err

    return said


@pytest.fixture(name="record")
def _record(said):
    def record(action, actor="stf-011", **fields):
        text = json.dumps(fields)
        code, out, err = said("record", action, "--actor", actor, "--fields", text)
        assert code == 0, err
        return json.loads(out)

    return record


@pytest.fixture(name="lived")
def _lived(record):
    """A pupil with a name, a case that names her, and a request by her parent."""
    record("register_person", person="stf-014", name="Iestyn Rowe", kind="staff", offices=["slt"])
    record("register_subject", subject=PUPIL, kind="pupil", name="Elin Parry")
    record("record_image_consent", subject=PUPIL, scope="website", given_by="carer")
    record("report_incident", incident="case-1", kind="pupil_comment", summary=SUMMARY,
           about=[PUPIL, "pup-other-7"])  # fmt: skip
    record("receive_rights_request", request="rts-1", kind="access", subject=PUPIL,
           requested_by=PARENT, identity_checked=True)  # fmt: skip


def contents(path):
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as file:
        page = file.read("what-we-hold.html").decode()
        return page, json.loads(file.read("what-we-hold.json"))


def test_from_the_sheet_to_the_file_and_the_answered_request(said, lived, tmp_path):
    out, sheet = tmp_path / "elin.zip", tmp_path / "sheet.json"
    ask = ("export", out, "--person", PUPIL, "--subject-access")
    code, told, _ = said(*ask, "--review-sheet", sheet)
    assert code == 0
    assert "1 texts to decide about; nothing was handed out" in told
    assert not out.exists()
    assert stat.S_IMODE(sheet.stat().st_mode) == 0o600, "it holds what is sealed elsewhere"
    filled = json.loads(sheet.read_text())
    [text] = filled["texts"]
    assert text["text"] == SUMMARY
    text |= {"decision": "include", "text": "Elin Parry was called names […]"}
    sheet.write_text(json.dumps(filled))

    answer = (*ask, "--review", sheet, "--request", "rts-1", "--complete", "--actor", "stf-014")
    code, told, err = said(*answer, "--given-to", "stf-014", "--json")
    assert code == 0, err
    page, data = contents(out)
    assert json.loads(told)["undecided"] == 0
    assert "Elin Parry was called names […]" in page
    assert "Tomos" not in page + json.dumps(data)
    assert "pup-other-7" not in page + json.dumps(data)
    assert "another person" in page
    assert "0303 123 1113" in page
    assert data["request"] == "rts-1"
    assert stat.S_IMODE(out.stat().st_mode) == 0o600

    rows = json.loads(said("get", "/v1/requests")[1])["answer"]
    assert [(r["status"], r["outcome"]) for r in rows] == [("met", "partly_disclosed")]
    exports = json.loads(said("get", "/v1/exports")[1])["answer"]
    assert (exports[-1]["scope"], exports[-1]["given_to"]) == ("subject", ["stf-014"])


def test_without_a_review_the_words_of_others_are_left_out(said, lived, tmp_path):
    out = tmp_path / "elin.zip"
    code, told, _ = said("export", out, "--person", PUPIL, "--subject-access", "--language", "cy")
    assert code == 0
    assert "1 texts left out because nobody has decided" in told
    page, data = contents(out)
    assert '<html lang="cy">' in page
    assert "Elin Parry" in page
    assert "called names" not in page + json.dumps(data)
    assert [row["why"] for row in data["left_out"]] == ["not_reviewed"]
    again = tmp_path / "again.zip"
    said("export", again, "--person", PUPIL, "--subject-access", "--language", "cy")
    assert {name: len(text) for name, text in [("page", contents(again)[0])]} == {"page": len(page)}


def test_a_registered_person_gets_offices_and_access(said, lived, tmp_path):
    out = tmp_path / "rowe.zip"
    assert said("export", out, "--person", "stf-014", "--subject-access")[0] == 0
    page, data = contents(out)
    assert "Your offices" in page
    assert "Lowri" not in page
    assert "stf-011" not in page + json.dumps(data)
    assert data["ids"] == ["stf-014"]


def test_a_person_kept_as_evidence_is_what_it_was(said, lived, tmp_path):
    out = tmp_path / "evidence.zip"
    assert said("export", out, "--person", PUPIL)[0] == 0
    with zipfile.ZipFile(out) as file:
        assert "manifest.json" in file.namelist()
    _, told, _ = said("verify", out, "--json")
    assert json.loads(told)["kind"] == "person"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (("--person", "pup-404", "--subject-access"), "knows nobody of the id pup-404"),
        (("--person", PUPIL, "--subject-access", "--actor", PUPIL), "somebody else hands out"),
        (("--person", PUPIL, "--subject-access", "--complete"), "--complete needs --request"),
        (("--person", PUPIL, "--subject-access", "--request", "rts-9"), "no request for access"),
        (("--person", "stf-014", "--subject-access", "--request", "rts-1"), "somebody else"),
        (("--subject-access",), "needs --person"),
        (("--person", PUPIL, "--subject-access", "--account", "a-1"), "about one person"),
        (("--person", PUPIL, "--subject-access", "--disclose", "all"), "about one person"),
        (("--person", PUPIL, "--review-sheet", "s.json"), "needs --subject-access"),
    ],
)
def test_what_cannot_be_meant_is_said(said, lived, tmp_path, given, words):
    out = tmp_path / "file.zip"
    code, _, err = said("export", out, *given)
    assert code in (1, 2)
    assert words in err
    assert "Traceback" not in err
    assert not out.exists()


def test_nobody_hands_out_their_own_file_under_another_of_their_numbers(
    said, lived, record, tmp_path
):
    record("register_subject", subject="ext-9", kind="parent", name="Iestyn Rowe")
    record("link_subjects", subject="ext-9", linked_to="stf-014", relation="same_person")
    out = tmp_path / "file.zip"
    code, _, err = said(
        "export", out, "--person", "ext-9", "--subject-access", "--actor", "stf-014"
    )
    assert (code, out.exists()) == (1, False)
    assert "somebody else hands out" in err


@pytest.mark.parametrize(
    ("sheet", "words"),
    [
        (b"not json", "--review"),
        (b"[]", "same_person"),
        (b'{"texts": 7}', "no sheet of this command"),
        (
            json.dumps({"texts": [{"value": "99.summary", "decision": "include"}]}).encode(),
            "no such text",
        ),
        (
            json.dumps({"texts": [], "same_person": {"pup-9d4": "yes"}}).encode(),
            "true, false or null",
        ),
    ],
)
def test_a_sheet_that_is_none_is_refused(said, lived, tmp_path, sheet, words):
    path, out = tmp_path / "sheet.json", tmp_path / "file.zip"
    path.write_bytes(sheet)
    code, _, err = said("export", out, "--person", PUPIL, "--subject-access", "--review", path)
    assert code == 1
    assert words in err
    assert not out.exists()


@pytest.mark.parametrize(
    "decided",
    [
        {"decision": "include", "text": "Elin Parry was rude"},
        {"decision": "withhold"},
        {"decision": "withhold", "reason": "because"},
        {"decision": "perhaps"},
    ],
)
def test_a_decision_that_is_none_hands_nothing_out(said, lived, tmp_path, decided):
    path, out = tmp_path / "sheet.json", tmp_path / "file.zip"
    ask = ("export", out, "--person", PUPIL, "--subject-access")
    said(*ask, "--review-sheet", path)
    sheet = json.loads(path.read_text())
    sheet["texts"][0] |= decided
    path.write_text(json.dumps(sheet))
    code, _, err = said(*ask, "--review", path)
    assert code == 1
    assert sheet["texts"][0]["value"] in err
    assert not out.exists()


def test_who_may_not_hand_out_is_refused_on_record(said, lived, record, tmp_path):
    record("register_person", person="stf-041", name="Priya Nair", kind="staff", offices=[])
    out = tmp_path / "file.zip"
    code, _, err = said("export", out, "--person", PUPIL, "--subject-access", "--actor", "stf-041")
    assert code == 1
    assert "not_moderator" in err
    assert not out.exists()
    refusals = json.loads(said("get", "/v1/refusals")[1])["answer"]["items"]
    assert refusals[-1]["action"] == "export_evidence"
