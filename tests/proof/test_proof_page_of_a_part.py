"""`report.html` of files that do not show all records: what it shows is checked, heads included."""

import io

import pytest
from parts import Case, incident, positions, publish, redacted, school

from ledger.proof.embedded import END, blocks
from ledger.proof.instants import format_instant
from ledger.proof.manifest import open_manifest, read_manifest
from ledger.proof.merkle import leaf_hash
from ledger.proof.record import parse_record
from ledger.proof.template import template
from ledger.proof.verify import verify

SIZE = 40


@pytest.fixture(name="ledger")
def _ledger(new_ledger):
    return school(new_ledger, SIZE)


def withholding(ledger):
    """A sealed act, a refusal and the second record of an account are withheld."""
    sealed = next(n for n, e in enumerate(ledger.entries) if parse_record(e)[0].type == "Sealed")
    refusal, check = positions(ledger, "refusal")[0], positions(ledger, "account/acc-2")[1]
    return redacted(ledger, sealed, refusal, check)


def of_an_incident(ledger):
    return incident(ledger, parse_record(ledger.entries[SIZE - 1])[0].subject.partition("/")[2])


def of_days(ledger):
    tree, last = publish(ledger), len(ledger.entries) - 1
    streams = ("keyring", "ledger", "person/per-1", "person/per-2")
    shown = sorted({*positions(ledger, *streams), *range(9, 22), last})
    times = [parse_record(ledger.entries[n])[0].time for n in (10, 21)]
    scope = dict(zip(("from", "to"), map(format_instant, times), strict=True))
    return Case(ledger, tree, "case", scope, {}, tuple(shown), streams)


def of_a_person(ledger):
    tree = publish(ledger)
    streams = ("keyring", "ledger", "person/per-1", "person/per-2")
    shown = tuple(positions(ledger, *streams))
    return Case(ledger, tree, "person", {"person": "per-2"}, {}, shown, streams)


class Opened:
    """A file's page in the browser, as it is or made anew of members that somebody changed."""

    def __init__(self, browser, folder, box):
        self.browser, self.folder, self.box = browser, folder, box

    def page_of(self, members):
        manifest = read_manifest(open_manifest(members["manifest.json"]))
        return template() + b"".join(blocks(manifest, members.get)) + END

    def seen(self, members, trust, page=None):
        """(verdict, position, codes, words) once the page has trust file and manifest."""
        page = page or self.page_of(members)
        given = {"report.html": page, "manifest.json": members["manifest.json"]}
        for name, data in given.items():
            (self.folder / name).write_bytes(data)
        (self.folder / "trust.policy").write_text(trust)
        with self.browser.open(self.folder / "report.html") as opened:
            opened.checked()
            opened.give(self.folder / "trust.policy", self.folder / "manifest.json")
            opened.until("STATE.taken === 2")
            return (*opened.verdict(), opened.codes(), opened.text("main"))


@pytest.fixture(name="opened")
def _opened(browser, tmp_path, box):
    return Opened(browser, tmp_path, box)


