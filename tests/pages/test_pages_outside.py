"""People outside the register, found by name on the way in: nobody keeps a list of codes."""

import pytest
from cast import CHAIR, DEPUTY, HEAD, MODERATOR, TEACHER
from forms import Desk, fields_of, text

ENQUIRY = {"kind": "query", "channel": "direct_message"}
NAME = "Siân Gwynfor-Prys"


@pytest.fixture(name="desk")
def _desk(term):
    client, headers, _ = term
    return lambda who, language="en": Desk(client, headers(who), language)


@pytest.fixture(name="ledger")
def _ledger(term):
    return term[2]


def wrote_in(desk, who=TEACHER, name=NAME, new="parent", **more):
    """Somebody writes a name into the form of a message, and looks it over."""
    return desk(who).look("receive_enquiry", **ENQUIRY, sender=name, sender__new=new, **more)


def registered(desk, ledger, name=NAME, kind="parent"):
    """The id of somebody who was registered with a message."""
    looked = wrote_in(desk, name=name, new=kind)
    done = desk(TEACHER).again("receive_enquiry", looked, "record")
    assert done.status_code == 303, text(done)
    return ledger.entries().all[-1].fields["sender"]


def meant(got):
    """What a form asks about whom a name means: the values that can be chosen."""
    _, _, rest = got.text.partition("Who is meant?")
    return [part.partition('"')[0] for part in rest.split('.pick.0" value="')[1:]]


def test_somebody_new_is_registered_with_what_they_wrote(desk, ledger):
    before = ledger.store.size()
    looked = wrote_in(desk)
    assert f"{NAME} is registered first" in text(looked)
    assert ledger.store.size() == before, "looking it over registers nobody"
    done = desk(TEACHER).again("receive_enquiry", looked, "record")
    made, enquiry = ledger.entries().all[before:]
    assert (made.type, made.fields["kind"]) == ("SubjectRegistered", "parent")
    assert enquiry.fields["sender"] == made.key
    assert done.location.endswith(str(enquiry.position))
    assert NAME not in str([e.record for e in ledger.entries().all[before:]])
    assert "Gwynfor" not in done.location

    again = desk(TEACHER).again("receive_enquiry", looked, "record")
    assert (again.location, ledger.store.size()) == (done.location, before + 2)


def test_the_next_time_the_name_is_enough(desk, ledger):
    who = registered(desk, ledger)
    looked = wrote_in(desk, name="sian gwynfor prys", new="")
    assert looked.status_code == 200
    assert who in text(looked), "who holds no office finds them by the whole name"
    size = ledger.store.size()
    desk(TEACHER).again("receive_enquiry", looked, "record")
    assert ledger.entries().all[-1].fields["sender"] == who
    assert ledger.store.size() == size + 1


def test_a_like_name_is_asked_about_and_told_apart(desk, ledger):
    who = registered(desk, ledger)
    got = wrote_in(desk, name="Sian Gwynfor Price")
    assert got.status_code == 422
    assert meant(got) == [who, "new:pupil", "new:parent", "new:other", "new:number"]
    said = text(got)
    assert "Parent or carer, known since 15 January 2027" in said
    assert NAME not in said, "who may not know names is shown the one that was typed"

    teacher = desk(TEACHER)
    theirs = teacher.again("receive_enquiry", got, "look", sender__pick__0=who)
    assert teacher.again("receive_enquiry", theirs, "record").status_code == 303
    assert ledger.entries().all[-1].fields["sender"] == who

    got = wrote_in(desk, name="Sian Gwynfor Price")
    other = teacher.again("receive_enquiry", got, "look", sender__pick__0="new:pupil")
    assert teacher.again("receive_enquiry", other, "record").status_code == 303
    made, enquiry = ledger.entries().all[-2:]
    assert enquiry.fields["sender"] == made.key != who


def test_a_part_of_a_name_finds_nobody_for_whom_may_not_know_names(desk, ledger):
    who = registered(desk, ledger)
    got = wrote_in(desk, name="Gwynfor", new="")
    assert who not in text(got)
    assert meant(got) == ["new:pupil", "new:parent", "new:other", "new:number"]
    office = desk(DEPUTY).look("receive_rights_request", kind="access", subject="gwynfor")
    assert f"{NAME} · {who}" in text(office)


def test_no_page_lists_the_names_of_those_outside(desk, ledger):
    who = registered(desk, ledger)
    for person in (HEAD, MODERATOR, TEACHER):
        form = desk(person).get("/record/receive_enquiry")
        assert NAME not in form.text
        assert who not in form.text


def test_who_was_erased_is_not_found(desk, ledger):
    who = registered(desk, ledger)
    head, moderator = desk(HEAD), desk(MODERATOR)
    head.record("receive_rights_request", kind="erasure", subject=who)
    request = ledger.entries().all[-1].key
    head.record("decide_rights_request", f"?request={request}", decision="granted")
    done = moderator.record("erase_subject", f"?request={request}", subject=who)
    assert done.status_code == 303, text(done)
    got = wrote_in(desk, new="")
    assert got.status_code == 422
    assert who not in text(got)


def test_several_people_of_a_list_are_found_or_registered(desk, ledger):
    who = registered(desk, ledger)
    teacher = desk(TEACHER)
    fields = teacher.open("report_incident")
    fields["f.about"] = ["", NAME, "Tomos Newydd"]
    got = teacher.send("report_incident", fields, "look", kind="pupil_comment", summary="A remark")
    assert got.status_code == 422
    looked = teacher.again("report_incident", got, "look", about__pick__1="new:pupil")
    assert "Tomos Newydd is registered first" in text(looked)
    teacher.again("report_incident", looked, "record")
    made, incident = ledger.entries().all[-2:]
    assert incident.fields["about"] == [who, made.key]


def test_beside_a_sealed_report_nobody_is_registered_in_clear(desk, ledger):
    before = ledger.store.size()
    chair = desk(CHAIR)
    fields = chair.open("report_incident")
    fields["f.about"] = [HEAD, "Tomos Newydd"]
    typed = {"kind": "staff_pupil_contact", "summary": "About the head"}
    got = chair.send("report_incident", fields, "look", **typed)
    looked = chair.again("report_incident", got, "look", about__pick__1="new:pupil")
    assert "nobody is registered" in text(looked)
    assert chair.again("report_incident", looked, "record").status_code == 303
    assert {e.type for e in ledger.entries().all[before:]} == {"Sealed"}


def test_refused_nobody_is_registered_for_it(desk, ledger):
    before = ledger.store.size()
    # Nobody but SLT or DSP may list somebody: refused, on record, and nobody registered for it.
    looked = desk(TEACHER).look(
        "add_no_publish", subject="Tomos Newydd", subject__new="pupil", reason_category="other"
    )
    desk(TEACHER).again("add_no_publish", looked, "record")
    assert [e.type for e in ledger.entries().all[before:]] == ["CommandRefused"]


@pytest.mark.parametrize("name", ["", "x" * 121])
def test_a_name_that_is_none_is_said_at_its_field(desk, ledger, name):
    before = ledger.store.size()
    got = wrote_in(desk, name=name)
    assert got.status_code == 422
    assert 'id="f-sender-problem"' in got.text
    assert fields_of(got.text, "/record/receive_enquiry")["f.sender.new"] == ["parent"]
    assert ledger.store.size() == before
