"""The pages of the records: searched, filtered, one with everything beside it, and its proof."""

import re

import pytest

from ledger.proof.encoding import read_json

HEAD, DEPUTY, MODERATOR, LEAD = "stf-011", "stf-014", "stf-021", "stf-027"
RUNNER, TEACHER, CHAIR = "stf-032", "stf-041", "gov-002"


def rows(text):
    """Positions in the table of a page, in its order."""
    return [int(n) for n in re.findall(r'<th scope="row"><a href="/records/(\d+)">', text)]


def every(look, path):
    """The same over all pages."""
    found = []
    while path:
        _, text = look(path)
        found += rows(text)
        more = re.search(r'href="(/records\?[^"]*before=[^"]*)">Earlier records', text)
        path = more and more[1]
    return found


def test_all_records_from_the_newest_page_by_page(look, term):
    assert every(look, "/records") == list(range(len(term[2].entries().all)))[::-1]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("type=IncidentReported", [120, 88, 83, 77, 52]),
        ("only=corrected", [61]),
        ("only=late&from=2026-12-01&to=2026-12-31", [102]),
        ("only=late&from=2026-12-12&to=2026-12-31&by=recorded", [102]),
        ("only=late&from=2026-12-12&to=2026-12-31", []),
        ("stream=incident/case-2026-002", [81, 79, 78, 77]),
        ("account=fb-main&type=CommandRefused", [115, 69, 50, 48]),
    ],
)
def test_records_are_found(look, asked, found):
    assert every(look, f"/records?{asked}") == found


def test_the_refused_are_as_many_as_the_term_says(look, term):
    client, headers, _ = term
    said = client.get("/v1/refusals", headers=headers(HEAD)).json["answer"]
    positions = [item["position"] for item in said["items"]]
    assert every(look, "/records?only=refused") == sorted(positions, reverse=True)


def test_a_person_is_found_by_name_by_a_part_of_it_and_by_id(look):
    wanted = every(look, "/records?person=stf-035&type=EnquiryReceived")
    assert wanted
    assert every(look, "/records?person=Catrin+Mostyn&type=EnquiryReceived") == wanted
    assert every(look, "/records?person=mostyn&type=EnquiryReceived") == wanted
    assert every(look, "/records?person=ext-b17") != []


@pytest.mark.parametrize(
    ("asked", "en", "cy"),
    [
        ("person=Nobody+Such", "Nobody of this name is known", "Nid oes neb o'r enw hwn"),
        ("person=a", "Several people are called that", "Mae sawl un o'r enw hwnnw"),
        ("from=yesterday", "This is no date", "Nid dyddiad yw hwn"),
        ("from=2026-12-02&to=2026-12-01", "before the first", "cyn y cyntaf"),
        ("type=Nonsense", "no such kind of record", "Nid oes math o'r fath"),
        ("only=Nonsense", "Choose one of the list", "Dewiswch un o'r rhestr"),
        ("stream=" + "x" * 300, "too long", "rhy hir"),
        ("stream=none", "No record fits", "Nid oes cofnod yn cyfateb"),
    ],
)
def test_what_cannot_be_looked_for_is_said_in_words(look, asked, en, cy):
    for language, words in (("en", en), ("cy", cy)):
        status, text = look(f"/records?{asked}", language=language)
        assert (status, rows(text)) == (200, [])
        assert words in text


@pytest.mark.parametrize("cursor", ["abc", "-1", "1" * 20])
def test_a_cursor_that_was_not_given_out(look, cursor):
    status, text = look(f"/records?before={cursor}")
    assert (status, "before" in text) == (400, True)


def test_a_page_has_its_own_sheet_once(look):
    assert look("/records")[1].count("/static/investigate.css") == 1


def test_what_was_typed_stays(look):
    _, text = look("/records?person=Nobody+Such&from=yesterday")
    assert 'value="Nobody Such"' in text
    assert 'value="yesterday"' in text
    assert '<a href="#person">' in text


def test_whoever_holds_no_office_sees_their_own_only(look, term):
    client, headers, _ = term
    said = client.get("/v1/records?limit=500", headers=headers(TEACHER)).json["answer"]
    mine = sorted((row["position"] for row in said), reverse=True)
    _, text = look("/records", TEACHER)
    assert rows(text) == mine[:50]
    assert "records that you made" in text
    assert look("/records/52", TEACHER)[0] == 403
    assert look("/records/52/raw", TEACHER)[0] == 403
    assert look("/records/52/proof", TEACHER)[0] == 403
    _, guess = look("/records?person=ext-b17", TEACHER)
    assert "Nobody of this name is known" in guess


def test_one_record_says_everything_in_words(look):
    _, text = look("/records/98")
    for words in (
        "Record that a parent removed the post", "Anwen Tregarth", "6 December 2026, 18:30",
        "7 December 2026, 08:20", "incident/case-2026-003", "The policy does not say this",
    ):  # fmt: skip
        assert words in text
    assert "record_post_removed" not in re.sub(r"<[^>]+>", "", text)


def test_corrections_stand_beside_what_they_correct(look):
    _, text = look("/records/61")
    assert "What was said of it since" in text
    assert "/records/64" in text
    _, correction = look("/records/64")
    assert "/records/61" in correction


def test_a_name_is_shown_to_whoever_may_know_it_and_an_erased_one_to_nobody(look):
    assert "Priya Nair" in look("/records/7")[1]
    _, erased = look("/records/8")
    assert "Rhodri" not in erased
    assert "erased, see record 117" in erased


def test_free_text_stays_sealed(look):
    _, text = look("/records/52")
    assert "Abusive remarks" not in text
    assert re.search(r"<dt>Summary</dt>\s*<dd>sealed</dd>", text)


def test_the_bytes_and_the_proof_are_those_of_the_log(look, term):
    client, headers, ledger = term
    raw = client.get("/records/52/raw", headers=headers(HEAD))
    assert raw.data == next(ledger.raw(52, 53))
    assert read_json(raw.data)["payloadType"] == "application/cloudevents+json"
    proof = client.get("/records/52/proof", headers=headers(HEAD))
    assert proof.text == ledger.proof(52)
    assert "record-52.tlog-proof" in proof.headers["Content-Disposition"]


@pytest.mark.parametrize("position", ["126", "-1", "abc", "9" * 30, "٣"])
def test_a_position_that_is_not_there(look, position):
    for language, words in (("en", "does not exist"), ("cy", "")):
        status, text = look(f"/records/{position}", language=language)
        assert status == 404
        assert f'lang="{language}"' in text
        assert words in text


def test_a_table_of_all_that_fits_can_be_taken_along(term):
    client, headers, _ = term
    got = client.get("/records?only=refused&as=csv", headers=headers(HEAD))
    lines = got.data.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("The record,What,Who")
    assert sum(line.split(",")[0].isdigit() for line in lines) == 15
    sheet = client.get("/records?only=refused&as=xlsx", headers=headers(HEAD))
    assert sheet.data[:2] == b"PK"


def test_no_raw_code_in_any_record_in_either_language(look, term):
    for position in range(len(term[2].entries().all)):
        status, text = look(f"/records/{position}", language="cy")
        said = re.sub(r"<code>.*?</code>|<pre>.*?</pre>", "", text.split("<main")[1], flags=re.S)
        words = re.sub(r"<[^>]+>", " ", said)
        assert status == 200
        assert not re.search(r"\b[a-z]+_[a-z_]+\b", words), position
