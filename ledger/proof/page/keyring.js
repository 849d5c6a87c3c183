// Which key was valid at which position, folded from the key records of the log (format 6).

const ROTATED_SINCE = 2;

/** The keys of one log: each is valid over an interval of positions, never of time. */
class Keyring {
  constructor() {
    this.origin = "";
    this.count = 0;
    this.used = new Set();
    // Key id to the key, where its interval begins, and where it ends.
    this.record = new Map();
    this.checkpoint = [];
  }

  /** Take the first record's body; throws Malformed, Invalid or Newer when it opens no keyring. */
  async open(body) {
    if (body.subject !== "keyring") throw new Invalid("record 0 does not open the keyring");
    if (body.type !== "KeyringOpened") this.refuse(body);
    const { fields } = body.data;
    if (!hasExactly(fields, ["admitted", "rehearsal", "roots"]) || typeof fields.rehearsal !== "boolean") {
      throw new Malformed("keyring whose fields are not admitted, rehearsal and roots");
    }
    const roots = openRoots(fields.roots);
    const admitted = openAdmitted(fields.admitted);
    if (admitted.some((item) => fields.roots.keys.includes(b64encode(item.key)))) {
      throw new Invalid("a root key is admitted for another purpose");
    }
    await checkOrigin(body, fields);
    if (body.action !== "open_keyring" || body.actor !== "system") throw new Invalid("keyring not opened by system");
    await checkApproved(body, roots, fields.roots.threshold);
    this.origin = body.source;
    this.count = 1;
    for (const { purpose, key } of admitted) {
      if (purpose === "checkpoint") this.checkpoint.push(key);
      else this.record.set(await keyid("record", key), { key, since: 0, last: Infinity });
    }
    [...roots, ...admitted.map((item) => item.key)].forEach((key) => this.used.add(hexOf(key)));
  }

  refuse({ type }) {
    if (type === "SigningKeyRotated") throw new Invalid("a record key is changed before the keyring is opened");
    throw new Newer(`key record of type ${type} is newer than this page`);
  }

  /** The record key of that id, if it is valid at the position. */
  at(id, position) {
    const found = this.record.get(id);
    return found !== undefined && position >= found.since && position <= found.last ? found.key : undefined;
  }

  /** Throws Fault where a record of these signatures may not stand, or one of them fails. */
  checkSigned(position, { signed, handed }) {
    for (const { id, fault } of signed) {
      // A key handed over to never signs alone: the other signature is that of a key valid here.
      const isHanded = signed.length === 2 && handed?.id === id;
      if (!isHanded && this.at(id, position) === undefined) {
        throw new Fault("key_not_valid", `no record key ${id} is valid at position ${position}`);
      }
      if (fault !== null) throw new Fault("record_signature", fault);
    }
  }

  /** Apply a key record; throws Invalid where it may not change the keys, Newer for another type. */
  admit(row, { signed, handed }) {
    if (row.subject !== "keyring") return;
    if (row.type === "KeyringOpened") {
      if (row.position > 0) throw new Invalid(`keyring opened at position ${row.position}`);
      return;
    }
    if (row.type === "SigningKeyRotated") {
      this.rotate(row, signed.map((one) => one.id), handed);
    } else {
      throw new Newer(`key record of type ${row.type} is newer than this page`);
    }
    this.count += 1;
  }

  /** From the next position on the new key is the only record key. */
  rotate(row, signedBy, handed) {
    checkRotation(row);
    if (handed === null) throw new Malformed("change of the record key to what is no key");
    const { id, key } = handed;
    if (row.fields.new_key_id !== id) throw new Invalid(`key ${id} is named otherwise`);
    if (this.used.has(hexOf(key))) throw new Invalid(`key ${id} is a key of this log already`);
    if (signedBy.length !== 2 || !signedBy.includes(id)) {
      throw new Invalid("change of the record key that old and new key did not both sign");
    }
    for (const known of this.record.values()) known.last = Math.min(known.last, row.position);
    this.record.set(id, { key, since: row.position + 1, last: Infinity });
    this.used.add(hexOf(key));
  }
}

function checkRotation({ catalogue, action, isApproved, fields }) {
  if (catalogue < ROTATED_SINCE) throw new Invalid(`SigningKeyRotated under edition ${catalogue}, which has none`);
  if (action !== "rotate_signing_key") throw new Invalid(`record key changed with action ${action}`);
  if (isApproved) throw new Invalid("change of the record key with approvals, which it does not have");
  if (!hasExactly(fields, ["new_key_id", "public_key"])) {
    throw new Malformed("change of the record key whose fields are not new_key_id and public_key");
  }
}

