"""Findings of docs/duties.md: each only where a record of its kind shows that it is kept.

Standard library only.
"""

from __future__ import annotations

from collections.abc import Iterator

from projections.duty_records import impacts, reminder_due, reminders
from projections.finding_rows import Found, between, lasting, shown_by
from projections.history import FOREVER, History
from projections.open_items import closed
from projections.paper_clocks import RATIFIED
from projections.spans import Span

IMPACTS = ("equality", "wellbeing")
# What deals with unacceptable conduct inside the school.
DEALT_WITH = (
    "InternalActionTaken",
    "BehaviourPolicyApplied",
    "ReferredToDisciplinary",
    "ParentAskedToRemovePost",
    "ParentInvitedToMeet",
    "ParentReferredToComplaints",
)


def duty_findings(history: History, at: int) -> Iterator[Found]:
    """Every finding about these duties that had begun by `at`."""
    yield from _commenting(history, at)
    yield from _learners(history, at)
    yield from _images(history, at)
    yield from _conduct(history, at)
    yield from _leavers(history, at)
    yield from _impact(history, at)


def _commenting(history: History, at: int) -> Iterator[Found]:
    """Commenting enabled before parents were informed: until they are, or it is off again."""
    for enabled in history.of(at, "CommentingEnabled"):
        told = history.stream(enabled.stream, at, "ParentsInformed")
        if not told or told[0].occurred_at > enabled.occurred_at:
            off = history.stream(enabled.stream, at, "CommentingDisabled", "ParentsInformed")
            end = next((e for e in off if e.order > enabled.order), None)
            yield lasting("commenting_without_informing", enabled.key, between(enabled, end))


def _learners(history: History, at: int) -> Iterator[Found]:
    """Learners written to without considering it first, against the outcome, or privately."""
    for started in history.of(at, "LearnerContactStarted"):
        before = [
            e
            for e in history.stream(started.stream, at, "LearnerContactConsidered")
            if e.occurred_at <= started.occurred_at
        ]
        fits = bool(before) and before[-1].fields["outcome"] != "not_appropriate"
        if not fits or not started.fields["by_school_account"]:
            yield shown_by("learner_contact_not_considered", started.key, started)


def _images(history: History, at: int) -> Iterator[Found]:
    """Published although the last judgement of the picture was that it is not suitable."""
    for published in history.of(at, "PostPublished"):
        judged = [
            e
            for e in history.stream(published.stream, at, "ImageJudged")
            if e.occurred_at <= published.occurred_at
        ]
        if judged and judged[-1].fields["judgement"] == "not_suitable":
            yield shown_by("published_against_judgement", published.key, published)


def _conduct(history: History, at: int) -> Iterator[Found]:
    """Closed after unacceptable conduct, and nothing that deals with it is recorded."""
    for reported in history.of(at, "IncidentReported"):
        said = history.stream(reported.stream, at, "ConductClassified")
        ended = closed(history, reported, at)
        if not said or said[-1].fields["conduct"] == "acceptable" or ended is None:
            continue
        if not history.stream(reported.stream, at, *DEALT_WITH, "AgencyNotified"):
            yield shown_by("conduct_without_consequence", reported.key, ended)


def _leavers(history: History, at: int) -> Iterator[Found]:
    """Left, since reminders began to be recorded, and was not reminded of confidentiality."""
    for left in history.of(at, "PersonDeparted"):
        person = left.fields["person"]
        if reminder_due(history, left) and not reminders(history, person, at):
            span = Span(left.occurred_at, None, left.position)
            yield lasting("confidentiality_not_reminded", person, span, person=person)


def _impact(history: History, at: int) -> Iterator[Found]:
    """A version in force that lacks an assessment, once assessments are recorded at all."""
    first = next(iter(history.of(FOREVER, "PolicyImpactAssessed")), None)
    ratified = history.of(at, *RATIFIED)
    for n, entry in enumerate(ratified):
        version = str(entry.fields["policy_version"])
        assessed = impacts(history, version, at)
        following = ratified[n + 1] if n + 1 < len(ratified) else None
        if first is None or not (assessed or entry.occurred_at >= first.occurred_at):
            continue
        for impact in (i for i in IMPACTS if i not in assessed):
            span = between(entry, following)
            yield lasting("impact_not_assessed", version, span, impact=impact)
