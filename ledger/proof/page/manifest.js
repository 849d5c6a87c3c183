// The signed list of members, and those of them that this page holds (format 9).

const MANIFEST_TYPE = "application/vnd.handledger.manifest+json";
const MAX_MANIFEST = 32 * 2 ** 20;

/** The envelope and what it lists; null for what is no manifest. */
function manifestIn(octets) {
  try {
    const envelope = openEnvelope(parseCanonical(textOf(octets)), MANIFEST_TYPE, 1);
    const body = parseCanonical(textOf(envelope.body));
    if (!isObject(body) || !isListOf(body.members, (item) => hasExactly(item, ["path", "sha256", "size"]))) return null;
    return { envelope, body, listed: new Map(body.members.map((item) => [item.path, item.sha256])) };
  } catch {
    return null;
  }
}

/** Where a tile of that level and number lies: groups of three digits, all but the last after an x. */
function tilePath(level, n, width) {
  const digits = String(n);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, "0").match(/.{3}/g);
  const last = groups.pop();
  const path = ["tile", level, ...groups.map((group) => `x${group}`), last].join("/");
  return width === TILE ? path : `${path}.p/${width}`;
}

/** Give `[path, octets]` of every member that this page holds. */
function* membersOf({ size, blocks }) {
  yield ["checkpoint", memberIn("checkpoint")];
  yield ["answers.json", memberIn("answers")];
  yield ["disclosures.jsonl", memberIn("disclosures")];
  for (const [n, block] of blocks.entries()) {
    const [tile, ...entries] = linesIn(block).map(octetsIn);
    const width = Math.min(TILE, size - n * TILE);
    yield [tilePath(0, n, width), tile];
    const parts = entries.flatMap((entry) => [Uint8Array.of(entry.length >> 8, entry.length & 255), entry]);
    yield [tilePath("entries", n, width), joined(...parts)];
  }
}

/** What the manifest says otherwise: who signed it, and of which members it has other hashes. */
async function manifestFindings({ envelope, body, listed }, verification) {
  const found = (code, detail) => ({ code, position: null, detail });
  const { origin, size } = verification.checkpoint;
  const findings = [];
  const [{ keyid: id, sig }] = envelope.signatures;
  const key = verification.keyring.at(id, size);
  const signed = key && (await checkSignature(key, sig, pae(MANIFEST_TYPE, envelope.body)).then(() => true, () => false));
  if (!signed) findings.push(found("manifest_signature", "the manifest is not signed by a record key of this log"));
  if (body.size !== size || body.source !== origin) {
    findings.push(found("checkpoint_differs", "manifest and checkpoint name another log or size"));
  }
  for (const [path, octets] of membersOf(verification)) {
    if (listed.get(path) !== hexOf(await sha256(octets))) findings.push(found("member_hash", `${path} is not what the manifest lists`));
    await breathe();
  }
  return findings;
}
