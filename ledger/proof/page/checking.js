// What is checked of a bundle of records without knowing those before it: in a worker.

// A line of the data: the octets themselves, or base64 after an equals sign.
function octetsIn(line) {
  return line.startsWith("=") ? b64decode(line.slice(1)) : octetsOf(line);
}

/** The envelope of a record, given as octets. */
function openRecord(entry) {
  if (entry.length > MAX_RECORD) throw new Malformed(`record of ${entry.length} octets`);
  return openEnvelope(parseCanonical(textOf(entry)), RECORD_TYPE, 2);
}

/** What a record says; throws Malformed for another form, Newer for a later edition's. */
function readRecord(envelope) {
  const body = parseCanonical(textOf(envelope.body));
  checkBody(body);
  if (envelope.signatures.length > 1 && body.subject !== "keyring") {
    throw new Malformed("two signatures on a record that is not about keys");
  }
  return body;
}

class Fault extends Error {
  constructor(code, detail) {
    super(detail);
    this.code = code;
  }
}

/** `[{id, fault}]`: which keys signed an envelope, and what is wrong with each signature. */
function signaturesOf({ signatures, body }, keys) {
  const message = pae(RECORD_TYPE, body);
  return Promise.all(signatures.map(async ({ keyid: id, sig }) => {
    const key = keys.get(id);
    if (key === undefined) return { id, fault: `no record key ${id} is known` };
    return checkSignature(key, sig, message).then(() => ({ id, fault: null }), (error) => ({ id, fault: error.message }));
  }));
}

/**
 * What a worker says of one record: its leaf hash, who signed it, what it says, what is wrong with
 * it. Whether those keys may sign in this place is said when its turn comes.
 */
async function checkRecord(position, line, { keys, roots }, disclosures) {
  const said = { position, leaf: new Uint8Array(32), form: null, signed: [], keys: null, row: null, isNewer: false, wrong: [] };
  try {
    const entry = octetsIn(line);
    said.leaf = await leafHash(entry);
    const envelope = openRecord(entry);
    said.signed = await signaturesOf(envelope, keys);
    said.keys = await keysIn(envelope, roots);
    const body = readRecord(envelope);
    const values = await checkDisclosures(body, disclosures, position, said.wrong);
    const told = new Set(disclosures.map(({ path }) => path));
    const erased = disclosures.filter((line) => "erased_by" in line && Object.hasOwn(body.data.sealed, line.path));
    said.row = { ...rowOf(position, body, values), erased, untold: Object.keys(body.data.sealed).filter((path) => !told.has(path)) };
  } catch (error) {
    said.form = error.message;
    said.isNewer = error instanceof Newer;
  }
  return said;
}

/** Each disclosed value gives the commitment of the record (format 5). */
async function checkDisclosures(body, disclosures, position, findings) {
  const values = {};
  for (const { path, salt, value, erased_by: by } of disclosures) {
    const sealed = Object.hasOwn(body.data.sealed, path) ? body.data.sealed[path] : null;
    if (by !== undefined) {
      if (sealed === null) findings.push({ code: "commitment", position, detail: `record seals nothing at ${path}` });
      continue;
    }
    const text = canonical({ id: body.id, path, salt, source: body.source, value });
    const given = hexOf(await sha256(octetsOf(`handledger/commitment/v1\n${text}`)));
    if (sealed !== null && sealed.commitment === given) values[path] = value;
    else findings.push({ code: "commitment", position, detail: `value at ${path} does not give its commitment` });
  }
  return values;
}

/** What the order of records and the timeline need of a body. */
function rowOf(position, body, values) {
  const { id, source, type, subject, streamversion, action, actor, actoroffices, doneby, catalogue } = body;
  return {
    position, id, source, type, subject, streamversion, action, actor, actoroffices, doneby, catalogue,
    time: parseInstant(body.time),
    occurredat: parseInstant(body.occurredat),
    keyring: body.data.rules.keyring,
    fields: body.data.fields,
    irregular: body.data.irregular,
    intent: intentOf(body),
    isApproved: "approvals" in body.data,
    sealed: Object.keys(body.data.sealed),
    values,
  };
}

/** The actor's own signature, and whether it is of this record; null where there is none. */
function intentOf(body) {
  if (body.data.intent === undefined) return null;
  const intent = openIntent(body.data.intent);
  return { ...intent, differs: differenceOf(intent, body) };
}

/** Findings, records, leaves and root of one bundle; `positions` are those shown, the tile tells the rest. */
async function checkBundle({ first, width, positions, isCase, lines, keys, roots, disclosures, proven }) {
  const [tileLine, ...entries] = lines;
  const [known, step] = [{ keys: new Map(keys), roots: new Map(roots) }, isCase ? 2 : 1];
  const there = positions.slice(0, Math.ceil(entries.length / step));
  const records = await Promise.all(
    there.map((position, at) => checkRecord(position, entries[step * at], known, disclosures[position] ?? [])),
  );
  const findings = [];
  if (entries.length !== step * positions.length) {
    findings.push({ code: "bundle_form", position: null, detail: `${entries.length} lines in place of ${step * positions.length}` });
  }
  const proofs = isCase && proven
    ? await Promise.all(records.map(({ position, leaf }, at) => proofFindings(entries[2 * at + 1] ?? "", position, leaf, proven)))
    : [];
  const given = tileIn(tileLine);
  const leaves = leavesOf(first, width, positions, records, given);
  findings.push(...proofs.flat(), ...tileFindings(first, width, given, leaves));
  return { findings, leaves: joined(...leaves), root: await rootOf(leaves), records };
}

function tileIn(line) {
  try {
    const octets = octetsIn(line);
    return octets.length % 32 ? [] : hashesIn(octets);
  } catch {
    return [];
  }
}

/** The leaf hashes of a bundle: of what is not shown those of the tile, as far as it goes. */
function leavesOf(first, width, positions, records, given) {
  const leaves = Array.from({ length: width }, (_, at) => given[at] ?? new Uint8Array(32));
  const missing = positions.slice(records.length);
  for (const { position, leaf } of records) leaves[position - first] = leaf;
  // A record that should be shown is never taken from the tile.
  for (const position of missing) leaves[position - first] = new Uint8Array(32);
  return leaves;
}

function tileFindings(first, width, given, leaves) {
  const at = leaves.findIndex((leaf, n) => given[n] === undefined || !areEqual(given[n], leaf));
  if (at < 0 && given.length === width) return [];
  const position = first + (at < 0 ? width : at);
  return [{ code: "tile_mismatch", position, detail: "the record is not the one whose hash the tree holds" }];
}

if (typeof document === "undefined") {
  onmessage = async ({ data }) => postMessage({ n: data.n, ...(await checkBundle(data)) });
}
