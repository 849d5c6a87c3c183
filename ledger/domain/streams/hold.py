"""A legal hold: placed, and released once."""

from __future__ import annotations

from ledger.domain.acts import Act, Refusal
from ledger.domain.entries import Entries
from ledger.domain.streams.base import Refusals, Stream


class Hold(Stream):
    KIND = "hold"

    def release_legal_hold(self, act: Act, known: Entries) -> Refusals:
        if any(e.type == "LegalHoldReleased" for e in known.stream(self.id)):
            yield Refusal("already_decided")
