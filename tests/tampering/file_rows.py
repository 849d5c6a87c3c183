"""What anybody can do to a file on its way: no key is needed."""

import json
from dataclasses import replace

from tampering.forge import STRANGER, Forger, packed, unpacked
from tampering.log import SIZE
from tampering.rows import Part
from tampering.school import School

from keys.signer import FileSigner
from ledger.proof.curve import L
from ledger.proof.dsse import Signature, envelope_bytes
from ledger.proof.encoding import canonical, plain_json
from ledger.proof.record import RECORD_TYPE, open_record, sign_record

ZIP = Part("The file as a zip")
MEMBERS = Part("Members of the file")
RECORDS = Part("Records changed by somebody without a key")
T9, MALFORMED, INVALID = "T9", "MALFORMED", "INVALID"


def raw(change):
    """An operation on the octets of the complete file."""
    return lambda f: f.made(change(f.log.files["complete"]))


def patched(data, at, octets):
    return data[:at] + octets + data[at + len(octets) :]


def central(data):
    """Where the zip's directory begins."""
    return int.from_bytes(data[-6:-2], "little")


def twice(data):
    """README.txt twice in the directory: its entry is repeated."""
    begin, end = central(data), len(data) - 22
    entry = data[begin : data.index(b"PK\x01\x02", begin + 4)]
    count = (int.from_bytes(data[-12:-10], "little") + 1).to_bytes(2, "little")
    size = (end - begin + len(entry)).to_bytes(4, "little")
    tail = data[end : end + 8] + count + count + size + data[-6:]
    return data[:end] + entry + tail


