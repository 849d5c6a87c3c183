"""What every test may ask for: a browser and PKCS#11 tokens, if there are any."""

import os

import pytest
import softhsm
from browser import HOW, Browser, program

NOT_TESTED = []
# Files that take longest by themselves: first, so that no worker is left alone with one at the end.
LONG = (
    "test_tampering.py",
    "test_pages_accused.py",
    "test_ledger_fsck.py",
    "test_pages_everywhere.py",
    "test_docs.py",
    "test_fuzz.py",
    "test_verifier.py",
    "test_proof_verify.py",
    "test_pages_roles.py",
)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config):
    """One more than there are cores: a worker often waits for a browser or for the disk."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: LONG.index(item.path.name) if item.path.name in LONG else len(LONG))


@pytest.fixture(scope="session")
def chromium_path():
    """A Chromium. Under CI it must be there; elsewhere the run ends by naming what was left out."""
    path = program()
    if path is None:
        assert not os.environ.get("CI"), f"no Chromium: {HOW}"
        NOT_TESTED.append(f"report.html and the pages in a browser: there is no Chromium: {HOW}")
        pytest.skip("no Chromium")
    return path


@pytest.fixture(scope="session")
def browser(chromium_path):
    """That Chromium, driven over its debugging pipe."""
    held = Browser(chromium_path)
    yield held
    held.close()


@pytest.fixture(scope="session", name="drawer")
def _drawer(tmp_path_factory):
    """A drawer of tokens. As with the browser: under CI there must be one."""
    module = softhsm.library()
    if module is None:
        assert not os.environ.get("CI"), f"no SoftHSM2: {softhsm.HOW}"
        NOT_TESTED.append(f"keys in a PKCS#11 token: there is no SoftHSM2: {softhsm.HOW}")
        pytest.skip("no SoftHSM2")
    return softhsm.Drawer(tmp_path_factory.mktemp("drawer"), module)


def pytest_sessionfinish(session):
    """A worker tells what it left out to whom the run belongs."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["not_tested"] = NOT_TESTED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node, error):
    NOT_TESTED.extend(getattr(node, "workeroutput", {}).get("not_tested", ()))


def pytest_terminal_summary(terminalreporter):
    for words in sorted(set(NOT_TESTED)):
        terminalreporter.write_line(f"NOT TESTED: {words}", yellow=True, bold=True)
