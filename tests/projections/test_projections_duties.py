"""What the duties of the whole policy change in the answers, and what they leave as it was."""

import pytest

MONDAY, TUESDAY, FRIDAY = (f"2026-11-{n:02}T09:00:00+00:00" for n in (2, 3, 6))
SETTINGS = {"tagging": "off", "privacy_tested": True, "connections_reviewed": True}


@pytest.fixture
def page(story):
    return story.at(MONDAY).account("fb-main", "stf-003", "stf-004") and story


def rows(story, rule, *names, now=None):
    return [tuple(r.get(n) for n in names) for r in story.ask(f"/v1/sla?rule={rule}", now)]


def found(story, finding, *names):
    items = story.ask(f"/v1/findings?finding={finding}")["items"]
    return [tuple(f.get(n) for n in ("subject", "from", "to", *names)) for f in items]


def breach(story, name, aware=MONDAY, **said):
    given = {"aware_at": aware.replace("+00:00", "Z"), "risk": "risk", "reportable": True, **said}
    return story.in_incident("DataBreachAssessed", name, **given)


def test_a_breach_is_told_to_the_ico_within_72_hours_of_being_aware(page):
    page.incident("case-1")
    page.at(TUESDAY)
    breach(page, "case-1", aware="2026-11-02T11:30:00+00:00")
    assert rows(page, "personal_data_breach", "basis", "started_at", "due_at", "status") == [
        ("statutory", "2026-11-02T11:30:00+00:00", "2026-11-05T11:30:00+00:00", "open")
    ]
    page.at(FRIDAY).in_incident("AgencyNotified", "case-1", agency="ico")
    assert rows(page, "personal_data_breach", "status", "late_by_seconds") == [
        ("breached", 21 * 3600 + 1800)
    ]
    (row,) = page.ask("/v1/incidents")
    assert (row["risk"], row["reportable"]) == ("risk", True)


def test_exactly_72_hours_is_in_time_and_a_second_more_is_not(page):
    for name in ("case-1", "case-2"):
        page.incident(name, "data_breach")
        breach(page, name)
    page.at("2026-11-05T09:00:00+00:00").in_incident("AgencyNotified", "case-1", agency="ico")
    page.at("2026-11-05T09:00:01+00:00").in_incident("AgencyNotified", "case-2", agency="ico")
    assert rows(page, "personal_data_breach", "status") == [("met",), ("breached",)]


def test_a_breach_found_not_reportable_has_no_clock_or_calls_it_off(page):
    page.incident("case-1", "data_breach")
    breach(page, "case-1", reportable=False, risk="unlikely")
    assert rows(page, "personal_data_breach", "status") == []
    page.incident("case-2", "data_breach")
    breach(page, "case-2")
    page.at(FRIDAY)
    breach(page, "case-2", reportable=False, risk="unlikely")
    assert rows(page, "personal_data_breach", "status", "waived_at") == [("waived", FRIDAY)]


def test_people_at_high_risk_are_told(page):
    page.incident("case-1", "data_breach")
    breach(page, "case-1", risk="high_risk")
    assert rows(page, "breach_subjects_informed", "basis", "due_at", "status") == [
        ("D", "2026-11-05T09:00:00+00:00", "open")
    ]
    page.at(TUESDAY).in_incident("DataSubjectsInformed", "case-1", by="letter")
    assert rows(page, "breach_subjects_informed", "status") == [("met",)]
    breach(page, "case-1", risk="unlikely")
    assert rows(page, "breach_subjects_informed", "status") == [("met",)]


def test_illegal_conduct_is_reported_unless_it_turns_out_to_be_none(page):
    for name in ("case-1", "case-2"):
        page.incident(name)
        page.in_incident("ConductClassified", name, conduct="illegal")
    page.at(TUESDAY).in_incident("AgencyNotified", "case-1", agency="police")
    page.in_incident("ConductClassified", "case-2", conduct="acceptable")
    assert rows(page, "illegal_conduct_reported", "subject", "status") == [
        ("case-1", "met"),
        ("case-2", "waived"),
    ]
    assert [r["conduct"] for r in page.ask("/v1/incidents")] == ["illegal", "acceptable"]


def test_unacceptable_conduct_that_had_no_consequence_is_a_finding(page):
    for name in ("case-1", "case-2"):
        page.incident(name)
        page.in_incident("ConductClassified", name, conduct="unacceptable")
    page.in_incident("InternalActionTaken", "case-1", step="guidance")
    page.at(TUESDAY)
    for name in ("case-1", "case-2"):
        page.in_incident("IncidentClosed", name)
    assert found(page, "conduct_without_consequence") == [("case-2", TUESDAY, TUESDAY)]


