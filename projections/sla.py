"""Every clock as a table; the counts of it; and what another version of the rule would say.

Standard library only (CONTRACT 3, `/v1/sla`, `/v1/sla/summary`, `/v1/enquiries/{id}/what-if`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from projections import (
    account_clocks,
    duty_clocks,
    enquiry_clocks,
    incident_clocks,
    paper_clocks,
    rights_clocks,
)
from projections.clocks import Clock, judge, row
from projections.enquiry_clocks import RULE, enquiry_clock
from projections.history import FOREVER, History, remembered
from projections.terms import adoption_by_version, terms, under
from projections.told import Row, Told, listed, shown, told

Source = Callable[[History, int, "str | None"], Iterator[Clock]]
# Which clocks there are, and the kinds of stream whose entries move them.
SOURCES: tuple[tuple[Source, tuple[str, ...], tuple[str, ...]], ...] = (
    (enquiry_clocks.enquiry_clocks, ("enquiry_response",), ("enquiry",)),
    (
        incident_clocks.incident_clocks,
        (
            "conduct_reporting",
            "incident_assessment",
            "takedown",
            "audience_informed",
            "compromising_image_deletion",
            "parent_contact",
            "personal_data_breach",
        ),
        ("incident",),
    ),
    (
        account_clocks.account_clocks,
        ("lead_handover", "two_staff", "credential_rotation", "credential_age"),
        ("account", "credential", "person"),
    ),
    (account_clocks.monitoring_clocks, ("monitoring_check",), ()),
    (paper_clocks.application_clocks, ("application_decision",), ("application",)),
    (rights_clocks.rights_clocks, ("rights_request",), ("request",)),
    (
        paper_clocks.policy_clocks,
        ("policy_review", "policy_reacknowledgement"),
        ("ledger", "person"),
    ),
    (paper_clocks.training_clocks, ("training_validity",), ()),
    (paper_clocks.late_entry_clocks, ("late_entry",), ()),
    (
        duty_clocks.answered_clocks,
        ("concern_decision", "advice_given"),
        ("concern", "advice"),
    ),
    (
        duty_clocks.repeated_clocks,
        ("settings_review", "pupil_education"),
        ("account", "pupil-education"),
    ),
    (duty_clocks.conduct_clocks, ("illegal_conduct_reported",), ("incident",)),
    (duty_clocks.breach_clocks, ("breach_subjects_informed",), ("incident",)),
    (duty_clocks.reminder_clocks, ("confidentiality_reminder",), ("person",)),
)


@remembered
def clocks(history: History, at: int, rule: str | None = None) -> list[Clock]:
    """The clocks that had started by `at` (of one rule), by start, subject, person."""
    found = (
        clock
        for source, rules, _ in SOURCES
        if rule is None or rule in rules
        for clock in source(history, at, None)
        if clock.started <= at and rule in (None, clock.rule)
    )
    return sorted(found, key=_order)


def _order(clock: Clock) -> tuple[int, str, str, str, int]:
    person = str(clock.about.get("person", ""))
    last = clock.entries[-1].position if clock.entries else 0
    return clock.started, clock.subject, person, clock.rule, last


def moved_by(history: History, stream: str, at: int) -> list[Clock]:
    """The clocks that an entry of this stream can move."""
    kind, _, key = stream.partition("/")
    # A person, the policy or the rules may move the clocks of every account.
    only = None if kind in ("person", "ledger") else key
    found = (
        clock
        for source, _, kinds in SOURCES
        if kind in kinds
        for clock in source(history, at, only)
        if clock.started <= at
    )
    return sorted(found, key=_order)


def sla(
    history: History,
    at: int,
    rule: str | None = None,
    status: str | None = None,
    account: str | None = None,
    subject: str | None = None,
) -> Told:
    """One row for each clock, filtered; `account` matches the subject too."""
    kept = (
        clock
        for clock in clocks(history, at, rule)
        if account in (None, clock.about.get("account"), clock.subject)
        and subject in (None, clock.subject)
        and status in (None, judge(clock, at)[0])
    )
    return listed((row(history, clock, at), clock.evidence) for clock in kept)


def summary(history: History, at: int) -> Told:
    """`{account: {status: count}}` of `enquiry_response`, and the same by grade.

    What came through no account stands under the empty id.
    """
    rows = [(row(history, c, at), c.evidence) for c in clocks(history, at, RULE)]
    accounts = sorted({str(r.get("account", "")) for r, _ in rows})
    answer = {a: _counted(r for r, _ in rows if r.get("account", "") == a) for a in accounts}
    return told(answer, *(evidence for _, evidence in rows))


def _counted(rows: Iterable[Row]) -> Row:
    kept = list(rows)
    grades = sorted({str(r["grade"]) for r in kept})
    by_grade = {g: _statuses(r for r in kept if r["grade"] == g) for g in grades}
    return {**_statuses(kept), "by_grade": by_grade}


def _statuses(rows: Iterable[Row]) -> Row:
    return dict(sorted(Counter(str(r["status"]) for r in rows).items()))


def what_if(history: History, enquiry: str, version: int, at: int) -> Told:
    """The enquiry's recorded result, and what a version of the rule would make of it.

    The calendar stays the one in force at the receipt. Null where nothing was received by `at`.
    """
    received = history.stream(f"enquiry/{enquiry}", at, "EnquiryReceived")
    if not received:
        return told(None)
    start = received[0].occurred_at
    recorded = enquiry_clock(history, received[0], at, terms(history, RULE, start))
    adoption = adoption_by_version(history, RULE, version)
    other = enquiry_clock(history, received[0], at, under(history, RULE, adoption, start))
    answer = {
        "recorded_rule_version": recorded.terms.version,
        "recorded_status": judge(recorded, at)[0],
        "what_if_due_at": shown(other.due),
        "what_if_status": judge(other, at)[0],
    }
    return told(answer, recorded.evidence, other.evidence)


def rule_versions(history: History) -> set[int]:
    """The versions of the rules that were adopted, and 0, the default."""
    return {0, *(int(e.fields["version"]) for e in history.of(FOREVER, "SlaRulesAdopted"))}
