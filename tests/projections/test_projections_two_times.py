"""What was the case, and what was known of it then: late entries, corrections, annulments."""

from happenings import FRIDAY, MONDAY, SAME_FIXTURE, STEPS, TUESDAY, WEDNESDAY, happen
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.school_time import in_london
from projections.history import Histories
from projections.questions import ROUTES, answer, split

IDS = {"account": "fb-main", "person": "stf-003", "incident": "case-1", "enquiry": "enq-1"}
IDS["subject"] = "ext-1"


def q(text):
    return text.replace("+", "%2B")


def test_a_late_entry_changes_the_past_as_known_later_only(story):
    story.at(MONDAY).account("fb-main", "stf-003", "stf-004")
    story.at(WEDNESDAY)
    role = {"account": "fb-main", "person": "stf-003", "role": "lead"}
    story.tell("AccountRoleEnded", "account/fb-main", role, occurred=MONDAY[:11] + "12:00:00Z")
    tuesday = f"/v1/accounts/fb-main/roles?at={q(TUESDAY)}"
    assert [r["role"] for r in story.ask(tuesday)] == ["runner"]
    assert [r["role"] for r in story.ask(f"{tuesday}&known_at={q(TUESDAY)}")] == ["lead", "runner"]


def test_the_last_correction_recorded_wins_for_each_field(story):
    received = story.at(MONDAY).enquiry("enq-1")
    story.correct(received, kind="complaint", occurred_at="2026-11-02T08:00:00Z")
    story.at(TUESDAY).correct(received, occurred_at="2026-11-01T08:00:00Z")
    row = story.ask("/v1/sla?rule=enquiry_response")[0]
    assert (row["kind"], row["started_at"]) == ("complaint", "2026-11-01T08:00:00+00:00")
    assert row["branch"] == "end_of_next_working_day"
    assert row["grade"] == "corrected"
    then = story.ask(f"/v1/sla?rule=enquiry_response&at={q(MONDAY)}&known_at={q(MONDAY)}")
    assert then[0]["started_at"] == "2026-11-02T08:00:00+00:00"
    listed = story.ask("/v1/corrections")
    assert [c["originally"] for c in listed] == [
        {"kind": "query", "at": MONDAY},
        {"at": MONDAY},
    ]


def test_an_annulled_entry_is_ignored_once_the_annulment_is_known(story):
    story.at(MONDAY).enquiry("enq-1")
    response = story.respond("enq-1")
    story.at(FRIDAY).annul(response)
    now = story.ask("/v1/sla?rule=enquiry_response")
    assert (now[0]["status"], now[0]["no_response_yet"]) == ("breached", True)
    # It counts at every moment once known, whatever its own time; before, it did not.
    assert story.ask(f"/v1/sla?rule=enquiry_response&at={q(MONDAY)}")[0]["status"] == "open"
    then = f"/v1/sla?rule=enquiry_response&at={q(TUESDAY)}&known_at={q(TUESDAY)}"
    assert story.ask(then)[0]["status"] == "met"
    assert [c["action"] for c in story.ask("/v1/corrections")] == ["annul_entry"]


def test_a_late_answer_that_turns_a_breach_is_named_with_its_writer(story):
    story.at(MONDAY).account("fb-main", "stf-003", "stf-004")
    story.enquiry("enq-1")
    story.enquiry("enq-2")
    story.at(FRIDAY).respond("enq-1", occurred=MONDAY, actor="stf-003")
    story.respond("enq-2", occurred=WEDNESDAY, actor="stf-003")
    late = story.ask("/v1/late-entries")
    assert [(i["action"], i["turned_breach_into_met"]) for i in late["items"]] == [
        ("respond_to_enquiry", True),
        ("respond_to_enquiry", False),
    ]
    assert late["by_person"] == [
        {"person": "stf-003", "entries": 2, "median_lag_seconds": 3 * 86400, "turned": 1}
    ]
    (found,) = story.ask("/v1/findings?finding=late_turned_breach_into_met")["items"]
    assert found["subject"] == "enq-1"


def test_a_correction_that_turns_a_breach_is_listed_with_the_late_entries(story):
    received = story.at(MONDAY).enquiry("enq-1")
    story.at(WEDNESDAY).respond("enq-1")
    assert story.ask("/v1/late-entries")["corrections"] == []
    story.correct(received, occurred_at=TUESDAY)
    (listed,) = story.ask("/v1/late-entries")["corrections"]
    assert listed["clocks"] == [{"rule": "enquiry_response", "subject": "enq-1"}]
    assert story.ask("/v1/late-entries")["items"] == []


def test_a_timeline_says_which_line_was_corrected_and_has_none_for_the_correction(story):
    story.at(MONDAY).enquiry("enq-1")
    story.incident("case-1", from_enquiry="enq-1")
    told = story.in_incident("UserBlocked", "case-1", account="fb-main", subject="ext-1")
    other = story.tell("PublicMentionRecorded", "mention/m-1", {"mention": "m-1"})
    story.tell("EntryLinked", "incident/case-1", {"incident": "case-1", "target": other.id})
    story.at(TUESDAY).correct(told, subject="ext-2", occurred_at="2026-11-02T07:00:00Z")
    story.respond("enq-1")
    lines = story.ask("/v1/incidents/case-1/timeline")
    assert [r["action"] for r in lines] == [
        "block_user",
        "receive_enquiry",
        "report_incident",
        "record_public_mention",
        "link_entry",
        "respond_to_enquiry",
    ]
    assert lines[0]["originally"] == {"subject": "ext-1", "at": MONDAY}
    assert lines[0]["fields"]["subject"] == "ext-2"
    until = story.ask(f"/v1/incidents/case-1/timeline?until={q(MONDAY)}&known_at={q(MONDAY)}")
    assert [r["action"] for r in until][:1] == ["receive_enquiry"]
    assert not any(r["corrected"] for r in until)


def targets():
    for route in ROUTES:
        path = route.path.format(**IDS) if "{" in route.path else route.path
        yield f"{path}?rule_version=0" if path.endswith("what-if") else path


def everything(log, at, known_at):
    """Every question at one moment, with the ids that are there."""
    found = {}
    for target in targets():
        path, params = split(target)
        params |= {"at": in_london(at), "known_at": in_london(known_at)}
        said = answer(path, params, log, at)
        found[target] = (said.answer, said.evidence)
    return found


@SAME_FIXTURE
@given(steps=STEPS, cut=st.integers(0, 13))
def test_every_prefix_of_a_history_answers_as_the_history_did_then(story, steps, cut):
    del story.records[7:]
    story.now = in_london(story.records[-1].time)
    story.at(in_london(story.records[-1].time + 3600)).account("fb-main", "stf-003", "stf-004")
    story.store("fb-main", "stf-003", "stf-004", recovery_owner="stf-003")
    story.enquiry("enq-1")
    story.incident("case-1", account="fb-main", from_enquiry="enq-1")
    for n, (step, pick, back) in enumerate(steps):
        happen(story, step, pick, back)
        if n == cut % len(steps):
            prefix = Histories(list(story.records))
    then = prefix.last
    whole = Histories(r for r in story.records)
    assert everything(prefix, then, then) == everything(whole, then, then)
    everything(whole, whole.last, whole.last)
