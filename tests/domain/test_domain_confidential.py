"""From the adoption of confidential keys on, nobody at the service opens what is sealed."""

import pytest
from confiding import AUTHORITYS, CHAIRS, NEW_CHAIRS, named
from simulator import CHAIR, DEPUTY, HEAD, LEAD, MODERATOR, RUNNER, TEACHER, School, again

from ledger import confidential
from ledger.confidential import HALF
from ledger.domain.school_time import in_london
from ledger.fsck import fsck
from ledger.opening import ACT
from ledger.outcomes import Receipt, WritesRefused
from ledger.proof.dsse import SignerGone
from ledger.proof.encoding import b64encode
from ledger.rows import SealedRow, SubjectKey

REPORT = {"kind": "staff_pupil_contact", "summary": "Private messages to a pupil"}
NEW = "gov-009"


@pytest.fixture(name="school")
def _school(school):
    school.accept("adopt_confidential_keys", CHAIR, **named())
    return school


def report(school, about=(HEAD,), **more):
    return school.accept("report_incident", TEACHER, **REPORT, about=list(about), **more)


def opened(school, key=CHAIRS, by=CHAIR):
    school.ledger.open_confidential(key, by)
    return school


def restarted(school):
    return School(school.directory, in_london(school.clock.at), school.ledger.ports)


def row(school, position):
    return school.ledger.store.row(SealedRow, (position, ACT))


def key_row(school, position):
    return school.ledger.store.row(SubjectKey, (row(school, position).subject,))


def inside(school):
    """(action, code or empty) of everything that was opened."""
    found = school.ledger.restricted().opened.values()
    return [(o.record.action, o.record.fields.get("code", "")) for o in found]


# -- who adopts them -------------------------------------------------------------------------


def test_only_the_chair_in_person_names_the_keys(school):
    given = named(version=2)
    for person in (HEAD, DEPUTY, MODERATOR, TEACHER):
        school.refuse("not_chair", "adopt_confidential_keys", person, **given)
        school.refuse("not_chair", "adopt_confidential_keys", person, **given, done_by=CHAIR)
    school.refuse("not_chair", "adopt_confidential_keys", CHAIR, **given, done_by=HEAD)
    school.refuse("invalid_field", "adopt_confidential_keys", CHAIR, **named(version=1))
    school.accept("adopt_confidential_keys", CHAIR, **given)


def test_nobody_stands_in_for_a_chair_who_is_away(school):
    away = {"person": CHAIR, "kind": "sickness", "from": school.ago(hours=1)}
    school.accept("record_absence", DEPUTY, **away)
    school.refuse("not_chair", "adopt_confidential_keys", HEAD, **named(version=2))


def test_the_adoption_is_never_taken_back(school):
    [adopted] = [e.record.id for e in school.ledger.entries().of(confidential.ADOPTED)]
    school.refuse("invalid_field", "annul_entry", MODERATOR, target=adopted, reason="No")
    change = {"target": adopted, "reason": "No", "set": {"covers_per_day": 1}}
    school.refuse("invalid_field", "correct_entry", CHAIR, **change)


@pytest.mark.parametrize("name", ["chair_key", "authority_key"])
def test_a_key_that_everybody_could_open_is_refused(school, name):
    p = 2**255 - 19
    order8 = 39382357235489614581723060781553021112529911719440698176882885853963445705823
    for u in (0, 1, p - 1, order8, p, p + 9, 2**255 + 9):
        weak = b64encode(u.to_bytes(32, "little"))
        given = {**named(version=2), name: weak}
        school.refuse("invalid_field", "adopt_confidential_keys", CHAIR, **given)
    for text in ("", "c2hvcnQ=", "no base64", 7):
        given = {**named(version=2), name: text}
        assert school.ask("adopt_confidential_keys", CHAIR, **given).code in (
            "missing_field",
            "invalid_field",
        )
    same = named(CHAIRS, CHAIRS, version=2)
    school.refuse("invalid_field", "adopt_confidential_keys", CHAIR, **same)


# -- locked ------------------------------------------------------------------------------------


def test_a_report_is_taken_while_nobody_can_open_it(school):
    made = report(school)
    assert (made.type, len(made.incident)) == ("Sealed", 32)
    assert school.ledger.restricted().opened == {}
    assert inside(opened(school)) == [("report_incident", "")]
    assert inside(opened(restarted(school))) == [("report_incident", "")]


