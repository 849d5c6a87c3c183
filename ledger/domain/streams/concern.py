"""A concern about somebody's personal use or boundaries: raised by anybody, decided once."""

from __future__ import annotations

from ledger.domain.acts import Act, Refusal
from ledger.domain.entries import Entries
from ledger.domain.streams.base import Refusals, Stream


class Concern(Stream):
    KIND = "concern"

    def decide_concern(self, act: Act, known: Entries) -> Refusals:
        if any(e.type == "ConcernDecided" for e in known.stream(self.id)):
            yield Refusal("already_decided")
