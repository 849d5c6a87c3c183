"""What is no tampering: the same content in another zip, files of other sizes, kinds and moments."""

import io
import zipfile
from dataclasses import replace
from pathlib import Path

from stamper import Holder
from tampering import forge
from tampering.actor_rows import UNTOUCHED as ACTORS
from tampering.forge import case, other_school, packed, unpacked
from tampering.key_life_rows import HONEST
from tampering.key_rows import NEXT, changed_key
from tampering.log import REFUSAL, SEALED, SIZE
from tampering.rows import Part
from tampering.school import RUNNER
from tampering.stamp_rows import in_part, instead, timestamped, withholding
from tampering.trust_rows import kept, text_of, witnessed

from keys.signer import FileSigner
from ledger.proof.note import format_vkey, signature_line
from ledger.proof.policy import format_policy
from ledger.proof.record import sign_record, sign_root_statement
from ledger.proof.timestamps import TOLERANCE
from projections.semantics import all_answers

ZIP = Part("The same members in another zip")
FILES = Part("Other files of the same log")
LOGS = Part("Other logs")
TRUST = Part("Trust files and kept checkpoints")
STAMPS = Part("Timestamps")
LIFE = Part("Keys that come and go")
ABOVE = Holder("Above", "p384", ca=True)
VOUCHED = Holder("Vouched", "p256", ABOVE)
NOBODY = "T9"


def zipped(change=None, order=None, folders=(), kind="complete"):
    """The members zipped by the standard library; `change` sets what a zip may vary."""

    def make(f):
        members = f.members(kind)
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            for name in folders:
                archive.writestr(zipfile.ZipInfo(name), b"")
            for name in order(members) if order else members:
                info = zipfile.ZipInfo(name)
                if change is not None:
                    change(info)
                archive.writestr(info, members[name])
        return f.made(file.getvalue())

    return make


def setting(**attributes):
    def change(info):
        for name, value in attributes.items():
            setattr(info, name, value)

    return change


def by_size(info):
    info.compress_type = zipfile.ZIP_DEFLATED if len(info.filename) % 2 else zipfile.ZIP_STORED


def untouched(part, name, make=None):
    """Add a row; without `make` what follows is decorated."""
    return part.row(name, NOBODY, "VALID", "", None, make)


EXTRA = b"\x99\x99\x04\x00text"  # a field of a kind that nobody knows
FOLDERS = ("tile/", "tile/0/", "tile/entries/")

for name, make in (
    ("Zipped by another program", zipped()),
    ("Its members in the order of their names", zipped(order=sorted)),
    ("Its members the other way round", zipped(order=lambda m: sorted(m, reverse=True))),
    ("All members stored", zipped(setting(compress_type=zipfile.ZIP_STORED))),
    ("All members deflated", zipped(setting(compress_type=zipfile.ZIP_DEFLATED))),
    ("Some stored, some deflated", zipped(by_size)),
    ("Files dated in 1999", zipped(setting(date_time=(1999, 12, 31, 23, 59, 58)))),
    ("Files dated in 2107", zipped(setting(date_time=(2107, 12, 31, 0, 0, 0)))),
    ("Files that only their owner may read", zipped(setting(external_attr=0o100600 << 16))),
    ("Files marked as those of a Windows machine", zipped(setting(create_system=0, external_attr=0x20))),
    ("Files marked as those of a Unix machine", zipped(setting(create_system=3))),
    ("Files with a field that nobody knows", zipped(setting(extra=EXTRA))),
    ("Folders have entries of their own", zipped(folders=FOLDERS)),
    ("A folder that holds nothing", zipped(folders=("letters/",))),
    ("Redacted, zipped by another program", zipped(setting(compress_type=8), kind="redacted")),
    ("A case, zipped by another program", zipped(setting(compress_type=8), sorted, kind="case")),
    ("A case with folders", zipped(folders=("records/", "tile/"), kind="case")),
    ("Packed again by the ledger's own writer", lambda f: f.made(packed(f.members()))),
    ("Unpacked, and packed again twice", lambda f: f.made(packed(unpacked(packed(f.members()))))),
):  # fmt: skip
    untouched(ZIP, name, make)

for kind in (
    "complete",
    "complete, nothing disclosed",
    "redacted",
    "redacted, only what is restricted",
    "case",
    "account",
    "person",
    "days",
    "complete, later, one subject disclosed",
):
    untouched(FILES, f"As it was taken: {kind}", lambda f, kind=kind: f.made(f.log.files[kind]))

WHOLE = "complete, later, one subject disclosed"
for kind, whole in (
    *((kind, WHOLE) for kind in ("complete", "redacted", "case", "account", "person", "days")),
    ("case", "complete"),
    ("case", "redacted"),
    ("redacted, only what is restricted", "redacted"),
):
    untouched(
        FILES, f"A file beside the whole log: {kind}, beside {whole}",
        lambda f, kind=kind, whole=whole: f.made(f.log.files[kind], whole=f.log.files[whole]),
    )  # fmt: skip


GOLDEN = Path(__file__).resolve().parent.parent / "golden/edition-1"

for edition in (1, 2):
    untouched(
        FILES, f"A file that was written in format {edition}, edition 1, a rehearsal's",
        lambda f, edition=edition: f.made(
            (GOLDEN / f"evidence-{edition}.zip").read_bytes(),
            trust=(GOLDEN / "trust.policy").read_text("utf-8"),
            known=((GOLDEN / "checkpoint.a").read_bytes(),),
        ),
    )  # fmt: skip


def earlier(size):
    """The complete file of an earlier moment."""

    def make(f):
        del f.entries[size:]
        places = ("position", "erased_by")
        f.told = [line for line in f.told if all(line.get(n, 0) < size for n in places)]
        return f.made(f.rebuilt(), *range(1, size + 1, 7))

    return make


