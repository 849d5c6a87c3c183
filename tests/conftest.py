"""What every test may ask for: a browser, if there is one."""

import os

import pytest
from browser import HOW, Browser, program

NOT_TESTED = []


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
