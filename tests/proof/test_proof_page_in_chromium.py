"""`report.html`, opened from disk in a real Chromium: it checks itself, and turns red in place."""

import json

import pytest

from ledger.proof.disclosure import disclosure_lines
from ledger.proof.embedded import END, records_block, text_block
from ledger.proof.encoding import canonical
from ledger.proof.manifest import Manifest, about
from ledger.proof.merkle import leaf_hash
from ledger.proof.note import COSIGNATURE, cosignature_line, format_vkey
from ledger.proof.template import template


class Pages:
    """Pages of a log, as they were given out, and as a forger would write them."""

    def __init__(self, folder, ledger):
        self.folder, self.ledger = folder, ledger

    def of(self, entries=None, leaves=None, note=None, disclosures=None):
        """A page on disk. What is not given is that of the log; `leaves` are what the tiles say."""
        entries = self.ledger.entries if entries is None else entries
        leaves = leaves or list(map(leaf_hash, entries))
        lines = self.ledger.disclosures if disclosures is None else disclosures
        about_all = about(Manifest(self.ledger.origin, len(leaves), ()))
        blocks = [
            text_block("about", canonical(about_all)),
            text_block("checkpoint", note or self.ledger.checkpoint()),
            text_block("answers", b'{"answers":{},"semantics":1}\n'),
            text_block("disclosures", disclosure_lines(lines)),
        ]
        for n in range(0, len(leaves), 256):
            own = entries[n : n + 256]
            blocks.append(records_block(b"".join(leaves[n : n + 256]), own))
        return self.write(template() + b"".join(blocks) + END)

    def write(self, page):
        file = self.folder / "report.html"
        file.write_bytes(page)
        return file

    def file(self, name, data):
        file = self.folder / name
        file.write_bytes(data if isinstance(data, bytes) else data.encode("utf-8"))
        return file


@pytest.fixture(name="pages")
def _pages(tmp_path, large):
    return Pages(tmp_path, large)


@pytest.fixture(name="leaves")
def _leaves(large):
    return list(map(leaf_hash, large.entries))


def test_the_page_of_an_evidence_file_turns_green(browser, pages, large, box):
    """With the school's trust file; until then it holds, and says that nobody vouches for it."""
    file = pages.write(box.open(large.evidence())["report.html"])
    with browser.open(file) as page:
        assert page.checked() == ("holds", None)
        assert page.codes() == ["no_trust_file"]
        page.give(pages.file("trust.policy", large.trust_text))
        page.until("document.documentElement.dataset.verdict === 'anchored'")
        assert page.codes() == []
        assert page.do("getComputedStyle(document.getElementById('band')).borderLeftColor") == (
            "rgb(10, 107, 45)"
        )
        asked = [a for a in page.requests() if not a.startswith("blob:")]
        assert (asked, page.complaints()) == ([file.as_uri()], [])


def changed_record(entries):
    """One octet of what was recorded."""
    value = json.loads(entries[5])
    payload = value["payload"]
    value["payload"] = payload[:40] + ("A" if payload[40] != "A" else "B") + payload[41:]
    return json.dumps(value, separators=(",", ":"), sort_keys=True).encode()


def resigned(entries):
    """A record under the signature of another one."""
    value, other = json.loads(entries[7]), json.loads(entries[6])
    value["signatures"] = other["signatures"]
    return json.dumps(value, separators=(",", ":"), sort_keys=True).encode()


def test_a_changed_record_turns_red_where_it_is(browser, pages, large, leaves):
    entries = [*large.entries[:5], changed_record(large.entries), *large.entries[6:]]
    for tiles, codes in (
        (leaves, ["record_signature", "tile_mismatch"]),
        (None, ["record_signature", "root_mismatch"]),
    ):
        with browser.open(pages.of(entries, tiles)) as page:
            assert page.checked() == ("invalid", 5)
            assert set(codes) <= set(page.codes())
            assert "rgb(176, 0, 32)" == page.do(
                "getComputedStyle(document.getElementById('band')).borderLeftColor"
            )


def test_a_signature_of_another_record_turns_red(browser, pages, large, leaves):
    entries = [*large.entries[:7], resigned(large.entries), *large.entries[8:]]
    with browser.open(pages.of(entries, leaves)) as page:
        assert page.checked() == ("invalid", 7)
        assert "record_signature" in page.codes()


def test_a_record_by_a_key_of_nobody_turns_red(browser, pages, new_ledger, box):
    ledger = new_ledger().fill(20)
    ledger.append(
        ledger.record("PostChecked", "account/acc-9", "check_post", "per-1"), box.attacker
    )
    pages.ledger = ledger
    with browser.open(pages.of()) as page:
        assert page.checked() == ("invalid", 20)
        assert page.codes() == ["key_not_valid", "no_trust_file"]


def test_two_records_that_changed_places_turn_red(browser, pages, large, leaves):
    entries = list(large.entries)
    entries[261], entries[262] = entries[262], entries[261]
    with browser.open(pages.of(entries, leaves)) as page:
        assert page.checked() == ("invalid", 261)
    # Also where the ledger itself signs the other order.
    note = large.of(entries).checkpoint()
    with browser.open(pages.of(entries, note=note)) as page:
        assert page.checked() == ("invalid", 262)
        assert page.codes()[0] == "time_decreases"


