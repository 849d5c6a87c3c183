"""Files that do not show all records: redacted ones, those of a case, a person, a range of days."""

import json
from dataclasses import replace

from tampering import forge
from tampering.forge import other_school, packed
from tampering.log import REFUSAL, SEALED
from tampering.rows import Part
from tampering.school import DEPUTY, LEAD, RUNNER

from ledger.proof.dsse import Signature, envelope_bytes
from ledger.proof.encoding import canonical, plain_json
from ledger.proof.merkle import leaf_hash
from ledger.proof.record import RECORD_TYPE, open_record, sign_record
from ledger.proof.tiles import decode_bundle, encode_bundle

REDACTED = Part("Redacted files")
CASE = Part("Files of a case, a person, a range of days")
WHOLE = Part("A part beside the whole log (`--whole`)")
T2, T3, T9 = "T2", "T3", "T9"
VALID, MALFORMED, INVALID, WRONG = "VALID", "MALFORMED", "INVALID", "wrong usage"
SHOWN, TILE = "shown/000.p/29", "tile/0/000.p/29"


def shown(f):
    return decode_bundle(f.members("redacted")[SHOWN], 27)


def forged(data):
    """The same record under a signature of nobody's."""
    envelope = open_record(data)
    signed = [Signature(s.keyid, s.sig[:32] + bytes(32)) for s in envelope.signatures]
    return envelope_bytes(RECORD_TYPE, envelope.body, signed)


def redacted(change, by_ledger=True):
    """An operation on the members; the manifest is made to fit by whoever has the record key."""

    def make(f):
        members = {**f.members("redacted"), **change(f)}
        members = {name: data for name, data in members.items() if data is not None}
        return f.made(f.listed(members) if by_ledger else packed(members))

    return make


def with_records(change):
    """The records shown, in a list that `change` changes."""

    def make(f):
        entries = list(shown(f))
        change(entries)
        return {SHOWN: encode_bundle(entries)}

    return make


def exchange(entries):
    entries[10], entries[11] = entries[11], entries[10]


def tile(position, hash_):
    def make(f):
        data = f.members("redacted")[TILE]
        return {TILE: data[: 32 * position] + hash_ + data[32 * position + 32 :]}

    return make


def heads(kind, change):
    """heads.json with its list changed."""

    def make(f):
        said = json.loads(f.members(kind)["heads.json"])
        change(said["heads"])
        return {"heads.json": canonical(said)}

    return make


def head(listed, stream):
    return next(each for each in listed if each["stream"] == stream)


def older(listed):
    """The head of the record before."""
    head(listed, "person/stf-027").update(version=1)


for who, name, found, position, change in (
    (T3, "A shown record under a signature of nobody's", "record_signature", 10, with_records(lambda e: e.__setitem__(10, forged(e[10])))),
    (T3, "Two shown records change places", "tile_mismatch", 10, with_records(exchange)),
    (T3, "A shown record is left out, and nothing said", "bundle_form", None, with_records(lambda e: e.pop(10))),
    (T3, "The hash of a withheld refusal is exchanged", "root_mismatch", None, tile(REFUSAL, b"h" * 32)),
    (T3, "The hash of a withheld sealed act is exchanged", "root_mismatch", None, tile(SEALED, b"h" * 32)),
    (T3, "A head says that a person's stream is shorter", "head_proof", None, heads("redacted", older)),
    (T3, "A person's head is left out", "stream_not_proven", None, heads("redacted", lambda h: h.remove(head(h, "person/stf-027")))),
    (T3, "A head stands twice", "heads_form", None, heads("redacted", lambda h: h.append(h[-1]))),
    (T3, "A head with another nonce", "head_proof", None, heads("redacted", lambda h: h[0].update(nonce="A" * 43 + "="))),
):  # fmt: skip
    REDACTED.row(name, who, INVALID, found, position, redacted(change))

REDACTED.row("The heads of streams are taken out", T9, MALFORMED, "member_missing", None,
             redacted(lambda f: {"heads.json": None}, by_ledger=False))  # fmt: skip
