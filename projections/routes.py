"""The one table of questions: a path of CONTRACT.md section 3, what may be asked, who answers.

Standard library only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ledger.domain.clock_rules import RULES
from ledger.domain.school_time import end_of_day
from projections import (
    access,
    accounts,
    applications,
    asking,
    coverage,
    credentials,
    duty_registers,
    findings,
    gaps,
    handovers,
    late,
    monitoring,
    open_items,
    oversight,
    people,
    policy,
    posts,
    refusals,
    registers,
    replay,
    report,
    roles,
    sla,
    subjects,
    timeline,
    training,
    viewed,
)
from projections.asking import BadQuestion
from projections.clocks import STATUSES
from projections.figures import Period
from projections.history import FOREVER, History
from projections.told import NameOf, Told
from projections.viewed import Rows


@dataclass(frozen=True)
class Asked:
    """What a question asks for: `at` is the moment of evaluation, `until` the same where given.

    Lists of intervals take `until`: without one they tell everything known, however late.
    """

    at: int
    given_at: int | None
    params: Mapping[str, str]

    @property
    def until(self) -> int:
        return FOREVER if self.given_at is None else self.given_at

    def __getitem__(self, name: str) -> str:
        return self.params[name]


@dataclass(frozen=True)
class Ask(Asked):
    """A question to the folds: the history as known then, and who has which name."""

    history: History
    name_of: NameOf


@dataclass(frozen=True)
class Route:
    """`path` with `{kind}` where an id stands; `allowed` parameters besides the common ones.

    `since` is the semantics edition with which it came into evidence files. `view` gives the same
    answer from the tables, where they hold what it asks for.
    """

    path: str
    answer: Callable[[Ask], Told]
    about: str
    allowed: tuple[str, ...] = ()
    since: int = 1
    view: Callable[[Asked, Rows], Told] | None = None


def _roles(ask: Ask) -> Told:
    if ask.given_at is None:
        return roles.role_intervals(ask.history, ask["account"])
    return roles.roles_at(ask.history, ask["account"], ask.given_at)


def _roles_viewed(ask: Asked, rows: Rows) -> Told:
    if ask.given_at is None:
        return viewed.role_intervals(rows, ask["account"], FOREVER)
    return viewed.roles_at(rows, ask["account"], ask.given_at)


def _monitoring(ask: Ask) -> Told:
    life = accounts.lifetimes(ask.history, ask.at).get(ask["account"])
    start, end = (life.start, life.end or ask.at) if life else (ask.at, ask.at)
    first, last = asking.days(ask.params, start, end)
    return monitoring.monitoring(ask.history, ask["account"], first, last, ask.at)


def _sla(ask: Ask) -> Told:
    rule = asking.choice(ask.params, "rule", tuple(RULES))
    status = asking.choice(ask.params, "status", STATUSES)
    get = ask.params.get
    return sla.sla(ask.history, ask.at, rule, status, get("account"), get("subject"))


def _what_if(ask: Ask) -> Told:
    version = asking.whole(ask.params, "rule_version", 0, 1_000_000)
    if version is None:
        raise BadQuestion("missing_field", "rule_version", "which version of the rule?")
    if version not in sla.rule_versions(ask.history):
        raise BadQuestion("unknown_reference", "rule_version", "no such version was adopted")
    return sla.what_if(ask.history, ask["enquiry"], version, ask.at)


def _timeline(ask: Ask) -> Told:
    until = asking.moment(ask.params, "until")
    return timeline.timeline(ask.history, ask["incident"], ask.until if until is None else until)


def _posts(ask: Ask) -> Told:
    live = asking.choice(ask.params, "live", ("true", "false"))
    wanted = None if live is None else live == "true"
    return posts.posts(ask.history, ask.at, ask.params.get("subject"), wanted)


def _findings(ask: Ask) -> Told:
    name = asking.choice(ask.params, "finding", findings.NAMES)
    return findings.findings(ask.history, ask.at, name)


def _report(ask: Ask) -> Told:
    """By default from the opening of the ledger, looked back on from the end of the period."""
    known = ask.history.entries.all
    opened = known[0].record.time if known else ask.at
    first, last = asking.days(ask.params, opened, ask.at)
    end = min(ask.at, end_of_day(last))
    at = end if ask.given_at is None else ask.given_at
    return report.report(ask.history, Period(first, last, at), ask.name_of)


def _coverage(ask: Ask) -> Told:
    opened = min((e.occurred_at for e in ask.history.entries.all), default=ask.at)
    first, last = asking.days(ask.params, opened, ask.at)
    return coverage.coverage(ask.history, first, last, ask.at)


def _at(answer: Callable[[History, int], Told]) -> Callable[[Ask], Told]:
    return lambda ask: answer(ask.history, ask.at)


def _until(answer: Callable[[History, int], Told]) -> Callable[[Ask], Told]:
    return lambda ask: answer(ask.history, ask.until)


def _of(name: str, answer: Callable[[History, str, int], Told]) -> Callable[[Ask], Told]:
    return lambda ask: answer(ask.history, ask[name], ask.at)


def _of_until(name: str, answer: Callable[[History, str, int], Told]) -> Callable[[Ask], Told]:
    return lambda ask: answer(ask.history, ask[name], ask.until)


ACCOUNT, PERSON = "/v1/accounts/{account}", "/v1/people/{person}"
ROUTES = (
    Route("/v1/accounts", _at(accounts.accounts), "accounts that existed then"),
    Route(
        f"{ACCOUNT}/roles",
        _roles,
        "who ran it, then or from when to when",
        view=_roles_viewed,
    ),
    Route(
        f"{ACCOUNT}/credentials",
        _of_until("account", credentials.credentials),
        "who knew which version of the password",
        view=lambda asked, rows: viewed.credentials(rows, asked["account"], asked.until),
    ),
    Route(f"{ACCOUNT}/gaps", _of("account", gaps.gaps), "when too few ran it"),
    Route(
        f"{ACCOUNT}/could-have-posted",
        _of("account", access.could_have_posted),
        "who could have posted at a moment",
    ),
    Route(
        f"{ACCOUNT}/access",
        _of("account", access.access),
        "everybody who can get in",
        view=lambda asked, rows: viewed.access(rows, asked["account"], asked.at),
    ),
    Route(f"{ACCOUNT}/monitoring", _monitoring, "days with and without a check", ("from", "to")),
    Route(
        "/v1/people",
        lambda ask: people.everybody(ask.history, ask.at, ask.name_of),
        "everybody registered",
    ),
    Route(
        PERSON,
        lambda ask: people.person(ask.history, ask["person"], ask.at, ask.name_of),
        "a person, their offices, whether they were erased",
    ),
    Route(
        f"{PERSON}/roles",
        _of_until("person", roles.person_roles),
        "everything they have ever run",
        view=lambda asked, rows: viewed.person_roles(rows, asked["person"], asked.until),
    ),
    Route("/v1/departures/{person}", _of("person", people.certificate), "a leaver's certificate"),
    Route("/v1/handovers", _at(handovers.handovers), "who hands which account to whom", since=2),
    Route("/v1/exposures", _at(access.exposures), "who could get in without a role"),
    Route("/v1/training-lapses", _at(training.training_lapses), "who ran without training"),
    Route("/v1/readiness", _at(training.readiness), "who has read the policy and is trained"),
    Route("/v1/applications", _until(applications.applications), "what became of each"),
    Route("/v1/sla", _sla, "every clock", ("rule", "status", "account", "subject")),
    Route("/v1/sla/summary", _at(sla.summary), "enquiries by account and status"),
    Route(
        "/v1/enquiries/{enquiry}/what-if",
        _what_if,
        "the result under another version of the rule",
        ("rule_version",),
    ),
    Route("/v1/enquiries", _at(registers.enquiries), "every enquiry"),
    Route("/v1/incidents/{incident}/timeline", _timeline, "what happened, in order", ("until",)),
    Route("/v1/incidents", _at(registers.incidents), "every incident"),
    Route("/v1/requests", _at(registers.requests), "every request about personal data"),
    Route("/v1/holds", _at(registers.holds), "every legal hold"),
    Route("/v1/posts", _posts, "every post", ("subject", "live")),
    Route("/v1/exports", _until(registers.exports), "evidence and checkpoints handed out"),
    Route("/v1/corrections", _until(timeline.corrections), "what was corrected or annulled"),
    Route("/v1/open-items", _at(open_items.open_items), "what was still to do"),
    Route("/v1/refusals", _until(refusals.refusals), "what was refused and why"),
    Route("/v1/late-entries", _until(late.answer), "what was recorded late"),
    Route("/v1/policy", _at(policy.policy), "the policy in force"),
    Route("/v1/rules", _at(policy.rules), "the rules and the calendar in force"),
    Route("/v1/findings", _findings, "what the policy asks for and is not shown", ("finding",)),
    Route(
        "/v1/subjects",
        lambda ask: subjects.subjects(ask.history, ask.at, ask.name_of),
        "people outside the register",
        since=2,
    ),
    Route(
        "/v1/subjects/{subject}",
        lambda ask: subjects.everything(ask.history, ask["subject"], ask.at, ask.name_of),
        "everything that names somebody",
        since=2,
    ),
    Route(
        "/v1/image-subjects",
        _at(subjects.image_subjects),
        "who may be shown, and in which posts they are",
        since=2,
    ),
    Route("/v1/documents", _at(oversight.documents), "what belongs to the policy", since=2),
    Route("/v1/reviews", _at(oversight.reviews), "up to where it was reviewed", since=2),
    Route("/v1/retention", _at(oversight.kept), "how long is kept, what was destroyed", since=2),
    Route("/v1/concerns", _at(duty_registers.concerns), "concerns about boundaries", since=2),
    Route(
        "/v1/advice",
        _at(duty_registers.advice),
        "second opinions, advice and own mistakes",
        since=2,
    ),
    Route(
        "/v1/learning-platforms",
        _at(duty_registers.learning_platforms),
        "where parents may comment, and whether they were informed",
        since=2,
    ),
    Route(
        "/v1/training-sessions",
        _at(duty_registers.training_sessions),
        "training offered and attended",
        since=2,
    ),
    Route("/v1/report", _report, "the governors' report of a period", ("from", "to"), since=2),
    Route(
        "/v1/policy-coverage",
        _coverage,
        "every passage of the policy with its records in a period",
        ("from", "to"),
        since=2,
    ),
    Route("/v1/replay", _at(replay.replay), "the state of everything at a moment"),
)
