"""The papers about personal data: nothing forgotten, no gap unsaid, in both languages."""

import re
from html import unescape

import pytest
from calling import run

from api.document import (
    BLANK,
    Document,
    Heading,
    Items,
    Para,
    Table,
    Words,
    as_html,
    as_markdown,
    blank,
    blanks,
    plain,
)
from api.pages import words
from api.papers.categories import categories, names_somebody
from api.papers.purposes import PURPOSES, kinds
from ledger.domain.catalogue import ACTIONS

FILES = [
    f"{name}.{ending}"
    for name in (
        "impact-assessment", "privacy-notice-families", "privacy-notice-staff",
        "record-of-processing",
    )
    for ending in ("html", "md")
]  # fmt: skip


@pytest.fixture(name="written")
def _written(school, tmp_path):
    def written(language="en"):
        directory = tmp_path / language
        assert run("--data", school, "papers", directory, "--language", language) == 0
        return {path.name: path.read_text("utf-8") for path in directory.iterdir()}

    return written


@pytest.mark.parametrize("language", ["en", "cy"])
def test_every_paper_is_written_and_lists_its_gaps(written, language):
    papers = written(language)
    assert sorted(papers) == FILES
    marked = {"en": "to be filled in by the school", "cy": "i'w lenwi gan yr ysgol"}[language]
    for name, text in papers.items():
        assert not BLANK.search(text), name
        assert "%(" not in text, name
        if name.endswith(".md"):
            gaps = re.findall(rf"\[{re.escape(marked)}: ([^\]]+)\]", text)
            assert gaps, name
            last = [line[2:] for line in text.rpartition("## ")[2].splitlines()[1:] if line]
            assert sorted(set(gaps)) == sorted(last), "the list at the end is the gaps"


def test_they_say_what_is_known(written):
    text = written()["record-of-processing.md"]
    assert "Ysgol Fach" in text
    assert "| Timestamp authority | none is set up |" in text
    assert "No retention schedule has been adopted" in text
    assert "84 months after it has ended" in text


def test_what_is_set_up_is_named(school, tmp_path, monkeypatch):
    monkeypatch.setenv("HANDLEDGER_TSA_URL", "https://tsa.example.org/stamp")
    monkeypatch.setenv("HANDLEDGER_SMTP_URL", "smtps://post@mail.example.org")
    person = '{"person": "gov-005", "name": "Mair Ifans", "kind": "governor", "offices": ["dpo"]}'
    run("--data", school, "record", "register_person", "--actor", "stf-011", "--fields", person)
    run("--data", school, "papers", tmp_path / "papers")
    text = (tmp_path / "papers/record-of-processing.md").read_text("utf-8")
    assert "| tsa.example.org |" in text
    assert "| mail.example.org |" in text
    assert "post@" not in text
    assert "Mair Ifans" in text


def test_what_somebody_may_have_filled_in_is_not_written_over(school, tmp_path, capsys):
    assert run("--data", school, "papers", tmp_path / "p") == 0
    (tmp_path / "p/impact-assessment.md").write_text("filled in")
    assert run("--data", school, "papers", tmp_path / "p") == 1
    assert "is there already" in capsys.readouterr().err
    assert (tmp_path / "p/impact-assessment.md").read_text() == "filled in"


def test_every_personal_field_of_the_catalogue_stands_in_the_papers(service, written):
    client, _, _ = service
    held = {}
    with client.application.test_request_context("/"):
        for category in categories():
            held[category.kind] = {*category.numbers, *category.sealed}
        for action in ACTIONS.values():
            kind = action.stream.partition("/")[0]
            for field in action.all_fields:
                if field.sealed or names_somebody(field):
                    assert words.field(field.name, action.name) in held[kind], field.name
    text = written()["impact-assessment.md"]
    for labels in held.values():
        for label in labels:
            assert re.sub(r"([\\`*_<>#\[\]])", r"\\\1", label) in text


def test_every_kind_of_record_has_a_purpose(written):
    assert sorted(PURPOSES) == kinds()
    text = written()["record-of-processing.md"]
    assert [k for k in kinds() if str(PURPOSES[k]) not in text] == []


def test_what_is_said_of_the_law_is_marked(written):
    for name, text in written().items():
        for line in unescape(text).splitlines():
            if "Article" in line or "Data Protection Act" in line:
                assert "To be confirmed by the school's data-protection officer" in line, name


def test_what_is_not_so_is_not_promised(written):
    text = written()["impact-assessment.md"]
    for truth in (
        "Numbers, times and kinds of event remain",
        "A copy that is out cannot be called back",
        "An older copy of the keys undoes this",
        "The service can still sign in anybody's name",
    ):
        assert truth in text


# -- the paper itself -------------------------------------------------------------------------


def test_a_paper_escapes_what_it_is_given():
    words_ = Words("fill in", "confirm")
    bad = "<script>|*x*\u27e6no gap\u27e7"
    parts = (Heading("A|B"), Para(plain(bad), True), Items([blank("a <gap>")]),
             Table("T", ("c",), [(plain(bad),)]))  # fmt: skip
    made = Document("T & U", "en", parts, words_)
    html, text = as_html(made), as_markdown(made)
    assert "<script>" not in html
    assert "T &amp; U" in html
    assert "<mark>[fill in: a &lt;gap&gt;]</mark>" in html
    assert "\\<script\\>\\|" in text
    assert blanks(made) == ["a <gap>"]
    assert "**confirm**" in text
