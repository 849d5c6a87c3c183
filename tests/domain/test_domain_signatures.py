"""People sign for themselves: keys enrolled and ended, signatures taken, refused, and demanded."""

import pytest
from actors import HOST, FileKey, Passkey
from cast import DEPUTY, HEAD, MODERATOR, TEACHER, VOLUNTEER
from simulator import VALID

from ledger.domain.signatures import in_force
from ledger.outcomes import Receipt
from ledger.proof.encoding import b64encode

KEY = FileKey(HEAD)
OTHER = FileKey(DEPUTY, seed=9)
CASE = {"incident": "case-1", "severity": "low"}
keys = pytest.mark.parametrize(
    "key", [KEY, Passkey(HEAD), Passkey(HEAD, algorithm="ed25519")], ids=lambda k: k.algorithm
)


def enrol(school, key=KEY):
    return school.accept("enrol_actor_key", key.person, **key.enrolment(school.ledger.origin))


def end(school, key=KEY, by=MODERATOR):
    given = {"person": key.person, "key_id": key.ident, "reason": "lost"}
    return school.accept("end_actor_key", by, **given)


def demand(school, *actions, version=1):
    return school.accept("adopt_signature_policy", HEAD, version=version, actions=list(actions))


def registration(number=50):
    return {"person": f"stf-0{number}", "name": "Mari Evans", "kind": "staff", "offices": []}


@keys
def test_a_person_signs_what_is_recorded_of_them(school, key):
    enrol(school, key)
    body = school.sign(key, "register_person", **registration())
    made = school.send("register_person", HEAD, body)
    record = school.entry(made).record
    assert record.assurance == "actor-signed"
    assert record.id == body["event_id"]
    assert school.value(made, "name") == "Mari Evans"
    assert b"Mari Evans" not in school.bodies()


def test_whoever_does_not_sign_is_vouched_for_by_the_service(school):
    made = school.accept("register_person", HEAD, **registration())
    assert school.entry(made).record.assurance == "service-attested"
    assert school.entry(made).record.intent is None


CHANGES = [
    ("fields.kind", lambda body: body["data"].update(kind="volunteer")),
    ("fields.offices", lambda body: body["data"].update(offices=["moderator"])),
    ("commitments", lambda body: body["data"].update(name="Somebody Else")),
    ("commitments", lambda body: body.update(salts={"name": b64encode(bytes(32))})),
    ("occurredat", lambda body: body.update(occurred_at=body["occurred_at"][:-3] + "59Z")),
    ("doneby", lambda body: body.update(done_by=DEPUTY)),
    ("id", lambda body: body.update(event_id="another-1")),
    ("salts", lambda body: body.pop("salts")),
    ("signature", lambda body: body.update(intent=OTHER.envelope(b"{}"))),
    ("intent", lambda body: body.update(intent={})),
    ("intent", lambda body: body.update(intent="signed")),
]


@keys
@pytest.mark.parametrize(("what", "change"), CHANGES)
def test_what_was_signed_is_what_is_recorded_or_nothing_is(school, key, what, change):
    enrol(school, key)
    body = school.sign(key, "register_person", **registration())
    change(body)
    refused = school.send("register_person", HEAD, body)
    assert refused.code == "actor_signature_wrong"
    entry = school.entry(refused)
    assert entry.record.intent is None
    assert entry.record.assurance == "service-attested"


def test_a_signature_is_good_for_one_record(school):
    enrol(school)
    body = school.sign(KEY, "register_person", **registration())
    assert isinstance(school.send("register_person", HEAD, body), Receipt)
    assert school.send("register_person", HEAD, body).code == "duplicate_id"
    again = {**body, "data": registration(51)}
    assert school.send("register_person", HEAD, again).code == "duplicate_id"
    other = {**again, "event_id": "another-1"}
    assert school.send("register_person", HEAD, other).code == "actor_signature_wrong"


def test_nobody_signs_with_the_key_of_somebody_else(school):
    enrol(school)
    enrol(school, OTHER)
    body = school.sign(KEY, "register_person", actor=DEPUTY, **registration())
    refused = school.send("register_person", DEPUTY, body)
    assert refused.code == "actor_signature_wrong"
    assert "no key" in refused.details["reason"]