def test_no_key_of_the_service_opens_it(school):
    made = report(school)
    key = key_row(school, made.position)
    assert (key.epoch, len(key.wrapped)) == (0, 2 * HALF)
    for epoch in school.ledger.ports.wrapping_keys.held():
        with pytest.raises(ValueError, match="does not open"):
            school.ledger.ports.wrapper(epoch).unwrap(key.wrapped, key.subject)
    assert fsck(school.directory, school.ledger.key) == []


def test_what_the_reporter_adds_is_taken_and_judged_when_it_is_opened(school):
    case = {"incident": report(school).incident}
    told = {"agency": "union", "reason": "For support"}
    assert school.accept("notify_agency", TEACHER, **case, **told).type == "Sealed"
    assert inside(opened(school)) == [("report_incident", ""), ("notify_agency", "")]
    other = opened(restarted(school))
    assert inside(other) == [("report_incident", ""), ("notify_agency", "")]


def test_what_fits_nothing_is_shown_as_such(school):
    case = {"incident": report(school).incident}
    told = {"agency": "union", "reason": "For support"}
    school.accept("notify_agency", HEAD, **case, **told)
    school.accept("notify_agency", HEAD, incident="0" * 32, **told)
    found = inside(opened(school))
    assert found[1:] == [("refuse", "unknown_reference")] * 2


def test_answers_do_not_tell_whether_there_is_an_incident(school):
    """The same is done about an incident that is there and about one that is not."""
    there, nothing = report(school).incident, "0" + "a" * 31
    acts = {
        "notify_agency": {"agency": "police", "reason": "What is this?"},
        "assess_incident": {"severity": "low"},
        "close_incident": {"outcome": "nothing in it"},
        "add_note": {"text": "Hm"},
        "place_legal_hold": {"hold": "lh-1", "subjects": ["ext-b17"], "reason": "Mine"},
    }
    people = (HEAD, DEPUTY, MODERATOR, LEAD, RUNNER, TEACHER, CHAIR)

    def answers(case):
        told = []
        for person in people:
            for action, data in acts.items():
                got = school.ask(action, person, incident=case, **data)
                record = school.ledger.entries().all[got.position].record
                fields = {k: v for k, v in record.fields.items() if k != "payload_hash"}
                code = None if isinstance(got, Receipt) else got.code
                told.append((person, action, code, record.type, fields, record.actor))
        return told

    locked = answers(there)
    assert locked == answers(nothing)
    opened(school)
    few = [line for line in answers(there) if line[0] != CHAIR]
    assert few == [line for line in locked if line[0] != CHAIR]


def test_a_mistake_in_the_form_is_said_at_once_and_sealed(school):
    refused = school.refuse("invalid_field", "report_incident", TEACHER, **{**REPORT, "kind": "x"},
                            about=[HEAD])  # fmt: skip
    assert school.entry(refused).type == "Sealed"
    case = {"incident": report(school).incident}
    refused = school.refuse("missing_field", "notify_agency", TEACHER, **case)
    assert school.entry(refused).type == "Sealed"


def test_the_chair_may_work_without_opening_it_here(school):
    case = {"incident": report(school).incident}
    school.accept("assess_incident", CHAIR, **case, severity="high", classification="illegal")
    school.accept("close_incident", CHAIR, **case, outcome="dealt with")
    assert inside(opened(school))[1:] == [
        ("assess_incident", ""),
        ("refuse", "agency_not_notified"),
    ]


def test_no_signature_is_asked_for_what_lies_inside(school):
    """Whoever signed would show; what is sent without being opened is judged the same."""
    school.accept("adopt_signature_policy", HEAD, version=1, actions=["close_incident"])
    case = {"incident": report(school).incident}
    school.accept("assess_incident", CHAIR, **case, severity="low")
    school.accept("close_incident", CHAIR, **case, outcome="nothing in it")
    assert inside(opened(school))[1:] == [("assess_incident", ""), ("close_incident", "")]


def test_a_lost_answer_is_given_again_as_long_as_the_service_runs(school):
    data = {**REPORT, "about": [HEAD]}
    first = school.ledger.record(again("report_incident", TEACHER, data, "key-1"))
    second = school.ledger.record(again("report_incident", TEACHER, data, "key-1"))
    assert (first.position, first.incident) == (second.position, second.incident)
    with school.ledger.store.reading() as c:
        c.execute("SELECT count(*) FROM answered")
        assert c.fetchone()[0] == 0
    assert school.ledger.receipt_of(first.position).actor == TEACHER


