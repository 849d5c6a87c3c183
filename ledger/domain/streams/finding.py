"""An account that nobody approved, found and dealt with."""

from __future__ import annotations

from ledger.domain.acts import Act, Refusal
from ledger.domain.entries import Entries
from ledger.domain.streams.base import Refusals, Stream


class Finding(Stream):
    KIND = "finding"

    def resolve_unapproved_account(self, act: Act, known: Entries) -> Refusals:
        if any(e.type == "UnapprovedAccountResolved" for e in known.stream(self.id)):
            yield Refusal("already_decided")
