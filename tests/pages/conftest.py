"""The sample term behind a real server, and a real Chromium to walk through its pages."""

from html import unescape

import pytest
from playwright.sync_api import Locator, sync_playwright
from served import bearer, opened, play, serving

HEAD, DEPUTY, MODERATOR, LEAD = "stf-011", "stf-014", "stf-021", "stf-027"
RUNNER, TEACHER, VOLUNTEER, CHAIR = "stf-032", "stf-041", "vol-003", "gov-002"


@pytest.fixture(name="played", scope="session")
def _played(tmp_path_factory):
    """The directory of a ledger in which the sample term has been played; copy it to use it."""
    return play(tmp_path_factory.mktemp("played") / "term")


@pytest.fixture(name="term")
def _term(played, tmp_path):
    """(client, headers of somebody, ledger): the sample term, without a server."""
    with opened(played, tmp_path) as (app, ledger, tokens):
        yield app.test_client(), lambda who: bearer(tokens, who), ledger


@pytest.fixture(name="look")
def _look(term):
    """look(path, person=HEAD, language="en", form=None) -> (status, text of the page)."""
    client, headers, _ = term
    kept = {}

    def look(path, person=HEAD, language="en", form=None):
        who = kept.setdefault(person, headers(person))
        said = {**who, "Accept": "text/html", "Accept-Language": language}
        method = "GET" if form is None else "POST"
        got = client.open(path, method=method, headers=said, data=form)
        return got.status_code, unescape(got.text)

    return look


@pytest.fixture(name="site")
def _site(played, tmp_path):
    """The sample term behind a server on a free port."""
    with opened(played, tmp_path) as (app, ledger, tokens), serving(app) as address:
        yield Site(address, ledger, tokens, app)


class Site:
    """A served ledger."""

    def __init__(self, address, ledger, tokens, app):
        self.address, self.ledger, self.tokens, self.app = address, ledger, tokens, app


@pytest.fixture(name="chromium", scope="session")
def _chromium(chromium_path):
    """One Chromium for all journeys."""
    arguments = ["--no-sandbox"]
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium_path, args=arguments)
        yield started
        started.close()


@pytest.fixture(autouse=True)
def _a_click_waits_for_the_page(monkeypatch):
    """A click is done when the next page has begun to come: what is asked of it must find all."""
    click = Locator.click

    def click_and_wait(locator, **said):
        click(locator, **said)
        locator.page.wait_for_load_state("domcontentloaded")

    monkeypatch.setattr(Locator, "click", click_and_wait)


@pytest.fixture(name="visit")
def _visit(chromium, site):
    """visit(person, path, language="en", javascript=True, width=1000) -> a page of the browser."""
    contexts = []

    def visit(person, path="/", language="en", javascript=True, width=1000):
        context = chromium.new_context(
            base_url=site.address,
            locale=language,
            java_script_enabled=javascript,
            viewport={"width": width, "height": 800},
            extra_http_headers=bearer(site.tokens, person) if person else {},
        )
        contexts.append(context)
        page = context.new_page()
        page.goto(path)
        return page

    yield visit
    for context in contexts:
        context.close()