def test_an_answer_lost_because_nothing_could_sign_is_given_again(school, monkeypatch):
    """The receipt could not be signed, and its refusal says to ask again with the same key."""
    data = {**REPORT, "about": [HEAD]}

    def gone(size):
        raise SignerGone("the token was pulled")

    with monkeypatch.context() as patch:
        patch.setattr(school.ledger._publisher, "sign", gone)
        with pytest.raises(WritesRefused, match="ask again with the same Idempotency-Key"):
            school.ledger.record(again("report_incident", TEACHER, data, "key-1"))
    size = school.size
    made = school.ledger.record(again("report_incident", TEACHER, data, "key-1"))
    assert (made.position, school.size) == (size - 1, size)
    assert made.incident


# -- open --------------------------------------------------------------------------------------


def test_a_request_that_is_sent_again_does_not_tell_that_it_is_open(school):
    """The accused reports something themself, and sends it once more to see what happens."""
    data = {**REPORT, "about": [TEACHER], "restricted": True}
    ticking = Ticking(school.clock)
    object.__setattr__(school.ledger.ports, "clock", ticking)
    school.ledger.record(again("report_incident", HEAD, data, "mine"))
    told = []
    for open_ in (False, True):
        ticking.ran += 3601.0
        school.ledger.receipt_of(0)  # what is older than an hour is forgotten
        if open_:
            opened(school)
        size = school.size
        school.ledger.record(again("report_incident", HEAD, data, "mine"))
        told.append(school.size - size)
    assert told == [1, 1]


def test_whoever_did_not_open_it_cannot_seal_it_anew_and_so_learn_that_it_is_open(school):
    report(school)
    for open_ in (False, True):
        if open_:
            opened(school)
        school.refuse("confidential_key_needed", "renew_sealing", HEAD, version=1)
    school.accept("renew_sealing", CHAIR, version=1)
    school.ledger.open_confidential(AUTHORITYS, DEPUTY)
    school.accept("renew_sealing", DEPUTY, version=1)


def test_the_chair_opens_assesses_and_closes(school):
    case = {"incident": report(school).incident}
    opened(school)
    school.refuse("incident_not_assessed", "close_incident", CHAIR, **case, outcome="done")
    school.accept("assess_incident", CHAIR, **case, severity="high")
    school.accept("close_incident", CHAIR, **case, outcome="done")
    assert opened(restarted(school)).size == school.size
    assert inside(school)[-1] == ("close_incident", "")


def test_it_closes_when_nobody_uses_it(school):
    report(school)
    opened(school)
    ticking = Ticking(school.clock)
    object.__setattr__(school.ledger.ports, "clock", ticking)
    school.ledger._opening.clock = ticking
    school.ledger._opening.used(CHAIR)
    ticking.ran = 899.0
    assert school.ledger.opened_by(DEPUTY) == CHAIR
    ticking.ran = 901.0
    assert school.ledger.opened_by() is None
    assert school.ledger.restricted().opened == {}


class Ticking:
    """A clock of which the running part is set."""

    def __init__(self, clock):
        self.clock, self.ran = clock, 0.0

    def now(self):
        return self.clock.now()

    def running(self):
        return self.ran


def test_a_key_that_no_record_names_opens_nothing(school):
    with pytest.raises(ValueError, match="no record names this key"):
        school.ledger.open_confidential(NEW_CHAIRS, CHAIR)


def test_what_is_about_the_chair_the_authority_alone_opens(school):
    made = report(school, about=[CHAIR], restricted=True)
    told = {"incident": made.incident, "agency": "union", "reason": "For support"}
    school.accept("notify_agency", TEACHER, **told)
    usual = report(school)
    assert [len(key_row(school, p).wrapped) for p in (made.position, usual.position)] == [162, 162]
    assert inside(opened(school)) == [("report_incident", "")]
    assert inside(opened(school, AUTHORITYS, DEPUTY)) == [
        ("report_incident", ""),
        ("notify_agency", ""),
        ("report_incident", ""),
    ]


def test_what_was_sealed_before_the_adoption_leaves_the_service_too(tmp_path):
    school = School(tmp_path / "other").staffed()
    first = report(school)
    hidden = report(school, about=[CHAIR], restricted=True)
    old = key_row(school, first.position)
    school.accept("adopt_confidential_keys", CHAIR, **named())
    assert school.ledger.restricted().opened == {}
    school.ledger.store.truncate_log()
    kept = b"".join(p.read_bytes() for p in sorted(school.directory.glob("ledger.db*")))
    assert old.wrapped not in kept
    assert confidential.is_confidential(key_row(school, hidden.position))
    assert len(inside(opened(school))) == 1
    assert len(inside(opened(school, AUTHORITYS))) == 2
    assert fsck(school.directory, school.ledger.key) == []
    school.close()


