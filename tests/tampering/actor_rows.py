"""Actors' own signatures: made to say something else, given by others, or left away."""

from dataclasses import replace

from actors import HOST, FileKey, Passkey
from tampering.log import SIZE
from tampering.rows import Part
from tampering.school import DEPUTY, HEAD, MODERATOR, RUNNER

from ledger.proof.encoding import parse_canonical
from ledger.proof.record import open_record, sign_record

ACTORS = Part("Actors' own signatures")
T2, INVALID = "T2", "INVALID"
FILE, PASSKEY = FileKey(HEAD), Passkey(HEAD)
OFFICES = {
    HEAD: ("dsp", "headteacher", "moderator", "slt"),
    DEPUTY: ("slt",),
    MODERATOR: ("moderator",),
}


class Told:
    """Records that go on after the last one, each well signed by the service."""

    def __init__(self, forger):
        self.f = forger

    def add(self, type, action, subject, actor=HEAD, key=None, says=None, **change):
        """Append a record; `key` signs for the actor. `change` is made after that."""
        f, last = self.f, self.f.record(len(self.f.entries) - 1)
        last = replace(last, assurance="service-attested", intent=None)
        said = replace(
            last, id=f"more-{len(f.entries)}", type=type, action=action, subject=subject,
            streamversion=f.versions(subject) + 1, actor=actor,
            actoroffices=OFFICES.get(actor, ()), fields=says or {}, sealed={}, occurredat=last.time,
        )  # fmt: skip
        if key is not None:
            said = replace(said, assurance="actor-signed", intent=key.intent(said))
        f.entries.append(sign_record(replace(said, **change), [f.school.record_key]))
        return self

    def enrol(self, key=FILE, **change):
        fields = {**key.enrolment(self.f.school.origin), **change.pop("fields", {})}
        more = {"actor": key.person, "subject": f"person/{key.person}", **change}
        return self.add("ActorKeyEnrolled", "enrol_actor_key", says=fields, **more)

    def end(self, key=FILE, actor=MODERATOR, **more):
        fields = {"person": key.person, "key_id": key.ident, "reason": "lost"}
        return self.add("ActorKeyEnded", "end_actor_key", f"person/{key.person}", actor, says=fields, **more)  # fmt: skip

    def again(self):
        """The last record once more, with what its actor signed, as another event."""
        f, last = self.f, self.f.record(len(self.f.entries) - 1)
        said = replace(last, id="again", streamversion=last.streamversion + 1)
        f.entries.append(sign_record(said, [f.school.record_key]))
        return self

    def demand(self, *actions):
        fields = {"version": 1, "actions": list(actions)}
        return self.add("SignaturePolicyAdopted", "adopt_signature_policy", "ledger", says=fields)

    def notice(self, key=FILE, actor=HEAD, **change):
        """Something that the head, or somebody else, records."""
        fields = {"person": RUNNER, "leaving_on": "2026-12-18"}
        subject = f"person/{RUNNER}"
        return self.add("DepartureNoticeGiven", "record_departure_notice", subject, actor, key, says=fields, **change)  # fmt: skip

    def made(self):
        return self.f.made(self.f.rebuilt())


def told(story):
    return lambda forger: story(Told(forger)).made()


def other(key, **change):
    """The same key, with something wrong in what the browser or the authenticator did."""
    return replace(key, **change)