KINDS = {
    "redacted": (
        withholding,
        "nothing is missing up to the checkpoint, withheld records being counted and placed: 3; "
        "keyring, ledger and 2 people's streams are whole",
        "withheld records being counted and placed.",
    ),
    "incident": (
        of_an_incident,
        "what is shown is in the log; of 4 streams no entry is missing",
        "what it shows is in the log and, with its stream-head proof, that no entry of its "
        "streams is missing",
    ),
    "days": (
        of_days,
        "nothing that was recorded in the range is missing",
        "that nothing that was recorded in these days is missing",
    ),
    "person": (
        of_a_person,
        "what is shown is in the log; of 4 streams no entry is missing",
        "one person: per-2",
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_of_an_honest_part_turns_green_and_says_what_it_proves(kind, opened, ledger, box):
    make, outcome, proves = KINDS[kind]
    case = make(ledger)
    members = box.open(case.data())
    verdict, position, codes, words = opened.seen(
        members, ledger.trust_text, members["report.html"]
    )
    assert (verdict, position, codes) == ("anchored", None, [])
    assert outcome in words
    assert proves in words
    assert members["report.html"] == opened.page_of(members)
    assert case.verify().verdict == "VALID"


def test_what_is_withheld_is_counted_placed_and_told(opened, ledger, box):
    case = withholding(ledger)
    members = box.open(case.data())
    *_, words = opened.seen(members, ledger.trust_text)
    assert (
        f"all but 3, withheld: {', '.join(f'{n} (chosen)' for n in sorted(case.withheld))}" in words
    )
    assert words.count("withheld, not disclosed: chosen") == 3
    assert "No answers are here: of a part they would mislead." in words


def test_the_rest_of_the_log_is_told_to_be_elsewhere(opened, ledger, box):
    *_, words = opened.seen(box.open(of_an_incident(ledger).data()), ledger.trust_text)
    assert "nothing else in it bears on this is not shown" in words
    assert "The heads of streams are what the ledger signed" in words


# Twins: what the verifier finds in a file, its page finds.


def without(stream, which=0):
    """A case that leaves out one record of a stream."""

    def make(ledger):
        case = of_an_incident(ledger)
        name = next(s for s in case.streams if s.startswith(stream))
        left_out = positions(ledger, name)[which]
        case.shown = tuple(n for n in case.shown if n != left_out)
        return case

    return make


def without_head(make, stream):
    def made(ledger):
        case = make(ledger)
        case.heads = [case.tree.prove(s) for s in case.streams if not s.startswith(stream)]
        return case

    return made


def wrongly_proven(ledger):
    """A head that is the true one, with the path of another."""
    case = of_an_incident(ledger)
    first, *rest = [case.tree.prove(s) for s in case.streams]
    other = type(first)(first.head, first.nonce, rest[0].path)
    case.heads = [other, *rest]
    return case


def gone_on(ledger):
    """Heads that are not the last record."""
    tree = publish(ledger)
    ledger.append(ledger.record("PostChecked", "account/acc-9", "check", "per-1"))
    streams = ("keyring", "ledger", "person/per-1", "person/per-2")
    return Case(ledger, tree, "redacted", "full", {10: "chosen"}, (), streams)


def also_withheld(stream, which=0):
    def make(ledger):
        case = withholding(ledger)
        case.withheld[positions(ledger, stream)[which]] = "chosen"
        return case

    return make


def with_a_hole(ledger):
    """Of a stream a record is gone, and nothing withheld stands in its place."""
    gone = positions(ledger, "account/acc-1")[1]
    del ledger.entries[gone]
    ledger.disclosures.clear()
    return redacted(ledger, SIZE - 3)


def short_range(ledger):
    case = of_days(ledger)
    case.shown = tuple(n for n in case.shown if n != 15)
    return case


TWINS = {
    "a record of the incident is left out": without("incident"),
    "a registration is left out": without("person/per-1"),
    "the policy is left out": without("ledger"),
    "the last record is left out": without("ledger", -1),
    "the incident has no head": without_head(of_an_incident, "incident"),
    "the keyring has no head": without_head(withholding, "keyring"),
    "a head with the path of another": wrongly_proven,
    "the heads do not come last": gone_on,
    "a policy is withheld": also_withheld("ledger"),
    "a person's record is withheld": also_withheld("person/per-2"),
    "the first record is withheld": also_withheld("keyring"),
    "a hole where nothing is withheld": with_a_hole,
    "a record of the range is left out": short_range,
}


@pytest.mark.parametrize("name", TWINS)
def test_the_page_finds_what_the_verifier_finds(name, opened, ledger, box):
    case = TWINS[name](ledger)
    data = case.data()
    verdict, position, codes, _ = opened.seen(box.open(data), ledger.trust_text)
    report = verify(io.BytesIO(data), ledger.trust)
    assert (verdict, report.verdict) == ("invalid", "INVALID")
    if name == "the first record is withheld":  # nothing more can be said without its keys
        assert codes == ["keyring", "manifest_signature"]
        return
    assert sorted(codes) == sorted(f.code for f in report.findings)
    places = [f.position for f in report.findings if f.position is not None]
    assert position == min(places, default=None)


def test_the_hash_of_a_withheld_record_cannot_be_exchanged(opened, ledger, box):
    case = withholding(ledger)
    members, hidden = box.open(case.data()), sorted(case.withheld)[0]
    tile = members["tile/0/000.p/41"]
    other = tile[: 32 * hidden] + leaf_hash(b"?") + tile[32 * hidden + 32 :]
    changed = {**members, "tile/0/000.p/41": other}
    verdict, _, codes, _ = opened.seen(changed, ledger.trust_text)
    assert (verdict, set(codes)) == ("invalid", {"root_mismatch", "member_hash"})


def test_a_proof_of_another_place_turns_red_where_it_is(opened, ledger, box):
    case = of_an_incident(ledger)
    members, place = box.open(case.data()), case.shown[-2]
    name = f"records/{place}.tlog-proof"
    wrong = {**members, name: members[name].replace(b"index ", b"index 1")}
    verdict, position, codes, _ = opened.seen(wrong, ledger.trust_text)
    assert (verdict, position) == ("invalid", place)
    assert set(codes) == {"record_proof", "member_hash", "manifest_members"}


def test_a_manifest_that_shows_other_records_contradicts_the_page(opened, ledger, box):
    case = withholding(ledger)
    members = box.open(case.data())
    del case.withheld[max(case.withheld)]
    other, page = box.open(case.data()), members["report.html"]
    verdict, _, codes, _ = opened.seen(
        {**members, "manifest.json": other["manifest.json"]}, ledger.trust_text, page
    )
    assert verdict == "invalid"
    assert "report_differs" in codes


def test_of_a_kind_that_is_not_out_yet_the_page_says_that_it_is_older(opened, ledger, box):
    members = box.open(withholding(ledger).data())
    page = members["report.html"].replace(b'"kind":"redacted"', b'"kind":"abridged"', 1)
    (opened.folder / "report.html").write_bytes(page)
    with opened.browser.open(opened.folder / "report.html") as shown:
        assert shown.checked() == ("newer", None)
        assert shown.codes() == ["newer"]


@pytest.mark.parametrize(
    "change",
    [
        (b'"scope":"full"', b'"scope":"some"'),
        (b'"reason":"chosen"', b'"reason":"Chosen"'),
        (b'"withheld":[', b'"withheld":[7,'),
        (b'"kind":"redacted"', b'"kind":"complete"'),
        (b'"kind":"redacted"', b'"kind":"case"'),
    ],
)
def test_contents_of_another_form_turn_red(opened, ledger, box, change):
    members = box.open(withholding(ledger).data())
    page = members["report.html"].replace(*change, 1)
    assert page != members["report.html"]
    (opened.folder / "report.html").write_bytes(page)
    with opened.browser.open(opened.folder / "report.html") as shown:
        assert shown.checked() == ("invalid", None)
        assert shown.codes() == ["manifest_form"]
