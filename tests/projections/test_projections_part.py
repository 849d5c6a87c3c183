"""Evidence of a part of the sample term: what it answers, what it cannot judge, what is missed."""

import copy
import io
import json
import zipfile
from dataclasses import dataclass, field, replace
from random import Random

import pytest
from parts import Case, positions, publish
from small import World

from ledger.domain import standing
from ledger.domain.case import CaseCheck, case_of, with_people
from ledger.domain.entries import Entries
from ledger.domain.replay import Duties
from ledger.evidence import NotThere, export_case, export_redacted, withheld_by
from ledger.proof.checkpoint import Checkpoint, sign_checkpoint
from ledger.proof.heads import Head
from ledger.proof.headtree import HeadTree
from ledger.proof.merkle import Frontier, leaf_hash
from ledger.proof.note import format_vkey
from ledger.proof.order import NEVER_WITHHELD
from ledger.proof.policy import format_policy, parse_policy
from ledger.proof.record import Record, parse_record, sign_record
from ledger.proof.verify import verify
from projections.history import Histories
from projections.questions import answer, split
from projections.semantics import AnswersCheck, all_answers, case_answers

INCIDENT = "case-2026-001"


def checks():
    return Duties(), AnswersCheck(), CaseCheck()


@pytest.fixture(name="term", scope="module")
def _term(tmp_path_factory):
    """The sample term, and a restricted act: (world, ledger)."""
    world = World(tmp_path_factory.mktemp("part"))
    with world.found() as ledger:
        world.play(ledger)
        ledger.seal_act({"action": "report_incident", "actor": "stf-011", "data": {}})
        yield world, ledger


def trust_of(ledger):
    return parse_policy(format_policy(format_vkey(ledger.key.name, ledger.key.public_key)))


def scopes(known):
    named = (("incident", "IncidentReported"), ("account", "AccountCreated"),
             ("person", "PersonRegistered"))  # fmt: skip
    return [{kind: e.key} for kind, type_ in named for e in known.of(type_)]


def as_asked(records, question):
    """The same question asked of the whole log."""
    path, params = split(question)
    said = answer(path, params, Histories(records), records[-1].time)
    return {"answer": said.answer, "evidence": list(said.evidence)}


def test_every_case_of_the_term_is_valid_and_answers_as_the_whole_log_does(term, tmp_path):
    _, ledger = term
    for scope in scopes(ledger.entries()):
        out = tmp_path / "case.zip"
        size = export_case(ledger, out, scope, case_answers, ("all",))
        report = verify(out, trust_of(ledger), checks=checks())
        assert (report.verdict, report.findings) == ("VALID", ()), scope
        assert (report.answers, report.checks_left_out) == ("recomputed", ())
        assert report.records < report.size == size
        with zipfile.ZipFile(out) as archive:
            said = json.loads(archive.read("answers.json"))
        records = [entry.record for entry in ledger.entries().all[:size]]
        whole = all_answers(records)["answers"]
        assert said["answers"], scope
        for question, told in said["answers"].items():
            asked = whole.get(question) or as_asked(records, question)
            assert told == asked, question


def test_a_range_of_days_is_valid(term, tmp_path):
    _, ledger = term
    scope = {"from": "2026-10-01T00:00:00Z", "to": "2026-11-01T00:00:00Z"}
    export_case(ledger, tmp_path / "days.zip", scope, case_answers)
    report = verify(tmp_path / "days.zip", trust_of(ledger), checks=checks())
    assert (report.verdict, report.answers) == ("VALID", "recomputed")


def test_what_is_restricted_is_withheld_and_nothing_else(term, tmp_path):
    _, ledger = term
    withheld = withheld_by(ledger.entries(), ["restricted"])
    assert ["Sealed"] == [ledger.entries().all[n].type for n in withheld]
    export_redacted(ledger, tmp_path / "r.zip", withheld, ("all",))
    report = verify(tmp_path / "r.zip", trust_of(ledger), checks=checks())
    assert (report.verdict, report.answers) == ("VALID", "not disclosed")
    assert [{"position": n, "reason": "restricted"} for n in withheld] == list(report.withheld)


def test_what_duties_rest_on_is_not_withheld(term):
    _, ledger = term
    for n in (0, 1, next(e.position for e in ledger.entries().of("PersonRegistered"))):
        with pytest.raises(NotThere, match="never withheld"):
            withheld_by(ledger.entries(), [str(n)])
    for odd in ("9999", "x", "-1", "1.5", "", "٣"):
        with pytest.raises(NotThere):
            withheld_by(ledger.entries(), [odd])


