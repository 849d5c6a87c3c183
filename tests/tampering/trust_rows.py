"""Checkpoints, witnesses, trust files and kept checkpoints."""

from functools import partial

from tampering.file_rows import FORGED, FORGED_LOG, forger, patched
from tampering.log import SIZE
from tampering.rows import Part

from keys.signer import FileSigner
from ledger.proof.checkpoint import Checkpoint, sign_checkpoint
from ledger.proof.note import (
    COSIGNATURE,
    cosignature_line,
    format_vkey,
    parse_note,
    sign_note,
)
from ledger.proof.policy import format_policy

CHECKPOINT = Part("The checkpoint")
TRUST = Part("Trust files, witnesses and kept checkpoints")
T2, T9, INVALID, WRONG = "T2", "T9", "INVALID", "wrong usage"
WITNESSES = {name: FileSigner("w", name.encode() * 16) for name in ("w1", "w2")}


def note(change):
    """An operation on the checkpoint; whoever has the record key makes the manifest fit."""

    def make(f):
        members = f.members()
        return f.made(f.listed({**members, "checkpoint": change(f, members["checkpoint"])}))

    return make


def line(data, number, text):
    lines = data.decode().split("\n")
    lines[number] = text
    return "\n".join(lines).encode()


def text_of(data):
    return parse_note(data).text


for who, name, found, change in (
    (T9, "The root in the checkpoint is another", "checkpoint_untrusted", lambda f, d: line(d, 2, "A" * 43 + "=")),
    (T9, "The size in the checkpoint is another", "checkpoint_differs", lambda f, d: line(d, 1, "27")),
    (T9, "The log's name in the checkpoint is another", "checkpoint_differs", lambda f, d: line(d, 0, FORGED.origin)),
    (T9, "The signature of the checkpoint is another", "checkpoint_untrusted", lambda f, d: patched(d, len(d) - 12, b"AAAA")),
    (T9, "The checkpoint without its signature", "checkpoint_form", lambda f, d: d[: d.index(b"\n\n") + 2]),
    (T9, "A line of somebody's own in the checkpoint", "checkpoint_form", lambda f, d: d.replace(b"\n\n", b"\nfree\n\n")),
    (T9, "The checkpoint with a carriage return", "checkpoint_form", lambda f, d: d.replace(b"\n", b"\r\n")),
    (T9, "A size with a nought before it", "checkpoint_form", lambda f, d: line(d, 1, f"0{SIZE}")),
    (T9, "The checkpoint of an hour earlier", "checkpoint_differs", lambda f, d: f.log.notes[SIZE - 1]),
    (T2, "A root that is not the records', signed by the checkpoint key", "root_mismatch", lambda f, d: f.note(root=b"r" * 32)),
    (T2, "A checkpoint signed by the record key", "checkpoint_untrusted", lambda f, d: f.note(signer=f.school.record_key)),
    (T2, "A checkpoint signed by a root key", "checkpoint_untrusted", lambda f, d: f.note(signer=f.school.roots[0])),
    (T9, "A checkpoint signed by a stranger under the log's name", "checkpoint_untrusted", lambda f, d: f.note(signer=FORGED_LOG)),
    (T2, "A signature of the checkpoint key under another name", "checkpoint_untrusted",
     lambda f, d: sign_note(text_of(d), "example.org/other", f.school.log_key)),
    (T2, "A line more, and signed", "checkpoint_form",
     lambda f, d: sign_note(text_of(d) + "extension\n", f.school.origin, f.school.log_key)),
):  # fmt: skip
    CHECKPOINT.row(name, who, INVALID, found, None, note(change))


@CHECKPOINT.row("A broken checkpoint and an untouched manifest", T9, INVALID, "checkpoint_form")
def _(f):
    return f.made(f.changed(checkpoint=b"?"))


# Trust

TRUST.row(
    "No trust file is given", T9, "UNANCHORED", "no_trust_file", None,
    lambda f: f.made(f.log.files["complete"], trust=None),
)  # fmt: skip
TRUST.row(
    "No trust file is given, and a stranger signed the checkpoint", T9, INVALID, "checkpoint_signature", None,
    lambda f: f.made(f.rebuilt(checkpoint_note=f.note(signer=FORGED_LOG)), trust=None),
)  # fmt: skip
TRUST.row(
    "The trust file of another school is given", T9, INVALID, "checkpoint_untrusted", None,
    lambda f: f.made(f.log.files["complete"], trust=FORGED.trust_text),
)  # fmt: skip
TRUST.row(
    "The trust file is cut short", T9, WRONG, "trust file", None,
    lambda f: f.made(f.log.files["complete"], trust=f.school.trust_text[:40] + "\n"),
)  # fmt: skip
TRUST.row(
    "The key in the trust file has a letter changed", T9, WRONG, "trust file", None,
    lambda f: f.made(f.log.files["complete"], trust=f.school.trust_text.replace("+", "+0", 1)),
)  # fmt: skip


