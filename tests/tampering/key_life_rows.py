"""Keys that come, go and are stolen: approved by too few, by the wrong ones, for something else."""

from dataclasses import replace

from keylife import Life
from tampering.log import SIZE
from tampering.rows import Part
from tampering.school import HEAD

from keys.signer import FileSigner
from ledger.proof.dsse import sign_envelope
from ledger.proof.encoding import b64encode, canonical, parse_canonical
from ledger.proof.note import format_vkey
from ledger.proof.policy import format_policy
from ledger.proof.record import RECORD_TYPE, open_record, sign_record

LIFE = Part("The life of keys")
T2, T3, T4, T6, INVALID, SUSPECT = "T2", "T3", "T4", "T6", "INVALID", "SUSPECT"
NEXT, OTHER = FileSigner("record", b"n" * 32), FileSigner("record", b"o" * 32)
CHECKPOINT = FileSigner("checkpoint", b"n" * 32)
MINE = [FileSigner("root", bytes([n]) * 32) for n in (7, 8, 9)]
THIEF = FileSigner("root", b"z" * 32)


class Log:
    """The log of a forger, as keys are put into it."""

    def __init__(self, f):
        self.forger, self.entries, self.roots = f, f.entries, list(f.school.roots)
        self.record_key, self.checkpoint_key = f.school.record_key, f.school.log_key

    def record(self, type_, subject, action, actor, fields):
        offices = ("dsp", "headteacher", "moderator", "slt")
        return replace(
            self.forger.record(SIZE - 1), id=f"key-{len(self.entries)}", type=type_, subject=subject,
            action=action, actor=HEAD, actoroffices=offices, sealed={}, fields=fields,
        )  # fmt: skip


class Keys(Life):
    """What is done to the keys after the last record of the school's log, at position 28."""

    def __init__(self, f):
        self.forger, self.checks = f, 0
        self.begin(Log(f))

    def go_on(self, *signers):
        """One more check of the account by each of these keys."""
        last = self.forger.record(SIZE - 1)
        for signer in signers:
            self.checks += 1
            version = last.streamversion + self.checks
            rules = {**last.rules, "keyring": self.count}
            made = replace(last, id=f"more-{version}", streamversion=version, rules=rules)
            self.log.entries.append(sign_record(made, [signer]))
        return self

    def done(self, signer=None, note=None, trust=None):
        """The file, its manifest by `signer`, its checkpoint by `note`."""
        f = self.forger
        note = f.note(signer=note) if note else f.note()
        file = f.rebuilt(signer=signer or self.first, checkpoint_note=note)
        return f.made(file, **({"trust": trust} if trust else {}))


def after(steps, **done):
    """An operation: these steps, and then the file."""
    return lambda f: steps(Keys(f)).done(**done)


def approved(change):
    """The key is admitted, with the approvals of another record."""

    def steps(x):
        x.admit(NEXT)
        honest = x.forger.record(SIZE)
        x.forger.entries.pop()
        x.count -= 1
        made = replace(honest, **change(honest))
        return x.put(made)

    return steps


def twice(x):
    """One approval, two times: no code of the ledger's own would sign that."""
    x.admit(NEXT, approve=x.roots[:1])
    body = parse_canonical(open_record(x.log.entries.pop()).body)
    body["data"]["approvals"] *= 2
    x.log.entries.append(sign_envelope(RECORD_TYPE, canonical(body), [x.first]))
    return x


def roots_changed(x):
    return x.change_roots(MINE, 2, approve=[*x.roots, *MINE[:2]])


def stolen(x):
    """Of four records after the log's, a thief may have made two; then it is said so."""
    x.go_on(*[x.first] * 4).admit(NEXT)
    return x.compromise(x.first, SIZE + 2, by=NEXT)