for name, change in (
    ("Nothing is left of the file", lambda data: b""),
    ("A letter is sent in place of the file", lambda data: b"To whom it may concern\n" * 40),
    ("The second half of the file is missing", lambda data: data[: len(data) // 2]),
    ("The last octet of the file is missing", lambda data: data[:-1]),
    ("A program is put before the zip", lambda data: b"#!/bin/sh\n" + data),
    ("A comment is put behind the zip", lambda data: data[:-2] + b"\x05\x00hello"),
    ("README.txt stands in the zip twice", twice),
    ("The zip says that README.txt is encrypted", lambda data: patched(data, 6, b"\x01")),
    ("The two headers of README.txt differ", lambda data: patched(data, central(data) + 16, b"?")),
    ("A number of members that is not theirs", lambda data: patched(data, len(data) - 12, b"\x06\x00\x06\x00")),
    ("The directory begins elsewhere", lambda data: patched(data, len(data) - 6, b"\x00\x00\x00\x00")),
):  # fmt: skip
    ZIP.row(name, T9, MALFORMED, "container", None, raw(change))


@ZIP.row("A second README that differs in case", T9, MALFORMED, "container")
def _(f):
    return f.made(f.changed(**{"readme.TXT": b"read me"}))


@ZIP.row("A member whose packed octets were changed", T9, INVALID, "member_damaged")
def _(f):
    data = f.log.files["complete"]
    at = data.index(b"disclosures.jsonl") + 60
    return f.made(patched(data, at, bytes([data[at] ^ 255])))


# Members

for name, missing in (
    ("README.txt is taken out", "README.txt"),
    ("The manifest is taken out", "manifest.json"),
    ("The checkpoint is taken out", "checkpoint"),
    ("The records are taken out", f"tile/entries/000.p/{SIZE}"),
    ("The hash tile is taken out", f"tile/0/000.p/{SIZE}"),
    ("The answers are taken out", "answers.json"),
    ("The disclosures are taken out", "disclosures.jsonl"),
    ("The page for people is taken out", "report.html"),
):
    MEMBERS.row(
        name, T9, MALFORMED, "member_missing", None,
        lambda f, missing=missing: f.made(f.changed(**{missing: None})),
    )  # fmt: skip

for name, more in (
    ("A letter is added to the file", "letter.pdf"),
    ("Heads of streams are added, which a complete file does not have", "heads.json"),
    ("A tile of a larger tree is added", "tile/0/001"),
    ("A member with a way out of the folder", "../trust.policy"),
):
    MEMBERS.row(
        name, T9, MALFORMED, "member_unexpected", None,
        lambda f, more=more: f.made(f.changed(**{more: b"?"})),
    )  # fmt: skip


@MEMBERS.row("README.txt says something else", T9, INVALID, "member_hash")
def _(f):
    return f.made(f.changed(**{"README.txt": b"Nothing need be checked.\n"}))


@MEMBERS.row("README.txt is that of another kind of file", T9, INVALID, "readme")
def _(f):
    return f.made(f.changed(**{"README.txt": f.members("redacted")["README.txt"]}))


@MEMBERS.row("The page for people says something else", T9, INVALID, "manifest_members")
def _(f):
    page = f.members()["report.html"].replace(b"</title>", b", all well</title>", 1)
    return f.made(f.changed(**{"report.html": page}))


@MEMBERS.row("A value that was disclosed is changed", T9, INVALID, "commitment", 17)
def _(f):
    told = f.members()["disclosures.jsonl"].replace(b"Abusive remarks", b"Harmless jokes.")
    return f.made(f.changed(**{"disclosures.jsonl": told}))


@MEMBERS.row("What was disclosed is withheld again", T9, INVALID, "member_hash")
def _(f):
    return f.made(f.changed(**{"disclosures.jsonl": b""}))


@MEMBERS.row("An answer is changed", T9, INVALID, "answer_differs")
def _(f):
    said = json.loads(f.members()["answers.json"])
    said["answers"]["/v1/refusals"]["answer"]["counts"] = {}
    return f.made(f.changed(**{"answers.json": plain_json(said)}))


@MEMBERS.row("The page is another one", T9, INVALID, "report_differs")
def _(f):
    page = f.members()["report.html"].replace(b"does not hold", b"does hold, so", 1)
    return f.made(f.changed(**{"report.html": page}))


@MEMBERS.row("A space is put into the manifest", T9, INVALID, "manifest_form")
def _(f):
    data = f.members()["manifest.json"]
    return f.made(f.changed(**{"manifest.json": data.replace(b'","', b'", "', 1)}))


@MEMBERS.row("The manifest lists a name twice", T9, INVALID, "manifest_form")
def _(f):
    data = f.members()["manifest.json"]
    return f.made(f.changed(**{"manifest.json": data[:-1] + b',"signatures":[]}'}))


@MEMBERS.row("A well signed record stands in place of the manifest", T9, INVALID, "manifest_form")
def _(f):
    return f.made(f.changed(**{"manifest.json": f.entries[5]}))


@MEMBERS.row("The manifest of another file", T9, INVALID, "manifest_members")
def _(f):
    other = f.members("complete, nothing disclosed")["manifest.json"]
    return f.made(f.changed(**{"manifest.json": other}))


@MEMBERS.row("A fitting manifest, signed by a stranger", T9, INVALID, "manifest_signature")
def _(f):
    members = {**f.members(), "disclosures.jsonl": b""}
    return f.made(f.listed(members, STRANGER))


@MEMBERS.row("A fitting manifest under the signature of the true one", T9, INVALID, "manifest_signature")  # fmt: skip
def _(f):
    members = {**f.members(), "disclosures.jsonl": b""}
    old = json.loads(members["manifest.json"])
    made = f.listed(members, STRANGER)
    held = unpacked(made)
    value = {**json.loads(held["manifest.json"]), "signatures": old["signatures"]}
    return f.made(packed({**held, "manifest.json": canonical(value)}))


@MEMBERS.row("Neither manifest nor checkpoint can be read", T9, MALFORMED, "not_evidence")
def _(f):
    return f.made(f.changed(**{"manifest.json": b"{}", "checkpoint": b"?"}))


@MEMBERS.row("A stranger says that the file is of a later format", T9, MALFORMED, "newer")
def _(f):
    return f.made(f.listed(f.members(), STRANGER, format=99))


# Records


def entry(position, change):
    """An operation on the octets of one record, the rest left as it is."""

    def make(f):
        f.entries[position] = change(f.entries[position])
        return f.made(f.changed(**f.bundle(f.entries)))

    return make


def flipped(data):
    """One letter of what the record says, in base64."""
    at = data.index(b'"payload":"') + 400
    return patched(data, at, b"B" if data[at : at + 1] != b"B" else b"C")


def under_signature(data, change):
    """The record with its signature octets changed."""
    envelope = open_record(data)
    signed = [Signature(s.keyid, change(s.sig)) for s in envelope.signatures]
    return envelope_bytes(RECORD_TYPE, envelope.body, signed)


def other_scalar(sig):
    """The same signature in its second spelling, S + L, which a lax verifier takes too."""
    return sig[:32] + (int.from_bytes(sig[32:], "little") + L).to_bytes(32, "little")


def trailing(data):
    """Bits beyond the last octet, which a lax decoder of base64 ignores."""
    at = data.index(b'=="}]') - 1
    letter = data[at : at + 1]
    return patched(data, at, {b"A": b"B", b"Q": b"R", b"g": b"h", b"w": b"x"}[letter])


for name, found, change in (
    ("One letter of a record is changed", "record_signature", flipped),
    ("A record is signed with nothing but zeros", "record_signature",
     lambda data: under_signature(data, lambda sig: bytes(64))),
    ("A signature in its second spelling", "record_signature",
     lambda data: under_signature(data, other_scalar)),
    ("A signature whose base64 has loose bits", "record_form", trailing),
    ("A space is put into a record", "record_form",
     lambda data: data.replace(b'":"', b'": "', 1)),
    ("A record has a name twice", "record_form",
     lambda data: data[:-1] + b',"signatures":[]}'),
    ("A record is said to be a manifest", "record_form",
     lambda data: data.replace(b"cloudevents", b"vnd.handledger.manifest")),
    ("A record is emptied", "record_form", lambda data: b"{}"),
    ("A record is no text", "record_form", lambda data: b"\xff" * 90),
    ("A record is said to be by a key that nobody admitted", "key_not_valid",
     lambda data: data.replace(json.loads(data)["signatures"][0]["keyid"].encode(), b"0" * 32)),
):  # fmt: skip
    RECORDS.row(name, T9, INVALID, found, 14, entry(14, change))


@RECORDS.row("The very first record has another signature", T9, INVALID, "record_signature", 0)
def _(f):
    f.entries[0] = under_signature(f.entries[0], lambda sig: sig[:32] + bytes(32))
    return f.made(f.changed(**f.bundle(f.entries)))


@RECORDS.row("Two records change places", T9, INVALID, "tile_mismatch", 14)
def _(f):
    f.entries[14], f.entries[15] = f.entries[15], f.entries[14]
    return f.made(f.changed(**f.bundle(f.entries)))


@RECORDS.row("A record is replaced by another, which stands twice", T9, INVALID, "duplicate_event_id", 18)  # fmt: skip
def _(f):
    f.entries[18] = f.entries[17]
    return f.made(f.changed(**f.bundle(f.entries)))


@RECORDS.row("A record is taken out and nothing else done", T9, INVALID, "bundle_form")
def _(f):
    return f.made(f.changed(**f.bundle(f.entries[:20] + f.entries[21:])))


@RECORDS.row("A record that a stranger signed is put in", T9, INVALID, "key_not_valid", 20)
def _(f):
    f.entries[20] = sign_record(f.record(20), [STRANGER])
    return f.made(f.changed(**f.bundle(f.entries)))


@RECORDS.row("One hash of the tree is changed", T9, INVALID, "tile_mismatch", 9)
def _(f):
    name = f"tile/0/000.p/{SIZE}"
    data = f.members()[name]
    return f.made(f.changed(**{name: patched(data, 9 * 32, b"?")}))


@RECORDS.row("A hash of the tree is missing", T9, INVALID, "tile_mismatch", 27)
def _(f):
    name = f"tile/0/000.p/{SIZE}"
    return f.made(f.changed(**{name: f.members()[name][:-32]}))


@RECORDS.row("A whole log of a forger, under the name of the school's", T9, INVALID, "keyring", 0)
def _(f):
    forged, origin = forger(f), f.school.origin
    forged.entries = [sign_record(replace(forged.record(n), source=origin), [STRANGER])
                      for n in range(SIZE)]  # fmt: skip
    forged.told = []
    return f.made(forged.rebuilt(signer=STRANGER, checkpoint_note=forged.note(signer=FORGED_LOG)))


@RECORDS.row("A whole log of a forger, under a name of its own", T9, INVALID, "checkpoint_untrusted")  # fmt: skip
def _(f):
    forged = forger(f)
    note = forged.note(signer=FORGED_LOG, origin=FORGED.origin)
    return f.made(forged.rebuilt(signer=STRANGER, checkpoint_note=note, origin=FORGED.origin))


FORGED_LOG = FileSigner("checkpoint", b"y" * 32)
FORGED = School(
    None,
    record_key=STRANGER,
    log_key=FORGED_LOG,
    roots=tuple(FileSigner("root", bytes([n]) * 32) for n in (7, 8, 9)),
)


def forger(f: Forger) -> Forger:
    """The same story in a log with roots and keys of the forger's own."""
    made = Forger(f.log)
    first = made.record(0)
    genesis = FORGED.keyring([STRANGER, FORGED_LOG], first.time, first.id)
    said = [replace(made.record(n), source=FORGED.origin) for n in range(1, SIZE)]
    made.entries = [sign_record(record, [STRANGER]) for record in (genesis, *said)]
    made.told = []
    return made
