"""A member of staff leaves: hand-over, password, and what becomes of the name."""

from simulator import ACCOUNT, DEPUTY, HEAD, LEAD, MODERATOR, RUNNER, TEACHER

from ledger.rows import SubjectKey


def test_the_lead_leaves_after_handing_over(school):
    school.ready(LEAD, RUNNER, TEACHER).apply()
    school.accept("approve_application", DEPUTY, application="apl-01")
    given = {"account": ACCOUNT, "application": "apl-01", "handle": "Ysgol"}
    school.accept("create_account", MODERATOR, **given)
    school.store()

    # Notice is given in November; nothing ends by it.
    school.at("2026-11-02T08:40:00+00:00")
    school.accept("record_departure_notice", HEAD, person=LEAD, leaving_on="2026-12-18")
    school.accept("record_monitoring_check", LEAD, account=ACCOUNT, result="handled")

    # The day before: Catrin becomes lead and is told the password.
    school.at("2026-12-17T12:00:00+00:00")
    move = {"account": ACCOUNT, "from": LEAD, "to": TEACHER}
    school.accept("transfer_lead", MODERATOR, **move)
    school.accept("share_credential", MODERATOR, account=ACCOUNT, person=TEACHER)

    # Anwen leaves on Friday at half past three; it is recorded ten minutes later.
    school.at("2026-12-18T15:40:00+00:00")
    school.depart(LEAD, occurred_at="2026-12-18T15:30:00+00:00")
    check = {"account": ACCOUNT, "result": "nothing_found"}
    school.refuse("actor_departed", "record_monitoring_check", LEAD, **check)

    # What she did at three o'clock may still be written down by somebody else.
    then = {"occurred_at": "2026-12-18T15:00:00+00:00", "done_by": LEAD}
    school.refuse("not_account_runner", "record_monitoring_check", RUNNER, **check, **then)
    school.accept(
        "record_monitoring_check",
        RUNNER,
        **check,
        done_by=TEACHER,
        occurred_at=then["occurred_at"],
    )

    # The password is changed without her; she cannot be given it again.
    rotate = {"account": ACCOUNT, "vault_ref": "keepass/fb", "reason": "lead_left"}
    rotate |= {"credential_version": 2}
    school.refuse("person_has_no_role", "rotate_credential", MODERATOR, **rotate, known_by=[LEAD])
    school.accept("rotate_credential", MODERATOR, **rotate, known_by=[MODERATOR, TEACHER])

    # In spring she asks to be forgotten; her name goes, what was recorded stays.
    school.at("2027-03-01T09:00:00+00:00").request(subject=LEAD)
    erase = {"request": "rts-1", "subject": LEAD}
    school.refuse("request_not_approved", "erase_subject", MODERATOR, **erase)
    school.decide(reason="No further need of the name")
    school.accept("erase_subject", MODERATOR, **erase)
    assert school.ledger.store.row(SubjectKey, (f"subject:{LEAD}",)) is None
    again = {"person": LEAD, "name": "Mari Puw", "kind": "staff", "offices": []}
    school.refuse("duplicate_id", "register_person", HEAD, **again)
