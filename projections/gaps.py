"""When an account had no lead, fewer than two runners, or fewer than two staff.

Standard library only (ACTIONS.md section 7, Gaps): looked for from its creation to its closing;
a person counts once, whatever roles they hold; who is away counts for neither number, but a lead
who is away still leads; still open: `to` null.
"""

from __future__ import annotations

from projections import accounts, presence, roles
from projections.history import History, remembered
from projections.spans import Span, fewer_than
from projections.told import Told, interval, told

KINDS = ("no_lead", "fewer_than_two_runners", "fewer_than_two_staff")


@remembered
def gap_spans(history: History, account: str, until: int) -> dict[str, list[Span]]:
    """Kind of gap → its spans, from what had happened by `until`."""
    life = accounts.lifetimes(history, until).get(account)
    if life is None:
        return {kind: [] for kind in KINDS}
    held = roles.role_spans(history, account, until)
    people = [(p, s) for (p, _), span in held for s in presence.here(history, p, [span], until)]
    staff = [(p, s) for p, span in people for s in presence.of_kind(history, p, "staff", [span])]
    leads = [(person, span) for (person, role), span in held if role == "lead"]
    return {
        "no_lead": fewer_than(1, life, leads),
        "fewer_than_two_runners": fewer_than(2, life, people),
        "fewer_than_two_staff": fewer_than(2, life, staff),
    }


def gaps(history: History, account: str, at: int) -> Told:
    """`{no_lead, fewer_than_two_runners, fewer_than_two_staff}`, each `[{from, to}]`."""
    found = gap_spans(history, account, at)
    life = accounts.lifetimes(history, at).get(account)
    answer = {kind: [interval(span) for span in spans] for kind, spans in found.items()}
    evidence = {p for spans in found.values() for span in spans for p in span.evidence}
    return told(answer, evidence, life.evidence if life else ())