def test_a_missing_record_turns_red(browser, pages, large, leaves):
    entries = [*large.entries[:100], *large.entries[101:256]]
    page = pages.of([*entries, b"{}", *large.entries[256:]], leaves)
    page.write_bytes(page.read_bytes().replace(b"\n{}\n", b"\n", 1))
    with browser.open(page) as opened:
        assert opened.checked() == ("invalid", 100)
        assert {"bundle_form", "tile_mismatch"} <= set(opened.codes())
    # Also where the ledger itself signs the shorter log: its stream has a hole.
    shorter = large.entries[:100] + large.entries[101:]
    with browser.open(
        pages.of(shorter, note=large.of(shorter).checkpoint(), disclosures=[])
    ) as opened:
        assert opened.checked() == ("invalid", 102)
        assert opened.codes()[0] == "stream_version"


def test_a_checkpoint_by_another_key_turns_red(browser, pages, large, new_signer):
    note = large.checkpoint(signer=new_signer("checkpoint", "attacker"))
    with browser.open(pages.of(note=note)) as page:
        assert page.checked() == ("invalid", None)
        assert page.codes() == ["checkpoint_signature", "no_trust_file"]


def test_a_changed_value_or_commitment_turns_red(browser, pages, large):
    lines = [dict(line) for line in large.disclosures]
    lines[1]["value"] = "something else"
    with browser.open(pages.of(disclosures=lines)) as page:
        assert page.checked() == ("invalid", lines[1]["position"])
        assert page.codes() == ["commitment", "no_trust_file"]


def test_checkpoints_that_somebody_kept(browser, pages, large, new_ledger):
    """An earlier one fits; one of another history, or of a longer one, does not."""
    other = large.of([*large.entries[:150], *large.entries[151:200]])
    kept = {
        "early": (large.checkpoint(256), "holds", []),
        "odd": (large.checkpoint(77), "holds", []),
        "other": (other.checkpoint(), "invalid", ["inconsistent_with_known"]),
        "later": (new_ledger().fill(310).checkpoint(), "invalid", ["shorter_than_known"]),
    }
    for name, (note, verdict, codes) in kept.items():
        with browser.open(pages.of()) as page:
            page.checked()
            page.give(pages.file(name, note))
            page.until(
                "document.getElementById('anchor-words').textContent.match(/Kept|kept|known/)"
            )
            page.until(f"document.documentElement.dataset.verdict === '{verdict}'")
            assert page.codes() == [*codes, "no_trust_file"]


def test_a_kept_checkpoint_and_a_trust_file_are_dropped_on_the_page(browser, pages, large):
    """As a governor does it: from a folder onto the page, one after the other, or both at once."""
    kept = pages.file("kept", large.checkpoint(256))
    trust = pages.file("trust.policy", large.trust_text)
    with browser.open(pages.of()) as page:
        page.checked()
        page.drag(trust)
        page.until("STATE.taken === 1")
        assert (page.verdict(), page.codes()) == (("anchored", None), [])
        page.drag(kept, to="#timeline")
        page.until("STATE.taken === 2")
        assert (page.verdict(), page.codes()) == (("anchored", None), [])
        assert "Kept checkpoints compared: 1." in page.text("#anchor-words")
        assert page.complaints() == []
    with browser.open(pages.of()) as page:
        page.checked()
        page.drag(kept, trust)
        page.until("STATE.taken === 2")
        assert page.verdict() == ("anchored", None)


def test_a_dropped_checkpoint_of_another_history_turns_red(browser, pages, large, new_ledger):
    other = large.of([*large.entries[:150], *large.entries[151:200]])
    later = new_ledger().fill(310)
    trust = pages.file("trust.policy", large.trust_text)
    for ledger, code in ((other, "inconsistent_with_known"), (later, "shorter_than_known")):
        with browser.open(pages.of()) as page:
            page.checked()
            page.drag(trust)
            page.until("STATE.taken === 1")
            page.drag(pages.file("kept", ledger.checkpoint()))
            page.until("STATE.taken === 2")
            assert (page.verdict(), page.codes()) == (("invalid", None), [code])
            assert page.do("document.getElementById('anchor').dataset.state") == "bad"


def test_what_is_dropped_and_is_no_help_changes_nothing(browser, pages, new_ledger):
    stranger = pages.file("stranger", new_ledger("two").fill(4).checkpoint())
    letter = pages.file("letter.txt", "dear governors")
    with browser.open(pages.of()) as page:
        page.checked()
        for count, file in enumerate((stranger, letter), 1):
            page.drag(file)
            page.until(f"STATE.taken === {count}")
            assert page.verdict() == ("holds", None)
            assert file.name in page.text("#problem")
            # The browser did not go to the file in place of the page.
            assert page.do("location.href").endswith("report.html")


