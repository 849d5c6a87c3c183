// Kept checkpoints and the trust file: who says that these records are those of the school (format 10).

const CLOCKS_DIFFER = 300;
// What leads to other words than that the evidence does not hold.
const SUSPECT = ["times_outside_anchors", "key_compromised"];
const CONTRADICTS_NOT = new Set(["no_trust_file", "quorum_not_reached", ...SUSPECT]);

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

/** What the log says of its own keys stands above the trust file. */
async function signerFindings({ checkpoint: { origin }, note, keyring, size }, trust) {
  const logs = (trust?.logs ?? []).filter((key) => key.name === origin);
  const wrong = await wrongSigner({ note, keyring, size }, logs, [...(trust?.witnesses.values() ?? [])]);
  const code = trust ? "checkpoint_untrusted" : "checkpoint_signature";
  const findings = wrong === null ? [] : foundOf(wrong.code ?? code, wrong.detail);
  if (!trust || logs.length > 0 || (wrong !== null && !wrong.code)) return findings;
  return [...findings, ...foundOf("checkpoint_untrusted", `the trust file does not name ${origin}`)];
}

/** Null where a key in force signed, or why none did; without a code where no key of the log did. */
async function wrongSigner({ note, keyring, size }, logs, witnesses) {
  const inState = (state) => Promise.all(keyring.checkpoints(size, state).map((raw) => noteKey(keyring.origin, raw)));
  const [inForce, doubtful, ended] = await Promise.all(["in force", "doubtful", "ended"].map(inState));
  const isTold = (key) => [...doubtful, ...ended].some((one) => areEqual(one.raw, key.raw));
  const good = [...inForce, ...logs.filter((key) => !isTold(key))];
  let signers;
  try {
    signers = await signersOf(note, [...good, ...doubtful, ...ended, ...witnesses]);
  } catch (error) {
    return { detail: error.message };
  }
  const isSigned = (keys) => keys.some((key) => signers.includes(key));
  if (isSigned(good)) return null;
  if (isSigned(doubtful)) return { code: "key_compromised", detail: "the checkpoint is signed by a compromised key alone" };
  if (isSigned(ended)) return { code: "checkpoint_signature", detail: "the checkpoint is signed by a key that has ended" };
  return { detail: "the checkpoint is signed by no key of this log" };
}

async function witnessFindings({ checkpoint: { origin }, note, order }, trust) {
  if (!trust) return foundOf("no_trust_file", "without a trust file, nothing says whose log this is");
  if (!(await isQuorumReached(trust, note, 0))) return foundOf("quorum_not_reached", `quorum ${trust.quorum} is not reached`);
  // The clock of a rehearsal is set by its lines.
  const since = origin.startsWith("rehearsal/") ? 0 : (order?.time ?? 0) - CLOCKS_DIFFER;
  if (await isQuorumReached(trust, note, since)) return [];
  return foundOf("times_outside_anchors", "records are later than when the witnesses saw them");
}