def test_commenting_enabled_before_parents_were_informed(page):
    for name in ("dojo", "hwb"):
        stream, said = f"learning-platform/{name}", {"learning_platform": name}
        if name == "hwb":
            page.tell("ParentsInformed", stream, {**said, "by": "letter"})
        page.tell("CommentingEnabled", stream, {**said, "commenting": "enabled"})
    assert found(page, "commenting_without_informing") == [("dojo", MONDAY, None)]
    informed = {"learning_platform": "dojo", "by": "app"}
    page.at(FRIDAY).tell("ParentsInformed", "learning-platform/dojo", informed)
    assert found(page, "commenting_without_informing") == [("dojo", MONDAY, FRIDAY)]
    assert page.ask("/v1/learning-platforms")[0] == {
        "learning_platform": "dojo",
        "commenting": True,
        "commenting_since": MONDAY,
        "parents_informed_at": FRIDAY,
    }


def test_a_letter_found_later_takes_the_finding_away(page):
    said = {"learning_platform": "dojo"}
    page.tell("CommentingEnabled", "learning-platform/dojo", {**said, "commenting": "enabled"})
    earlier = "2026-10-30T15:00:00+00:00"
    page.at(FRIDAY).tell("ParentsInformed", "learning-platform/dojo", said, occurred=earlier)
    assert found(page, "commenting_without_informing") == []
    before = page.ask(
        "/v1/findings?finding=commenting_without_informing&known_at=2026-11-03T09:00:00Z"
    )
    assert before["counts"] == {"commenting_without_informing": 1}


@pytest.mark.parametrize(
    ("outcome", "official", "count"),
    [
        (None, True, 1),
        ("not_appropriate", True, 1),
        ("appropriate", False, 1),
        ("appropriate", True, 0),
    ],
)
def test_learners_are_written_to_after_thinking_about_it(page, outcome, official, count):
    stream = "learner-contact/lct-1"
    if outcome:
        page.tell("LearnerContactConsidered", stream, {"contact": "lct-1", "outcome": outcome})
    page.tell("LearnerContactStarted", stream, {"contact": "lct-1", "by_school_account": official})
    assert len(found(page, "learner_contact_not_considered")) == count


def test_a_picture_judged_not_suitable_and_published(page):
    posted = {"account": "fb-main", "pictured": [], "third_party_material": False}
    posted["controversial"] = False
    for name, judgement in (("pst-1", "not_suitable"), ("pst-2", "suitable")):
        stream, said = f"post/{name}", {"post": name, "account": "fb-main"}
        page.tell("ImageJudged", stream, {**said, "judgement": judgement})
        page.tell("PostPublished", stream, {**said, **posted})
    assert found(page, "published_against_judgement") == [("pst-1", MONDAY, MONDAY)]


def remind(story, who, **rest):
    said = {"person": who, "by": "letter", "acknowledged": True}
    return story.tell("ConfidentialityReminded", f"person/{who}", said, **rest)


def test_a_leaver_who_was_not_reminded_shows_once_reminders_are_kept(page):
    page.leave("stf-006")
    assert "confidentiality_reminder_missing" not in page.ask("/v1/departures/stf-006")
    page.at(TUESDAY)
    remind(page, "stf-004")
    page.leave("stf-004")
    page.leave("stf-005")
    reminded = page.ask("/v1/departures/stf-004")
    assert reminded["confidentiality_reminded_at"] == TUESDAY
    assert reminded["confidentiality_reminder_missing"] is False
    missing = page.ask("/v1/departures/stf-005")
    assert missing["confidentiality_reminder_missing"] is True
    assert "confidentiality_reminder_missing" not in page.ask("/v1/departures/stf-006")
    assert found(page, "confidentiality_not_reminded") == [("stf-005", TUESDAY, None)]
    assert rows(page, "confidentiality_reminder", "person", "due_at", "status") == [
        ("stf-004", "2026-11-10T23:59:59+00:00", "met"),
        ("stf-005", "2026-11-10T23:59:59+00:00", "open"),
    ]


def test_settings_are_reviewed_again_within_a_term(page):
    said = {"account": "fb-main", **SETTINGS, "visibility_as_approved": True}
    page.tell("AccountSettingsReviewed", "account/fb-main", said)
    assert rows(page, "settings_review", "subject", "due_at", "status") == [
        ("fb-main", "2027-03-02T23:59:59+00:00", "open")
    ]
    page.at(FRIDAY).tell("AccountSettingsReviewed", "account/fb-main", said)
    assert rows(page, "settings_review", "status") == [("met",), ("open",)]
    page.tell("AccountClosed", "account/fb-main", {"account": "fb-main"})
    assert rows(page, "settings_review", "status") == [("met",), ("met",)]


