// What key records say, each of a closed form, and who approved them (format 6): in a worker.

// Type to the action that makes it, and the edition of the catalogue that brought it.
const KEY_RECORDS = new Map([
  ["KeyringOpened", ["open_keyring", 1]],
  ["SigningKeyRotated", ["rotate_signing_key", 2]],
  ["KeyAdmitted", ["admit_key", 3]],
  ["KeyRevoked", ["revoke_key", 3]],
  ["KeyCompromised", ["declare_key_compromised", 3]],
  ["RecordsReattested", ["reattest_records", 3]],
  ["RootsChanged", ["change_roots", 3]],
]);
const POST_QUANTUM = "ml-dsa-44";
const POST_QUANTUM_SIZE = 1312;

/**
 * What a record says about keys, before it is known whether it may: the key that it hands over to,
 * the key or the roots that it brings, who of all `roots` approved it. Null for any other record.
 */
async function keysIn(envelope, roots) {
  const body = await orNull(async () => parseCanonical(textOf(envelope.body)));
  if (!isObject(body) || body.subject !== "keyring") return null;
  const [handed, brought, changed, approvals] = await Promise.all(
    [handedTo, broughtBy, rootsIn, (said) => approvalsOf(said, roots)].map((read) => orNull(() => read(body))),
  );
  return { type: body.type, handed, brought, changed, approvals };
}

function orNull(read) {
  return read().catch(() => null);
}

/** The record key that a record hands over to, or admits; throws where there is none. */
async function handedTo({ type, data: { fields } }) {
  const isOne = type === "SigningKeyRotated" || (type === "KeyAdmitted" && fields.purpose === "record");
  if (!isOne) throw new Malformed("no record key is brought");
  const key = keyOf(fields.public_key);
  return { id: await keyid("record", key), key };
}

/** `{purpose, algorithm, id, key}` of what a record admits; throws Malformed for another form. */
async function broughtBy({ data: { fields } }) {
  const isPlain = !Object.hasOwn(fields, "algorithm");
  const said = isPlain ? openAdmission(fields) : openPostQuantum(fields);
  return { ...said, id: await keyid(said.purpose, said.key) };
}

function openAdmission(item) {
  if (!hasExactly(item, ["public_key", "purpose"])) throw new Malformed("admitted key is not public_key and purpose");
  const { purpose } = item;
  if (purpose !== "record" && purpose !== "checkpoint") throw new Malformed("admitted key of another purpose");
  return { purpose, algorithm: "ed25519", key: keyOf(item.public_key) };
}

function openPostQuantum(fields) {
  const { algorithm, purpose } = fields;
  const isOne = hasExactly(fields, ["algorithm", "public_key", "purpose"]) && typeof fields.public_key === "string";
  if (!isOne || algorithm !== POST_QUANTUM || purpose !== "checkpoint") throw new Malformed("admitted key of another algorithm");
  const key = b64decode(fields.public_key);
  if (key.length !== POST_QUANTUM_SIZE) throw new Malformed("post-quantum key of another length");
  return { purpose, algorithm, key };
}

/** `{keys, threshold}` of a change of the roots, keys by id. */
async function rootsIn({ type, data: { fields } }) {
  if (type !== "RootsChanged") throw new Malformed("no roots are brought");
  return namedRoots(fields);
}

async function namedRoots(roots) {
  const keys = openRoots(roots);
  return { keys: new Map(await Promise.all(keys.map(async (key) => [await keyid("root", key), key]))), threshold: roots.threshold };
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

/** `[{id, fault}]`: which of the roots approved a record, and what is wrong with each approval. */
async function approvalsOf({ id, source, streamversion, subject, type, data }, roots) {
  const statement = canonical({ fields: data.fields, id, source, streamversion, subject, type });
  const found = await Promise.all((data.approvals ?? []).map((value) => approvalOf(value, statement, roots)));
  if (!areAscending(found.map((one) => one.id))) throw new Malformed("approvals not sorted, or one twice");
  return found;
}

async function approvalOf(value, statement, roots) {
  const approval = openEnvelope(value, ROOT_TYPE, 1);
  const [{ keyid: id, sig }] = approval.signatures;
  if (textOf(approval.body) !== statement) return { id, fault: "approval of another record" };
  if (!roots.has(id)) return { id, fault: "approval by what is no root key" };
  return checkSignature(roots.get(id), sig, pae(ROOT_TYPE, approval.body)).then(() => ({ id, fault: null }), (error) => ({ id, fault: error.message }));
}