def test_a_key_that_ended_signs_nothing_more(school):
    enrol(school)
    body = school.sign(KEY, "register_person", **registration())
    end(school)
    assert school.send("register_person", HEAD, body).code == "actor_signature_wrong"
    enrol(school, FileKey(HEAD, seed=8))
    body = school.sign(FileKey(HEAD, seed=8), "register_person", **registration())
    assert isinstance(school.send("register_person", HEAD, body), Receipt)


@pytest.mark.parametrize(
    "salts", [{}, {"name": "AA=="}, {"other": b64encode(bytes(32))}, [], "x", {"name": 5}]
)
def test_salts_are_32_octets_for_each_sealed_value(school, salts):
    refused = school.ask("register_person", HEAD, **registration(), salts=salts)
    assert refused.code == "invalid_field"
    assert refused.details["fields"] == ["salts"]


def test_salts_may_be_proposed_without_a_signature(school):
    salts = {"name": b64encode(b"s" * 32)}
    made = school.accept("register_person", HEAD, **registration(), salts=salts)
    assert school.value(made, "name") == "Mari Evans"


# -- enrolling ------------------------------------------------------------------------------


@keys
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("public_key", "AA=="), ("key_id", "0" * 32), ("signature", b64encode(bytes(64))),
        ("signature", "="), ("rp", "not/a/host"), ("passkey_id", "="), ("client_data", "AAAA"),
    ],
)  # fmt: skip
def test_a_key_that_is_none_or_not_in_hand_is_refused(school, key, field, value):
    given = {**key.enrolment(school.ledger.origin), field: value}
    refused = school.refuse("invalid_field", "enrol_actor_key", HEAD, **given)
    assert refused.details["fields"]


def test_a_signature_for_another_school_enrols_nothing(school):
    given = KEY.enrolment("elsewhere.example/school/" + "0" * 32)
    refused = school.refuse("invalid_field", "enrol_actor_key", HEAD, **given)
    assert refused.details["fields"] == ["signature"]


def test_a_passkey_is_enrolled_for_the_host_that_it_signed_for(school):
    given = Passkey(HEAD, rp_signed="elsewhere.example").enrolment(school.ledger.origin)
    school.refuse("invalid_field", "enrol_actor_key", HEAD, **given)
    assert given["rp"] == HOST


def test_a_key_is_enrolled_by_the_person_alone_and_once_for_ever(school):
    given = KEY.enrolment(school.ledger.origin)
    school.refuse("must_acknowledge_personally", "enrol_actor_key", DEPUTY, **given)
    school.refuse("must_acknowledge_personally", "enrol_actor_key", HEAD, **given, done_by=DEPUTY)
    enrol(school)
    school.refuse("duplicate_id", "enrol_actor_key", HEAD, **given)
    end(school)
    school.refuse("duplicate_id", "enrol_actor_key", HEAD, **given)
    stolen = FileKey(DEPUTY).enrolment(school.ledger.origin)
    school.refuse("duplicate_id", "enrol_actor_key", DEPUTY, **stolen)


def test_who_may_end_a_key(school):
    enrol(school)
    given = {"person": HEAD, "key_id": KEY.ident, "reason": "lost"}
    school.refuse("not_slt", "end_actor_key", TEACHER, **given)
    school.refuse("invalid_field", "end_actor_key", MODERATOR, **{**given, "person": DEPUTY})
    school.refuse("invalid_field", "end_actor_key", MODERATOR, **{**given, "key_id": "0" * 32})
    school.accept("end_actor_key", HEAD, **given)
    school.refuse("already_decided", "end_actor_key", MODERATOR, **given)
    assert in_force(school.ledger.entries(), HEAD) == []


def test_anybody_may_have_a_key_and_end_it(school):
    key = FileKey(VOLUNTEER)
    enrol(school, key)
    end(school, key, by=VOLUNTEER)


def test_keys_and_the_policy_are_neither_corrected_nor_annulled(school):
    made = enrol(school)
    adopted = demand(school)
    for entry in (made, adopted):
        target = {"target": entry.event_id, "reason": "Typed by mistake"}
        school.refuse("invalid_field", "annul_entry", DEPUTY, **target)
        school.refuse("invalid_field", "correct_entry", HEAD, **target, set={"version": 2})


# -- demanded -------------------------------------------------------------------------------


