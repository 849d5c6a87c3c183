// Which key was valid at which position, folded from the key records of the log (format 6).

/** The keys of one log: each is valid over an interval, a record key of positions, a checkpoint key of sizes. */
class Keyring {
  constructor() {
    this.origin = "";
    this.count = 0;
    this.used = new Set();
    this.roots = { keys: new Map(), threshold: 0 };
    // By key id: what for, the key, where its interval begins and ends, until where it is trusted,
    // whether that it was compromised ended it.
    this.keys = new Map();
    // Runs of records that the same keys signed: first, beyond the last, key ids.
    this.runs = [];
    this.reattested = [];
  }

  /** Take the first record's body; throws Malformed, Invalid or Newer when it opens no keyring. */
  async open(body) {
    if (body.subject !== "keyring") throw new Invalid("record 0 does not open the keyring");
    checkKind(body);
    if (body.type !== "KeyringOpened") throw new Invalid(`${body.type} before the keyring is opened`);
    const { fields } = body.data;
    if (!hasExactly(fields, ["admitted", "rehearsal", "roots"]) || typeof fields.rehearsal !== "boolean") {
      throw new Malformed("keyring whose fields are not admitted, rehearsal and roots");
    }
    const roots = await namedRoots(fields.roots);
    const admitted = openAdmitted(fields.admitted);
    if (admitted.some((item) => fields.roots.keys.includes(b64encode(item.key)))) {
      throw new Invalid("a root key is admitted for another purpose");
    }
    await checkOrigin(body, fields);
    if (body.actor !== "system") throw new Invalid("keyring not opened by system");
    this.roots = roots;
    this.checkApproved({ approvals: await approvalsOf(body, roots.keys) });
    this.origin = body.source;
    this.count = 1;
    for (const key of roots.keys.values()) this.used.add(hexOf(key));
    for (const said of admitted) this.add({ ...said, id: await keyid(said.purpose, said.key) }, said.purpose === "record" ? 0 : 1);
  }

  add({ purpose, algorithm, id, key }, since) {
    if (this.used.has(hexOf(key))) throw new Invalid(`key ${id} is a key of this log already`);
    this.keys.set(id, { purpose, algorithm, key, since, last: Infinity, until: Infinity, isStolen: false });
    this.used.add(hexOf(key));
  }

  /** Throws Invalid unless enough roots, of each further set too, approved, and nobody else did. */
  checkApproved({ approvals }, ...more) {
    const sets = [this.roots, ...more];
    if (approvals === null) throw new Malformed("approvals that are none");
    for (const { id, fault } of approvals) {
      if (!sets.some(({ keys }) => keys.has(id))) throw new Invalid(`approval by ${id}, which is no root key`);
      if (fault !== null) throw new Invalid(fault);
    }
    for (const { keys, threshold } of sets) {
      const count = approvals.filter(({ id }) => keys.has(id)).length;
      if (count < threshold) throw new Invalid(`${count} approvals, ${threshold} are called for`);
    }
  }

  /** The record key of that id, if it is valid at the position. */
  at(id, position) {
    const found = this.keys.get(id);
    return found?.purpose === "record" && covers(found, position) ? found.key : undefined;
  }

  /** The Ed25519 checkpoint keys that are in that state for a checkpoint of a size. */
  checkpoints(size, state) {
    return [...this.keys.values()]
      .filter((key) => key.purpose === "checkpoint" && key.algorithm === "ed25519" && key.since <= size && stateOf(key, size) === state)
      .map(({ key }) => key);
  }

  /** Throws Fault where a record of these signatures may not stand, or one of them fails. */
  checkSigned(position, { signed, keys }) {
    for (const { id, fault } of signed) {
      if (!this.isBrought(id, signed, keys) && this.at(id, position) === undefined) {
        throw new Fault("key_not_valid", `no record key ${id} is valid at position ${position}`);
      }
      if (fault !== null) throw new Fault("record_signature", fault);
    }
  }

