"""The post-quantum line of a checkpoint: its form, which everybody sees, and its signature."""

import io
from dataclasses import replace

from tampering.forge import Forger
from tampering.rows import Part
from tampering.school import HEAD

from keys.postquantum import MlDsaSigner
from ledger.proof.checkpoint import Checkpoint
from ledger.proof.encoding import b64decode, b64encode
from ledger.proof.policy import parse_policy
from ledger.proof.postquantum import line
from ledger.proof.record import sign_record, sign_root_statement
from ledger.proof.verify import verify

FORM = Part("The post-quantum line")
SIGNATURE = Part("The post-quantum line, asked of who has ML-DSA")
T2, T9, INVALID, VALID = "T2", "T9", "INVALID", "VALID"
CODE, HOLDS = "post_quantum_signature", "a post-quantum signature holds"

KEY, OTHER = MlDsaSigner(b"q" * 32), MlDsaSigner(b"z" * 32)


class Thief:
    """Signs with its own key under the name of the log's."""

    public_key, sign = KEY.public_key, OTHER.sign


def admitting(f):
    """Append the record by which the roots admit the key."""
    last = f.record(27)
    said = {
        "algorithm": "ml-dsa-44",
        "public_key": b64encode(KEY.public_key),
        "purpose": "checkpoint",
    }
    record = replace(
        last, id="quantum", type="KeyAdmitted", subject="keyring", streamversion=2,
        action="admit_key", actor=HEAD, sealed={}, fields=said,
        actoroffices=("dsp", "headteacher", "moderator", "slt"),
    )  # fmt: skip
    made = [sign_root_statement(record, root) for root in f.school.roots[:2]]
    made.sort(key=lambda value: value["signatures"][0]["keyid"])
    f.entries.append(sign_record(replace(record, approvals=tuple(made)), [f.school.record_key]))


def lined(signer=KEY, change=lambda payload: payload, size=None, root=None):
    """An operation: the key is admitted, and the checkpoint has a line that was changed."""

    def make(f):
        admitting(f)
        point = Checkpoint(f.school.origin, size or len(f.entries), root or f.root())
        dash, name, encoded = line(point, signer).decode().rstrip("\n").split(" ")
        changed = b64encode(change(b64decode(encoded)))
        note = f.note() + f"{dash} {name} {changed}\n".encode()
        return f.made(f.rebuilt(checkpoint_note=note))

    return make


def asked(make):
    """(verdict, codes or what is said of keys) of the verifier here, which has ML-DSA."""

    def done(world):
        made = make(Forger(world.log))
        report = verify(io.BytesIO(made.file), parse_policy(made.trust))
        codes = [finding.code for finding in report.findings]
        return report.verdict, " ".join(codes) or report.steps[5].outcome

    return done


for name, who, change in (
    ("The line is cut short", T9, lambda d: d[:-1]),
    ("The line has an octet too many", T9, lambda d: d + b"x"),
    ("The line is the key's id and a time", T9, lambda d: d[:12]),
    ("The line is of a time that no clock shows", T2, lambda d: d[:4] + b"\x80" + d[5:]),
):
    FORM.row(name, who, INVALID, CODE, None, lined(change=change))

for name, who, verdict, found, make in (
    ("The log's own line, untouched", T9, VALID, HOLDS, lined()),
    ("A bit of the signature is flipped", T9, INVALID, CODE, lined(change=lambda d: d[:500] + bytes([d[500] ^ 1]) + d[501:])),
    ("The line is said to be of another time", T9, INVALID, CODE, lined(change=lambda d: d[:11] + b"\x01" + d[12:])),
    ("Another key signed under the name of the log's", T2, INVALID, CODE, lined(Thief())),
    ("The line is that of a smaller tree", T9, INVALID, CODE, lined(size=28)),
    ("The line is that of another tree of the same size", T2, INVALID, CODE, lined(root=bytes(32))),
    ("The line is by a key that the log never admitted, which says nothing", T9, VALID, "every signature is by a key valid where it stands", lined(OTHER)),
):  # fmt: skip
    SIGNATURE.row(name, who, verdict, found, None, asked(make))
