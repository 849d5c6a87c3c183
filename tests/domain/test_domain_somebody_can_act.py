"""In every reachable state somebody may act (ACTIONS.md section 2): random lives of a school.

Decided by the real rules on real records, without store and signatures, so that many lives fit
into a few seconds.
"""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from ledger.domain import duties, presence
from ledger.domain.acts import Act, Command, Refused
from ledger.domain.catalogue import ACTIONS
from ledger.domain.catalogue import action as kinds
from ledger.domain.decide import decide
from ledger.domain.entries import Entries
from ledger.domain.school_time import in_london, parse_timestamp
from ledger.domain.standing import STANDS_IN
from ledger.proof.record import Record

HEAD, MODERATOR, CHAIR, TEACHER = PEOPLE = ("stf-001", "stf-002", "gov-003", "stf-004")
HOUR, DAY = 3600, 86400
OFFICES = ("slt", "moderator", "chair_of_governors", "governor")
# Every action that an office is asked for, by somebody who is not the system.
ASKED = [a for a in ACTIONS.values() if set(a.who.offices) & set(STANDS_IN) and a.kind != "fact"]


class Life:
    """What is known of a school whose commands are decided one after the other."""

    def __init__(self) -> None:
        self.known, self.now = Entries(), parse_timestamp("2026-09-01T08:00:00+01:00")
        first = {"person": HEAD, "name": "Al Bo", "kind": "staff", "offices": ["slt"]}
        opening = {"school": "Ysgol", "time_zone": "Europe/London", "languages": ["en"]}
        self.try_("open_ledger", "system", **opening, first_person=first)

    def try_(self, action, actor, ahead=0, **data):
        """Record a command if the rules allow it; whether they do."""
        command = Command(action, actor, data, in_london(self.now + ahead))
        try:
            made = decide(self.known, command, self.now)
        except Refused:
            return False
        record = Record(
            id=f"evt-{len(self.known.all):04}",
            source="rehearsal/school/" + "0" * 32,
            type=made.type,
            subject=made.stream,
            time=self.now,
            streamversion=1 + self.known.version(made.stream),
            action=action,
            actor=actor,
            occurredat=made.occurred_at,
            fields=dict(made.fields),
            sealed={s.path: {} for s in made.sealed},
            rules={},
            catalogue=2,
        )
        self.known.see(record)
        return True

    def may(self, person, action, at, **fields):
        needed = {f.name: [] if f.many else "none-0" for f in action.fields if f.required}
        act = Act(action, person, person, at, at, {**needed, **fields})
        checks = (duties.known_and_active(self.known, person, at), duties.office(self.known, act),
                  duties.apart(self.known, act))  # fmt: skip
        return not any(True for check in checks for _ in check)

    def active(self, at):
        return {p for p in PEOPLE if presence.active(self.known, p, at)}


def matters(life):
    """(action, fields, whose matter it is) of everything that could be waiting for a decision."""
    for action in ASKED:
        if not action.decision and not action.apart:
            yield action, {}, set()
    for entry in life.known.all:
        if entry.type == "AccountApplicationSubmitted":
            yield ACTIONS["approve_application"], {"application": entry.key}, {entry.doer}
        elif entry.type == "PrePublicationCheckRequested":
            yield ACTIONS["decide_prepublication_check"], {"post": entry.key}, {entry.doer}
        elif entry.type == "RightsRequestDecided":
            yield ACTIONS["erase_subject"], {"request": entry.key}, {entry.record.actor}
        elif entry.type == "IncidentReported":
            about, incident = set(entry.fields["about"]), {"incident": entry.key}
            yield ACTIONS["assess_incident"], incident, about
            yield ACTIONS["close_incident"], incident, about
    for name in ("assess_incident", "close_incident", "decide_rights_request"):
        yield ACTIONS[name], {}, set()


def check(life, at):
    active = life.active(at)
    assert active, "somebody is always left"
    here = {p for p in active if not presence.away(life.known, p, at)}
    for action, fields, whose in matters(life):
        others = active - whose
        able = {p for p in active if life.may(p, action, at, **fields)}
        assert bool(able) == bool(others), action.name
        assert able & here or not others & here, f"{action.name}: only by somebody away"
    assert any(life.may(p, ACTIONS["register_person"], at) for p in active)
    watch = ACTIONS["record_monitoring_check"]
    assert watch.who is kinds.RUNNER
    assert any(life.may(p, watch, at) for p in active)