  /**
   * A key handed over to never signs alone: the other signature is that of a key valid here. One
   * that the roots admit may.
   */
  isBrought(id, signed, keys) {
    if (keys?.handed?.id !== id) return false;
    if (signed.length === 2) return keys.type === "SigningKeyRotated";
    if (keys.type !== "KeyAdmitted" || this.keys.has(id)) return false;
    try {
      this.checkApproved(keys);
      return true;
    } catch {
      return false;
    }
  }

  /** Take a record, and apply what it says about keys; throws Invalid where it may not, Newer for another type. */
  admit(row, { signed, keys }) {
    const signers = signed.map((one) => one.id);
    if (row.subject === "keyring" && row.position > 0) {
      checkKind(row);
      this[APPLY.get(row.type)](row, signers, keys);
      this.count += 1;
    }
    this.see(row.position, row.isApproved ? "" : signers.join(" and "));
  }

  see(position, signers) {
    const run = this.runs[this.runs.length - 1];
    if (run?.stop === position && run.signers === signers) run.stop += 1;
    else this.runs.push({ start: position, stop: position + 1, signers });
  }

  openAgain({ position }) {
    throw new Invalid(`keyring opened at position ${position}`);
  }

  /** From the next position on the new key is the only record key. */
  rotate({ position, isApproved, fields }, signers, { handed }) {
    if (isApproved) throw new Invalid("change of the record key with approvals, which it does not have");
    if (!hasExactly(fields, ["new_key_id", "public_key"]) || handed === null) {
      throw new Malformed("change of the record key whose fields are not new_key_id and public_key");
    }
    const { id, key } = handed;
    if (fields.new_key_id !== id) throw new Invalid(`key ${id} is named otherwise`);
    if (signers.length !== 2 || !signers.includes(id)) {
      throw new Invalid("change of the record key that old and new key did not both sign");
    }
    const old = [...this.keys.values()].filter(({ purpose }) => purpose === "record");
    this.add({ purpose: "record", algorithm: "ed25519", id, key }, position + 1);
    for (const known of old) known.last = Math.min(known.last, position);
  }

  checkAlone(signers, keys, ...more) {
    if (signers.length !== 1) throw new Invalid(`${signers.length} signatures`);
    this.checkApproved(keys, ...more);
  }

  /** The key is valid from the next position on, or from this one, where it signs itself. */
  bring({ position }, signers, keys) {
    if (keys.brought === null) throw new Malformed("admitted key that is none");
    this.checkAlone(signers, keys);
    this.add(keys.brought, position + (signers.includes(keys.brought.id) ? 0 : 1));
  }

  revoke({ position, fields }, signers, keys) {
    const isOne = hasExactly(fields, ["key_id", "purpose", "reason"]) && ["retired", "lost", "left"].includes(fields.reason);
    if (!isOne) throw new Malformed("revoked key whose fields are not key_id, purpose and reason");
    this.checkAlone(signers, keys);
    const key = this.named(fields);
    if (key.last !== Infinity) throw new Invalid(`key ${fields.key_id} has ended already`);
    const isAlike = (one) => one.last === Infinity && one.purpose === key.purpose && one.algorithm === "ed25519";
    if (key.algorithm === "ed25519" && [...this.keys.values()].filter(isAlike).length < 2) {
      throw new Invalid(`the last ${key.purpose} key is revoked`);
    }
    key.last = position;
  }

  compromise({ position, fields }, signers, keys) {
    const until = fields.trusted_until;
    const isOne = hasExactly(fields, ["key_id", "purpose", "trusted_until"]) && isCount(until) && until <= position;
    if (!isOne) throw new Malformed("compromised key whose fields are not key_id, purpose and trusted_until");
    this.checkAlone(signers, keys);
    const key = this.named(fields);
    key.until = Math.min(key.until, until);
    if (key.last === Infinity) Object.assign(key, { last: position, isStolen: true });
  }

  named({ key_id: id, purpose }) {
    const key = this.keys.get(id);
    if (key === undefined || key.purpose !== purpose) throw new Invalid("no such key of the log");
    return key;
  }

