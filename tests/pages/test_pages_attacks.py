"""What somebody who means harm writes into addresses and forms: it gives nothing away."""

import pytest

PAGES_WITH_TABLES = ("/records", "/accounts", "/people", "/today", "/me", "/audit/report")
WORDS_OF_URL_FOR = ("endpoint=x", "_method=X", "_external=1", "_scheme=javascript", "_anchor=x")


@pytest.mark.parametrize("path", PAGES_WITH_TABLES)
def test_an_address_chooses_neither_host_nor_scheme_of_the_links(look, path):
    for words in WORDS_OF_URL_FOR:
        status, text = look(f"{path}?{words}")
        assert status == 200, words
        assert "://localhost" not in text
        assert "javascript:" not in text
