"""Steps 6, 9 and 10, once the records are read: who signed the whole, and who says so."""

from __future__ import annotations

from typing import List, Mapping, Optional, Sequence, Tuple

from .checkpoint import Checkpoint, parse_checkpoint
from .dsse import check_signature
from .errors import Invalid, Malformed
from .evidence import Evidence
from .journal import Journal
from .keyring import DOUBTFUL, ENDED, IN_FORCE, REHEARSAL, STATES, Keyring
from .note import Note, VerifierKey, open_note, parse_note
from .policy import Policy, check_quorum
from .postquantum import check_lines
from .report import WrongUsage

CLOCKS_DIFFER = 300  # seconds by which a witness's clock may be behind the ledger's


def parse_known(known: Sequence[bytes]) -> List[Checkpoint]:
    """Return the checkpoints that somebody kept; raise WrongUsage for what is none.

    Their signatures are not asked for: whoever hands them in is who trusts them.
    """
    try:
        return [parse_checkpoint(parse_note(data).text) for data in known]
    except Malformed as error:
        raise WrongUsage(f"known checkpoint: {error}") from None


def check_known_origins(
    known: Sequence[Checkpoint], evidence: Evidence, trust: Optional[Policy]
) -> None:
    """Raise WrongUsage for a known checkpoint of a log that neither file nor trust file names.

    When the trust file names it, it is the evidence that is of another log: that is a finding.
    """
    names = {evidence.origin, *(key.name for key in _logs(trust))}
    if evidence.manifest is not None:
        names.add(evidence.manifest.source)
    for checkpoint in known:
        if checkpoint.origin not in names:
            raise WrongUsage(f"known checkpoint is of another log: {checkpoint.origin!a}")


def check_manifest_key(evidence: Evidence, keyring: Keyring, journal: Journal) -> None:
    """Note when the manifest is not signed by a record key valid at the file's size."""
    if evidence.envelope is None:
        return
    signature = evidence.envelope.signatures[0]
    try:
        key = keyring.record_key(signature.keyid, evidence.size)
        check_signature(evidence.envelope, signature, key)
    except Invalid as error:
        journal.add(6, "manifest_signature", str(error))


def check_known(
    known: Sequence[Checkpoint], size: int, roots: Mapping[int, bytes], journal: Journal
) -> None:
    """Note each known checkpoint that the records contradict; `roots` are theirs, by size."""
    for checkpoint in known:
        if checkpoint.size > size:
            detail = f"a checkpoint of {checkpoint.size} records is known, the file has {size}"
            journal.add(9, "shorter_than_known", detail)
        elif roots.get(checkpoint.size) != checkpoint.root:
            detail = f"the first {checkpoint.size} records are not those of the known checkpoint"
            journal.add(9, "inconsistent_with_known", detail)
    words = f"consistent with {len(known)}" if known else "none given"
    journal.say(9, words)


def check_trust(
    evidence: Evidence, keyring: Keyring, trust: Optional[Policy], latest: int, journal: Journal
) -> None:
    """Note when the checkpoint is signed by no key that counts, or too few witnesses saw it.

    `latest` is when the last record says it was recorded: witnesses cannot have seen it before.
    """
    if evidence.checkpoint is None:
        return
    origin = evidence.checkpoint.origin
    logs = [key for key in _logs(trust) if key.name == origin]
    wrong = _signed_wrong(evidence, keyring, logs, _witnesses(trust))
    if wrong is not None:
        step, code, words = wrong
        if trust is not None and not code:
            step, code = 10, "checkpoint_untrusted"
        journal.add(step, code or "checkpoint_signature", words)
    if trust is not None and not logs and (wrong is None or wrong[1]):
        journal.add(10, "checkpoint_untrusted", f"the trust file does not name {origin}")
    # The clock of a rehearsal is set by its lines.
    since = 0 if origin.startswith(f"{REHEARSAL}/") else latest - CLOCKS_DIFFER
    _check_anchor(parse_note(evidence.note), trust, since, journal)


def check_post_quantum(evidence: Evidence, keyring: Keyring, journal: Journal) -> str:
    """Note when a post-quantum line by a key of the log does not hold; else say what became of
    such lines, or nothing where there are none."""
    try:
        return check_lines(evidence.note, keyring.post_quantum_keys(evidence.size))
    except (Invalid, Malformed) as error:
        if evidence.checkpoint is not None:
            journal.add(6, "post_quantum_signature", str(error))
    return ""


def _check_anchor(note: Note, trust: Optional[Policy], since: int, journal: Journal) -> None:
    if trust is None:
        journal.add(10, "no_trust_file", "without a trust file, nothing says whose log this is")
        return
    for code, begin in (("quorum_not_reached", 0), ("times_outside_anchors", since)):
        try:
            check_quorum(trust, note, begin)
        except Invalid as error:
            journal.add(10, code, str(error))
            break
    journal.say(10, "the checkpoint is that of the log in the trust file")


def _signed_wrong(
    evidence: Evidence, keyring: Keyring, logs: Sequence[VerifierKey], more: Sequence[VerifierKey]
) -> Optional[Tuple[int, str, str]]:
    """Return None where a key in force signed, or else the step, its code and why that is so.

    What the log says of its own key stands above the trust file. The code is empty where none of
    its keys signed: what that is depends on whether there is a trust file.
    """
    by_state = {state: keyring.checkpoint_keys(evidence.size, state) for state in STATES}
    told = [key for keys in by_state.values() for key in keys]
    in_force = [*by_state[IN_FORCE], *(key for key in logs if key not in told)]
    try:
        _, verified = open_note(evidence.note, [*told, *in_force, *more])
    except Invalid as error:
        return 6, "", str(error)
    if any(key in in_force for key in verified):
        return None
    if any(key in by_state[DOUBTFUL] for key in verified):
        return 6, "key_compromised", "the checkpoint is signed by a compromised key alone"
    if any(key in by_state[ENDED] for key in verified):
        return 6, "checkpoint_signature", "the checkpoint is signed by a key that has ended"
    return 6, "", "checkpoint signed by witnesses only"


def _logs(trust: Optional[Policy]) -> Tuple[VerifierKey, ...]:
    return trust.logs if trust is not None else ()


def _witnesses(trust: Optional[Policy]) -> Tuple[VerifierKey, ...]:
    return tuple(trust.witnesses.values()) if trust is not None else ()
