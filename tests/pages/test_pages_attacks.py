"""What somebody who means harm writes into addresses and forms: it gives nothing away."""

import re

import pytest
from cast import HEAD
from small import asked

PAGES_WITH_TABLES = ("/records", "/accounts", "/people", "/today", "/me", "/audit/report")
STAFF = "stf-041"  # no office, no role
CASE = "case-2026-001"
WORDS_OF_URL_FOR = ("endpoint=x", "_method=X", "_external=1", "_scheme=javascript", "_anchor=x")


@pytest.mark.parametrize("path", PAGES_WITH_TABLES)
def test_an_address_chooses_neither_host_nor_scheme_of_the_links(look, path):
    for words in WORDS_OF_URL_FOR:
        status, text = look(f"{path}?{words}")
        assert status == 200, words
        assert "://localhost" not in text
        assert "javascript:" not in text


def seen_of(text):
    """What a form carries of how far a stream was."""
    return re.findall(r'name="seen" value="([^"]+)"', text)


def test_a_form_does_not_tell_how_far_an_incident_is(look):
    for incident in (CASE, "case-2026-999"):
        status, text = look(f"/record/assess_incident?incident={incident}", STAFF)
        assert (status, seen_of(text)) == (200, [])
        typed = {"f.incident": incident, "f.text": "x", "seen": f"incident/{incident}@0"}
        status, text = look("/record/add_note", STAFF, form=typed)
        assert (status, seen_of(text), "Recorded in the meantime" in text) == (200, [], False)
    assert seen_of(look(f"/record/assess_incident?incident={CASE}")[1]) == [f"incident/{CASE}@7"]


def test_a_form_does_not_tell_what_a_record_of_others_is_of(look, term):
    known = term[2].entries()
    report = known.stream(f"incident/{CASE}")[0]
    typed = {"f.target": str(report.position), "f.reason": "x"}
    told = {report.record.id, f"incident/{CASE}"}
    assert [
        word for word in told if word in look("/record/annul_entry", STAFF, form=typed)[1]
    ] == []
    assert all(word in look("/record/annul_entry", form=typed)[1] for word in told)


def test_a_version_that_is_no_number_is_none(look):
    typed = {"f.enquiry": "enq-2026-001", "seen": "enquiry/enq-2026-001@²"}
    assert look("/record/respond_to_enquiry", form=typed)[0] == 422


def test_whoever_may_not_ask_for_incidents_does_not_learn_which_there_are(look):
    pages = [f"/incidents/{name}" for name in (CASE, "case-2026-999")]
    assert {look(path, STAFF)[0] for path in pages} == {404}
    assert look(f"/incidents/{CASE}")[0] == 200


def test_evidence_asked_for_twice_with_one_form_says_what_to_do(look):
    form = {"given_to": HEAD, "scope": "all", "disclose": "none", "how": "page", "key": "one-form"}
    assert look("/audit/evidence", form=form)[0] == 200
    status, text = look("/audit/evidence", form={**form, "disclose": "all"})
    assert (status, "This form was used before" in text) == (422, True)


def test_evidence_until_the_last_day_there_is(look):
    days = {"scope": "days", "how": "page", "from": "2026-09-01", "to": "9999-12-31"}
    assert look("/audit/evidence", form={"given_to": HEAD, **days})[0] == 200


def test_a_record_of_ones_own_links_no_incident_that_one_may_not_open(look, term):
    involved = {"incident": CASE, "person": STAFF, "purpose": "Saw it"}
    own = term[2].record(asked("involve_staff", involved)).position
    assert f'href="/incidents/{CASE}"' not in look(f"/records/{own}", STAFF)[1]
    assert f'href="/incidents/{CASE}"' in look(f"/records/{own}")[1]
