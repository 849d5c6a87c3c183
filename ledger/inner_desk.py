"""Where commands about restricted incidents are decided: accepted or refused, each is sealed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ledger import unasked, unjudged
from ledger.again import Answers, Asked, Recorded
from ledger.domain.acts import Command, Refusal, Refused
from ledger.domain.decide import decide, turn_away
from ledger.inside import NOT_ASKED, Inside, Who, accepted, refused
from ledger.making import Maker
from ledger.recent import Given


@dataclass
class InnerDesk:
    """Decides what lies inside. `given` are the answers that are kept in memory alone."""

    maker: Maker
    answers: Answers
    given: dict[int, Given] = field(default_factory=dict)

    def asked(self, command: Command) -> Inside | None:
        """The command with the ids of inside; None where it is to be decided in clear."""
        maker = self.maker
        return maker.restricted.asked(command, maker.now, self._dealing(command))

    def decide(self, asked: Asked, inside: Inside) -> Recorded:
        """Decide a command about a restricted incident; accepted or refused, it is sealed."""
        maker, command = self.maker, inside.command
        whole = maker.restricted.whole
        if not inside.judged:
            return self._take_unjudged(asked, inside)
        if maker.confidential and not (inside.admitted and inside.incident):
            whole = maker.known  # whoever is turned away is told what anybody would be
        try:
            if not inside.admitted:
                turn_away(whole, command, maker.now)
            # What lies inside shows nobody, and so is not signed; nor is a signature demanded.
            decided = decide(whole, replace(command, intent=NOT_ASKED), maker.now)
        except Refused as no:
            return self.refuse(asked, inside, Refusal(no.code, no.details))
        version = whole.version(decided.stream) + 1
        act = accepted(inside, decided, self._who(command), version)
        reported = inside.incident if command.action == "report_incident" else None
        return self._seal(asked, inside, act, reported=reported)

    def refuse(self, asked: Asked, inside: Inside, refusal: Refusal) -> Recorded:
        """Record a refusal of which not even the reason may show."""
        act = refused(inside, refusal, self._who(asked.command), self.maker.now)
        return self._seal(asked, inside, act, refusal), refusal

    def kept(self, command: Command) -> Refusal | None:
        """Why a restricted incident forbids to destroy: a hold, or that it is about the actor."""
        maker = self.maker
        if maker.confidential:
            return None
        try:
            decide(maker.restricted.whole, replace(command, intent=NOT_ASKED), maker.now)
        except Refused as no:
            return Refusal(no.code, no.details)
        return None

    def _take_unjudged(self, asked: Asked, inside: Inside) -> Recorded:
        """Take what nobody here can judge; its form alone is asked for."""
        maker, command = self.maker, inside.command
        who = self._who(command)
        try:
            act = unjudged.taken(maker.known, command, maker.now, inside.incident, who)
        except Refused as no:
            return self.refuse(asked, inside, Refusal(no.code, no.details))
        return self._seal(asked, inside, act)

    def _seal(
        self,
        asked: Asked,
        inside: Inside,
        act: Mapping[str, Any],
        refusal: Refusal | None = None,
        reported: str | None = None,
    ) -> int:
        maker = self.maker
        known = maker.restricted.whole
        chair = unjudged.for_chair(known, inside.command, maker.now, inside.incident)
        blob = {**act, **self.answers.inside(asked, refusal)}
        position = unasked.seal_act(maker, blob, chair)
        if maker.confidential:
            row = self.answers.kept(asked, position, refusal)
            self.given[position] = Given(asked.command.actor, reported, row)
        return position

    def _dealing(self, command: Command) -> Callable[[], str]:
        """How ids are dealt inside: at random, where keys are in force marked by who opens them."""
        maker = self.maker
        if not maker.confidential:
            return maker.new_id
        chair = unjudged.for_chair(maker.known, command, maker.now)
        return lambda: unjudged.deal(maker.new_id(), chair)

    def _who(self, command: Command) -> Who:
        return Who(command.actor, self.maker.offices(command.actor))
