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

function readRecord(envelope) {
  const body = parseCanonical(textOf(envelope.body));
  checkBody(body);
  return body;
}

/** A change of the record key, which the key before it signed, is more than this page follows. */
async function checkKeyStays(envelope, keys) {
  if (envelope.signatures.length !== 2 || readRecord(envelope).type !== "SigningKeyRotated") return;
  const known = envelope.signatures.filter(({ keyid: id }) => keys.has(id));
  await checkSigned({ ...envelope, signatures: known }, keys, 0);
  if (known.length > 0) throw new Newer("the record key changes here, which this page does not follow");
}

async function checkSigned(envelope, keys, position) {
  for (const { keyid: id, sig } of envelope.signatures) {
    const key = keys.get(id);
    if (key === undefined) throw new Fault("key_not_valid", `no record key ${id} is valid at position ${position}`);
    try {
      await checkSignature(key, sig, pae(RECORD_TYPE, envelope.body));
    } catch (error) {
      throw new Fault("record_signature", error.message);
    }
  }
}

class Fault extends Error {
  constructor(code, detail) {
    super(detail);
    this.code = code;
  }
}

/** What a worker says of one record: its summary, and what is wrong with it. */
async function checkRecord(position, line, keys, disclosures) {
  const findings = [];
  try {
    const entry = octetsIn(line);
    const leaf = await leafHash(entry);
    try {
      const envelope = openRecord(entry);
      await checkKeyStays(envelope, keys);
      await checkSigned(envelope, keys, position);
      const body = readRecord(envelope);
      const values = await checkDisclosures(body, disclosures, position, findings);
      return { leaf, findings, row: rowOf(position, body, values) };
    } catch (error) {
      return { leaf, findings: [findingOf(error, position)], row: null };
    }
  } catch (error) {
    return { leaf: new Uint8Array(32), findings: [findingOf(error, position)], row: null };
  }
}

function findingOf(error, position) {
  if (error instanceof Fault) return { code: error.code, position, detail: error.message };
  if (error instanceof Newer) return { code: "newer", position, detail: error.message };
  return { code: "record_form", position, detail: error.message };
}

/** Each disclosed value gives the commitment of the record (format 5). */
async function checkDisclosures(body, disclosures, position, findings) {
  const values = {};
  for (const { path, salt, value } of disclosures) {
    const sealed = Object.hasOwn(body.data.sealed, path) ? body.data.sealed[path] : null;
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
    sealed: Object.keys(body.data.sealed),
    values,
  };
}

/** Findings, rows, leaves and root of one bundle: `{first, width, lines, keys, disclosures}`. */
async function checkBundle({ first, width, lines, keys, disclosures }) {
  const [tileLine, ...entries] = lines;
  const known = new Map(keys);
  const checked = await Promise.all(
    entries.slice(0, width).map((line, at) => checkRecord(first + at, line, known, disclosures[first + at] ?? [])),
  );
  const findings = checked.flatMap((one) => one.findings);
  const leaves = checked.map((one) => one.leaf);
  if (entries.length !== width) {
    findings.push({ code: "bundle_form", position: null, detail: `${entries.length} records in place of ${width}` });
  }
  findings.push(...tileFindings(first, width, tileLine, leaves));
  return { findings, leaves: joined(...leaves), root: await rootOf(leaves), rows: checked.map((one) => one.row) };
}

function tileFindings(first, width, line, leaves) {
  let given = [];
  try {
    given = hashesIn(octetsIn(line));
  } catch {
    return [{ code: "tile_mismatch", position: first, detail: "hash tile that cannot be read" }];
  }
  const at = Array.from({ length: width }).findIndex(
    (_, n) => given[n] === undefined || leaves[n] === undefined || !areEqual(given[n], leaves[n]),
  );
  if (at < 0 && given.length === width) return [];
  const position = first + (at < 0 ? width : at);
  return [{ code: "tile_mismatch", position, detail: "the record is not the one whose hash the tree holds" }];
}

if (typeof document === "undefined") {
  onmessage = async ({ data }) => postMessage({ n: data.n, ...(await checkBundle(data)) });
}
