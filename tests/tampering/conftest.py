"""Every file is made once and asked of the verifier three times: see `verdicts.py`."""

import pytest
from tampering import log as logs
from tampering.table import FILE_ROWS
from tampering.untouched import UNTOUCHED
from tampering.verdicts import Asked


@pytest.fixture(name="log", scope="session")
def _log(tmp_path_factory):
    """The log of a small school; a copy of it is what each operation works on."""
    return logs.play(tmp_path_factory.mktemp("log"))


@pytest.fixture(name="asked", scope="session")
def _asked(log, tmp_path_factory):
    """Every file of the suite, and what was said of it."""
    return Asked(tmp_path_factory.mktemp("files"), log, [*FILE_ROWS, *UNTOUCHED])
