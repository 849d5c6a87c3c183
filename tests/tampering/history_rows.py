"""History rewritten and everything rebuilt: what a kept checkpoint is for."""

from dataclasses import replace

from tampering.log import SEALED, SIZE
from tampering.rows import Part

from ledger.proof.record import sign_record

HISTORY = Part("History rewritten, everything rebuilt")
T2, T7, INVALID = "T2", "T7", "INVALID"


# History rewritten. Each twice: with a checkpoint that somebody kept, and without.


def cut(f):
    del f.entries[SIZE - 3 :]
    f.told = [t for t in f.told if max(t["position"], t.get("erased_by", 0)) < SIZE - 3]


def removed(f):
    """The annulment, last of its stream: nothing after it rests on it."""
    f.drop(22)


def closed_up(f):
    """The answer, and what annulled it; the stream is numbered again."""
    f.drop(22)
    f.drop(20)
    f.renumber("enquiry/enq-01")


def unasked(f):
    """The application is taken out under its approval."""
    f.drop(12)
    f.renumber("application/apl-01")


def sealed_gone(f):
    f.drop(SEALED)


def reworded(f):
    f.sign_fields(18, severity="low")


def earlier(f):
    """The assessment is said to have been made an hour earlier."""
    record = f.record(18)
    f.sign(18, time=record.time - 3600, occurredat=record.time - 3600)


def put_in(f):
    """A check of the account that nobody made, in the middle of the log."""
    check = f.record(27)
    when = f.record(19).time
    made = replace(check, id="put-in", time=when, occurredat=when)
    f.entries.insert(20, sign_record(made, [f.school.record_key]))
    f.told = [
        {n: v + (v > 19) if n in ("erased_by", "position") else v for n, v in each.items()}
        for each in f.told
    ]
    f.sign(28, streamversion=3)


for who, name, change, found, kept in (
    (T2, "The last three records are cut off", cut, "shorter_than_known", SIZE),
    (T2, "An annulment is taken out of its stream", removed, "shorter_than_known", SIZE),
    (T2, "Two records are taken out, and their stream is numbered again", closed_up, "inconsistent_with_known", 24),
    (T2, "A sealed act is taken out", sealed_gone, "inconsistent_with_known", 27),
    (T2, "The severity of an incident is rewritten", reworded, "inconsistent_with_known", 20),
    (T7, "An assessment is dated an hour back", earlier, "inconsistent_with_known", SIZE),
    (T7, "A check that nobody made is put into the middle", put_in, "inconsistent_with_known", SIZE),
):  # fmt: skip
    HISTORY.row(
        f"{name}; somebody kept a checkpoint", who, INVALID, found, None,
        lambda f, change=change, kept=kept: (change(f), f.made(f.rebuilt(), kept))[1],
    )  # fmt: skip
    HISTORY.row(
        f"{name}; nobody kept a checkpoint", who, "VALID", "known checkpoints: none given", None,
        lambda f, change=change: (change(f), f.made(f.rebuilt()))[1],
    )  # fmt: skip

HISTORY.row(
    "A rewritten history with a checkpoint from before it was rewritten", T2, "VALID",
    "known checkpoints: consistent with 1", None, lambda f: (reworded(f), f.made(f.rebuilt(), 17))[1],
)  # fmt: skip


@HISTORY.row("Two people are shown two histories, and they compare", "T12", INVALID, "inconsistent_with_known")  # fmt: skip
def _(f):
    other = type(f)(f.log)
    reworded(other)
    return f.made(f.log.files["complete"], known=(other.note(),))


for name, found, position, change in (
    ("A record is taken out from the middle of its stream", "stream_version", 20, lambda f: f.drop(20)),
    ("An application is taken out under its approval, the stream numbered again", "duty_broken", 19, unasked),
    ("A person's registration is taken out", "duty_actor", 14, lambda f: f.drop(3)),
):  # fmt: skip
    HISTORY.row(
        name, T2, INVALID, found, position,
        lambda f, change=change: (change(f), f.made(f.rebuilt()))[1],
    )  # fmt: skip
