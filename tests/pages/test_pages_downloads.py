"""A table to take along: the same cells as on the page, none of them ever calculated."""

import csv
import io
import re
import zipfile
from xml.etree import ElementTree

import pytest

from api.pages import downloads
from projections.questions import BadQuestion

NASTY = "=1+1"
ROWS = [[NASTY, 3, True, None], ["@ysgol", -5, False, "x" * 40_000], ["ŵ\x01", 2**60, None, "-"]]
COLUMNS = ["Enw", "Nifer", "A yw?", "Nodyn"]
NS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def taken(term, kind, language="en", evidence=(3, 9), rows=ROWS):
    client, _, _ = term
    with client.application.test_request_context(
        f"/?as={kind}", headers={"Accept-Language": language}
    ):
        assert downloads.asked() == kind
        return downloads.table("Cyfrifon: 1/2", COLUMNS, rows, evidence)


def cells_of(data, sheet=1):
    """Column and row → (type, text) of a sheet; fails where a cell has a formula."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        shared = ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
        strings = ["".join(t.text or "" for t in si.iter(f"{NS}t")) for si in shared]
        tree = ElementTree.fromstring(book.read(f"xl/worksheets/sheet{sheet}.xml"))
    assert list(tree.iter(f"{NS}f")) == []
    found = {}
    for cell in tree.iter(f"{NS}c"):
        value = cell.find(f"{NS}v").text
        is_text = cell.get("t") == "s"
        found[cell.get("r")] = strings[int(value)] if is_text else float(value)
    return found


def test_csv_has_headings_rows_and_what_they_are_true_of(term):
    size = term[2].store.size()
    answer = taken(term, "csv")
    assert answer.mimetype == "text/csv"
    text = answer.get_data().decode("utf-8-sig")
    assert answer.get_data().startswith(b"\xef\xbb\xbf"), "Windows reads it as UTF-8"
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert rows[0] == COLUMNS
    assert rows[1] == ["'=1+1", "3", "yes", ""]
    assert rows[2][:3] == ["'@ysgol", "-5", "no"]
    assert rows[4:] == [
        [],
        ["Practice ledger: nothing in it is real."],
        ["As of this many records", str(size)],
        ["Records that show it", "3 9"],
    ]


def test_a_spreadsheet_holds_text_and_numbers_and_no_formula(term):
    found = cells_of(taken(term, "xlsx").get_data())
    assert (found["A1"], found["A2"], found["B2"], found["C2"]) == ("Enw", NASTY, 3, "yes")
    assert (found["A3"], found["B3"], len(found["D3"])) == ("@ysgol", -5, 32_767)
    assert found["B4"] == str(2**60), "a number that would lose digits is text"


def test_a_spreadsheet_says_on_its_second_sheet_what_it_is_true_of(term):
    found = cells_of(taken(term, "xlsx", "cy").get_data(), 2)
    assert found["A2"] == "Nifer y cofnodion ar y pryd"
    assert (found["B2"], found["B3"]) == (term[2].store.size(), "3 9")


def test_the_file_is_named_in_the_readers_language(term):
    said = taken(term, "csv", "cy").headers["Content-Disposition"]
    assert re.search(r"cofnod\.csv", said), said
    assert "attachment" in said


def test_an_empty_table_is_a_table(term):
    text = taken(term, "csv", rows=[], evidence=()).get_data().decode("utf-8-sig")
    assert text.splitlines()[0] == ",".join(COLUMNS)
    assert cells_of(taken(term, "xlsx", rows=[]).get_data())["A1"] == "Enw"


def test_of_several_tables_the_one_that_is_named_is_meant(term):
    client, _, _ = term
    with client.application.test_request_context("/?as=csv&table=due"):
        assert (downloads.asked("due"), downloads.asked("late"), downloads.asked()) == (
            "csv", None, None,
        )  # fmt: skip
    with client.application.test_request_context("/"):
        assert downloads.asked() is None


def test_another_kind_of_file_is_refused(term):
    client, _, _ = term
    with (
        client.application.test_request_context("/?as=exe"),
        pytest.raises(BadQuestion, match="as is none of csv, xlsx"),
    ):
        downloads.asked()
