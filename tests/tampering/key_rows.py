"""Keys: admitted by nobody, by too few, twice, or used for what they are not."""

from dataclasses import replace

from tampering.forge import STRANGER
from tampering.record_rows import fields
from tampering.rows import Part
from tampering.school import HEAD

from keys.signer import FileSigner
from ledger.proof.dsse import keyid
from ledger.proof.encoding import b64encode, canonical
from ledger.proof.form import ROOT_TYPE
from ledger.proof.record import sign_record, sign_root_statement

KEYS = Part("Keys")
T2, MALFORMED, INVALID = "T2", "MALFORMED", "INVALID"


def genesis(**change):
    """An operation: the first record is another, approved by nobody anew."""

    def make(f):
        f.sign(0, **change)
        return f.made(f.rebuilt())

    return make


def approved_by(*roots):
    def make(f):
        record = f.record(0)
        made = [sign_root_statement(record, root) for root in roots or f.school.roots[:1]]
        made.sort(key=lambda value: value["signatures"][0]["keyid"])
        return genesis(approvals=tuple(made))(f)

    return make


def reopened(**change):
    """An operation: the first record has other fields, and every root approves it."""

    def make(f):
        record = f.record(0)
        said = replace(record, fields={**record.fields, **change})
        made = [sign_root_statement(said, root) for root in f.school.roots]
        made.sort(key=lambda value: value["signatures"][0]["keyid"])
        return genesis(fields=said.fields, approvals=tuple(made))(f)

    return make


def admitted(signers):
    items = sorted((s.purpose, b64encode(s.public_key)) for s in signers)
    return [{"public_key": key, "purpose": purpose} for purpose, key in items]


WEAK = {"public_key": b64encode(b"\x01" + bytes(31)), "purpose": "checkpoint"}
ROOT = FileSigner("record", bytes([1]) * 32)  # the octets of the first root key

for name, make in (
    ("The first record without any approval", genesis(approvals=())),
    ("The first record approved by one root where two are called for", approved_by()),
    ("The first record approved by a stranger too",
     lambda f: approved_by(*f.school.roots[:2], FileSigner("root", b"z" * 32))(f)),
    ("The first record admits a key more, the approvals left as they were",
     lambda f: fields(0, admitted=admitted([f.school.record_key, f.school.log_key, STRANGER]))(f)),
    ("The roots are made fewer, all of them approving",
     lambda f: reopened(roots={**f.record(0).fields["roots"], "threshold": 1})(f)),
    ("The school's log is said to be a rehearsal", reopened(rehearsal=True)),
    ("A root key is admitted for records as well",
     lambda f: reopened(admitted=admitted([f.school.record_key, f.school.log_key, ROOT]))(f)),
    ("A key of small order is admitted, which verifies what nobody signed",
     lambda f: reopened(admitted=[WEAK, *admitted([f.school.record_key])])(f)),
    ("No key is admitted for checkpoints",
     lambda f: reopened(admitted=admitted([f.school.record_key]))(f)),
    ("The first record is done by the head", genesis(actor=HEAD)),
):  # fmt: skip
    KEYS.row(name, T2, INVALID, "keyring", 0, make)


@KEYS.row("An approval of another record", T2, INVALID, "keyring", 0)
def _(f):
    other = replace(f.record(0), id="another")
    made = [sign_root_statement(other, root) for root in f.school.roots]
    made.sort(key=lambda value: value["signatures"][0]["keyid"])
    return genesis(approvals=tuple(made))(f)


@KEYS.row("A second opening of the keyring, with keys of the service's own", T2, INVALID, "keyring", 28)  # fmt: skip
def _(f):
    last = f.record(27)
    again = replace(f.record(0), id="again", streamversion=2, time=last.time, occurredat=last.time)
    again = replace(again, rules={**again.rules, "keyring": 1})
    f.entries.append(sign_record(again, [f.school.record_key]))
    return f.made(f.rebuilt())


@KEYS.row("A key is admitted by a record of a type that there is not", T2, MALFORMED, "newer", 28)
def _(f):
    last = f.record(27)
    more = replace(last, id="more", type="RecordKeyAdmitted", subject="keyring", streamversion=2)
    f.entries.append(sign_record(more, [f.school.record_key]))
    return f.made(f.rebuilt())


NEXT = FileSigner("record", b"n" * 32)


def changed_key(*signers, then=NEXT, **fields):
    """An operation: the record key changes after the last record, and `then` signs one more."""

    def make(f):
        last, old = f.record(27), f.school.record_key
        said = {
            "new_key_id": keyid("record", NEXT.public_key),
            "public_key": b64encode(NEXT.public_key),
        }
        change = replace(
            last, id="change", type="SigningKeyRotated", subject="keyring", streamversion=2,
            action="rotate_signing_key", actor=HEAD, actoroffices=("dsp", "headteacher", "moderator", "slt"), sealed={},
            fields={**said, **fields},
        )  # fmt: skip
        f.entries.append(sign_record(change, [signer or old for signer in signers]))
        after = replace(last, id="after", streamversion=last.streamversion + 1)
        after = replace(after, rules={**after.rules, "keyring": 2})
        f.entries.append(sign_record(after, [then or old]))
        return f.made(f.rebuilt(signer=NEXT))

    return make


OWN = None  # the record key of the school, in its place
for who, name, found, position, make in (
    (T2, "The record key is changed by the old key alone", "keyring", 28, changed_key(OWN)),
    ("T9", "The record key is changed by the new key alone", "key_not_valid", 28, changed_key(NEXT)),
    ("T9", "The record key is changed by a stranger and the new key", "key_not_valid", 28, changed_key(STRANGER, NEXT)),
    (T2, "A change of the record key that names another key", "keyring", 28, changed_key(OWN, NEXT, new_key_id="0" * 32)),
    ("T3", "The old key signs a record after the change", "key_not_valid", 29, changed_key(OWN, NEXT, then=OWN)),
):  # fmt: skip
    KEYS.row(name, who, INVALID, found, position, make)


@KEYS.row("A record by a key that the log never admitted", T2, INVALID, "key_not_valid", 20)
def _(f):
    f.sign(20, FileSigner("record", b"another year's key, not yet here"))
    return f.made(f.rebuilt())


@KEYS.row("A record signed by the checkpoint key", T2, INVALID, "key_not_valid", 20)
def _(f):
    f.sign(20, f.school.log_key)
    return f.made(f.rebuilt())


@KEYS.row("The manifest signed by the checkpoint key", T2, INVALID, "manifest_signature")
def _(f):
    return f.made(f.rebuilt(signer=f.school.log_key))


@KEYS.row("The manifest signed by a root key", T2, INVALID, "manifest_signature")
def _(f):
    return f.made(f.rebuilt(signer=f.school.roots[0]))


@KEYS.row("A root statement signed as if it were a record", T2, INVALID, "record_form", 20)
def _(f):
    statement = sign_root_statement(f.record(0), f.school.roots[0])
    assert statement["payloadType"] == ROOT_TYPE
    f.entries[20] = canonical(statement)
    return f.made(f.rebuilt())


@KEYS.row("The log without its first record", T2, INVALID, "keyring", 0)
def _(f):
    f.drop(0)
    return f.made(f.rebuilt())
