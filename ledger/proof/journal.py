"""What is found on the way, step by step, in bounded memory."""

from __future__ import annotations

from typing import Dict, List, Optional, Set, Tuple

from .report import Finding, Step, found, verdict_of

MAX_FINDINGS = 1_000

TITLES = (
    "container",
    "manifest",
    "checkpoint",
    "records",
    "tree",
    "keys",
    "order",
    "disclosures",
    "known checkpoints",
    "trust",
    "offices and separation of duties",
    "answers and timestamps",
    "completeness",
)


class Journal:
    """Findings and outcomes. Of very many findings of one verdict, the first are kept."""

    def __init__(self) -> None:
        self._findings: List[Finding] = []
        self._verdicts: Set[str] = set()
        self._counts: Dict[int, int] = {}
        self._words: Dict[int, str] = {}
        self.left_out = 0

    def add(self, step: int, code: str, detail: str, position: Optional[int] = None) -> None:
        """Note that a step found something."""
        self.add_finding(step, found(code, detail, position))

    def add_finding(self, step: int, finding: Finding) -> None:
        """Note what a check found."""
        self._counts[step] = self._counts.get(step, 0) + 1
        # The first of each verdict is always kept, since the verdict is the worst of them.
        if len(self._findings) < MAX_FINDINGS or finding.verdict not in self._verdicts:
            self._findings.append(finding)
            self._verdicts.add(finding.verdict)
        else:
            self.left_out += 1

    def say(self, step: int, words: str) -> None:
        """Set the outcome of a step in which nothing was found."""
        self._words[step] = words

    def findings(self) -> Tuple[Finding, ...]:
        """Return the findings, and one more that counts those which are not listed."""
        if not self.left_out:
            return tuple(self._findings)
        rest = f"{self.left_out} more findings are not listed"
        return (*self._findings, Finding("more", None, rest, verdict_of(self._findings)))

    def steps(self) -> Tuple[Step, ...]:
        """Return the outcome of every step; one of which nothing was said was not reached."""
        return tuple(Step(n, title, self._outcome(n)) for n, title in enumerate(TITLES, 1))

    def _outcome(self, step: int) -> str:
        count = self._counts.get(step, 0)
        return counted(count) if count else self._words.get(step, "not done")


def counted(findings: int) -> str:
    """Return the outcome of a step with so many findings."""
    return "1 finding" if findings == 1 else f"{findings} findings"