for name, who, found, position, steps in (
    ("A record key is admitted without any approval", T2, "keyring", 28, lambda x: x.admit(NEXT, approve=[])),
    ("A record key is admitted by one root where two are called for", T6, "keyring", 28, lambda x: x.admit(NEXT, approve=x.roots[:1])),
    ("One root approves twice", T6, "record_form", 28, twice),
    ("A stranger approves in place of a root", T2, "keyring", 28, lambda x: x.admit(NEXT, approve=[x.roots[0], THIEF])),
    ("The record key approves as if it were a root", T2, "keyring", 28, lambda x: x.admit(NEXT, approve=[x.roots[0], x.first])),
    ("The approvals are those of another event id", T2, "keyring", 28, approved(lambda r: {"id": "another"})),
    ("The approvals are those of another key", T2, "keyring", 28, approved(lambda r: {"fields": {**r.fields, "public_key": b64encode(OTHER.public_key)}})),
    ("The approvals are those of another purpose", T2, "keyring", 28, approved(lambda r: {"fields": {**r.fields, "purpose": "checkpoint"}})),
    ("Approvals are used a second time", T2, "keyring", 29,
     lambda x: x.admit(NEXT).put(replace(x.forger.record(SIZE), streamversion=3, rules={**x.forger.record(SIZE).rules, "keyring": 2}))),
    ("A root key is admitted for records", T2, "keyring", 28, lambda x: x.admit(FileSigner("record", bytes([1]) * 32))),
    ("A key is admitted under an edition that has no such record", T2, "keyring", 28, lambda x: x.admit(NEXT, catalogue=2)),
    ("A thief signs the admission of a key of their own", T3, "key_not_valid", 28, lambda x: x.admit(NEXT, by=NEXT, approve=[THIEF])),
    ("An admitted key signs before its admission", T2, "key_not_valid", 28, lambda x: x.go_on(NEXT).admit(NEXT)),
    ("The last record key is revoked", T2, "keyring", 28, lambda x: x.revoke(x.first)),
    ("The last checkpoint key is revoked", T2, "keyring", 28, lambda x: x.revoke(x.checkpoint)),
    ("A key is revoked by one root", T6, "keyring", 29, lambda x: x.admit(NEXT).revoke(NEXT, approve=x.roots[:1])),
    ("A revoked key goes on signing", T4, "key_not_valid", 30, lambda x: x.admit(NEXT).revoke(NEXT).go_on(NEXT)),
    ("A compromised key goes on signing", T4, "key_not_valid", 30, lambda x: x.admit(NEXT).compromise(NEXT, 29).go_on(NEXT)),
    ("A revoked key is admitted again", T4, "keyring", 30, lambda x: x.admit(NEXT).revoke(NEXT).admit(NEXT)),
    ("A key is declared compromised by the head alone, to be rid of a record", T6, "keyring", 28, lambda x: x.compromise(x.first, 20, approve=x.roots[:1])),
    ("A key is trusted until a record that is still to come", T2, "keyring", 28, lambda x: x.compromise(x.first, 40)),
    ("Records are re-attested that are not those", T2, "keyring", 28, lambda x: x.reattest(20, 24, fields={"root": "0" * 64})),
    ("Records are re-attested that are still to come", T2, "keyring", 28, lambda x: x.reattest(20, 40)),
    ("Records are re-attested by the service alone", T2, "keyring", 28, lambda x: x.reattest(20, 24, approve=[])),
    ("The roots are changed by the new ones alone", T2, "keyring", 28, lambda x: x.change_roots(MINE, 2, approve=MINE)),
    ("The roots are changed by the old ones alone", T6, "keyring", 28, lambda x: x.change_roots(MINE, 2, approve=x.roots)),
    ("The roots are changed by one old root and two new ones", T6, "keyring", 28, lambda x: x.change_roots(MINE, 2, approve=[x.roots[0], *MINE[:2]])),
    ("The old roots approve after they were changed", T4, "keyring", 29, lambda x: roots_changed(x).admit(NEXT)),
    ("A record key is made a root", T2, "keyring", 28, lambda x: x.change_roots([*x.roots, x.first], 1)),
):  # fmt: skip
    LIFE.row(name, who, INVALID, found, position, after(steps))

for name, who, verdict, found, position, make in (
    ("A record key was stolen: what it may have been used for", T3, SUSPECT, "key_compromised", 30, after(stolen, signer=NEXT)),
    ("Half of what a stolen key signed is re-attested", T3, SUSPECT, "key_compromised", 31,
     after(lambda x: stolen(x).reattest(30, 31, by=NEXT), signer=NEXT)),
    ("A thief hands the record key over to one of their own, and the roots take both back", T3, SUSPECT, "key_compromised", 28,
     after(lambda x: x.rotate(OTHER).go_on(OTHER).admit(NEXT, by=NEXT).compromise(x.first, 28, by=NEXT).compromise(OTHER, 28, by=NEXT), signer=NEXT)),
    ("A revoked checkpoint key signs alone, and the trust file names it", T4, INVALID, "checkpoint_signature", None,
     after(lambda x: x.admit(CHECKPOINT).revoke(x.checkpoint))),
    ("A checkpoint key that is not admitted yet signs", T2, INVALID, "checkpoint_untrusted", None, after(lambda x: x, note=CHECKPOINT)),
    ("A stolen checkpoint key signs alone", T4, SUSPECT, "key_compromised", None,
     after(lambda x: x.admit(CHECKPOINT).compromise(x.checkpoint, 20))),
    ("A key that has ended signs the manifest", T4, INVALID, "manifest_signature", None, after(lambda x: x.admit(NEXT).revoke(x.first).go_on(NEXT))),
):  # fmt: skip
    LIFE.row(name, who, verdict, found, position, make)


@LIFE.row("A stolen checkpoint key signs alone, and the trust file names another", T4, SUSPECT, "key_compromised")  # fmt: skip
def _(f):
    trust = format_policy(format_vkey(f.school.origin, CHECKPOINT.public_key))
    steps = Keys(f).admit(CHECKPOINT)
    return steps.compromise(steps.checkpoint, 20).done(trust=trust)


def with_roots(x):
    x.roots = MINE[1:]
    return x


HONEST = {
    "A key comes, and signs beside the first": after(lambda x: x.admit(NEXT).go_on(NEXT, x.first)),
    "A key is revoked, and another goes on": after(lambda x: x.admit(NEXT).revoke(x.first).go_on(NEXT), signer=NEXT),
    "All record keys are lost, and a new one signs its own admission": after(lambda x: x.admit(NEXT, by=NEXT).revoke(x.first, by=NEXT).go_on(NEXT), signer=NEXT),
    "A key was stolen, and everything is re-attested": after(lambda x: stolen(x).reattest(30, 32, by=NEXT), signer=NEXT),
    "Other roots take over, and approve": after(lambda x: with_roots(roots_changed(x)).admit(NEXT)),
    "A new checkpoint key signs, and the trust file names the old one": after(lambda x: x.admit(CHECKPOINT).revoke(x.checkpoint), note=CHECKPOINT),
}  # fmt: skip