for size in (1, 2, 9, 16, 17):
    untouched(FILES, f"The file of the first {size} records", earlier(size))


@untouched(FILES, "Written again by the ledger, octet for octet")
def _(f):
    again = f.rebuilt(disclosed="all")
    assert again == f.log.files["complete"]
    return f.made(again)


@untouched(FILES, "A case made anew of the same records")
def _(f):
    return f.made(forge.case(f), 9, SIZE)


@untouched(FILES, "A redacted file made anew of the same records")
def _(f):
    return f.made(forge.redacted(f, REFUSAL, SEALED), 9, SIZE)


@untouched(FILES, "Only one value disclosed")
def _(f):
    f.told = [line for line in f.told if line["position"] == 17]
    return f.made(f.rebuilt())


@untouched(FILES, "Answers of the edition before")
def _(f):
    said = all_answers([f.record(n) for n in range(SIZE)], 1)
    return f.made(f.rebuilt(answers=said))


def grown(size):
    """A log of so many records: the account is looked at day by day."""

    def make(f):
        last = f.record(27)
        for n in range(SIZE, size):
            more = replace(last, id=f"check-{n}", streamversion=n - 25, time=last.time + n)
            more = replace(more, occurredat=more.time)
            f.entries.append(sign_record(more, [f.school.record_key]))
        return f.made(f.rebuilt(), 9, SIZE)

    return make


for size in (255, 256, 257):
    untouched(LOGS, f"A log of {size} records", grown(size))


OTHER = FileSigner("record", b"o" * 32)
untouched(LOGS, "A rehearsal, which says so", other_school(host="rehearsal"))
untouched(LOGS, "A log on a port of its own", other_school(host="school.example:8443"))
untouched(LOGS, "A school with another record key", other_school(record_key=OTHER))
untouched(LOGS, "A school with one root key more", other_school(
    roots=tuple(FileSigner("root", bytes([n]) * 32) for n in (1, 2, 3, 4))
))  # fmt: skip


@untouched(LOGS, "Opened by two of three root keys, as is enough")
def _(f):
    record = f.record(0)
    made = [sign_root_statement(record, root) for root in f.school.roots[:2]]
    made.sort(key=lambda value: value["signatures"][0]["keyid"])
    f.sign(0, approvals=tuple(made))
    return f.made(f.rebuilt())


untouched(
    LOGS, "The record key was changed, signed by the old one and the new", changed_key(None, NEXT)
)


@untouched(LOGS, "Two records recorded in the same second")
def _(f):
    f.sign(20, time=f.record(19).time)
    return f.made(f.rebuilt())


@untouched(LOGS, "Done by one, recorded by another")
def _(f):
    f.sign(20, doneby=RUNNER)
    return f.made(f.rebuilt())


def next_signature(f):
    more = FileSigner("checkpoint", b"n" * 32)
    text = text_of(f.log.notes[SIZE])
    return f.made(f.rebuilt(checkpoint_note=f.note() + signature_line(text, f.school.origin, more)))


def later_key(f):
    """The trust file names a key that signs since; the log admits the one that signed."""
    later = FileSigner("checkpoint", b"l" * 32)
    return f.made(
        f.log.files["complete"],
        trust=format_policy(format_vkey(f.school.origin, later.public_key)),
    )


for name, make in (
    ("A checkpoint of each size is known", lambda f: f.made(f.log.files["complete"], *range(1, SIZE + 1))),
    ("The checkpoint of the file itself is known", lambda f: f.made(f.log.files["complete"], SIZE)),
    ("The first checkpoint is known", lambda f: f.made(f.log.files["complete"], 1)),
    ("An older checkpoint is known of a redacted file", lambda f: f.made(f.log.files["redacted"], 9, SIZE, 29)),
    ("An older checkpoint is known of a case", lambda f: f.made(f.log.files["case"], 9, SIZE, 29, 31)),
    ("The same checkpoint is known twice", kept(lambda f: f.log.notes[9], lambda f: f.log.notes[9])),
    ("A known checkpoint whose signature was lost in copying", kept(lambda f: f.log.notes[9][:-12] + b"AAAAAAAAAAA\n")),
    ("Two witnesses of two saw it", witnessed("w1", "w2")),
    ("One witness of two saw it, and one is enough", witnessed("w2", quorum="one")),
    ("A signature more, of a key that nobody knows", next_signature),
    ("The trust file names a later key of the same log", later_key),
    ("The trust file has lines of remarks", lambda f: f.made(f.log.files["complete"], trust="# the governors' copy\n\n" + f.school.trust_text)),
):  # fmt: skip
    untouched(TRUST, name, make)

for name, make in (
    ("A timestamp by an authority that is named", timestamped()),
    ("A timestamp by an authority that nobody named", timestamped(named=())),
    ("A timestamp by an authority for which another vouches", timestamped(holder=VOUCHED, named=(ABOVE,))),
    ("A timestamp whose clock is ten minutes before the ledger's", timestamped(-TOLERANCE)),
    ("A timestamp whose clock is ten minutes after the ledger's", timestamped(TOLERANCE)),
    ("A timestamp in a redacted file", in_part(withholding)),
    ("A timestamp in a case", in_part(case)),
    ("Certificates of authorities that are given, and no timestamp", instead(lambda f, answer: {})),
):  # fmt: skip
    untouched(STAMPS, name, make)

for name, make in HONEST.items():
    untouched(LIFE, name, make)

PARTS = (ZIP, FILES, LOGS, TRUST, STAMPS, LIFE, ACTORS)
UNTOUCHED = [row for part in PARTS for row in part.rows]
