"""Bytes and proofs: all that an auditor needs, and nothing that knows the service.

Standard library and `cryptography` only; without the latter it is slower and says the same.
A tour, from the ground up:

    errors      Malformed, Invalid, Newer: the three ways in which bytes can be wrong
    encoding    base64, decimals, hex, canonical JSON: one spelling for each value
    instants    UTC seconds and their one spelling
    ed25519     strict keys and signatures; with curve, where there is no `cryptography`
    dsse        the envelope around everything that is signed
    record      one event as one byte string: its form, its special forms, its commitments
    merkle      leaves, nodes, roots, the two proofs (RFC 6962, RFC 9162)
    tiles       how leaves and hashes lie in files (C2SP tlog-tiles)
    note        signed notes and their keys (C2SP signed-note, tlog-cosignature)
    checkpoint  what a log says about its whole self (C2SP tlog-checkpoint)
    tlogproof   the receipt: an entry's proof under a checkpoint (C2SP tlog-proof)
    policy      the auditor's trust file (C2SP tlog-policy)
    der         values as timestamps and certificates are written; with publickey, weierstrass
    certificate X.509, as far as one can vouch for a timestamp; authority: who does
    timestamp   the token of an RFC 3161 authority
    keyring     which key was valid at which position, folded from the log itself
    container   a zip that cannot say two things
    manifest    the signed list of what an evidence file holds
    bundle      writing an evidence file
    verify      the numbered steps from a file to a verdict; with evidence, history, seals
    timestamps  tokens in an evidence file, as bounds for recorded times
    files       of which records a file is the evidence
    report      findings, verdicts, exit codes
    command     the same for a terminal: `python3 -m ledger.proof FILE --trust trust.policy`

The bytes that are signed are the bytes stored, hashed, bundled and verified; nothing here is
ever serialised again in order to be checked. The contract is `docs/format.md`. Whatever checks
something raises when it does not hold; there are no boolean verifiers.
"""