@pytest.mark.parametrize("scope", [{"incident": "case-9"}, {"account": "no-1"}, {"person": "x-1"}])
def test_of_what_nobody_knows_there_is_no_evidence(term, tmp_path, scope):
    _, ledger = term
    size = ledger.store.size()
    with pytest.raises(NotThere):
        export_case(ledger, tmp_path / "x.zip", scope, case_answers)
    assert ([], size) == (list(tmp_path.iterdir()), ledger.store.size())


def test_an_answer_of_a_case_that_was_changed_is_named(term, tmp_path):
    _, ledger = term

    def wrong(scope, records):
        said = copy.deepcopy(case_answers(scope, records))
        said["answers"][f"/v1/incidents/{INCIDENT}/timeline"]["answer"].pop()
        return said

    export_case(ledger, tmp_path / "case.zip", {"incident": INCIDENT}, wrong)
    report = verify(tmp_path / "case.zip", trust_of(ledger), checks=checks())
    assert (report.verdict, report.answers) == ("INVALID", "differ")
    assert report.findings[0].detail.startswith(f"/v1/incidents/{INCIDENT}/timeline.answer[")


# The same term, its records signed anew by the ledger's own key


@dataclass
class Forged:
    """What whoever holds the record key could make of the term."""

    world: World
    entries: list
    disclosures: list = field(default_factory=list)

    @property
    def origin(self):
        return self.world.origin

    @property
    def record_key(self):
        return self.world.record_key

    @property
    def trust(self):
        return parse_policy(format_policy(format_vkey(self.origin, self.world.log_key.public_key)))

    def read(self, position):
        return parse_record(self.entries[position])[0]

    def change(self, position, **more):
        record = replace(self.read(position), **more)
        self.entries[position] = sign_record(record, [self.record_key])

    def checkpoint(self):
        root = Frontier().extend(map(leaf_hash, self.entries)).root()
        whole = Checkpoint(self.origin, len(self.entries), root)
        return sign_checkpoint(whole, self.world.log_key)

    def record(self, type_, subject, action, actor, **more):
        last = self.read(-1)
        version = 1 + len(positions(self, subject))
        return Record(
            id=f"{len(self.entries):032x}", source=self.origin, type=type_, subject=subject,
            time=last.time, streamversion=version, action=action, actor=actor,
            occurredat=last.time, sealed={}, rules=last.rules, **more,
        )  # fmt: skip

    def append(self, record):
        self.entries.append(sign_record(record, [self.record_key]))

    @property
    def known(self):
        entries = Entries()
        for entry in self.entries:
            entries.see(parse_record(entry)[0])
        return entries

    def case(self, scope, without=()):
        """The case, lacking the streams named in `without`."""
        before = self.known
        chosen = case_of(before, scope)
        streams = tuple(sorted(chosen.streams - set(without)))
        tree = publish(self, silent=chosen.streams - {e.stream for e in before.all})
        shown = [e for e in before.all if e.stream in streams or e.position in chosen.alone]
        kept = [e for e in shown if e.stream not in without]
        last = (len(self.entries) - 1,)
        places = (*(e.position for e in kept), *last)
        return Case(self, tree, "case", scope, {}, places, streams)

    def redacted(self, *withheld):
        before = self.known
        shown = [e for e in before.all if e.position not in withheld]
        streams = with_people(before, shown)
        tree = publish(self, silent=streams - {e.stream for e in before.all})
        reasons = dict.fromkeys(withheld, "chosen")
        return Case(self, tree, "redacted", "full", reasons, (), tuple(sorted(streams)))


@pytest.fixture(name="forged")
def _forged(term):
    world, ledger = term
    return Forged(world, list(ledger.raw(0, 125)))


def found(case, *given):
    file = io.BytesIO(case.data())
    report = verify(file, case.ledger.trust, checks=given or (Duties(), CaseCheck()))
    return report, [(f.code, f.position) for f in report.findings]


def place(forged, type_, nth=0):
    return [n for n in range(len(forged.entries)) if forged.read(n).type == type_][nth]


def test_a_case_made_by_hand_is_valid(forged):
    report, findings = found(forged.case({"incident": INCIDENT}))
    assert ("VALID", []) == (report.verdict, findings)


