"""What somebody decided about words that are not the person's own, and how that is read.

Nothing is included by itself. A reviewer may take words out of a text, never put any in: what is
taken out is marked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from api.subject_access.gathering import Gathered, Value

INCLUDE, WITHHOLD = "include", "withhold"
# Why words are kept back: the school's DPO confirms which of these the law allows in a case.
REASONS = (
    "third_party", "not_about", "serious_harm", "crime", "legal_advice", "confidential", "security",
)  # fmt: skip
OUT = "[…]"
GAP = re.compile(r"\[(?:…|\.\.\.)\]")


class BadReview(ValueError):
    """A review that cannot be meant; the text says where and what to do."""


@dataclass(frozen=True)
class Decision:
    """About one value: `text` is what is included of it, None for nothing, for `reason`."""

    text: str | None
    reason: str = ""


@dataclass(frozen=True)
class Review:
    """Decisions by `Value.key`, and the linked ids that are the same person. Empty: none yet."""

    decisions: Mapping[str, Decision] = field(default_factory=dict)
    same: frozenset[str] = frozenset()

    def of(self, value: Value) -> Decision | None:
        return self.decisions.get(value.key)

    def is_redacted(self, value: Value) -> bool:
        """Whether words were taken out of an included text."""
        decided = self.of(value)
        return decided is not None and decided.text is not None and decided.text != value.text


def decision(value: Value, how: str, text: str, reason: str) -> Decision:
    """One decision, as it was given. Raises BadReview."""
    if how == WITHHOLD:
        if reason not in REASONS:
            raise BadReview(f"{value.key}: give one of the reasons {', '.join(REASONS)}")
        return Decision(None, reason)
    if how != INCLUDE:
        raise BadReview(f"{value.key}: decide {INCLUDE} or {WITHHOLD}")
    # A browser sends lines as CR LF.
    kept = GAP.sub(OUT, text.replace("\r\n", "\n").strip("\n"))
    if not is_cut_from(kept, value.text):
        raise BadReview(f"{value.key}: words may only be taken out; put {OUT} where they stood")
    return Decision(kept)


def is_cut_from(text: str, whole: str) -> bool:
    """Whether a text is the whole one with pieces taken out, each marked."""
    pieces = [re.escape(piece) for piece in text.split(OUT)]
    return re.fullmatch(".*?".join(pieces), whole.strip("\n"), re.DOTALL) is not None


# -- as a file, for the command line ----------------------------------------------------------


def sheet(gathered: Gathered) -> dict[str, Any]:
    """What a reviewer has to look at, as JSON to be filled in and given back."""
    return {
        "person": sorted(gathered.ids),
        "same_person": dict.fromkeys(sorted(gathered.linked)),
        "texts": [
            {"value": v.key, "decision": None, "text": v.text, "reason": None}
            for v in gathered.to_review
        ],
        "reasons": list(REASONS),
    }


def same_in(given: Any) -> frozenset[str]:
    """The linked ids that a filled-in sheet says are the same person. Raises BadReview."""
    said = given.get("same_person", {}) if isinstance(given, dict) else None
    if not isinstance(said, dict) or any(v not in (True, False, None) for v in said.values()):
        raise BadReview("same_person: true, false or null beside each id")
    return frozenset(name for name, yes in said.items() if yes is True)


def read(given: Any, gathered: Gathered) -> Review:
    """A filled-in sheet. A text without a decision stays undecided. Raises BadReview."""
    texts = given.get("texts", []) if isinstance(given, dict) else None
    if not isinstance(texts, list) or not all(isinstance(row, dict) for row in texts):
        raise BadReview("the review is no sheet of this command")
    values = {v.key: v for v in gathered.to_review}
    made: dict[str, Decision] = {}
    for row in texts:
        value = values.get(str(row.get("value")))
        if value is None:
            raise BadReview(f"{str(row.get('value'))[:80]}: there is no such text to review")
        if row.get("decision") is not None:
            given_text, reason = str(row.get("text", "")), str(row.get("reason") or "")
            made[value.key] = decision(value, str(row["decision"]), given_text, reason)
    return Review(made, same_in(given))


def undecided(gathered: Gathered, review: Review) -> Sequence[Value]:
    """The texts nobody has decided about."""
    return [v for v in gathered.to_review if review.of(v) is None]
