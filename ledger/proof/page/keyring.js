// The keys that record 0 admits, under the roots that the log's name pins (format 6).

async function keyOf(text) {
  if (typeof text !== "string") throw new Malformed("key that is not text");
  const raw = b64decode(text);
  checkPublicKey(raw);
  return raw;
}

/** `{origin, record: [[keyid, key]], checkpoint: [key], rehearsal}` of the first record's body. */
async function openKeyring(body) {
  if (body.subject !== "keyring") throw new Invalid("record 0 does not open the keyring");
  if (body.type !== "KeyringOpened") throw new Newer(`key record of type ${body.type} is newer than this page`);
  const { fields } = body.data;
  if (!hasExactly(fields, ["admitted", "rehearsal", "roots"]) || typeof fields.rehearsal !== "boolean") {
    throw new Malformed("keyring whose fields are not admitted, rehearsal and roots");
  }
  const roots = await openRoots(fields.roots);
  const admitted = await openAdmitted(fields.admitted);
  if (admitted.some((item) => fields.roots.keys.includes(b64encode(item.key)))) {
    throw new Invalid("a root key is admitted for another purpose");
  }
  await checkOrigin(body, fields);
  if (body.action !== "open_keyring" || body.actor !== "system") throw new Invalid("keyring not opened by system");
  await checkApproved(body, roots, fields.roots.threshold);
  const record = admitted.filter((item) => item.purpose === "record");
  return {
    origin: body.source,
    record: await Promise.all(record.map(async ({ key }) => [await keyid("record", key), key])),
    checkpoint: admitted.filter((item) => item.purpose === "checkpoint").map((item) => item.key),
  };
}

async function openRoots(roots) {
  if (!hasExactly(roots, ["keys", "threshold"]) || !Array.isArray(roots.keys)) {
    throw new Malformed("roots are not keys and threshold");
  }
  const { keys, threshold } = roots;
  if (keys.length < 1 || keys.length > 16) throw new Malformed("roots are not a list of 1 to 16 keys");
  if (!isCount(threshold) || threshold < 1 || threshold > keys.length) throw new Malformed("threshold that is none");
  const parsed = await Promise.all(keys.map(keyOf));
  if (!areAscending(keys)) throw new Malformed("root keys not sorted, or one twice");
  return parsed;
}

async function openAdmitted(items) {
  if (!Array.isArray(items)) throw new Malformed("admitted is not a list");
  const purposes = items.map((item) => {
    if (!hasExactly(item, ["public_key", "purpose"])) throw new Malformed("admitted key is not public_key and purpose");
    return item.purpose;
  });
  if (!purposes.every((purpose) => purpose === "record" || purpose === "checkpoint")) {
    throw new Malformed("admitted key of another purpose");
  }
  const keys = await Promise.all(items.map((item) => keyOf(item.public_key)));
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
