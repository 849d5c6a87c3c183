"""Records signed again by the service, which has the key, and everything rebuilt."""

from dataclasses import replace

from tampering.forge import STRANGER
from tampering.log import SEALED
from tampering.rows import Part
from tampering.school import DEPUTY, HEAD, LEAD, MODERATOR, RUNNER

from ledger.proof.dsse import sign_envelope
from ledger.proof.encoding import canonical, parse_canonical
from ledger.proof.record import RECORD_TYPE, open_record, sign_record

DUTIES = Part("Duties broken in records that are well signed")
FORM = Part("Records well signed that cannot be")
T2, T6, MALFORMED, INVALID = "T2", "T6", "MALFORMED", "INVALID"


def signed(position, **change):
    """An operation: the record says something else, and all that follows is rebuilt."""

    def make(f):
        f.sign(position, **change)
        return f.made(f.rebuilt())

    return make


def fields(position, **change):
    def make(f):
        f.sign_fields(position, **change)
        return f.made(f.rebuilt())

    return make


def body(position, **change):
    """The same past the ledger's own code, which would not sign it."""

    def make(f):
        f.sign_body(position, **change)
        return f.made(f.rebuilt())

    return make


for name, found, position, make in (
    ("The applicant approves the application", "duty_broken", 14,
     signed(14, actor=DEPUTY, actoroffices=("slt",))),
    ("The applicant approves, and says another typed it", "duty_broken", 14,
     signed(14, actor=DEPUTY, actoroffices=("slt",), doneby=HEAD)),
    ("The head approves what the applicant carried out", "duty_broken", 14, signed(14, doneby=DEPUTY)),
    ("A report about the head, in clear", "restricted_in_clear", 17, fields(17, about=[HEAD])),
    ("The moderator approves the application", "duty_broken", 14,
     signed(14, actor=MODERATOR, actoroffices=("moderator",))),
    ("Somebody without an office creates the account", "duty_broken", 15,
     signed(15, actor=LEAD, actoroffices=())),
    ("Somebody without an office changes the password", "duty_broken", 16,
     signed(16, actor=RUNNER, actoroffices=())),
    ("Somebody who runs the account assesses the incident", "duty_broken", 18,
     signed(18, actor=RUNNER, actoroffices=())),
    ("Somebody who does not run the account answers", "duty_broken", 20,
     signed(20, actor="vol-003", actoroffices=())),
    ("Somebody corrects what another recorded", "duty_broken", 21,
     signed(21, actor=LEAD, actoroffices=())),
    ("Somebody annuls an entry of their own", "duty_broken", 22,
     signed(22, actor=LEAD, actoroffices=())),
    ("Somebody without an office grants an erasure", "duty_broken", 24,
     signed(24, actor=LEAD, actoroffices=())),
    ("Somebody without an office erases", "duty_broken", 25,
     signed(25, actor=RUNNER, actoroffices=())),
    ("Somebody without an office registers a person", "duty_broken", 6,
     signed(6, actor=DEPUTY, actoroffices=("slt",), type="PersonRegistered", doneby=LEAD)),
    ("Somebody who was never registered answers", "duty_actor", 20,
     signed(20, actor="stf-999", actoroffices=())),
    ("Somebody acts before they were registered", "duty_actor", 2,
     signed(2, actor=MODERATOR, actoroffices=())),
    ("An office that was never given", "actor_offices", 20,
     signed(20, actoroffices=("headteacher",))),
    ("An office is kept quiet about", "actor_offices", 14, signed(14, actoroffices=("slt",))),
    ("A policy said to be in force before it was ratified", "rules_in_force", 5,
     signed(5, rules={"calendar": 0, "keyring": 1, "policy": "smp-v4", "rules": 0})),
    ("Rules said to be in force that were never adopted", "rules_in_force", 20,
     signed(20, rules={"calendar": 0, "keyring": 1, "policy": "smp-v4", "rules": 3})),
    ("A decision said to be recorded as already done", "duty_action", 14, signed(14, irregular=())),
    ("An approval under the name of another action", "duty_action", 14,
     signed(14, action="reject_application")),
    ("An approval in the stream of an account", "duty_action", 14,
     signed(14, subject="account/apl-01", streamversion=1)),
    ("An approval whose fields make no sense", "record_fields", 14, fields(14, application=[1])),
):  # fmt: skip
    DUTIES.row(name, T6, INVALID, found, position, make)


@DUTIES.row("The refusal of an own approval becomes the approval", T6, INVALID, "duty_broken", 13)
def _(f):
    approval = replace(f.record(14), id=f.record(13).id, time=f.record(13).time)
    approval = replace(approval, occurredat=approval.time, actor=DEPUTY, actoroffices=("slt",))
    f.entries[13] = sign_record(approval, [f.school.record_key])
    del f.entries[14]
    f.told = []
    return f.made(f.rebuilt())