REDACTED.row("The page of a redacted file is taken out", T9, MALFORMED, "member_missing", None,
             redacted(lambda f: {"report.html": None}, by_ledger=False))  # fmt: skip
REDACTED.row("The page of a redacted file is that of the complete one", T3, INVALID, "report_differs", None,
             redacted(lambda f: {"report.html": f.members()["report.html"]}))  # fmt: skip
REDACTED.row("The page of a redacted file gives another reason for what is withheld", T3, INVALID, "report_differs", None,
             redacted(lambda f: {"report.html": f.members("redacted")["report.html"].replace(b'"reason":"chosen"', b'"reason":"erased"', 1)}))  # fmt: skip
REDACTED.row("Answers are added, which would mislead", T3, MALFORMED, "member_unexpected", None,
             redacted(lambda f: {"answers.json": plain_json(f.answers())}))  # fmt: skip


@REDACTED.row("One record more is said to be withheld", T3, INVALID, "bundle_form")
def _(f):
    more = [{"position": n, "reason": "chosen"} for n in (REFUSAL, 20, SEALED)]
    return f.made(f.listed(f.members("redacted"), withheld=more))


@REDACTED.row("A policy is withheld, which never may be", T3, INVALID, "stream_incomplete")
def _(f):
    return f.made(withholding(f, 8))


@REDACTED.row("A registration is withheld, which never may be", T3, INVALID, "stream_incomplete")
def _(f):
    return f.made(withholding(f, 3))


@REDACTED.row("The last record, which commits to the heads, is withheld", T3, INVALID, "heads_missing")  # fmt: skip
def _(f):
    return f.made(withholding(f, 28))


def withholding(f, position):
    """A redacted file that withholds one position more, in all members alike."""
    places = [n for n in range(29) if n not in (REFUSAL, SEALED)]
    entries = [e for n, e in zip(places, shown(f), strict=True) if n != position]
    said = [{"position": n, "reason": "chosen"} for n in sorted((REFUSAL, SEALED, position))]
    told = b"".join(
        each + b"\n"
        for each in f.members("redacted")["disclosures.jsonl"].splitlines()
        if json.loads(each)["position"] != position
    )
    members = {**f.members("redacted"), SHOWN: encode_bundle(entries), "disclosures.jsonl": told}
    return f.listed(members, withheld=said)


def all_rebuilt(change, *withheld, kept=(), reason="chosen"):
    """An operation: records changed, heads and all else made anew, and these withheld."""

    def make(f):
        change(f)
        return f.made(forge.redacted(f, *withheld, reason=reason), *kept)

    return make


def destroying(*positions):
    """A record by the head teacher at the end, which says that these ranges were destroyed."""

    def change(f):
        by = f.record(8)
        ledger = f.versions("ledger")
        said = replace(
            by,
            id="gone-1",
            type="RecordsDestroyed",
            action="destroy_records",
            streamversion=ledger + 1,
            time=f.record(len(f.entries) - 1).time,
            occurredat=f.record(len(f.entries) - 1).time,
            fields={"positions": [list(pair) for pair in positions], "schedule_version": 1},
            sealed={},
            rules=f.record(len(f.entries) - 1).rules,
            catalogue=3,
        )
        f.entries.append(sign_record(said, [f.school.record_key]))

    return change


def own_approval(f):
    f.sign(14, actor=DEPUTY, actoroffices=("slt",))


