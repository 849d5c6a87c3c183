"""`report.html` in an evidence file: the released template and the members, octet for octet."""

import re
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest

from api.archive import ENTRY, modules
from ledger.proof import embedded, layout
from ledger.proof.manifest import Manifest
from ledger.proof.template import template
from ledger.proof.verify import verify

NAME = "report.html"


@pytest.fixture(name="members")
def _members(large, box):
    return box.open(large.evidence())


def codes(data, ledger):
    return [finding.code for finding in verify(data, ledger.trust).findings]


def fitted(members, box, ledger):
    """A file whose manifest fits these members, by a key of the ledger: its own forgery."""
    return BytesIO(box.pack(box.with_manifest(members, ledger, ledger.record_key)))


def test_the_template_is_known_by_its_digest():
    """Released once, a template never changes: another one is another format."""
    size, digest = embedded.TEMPLATES[layout.FORMAT]
    assert (len(template()), sha256(template()).hexdigest()) == (size, digest)
    contract = (Path(__file__).parents[2] / "docs/format.md").read_text("utf-8")
    assert (
        f"The template of format {layout.FORMAT} has {size} octets, and the SHA-256 `{digest}`."
        in contract
    )


def test_the_page_is_the_template_and_the_members(large, box, members):
    page = members[NAME]
    data = b"".join(embedded.blocks(Manifest(large.origin, 300, ()), members.get))
    assert page == template() + data + embedded.END
    assert page.count(b'<script type="text/plain" class="records">') == 2
    assert all(entry in page for entry in large.entries)
    assert codes(BytesIO(box.pack(members)), large) == []


def test_a_page_by_itself_is_found_by_its_hash(large, box, members):
    changed = {**members, NAME: members[NAME].replace(b"Timeline", b"Timelime", 1)}
    assert codes(BytesIO(box.pack(changed)), large) == ["member_hash", "report_differs"]


@pytest.mark.parametrize(
    "change",
    [
        lambda page: page.replace(b"invalid", b"holds", 1),
        lambda page: page[: page.rindex(b"</script>")] + embedded.END,
        lambda page: page.replace(b"</body>", b"<p>All is well.</p></body>", 1),
        lambda page: page.replace(b'class="answers"', b'class="Answers"', 1),
        lambda page: page + b" ",
        lambda page: page[:-1],
        lambda page: b"",
    ],
)
def test_whoever_signs_another_page_is_found(large, box, members, change):
    """Also the ledger itself: the page is no place to say something else."""
    changed = {**members, NAME: change(members[NAME])}
    assert changed[NAME] != members[NAME]
    assert codes(fitted(changed, box, large), large) == ["report_differs"]


def test_a_page_of_another_log_is_found(new_ledger, large, box, members):
    other = box.open(new_ledger("two").fill(300).evidence())
    assert codes(fitted({**members, NAME: other[NAME]}, box, large), large) == ["report_differs"]


def test_where_a_member_is_wrong_the_page_is_no_second_fault(large, box, members):
    changed = {**members, "disclosures.jsonl": b""}
    assert codes(fitted(changed, box, large), large) == ["report_differs"]
    broken = members["tile/0/000"][:-1] + bytes([members["tile/0/000"][-1] ^ 1])
    assert "report_differs" not in codes(
        fitted({**members, "tile/0/000": broken}, box, large), large
    )


@pytest.mark.parametrize("data", [b"=", b"<b>", b"", b"\xc3\xa9", b"a\rb", b"</script>", b"plain"])
def test_no_data_can_end_its_block(data):
    block = embedded.text_block("answers", data)
    _, line, tail, rest = block.split(b"\n")
    assert (tail, rest) == (b"</script>", b"")
    assert re.fullmatch(rb"[ -;=-~]*", line)
    assert line.startswith(b"=") == (data not in (b"", b"plain"))


def test_the_page_asks_for_nothing_from_elsewhere():
    text = template().decode("utf-8")
    assert "default-src 'none'" in text
    assert (
        re.findall(r"https?://|\bsrc=|\bhref=\"[^#]|@import|url\(|fetch\(|XMLHttp|innerHTML", text)
        == []
    )


def test_the_verifier_in_one_file_does_not_carry_the_template():
    """It knows it by its digest: there is no room for it."""
    found = modules(ENTRY)
    assert "ledger.proof.embedded" in found
    assert "ledger.proof.template" not in found
    assert Path(embedded.__file__).with_name("page").is_dir()
