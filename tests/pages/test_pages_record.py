"""Recording with a form: without scripts, as a browser would send it."""

from hashlib import sha256
from io import BytesIO

import pytest
from cast import CHAIR, DEPUTY, HEAD, LEAD, MODERATOR, RUNNER, TEACHER
from forms import Desk, fields_of, text
from small import asked

from api.pages.record.happenings import HAPPENINGS, NEVER
from ledger.domain.catalogue import ACTIONS

CATRIN = "stf-035"


@pytest.fixture(name="desk")
def _desk(term):
    """desk(person, language="en") -> somebody at the pages of recording."""
    client, headers, _ = term
    return lambda who, language="en": Desk(client, headers(who), language)


@pytest.fixture(name="ledger")
def _ledger(term):
    return term[2]


# -- every action has its form ----------------------------------------------------------------


def test_every_action_is_found_by_what_happened():
    offered = {name for happening in HAPPENINGS for name in happening.actions}
    assert offered | set(NEVER) == set(ACTIONS)
    assert offered & set(NEVER) == set()


@pytest.mark.parametrize("who", [HEAD, TEACHER])
def test_every_action_has_a_form_with_each_of_its_fields(desk, who):
    someone = desk(who)
    for name, action in ACTIONS.items():
        page = someone.get(f"/record/{name}")
        assert page.status_code == 200, name
        for field in action.all_fields:
            controls = (f'"f.{field.name}', f'"f-{field.name}"')
            assert any(c in page.text for c in controls), (name, field.name)


def test_no_form_of_what_is_no_action(desk):
    assert desk(HEAD).get("/record/dance").status_code == 404


def test_what_ones_office_allows_comes_first(desk):
    for who, mine in ((HEAD, True), (TEACHER, False)):
        said = text(desk(who).get("/record"))
        first, _, rest = said.partition("Usually recorded by somebody else")
        assert ("Approve an application" in (first if mine else rest)) is True
        assert "Report an incident" in first


def test_a_word_finds_what_can_be_recorded(desk):
    someone = desk(TEACHER, "cy")
    got = someone.client.post("/record", data={"sought": "cyfrinair"}, headers=someone.headers)
    assert "Newid y cyfrinair" in text(got)
    assert "Adrodd am ddigwyddiad" not in text(got)
    none = someone.client.post("/record", data={"sought": "zebra"}, headers=someone.headers)
    assert "Nid oes dim yn cyfateb" in text(none)


# -- from the form to the receipt -------------------------------------------------------------


def test_a_form_is_looked_over_and_then_recorded(desk, ledger):
    runner, before = desk(RUNNER), ledger.store.size()
    looked = runner.look("record_monitoring_check", result="nothing_found")
    assert "Nothing new" in text(looked)
    assert ledger.store.size() == before, "looking it over records nothing"
    done = runner.again("record_monitoring_check", looked, "record")
    assert (done.status_code, done.location) == (303, f"/record/done/{before}")
    receipt = runner.get(done.location)
    assert "Recorded: Record that an account was looked at" in text(receipt)
    proof = runner.get(f"{done.location}/proof")
    assert proof.text == ledger.proof(before)
    assert f"{before}.tlog-proof" in proof.headers["Content-Disposition"]


def test_pressed_twice_it_is_recorded_once(desk, ledger):
    runner = desk(RUNNER)
    looked = runner.look("record_monitoring_check", result="handled")
    first = runner.again("record_monitoring_check", looked, "record")
    size = ledger.store.size()
    second = runner.again("record_monitoring_check", looked, "record")
    assert (second.location, ledger.store.size()) == (first.location, size)


def test_a_form_that_was_recorded_cannot_record_something_else(desk, ledger):
    runner = desk(RUNNER)
    looked = runner.look("record_monitoring_check", result="handled")
    runner.again("record_monitoring_check", looked, "record")
    size = ledger.store.size()
    other = runner.again("record_monitoring_check", looked, "record", result="nothing_found")
    assert other.status_code == 422
    assert "recorded already" in text(other)
    assert ledger.store.size() == size
    fresh = fields_of(other.text, "/record/record_monitoring_check")
    looked = runner.send("record_monitoring_check", fresh, "look")
    again = runner.again("record_monitoring_check", looked, "record")
    assert (again.status_code, ledger.store.size()) == (303, size + 1)


def test_what_is_missing_is_said_at_its_field_and_not_recorded(desk, ledger):
    before = ledger.store.size()
    got = desk(RUNNER, "cy").look("record_monitoring_check")
    assert got.status_code == 422
    assert 'href="#f-result"' in got.text
    assert 'id="f-result-problem"' in got.text
    assert "Llenwch hwn" in text(got)
    assert ledger.store.size() == before


