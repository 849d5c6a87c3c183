"""A passkey in a real browser, with a virtual authenticator: enrolled, used, refused, demanded."""

import json
from contextlib import contextmanager

import pytest
from accessible import faults
from actors import FileKey
from cast import MODERATOR
from small import asked

from ledger.domain.replay import Duties
from ledger.domain.signatures import in_force
from ledger.evidence import export_complete
from ledger.proof.note import format_vkey
from ledger.proof.policy import format_policy, parse_policy
from ledger.proof.verify import verify
from projections.semantics import AnswersCheck, all_answers

HEAD = "stf-011"
AUTHENTICATOR = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
    "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@pytest.fixture(name="person")
def _person(chromium, site):
    """person(who, language="en") -> a page of a browser in which they are signed in, and its
    authenticator; the site by its name, for a number has no passkeys."""
    contexts = []

    @contextmanager
    def person(who, language="en"):
        address = site.address.replace("127.0.0.1", "localhost")
        context = chromium.new_context(base_url=address, locale=language)
        contexts.append(context)
        page = context.new_page()
        devtools = context.new_cdp_session(page)
        devtools.send("WebAuthn.enable")
        made = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        page.goto("/sign-in")
        page.locator(f"button[value='{who}']").click()
        yield page, devtools, made["authenticatorId"]

    yield person
    for context in contexts:
        context.close()


def enrol(page):
    page.goto("/me/keys")
    page.get_by_role("button", name="Enrol a passkey").click()
    page.wait_for_url("**/me/keys?done=1")


def look_over(page, notice="2027-02-12"):
    """A form that was filled in and looked over: somebody announces that they are leaving."""
    page.goto("/record/record_departure_notice?person=vol-003")
    page.fill("#f-leaving_on", notice)
    page.locator("form.record p button.main").click()


def sign(page):
    page.get_by_role("button", name="Sign it yourself and record it").click()


def last(site):
    return site.ledger.entries().all[-1].record


def test_a_passkey_is_enrolled_and_signs_what_was_looked_over(person, site, tmp_path):
    with person(HEAD) as (page, _, _):
        page.goto("/me/keys")
        assert faults(page) == []
        enrol(page)
        assert faults(page) == []
        enrolled = last(site)
        assert (enrolled.type, enrolled.actor) == ("ActorKeyEnrolled", HEAD)
        assert (enrolled.fields["kind"], enrolled.fields["rp"]) == ("passkey", "localhost")
        look_over(page)
        assert faults(page) == []
        sign(page)
        page.wait_for_url("**/record/done/*")
        record = last(site)
        assert (record.type, record.assurance) == ("DepartureNoticeGiven", "actor-signed")
        page.goto(f"/records/{site.ledger.store.size() - 1}")
        assert "They themself: they signed it" in page.inner_text("main")
    file = tmp_path / "all.zip"
    export_complete(site.ledger, file, all_answers)
    trust = parse_policy(
        format_policy(
            format_vkey(site.ledger.origin, site.ledger.ports.checkpoint_signer.public_key)
        )
    )
    report = verify(str(file), trust, checks=[Duties(), AnswersCheck()])
    assert (report.verdict, report.actor_signed, report.findings) == ("VALID", 1, ())


def test_whoever_has_no_key_is_offered_none_and_records_as_before(person, site):
    with person(HEAD, "cy") as (page, _, _):
        page.goto("/me/keys")
        assert faults(page) == []
        look_over(page)
        assert page.locator("[data-sign]").count() == 0
        page.locator("form button.main[value=record]").click()
        page.wait_for_url("**/record/done/*")
        assert last(site).assurance == "service-attested"


def test_where_nobody_is_verified_nothing_is_enrolled_or_signed(person, site):
    with person(HEAD) as (page, devtools, authenticator):
        enrol(page)
        size = site.ledger.store.size()
        unverified = {"authenticatorId": authenticator, "isUserVerified": False}
        devtools.send("WebAuthn.setUserVerified", unverified)
        look_over(page)
        sign(page)
        problem = page.locator("[data-sign] [role=alert]")
        problem.filter(has_text="nothing was recorded").wait_for()
        assert site.ledger.store.size() == size
        page.goto("/me/keys")
        page.get_by_role("button", name="Enrol a passkey").click()
        page.locator("[data-enrol] [role=alert]").filter(has_text="No key").wait_for()
        assert site.ledger.store.size() == size


