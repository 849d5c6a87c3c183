"""The head teacher hands the governors a page, and they read it at home, without our program."""

import zipfile

import pytest
from small import SAMPLE

from api.main import main
from ledger.proof.policy import fingerprint


@pytest.fixture(name="report")
def _report(tmp_path):
    """The sample term, its trust file, and the page out of its evidence file."""
    data, out = str(tmp_path / "ledger"), tmp_path / "evidence.zip"
    for arguments in (["rehearse", str(SAMPLE)], ["export", str(out), "--disclose", "all"]):
        with pytest.raises(SystemExit) as ended:
            main(["--data", data, *arguments])
        assert not ended.value.code
    with zipfile.ZipFile(out) as archive:
        (tmp_path / "report.html").write_bytes(archive.read("report.html"))
    return tmp_path / "report.html", tmp_path / "ledger" / "trust.policy"


def test_the_governors_read_the_page_at_home(browser, report):
    file, trust = report
    with browser.open(file) as page:
        assert page.checked() == ("holds", None)
        page.give(trust)
        page.until("document.documentElement.dataset.verdict === 'anchored'")
        # What the chair compares with the minutes.
        assert page.text("#fingerprint") == fingerprint(trust.read_bytes())
        assert page.text("h1").startswith("Rhyd-y-Gwennol Community Primary School")
        said = page.text("main")
        assert "This is a rehearsal" in said
        # Who ran what, and from when to when, in the school's own time.
        assert "fb-main\tAnwen Tregarth (stf-027)\tlead\t16 Sept 2026, 09:20\t17 Dec 2026" in said
        # Deadlines, on whose word they rest, and how well they are evidenced.
        assert "a default of the ledger (D)\tlive" in said
        assert "a policy rule with other parameters (P-altered)" in said
        assert "enquiry response" in said
        # Who did what: also what was refused, and why.
        assert "refused: approve application" in said
        assert "Lowri Gittins (stf-011), headteacher, slt" in said
        # What was erased is not made up: vol-003 was.
        assert "name: erased by record" in said
        asked = [a for a in page.requests() if not a.startswith("blob:")]
        assert (asked, page.complaints()) == ([file.as_uri()], [])


def test_somebody_looks_for_one_account(browser, report):
    with browser.open(report[0]) as page:
        page.checked()
        page.do("document.getElementById('word').value = 'ig-garden'")
        page.do("document.getElementById('word').dispatchEvent(new Event('change'))")
        page.until("document.querySelectorAll('#timeline tbody tr').length < 125")
        page.until("document.querySelectorAll('#timeline tbody tr').length > 0")
        rows = page.do(
            "[...document.querySelectorAll('#timeline tbody tr')].map((r) => r.innerText)"
        )
        assert 0 < len(rows) < 125
        assert all("ig-garden" in row for row in rows)