def test_what_was_typed_stays(desk):
    got = desk(TEACHER).look(
        "report_incident", summary="A long story", kind="bullying", about="Nobody"
    )
    kept = fields_of(got.text, "/record/report_incident")
    assert (kept["f.summary"], kept["f.kind"]) == (["A long story"], ["bullying"])
    assert kept["f.about"][0] == "Nobody"


def test_nothing_typed_stands_in_an_address(desk):
    done = desk(TEACHER).record("report_incident", summary="Secret words", kind="bullying")
    assert "ecret" not in done.location


# -- people, ids and times --------------------------------------------------------------------


def test_a_person_is_found_by_part_of_a_name_without_accents(desk):
    looked = desk(MODERATOR).look(
        "transfer_lead", "?account=fb-main", **{"from": "mostyn"}, to="PRIYA"
    )
    assert "Catrin Mostyn" in text(looked)
    assert "Priya Nair" in text(looked)


def test_a_name_that_several_have_asks_who_is_meant(desk):
    moderator = desk(MODERATOR)
    for name in ("Sian Price", "Siân Price"):
        done = moderator.record("register_person", name=name, kind="staff")
        assert done.status_code == 303
    asked = moderator.look("assign_account_role", person="sian price", role="runner")
    assert asked.status_code == 422
    assert "Several people are meant" in text(asked)
    fields = fields_of(asked.text, "/record/assign_account_role")
    chosen = asked.text.partition('name="f.person.pick.0" value="')[2].partition('"')[0]
    looked = moderator.send("assign_account_role", fields, "look", person__pick__0=chosen)
    assert looked.status_code == 200
    assert chosen in text(looked)


def test_a_name_that_nobody_has_says_what_to_do(desk):
    got = desk(MODERATOR).look("assign_account_role", person="Nobody Here", role="runner")
    assert "Nobody of this name is known here" in text(got)
    assert fields_of(got.text, "/record/assign_account_role")["f.person"] == ["Nobody Here"]


def test_somebody_outside_the_register_gets_a_number(desk, ledger):
    runner = desk(RUNNER)
    done = runner.record(
        "receive_enquiry", kind="comment", channel="public_comment", sender__new="number"
    )
    record = ledger.entries().all[int(done.location.rpartition("/")[2])].record
    assert record.fields["sender"].startswith("s-")
    assert record.fields["enquiry"].startswith("enq-2027-")


def test_a_weekend_message_with_its_late_reason_is_one_form(desk, ledger):
    runner = desk(RUNNER)
    typed = {"kind": "query", "channel": "direct_message", "sender__new": "number"}
    late = runner.look("receive_enquiry", occurred_at_="2027-01-09T10:00", **typed)
    assert late.status_code == 422
    assert 'id="f-late_reason-problem"' in late.text
    fields = fields_of(late.text, "/record/receive_enquiry")
    looked = runner.send("receive_enquiry", fields, "look", late_reason="It was a Saturday")
    done = runner.again("receive_enquiry", looked, "record")
    assert done.status_code == 303
    assert ledger.entries().all[-1].record.occurredat < ledger.entries().all[-1].record.time


def test_the_hour_that_came_twice_is_asked_for(desk, ledger):
    runner = desk(RUNNER)
    typed = {"kind": "query", "channel": "direct_message", "sender__new": "number"}
    twice = runner.look(
        "receive_enquiry", occurred_at_="2026-10-25T01:30", late_reason="x", **typed
    )
    assert "this hour came twice" in text(twice)
    fields = fields_of(twice.text, "/record/receive_enquiry")
    fields["occurred_at.offset"] = ["+00:00"]
    looked = runner.send("receive_enquiry", fields, "look")
    assert runner.again("receive_enquiry", looked, "record").status_code == 303
    assert ledger.entries().all[-1].record.occurredat % 86400 == 5400, "01:30 UTC"


def test_the_hour_that_was_left_out_is_explained(desk):
    got = desk(RUNNER, "cy").look(
        "receive_enquiry", kind="query", channel="email", occurred_at_="2026-03-29T01:30"
    )
    assert "hepgorwyd yr awr hon" in text(got)


# -- files ------------------------------------------------------------------------------------


