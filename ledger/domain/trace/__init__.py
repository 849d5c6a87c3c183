"""From each passage of the policy to the records that evidence it, as plain data.

Standard library only: the folds ask it, docs/policy.md is made from it. `PASSAGES` is what the
policy says, a few words each, in its order; `ROWS` is where each leads.
"""

from ledger.domain.trace import accounts, appendix, behaviour, passages, people, personal
from ledger.domain.trace.row import Evidence, Passage, Row

PASSAGES: tuple[Passage, ...] = passages.PASSAGES
ROWS: dict[str, Row] = {
    **people.ROWS,
    **accounts.ROWS,
    **behaviour.ROWS,
    **personal.ROWS,
    **appendix.ROWS,
}

__all__ = ["PASSAGES", "ROWS", "Evidence", "Passage", "Row"]
