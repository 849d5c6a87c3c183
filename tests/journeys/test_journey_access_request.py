"""A parent asks for everything about their child."""

import pytest
from simulator import ACCOUNT, DEPUTY, HEAD, LEAD, MODERATOR, POSTED, TEACHER, School

from ledger.evidence import disclosures

REQUEST = {"request": "rts-9"}
CHILD = {"subject": "pup-9d4"}


@pytest.fixture
def school(tmp_path):
    made = School(tmp_path / "school")
    made.running().at("2026-10-05T09:00:00+01:00")
    yield made
    made.close()


def lived(school):
    """What was recorded of the child: consent, a picture, a case, another id of hers."""
    school.accept("register_subject", TEACHER, **CHILD, kind="pupil", name="Elin Parry")
    school.refuse(
        "duplicate_id", "register_subject", LEAD, **CHILD, kind="pupil", name="Elin Parry"
    )
    same = {"linked_to": "pup-3a8", "relation": "same_person"}
    school.accept("link_subjects", TEACHER, **CHILD, **same)
    parent = {"subject": "ext-b17", "linked_to": "pup-9d4", "relation": "parent_of"}
    school.accept("link_subjects", TEACHER, **parent)
    school.accept("record_image_consent", TEACHER, **CHILD, scope="website", given_by="carer")
    school.accept("publish_post", LEAD, post="pst-4", **{**POSTED, "pictured": ["pup-3a8"]})
    school.incident("case-4", kind="pupil_comment", account=ACCOUNT)
    step = {"pupil": "pup-9d4", "step": "reflection_time"}
    school.accept("apply_behaviour_policy", DEPUTY, incident="case-4", **step)


def test_everything_about_a_child_is_found_and_given_in_time(school):
    lived(school)
    school.at("2026-10-12T10:00:00+01:00")
    given = {**REQUEST, "kind": "access", **CHILD, "requested_by": "ext-b17"}
    school.accept("receive_rights_request", TEACHER, **given, identity_checked=False)
    (row,) = school.told("/v1/requests")
    assert row["due_at"] == "2026-11-12T23:59:59+00:00"
    assert "paused_since" not in row

    # Who asks? The clock stands for ten days until it is known.
    school.at("2026-10-14T09:00:00+01:00")
    school.refuse("not_slt", "pause_rights_request", MODERATOR, **REQUEST, reason="identity")
    school.accept("pause_rights_request", HEAD, **REQUEST, reason="identity")
    school.refuse("already_decided", "pause_rights_request", HEAD, **REQUEST, reason="identity")
    school.at("2026-10-24T12:00:00+01:00").accept("resume_rights_request", HEAD, **REQUEST)
    school.refuse("already_decided", "resume_rights_request", HEAD, **REQUEST)
    (clock,) = school.told("/v1/sla?rule=rights_request")
    # Ten days after 12 November is a Sunday: the next working day.
    assert clock["due_at"] == "2026-11-23T23:59:59+00:00"

    # The answer asks for more than was thought; told within the month, it may take two more.
    school.accept("extend_rights_request", HEAD, **REQUEST, reason="Four years of letters")
    school.refuse("already_decided", "extend_rights_request", HEAD, **REQUEST, reason="More")
    (clock,) = school.told("/v1/sla?rule=rights_request")
    assert clock["due_at"] == "2027-01-22T23:59:59+00:00"

    # All that names her, under both ids, and what is sealed under her key.
    found = school.told("/v1/subjects/pup-9d4")
    assert (found["display_name"], found["ids"]) == ("Elin Parry", ["pup-3a8", "pup-9d4"])
    assert {"record_image_consent", "publish_post", "receive_rights_request"} <= {
        r["action"] for r in found["records"]
    }
    assert found["live_posts"] == ["pst-4"]
    said = disclosures(school.ledger, school.size, ("pup-9d4",))
    assert {"Elin Parry", "reflection_time"} <= {d["value"] for d in said}

    school.at("2026-12-01T15:00:00+00:00")
    school.accept("complete_rights_request", MODERATOR, **REQUEST, outcome="disclosed")
    (clock,) = school.told("/v1/sla?rule=rights_request")
    assert clock["status"] == "met"
    assert school.told("/v1/open-items")["rights_requests_open"] == []
    (listed,) = school.told("/v1/subjects")
    assert [link["relation"] for link in listed["links"]] == ["same_person", "parent_of"]


def test_an_extension_told_too_late_is_recorded_and_lengthens_nothing(school):
    school.request("rts-9", "access", "pup-9d4")
    school.at("2026-11-10T09:00:00+00:00")
    school.accept("extend_rights_request", HEAD, **REQUEST, reason="We forgot")
    (clock,) = school.told("/v1/sla?rule=rights_request")
    assert (clock["status"], clock["extended_at"]) == ("breached", None)
    assert clock["due_at"] == "2026-11-05T23:59:59+00:00"


def test_while_it_is_paused_the_clock_stands(school):
    school.request("rts-9", "access", "pup-9d4")
    school.later(days=1).accept("pause_rights_request", HEAD, **REQUEST, reason="clarification")
    school.later(days=200)
    (clock,) = school.told("/v1/sla?rule=rights_request")
    assert (clock["status"], clock["paused_since"]) == ("open", "2026-10-06T09:00:00+01:00")