def test_without_scripts_a_file_is_hashed_here_and_dropped(desk, ledger):
    teacher, picture = desk(TEACHER), b"a picture" * 1000
    fields = teacher.open("add_evidence", "?incident=case-2027-001")
    fields |= {"f.kept_at": ["the safe"], "f.evidence.file": [(BytesIO(picture), "p.png")]}
    looked = teacher.send("add_evidence", fields, "look")
    assert looked.status_code == 200, text(looked)
    salt, _, digest = fields_of(looked.text, "/record/add_evidence")["f.evidence"][0].partition("$")
    assert sha256(salt.encode() + picture).hexdigest() == digest
    done = teacher.again("add_evidence", looked, "record")
    assert done.status_code == 303
    assert ledger.entries().all[-1].fields["evidence"] == digest


def test_another_file_has_another_fingerprint(desk):
    teacher = desk(TEACHER)
    fields = teacher.open("add_evidence", "?incident=case-2027-001")
    fields |= {"f.kept_at": ["the safe"], "f.evidence.file": [(BytesIO(b"changed"), "p.png")]}
    looked = teacher.send("add_evidence", fields, "look")
    salt, _, digest = fields_of(looked.text, "/record/add_evidence")["f.evidence"][0].partition("$")
    assert sha256(salt.encode() + b"a picture").hexdigest() != digest


# -- refusals ---------------------------------------------------------------------------------


def test_a_refusal_is_foretold_explained_and_can_be_recorded_as_done(desk, ledger):
    moderator, before = desk(MODERATOR), ledger.store.size()
    looked = moderator.look("assign_account_role", person="Glenys", role="runner")
    assert "This would be refused" in text(looked)
    assert "has not acknowledged the current policy" in text(looked)
    assert "read and understood this policy" in text(looked), "the policy's own words"
    assert ledger.store.size() == before
    refused = moderator.again("assign_account_role", looked, "record")
    assert refused.status_code == 409
    assert f"at position {before}" in text(refused)
    assert ledger.entries().all[before].type == "CommandRefused"
    form = moderator.again("assign_account_role", refused, "as_done")
    fields = fields_of(form.text, "/record/assign_account_role")
    assert fields["already_done"] == ["yes"]
    again = moderator.send("assign_account_role", fields, "look", late_reason="Agreed by telephone")
    done = moderator.again("assign_account_role", again, "record")
    assert done.status_code == 303
    assert ledger.entries().all[-1].record.irregular == (
        "runner_policy_not_acknowledged", "runner_not_trained",
    )  # fmt: skip
    assert "against a rule" in text(moderator.get(done.location))


def test_a_refusal_links_to_what_helps_with_what_is_known_filled_in(desk):
    moderator = desk(MODERATOR)
    looked = moderator.look(
        "publish_post", "?account=fb-main", controversial="yes", third_party_material="no"
    )
    assert "/record/request_prepublication_check?account=fb-main" in looked.text


def test_a_refusal_is_told_in_welsh_and_the_policy_in_its_own_words(desk):
    looked = desk(TEACHER, "cy").look("approve_application", "?application=apl-2026-02")
    assert "Byddai hyn yn cael ei wrthod" in text(looked)
    assert '<q lang="en">' in looked.text


# -- what others recorded in the meantime -----------------------------------------------------


def test_a_stale_form_shows_what_was_recorded_and_keeps_what_was_typed(desk, ledger):
    moderator, other = desk(MODERATOR), desk(RUNNER)
    fields = moderator.open("change_visibility", "?account=fb-main")
    other.record("record_monitoring_check", result="nothing_found")
    typed = {"visibility": "private", "reason": "Too much abuse"}
    stale = moderator.send("change_visibility", fields, "record", **typed)
    assert stale.status_code == 409
    assert "Record that an account was looked at" in text(stale)
    kept = fields_of(stale.text, "/record/change_visibility")
    assert kept["f.reason"] == ["Too much abuse"]
    looked = moderator.again("change_visibility", stale, "look")
    assert moderator.again("change_visibility", looked, "record").status_code == 303


def test_a_form_that_nobody_overtook_says_nothing_of_it(desk):
    looked = desk(RUNNER).look("record_monitoring_check", "?account=fb-main", result="handled")
    assert "Recorded in the meantime" not in text(looked)


# -- restricted incidents ---------------------------------------------------------------------


def report(desk, who=TEACHER):
    teacher = desk(who)
    looked = teacher.look("report_incident", kind="conduct", summary="Words", about="Lowri Gittins")
    assert "it is about the head teacher" in text(looked)
    return teacher.again("report_incident", looked, "record")


def test_a_report_about_the_head_says_who_will_read_it_and_gives_its_number(desk, ledger):
    done = report(desk)
    position = int(done.location.rpartition("/")[2])
    number = ledger.restricted().reported_at(position)
    assert number in text(desk(TEACHER).get(done.location))
    for who in (HEAD, DEPUTY, MODERATOR, CHAIR):
        assert desk(who).get(done.location).status_code == 404, who
        assert desk(who).get(f"{done.location}/proof").status_code == 404