ENROLLED = SIZE  # the position of the enrolment, where that comes first
for name, found, position, story in (
    ("A field is changed after the actor signed", "actor_signature", ENROLLED + 1,
     lambda t: t.enrol().notice(fields={"person": RUNNER, "leaving_on": "2026-12-19"})),
    ("The time is changed after the actor signed", "actor_signature", ENROLLED + 1,
     lambda t: t.enrol().notice(occurredat=1)),
    ("Another is said to have done what the actor signed", "actor_signature", ENROLLED + 1,
     lambda t: t.enrol().notice(doneby=DEPUTY)),
    ("What an actor signed is recorded a second time", "actor_signature", ENROLLED + 2,
     lambda t: t.enrol().notice().again()),
    ("The actor's signature is put under another's name", "actor_key_not_valid", ENROLLED + 1,
     lambda t: t.enrol().notice(actor=DEPUTY)),
    ("A key that was never enrolled signs for the actor", "actor_key_not_valid", SIZE,
     lambda t: t.notice()),
    ("A key signs for the actor before it is enrolled", "actor_key_not_valid", SIZE,
     lambda t: t.notice().enrol()),
    ("A key signs for the actor after it was ended", "actor_key_not_valid", ENROLLED + 2,
     lambda t: t.enrol().end().notice()),
    ("A key is ended that nobody enrolled", "actor_key_not_valid", SIZE, lambda t: t.end()),
    ("The service enrols a key for somebody who does not have it", "actor_signature", SIZE,
     lambda t: t.enrol(fields={"signature": FileKey(HEAD, seed=9).enrolment("x")["signature"]})),
    ("The service enrols its own key under another's name", "actor_signature", SIZE,
     lambda t: t.enrol(fields={"person": DEPUTY}, subject=f"person/{DEPUTY}", actor=DEPUTY, actoroffices=("slt",))),
    ("A key that ended is enrolled again", "actor_signature", ENROLLED + 2,
     lambda t: t.enrol().end().enrol()),
    ("A passkey's signature was given to another site", "actor_signature", ENROLLED + 1,
     lambda t: t.enrol(PASSKEY).notice(other(PASSKEY, origin="https://evil.example.com"))),
    ("A passkey's signature was given to another host of the same name's end", "actor_signature", ENROLLED + 1,
     lambda t: t.enrol(PASSKEY).notice(other(PASSKEY, origin=f"https://not{HOST}"))),
    ("A passkey signed without anybody being verified", "actor_signature", ENROLLED + 1,
     lambda t: t.enrol(PASSKEY).notice(other(PASSKEY, flags=0x01))),
    ("A passkey's enrolment is passed off as a signature", "actor_signature", ENROLLED + 1,
     lambda t: t.enrol(PASSKEY).notice(other(PASSKEY, type="webauthn.create"))),
    ("A passkey's signature was asked for inside another site", "actor_signature", ENROLLED + 1,
     lambda t: t.enrol(PASSKEY).notice(other(PASSKEY, rest=',"crossOrigin":true}'))),
    ("A passkey's signature with the algorithm of another key", "actor_signature", ENROLLED + 1,
     lambda t: t.enrol(PASSKEY).notice(wrong_algorithm())),
    ("The actor's signature is taken out, the word for it left", "record_form", ENROLLED + 1,
     lambda t: stripped(t.enrol().notice(), assurance="actor-signed", data=False)),
    ("The actor's signature is kept, the word for it taken out", "record_form", ENROLLED + 1,
     lambda t: stripped(t.enrol().notice(), assurance="service-attested", data=True)),
    ("A demanded signature is left away", "duty_broken", SIZE + 1,
     lambda t: t.demand("end_office").add("OfficeEnded", "end_office", f"person/{DEPUTY}", HEAD,
                                          says={"person": DEPUTY, "office": "slt"})),
):  # fmt: skip
    ACTORS.row(name, T2, INVALID, found, position, told(story))


class wrong_algorithm(FileKey):
    """Signs with Ed25519 under the id of the passkey, which is on P-256."""

    def __init__(self):
        super().__init__(HEAD)

    def envelope(self, body):
        made = super().envelope(body)
        wa = PASSKEY.envelope(body)["signatures"][0]["wa"]
        one = {**made["signatures"][0], "keyid": PASSKEY.ident, "wa": wa}
        return {**made, "signatures": [one]}


def stripped(told_, assurance, data):
    """The last record with its word, and with or without its intent, past the ledger's own code."""
    f = told_.f
    position = len(f.entries) - 1
    body = parse_canonical(open_record(f.entries[position]).body)
    kept = {name: v for name, v in body["data"].items() if data or name != "intent"}
    f.sign_body(position, assurance=assurance, data=kept)
    return told_


UNTOUCHED = Part("Records that their actors signed")
for name, story in (
    ("with a file key", lambda t: t.enrol().notice()),
    ("with a passkey on P-256", lambda t: t.enrol(PASSKEY).notice(PASSKEY)),
    ("with a passkey of Ed25519", lambda t: t.enrol(other(PASSKEY, algorithm="ed25519")).notice(other(PASSKEY, algorithm="ed25519"))),
    ("where it was demanded", lambda t: t.enrol().demand("end_office").add(
        "OfficeEnded", "end_office", f"person/{DEPUTY}", HEAD, FILE, {"person": DEPUTY, "office": "slt"})),
    ("before and after the key was exchanged", lambda t: t.enrol().notice().end().enrol(FileKey(HEAD, seed=8)).notice(FileKey(HEAD, seed=8))),
    ("with the key that it ends", lambda t: t.enrol().end(actor=HEAD, key=FILE)),
):  # fmt: skip
    UNTOUCHED.row(name, "T9", "VALID", "", None, told(story))