def test_a_field_changed_after_the_signature_is_refused(person, site):
    with person(HEAD) as (page, _, _):
        enrol(page)
        look_over(page)
        # Whoever holds the page changes the form between what is signed and what is sent.
        page.evaluate(
            """() => { const form = document.querySelector("[data-sign]").closest("form");
            form.requestSubmit = (by) => { form.elements["f.leaving_on"].value = "2027-03-31";
              HTMLFormElement.prototype.requestSubmit.call(form, by); }; }"""
        )
        sign(page)
        page.get_by_role("heading", level=1).filter(has_text="efused").wait_for()
        refused = last(site)
        assert (refused.type, refused.fields["code"]) == ("CommandRefused", "actor_signature_wrong")
        assert refused.intent is None


def test_a_key_that_was_ended_meanwhile_signs_nothing(person, site):
    with person(HEAD) as (page, _, _):
        enrol(page)
        look_over(page)
        key = in_force(site.ledger.entries(), HEAD)[0].key
        given = {"person": HEAD, "key_id": key.ident, "reason": "stolen"}
        site.ledger.record(asked("end_actor_key", given, MODERATOR))
        sign(page)
        page.get_by_role("heading", level=1).filter(has_text="efused").wait_for()
        assert last(site).fields["code"] == "actor_signature_wrong"
        page.goto("/me/keys")
        assert "ended" in page.inner_text("main table")


def test_what_is_demanded_is_signed_or_refused(person, site):
    policy = {"version": 1, "actions": ["end_office"]}
    site.ledger.record(asked("adopt_signature_policy", policy, HEAD))
    with person(HEAD) as (page, _, _):
        page.goto("/record/end_office?person=stf-014")
        page.locator("#f-office").select_option("dsp")
        page.locator("form.record p button.main").click()
        assert "asks you to sign this yourself" in page.inner_text("main")
        page.locator("form button.main[value=record]").click()
        page.get_by_role("heading", level=1).filter(has_text="efused").wait_for()
        assert last(site).fields["code"] == "actor_signature_required"
        enrol(page)
        size = site.ledger.store.size()
        enrol(page)  # another, for which the first one signs
        assert last(site).assurance == "actor-signed"
        assert site.ledger.store.size() == size + 1


# -- without a browser ----------------------------------------------------------------------


def post(client, path, headers, **form):
    return client.post(path, data=form, headers={**headers, "Accept": "text/html"})


def test_a_token_enrols_no_key(term):
    client, headers, ledger = term
    data = FileKey(HEAD).enrolment(ledger.origin)
    said = post(client, "/me/keys", headers(HEAD), command=json.dumps({"data": data}))
    assert said.status_code == 403
    assert in_force(ledger.entries(), HEAD) == []


@pytest.mark.parametrize("signed", ["{", "[]", "5", '{"intent": 1}', '{"intent": {}, "salts": 5}'])
def test_what_is_no_signature_is_refused_in_words(term, signed):
    client, headers, ledger = term
    form = {"f.person": "vol-003", "f.leaving_on": "2027-02-12", "step": "record"}
    path = "/record/record_departure_notice"
    said = client.post(
        path, data={**form, "signed": signed}, headers={**headers(HEAD), "Accept": "text/html"}
    )
    assert said.status_code == 422
    code = ledger.entries().all[-1].fields["code"]
    assert code in ("actor_signature_wrong", "invalid_field")


def test_what_there_is_to_sign_of_a_form(term):
    client, headers, ledger = term
    size = ledger.store.size()
    form = {"f.person": "vol-003", "f.leaving_on": "2027-02-12"}
    path = "/record/record_departure_notice/intent"
    said = client.post(path, data=form, headers=headers(HEAD))
    assert said.json["command"]["data"] == {"person": "vol-003", "leaving_on": "2027-02-12"}
    assert client.post(path, data={}, headers=headers(HEAD)).status_code == 422
    assert client.post("/record/nothing/intent", headers=headers(HEAD)).status_code == 404
    assert ledger.store.size() == size
