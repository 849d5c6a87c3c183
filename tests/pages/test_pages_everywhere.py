"""Every page, and the form of every action: axe finds nothing, nothing scrolls sideways."""

import pytest
from accessible import faults
from cast import HEAD, RUNNER

from ledger.domain.catalogue import ACTIONS

IDS = {"account": "fb-main", "person": RUNNER, "enquiry": "enq-2026-004", "position": "20"}
IDS |= {"incident": "case-2026-003", "name": "departure", "subject": RUNNER}
# What is tried with a session in tests/api, for no token opens it; and what is no page to look at.
BY_SESSION = ("sign_in", "provider", "my_door", "my_tokens", "door_people")
NO_PAGE = ("outside", "calendar")
MACHINES = ("/v1/", "/log/", "/health/", "/static/")


def addresses(app):
    """The address of every page that a token opens, with the ids of the sample term."""
    for rule in app.url_map.iter_rules():
        place = rule.endpoint.partition(".")[0]
        if "GET" not in rule.methods or place in (*BY_SESSION, *NO_PAGE):
            continue
        if not rule.rule.startswith(MACHINES) and rule.arguments <= IDS.keys():
            made = rule.rule
            for name in rule.arguments:
                for kind in ("", "int:", "path:"):
                    made = made.replace(f"<{kind}{name}>", IDS[name])
            yield made


def wrong_with(page, address):
    """What is wrong with a page for somebody who cannot see it, or has a telephone."""
    answer = page.goto(address)
    if "text/html" not in answer.headers["content-type"]:
        return []
    status = [] if answer.status == 200 else [("status", answer.status)]
    return [(address, *one) for one in [*faults(page), *status]]


@pytest.mark.parametrize("language", ["en", "cy"])
def test_every_page_can_be_used_by_everybody(site, visit, language):
    page = visit(HEAD, "/today", language, width=320)
    tried = sorted(a for a in addresses(site.app) if not a.endswith(("/raw", "/proof")))
    assert len(tried) > 20
    assert [fault for address in tried for fault in wrong_with(page, address)] == []


def test_every_form_can_be_filled_in_by_everybody(visit):
    page = visit(HEAD, "/today", width=320)
    offered = [name for name in ACTIONS if name not in ("open_ledger", "edit_entry")]
    assert [fault for name in offered for fault in wrong_with(page, f"/record/{name}")] == []