def test_the_enquiry_an_incident_came_from_belongs_to_it(forged):
    reported = next(n for n in range(125) if forged.read(n).fields.get("from_enquiry"))
    incident = forged.read(reported).subject.partition("/")[2]
    enquiry = f"enquiry/{forged.read(reported).fields['from_enquiry']}"
    case = forged.case({"incident": incident}, without=[enquiry])
    assert found(case)[1] == [("stream_not_proven", None)]
    assert enquiry in found(case)[0].findings[0].detail


def test_the_application_an_account_rests_on_belongs_to_it(forged):
    application = (
        f"application/{forged.read(place(forged, 'AccountCreated')).fields['application']}"
    )
    case = forged.case({"account": "fb-main"}, without=[application])
    report, _ = found(case)
    assert "stream_not_proven" in [f.code for f in report.findings]


def test_what_was_linked_to_an_incident_belongs_to_it(forged):
    target = forged.read(place(forged, "PostPublished"))
    fields = {"incident": INCIDENT, "target": target.id}
    made = forged.record(
        "EntryLinked", f"incident/{INCIDENT}", "link_entry", "stf-011",
        fields=fields, actoroffices=forged.read(place(forged, "IncidentAssessed")).actoroffices,
    )  # fmt: skip
    forged.append(replace(made, actor=forged.read(place(forged, "IncidentAssessed")).actor))
    case = forged.case({"incident": INCIDENT})
    linked = place(forged, "PostPublished")
    assert linked in case.shown
    assert found(case, CaseCheck())[1] == []
    case.shown = tuple(n for n in case.shown if n != linked)
    assert found(case, CaseCheck())[1] == [("stream_not_proven", None)]


@pytest.mark.parametrize("way", ["case", "redacted"])
def test_offices_that_were_not_held_are_found_in_a_part_too(forged, way):
    assessed = place(forged, "IncidentAssessed")
    incident = forged.read(assessed).subject.partition("/")[2]
    forged.change(assessed, actoroffices=("auditor",))
    case = forged.case({"incident": incident}) if way == "case" else forged.redacted(40)
    assert found(case)[1] == [("actor_offices", assessed)]


def test_whoever_was_never_registered_is_found_in_a_part_too(forged):
    reported = place(forged, "IncidentReported")
    incident = forged.read(reported).subject.partition("/")[2]
    forged.change(reported, actor="stf-999", actoroffices=())
    assert ("duty_actor", reported) in found(forged.case({"incident": incident}))[1]


@pytest.mark.parametrize("way", ["case", "redacted"])
def test_an_office_that_is_missing_is_found_in_a_part_too(forged, way):
    """Nobody stands in while one who holds the office is shown, whoever else is not."""
    rotated = place(forged, "CredentialRotated")
    account = forged.read(rotated).subject.partition("/")[2]
    forged.change(rotated, actor="stf-032", actoroffices=())
    assert rotated > 40
    part = forged.case({"account": account}) if way == "case" else forged.redacted(40)
    assert found(part)[1] == [("duty_broken", rotated)]


def test_what_rests_on_a_withheld_record_is_not_judged(forged):
    """Without the submission nobody can say whether the approver was the applicant."""
    approved = place(forged, "AccountApplicationApproved")
    asked = place(forged, "AccountApplicationSubmitted")
    applicant = forged.read(asked)
    forged.change(approved, actor=applicant.actor, actoroffices=applicant.actoroffices)
    judged = Forged(forged.world, list(forged.entries)).redacted(100)
    assert ("duty_broken", approved) in found(judged)[1]
    hidden = forged.redacted(asked)
    assert approved not in [position for _, position in found(hidden)[1]]


def judged(part):
    """(findings of the duties, positions at which they were not judged)"""
    duties = Duties()
    report, findings = found(part, duties)
    assert report.duties_open == tuple(duties.open)
    return {each for each in findings if each[0].startswith("duty_")}, set(duties.open)


def test_a_part_judges_as_the_whole_log_does_or_says_where_it_cannot(forged):
    """Each act of the term by somebody else, and parts that do not show all it rests on."""
    honest = list(forged.entries)
    chance = Random(5)
    undecided = 0
    for position in chance.sample(range(40, 124), 40):
        record = forged.read(position)
        if record.actor in ("system", "unknown") or record.type == "CommandRefused":
            continue
        other = chance.choice(["stf-032", "stf-014", "stf-021", "vol-003", "gov-002"])
        forged.change(position, actor=other, actoroffices=offices_of(forged, other, position))
        whole = duties_of(forged)
        hidden = [n for n in chance.sample(range(20, 124), 6) if may_hide(forged, n)]
        for withheld in (hidden, hidden[:1]):
            broken, left = judged(Forged(forged.world, list(forged.entries)).redacted(*withheld))
            assert broken <= whole
            seen = {each for each in whole if each[1] not in withheld}
            assert {place for _, place in seen - broken} <= left
            undecided += bool(seen - broken)
        for scope in ({"account": "fb-main"}, {"incident": INCIDENT}):
            part = Forged(forged.world, list(forged.entries)).case(scope)
            broken, left = judged(part)
            assert broken <= whole
            assert {n for _, n in whole - broken} & set(part.shown) <= left
        forged.entries = list(honest)
    assert undecided > 0


