"""A log whose keys are admitted, revoked, declared compromised; each record can be wrong."""

import io
from dataclasses import replace

from ledger.proof.dsse import keyid
from ledger.proof.encoding import b64encode
from ledger.proof.keyrecords import ACTIONS
from ledger.proof.merkle import leaf_hash, root
from ledger.proof.record import sign_record, sign_root_statement
from ledger.proof.verify import verify


class Life:
    """A log of five records under roots of which two of three must approve.

    `life.admit(...)` and its sisters append one key record; what is given by name is said instead.
    """

    def __init__(self, new_ledger, new_signer):
        self.new_signer = new_signer
        self.begin(new_ledger(name="life").fill(5))
        self.next = new_signer("record", "life, the next record key")

    def begin(self, log):
        """Go on with that log."""
        self.log = log
        self.first, self.checkpoint = log.record_key, log.checkpoint_key
        self.roots, self.count = log.roots[:2], 1
        self.signer = self.first  # of manifests

    @property
    def size(self):
        return len(self.log.entries)

    def told(self, type_, fields, approve=None, **changed):
        """A key record that the roots `approve`; by default those that must."""
        record = self.log.record(type_, "keyring", ACTIONS[type_][0], "per-1", fields=fields)
        record = replace(record, streamversion=self.count + 1)
        record = replace(record, rules={**record.rules, "keyring": self.count}, **changed)
        roots = self.roots if approve is None else approve
        made = [sign_root_statement(record, root) for root in roots]
        made.sort(key=lambda value: value["signatures"][0]["keyid"])
        return replace(record, approvals=tuple(made))

    def put(self, record, by=None):
        """Append a key record, signed by the first record key, or another, or two."""
        signers = by if isinstance(by, list) else [by or self.first]
        self.log.entries.append(sign_record(record, signers))
        self.count += 1
        return self

    def admit(self, key, by=None, approve=None, **changed):
        fields = {"public_key": b64encode(key.public_key), "purpose": key.purpose}
        fields = {**fields, **changed.pop("fields", {})}
        return self.put(self.told("KeyAdmitted", fields, approve, **changed), by)

    def revoke(self, key, by=None, approve=None, **changed):
        ident = {"key_id": keyid(key.purpose, key.public_key), "purpose": key.purpose}
        fields = {**ident, "reason": "retired", **changed.pop("fields", {})}
        return self.put(self.told("KeyRevoked", fields, approve, **changed), by)

    def compromise(self, key, until, by=None, approve=None, **changed):
        ident = {"key_id": keyid(key.purpose, key.public_key), "purpose": key.purpose}
        fields = {**ident, "trusted_until": until, **changed.pop("fields", {})}
        return self.put(self.told("KeyCompromised", fields, approve, **changed), by)

    def reattest(self, start, stop, by=None, approve=None, **changed):
        over = root([leaf_hash(entry) for entry in self.log.entries[start:stop]])
        fields = {"from": start, "to": stop, "root": over.hex(), **changed.pop("fields", {})}
        return self.put(self.told("RecordsReattested", fields, approve, **changed), by)

    def change_roots(self, roots, threshold, by=None, approve=None, **changed):
        keys = sorted(b64encode(one.public_key) for one in roots)
        fields = {"keys": keys, "threshold": threshold, **changed.pop("fields", {})}
        return self.put(self.told("RootsChanged", fields, approve, **changed), by)

    def rotate(self, new, by=None):
        """The record key changes, as in edition 2: no root is asked."""
        public = new.public_key
        fields = {"new_key_id": keyid("record", public), "public_key": b64encode(public)}
        return self.put(self.told("SigningKeyRotated", fields, ()), [by or self.first, new])

    def go_on(self, *signers):
        """One record by each of these keys."""
        for signer in signers:
            record = self.log.record("PostChecked", "account/acc-9", "check_post", "per-1")
            rules = {**record.rules, "keyring": self.count}
            self.log.append(replace(record, rules=rules), signer)
        return self

    def evidence(self, size=None, signer=None, checkpoint=None, **more):
        note = (
            checkpoint if isinstance(checkpoint, bytes) else self.log.checkpoint(size, checkpoint)
        )
        return self.log.evidence(size, signer=signer or self.signer, checkpoint_note=note, **more)

    def found(self, size=None, signer=None, checkpoint=None, trust=None, **more):
        """The verdict, and the findings as code and position."""
        evidence = self.evidence(size, signer, checkpoint, **more)
        report = verify(io.BytesIO(evidence), trust=trust or self.log.trust)
        return report.verdict, [(f.code, f.position) for f in report.findings]