def played(life, what, actor, person, office, ahead):
    start = in_london(life.now + ahead * 60)
    when = {"from": start, "until": in_london(life.now + ahead * 60 + DAY)}
    named = {"person": person}
    runners = [{"person": HEAD, "role": "lead"}, {"person": TEACHER, "role": "runner"}]
    count = len(life.known.all)
    case = {"platform": "x", "account_name": "a", "aim": "a", "audience": "a", "promotion": "a"}
    commands = {
        "register": ("register_person", {**named, "name": "Al Bo", "kind": "staff",
                                         "offices": [office]}),
        "assign": ("assign_office", {**named, "office": office}),
        "end": ("end_office", {**named, "office": office}),
        "depart": ("record_departure", {**named, "reason": "other"}),
        "absent": ("record_absence", {**named, "from": start, "kind": "other"}),
        "suspend": ("suspend_access", {**named, "from": start}),
        "suspend a day": ("suspend_access", {**named, **when}),
        "return": ("record_return", named),
        "volunteer": ("change_person", {**named, "kind": "volunteer", "from": start}),
        "apply": ("submit_application", {"application": f"apl-{count}", **case, "runners": runners,
                                         "visibility": "open"}),
        "report": ("report_incident", {"incident": f"case-{count}", "kind": "conduct",
                                       "summary": "x", "about": [person]}),
        "erase": ("receive_rights_request", {"request": f"rts-{count}", "kind": "erasure",
                                             "subject": "ext-1"}),
    }  # fmt: skip
    action, data = commands[what]
    soon = min(ahead, 4) * 60 if what in ("depart", "return") else 0
    done = life.try_(action, actor, ahead=soon, **data)
    if what == "erase" and done:
        life.try_("decide_rights_request", actor, request=data["request"], decision="granted")


KINDS = ("register", "assign", "end", "depart", "absent", "suspend", "suspend a day", "return",
         "volunteer", "apply", "erase", "report")  # fmt: skip
steps = st.lists(
    st.tuples(
        st.sampled_from(KINDS),
        st.sampled_from((HEAD, HEAD, HEAD, *PEOPLE)),
        st.sampled_from(PEOPLE),
        st.sampled_from(OFFICES),
        st.sampled_from((0, 0, 4, 26 * 60)),
    ),
    min_size=4,
    max_size=16,
)


# Two who are the only ones, and would each be gone when the other is; everybody away at once.
TWO_LEFT = [
    ("register", HEAD, TEACHER, "governor", 0),
    ("apply", HEAD, HEAD, "slt", 0),
    ("suspend", HEAD, TEACHER, "slt", 26 * 60),
    ("depart", HEAD, HEAD, "slt", 4),
]
BOTH_GO = [
    ("register", HEAD, TEACHER, "moderator", 0),
    ("depart", TEACHER, HEAD, "slt", 4),
    ("depart", HEAD, TEACHER, "slt", 4),
    ("end", TEACHER, TEACHER, "moderator", 0),
]
ALL_AWAY = [
    *(("register", HEAD, p, "governor", 0) for p in PEOPLE[1:]),
    *(("absent", HEAD, p, "slt", 0) for p in PEOPLE),
    ("apply", HEAD, HEAD, "slt", 0),
    ("depart", CHAIR, MODERATOR, "slt", 0),
]
HEAD_AWAY = [("register", HEAD, TEACHER, "governor", 0), ("absent", HEAD, HEAD, "slt", 0)]
ABOUT_THEM = [
    *(("register", HEAD, p, "moderator", 0) for p in PEOPLE[1:]),
    *(("report", TEACHER, p, "slt", 0) for p in PEOPLE),
    ("absent", HEAD, MODERATOR, "slt", 0),
]


@settings(max_examples=300, deadline=None, derandomize=True)
@example(TWO_LEFT)
@example(BOTH_GO)
@example(ALL_AWAY)
@example(HEAD_AWAY)
@example(ABOUT_THEM)
@given(steps)
def test_in_every_reachable_state_somebody_can_act(history):
    life = Life()
    for step in history:
        life.now += HOUR
        played(life, *step)
    for later in (0, 5 * 60, DAY, 2 * DAY, 3 * DAY):
        check(life, life.now + later)


def test_the_check_itself_can_fail():
    """A school from which everybody has gone, which no rule would let happen, is noticed."""
    life = Life()
    gone = Record(
        id="evt-9", source="s", type="PersonDeparted", subject=f"person/{HEAD}", time=life.now,
        streamversion=2, action="record_departure", actor=HEAD, occurredat=life.now,
        fields={"person": HEAD}, sealed={}, rules={},
    )  # fmt: skip
    life.known.see(gone)
    try:
        check(life, life.now)
    except AssertionError:
        return
    raise AssertionError("nobody is left, and nobody noticed")
