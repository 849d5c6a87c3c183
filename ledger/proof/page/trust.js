// Kept checkpoints and the trust file: who says that these records are those of the school (format 10).

const CLOCKS_DIFFER = 300;
// What leads to other words than that the evidence does not hold.
const CONTRADICTS_NOT = new Set(["no_trust_file", "quorum_not_reached", "times_outside_anchors"]);

/** Steps 9 and 10: findings about kept checkpoints and the trust file; each may be absent. */
async function anchorFindings(verification, trust, known) {
  const findings = [];
  for (const kept of known) findings.push(...(await keptFindings(verification, kept)));
  if (!verification.checkpoint) return findings;
  findings.push(...(await signerFindings(verification, trust)));
  findings.push(...(await witnessFindings(verification, trust)));
  return findings;
}

function foundOf(code, detail) {
  return [{ code, position: null, detail }];
}

async function keptFindings(verification, kept) {
  const { origin, size } = verification;
  if (kept.origin !== origin) return foundOf("inconsistent_with_known", "the kept checkpoint is of another log");
  if (kept.size > size) {
    return foundOf("shorter_than_known", `a checkpoint of ${kept.size} records is known, the file has ${size}`);
  }
  const root = await verification.rootAt(kept.size);
  if (root !== null && areEqual(root, kept.root)) return [];
  return foundOf("inconsistent_with_known", `the first ${kept.size} records are not those of the kept checkpoint`);
}

async function signerFindings({ checkpoint: { origin }, note, keyring }, trust) {
  const logs = (trust?.logs ?? []).filter((key) => key.name === origin);
  const witnesses = [...(trust?.witnesses.values() ?? [])];
  const admitted = await Promise.all(keyring.checkpoint.map((raw) => noteKey(keyring.origin, raw)));
  const code = trust ? "checkpoint_untrusted" : "checkpoint_signature";
  try {
    const signers = await signersOf(note, [...admitted, ...logs, ...witnesses]);
    if (!signers.some((key) => key.name === origin && key.algorithm === ED25519_NOTE)) {
      return foundOf(code, "the checkpoint is signed by no key of this log");
    }
  } catch (error) {
    return foundOf(code, error.message);
  }
  return trust && logs.length === 0 ? foundOf("checkpoint_untrusted", `the trust file does not name ${origin}`) : [];
}

async function witnessFindings({ checkpoint: { origin }, note, order }, trust) {
  if (!trust) return foundOf("no_trust_file", "without a trust file, nothing says whose log this is");
  if (!(await isQuorumReached(trust, note, 0))) return foundOf("quorum_not_reached", `quorum ${trust.quorum} is not reached`);
  // The clock of a rehearsal is set by its lines.
  const since = origin.startsWith("rehearsal/") ? 0 : (order?.time ?? 0) - CLOCKS_DIFFER;
  if (await isQuorumReached(trust, note, since)) return [];
  return foundOf("times_outside_anchors", "records are later than when the witnesses saw them");
}
