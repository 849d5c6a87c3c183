"""What may happen at a school, drawn at random: late entries, corrections and annulments too."""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from ledger.domain.school_time import format_instant, in_london, parse_timestamp

MONDAY, TUESDAY, WEDNESDAY, FRIDAY = (f"2026-11-{n:02}T09:00:00+00:00" for n in (2, 3, 4, 6))
SAME_FIXTURE = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

KINDS = """
respond late waive end assign leave rotate correct annul take inform train
grant block contact office return away hack
"""
STEPS = st.lists(
    st.tuples(st.sampled_from(KINDS.split()), st.integers(0, 200), st.integers(0, 96)),
    min_size=3,
    max_size=14,
)


def stretch(now, back):
    """`from` so many hours ago, `until` two days later."""
    start = now - back * 3600
    return {"from": format_instant(start), "until": format_instant(start + 2 * 86400)}


def happen(story, step, pick, back):
    """Something happens, `back` hours before it is recorded; `pick` says what it is about."""
    hour = 3600
    now = parse_timestamp(story.now) + hour * (1 + pick % 30)
    story.at(in_london(now))
    when = in_london(now - back * hour)
    account, who = {"account": "fb-main"}, f"stf-00{3 + pick % 4}"
    own = [r for r in story.records if r.type not in ("EntryCorrected", "EntryAnnulled")]
    target = own[pick % len(own)]
    if step in ("respond", "late"):
        story.respond("enq-1", occurred=when if step == "late" else None)
    elif step == "waive":
        story.tell("NoResponseRequired", "enquiry/enq-1", {"enquiry": "enq-1"}, when)
    elif step in ("end", "assign"):
        kind = "AccountRoleEnded" if step == "end" else "AccountRoleAssigned"
        role = ("lead", "runner")[pick % 2]
        story.tell(kind, "account/fb-main", {**account, "person": who, "role": role}, when)
    elif step == "away":
        away = {"person": who, "from": format_instant(parse_timestamp(when))}
        story.tell("AbsenceRecorded", f"person/{who}", away, when)
    elif step == "back":
        story.tell("ReturnRecorded", f"person/{who}", {"person": who}, when)
    elif step == "leave":
        story.leave(who, when)
    elif step == "return":
        story.tell("ReturnRecorded", f"person/{who}", {"person": who}, when)
    elif step == "away":
        kind = ("AbsenceRecorded", "AccessSuspended")[pick % 2]
        story.tell(kind, f"person/{who}", {"person": who, **stretch(now, back)}, when)
    elif step == "hack":
        ends = {"to": stretch(now, back)["until"]} if pick % 2 else {}
        fields = {**account, "from": stretch(now, back)["from"], **ends}
        story.tell("CompromiseRecorded", "account/fb-main", fields, when)
    elif step == "rotate":
        ended = (None, True, False)[pick % 3]
        story.rotate("fb-main", 2 + pick % 3, who, sessions_ended=ended)
    elif step in ("grant", "block"):
        kind = "PlatformAccessGranted" if step == "grant" else "PlatformAccessEnded"
        role = {**account, "person": who, "platform_role": ("editor", "admin")[pick % 2]}
        story.tell(kind, "credential/fb-main", role, when)
    elif step == "contact":
        contact = {**account, "contact_kind": ("email", "phone")[pick % 2], "owner": who}
        story.tell("RecoveryContactChanged", "credential/fb-main", contact, when)
    elif step == "office":
        kind = ("OfficeAssigned", "OfficeEnded")[pick % 2]
        story.tell(kind, f"person/{who}", {"person": who, "office": "moderator"}, when)
    elif step == "correct":
        story.correct(target, occurred_at=when)
    elif step == "annul" and target.type not in ("PersonRegistered", "AccountCreated"):
        story.annul(target)
    elif step == "train":
        fields = {"people": [who], "course": "c-1", "valid_until": "2026-11-20"}
        story.tell("TrainingCompleted", "training/c-1", fields, when)
    elif step in ("take", "inform"):
        kind = "ContentTakenDown" if step == "take" else "AudienceInformed"
        story.in_incident(kind, "case-1", when, **account)