def test_a_signature_is_demanded_where_the_school_says_so(school):
    school.incident()
    school.accept("assess_incident", DEPUTY, **CASE)
    demand(school, "assess_incident")
    refused = school.refuse("actor_signature_required", "assess_incident", DEPUTY, **CASE)
    assert refused.details == {"action": "assess_incident"}
    enrol(school, OTHER)
    made = school.send("assess_incident", DEPUTY, school.sign(OTHER, "assess_incident", **CASE))
    assert isinstance(made, Receipt)
    demand(school, version=2)
    school.accept("assess_incident", DEPUTY, **CASE)


def test_it_is_demanded_of_what_was_done_already_too(school):
    actor, data, before = VALID["close_account"]
    before(school)
    demand(school, "close_account")
    given = {**data, "already_done": True, "late_reason": "Nobody could ask"}
    school.refuse("actor_signature_required", "close_account", actor, **given)


def test_who_may_not_do_it_is_told_that_first(school):
    school.incident()
    demand(school, "assess_incident")
    school.refuse("assessor_not_slt", "assess_incident", TEACHER, **CASE)


@pytest.mark.parametrize("action", ["enrol_actor_key", "end_actor_key", "adopt_signature_policy"])
def test_it_is_never_demanded_of_what_brings_a_new_key(school, action):
    given = {"version": 1, "actions": [action]}
    school.refuse("invalid_field", "adopt_signature_policy", HEAD, **given)


def test_policies_are_counted(school):
    given = {"actions": []}
    school.refuse("invalid_field", "adopt_signature_policy", HEAD, **given, version=2)
    school.refuse("not_slt", "adopt_signature_policy", MODERATOR, **given, version=1)


def test_where_signatures_are_demanded_a_password_alone_brings_no_second_key(school):
    enrol(school)
    demand(school, "close_incident")
    new = FileKey(HEAD, seed=8)
    given = new.enrolment(school.ledger.origin)
    school.refuse("actor_signature_required", "enrol_actor_key", HEAD, **given)
    made = school.send("enrol_actor_key", HEAD, school.sign(KEY, "enrol_actor_key", **given))
    assert isinstance(made, Receipt)


def test_a_lost_key_is_ended_by_somebody_else_and_then_another_is_enrolled(school):
    enrol(school)
    demand(school, "close_incident")
    lost = {"person": HEAD, "key_id": KEY.ident, "reason": "lost"}
    school.refuse("approver_is_requester", "end_actor_key", HEAD, **lost)
    school.accept("end_actor_key", MODERATOR, **lost)
    enrol(school, FileKey(HEAD, seed=8))


def test_one_of_several_keys_the_person_ends_alone(school):
    enrol(school)
    enrol(school, FileKey(HEAD, seed=8))
    demand(school, "close_incident")
    end(school, by=HEAD)


def test_where_nobody_else_could_end_it_the_person_does(school):
    enrol(school)
    demand(school, "close_incident")
    for person in (DEPUTY, MODERATOR):
        school.depart(person)
    end(school, by=HEAD)
    enrol(school, FileKey(HEAD, seed=8))


def test_what_is_restricted_is_recorded_without_a_signature(school):
    """It would show who acted: neither demanded nor kept, not even inside."""
    enrol(school, OTHER)
    given = {"incident": "case-9", "kind": "other", "summary": "About the head", "about": [HEAD]}
    given |= {"restricted": True}
    body = school.sign(FileKey(DEPUTY, seed=9), "report_incident", **given)
    made = school.send("report_incident", DEPUTY, body)
    assert isinstance(made, Receipt)
    record = school.entry(made).record
    assert record.type == "Sealed"
    assert record.intent is None
    assert record.id != body["event_id"]


def test_what_there_is_to_sign_tells_nothing_of_what_is_there(school):
    """No rule is asked: the same is to be signed whether or not there is such an incident."""
    school.incident("case-1")
    there = school.sign(KEY, "assess_incident", **CASE)
    absent = school.sign(KEY, "assess_incident", **{**CASE, "incident": "case-77"})
    assert there.keys() == absent.keys()


def test_how_much_an_erasure_destroys_is_signed_too(school):
    enrol(school, FileKey(MODERATOR))
    school.request()
    school.decide()
    given = {"request": "rts-1", "subject": VOLUNTEER}
    body = school.sign(FileKey(MODERATOR), "erase_subject", **given)
    made = school.send("erase_subject", MODERATOR, body)
    assert school.entry(made).fields["values_destroyed"] > 0
    assert school.entry(made).record.assurance == "actor-signed"
