"""Where one batch is decided: each command becomes a record, accepted or refused.

A desk sees the state as it is inside the writer's transaction and adds to it as it goes. When
anything fails it is thrown away with everything it knew. What the records are made of is for
`ledger/making.py`; what belongs inside sealed acts is decided by `ledger/inner_desk.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from ledger import destroying, intents, key_acts
from ledger.again import Answers, Recorded
from ledger.again import Asked as Asked
from ledger.again import KeyReused as KeyReused
from ledger.batch import Batch
from ledger.domain.acts import Command, Refusal, Refused, refuse_first
from ledger.domain.decide import Decided, decide, would_say
from ledger.inner_desk import InnerDesk
from ledger.inside import NOT_ASKED, Inside
from ledger.intents import ToSign
from ledger.making import Maker
from ledger.making import TooLarge as TooLarge
from ledger.proof.record import Record
from ledger.recent import Recent
from ledger.refusing import refuse
from ledger.sealing import TooLong

Answer = Recorded | Exception


def objection(answer: Answer) -> Refusal | Exception | None:
    """Why a command was not accepted; None where it was."""
    if isinstance(answer, int):
        return None
    return answer[1] if isinstance(answer, tuple) else answer


@dataclass
class Desk:
    """Decides the commands of one batch at one time; its `maker` records what comes of them."""

    maker: Maker
    recent: Recent = field(default_factory=Recent)
    answers: Answers = field(init=False)
    inner: InnerDesk = field(init=False)

    def __post_init__(self) -> None:
        maker = self.maker
        self.answers = Answers(maker.ports, maker.store, maker.restricted, self.recent)
        self.inner = InnerDesk(maker, self.answers)

    @property
    def batch(self) -> Batch:
        """What is to be stored in one transaction."""
        return self.maker.batch

    def decide(self, asked: Asked) -> Answer:
        """Decide one command and add its record to the batch.

        Returns the position of the accepted record, the position and Refusal of a refused one, or
        the exception that keeps it out of the log altogether.
        """
        try:
            before = self.answers.before(asked)
            return self._decide(asked) if before is None else before
        except (TooLarge, TooLong, KeyReused) as error:
            return error

    def to_sign(self, command: Command) -> ToSign:
        """What the actor signs of a command, were it recorded now. Nothing is recorded.

        No rule is asked but where the ledger counts what is destroyed, so that nobody learns from
        it what may be recorded, or whether something is restricted. Raises Refused.
        """
        maker, asked = self.maker, Asked(replace(command, intent=NOT_ASKED))
        decided = would_say(maker.known, asked.command, maker.now)
        if command.action in destroying.COUNTED:
            decided = decide(maker.known, asked.command, maker.now)
            decided = destroying.with_keys(maker, decided)
        salts = {value.path: maker.ports.chance(32) for value in decided.sealed}
        record = self._record(decided, asked)
        return ToSign(intents.committed(record, decided.sealed, salts), salts)

    def _decide(self, asked: Asked) -> Recorded:
        maker, command = self.maker, asked.command
        inside = self.inner.asked(command)
        if inside is not None:
            return self.inner.decide(asked, inside)
        try:
            decided = destroying.with_keys(maker, decide(maker.known, command, maker.now))
            key_acts.must_hold(maker, decided, command.actor)
            destroying.must_be_due(maker, decided)
            if decided.destroys and (kept := self.inner.kept(command)):
                return self.inner.refuse(asked, Inside(command, ""), kept)
            return self._answered(asked, self._accept(decided, asked))
        except Refused as no:
            refusal = Refusal(no.code, no.details)
            position = refuse(maker, refusal, command, self.answers.caused(asked))
            return self._answered(asked, position, refusal)

    def _answered(self, asked: Asked, position: int, refusal: Refusal | None = None) -> Recorded:
        if asked.key is not None:
            self.batch.beside.append(self.answers.given(asked, position, refusal))
        return position if refusal is None else (position, refusal)

    def _accept(self, decided: Decided, asked: Asked) -> int:
        maker, command = self.maker, asked.command
        record = self._record(decided, asked)
        salts = intents.salts_of(command, decided.sealed)
        if command.intent is not None:
            record = intents.signed(maker.known, record, decided.sealed, salts, command.intent)
        if decided.action.approved:
            refuse_first(key_acts.objections(maker, record))
        position = maker.add(record, decided.sealed, salts)
        key_acts.seal_anew(maker, decided)
        destroying.destroy(maker.keys, decided, record, position)
        return position

    def _record(self, decided: Decided, asked: Asked) -> Record:
        """What is recorded of a decision, nothing sealed or signed yet."""
        maker, command = self.maker, asked.command
        fields = {**decided.fields, **asked.counted}
        fields |= destroying.counted(maker.keys, decided, fields)
        event_id = decided.event_id or maker.new_id()
        return replace(
            maker.blank(event_id, decided.stream, self.answers.caused(asked)),
            type=decided.type,
            action=decided.action.name,
            actor=command.actor,
            actoroffices=maker.offices(command.actor),
            doneby=decided.done_by,
            occurredat=decided.occurred_at,
            fields=fields,
            irregular=decided.irregular,
            approvals=tuple(command.approvals or ()),
        )
