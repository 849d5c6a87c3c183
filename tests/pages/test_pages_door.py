"""Coming in with a real browser: what it sends by itself must be enough."""

import re

import pyotp
import pytest
from axe_playwright_python.sync_playwright import Axe
from cast import DEPUTY, HEAD
from door import CHEAP

from api.door import invitations, passwords
from api.door.store import Door

PASSWORD = "three grey herons at low tide"


@pytest.fixture(name="door")
def _door(site):
    return Door(site.tokens.path, site.ledger.ports.mac, cost=CHEAP)


def faults(page):
    """What axe finds wrong with the page."""
    found = Axe().run(page).response["violations"]
    return [(v["id"], [n["html"][:120] for n in v["nodes"]]) for v in found]


@pytest.mark.parametrize("javascript", [True, False])
def test_somebody_comes_for_the_first_time_and_again(visit, door, javascript):
    secret = invitations.invite(door, HEAD, DEPUTY)
    page = visit(None, f"/invitation/{secret}", javascript=javascript)
    page.get_by_label("New password", exact=True).fill(PASSWORD)
    page.get_by_label("The new password once more").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    key = page.locator("li code").inner_text().replace(" ", "")
    page.get_by_label("Code").fill(pyotp.TOTP(key).now())
    page.get_by_role("button", name="Go on").click()
    assert 10 == page.locator("main li code").count()
    codes = page.locator("main li code").all_inner_texts()
    page.goto("/me/door")
    page.get_by_role("button", name="Sign out").click()
    page.goto("/door/people")
    page.get_by_label("User name").fill(HEAD)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("link", name="Use a recovery code instead").click()
    page.get_by_label("Recovery code").fill(codes[0])
    page.get_by_role("button", name="Go on").click()
    assert "9 recovery codes are left." in page.inner_text("main")


def test_somebody_tries_a_role_in_a_practice_ledger(visit):
    page = visit(None, "/door/people")
    page.get_by_role("button", name=re.compile("Enter as Lowri Gittins, headteacher")).click()
    assert page.url.endswith("/door/people")
    page.get_by_role("button", name=f"Invite {DEPUTY}").click()
    assert "/invitation/" in page.inner_text("main code")


def test_the_pages_of_the_door_are_open_to_everybody(visit, door):
    """WCAG 2.2, by axe: every page of the door, in both languages, narrow too."""
    secret = invitations.invite(door, HEAD, DEPUTY)
    passwords.take(door, DEPUTY, PASSWORD, "password_set", DEPUTY)
    for language, enter in (("en", "Enter as Iestyn Rowe"), ("cy", "Dod i mewn fel Iestyn Rowe")):
        page = visit(None, "/sign-in", language=language, width=320)
        assert [] == faults(page)
        page.goto(f"/invitation/{secret}")
        assert [] == faults(page)
        page.goto("/sign-in")
        page.locator("#person").fill(DEPUTY)
        page.locator("#password").fill(PASSWORD)
        page.locator("button.main").click()
        assert 1 == page.locator("main svg").count()
        assert [] == faults(page)
        page.goto("/sign-in")
        page.get_by_role("button", name=re.compile(enter)).click()
        for path in ("/me/door", "/door/people"):
            page.goto(path)
            assert [] == faults(page), path
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