@TRUST.row("The trust file is exchanged, and the checkpoint signed by who exchanged it", T9, "VALID", "another fingerprint than in the minutes")  # fmt: skip
def _(f):
    trust = format_policy(format_vkey(f.school.origin, FORGED_LOG.public_key))
    return f.made(f.rebuilt(checkpoint_note=f.note(signer=FORGED_LOG)), trust=trust)


@TRUST.row("Trust file and log are exchanged together", T9, "VALID", "another fingerprint than in the minutes")  # fmt: skip
def _(f):
    forged = forger(f)
    checkpoint = forged.note(signer=FORGED_LOG, origin=FORGED.origin)
    file = forged.rebuilt(
        signer=FORGED.record_key, checkpoint_note=checkpoint, origin=FORGED.origin
    )
    return f.made(file, trust=FORGED.trust_text)


def witnessed(*names, quorum="both", lines=None, seconds=2_000_000_000):
    """The trust file asks for witnesses; these saw the checkpoint (`lines`: or say so)."""

    def make(f):
        text = text_of(f.log.notes[SIZE])
        seen = [cosignature_line(text, n, WITNESSES[n], seconds) for n in names]
        checkpoint = f.note() + b"".join(seen + (lines(text) if lines else []))
        vkeys = [f"witness {n} {format_vkey(n, w.public_key, COSIGNATURE)}" for n, w in WITNESSES.items()]  # fmt: skip
        needed = {"both": "all", "one": "any"}[quorum]
        asked = [f"group {quorum} {needed} w1 w2", f"quorum {quorum}", ""]
        trust = f.school.trust_text.replace("quorum none\n", "\n".join([*vkeys, *asked]))
        return f.made(f.rebuilt(checkpoint_note=checkpoint), trust=trust)

    return make


def other_text(text):
    return [cosignature_line(text.replace("28", "27", 1), "w1", WITNESSES["w1"], 1)]


def by_stranger(text):
    return [cosignature_line(text, "w1", FORGED_LOG, 1)]


for who, name, verdict, found, make in (
    (T9, "No witness saw the checkpoint, two are asked for", "UNANCHORED", "quorum_not_reached", witnessed()),
    (T9, "One witness of two saw it", "UNANCHORED", "quorum_not_reached", witnessed("w1")),
    (T9, "One who is no witness says that a witness saw it", "UNANCHORED", "quorum_not_reached", witnessed("w2", lines=by_stranger)),
    (T9, "A witness's signature is of another checkpoint", INVALID, "checkpoint_untrusted", witnessed("w2", lines=other_text)),
):  # fmt: skip
    TRUST.row(name, who, verdict, found, None, make)


TRUST.row(
    "Records are later than when both witnesses saw them", "T13", "SUSPECT",
    "times_outside_anchors", None, witnessed("w1", "w2", seconds=1_500_000_000),
)  # fmt: skip


@TRUST.row("Witnesses sign what the log did not", "T13", INVALID, "checkpoint_untrusted")
def _(f):
    made = witnessed("w1", "w2", quorum="both")(f)
    text = text_of(f.log.notes[SIZE])
    seen = b"".join(cosignature_line(text, n, w, 1) for n, w in WITNESSES.items())
    return f.made(f.rebuilt(checkpoint_note=text.encode() + b"\n" + seen), trust=made.trust)


def kept(*notes):
    """An operation: these are handed in as checkpoints that somebody kept."""
    return lambda f: f.made(f.log.files["complete"], known=tuple(make(f) for make in notes))


def other_root(f, size):
    return sign_checkpoint(Checkpoint(f.school.origin, size, b"r" * 32), f.school.log_key)


for name, verdict, found, make in (
    ("A kept checkpoint has another root of the same size", INVALID, "inconsistent_with_known", kept(partial(other_root, size=SIZE))),
    ("A kept checkpoint has another root of an earlier size", INVALID, "inconsistent_with_known", kept(partial(other_root, size=9))),
    ("Of three kept checkpoints the last was changed", INVALID, "inconsistent_with_known",
     kept(lambda f: f.log.notes[3], lambda f: f.log.notes[9], lambda f: line(f.log.notes[SIZE], 2, "A" * 43 + "="))),
    ("A kept checkpoint is larger: the file is an older one", INVALID, "shorter_than_known", kept(lambda f: f.log.notes[30])),
    ("A kept checkpoint is said to be larger than it was", INVALID, "shorter_than_known", kept(lambda f: line(f.log.notes[9], 1, "900"))),
    ("A kept checkpoint is that of another school", WRONG, "another log", kept(lambda f: f.note(origin=FORGED.origin))),
    ("A kept checkpoint is no checkpoint", WRONG, "known checkpoint", kept(lambda f: b"kept\n")),
):  # fmt: skip
    TRUST.row(name, T9, verdict, found, None, make)
