"""Documents made from the declarations.

`python -m api.documents > docs/events.md`, `python -m api.documents policy > docs/policy.md`,
`python -m api.documents roles > docs/roles.md`,
`python -m api.documents retention > docs/retention.md`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from itertools import groupby

from api import documents_retention, may, seeing
from ledger.domain.catalogue import ACTIONS, EDITION, Action
from ledger.domain.fields import Field
from ledger.domain.refusals import REFUSALS
from ledger.domain.trace import PASSAGES, ROWS, Passage

HEAD = f"""\
# Actions and events

Made from the declarations in `ledger/domain/catalogue` by `python -m api.documents`; a test keeps them equal.
This is edition {EDITION} of the catalogue. What each action means and when it is refused: ACTIONS.md of the project's contract.

Kinds: a *fact* is never refused because it shows that a rule was broken; a *permission* is refused while a condition is missing; a *world act* is a permission before the act, and with `already_done` a fact after it.
Sealed fields do not stand in the record: *stream* is under the key of the record's stream, `@field` under that of the person or subject named there, `#request` under that of the request's subject. Every action may carry `late_reason` (text, sealed: stream).
"""


POLICY_HEAD = """\
# The policy, passage by passage

Made from `ledger/domain/trace` by `python -m api.documents policy`; a test keeps them equal.
Every sentence, bullet and entry of the social media policy has a row: its first words, the actions whose records evidence it (`action(field=value)`: only those where it says so), the rules (codes of refusals, names of findings), the clocks, and the question that answers it.
`/v1/policy-coverage?from=&to=` tells the same table with the records of a period, local dates, both included. What an action means: [events.md](events.md), [duties.md](duties.md); what a question tells: [answers.md](answers.md).
"""


ROLES_HEAD = """\
# Who may see what

Made from `api/may.py` by `python -m api.documents roles`; a test keeps them equal, another tries every role on every route.
A role follows from what the ledger records: `staff` is everybody who is registered and here (volunteers and governors too), `runner` whoever leads or runs an account now, `slt` the leadership team with the head teacher and the designated safeguarding person, the others hold the office of that name; whoever is registered as a governor is a `governor`. `nobody` is not signed in. Somebody who has left or is suspended sees nothing.
What somebody may *record* is not in this table: the ledger decides ([events.md](events.md)) and keeps what it refused. Whoever holds no office reads, of the records, those they made and those that name them; names of parents, pupils and others outside the register are told to `slt`, `moderator`, `dpo`, `chair`, `auditor` and `investigator`. Where the password of an account lies, and what its roles are called on the platform, the pages tell to whoever runs that account, `slt` and `moderator`.
"""

SEEING_HEAD = """\
## Sealed values

Made from `api/seeing.py`. What is sealed beside the log is shown to nobody but by this table: on pages, over HTTP and in evidence files, whoever asks and whatever was asked for. What somebody wrote themselves they may see again. Whom an incident is about sees nothing of what was written in it, whatever their role. What lies in a restricted incident is for its circle alone ([decisions/0011](decisions/0011-restricted-incidents-lie-inside.md)). Which single value is shown can be chosen (`disclose`: `POSITION:PATH`); one that is not for the role of who asks is refused, and of `all` or of a subject it is left out and counted. On the ledger's own machine whoever can open the vault can open everything.
"""


def roles() -> Iterator[str]:
    """The lines of docs/roles.md."""
    yield ROLES_HEAD
    for heading, table in (("Questions", may.QUESTIONS), ("Pages and routes", may.PLACES)):
        yield f"## {heading}\n"
        yield f"| | {' | '.join(may.ROLES)} |"
        yield f"|---|{'---|' * len(may.ROLES)}"
        for name, some in sorted(table.items()):
            marks = " | ".join("yes" if role in some else "" for role in may.ROLES)
            yield f"| `{name}` | {marks} |"
        yield ""
    yield from _values()


def _values() -> Iterator[str]:
    """The table of sealed values: who may be shown what, by role and by case."""
    yield SEEING_HEAD
    roles_ = [role for role in may.ROLES if role != may.NOBODY]
    yield f"| | {' | '.join(roles_)} | and, by the case |"
    yield f"|---|{'---|' * len(roles_)}---|"
    for kind, some in seeing.VALUES.items():
        what, more = seeing.WORDS[kind]
        marks = " | ".join("yes" if role in some else "" for role in roles_)
        yield f"| {what} | {marks} | {more} |"
    yield ""


def policy() -> Iterator[str]:
    """The lines of docs/policy.md."""
    yield POLICY_HEAD
    for heading, passages in groupby(PASSAGES, lambda passage: passage.heading):
        yield f"## {heading}\n"
        yield "| passage | says | evidenced by | rules | clocks | answered by |"
        yield "|---|---|---|---|---|---|"
        yield from map(_passage, passages)
        yield ""


def _passage(passage: Passage) -> str:
    row = ROWS[passage.key]
    cells = (_coded(row.evidence), _coded(row.rules), _coded(row.clocks), _coded(row.asks))
    return f"| {passage.key} | {passage.words} | {' | '.join(cells)} |"


def _coded(words: Iterable[object]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def events() -> Iterator[str]:
    """The lines of docs/events.md."""
    yield HEAD
    for action in ACTIONS.values():
        yield from _action(action)
    yield "## What the ledger itself records\n"
    yield "| event | stream | when |"
    yield "|---|---|---|"
    yield "| `KeyringOpened` | `keyring` | the first record: root keys and the keys they admit |"
    yield "| `CommandRefused` | `refusal` | a command of somebody signed in was refused |"
    yield "| `Sealed` | `sealed/…` | a restricted act, as a blob of one fixed size |"
    yield "| `CheckpointTimestamped` | `ledger` | an authority timestamped an earlier checkpoint |"
    yield "| `StreamHeadsPublished` | `ledger` | evidence was taken: how far every stream went |"
    yield "| `WrappingKeyReplaced` | `ledger` | after an erasure: the data keys wrapped anew |"
    yield "\n## Refusals\n"
    yield "| code | HTTP | English | Cymraeg |"
    yield "|---|---|---|---|"
    for code, words in REFUSALS.items():
        yield f"| `{code}` | {words.status} | {words.en} | {words.cy} |"


def _action(action: Action) -> Iterator[str]:
    recorded = ", ".join(f"`{e}`" for e in action.events) or "nothing, ever"
    stream = action.stream or "that of its target"
    yield f"## {action.name}\n"
    yield (
        f"Records {recorded} in stream `{stream}`. {action.kind.replace('_', ' ').capitalize()}; "
        f"{action.who.words}. Policy ({action.mark}): {action.policy}."
    )
    if action.checks:
        yield "Refused, in this order within each step: " + ", ".join(
            f"`{code}`" for code in action.checks
        )
    yield "\n| field | type | required | allowed | sealed |"
    yield "|---|---|---|---|---|"
    for field in action.fields:
        yield _row(field)
    yield ""


def _row(field: Field) -> str:
    kind = f"list of {field.kind}" if field.many else field.kind
    allowed = ", ".join(f"`{a}`" for a in field.allowed)
    refers = f"existing {field.refers}" if field.refers else ""
    new = "new" if field.new else ""
    said = "; ".join(filter(None, (refers, new, allowed)))
    need = "yes" if field.required else "no"
    return f"| `{field.name}` | {kind} | {need} | {said} | {field.sealed} |"


MAKES = {
    "": events,
    "policy": policy,
    "retention": documents_retention.lines,
    "roles": roles,
}

if __name__ == "__main__":
    print("\n".join(MAKES["".join(sys.argv[1:])]()))