# Form

for name, found, position, make in (
    ("A record said to be recorded before the one before it", "time_decreases", 20,
     lambda f: signed(20, time=f.record(19).time - 1)(f)),
    ("A record of an older edition after newer ones", "catalogue_decreases", 20,
     signed(20, catalogue=1)),
    ("A record with the event id of another", "duplicate_event_id", 20,
     lambda f: signed(20, id=f.record(19).id)(f)),
    ("A record said to be of another log", "source_differs", 20,
     lambda f: signed(20, source=f.school.origin[:-1] + "0")(f)),
    ("A record that skips a version of its stream", "stream_version", 20,
     signed(20, streamversion=3)),
    ("A record with a version that its stream had", "stream_version", 20,
     signed(20, streamversion=1)),
    ("A record that counts a key record too many", "keyring_count", 20,
     signed(20, rules={"calendar": 0, "keyring": 2, "policy": "smp-v4", "rules": 0})),
    ("A record that counts no key records", "keyring_count", 20,
     signed(20, rules={"calendar": 0, "keyring": 0, "policy": "smp-v4", "rules": 0})),
    ("A record with an attribute that none has", "record_form", 20, body(20, approvedby=HEAD)),
    ("A record without its time", "record_form", 20, body(20, time=None)),
    ("A record of the 30th of February", "record_form", 20, body(20, time="2026-02-30T09:00:00Z")),
    ("A record whose offices are not in order", "record_form", 14,
     body(14, actoroffices="slt headteacher")),
    ("A record that says it was done by whoever is its actor", "record_form", 20,
     body(20, doneby=LEAD)),
    ("A sealed act that names who did it", "record_form", SEALED, body(SEALED, actor=HEAD)),
    ("A refusal that is no refusal", "record_form", 13, body(13, action="approve_application")),
    ("A record in a stream that there is not", "record_form", 20, body(20, subject="grudge/1")),
):  # fmt: skip
    FORM.row(name, T2, INVALID, found, position, make)


def octets(position, change):
    """An operation: the body of the record is other octets, signed by the record key."""

    def make(f):
        text = change(open_record(f.entries[position]).body)
        f.entries[position] = sign_envelope(RECORD_TYPE, text, [f.school.record_key])
        return f.made(f.rebuilt())

    return make


for name, found, change in (
    ("A record with a fraction", "record_form", lambda d: d.replace(b'"keyring":1', b'"keyring":1.0')),
    ("A record with a number that is none", "record_form", lambda d: d.replace(b'"keyring":1', b'"keyring":NaN')),
    ("A record that says a thing twice", "record_form", lambda d: d[:-1] + b',"type":"Sealed"}'),
    ("A record with white space, well signed", "record_form", lambda d: d.replace(b":", b": ", 1)),
    ("A record with half of a character", "record_form", lambda d: d.replace(b"enq-01", b"\\ud83d")),
    ("A record in UTF-16", "record_form", lambda d: d.decode().encode("utf-16")),
    ("A record nested a hundred deep", "record_form", lambda d: b"[" * 100 + b"]" * 100),
):  # fmt: skip
    FORM.row(name, T2, INVALID, found, 20, octets(20, change))


@FORM.row("A record longer than any may be", T2, INVALID, "record_form", 20)
def _(f):
    text = parse_canonical(open_record(f.entries[20]).body)
    text["data"]["fields"]["note"] = "x" * 40_000
    f.entries[20] = sign_envelope(RECORD_TYPE, canonical(text), [f.school.record_key])
    return f.made(f.rebuilt())


@FORM.row("A record destroys positions that are no ranges", T2, INVALID, "record_form", 8)
def _(f):
    data = parse_canonical(open_record(f.entries[8]).body)["data"]
    fields = {"positions": [[5, 3]], "schedule_version": 1}
    named = {"type": "RecordsDestroyed", "action": "destroy_records"}
    f.sign_body(8, **named, data={**data, "fields": fields})
    return f.made(f.rebuilt())


@FORM.row("A moderator says that the wrapping key was replaced", T2, INVALID, "record_form", 8)
def _(f):
    data = parse_canonical(open_record(f.entries[8]).body)["data"]
    named = {"type": "WrappingKeyReplaced", "action": "replace_wrapping_key"}
    f.sign_body(8, **named, data={**data, "fields": {"epoch": 2, "keys": 9}})
    return f.made(f.rebuilt())


@FORM.row("A record with two signatures that is not about keys", T2, INVALID, "key_not_valid", 20)
def _(f):
    f.entries[20] = sign_record(f.record(20), [f.school.record_key, STRANGER])
    return f.made(f.rebuilt())


FORM.row("A record of an edition that is not out yet", T2, MALFORMED, "newer", 20,
         body(20, catalogue=99))  # fmt: skip
