"""Every role on every route: what the table says is what happens."""

import pytest
from coming import ADDED, COMES, IDS, path_of, signed_in
from small import asked

from api import may
from api.answers import PROBLEM
from ledger.domain import matters
from ledger.outcomes import Receipt
from projections.routes import ROUTES


@pytest.fixture(name="school")
def _school(term):
    """(client, ledger): the term, its log open to the public, and somebody of every role."""
    client, _, ledger = term
    client.application.extensions["handledger"].public_log = True
    for office, who in ADDED.items():
        kind = "governor" if office == "governor" else "external"
        offices = [office] if office else []
        data = {"person": who, "name": f"A {office}", "kind": kind, "offices": offices}
        assert isinstance(ledger.record(asked("register_person", data)), Receipt)
    return client, ledger


def test_everybody_has_the_role_they_come_as(school):
    _, ledger = school
    known = ledger.entries()
    now = known.all[-1].record.time
    for role, who in COMES.items():
        assert role in may.roles_of(known, who, now), role
    for role in (may.STAFF, may.DPO, may.INVESTIGATOR, may.AUDITOR):
        assert may.roles_of(known, COMES[role], now) == {may.STAFF, role}
    assert may.roles_of(known, "stf-999", now) == {may.NOBODY}


def turned_away(got, some=may.EVERYONE):
    """Whether the answer says: not with this role, or not without signing in.

    What is open to `some` with nobody among them may lead there for a reason of its own.
    """
    if got.status_code in (302, 303):
        return may.NOBODY not in some and got.location.startswith("/sign-in")
    code = got.json["code"] if got.mimetype == PROBLEM else None
    return (got.status_code, code) in ((403, "role_missing"), (401, "unauthenticated"))


def ids_for(known, role):
    """Ids of the sample term, and a record that whoever comes as this role may read."""
    who = COMES.get(role, "")
    own = next((e.position for e in known.all if who and who in matters.named_in(e)), 1)
    return {**IDS, "position": str(own)}


def roles_in(known, role):
    """What whoever comes as this role is."""
    if role == may.NOBODY:
        return {may.NOBODY}
    return may.roles_of(known, COMES[role], known.all[-1].record.time)


@pytest.mark.parametrize("role", may.ROLES)
def test_every_page_and_route(school, role):
    client, ledger = school
    rules = client.application.url_map.iter_rules()
    held, ids = roles_in(ledger.entries(), role), ids_for(ledger.entries(), role)
    wrong = []
    for rule in rules:
        if rule.endpoint in ("queries.ask", "restricted.ask"):
            continue
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            asked_with = signed_in(client, role)
            if method == "GET":
                del asked_with["data"]
            got = client.open(path_of(rule, ids), method=method, **asked_with)
            may_go = bool(may.PLACES[rule.endpoint] & held)
            if turned_away(got, may.PLACES[rule.endpoint]) == may_go:
                wrong.append((method, rule.endpoint, got.status_code))
            assert got.status_code < 500, rule.endpoint
    assert wrong == []


@pytest.mark.parametrize("role", may.ROLES)
def test_every_question(school, role):
    client, ledger = school
    held = roles_in(ledger.entries(), role)
    for route in ROUTES:
        got = client.get(route.path.format(**IDS), headers=signed_in(client, role)["headers"])
        assert turned_away(got) != bool(may.QUESTIONS[route.path] & held), route.path