/** The code of a finding about keys. */
function codeOf(error) {
  if (error instanceof Fault) return error.code;
  return error instanceof Newer ? "newer" : "keyring";
}

function firstRecord(block) {
  try {
    return openRecord(octetsIn(linesIn(block)[1] ?? ""));
  } catch (error) {
    throw new Fault("record_form", error.message);
  }
}

/** Open the keyring with the first record: its keys are within, so it is read before it is checked. */
async function openKeyring(keyring, envelope) {
  try {
    await keyring.open(bodyOfFirst(envelope));
  } catch (error) {
    // Only what was well signed may be newer than this page.
    if (error instanceof Newer) {
      await checkSignedByAdmitted(envelope).catch(({ message }) => {
        throw new Fault("record_signature", message);
      });
    }
    throw error;
  }
}

function bodyOfFirst(envelope) {
  try {
    return readRecord(envelope);
  } catch (error) {
    throw error instanceof Newer ? error : new Fault("record_form", error.message);
  }
}

/** Throws Malformed or Invalid unless a first record is signed by keys that it lists itself. */
async function checkSignedByAdmitted(envelope) {
  const body = parseCanonical(textOf(envelope.body));
  const items = body?.data?.fields?.admitted;
  if (!Array.isArray(items)) throw new Malformed("first record without admitted keys");
  const keys = new Map();
  for (const item of items) {
    const key = keyOf(item?.public_key);
    keys.set(await keyid("record", key), key);
  }
  for (const { id, fault } of await signaturesOf(envelope, keys)) {
    if (fault !== null) throw new Invalid(`first record: ${id}: ${fault}`);
  }
}

function openRoots(roots) {
  if (!hasExactly(roots, ["keys", "threshold"]) || !Array.isArray(roots.keys)) {
    throw new Malformed("roots are not keys and threshold");
  }
  const { keys, threshold } = roots;
  if (keys.length < 1 || keys.length > 16) throw new Malformed("roots are not a list of 1 to 16 keys");
  if (!isCount(threshold) || threshold < 1 || threshold > keys.length) throw new Malformed("threshold that is none");
  const parsed = keys.map(keyOf);
  if (!areAscending(keys)) throw new Malformed("root keys not sorted, or one twice");
  return parsed;
}

function openAdmitted(items) {
  if (!Array.isArray(items)) throw new Malformed("admitted is not a list");
  const purposes = items.map((item) => {
    if (!hasExactly(item, ["public_key", "purpose"])) throw new Malformed("admitted key is not public_key and purpose");
    return item.purpose;
  });
  if (!purposes.every((purpose) => purpose === "record" || purpose === "checkpoint")) {
    throw new Malformed("admitted key of another purpose");
  }
  const keys = items.map((item) => keyOf(item.public_key));
  const spelt = items.map((item) => `${item.purpose} ${item.public_key}`);
  if (!areAscending(spelt) || new Set(items.map((item) => item.public_key)).size !== items.length) {
    throw new Malformed("admitted keys not sorted, or one twice");
  }
  if (new Set(purposes).size !== 2) throw new Malformed("admitted keys do not serve both purposes");
  return items.map((item, at) => ({ purpose: item.purpose, key: keys[at] }));
}

async function checkOrigin(body, fields) {
  const [host, slug] = body.source.split("/");
  const digest = hexOf(await sha256(octetsOf(canonical(fields.roots)))).slice(0, 32);
  if (body.source !== `${host}/${slug}/${digest}`) throw new Invalid("origin does not hash its roots");
  if (fields.rehearsal !== (host === "rehearsal")) throw new Invalid(`rehearsal is ${fields.rehearsal} on host ${host}`);
}

/** At least `threshold` of the roots approved the record, and nothing else is among the approvals. */
async function checkApproved(body, roots, threshold) {
  const known = new Map(await Promise.all(roots.map(async (key) => [await keyid("root", key), key])));
  const { id, source, streamversion, subject, type } = body;
  const statement = canonical({ fields: body.data.fields, id, source, streamversion, subject, type });
  const approvals = body.data.approvals ?? [];
  for (const value of approvals) {
    const approval = openEnvelope(value, ROOT_TYPE, 1);
    const key = known.get(approval.signatures[0].keyid);
    if (key === undefined) throw new Invalid("approval by what is no root key");
    if (textOf(approval.body) !== statement) throw new Invalid("approval of another record");
    await checkSignature(key, approval.signatures[0].sig, pae(ROOT_TYPE, approval.body));
  }
  if (approvals.length < threshold) throw new Invalid(`${approvals.length} approvals, ${threshold} are called for`);
}