def test_the_chair_is_offered_it_and_nobody_else(desk, ledger):
    done = report(desk)
    number = ledger.restricted().reported_at(int(done.location.rpartition("/")[2]))
    assert number in desk(CHAIR).get("/record/assess_incident").text
    for who in (HEAD, DEPUTY, MODERATOR, RUNNER):
        assert number not in desk(who).get("/record/assess_incident").text, who
        assert desk(who).get(f"/record/story/post/{number}").status_code == 404
    assert desk(CHAIR).get(f"/record/story/post/{number}").status_code == 200


def test_looking_a_form_over_does_not_tell_whether_there_is_such_an_incident(desk, ledger):
    done = report(desk)
    number = ledger.restricted().reported_at(int(done.location.rpartition("/")[2]))
    told = []
    for name in (number, "case-2027-99999"):
        looked = desk(HEAD).look("assess_incident", f"?incident={name}", severity="low")
        told.append((looked.status_code, text(looked).replace(name, "")))
    assert told[0] == told[1]


# -- corrections ------------------------------------------------------------------------------


def test_a_correction_begins_with_what_the_record_says(desk, ledger):
    runner = desk(RUNNER)
    runner.record("record_monitoring_check", result="nothing_found")
    wrong = ledger.entries().all[-1]
    page = runner.get(f"/record/correct_entry?target={wrong.record.id}")
    fields = fields_of(page.text, "/record/correct_entry")
    assert fields["f.set.result"] == ["nothing_found"]
    looked = runner.send("correct_entry", fields, "look", set__result="handled", reason="Wrong box")
    assert runner.again("correct_entry", looked, "record").status_code == 303
    assert ledger.entries().all[-1].record.fields["set"] == {"result": "handled"}


def test_a_record_that_one_may_not_read_is_not_shown_for_correction(desk, ledger):
    hidden = next(e for e in ledger.entries().of("IncidentAssessed"))
    page = desk(TEACHER).get(f"/record/correct_entry?target={hidden.record.id}")
    assert "f.set." not in page.text


# -- rules and periods ------------------------------------------------------------------------


def test_deadlines_are_set_from_those_in_force(desk, ledger):
    head = desk(HEAD)
    fields = head.open("adopt_sla_rules")
    fields["f.rules.takedown.hours"] = ["6"]
    looked = head.send("adopt_sla_rules", fields, "look", effective_from="2027-02-01T00:00")
    assert head.again("adopt_sla_rules", looked, "record").status_code == 303
    rules = ledger.entries().all[-1].fields["rules"]
    assert rules["takedown"]["hours"] == 6
    assert rules["enquiry_response"]["automated_reply_counts"] is False


def test_only_a_period_that_changes_is_adopted(desk, ledger):
    head = desk(HEAD)
    fields = head.open("adopt_retention_schedule")
    fields["f.periods.mention"] = ["18"]
    looked = head.send("adopt_retention_schedule", fields, "look")
    assert head.again("adopt_retention_schedule", looked, "record").status_code == 303
    assert ledger.entries().all[-1].fields["periods"] == {"mention": 18}


# -- the door ---------------------------------------------------------------------------------


def test_nobody_is_sent_to_sign_in(term):
    client, _, _ = term
    got = client.get("/record/report_incident", headers={"Accept": "text/html"})
    assert got.location.startswith("/sign-in")


def test_somebody_who_left_is_turned_away(desk):
    assert desk(LEAD).get("/record").status_code == 403


def test_a_period_that_no_record_could_name_is_an_invalid_field(ledger):
    data = {"version": 2, "periods": {"learner-contact": 12}}
    refused = ledger.record(asked("adopt_retention_schedule", data, HEAD))
    assert (refused.code, refused.details["fields"]) == ("invalid_field", ["periods"])


def test_a_departure_asks_only_for_what_was_open_when_it_was_known(look):
    _, staying = look("/record/story/departure/stf-032", MODERATOR)
    assert "YsgolRhydyGwennol · Facebook: Password" in staying
    assert "garden" not in staying, "an account that was closed before is no step"
    _, left = look("/record/story/departure/vol-003", MODERATOR)
    assert "✓ Done" in left
    assert "gardd.rhydygwennol: Password" in left, "a closed account by its handle"
    assert "ig-garden:" not in left


def test_nobody_is_named_for_a_step_before_there_is_somebody_to_take_it(look):
    _, text = look("/record/story/departure/stf-035", MODERATOR)
    assert '<span class="small">YsgolRhydyGwennol · Facebook</span>' in text
    assert "Facebook." not in text