def test_the_page_shows_that_it_takes_what_is_dragged_over_it(browser, pages, large):
    trust = pages.file("trust.policy", large.trust_text)
    with browser.open(pages.of()) as page:
        page.checked()
        page.drag(trust, drop=False)
        assert page.do("getComputedStyle(document.querySelector('main')).outlineStyle") == "dashed"
        page.drag(trust)
        page.until("STATE.taken === 1")
        assert page.do("getComputedStyle(document.querySelector('main')).outlineStyle") == "none"


def test_what_is_dropped_while_the_records_are_checked_counts_too(browser, pages, large):
    with browser.open(pages.of()) as page:
        page.until("typeof STATE !== 'undefined' && STATE.verification !== null")
        page.give(pages.file("trust.policy", large.trust_text))
        page.checked()
        page.until("STATE.taken === 1")
        assert page.verdict() == ("anchored", None)


def test_the_manifest_of_the_file_is_compared(browser, pages, large, new_ledger, box):
    """By hand too: its signature, and the hashes of all that the page holds."""
    members, other = box.open(large.evidence()), new_ledger("two").fill(300)
    lines = {**members, "disclosures.jsonl": b"", "tile/entries/001.p/44": b""}
    cases = {
        "own": (members["manifest.json"], "holds", []),
        "other": (
            box.open(other.evidence())["manifest.json"],
            "invalid",
            ["manifest_signature", "report_differs"] + ["member_hash"] * 7,
        ),
        "attacker": (
            box.with_manifest(members, large, box.attacker)["manifest.json"],
            "invalid",
            ["manifest_signature"],
        ),
        "unlike": (
            box.with_manifest(lines, large, large.record_key)["manifest.json"],
            "invalid",
            ["manifest_members", "member_hash"] * 2,
        ),
    }
    for name, (manifest, verdict, codes) in cases.items():
        with browser.open(pages.write(members["report.html"])) as page:
            page.checked()
            page.give(pages.file(f"{name}.json", manifest))
            page.until("STATE.listed !== null")
            page.until(f"document.documentElement.dataset.verdict === '{verdict}'")
            assert page.codes() == [*codes, "no_trust_file"], name


def test_trust_files_of_another_log_and_of_nothing(browser, pages, new_ledger):
    with browser.open(pages.of()) as page:
        page.checked()
        page.give(pages.file("notes.txt", "buy milk\n"))
        page.until("document.getElementById('problem').textContent.includes('neither')")
        assert page.verdict() == ("holds", None)
        page.give(pages.file("trust.policy", new_ledger("two").trust_text))
        page.until("document.documentElement.dataset.verdict === 'invalid'")
        assert page.codes() == ["checkpoint_untrusted"]


def test_the_fingerprint_of_the_trust_file_is_shown(browser, pages, large):
    from ledger.proof.policy import fingerprint

    with browser.open(pages.of()) as page:
        page.checked()
        page.give(pages.file("trust.policy", large.trust_text))
        page.until("document.documentElement.dataset.verdict === 'anchored'")
        assert page.text("#fingerprint") == fingerprint(large.trust_text.encode())


def test_a_quorum_of_witnesses_is_asked_for(browser, pages, large, new_signer):
    witness = new_signer("witness", "w1")
    vkey = format_vkey("w.example.org", witness.public_key, COSIGNATURE)
    log = large.trust_text.replace("quorum none\n", "")
    trust = pages.file("trust.policy", f"{log}witness w1 {vkey}\nquorum w1\n")
    note = large.checkpoint()
    text = note.decode().rpartition("\n\n")[0] + "\n"
    seen = note + cosignature_line(text, "w.example.org", witness, 1_800_000_000)
    for given, verdict, codes in ((note, "holds", ["quorum_not_reached"]), (seen, "anchored", [])):
        with browser.open(pages.of(note=given)) as page:
            page.checked()
            page.give(trust)
            page.until("document.getElementById('fingerprint').textContent.length === 64")
            page.until(f"document.documentElement.dataset.verdict === '{verdict}'")
            assert page.codes() == codes


@pytest.mark.parametrize("text", ["<img src=x onerror=alert(1)>", "</script><b>", "\u202e&lt;"])
def test_what_was_recorded_is_never_markup(browser, pages, new_ledger, text):
    ledger = new_ledger().fill(9)
    record = ledger.record("PostChecked", "account/acc-9", "check_post", "per-1")
    ledger.append(ledger.seal(record, "note", text))
    pages.ledger = ledger
    with browser.open(pages.of()) as page:
        assert page.checked() == ("holds", None)
        assert text in page.do("document.getElementById('timeline').textContent")
        assert page.do("document.querySelectorAll('img, main script, main b').length") == 0
        assert page.complaints() == []


def test_a_page_says_what_it_does_not_check_and_prints(browser, pages):
    with browser.open(pages.of()) as page:
        page.checked()
        said = page.text("main")
        assert (
            "Answers are recomputed by the verifier, handledger verify; this page does not" in said
        )
        assert "A page cannot vouch for itself" in said
        page.call("Emulation.setEmulatedMedia", media="print")
        assert page.do("getComputedStyle(document.querySelector('nav')).display") == "none"
        assert page.do("getComputedStyle(document.querySelector('#band')).display") != "none"
