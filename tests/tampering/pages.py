"""What the page for people says of every file: one is made of its members, and opened in Chromium.

It stands in the file only where it is that page, octet for octet, which the verifier makes sure of
(`report_differs`); so what is opened here is the page that a careful forger would have put there.
"""

import io
from dataclasses import dataclass
from pathlib import Path

from tampering.forge import Made, page_of

from ledger.proof.container import open_container
from ledger.proof.errors import Malformed
from ledger.proof.layout import FORMAT, member_limit
from ledger.proof.manifest import Manifest, open_manifest, read_manifest
from ledger.proof.policy import parse_policy
from ledger.proof.report import INVALID, MALFORMED, SUSPECT, UNANCHORED, VALID, verdict_of
from ledger.proof.verify import WrongUsage, verify

# The page's words for the verdicts of the verifier.
WORDS = {
    VALID: "anchored",
    UNANCHORED: "holds",
    SUSPECT: "suspect",
    INVALID: "invalid",
    MALFORMED: "newer",
}
# Where the members are not those of any file, a page is not asked.
NO_FILE = {"container", "member_missing", "member_unexpected", "not_evidence"}
# Where these are found there may be no page: nothing can be read that it would be made of.
WITHOUT_PAGE = {*NO_FILE, "member_damaged", "manifest_form", "newer", "bundle_form"}
# What a page cannot see: the zip, and members that do not stand in it.
UNSEEN = {
    "readme", "report_differs", "answers_form", "post_quantum_signature",
    *(f"timestamp_{fault}" for fault in ("form", "signature", "differs", "imprint")),
}  # fmt: skip
UNSEEN_MEMBERS = ("README.txt", "report.html", "timestamps/")


@dataclass(frozen=True)
class Said:
    """The verdict, where the first fault is, the codes, and whether something was no help."""

    verdict: str
    position: int | None
    codes: frozenset[str]
    refused: bool


class Pages:
    """A browser, and what it showed of each page; equal pages are opened once."""

    def __init__(self, browser, folder: Path) -> None:
        self._browser, self._folder = browser, folder
        self._seen: dict[tuple, Said] = {}

    def said(self, made: Made) -> Said | None:
        """What the page shows, given all that the verifier is given; None where there is none."""
        try:
            members = members_of(made.file)
            page = page_of(members)
        except (Malformed, KeyError):
            return None
        given = [("trust.policy", made.trust.encode())] if made.trust is not None else []
        given += [(f"{n}.checkpoint", note) for n, note in enumerate(made.known)]
        if manifest_of(members).format == FORMAT:  # an older one says less than this page asks for
            given.append(("manifest.json", members["manifest.json"]))
        key = (page, *given)
        if key not in self._seen:
            self._seen[key] = self._opened(page, given)
        return self._seen[key]

    def _opened(self, page: bytes, given) -> Said:
        (self._folder / "report.html").write_bytes(page)
        for name, data in given:
            (self._folder / name).write_bytes(data)
        with self._browser.open(self._folder / "report.html") as opened:
            opened.checked()
            refused = False
            for count, (name, _) in enumerate(given, 1):
                opened.give(self._folder / name)
                opened.until(f"STATE.taken === {count}")
                refused |= opened.do("STATE.problem !== ''")
            verdict, position = opened.verdict()
            assert opened.complaints() == []
            return Said(verdict, position, frozenset(opened.codes()), refused)


def manifest_of(members) -> Manifest:
    """The manifest as it stands in a file."""
    return read_manifest(open_manifest(members["manifest.json"]))


def members_of(data: bytes) -> dict[str, bytes]:
    """The members of a file, as the verifier unpacks them. Raises Malformed."""
    container = open_container(io.BytesIO(data), member_limit)
    return {name: container.read(name) for name in container.members}


def expected(made: Made) -> Said | None:
    """What the verifier says without the checks that are handed in, as far as a page can see.

    None where what it is verified with is no help at all.
    """
    try:
        trust = None if made.trust is None else parse_policy(made.trust)
        report = verify(io.BytesIO(made.file), trust, made.known)
    except (Malformed, WrongUsage):
        return None
    seen = [f for f in report.findings if is_seen(f)]
    places = [f.position for f in seen if f.position is not None]
    codes = frozenset(f.code for f in seen)
    return Said(WORDS[verdict_of(seen)], min(places, default=None), codes, False)


def is_seen(finding) -> bool:
    """Whether a page can find the same."""
    if finding.code in ("member_hash", "manifest_members"):
        return not finding.detail.startswith(UNSEEN_MEMBERS)
    return finding.code not in UNSEEN