  reattest({ position, fields }, signers, keys) {
    const { from, to, root } = fields;
    const isOne = hasExactly(fields, ["from", "root", "to"]) && isCount(from) && isCount(to) && from < to && isHex64(root);
    if (!isOne) throw new Malformed("re-attestation of no range");
    this.checkAlone(signers, keys);
    if (to > position || this.reattested.some((one) => one.from < to && from < one.to)) {
      throw new Invalid("re-attestation of later records, or of some a second time");
    }
    this.reattested.push({ from, to, root, position });
  }

  changeRoots(row, signers, keys) {
    if (keys.changed === null) throw new Malformed("roots that are none");
    this.checkAlone(signers, keys, keys.changed);
    const isOld = (id) => this.roots.keys.has(id);
    if ([...keys.changed.keys].some(([id, key]) => !isOld(id) && this.used.has(hexOf(key)))) {
      throw new Invalid("a new root key is a key of this log already");
    }
    this.roots = keys.changed;
    for (const key of this.roots.keys.values()) this.used.add(hexOf(key));
  }

  /** Ranges that only compromised keys signed, but for those `cleared`; what is not shown divides none. */
  suspects(cleared) {
    const found = [];
    let before = 0;
    for (const { start, stop, signers } of this.runs) {
      const until = signers === "" ? Infinity : Math.max(...signers.split(" and ").map((id) => this.keys.get(id).until));
      for (const [first, beyond] of rangesWithout(Math.max(start, until), stop, cleared)) {
        const last = found[found.length - 1];
        if (last?.beyond === before && last.signers === signers && first === start) last.beyond = beyond;
        else found.push({ first, beyond, signers });
      }
      before = stop;
    }
    return found;
  }
}

const APPLY = new Map([
  ["KeyringOpened", "openAgain"],
  ["SigningKeyRotated", "rotate"],
  ["KeyAdmitted", "bring"],
  ["KeyRevoked", "revoke"],
  ["KeyCompromised", "compromise"],
  ["RecordsReattested", "reattest"],
  ["RootsChanged", "changeRoots"],
]);

function covers({ since, last }, at) {
  return since <= at && at <= last;
}

function stateOf(key, size) {
  if (size > key.until) return key.isStolen || covers(key, size) ? "doubtful" : "ended";
  return covers(key, size) ? "in force" : "ended";
}

function* rangesWithout(begin, stop, cleared) {
  for (const { from, to } of cleared) {
    if (begin < Math.min(from, stop)) yield [begin, Math.min(from, stop)];
    begin = Math.max(begin, to);
  }
  if (begin < stop) yield [begin, stop];
}

function checkKind({ type, catalogue, action }) {
  if (!KEY_RECORDS.has(type)) throw new Newer(`key record of type ${type} is newer than this page`);
  const [called, since] = KEY_RECORDS.get(type);
  if (catalogue < since) throw new Invalid(`${type} under edition ${catalogue}, which has none`);
  if (action !== called) throw new Invalid(`${type} with action ${action}`);
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

function openAdmitted(items) {
  if (!Array.isArray(items)) throw new Malformed("admitted is not a list");
  const admitted = items.map(openAdmission);
  const spelt = items.map((item) => `${item.purpose} ${item.public_key}`);
  if (!areAscending(spelt) || new Set(items.map((item) => item.public_key)).size !== items.length) {
    throw new Malformed("admitted keys not sorted, or one twice");
  }
  if (new Set(admitted.map((item) => item.purpose)).size !== 2) throw new Malformed("admitted keys do not serve both purposes");
  return admitted;
}

async function checkOrigin(body, fields) {
  const [host, slug] = body.source.split("/");
  const digest = hexOf(await sha256(octetsOf(canonical(fields.roots)))).slice(0, 32);
  if (body.source !== `${host}/${slug}/${digest}`) throw new Invalid("origin does not hash its roots");
  if (fields.rehearsal !== (host === "rehearsal")) throw new Invalid(`rehearsal is ${fields.rehearsal} on host ${host}`);
}