for name, found, position, make in (
    ("A policy is withheld, and everything rebuilt", "stream_incomplete", None, all_rebuilt(lambda f: None, 8)),
    ("A registration is withheld, and everything rebuilt", "stream_incomplete", None, all_rebuilt(lambda f: None, 3)),
    ("The first record is withheld, and everything rebuilt", "keyring", 0, all_rebuilt(lambda f: None, 0)),
    ("An own approval in a redacted file, everything rebuilt", "duty_broken", 14, all_rebuilt(own_approval, SEALED)),
    ("A record whose fields make no sense, and after it one withheld", "record_fields", 14,
     all_rebuilt(lambda f: f.sign_fields(14, application={"id": "apl-01"}), SEALED)),
    ("A record whose fields make no sense, after one withheld", "record_fields", 25,
     all_rebuilt(lambda f: f.sign_fields(25, subject={"id": "vol-003"}), REFUSAL)),
    ("A sealed act is left out, not withheld; somebody kept a checkpoint", "inconsistent_with_known", None,
     all_rebuilt(lambda f: f.drop(SEALED), REFUSAL, kept=(27,))),
    ("A record is taken out from the middle of a stream, another withheld after it", "stream_version", 20,
     all_rebuilt(lambda f: f.drop(20), SEALED - 1)),
):  # fmt: skip
    REDACTED.row(name, "T2", INVALID, found, position, make)

for name, found, position, change, gone in (
    ("A refusal is said to be past retention, and no record destroyed it", "not_destroyed", REFUSAL, lambda f: None, REFUSAL),
    ("A refusal is said to be past retention, and another record was destroyed", "not_destroyed", REFUSAL, destroying((20, 20)), REFUSAL),
    ("A registration is said to be past retention, and a record says that it destroyed it", "stream_incomplete", None, destroying((3, 3)), 3),
    ("A policy is said to be past retention, and a record says that it destroyed it", "stream_incomplete", None, destroying((8, 8)), 8),
    ("The first record is said to be past retention, and a record says that it destroyed it", "keyring", 0, destroying((0, 0)), 0),
    ("A record says that it destroyed what comes after it", "not_destroyed", 28, destroying((REFUSAL, REFUSAL), (40, 41)), REFUSAL),
):  # fmt: skip
    REDACTED.row(name, T2, INVALID, found, position, all_rebuilt(change, gone, reason="retention"))

REDACTED.row(
    "A refusal is destroyed under retention by a record of the ledger's, though nobody had to", T2, VALID,
    "records 13 destroyed by record 28 under retention", None,
    all_rebuilt(destroying((REFUSAL, REFUSAL)), REFUSAL, reason="retention"),
)  # fmt: skip
REDACTED.row(
    "An own approval in a redacted file that withholds a refusal before it; nobody kept a checkpoint", T2, INVALID,
    "duty_broken", 14, all_rebuilt(own_approval, REFUSAL),
)  # fmt: skip
REDACTED.row(
    "An own approval in a redacted file that withholds who applied; nobody kept a checkpoint", T2, VALID,
    "replayed; not disclosed at 14", None, all_rebuilt(own_approval, 12),
)  # fmt: skip


@REDACTED.row("A redacted file is said to be complete", T3, INVALID, "manifest_form")
def _(f):
    return f.made(f.listed(f.members("redacted"), kind="complete"))


@REDACTED.row("What was withheld was another refusal; somebody kept a checkpoint", T2, INVALID, "inconsistent_with_known")  # fmt: skip
def _(f):
    other = f.note(29, root=b"r" * 32)
    return f.made(f.log.files["redacted"], known=(other.replace(b"\n28\n", b"\n29\n"),))


@REDACTED.row("The manifest of a redacted file cannot be read", T9, INVALID, "manifest_form")
def _(f):
    return f.made(f.changed("redacted", **{"manifest.json": b"{}"}))


# Cases


def case(change, kind="case", by_ledger=True, **said):
    """An operation on the members of a case."""

    def make(f):
        members = {**f.members(kind), **change(f)}
        members = {name: data for name, data in members.items() if data is not None}
        return f.made(f.listed(members, **said) if by_ledger else packed(members))

    return make


def proof(position, change):
    name = f"records/{position}.tlog-proof"
    return lambda f: {name: change(f, f.members("case")[name])}


