"""What whoever holds a root key is asked to approve, in plain words."""

from __future__ import annotations

from collections.abc import Iterator

from api.approving import Proposal
from ledger.proof.dsse import keyid
from ledger.proof.encoding import b64encode
from ledger.proof.keyrecords import read_admitted, read_reattested


def in_words(proposal: Proposal) -> Iterator[str]:
    """What whoever approves it is asked to approve, line by line."""
    yield f"The log {proposal.source}"
    yield "asks you to approve:"
    yield ""
    yield from (f"  {line}" for line in _WORDS[proposal.action](proposal))
    yield ""
    needed = " and ".join(
        f"{roots.threshold} of {len(roots.keys)} {name} root keys"
        for roots, name in zip(proposal.asked, ("present", "new"), strict=False)
    )
    yield f"It takes {needed}. Record {proposal.stream_version} about keys, id {proposal.event_id}."


def _admitted(proposal: Proposal) -> Iterator[str]:
    said = read_admitted(proposal.fields)
    kind = "post-quantum checkpoint" if "algorithm" in proposal.fields else said.purpose
    yield f"A new {kind} key signs from now on, beside those there are."
    yield f"Public key: {proposal.fields['public_key']}"
    yield f"Key id: {keyid(said.purpose, said.key)}"


def _ended(proposal: Proposal) -> Iterator[str]:
    fields = proposal.fields
    yield f"The {fields['purpose']} key {fields['key_id']} signs no more ({fields['reason']})."
    yield "What it has signed so far stays good."


def _compromised(proposal: Proposal) -> Iterator[str]:
    fields = proposal.fields
    yield f"The {fields['purpose']} key {fields['key_id']} is, or may be, in the wrong hands."
    if fields["purpose"] == "checkpoint":
        yield "It signs no more. Every report will call SUSPECT the checkpoints that it alone"
        yield f"signed, of more than {fields['trusted_until']} records."
    else:
        yield "It signs no more. Every report will call SUSPECT the records that it alone signed,"
        yield f"from record {fields['trusted_until']} on, until root keys re-attest them."


def _reattested(proposal: Proposal) -> Iterator[str]:
    start, stop, root = read_reattested(proposal.fields)
    yield f"Somebody has looked at records {start}-{stop - 1}: they are what was recorded,"
    yield "whoever held the key that signed them, and are SUSPECT no more."
    yield f"Their tree hash: {root.hex()}"


def _changed(proposal: Proposal) -> Iterator[str]:
    fields = proposal.fields
    yield f"From now on {fields['threshold']} of these {len(fields['keys'])} root keys approve"
    yield "what becomes of the keys of this log, and no others:"
    old = {b64encode(key) for key in proposal.roots.keys}
    for key in fields["keys"]:
        yield f"  {key}{'' if key in old else '  (new)'}"
    for key in sorted(old - set(fields["keys"])):
        yield f"  {key}  (leaves)"


_WORDS = {
    "admit_key": _admitted,
    "revoke_key": _ended,
    "declare_key_compromised": _compromised,
    "reattest_records": _reattested,
    "change_roots": _changed,
}
