"""The database changed by somebody with access to it: it is named, and nothing is built on it."""

import pytest
from tampering.rows import ident
from tampering.store_rows import STORE_ROWS, asked


@pytest.mark.parametrize("row", STORE_ROWS, ids=ident)
def test_what_is_done_to_a_store_is_found(log, tmp_path, row):
    said = asked(log, row, tmp_path)
    named = [d for d in said.damages if row.found in d.what]
    assert row.position in [d.position for d in named], said.damages
    assert row.verdict == said.became