def without(position, kind="case"):
    """A record and its proof are left out of the file, and of the manifest's list."""

    def make(f):
        members = f.members(kind)
        told = members["disclosures.jsonl"].splitlines(keepends=True)
        rest = b"".join(each for each in told if json.loads(each)["position"] != position)
        names = (f"records/{position}.json", f"records/{position}.tlog-proof")
        members = {name: data for name, data in members.items() if name not in names}
        said = sorted(
            int(n[8:-5]) for n in members if n.startswith("records/") and n[-5:] == ".json"
        )
        members = {**members, "disclosures.jsonl": rest}
        page = forge.page_of(members, shown=said)
        return f.made(f.listed({**members, "report.html": page}, shown=said))

    return make


def other_path(f, data):
    lines = data.split(b"\n")
    return b"\n".join([*lines[:2], b"A" * 43 + b"=", *lines[3:]])


def in_place_of(position, other):
    """The record of another position, with its own proof, in the place of one."""

    def make(f):
        members = f.members("case")
        return {f"records/{position}.{end}": members[f"records/{other}.{end}"] for end in ("json", "tlog-proof")}  # fmt: skip

    return make


CHANGED_RECORD = lambda f: {"records/17.json": forged(f.members("case")["records/17.json"])}  # noqa: E731

for who, name, found, position, make in (
    (T3, "A record of the case under a signature of nobody's", "record_signature", 17, case(CHANGED_RECORD)),
    (T3, "The same, seen by its proof", "record_proof", 17, case(CHANGED_RECORD)),
    (T3, "A hash in the proof of a record is another", "record_proof", 17, case(proof(17, other_path))),
    (T3, "A proof that is too short", "record_proof", 17, case(proof(17, lambda f, d: b"\n".join(d.split(b"\n")[:2] + d.split(b"\n")[3:])))),
    (T3, "A proof of another position", "record_proof", 17, case(proof(17, lambda f, d: d.replace(b"index 17", b"index 18")))),
    (T3, "A proof under an earlier checkpoint", "record_proof", 17, case(proof(17, lambda f, d: d[: d.index(b"\n\n") + 2] + f.log.notes[29]))),
    (T3, "A proof with a line of somebody's own", "record_proof", 17, case(proof(17, lambda f, d: d.replace(b"index", b"extra AAAA\nindex")))),
    (T3, "A proof of no form", "record_proof", 17, case(proof(17, lambda f, d: b"proven\n"))),
    (T3, "A record of the case in the place of another", "record_proof", 17, case(in_place_of(17, 18))),
    (T3, "The assessment is left out of the case", "stream_incomplete", None, without(18)),
    (T3, "The report is left out of the case", "stream_incomplete", None, without(17)),
    (T3, "The registration of somebody who acts is left out", "stream_incomplete", None, without(5)),
    (T3, "The policy is left out of the case", "stream_incomplete", None, without(8)),
    (T3, "The last record, which commits to the heads, is left out", "heads_missing", None, without(30)),
    (T3, "The head of the incident says that there is less", "head_proof", None, case(heads("case", lambda h: head(h, "incident/inc-01").update(version=1)))),
    (T3, "The head of the incident is left out", "stream_not_proven", None, case(heads("case", lambda h: h.remove(head(h, "incident/inc-01"))))),
    (T3, "The case is said to be of another incident", "stream_not_proven", None, case(lambda f: {}, scope={"incident": "inc-02"})),
    (T3, "The case of an incident is said to be one of an account", "stream_not_proven", None, case(lambda f: {}, scope={"account": "fb-main"})),
    (T3, "The case is said to be about nothing", "manifest_form", None, case(lambda f: {}, scope={})),
    (T3, "What was agreed about the account is left out of its file", "stream_incomplete", None, without(14, "account")),
    (T3, "A head of the password's stream is left out", "stream_not_proven", None, case(heads("account", lambda h: h.remove(head(h, "credential/fb-main"))), "account")),
    (T3, "A record about a person is left out of their file", "stream_incomplete", None, without(9, "person")),
    (T3, "A person's file is said to be somebody else's", "answer_differs", None, case(lambda f: {}, "person", scope={"person": "stf-032"})),
    (T3, "A day's record is left out of a range of days", "range_incomplete", 16, without(16, "days")),
    (T3, "A range is said to end a week later", "range_incomplete", 19, case(lambda f: {}, "days", scope={"from": "2026-09-08T00:00:00Z", "to": "2026-09-22T00:00:00Z"})),
    (T3, "A value of the case is another", "commitment", 17, case(lambda f: {"disclosures.jsonl": f.members("case")["disclosures.jsonl"].replace(b"Abusive", b"Playful")})),
    (T3, "A value of a record that the case does not show", "disclosure_form", 3, case(lambda f: {"disclosures.jsonl": f.members()["disclosures.jsonl"]})),
):  # fmt: skip
    CASE.row(name, who, INVALID, found, position, make)


