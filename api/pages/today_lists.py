"""The lists of Today, each from one question of the API, for whoever may ask it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from flask_babel import gettext as _

from api import may
from api.pages import today_asked, today_confidential, today_rows, todo, tongue
from api.pages.frame import ask, ask_all, may_ask
from api.pages.today_rows import Reader, Row
from api.pages.today_words import Item, Section, Words
from ledger.domain.school_time import local_date

Evidence = tuple[int, ...]


def lists(reader: Reader, said: Words) -> Iterator[Section]:
    """Every list that is for this reader, empty ones too."""
    for question, is_for, made in _LISTS:
        if may_ask(question) and is_for(reader):
            yield made(reader, said)


def _late(reader: Reader, said: Words) -> Section:
    rows = today_rows.late(ask_all("/v1/sla", status="breached").answer, reader)
    return Section("late", _("Late"), tuple(map(said.clock, rows)), _clock_evidence(rows))


def _due(reader: Reader, said: Words) -> Section:
    rows = today_rows.due(ask_all("/v1/sla", status="open").answer, reader)
    return Section("due", _("Due soon"), tuple(map(said.clock, rows)), _clock_evidence(rows))


def _clock_evidence(rows: Iterable[Row]) -> Evidence:
    """The records that show these clocks, and not those beside them in the answer."""
    asked = {(row["rule"], row["subject"]) for row in rows}
    shown = (ask("/v1/sla", rule=rule, subject=subject).evidence for rule, subject in asked)
    return tuple(sorted({p for evidence in shown for p in evidence}))


def _access(reader: Reader, said: Words) -> Section:
    asked = ask("/v1/open-items")
    items = [
        Item(what, said.about(row, ""), todo=todo.to_record(action, account=row["account"]))
        for name, what, action in (
            ("passwords_to_rotate", _("Password to change"), "rotate_credential"),
            ("access_to_remove", _("Access to remove"), "end_platform_access"),
        )
        for row in today_rows.of_accounts(asked.answer[name], reader)
    ]
    title = _("Who can get in without a role")
    return Section("access", title, tuple(items), asked.evidence if items else ())


def _gaps(reader: Reader, said: Words) -> Section:
    items: list[Item] = []
    evidence: set[int] = set()
    for account in _accounts(reader, said):
        asked = ask(f"/v1/accounts/{account}/gaps")
        for finding, spans in asked.answer.items():
            running = [s for s in spans if s["to"] is None]
            evidence |= set(asked.evidence) if running else set()
            rows = ({"finding": finding, "subject": account, **s} for s in running)
            items += [said.finding(row) for row in rows]
    return Section("gaps", _("Gaps in who runs an account"), tuple(items), tuple(sorted(evidence)))


def _accounts(reader: Reader, said: Words) -> list[str]:
    """Accounts that are open, the reader's own alone where not all are theirs to keep."""
    return [a for a in said.handles if reader.keeps or a in reader.mine]


def _unchecked(reader: Reader, said: Words) -> Section:
    first, last = today_rows.week(local_date(reader.now))
    items: list[Item] = []
    evidence: set[int] = set()
    for account in _accounts(reader, said):
        asked = ask(f"/v1/accounts/{account}/monitoring", **{"from": first, "to": last})
        days = ", ".join(tongue.day(d) for d in asked.answer["missing"])
        evidence |= set(asked.evidence) if days else set()
        form = todo.to_record("record_monitoring_check", account=account)
        if days:
            items.append(Item(_("No check recorded"), (said.account(account),), days, None, form))
    title = _("Checks missing in the last seven days")
    return Section("checks", title, tuple(items), tuple(sorted(evidence)))


def _findings(reader: Reader, said: Words) -> Section:
    asked = ask("/v1/findings")
    items = [said.finding(row) for row in today_rows.findings(asked.answer["items"], reader)]
    return Section("findings", _("Findings"), tuple(items), asked.evidence if items else ())


def _anybody(_: Reader) -> bool:
    return True


def _runs_or_keeps(reader: Reader) -> bool:
    return reader.keeps or bool(reader.mine)


def _looks_into_it(reader: Reader) -> bool:
    return reader.keeps or may.INVESTIGATOR in reader.roles


# The question that a list is made from, whom the list is for, and what makes it.
_LISTS: tuple[tuple[str, Callable[[Reader], bool], Callable[[Reader, Words], Section]], ...] = (
    ("/v1/sla", _anybody, _late),
    ("/v1/sla", _anybody, _due),
    ("/v1/handovers", _anybody, today_asked.asked),
    ("/v1/open-items", _runs_or_keeps, _access),
    ("/v1/accounts/{account}/gaps", _runs_or_keeps, _gaps),
    ("/v1/accounts/{account}/monitoring", _runs_or_keeps, _unchecked),
    ("/v1/findings", _looks_into_it, _findings),
    ("/v1/people/{person}", _anybody, today_asked.mine),
    ("/v1/holds", today_asked.keeps_data, today_asked.holds),
    ("/v1/reviews", today_asked.oversees, today_asked.oversight),
    ("/v1/reviews", today_confidential.is_for, today_confidential.keys),
)
