"""Timestamps: tokens of others, of something else, and clocks that a token contradicts."""

from dataclasses import replace
from hashlib import sha256

from stamper import Holder, stamped
from tampering.forge import case, packed, redacted, unpacked
from tampering.log import REFUSAL, SIZE
from tampering.rows import Part
from tampering.trust_rows import text_of

from ledger.proof.form import TIMESTAMP_TYPE
from ledger.proof.instants import format_instant
from ledger.proof.record import sign_record
from ledger.proof.timestamp import imprint

STAMPS = Part("Timestamps")
T2, T8, T9, INVALID, SUSPECT = "T2", "T8", "T9", "INVALID", "SUSPECT"
DAY = 86_400
AUTHORITY, STRANGER = Holder(), Holder(kind="p256")  # of one name
OWN = "0 by an authority that you named"


def put_on_record(f, answer, seconds, size=None, **change):
    """Append the record that names a token over the first `size` records, by default over all."""
    size, last = size or len(f.entries), f.record(len(f.entries) - 1)
    fields = {
        "at": format_instant(seconds),
        "root": f.root(size).hex(),
        "size": size,
        "token": sha256(answer).hexdigest(),
    }
    said = replace(
        last,
        id="stamp",
        type=TIMESTAMP_TYPE,
        subject="ledger",
        streamversion=f.versions("ledger") + 1,
        action="timestamp_checkpoint",
        actor="system",
        actoroffices=(),
        doneby=None,
        irregular=None,
        sealed={},
        occurredat=last.time,
        fields={**fields, **change},
    )
    f.entries.append(sign_record(said, [f.school.record_key]))


def token(f, after=0, holder=AUTHORITY, **fault):
    """A token over all records so far, so many seconds after the last, and its time."""
    at = f.record(len(f.entries) - 1).time + after
    return stamped(holder, imprint(text_of(f.note())), at, **fault), at


def timestamped(after=0, holder=AUTHORITY, spoil=None, named=(AUTHORITY,), fields=None, **fault):
    """An operation: the log is timestamped, the token put on record and into the file."""

    def make(f):
        answer, at = token(f, after, holder, **fault)
        answer = spoil(f, answer) if spoil else answer
        put_on_record(f, answer, at, **(fields or {}))
        return stamped_file(f, {SIZE: answer}, named)

    return make


def stamped_file(f, tokens, named=(AUTHORITY,)):
    return f.made(f.rebuilt(timestamps=tokens), authorities=tuple(h.pem for h in named))


def in_part(write, after=0, **fault):
    """An operation: the same with a file that `write` makes, of a part of the log."""

    def make(f):
        answer, at = token(f, after, **fault)
        put_on_record(f, answer, at)
        return f.made(write(f, timestamps={SIZE: answer}), authorities=(AUTHORITY.pem,))

    return make


def withholding(f, **more):
    return redacted(f, REFUSAL, **more)


def instead(change, named=(AUTHORITY,)):
    """An operation: other tokens lie in the file than were put on record."""

    def make(f):
        answer, at = token(f)
        put_on_record(f, answer, at)
        return stamped_file(f, change(f, answer), named)

    return make


def of_another(f, answer):
    return stamped(AUTHORITY, imprint(text_of(f.note(SIZE - 1))), f.record(SIZE - 1).time)


OTHER_TIME = {"at": "2026-01-01T00:00:00Z"}
FORM, SIGNATURE, DIFFERS = "timestamp_form", "timestamp_signature", "timestamp_differs"

for name, who, verdict, found, at, make in (
    ("What is no token is put on record", T2, INVALID, FORM, None, timestamped(spoil=lambda f, a: b"no token")),
    ("A refusal of the authority is put on record", T2, INVALID, FORM, None, timestamped(status=2)),
    ("A token is cut short", T2, INVALID, FORM, None, timestamped(spoil=lambda f, a: a[:-1])),
    ("A token without the authority's certificate", T2, INVALID, FORM, None, timestamped(listed=[])),
    ("The time in a token is another, its signature left", T2, INVALID, SIGNATURE, None,
     timestamped(spoil=lambda f, a: a.replace(b"Z\x02\x01\x07", b"Z\x02\x01\x08"))),
    ("A token signed by a stranger under the authority's certificate", T2, INVALID, SIGNATURE, None,
     timestamped(signature=bytes(256))),
    ("A token by a certificate that is not for timestamps", T2, INVALID, SIGNATURE, None,
     timestamped(holder=Holder("School", purpose=None))),
    ("A token whose signature is over another message", T2, INVALID, SIGNATURE, None, timestamped(hashed=b"another")),
    ("A token that names another certificate than it was made with", T2, INVALID, SIGNATURE, None,
     timestamped(of_certificate=b"another")),
    ("A token from before its certificate was in force", T2, INVALID, SIGNATURE, None, timestamped(-20 * 365 * DAY)),
    ("A token over another checkpoint is put on record as over this one", T2, INVALID, "timestamp_imprint", SIZE,
     timestamped(spoil=of_another)),
    ("A record says another time than its token", T2, INVALID, DIFFERS, SIZE, timestamped(fields=OTHER_TIME)),
    ("A record says that the token is over a root that never was", T2, INVALID, DIFFERS, None,
     timestamped(fields={"root": "0" * 64})),
    ("A token is exchanged for another by the same authority", T2, INVALID, DIFFERS, None,
     instead(lambda f, a: {SIZE: token(f, 60)[0]})),
    ("A token is put under another size", T2, INVALID, DIFFERS, None, instead(lambda f, a: {SIZE - 1: a})),
    ("A timestamp is added that no record names", T2, INVALID, DIFFERS, None,
     instead(lambda f, a: {SIZE: a, 9: of_another(f, a)})),
    ("The clock ran a day ahead, says the authority", T8, SUSPECT, "later_than_timestamp", 27, timestamped(-DAY)),
    ("The clock was put back a day, says the authority", T8, SUSPECT, "earlier_than_timestamp", SIZE, timestamped(DAY)),
    ("The clock was put back, and no authority is named", T8, "VALID", OWN, None, timestamped(DAY, named=())),
    ("Somebody of the authority's name says what suits", T2, "VALID", OWN, None, timestamped(DAY, STRANGER)),
    ("All tokens are left out", T2, "VALID", "timestamps not disclosed", None, instead(lambda f, a: {})),
    ("A redacted file whose token another signed", T2, INVALID, SIGNATURE, None,
     in_part(withholding, signature=bytes(256))),
    ("A case whose token another signed", T2, INVALID, SIGNATURE, None, in_part(case, signature=bytes(256))),
    ("A redacted file, and the clock ran a day ahead", T8, SUSPECT, "later_than_timestamp", 27, in_part(withholding, -DAY)),
    ("A case, and the clock was put back a day", T8, SUSPECT, "earlier_than_timestamp", SIZE, in_part(case, DAY)),
    ("The certificate of the authority is none", T9, "wrong usage", "authority", None,
     lambda f: f.made(f.log.files["complete"], authorities=(b"no certificate",))),
):  # fmt: skip
    STAMPS.row(name, who, verdict, found, at, make)


@STAMPS.row("An octet of a token is changed", T9, INVALID, "member_hash")
def _(f):
    made = timestamped()(f)
    name = f"timestamps/{SIZE}.tsr"
    members = unpacked(made.file)
    changed = members[name][:-1] + bytes([members[name][-1] ^ 1])
    return replace(made, file=packed({**members, name: changed}))