# -- another chair -----------------------------------------------------------------------------


def successor(school):
    """Another chair of governors with a key of their own; nothing is sealed anew yet."""
    new = {"person": NEW, "name": "Emrys Vaughan", "kind": "governor",
           "offices": ["chair_of_governors"]}  # fmt: skip
    school.accept("register_person", DEPUTY, **new)
    school.accept("adopt_confidential_keys", NEW, **named(NEW_CHAIRS, version=2))


def test_the_old_key_opens_nothing_that_comes_later(school):
    report(school)
    successor(school)
    report(school)
    assert len(inside(opened(school))) == 1
    assert len(inside(opened(school, NEW_CHAIRS, NEW))) == 1
    assert len(inside(opened(school, AUTHORITYS, NEW))) == 2


@pytest.mark.parametrize("key", [CHAIRS, AUTHORITYS])
def test_whoever_can_open_seals_it_anew_for_the_new_chair(school, key):
    made = report(school)
    hidden = report(school, about=[CHAIR], restricted=True)
    successor(school)
    before = key_row(school, hidden.position)
    school.refuse("confidential_key_needed", "renew_sealing", DEPUTY, version=2)
    opened(school, key, CHAIR)
    school.refuse("invalid_field", "renew_sealing", CHAIR, version=1)
    school.refuse("not_slt", "renew_sealing", TEACHER, version=2)
    school.accept("renew_sealing", CHAIR, version=2)
    assert len(inside(opened(school, NEW_CHAIRS, NEW))) == 1
    assert inside(opened(school, CHAIRS)) == []
    assert len(inside(opened(school, AUTHORITYS))) == 2
    # Every row changed in the same way: none tells that the chair may not open it.
    after = key_row(school, hidden.position)
    assert (before.wrapped[:HALF] != after.wrapped[:HALF]) is True
    assert (before.wrapped[HALF:] == after.wrapped[HALF:]) is (key is CHAIRS)
    assert made.position != hidden.position
    assert fsck(school.directory, school.ledger.key) == []


# -- reading -----------------------------------------------------------------------------------


def test_that_somebody_read_it_lies_inside(school):
    case = report(school).incident
    opened(school)
    school.ledger.seal_reading(case, CHAIR)
    assert school.ledger.entries().all[-1].type == "Sealed"
    [reading] = opened(restarted(school)).ledger.restricted().readings
    assert (reading.incident, reading.person, reading.time) == (case, CHAIR, school.clock.at)


# -- covers ------------------------------------------------------------------------------------


def test_a_cover_is_like_any_other_sealed_act(school):
    made = report(school)
    school.ledger.seal_cover()
    cover = school.size - 1
    lengths = [
        (len(row(school, p).ciphertext), len(key_row(school, p).wrapped), key_row(school, p).epoch)
        for p in (made.position, cover)
    ]
    assert lengths[0] == lengths[1]
    assert inside(opened(school)) == [("report_incident", "")]


# -- deleting ----------------------------------------------------------------------------------


def test_fsck_says_when_what_lies_beside_the_log_is_gone(school):
    made = report(school)
    subject = row(school, made.position).subject
    with school.ledger.store.writing() as c:
        c.execute("DELETE FROM subject_keys WHERE subject = ?", (subject,))
    found = fsck(school.directory, school.ledger.key)
    assert [d.what for d in found] == [f"the key of {subject} is missing"]
    with school.ledger.store.writing() as c:
        c.execute("DELETE FROM sealed_values WHERE position = ?", (made.position,))
    found = fsck(school.directory, school.ledger.key)
    assert [(d.what, d.position) for d in found] == [("sealed value act is missing", made.position)]
    assert inside(opened(school)) == []


def test_fsck_says_when_the_service_kept_a_way_to_open_it(school):
    """A key under the wrapping key, put where the one sealed to the chair should lie."""
    made = report(school)
    subject = row(school, made.position).subject
    [epoch] = school.ledger.ports.wrapping_keys.held()
    wrapped = school.ledger.ports.wrapper(epoch).wrap(b"k" * 32, subject)
    with school.ledger.store.writing() as c:
        c.execute("DELETE FROM subject_keys WHERE subject = ?", (subject,))
        SubjectKey(subject, epoch, wrapped).write(c)
    found = fsck(school.directory, school.ledger.key)
    assert [d.what for d in found] == [f"the key of {subject} is not sealed to the keys adopted"]
