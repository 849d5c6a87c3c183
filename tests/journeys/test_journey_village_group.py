"""A parent's defamatory post in a village group: no account of the school's, and two sides."""

from simulator import DEPUTY, HASH_A, HEAD, MODERATOR, TEACHER

CASE = {"incident": "case-31"}
PARENT = {"parent": "ext-b17"}


def test_a_parents_defamatory_post_in_a_village_group(school):
    # Saturday evening: the school's name and a teacher's are dragged through a group it does not
    # run. Catrin, whom it is about, reports it with where it stands and when she found out.
    school.at("2026-10-10T20:30:00+01:00")
    school.accept(
        "register_subject", TEACHER, subject="ext-b17", kind="parent", name="Sioned Bevan"
    )
    school.incident(
        "case-31",
        kind="community_group",
        where="Rhyd-y-Gwennol community group",
        happened_at="2026-10-10T18:00:00+01:00",
        discovered_at="2026-10-10T20:10:00+01:00",
    )
    school.accept("add_evidence", TEACHER, **CASE, evidence=HASH_A, kept_at="office safe")
    school.accept("add_note", TEACHER, **CASE, text="Sixty comments by nine o'clock")

    # Monday: the head assesses and leads it herself; somebody who has no part in it adds nothing.
    school.at("2026-10-12T08:40:00+01:00")
    school.assess("case-31", by=HEAD, classification="internal")
    school.refuse("assessor_not_slt", "assign_investigation_lead", HEAD, **CASE, lead=TEACHER)
    school.accept("assign_investigation_lead", HEAD, **CASE, lead=DEPUTY)
    school.accept("offer_support", DEPUTY, **CASE, person=TEACHER, support="line_manager")
    follow = {"follow_up": "fup-1", "to": MODERATOR}
    school.refuse("not_slt", "assign_follow_up", "vol-003", **CASE, **follow, text="x")
    school.accept(
        "assign_follow_up", DEPUTY, **CASE, **follow, text="Report the post", due_on="2026-10-13"
    )
    (open_one,) = school.told("/v1/open-items")["follow_ups"]
    assert (open_one["person"], open_one["due_on"]) == (MODERATOR, "2026-10-13")

    # The parent is told why the school calls, then asked, then invited: all of it can be said.
    call = {**PARENT, "about": "case-31", "by": "telephone", "purpose": "What was said and where"}
    school.accept("record_parent_contact", DEPUTY, **call)
    asked = school.accept(
        "ask_parent_to_remove_post", DEPUTY, **CASE, **PARENT, where="group", by="telephone"
    )
    offered = {"offered_at": "2026-10-14T15:45:00+01:00"}
    school.accept("invite_parent_to_meeting", DEPUTY, **CASE, **PARENT, **offered)

    # The platform will not remove it, and neither can the school: that too is a decision.
    school.accept("report_to_platform", MODERATOR, **CASE, subject="ext-b17", where="group")
    school.accept("complete_follow_up", MODERATOR, **CASE, follow_up="fup-1")
    assert school.told("/v1/open-items")["follow_ups"] == []
    left = {"decision": "left_up", "reason": "Not ours to remove; the group keeps it"}
    school.refuse("not_account_runner", "decide_content", TEACHER, **CASE, **left)
    school.accept("decide_content", DEPUTY, **CASE, **left)
    (clock,) = school.told("/v1/sla?rule=takedown")
    assert (clock["subject"], clock["status"]) == ("case-31", "breached")

    # The parent says the call never asked for that. The office types it; it stands beside the
    # entry for ever, and nothing is changed by it.
    school.later(days=1)
    reply = {"target": asked.event_id, "reason": "Nobody asked me to remove anything"}
    school.refuse("must_acknowledge_personally", "dispute_entry", MODERATOR, **reply)
    school.accept("dispute_entry", MODERATOR, **reply, done_by="ext-b17")
    lines = school.told("/v1/incidents/case-31/timeline")
    (line,) = [r for r in lines if r["action"] == "ask_parent_to_remove_post"]
    assert [(d["person"], d["actor"]) for d in line["disputed_by"]] == [("ext-b17", MODERATOR)]
    assert "dispute_entry" not in [r["action"] for r in lines]
    assert "record_parent_contact" in [r["action"] for r in lines]

    # Closed, come back, opened again: the clocks that were stopped stay stopped.
    school.accept("close_incident", HEAD, **CASE, outcome="Agreed to differ")
    before = school.told("/v1/sla?subject=case-31")
    school.refuse("reason_required", "reopen_incident", HEAD, **CASE, reason="")
    school.later(days=2).accept("reopen_incident", HEAD, **CASE, reason="Posted again")
    assert school.told("/v1/open-items")["incidents_open"] == ["case-31"]
    assert school.told("/v1/sla?subject=case-31") == before
    (row,) = school.told("/v1/incidents")
    assert (row["status"], row["lead"], row["content_decision"]) == ("open", DEPUTY, "left_up")