def test_a_school_may_set_its_own_numbers_or_none(page):
    numbers = {"settings_review": {"months": 0}, "concern_decision": {"hours": 4}}
    adopted = {"version": 1, "effective_from": "2026-11-01T00:00:00Z", "rules": numbers}
    page.tell("SlaRulesAdopted", "ledger", adopted)
    page.tell("AccountSettingsReviewed", "account/fb-main", {"account": "fb-main", **SETTINGS})
    page.tell("ConcernRaised", "concern/cnc-1", {"concern": "cnc-1", "kind": "excessive_use"})
    assert rows(page, "settings_review", "status") == []
    assert rows(page, "concern_decision", "due_at", "rule_version") == [
        ("2026-11-02T13:00:00+00:00", 1)
    ]


def test_concerns_and_advice_are_listed_with_what_came_of_them(page):
    page.tell("ConcernRaised", "concern/cnc-1", {"concern": "cnc-1", "kind": "follows_pupil"})
    asked = {"opinion": "opn-1", "enquiry": "enq-1"}
    page.tell("SecondOpinionAsked", "opinion/opn-1", asked, actor="stf-003")
    page.tell("AdviceSought", "advice/adv-1", {"advice": "adv-1", "asked": "dpo"})
    mistake = {"mistake": "mst-1", "kind": "tagging", "put_right": True}
    page.tell("MistakeReported", "mistake/mst-1", mistake)
    page.at(TUESDAY)
    decided = {"concern": "cnc-1", "outcome": "advice"}
    page.tell("ConcernDecided", "concern/cnc-1", decided)
    given = {"opinion": "opn-1", "view": "with_changes"}
    page.tell("SecondOpinionGiven", "opinion/opn-1", given, actor="stf-004")
    page.tell("AdviceGiven", "advice/adv-1", {"advice": "adv-1", "followed": True})
    (concern,) = page.ask("/v1/concerns")
    assert (concern["status"], concern["outcome"]) == ("met", "advice")
    assert rows(page, "advice_given", "status") == [("met",)]
    opinion, advice, mistake = page.ask("/v1/advice")
    assert (opinion["kind"], opinion["enquiry"]) == ("second_opinion", "enq-1")
    assert opinion["answers"] == [
        {"at": TUESDAY, "view": "with_changes", "actor": "stf-004", "done_by": None}
    ]
    assert advice["answers"][0]["followed"] is True
    assert (mistake["put_right"], mistake["answers"]) == (True, [])


def test_who_was_offered_training_and_came(page):
    session = {"session": "trn-1", "course": "sm", "held_on": "2026-11-03"}
    offered = {**session, "people": ["stf-003", "stf-004"]}
    page.tell("TrainingOffered", "session/trn-1", offered)
    assert page.ask("/v1/training-sessions")[0]["absent"] == []
    there = {"session": "trn-1", "people": ["stf-003"]}
    page.at(TUESDAY).tell("TrainingAttended", "session/trn-1", there)
    (row,) = page.ask("/v1/training-sessions")
    assert (row["attended"], row["absent"]) == (["stf-003"], ["stf-004"])
    ready = {r["person"]: r for r in page.ask("/v1/readiness")}
    assert ready["stf-003"]["training_attended_at"] == TUESDAY
    assert "training_attended_at" not in ready["stf-004"]
    assert "training_offered_at" not in ready["stf-005"]


def ratify(story, version):
    people = {"chair_of_governors": "stf-001", "headteacher": "stf-001"}
    fields = {"policy_version": version, "review_due": "2027-11-02", **people}
    return story.tell("PolicyRatified", "ledger", {**fields, "ratified_on": "2026-11-01"})


def impact(story, version, kind):
    fields = {"policy_version": version, "impact": kind, "outcome": "no_adverse_impact"}
    return story.tell("PolicyImpactAssessed", "ledger", fields)


def test_a_version_without_an_assessment_shows_once_assessments_are_kept(page):
    ratify(page, "smp-1")
    assert found(page, "impact_not_assessed") == []
    assert "impact" not in page.ask("/v1/policy")
    impact(page, "smp-1", "equality")
    assert found(page, "impact_not_assessed", "impact") == [("smp-1", MONDAY, None, "wellbeing")]
    impact(page, "smp-1", "wellbeing")
    page.at(FRIDAY)
    ratify(page, "smp-2")
    assert found(page, "impact_not_assessed", "impact") == [
        ("smp-2", FRIDAY, None, "equality"),
        ("smp-2", FRIDAY, None, "wellbeing"),
    ]
    first = page.ask("/v1/policy")["versions"][0]
    assert first["impact"]["equality"]["outcome"] == "no_adverse_impact"


def test_later_rules_are_told_of_only_where_they_have_begun(page):
    def told():
        return {rule["rule"] for rule in page.ask("/v1/rules")["rules"]}

    before = told()
    assert "personal_data_breach" in before
    assert "concern_decision" not in before
    page.tell("ConcernRaised", "concern/cnc-1", {"concern": "cnc-1", "kind": "excessive_use"})
    assert told() - before == {"concern_decision"}