def offices_of(forged, person, position):
    known = Entries()
    for entry in forged.entries[:position]:
        known.see(parse_record(entry)[0])
    return tuple(sorted(standing.offices(known, person, forged.read(position).time)))


def duties_of(forged):
    """What the duties say of the whole log."""
    duties, broken = Duties(), set()
    for position, entry in enumerate(forged.entries):
        broken |= {(f.code, f.position) for f in duties.see(position, parse_record(entry)[0])}
    return {each for each in broken if each[0].startswith("duty_")}


def may_hide(forged, position):
    return forged.read(position).subject.partition("/")[0] not in NEVER_WITHHELD


def test_a_duty_waits_until_its_stream_has_gone_on(forged):
    """An approval is of the same stream as the application, which is there or is withheld."""
    approved = place(forged, "AccountApplicationApproved")
    asked = place(forged, "AccountApplicationSubmitted")
    applicant = forged.read(asked)
    forged.change(approved, actor=applicant.actor, actoroffices=applicant.actoroffices)
    between = next(n for n in range(asked + 1, approved) if may_hide(forged, n))
    broken, left = judged(Forged(forged.world, list(forged.entries)).redacted(between))
    assert (("duty_broken", approved) in broken, approved in left) == (True, False)
    broken, left = judged(forged.redacted(asked))
    assert (("duty_broken", approved) in broken, approved in left) == (False, True)


def test_a_correction_of_a_withheld_record_is_no_fault(forged):
    corrected = place(forged, "EntryCorrected")
    target = forged.read(corrected).fields["target"]
    hidden = next(n for n in range(125) if forged.read(n).id == target)
    report, findings = found(forged.redacted(hidden))
    assert ("VALID", []) == (report.verdict, findings)


SENSELESS = (None, {}, [], "x", 7, {"a": 1})


@pytest.mark.parametrize("way", ["case", "redacted"])
def test_fields_that_make_no_sense_are_findings_and_never_a_crash(term, way):
    """Whoever holds the record key can sign anything at all."""
    world, ledger = term
    raw = list(ledger.raw(0, 125))
    honest = Forged(world, list(raw))
    places = honest.case({"incident": INCIDENT}).shown[1:-1]
    for number, position in enumerate(places):
        forged = Forged(world, list(raw))
        record = forged.read(position)
        name = sorted(record.fields)[number % len(record.fields)]
        changed = {**record.fields, name: SENSELESS[number % len(SENSELESS)]}
        forged.change(position, fields={} if number % 3 == 0 else changed)
        tree = HeadTree(b"h" * 32, heads_of(forged))
        forged.append(
            forged.record(
                "StreamHeadsPublished", "ledger", "publish_heads", "system",
                fields={"root": tree.root().hex()},
            )
        )  # fmt: skip
        streams = ("keyring", "ledger", *(f"person/{p}" for p in ACTED))
        if way == "redacted":
            hidden = {p: "chosen" for p in (30, 99) if p not in places}
            case = Case(forged, tree, "redacted", "full", hidden, (), streams)
        else:
            known = [n for n in range(126) if forged.read(n).subject in streams or n in places]
            scope = {"incident": INCIDENT}
            whole = (*streams, f"incident/{INCIDENT}")
            case = Case(forged, tree, "case", scope, {}, tuple(known), whole)
        report, _ = found(case, *checks())
        assert report.verdict in ("VALID", "INVALID"), position
        assert report.records > 10


ACTED = ("stf-011", "stf-014", "stf-021", "stf-027", "stf-032", "stf-035", "stf-041", "gov-002")


def heads_of(forged):
    last = {}
    for entry in forged.entries:
        record = parse_record(entry)[0]
        last[record.subject] = Head(record.subject, record.streamversion, leaf_hash(entry))
    silent = {f"person/{p}" for p in ACTED} - last.keys()
    return [*last.values(), *(Head(s, 0, None) for s in silent)]
