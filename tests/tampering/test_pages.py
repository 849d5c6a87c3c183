"""The page for people and the verifier agree on every file, on everything but answers and duties."""

import pytest
from tampering.forge import Forger
from tampering.pages import NO_FILE, WITHOUT_PAGE, Pages, expected
from tampering.rows import ident
from tampering.table import FILE_ROWS
from tampering.untouched import UNTOUCHED


@pytest.fixture(name="pages", scope="module")
def _pages(browser, tmp_path_factory):
    return Pages(browser, tmp_path_factory.mktemp("pages"))


@pytest.mark.parametrize("row", [*FILE_ROWS, *UNTOUCHED], ids=ident)
def test_the_page_says_what_the_verifier_says(log, pages, row):
    made = row.make(Forger(log))
    called_for = expected(made)
    if called_for is not None and called_for.codes & NO_FILE:
        assert called_for.verdict in ("newer", "invalid")
        return
    said = pages.said(made)
    if said is None:
        assert called_for is None or called_for.codes & WITHOUT_PAGE
    elif called_for is None:
        assert said.refused
    else:
        assert said == called_for