def whole_case(change):
    """An operation: records changed, and the case of the incident made anew of them."""

    def make(f):
        change(f)
        return f.made(forge.case(f))

    return make


for name, found, position, change in (
    ("Fields in a case that make no sense", "record_fields", 18, lambda f: f.sign_fields(18, involve=[{"id": LEAD}])),
    ("The same: what belongs to the case cannot be told", "stream_not_proven", None, lambda f: f.sign_fields(18, involve=[{"id": LEAD}])),
):  # fmt: skip
    CASE.row(name, "T2", INVALID, found, position, whole_case(change))


def assessed_by_runner(f):
    f.sign(18, actor=RUNNER, actoroffices=())


CASE.row(
    "An assessment by somebody without an office, the case made anew; somebody kept a checkpoint", "T2", INVALID,
    "inconsistent_with_known", None, lambda f: (assessed_by_runner(f), f.made(forge.case(f), 20))[1],
)  # fmt: skip
CASE.row(
    "An assessment by somebody without an office, the case made anew; nobody kept a checkpoint", T2, INVALID,
    "duty_broken", 18, whole_case(assessed_by_runner),
)  # fmt: skip


@CASE.row("The timeline of the case is another", T3, INVALID, "answer_differs")
def _(f):
    said = json.loads(f.members("case")["answers.json"])
    said["answers"]["/v1/incidents/inc-01/timeline"]["answer"].pop()
    return case(lambda f: {"answers.json": plain_json(said)})(f)


for who, name, verdict, found, make in (
    (T9, "A record of the case is taken out of the zip", MALFORMED, "member_missing", case(lambda f: {"records/18.json": None}, by_ledger=False)),
    (T9, "A proof is taken out of the zip", MALFORMED, "member_missing", case(lambda f: {"records/18.tlog-proof": None}, by_ledger=False)),
    (T9, "A record is added to the case", MALFORMED, "member_unexpected", case(lambda f: {"records/19.json": f.entries[19]}, by_ledger=False)),
    (T9, "The manifest of a case cannot be read", INVALID, "manifest_form", case(lambda f: {"manifest.json": b"{}"}, by_ledger=False)),
    (T3, "The hash of a record that is not shown is exchanged", INVALID, "root_mismatch",
     case(lambda f: {"tile/0/000.p/31": f.members("case")["tile/0/000.p/31"][:640] + leaf_hash(b"?") + f.members("case")["tile/0/000.p/31"][672:]})),
):  # fmt: skip
    CASE.row(name, who, verdict, found, None, make)


def other_page(f, kind="account"):
    """The page of another case of the same log."""
    return {"report.html": f.members(kind)["report.html"]}


def page_without_receipt(f):
    """The page of the case, with one receipt twice and another nowhere."""
    members = f.members("case")
    swapped = {**members, "records/17.tlog-proof": members["records/18.tlog-proof"]}
    return {"report.html": forge.page_of(swapped)}


for who, name, verdict, found, make in (
    (T9, "The page of a case is taken out", MALFORMED, "member_missing", case(lambda f: {"report.html": None}, by_ledger=False)),
    (T3, "The page of a case is that of another one", INVALID, "report_differs", case(other_page)),
    (T3, "The page of a case shows another receipt", INVALID, "report_differs", case(page_without_receipt)),
    (T3, "The page of a person's file is that of a case", INVALID, "report_differs", case(other_page, "person")),
    (T9, "A letter of the page of a case is changed", INVALID, "member_hash",
     case(lambda f: {"report.html": f.members("case")["report.html"].replace(b"does not hold", b"does hold, so", 1)}, by_ledger=False)),
):  # fmt: skip
    CASE.row(name, who, verdict, found, None, make)


