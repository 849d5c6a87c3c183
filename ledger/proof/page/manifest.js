// The signed list of members, and those of them that this page holds (format 9).

const MANIFEST_TYPE = "application/vnd.handledger.manifest+json";
const MAX_MANIFEST = 32 * 2 ** 20;

/** The envelope and what it lists; null for what is no manifest. */
function manifestIn(octets) {
  try {
    const envelope = openEnvelope(parseCanonical(textOf(octets)), MANIFEST_TYPE, 1);
    const body = parseCanonical(textOf(envelope.body));
    if (!isObject(body) || !isListOf(body.members, (item) => hasExactly(item, ["path", "sha256", "size"]))) return null;
    return { envelope, body, listed: new Map(body.members.map((item) => [item.path, item])) };
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
async function* membersOf(verification) {
  const { size, blocks, contents } = verification;
  const hasAnswers = document.querySelector("script.answers") !== null;
  yield ["checkpoint", memberIn("checkpoint")];
  if (hasAnswers) yield ["answers.json", memberIn("answers")];
  yield ["disclosures.jsonl", memberIn("disclosures")];
  if (contents.isPartial) yield ["heads.json", memberIn("heads")];
  for (const [n, block] of blocks.entries()) {
    const [tile, ...lines] = linesIn(block).map(octetsIn);
    const width = Math.min(TILE, size - n * TILE);
    yield [tilePath(0, n, width), tile];
    yield* recordMembers(contents, n, width, lines);
  }
  yield* tilesAbove(verification);
}

function* recordMembers(contents, n, width, lines) {
  const positions = contents.positions(n * TILE, width);
  if (contents.isCase) {
    for (const [at, position] of positions.entries()) {
      yield [`records/${position}.json`, lines[2 * at] ?? new Uint8Array()];
      yield [`records/${position}.tlog-proof`, lines[2 * at + 1] ?? new Uint8Array()];
    }
    return;
  }
  const parts = lines.flatMap((entry) => [Uint8Array.of(entry.length >> 8, entry.length & 255), entry]);
  const path = tilePath("entries", n, width);
  yield [positions.length === width ? path : path.replace("tile/entries/", "shown/"), joined(...parts)];
}

/** The hash tiles above those over the records. */
async function* tilesAbove({ bundles, size }) {
  let hashes = bundles.slice(0, Math.floor(size / TILE)).map((bundle) => bundle.root);
  for (let level = 1; hashes.length > 0; level += 1) {
    const above = [];
    for (let at = 0; at < hashes.length; at += TILE) {
      const tile = hashes.slice(at, at + TILE);
      yield [tilePath(level, at / TILE, tile.length), joined(...tile)];
      if (tile.length === TILE) above.push(await rootOf(tile));
    }
    hashes = above;
  }
}

/** What the manifest says otherwise: who signed it, and of which members it has other hashes. */
async function manifestFindings({ envelope, body, listed }, verification) {
  const found = (code, detail) => ({ code, position: null, detail });
  const { size, keyring } = verification;
  const findings = [];
  const [{ keyid: id, sig }] = envelope.signatures;
  const key = keyring.at(id, size);
  const signed = key && (await checkSignature(key, sig, pae(MANIFEST_TYPE, envelope.body)).then(() => true, () => false));
  if (!signed) findings.push(found("manifest_signature", "the manifest is not signed by a record key of this log"));
  if (aboutIn(body) !== textOf(memberIn("about"))) {
    findings.push(found("report_differs", "the manifest is about something else, or shows other records, than this page"));
  }
  for await (const [path, octets] of membersOf(verification)) {
    const item = listed.get(path);
    if (item?.size !== octets.length) findings.push(found("manifest_members", `${path}: ${item?.size} octets listed, ${octets.length} there`));
    if (item && item.sha256 !== hexOf(await sha256(octets))) findings.push(found("member_hash", `${path} is not what the manifest lists`));
    await breathe();
  }
  return findings;
}

/** What the manifest says in the words of this page's first block. */
function aboutIn({ format, members, ...about }) {
  try {
    return canonical(about);
  } catch {
    return "";
  }
}