@CASE.row("Somebody kept another checkpoint than the one the case ends in", "T12", INVALID, "inconsistent_with_known")  # fmt: skip
def _(f):
    other = f.note(9, root=b"r" * 32)
    return f.made(f.log.files["case"], known=(other,))


# A part beside the whole log


def beside(kind, whole):
    """An operation: a file as it was taken, beside another."""
    return lambda f: f.made(f.log.files[kind], whole=f.log.files[whole])


def made_beside(make, change=None):
    """An operation: a file made anew, beside the whole log in which it lies, `change`d."""

    def operation(f):
        told = list(f.told)
        part = make(f)
        f.told = told
        if change is not None:
            change(f)
        return f.made(part, whole=f.rebuilt())

    return operation


def denying(f):
    """The case under a root over false heads, which deny the assessment."""
    return forge.case(f, denied=(18,))


def withheld_too(f):
    """The same, beside a redacted file in which nobody sees the assessment either."""
    part = denying(f)
    f.told = [line for line in f.log.told if line["position"] != 18]
    return f.made(part, whole=forge.redacted(f, 18))


def the_day_before(f):
    """The same, beside the complete file of a moment at which the assessment was to come."""
    part = denying(f)
    del f.entries[18:]
    f.told = [t for t in f.log.told if max(t["position"], t.get("erased_by", 0)) < 18]
    return f.made(part, whole=f.rebuilt())


def damaged(f):
    """A case beside a whole log of which an octet was changed on the way."""
    changed = f.bundle([*f.entries[:14], forged(f.entries[14]), *f.entries[15:]])
    return f.made(f.log.files["case"], whole=f.changed(**changed))


def another_school(f):
    """A case beside the whole log of a school that has other keys."""
    ours = f.made(f.log.files["case"])
    return replace(ours, whole=other_school(host="other.example.org")(f).file)


LATER = "complete, later, one subject disclosed"


def alone(make):
    """An operation: what `make` gives, beside the whole log as it was taken later."""
    return lambda f: replace(make(f), whole=f.log.files[LATER])


def another_history(f):
    """The case as it was taken, beside a log that tells of another decision."""
    f.entries = list(f.log.entries)
    f.sign(23, actor=DEPUTY, actoroffices=("slt",))
    return f.made(f.log.files["case"], whole=f.rebuilt())


for name, who, verdict, found, position, make in (
    ("Heads that deny the assessment are committed to, in a case without it; no whole log", T2, VALID,
     "of 6 streams no entry is missing", None, lambda f: f.made(denying(f))),
    ("The same, beside the whole log", T2, INVALID, "left_out", 18, made_beside(denying)),
    ("The same, beside a redacted log that withholds the assessment", T2, VALID,
     "not known of 1 records that neither file shows", None, withheld_too),
    ("The same, beside the whole log of the day before", T2, VALID,
     "not known of 10 records that it was taken before", None, the_day_before),
    ("Somebody's training is left out of their file; no whole log", T3, VALID,
     "records of other streams, of which there may be more", None, without(11, "person")),
    ("The same file without the training, beside the whole log", T3, INVALID, "left_out", 11, alone(without(11, "person"))),
    ("A case beside the whole log that somebody else was shown", "T12", INVALID, "whole_differs", 23, another_history),
    ("A case that does not hold, beside the whole log", T3, INVALID, "stream_incomplete", None, alone(without(18))),
    ("Beside another case in place of the whole log", T9, WRONG, "shows a part of the log", None, beside("case", "account")),
    ("Beside a whole log in which an octet is another", T9, WRONG, "is INVALID", None, damaged),
    ("Beside the whole log of another school", T9, WRONG, "is of another log", None, another_school),
):  # fmt: skip
    WHOLE.row(name, who, verdict, found, position, make)
