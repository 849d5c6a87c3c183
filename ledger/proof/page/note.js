// Signed notes, checkpoints and the trust file (C2SP signed-note, tlog-checkpoint, tlog-policy).

const ED25519_NOTE = 1;
const COSIGNATURE = 4;
const MAX_NOTE = 65536;

function checkKeyName(name) {
  if (name === "" || /[+\s\x00-\x1f]/.test(name)) throw new Malformed("not a key name");
}

/** `{text, signatures: [{name, id, sig}]}`; nothing is verified. */
function parseNote(octets) {
  if (octets.length > MAX_NOTE) throw new Malformed("note that is too long");
  const whole = textOf(octets);
  if (/[\x00-\x09\x0b-\x1f]/.test(whole)) throw new Malformed("note with a control character");
  const blank = whole.lastIndexOf("\n\n");
  if (blank < 0 || !whole.endsWith("\n")) throw new Malformed("note without signature lines after a blank line");
  const lines = whole.slice(blank + 2, -1).split("\n");
  if (lines.length > 100) throw new Malformed("note with too many signatures");
  return { text: whole.slice(0, blank + 1), signatures: lines.map(parseSignatureLine) };
}

function parseSignatureLine(line) {
  const found = /^\u2014 (\S+) ([A-Za-z0-9+/]+={0,2})$/u.exec(line);
  if (found === null) throw new Malformed("not a signature line");
  checkKeyName(found[1]);
  const payload = b64decode(found[2]);
  if (payload.length < 5) throw new Malformed("signature line without a signature");
  return { name: found[1], id: hexOf(payload.subarray(0, 4)), sig: payload.subarray(4) };
}

/** `{origin, size, root}` of a checkpoint's text. */
function parseCheckpoint(text) {
  const lines = text.split("\n");
  if (lines.length !== 4 || lines[3] !== "" || lines[0] === "") {
    throw new Malformed("checkpoint that is not three lines: origin, size, root");
  }
  if (!/^(0|[1-9][0-9]{0,15})$/.test(lines[1])) throw new Malformed("checkpoint whose size is no decimal");
  const root = b64decode(lines[2]);
  if (root.length !== 32) throw new Malformed("checkpoint with a root of another length");
  return { origin: lines[0], size: Number(lines[1]), root };
}

async function noteKey(name, raw, algorithm = ED25519_NOTE) {
  checkKeyName(name);
  if (algorithm !== ED25519_NOTE && algorithm !== COSIGNATURE) throw new Malformed("key of unknown algorithm");
  checkPublicKey(raw);
  const digest = await sha256(joined(octetsOf(`${name}\n`), Uint8Array.of(algorithm), raw));
  return { name, id: hexOf(digest.subarray(0, 4)), algorithm, raw };
}

async function parseVkey(text) {
  const found = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(text);
  if (found === null) throw new Malformed("not a verifier key");
  const raw = b64decode(found[3]);
  const key = await noteKey(found[1], raw.subarray(1), raw[0]);
  if (key.id !== found[2]) throw new Malformed("verifier key with another id");
  return key;
}

/** Throws Invalid unless the key signed the note's text in that signature line. */
async function checkNoteSignature(text, signature, key) {
  if (key.algorithm === ED25519_NOTE) return checkSignature(key.raw, signature.sig, octetsOf(text));
  if (signature.sig.length !== 72) throw new Invalid("cosignature of another length");
  const message = octetsOf(`cosignature/v1\ntime ${secondsIn(signature)}\n${text}`);
  return checkSignature(key.raw, signature.sig.subarray(8), message);
}

/** When a witness says it saw a note: seconds since 1970, of any size. */
function secondsIn({ sig }) {
  return sig.subarray(0, 8).reduce((sum, octet) => sum * 256n + BigInt(octet), 0n);
}

/** Those of the keys that signed the note; throws Invalid when a signature by one of them fails. */
async function signersOf(note, keys) {
  const signers = [];
  for (const signature of note.signatures) {
    const same = keys.filter((key) => key.name === signature.name && key.id === signature.id);
    if (same.length === 0) continue;
    signers.push(await oneThatSigned(note.text, signature, same));
  }
  return signers;
}

async function oneThatSigned(text, signature, keys) {
  for (const key of keys) {
    try {
      await checkNoteSignature(text, signature, key);
      return key;
    } catch (error) {
      if (!(error instanceof Invalid)) throw error;
    }
  }
  throw new Invalid(`note signature by ${signature.name} does not hold`);
}

/** `{logs, witnesses, groups, quorum}` of a trust file. */
async function parsePolicy(octets) {
  const text = textOf(octets);
  const isText = text.length <= MAX_NOTE && text.endsWith("\n") && !/[\x00-\x08\x0b-\x1f\x7f]/.test(text);
  if (!isText) throw new Malformed("trust file that is too long, or not of lines of text");
  const policy = { logs: [], witnesses: new Map(), groups: new Map(), quorum: undefined };
  const grouped = new Set();
  for (const line of text.split("\n")) {
    const words = line.match(/[^ \t]+/g) ?? [];
    if (words.length > 0 && !words[0].startsWith("#")) await readPolicyLine(policy, grouped, words);
  }
  if (policy.quorum === undefined) throw new Malformed("trust file without a quorum line");
  return policy;
}

async function readPolicyLine(policy, grouped, [kind, ...words]) {
  const isKnown = (name) => policy.witnesses.has(name) || policy.groups.has(name);
  const demandWords = (least, most) => demand(words.length >= least && words.length <= most, `${kind} line with ${words.length} words`);
  const demandNew = (name) => demand(name !== "none" && !isKnown(name), `name ${name} is taken`);
  if (kind === "log") {
    demandWords(1, 2);
    policy.logs.push(await policyKey(words[0], ED25519_NOTE, policy.logs));
  } else if (kind === "witness") {
    demandWords(2, 3);
    demandNew(words[0]);
    policy.witnesses.set(words[0], await policyKey(words[1], COSIGNATURE, [...policy.witnesses.values()]));
  } else if (kind === "group") {
    const [name, needed, ...members] = words;
    demandWords(3, Infinity);
    demandNew(name);
    demand(members.every(isKnown), "group of what is not defined before");
    demand(members.every((one) => !grouped.has(one)) && new Set(members).size === members.length, "member twice");
    members.forEach((one) => grouped.add(one));
    policy.groups.set(name, { needed: neededOf(needed, members.length), members });
  } else if (kind === "quorum") {
    demandWords(1, 1);
    demand(policy.quorum === undefined, "second quorum line");
    demand(words[0] === "none" || isKnown(words[0]), "quorum of what is not defined before");
    policy.quorum = words[0];
  } else {
    throw new Malformed(`unknown word ${kind}`);
  }
}

function neededOf(text, members) {
  if (text === "any") return 1;
  if (text === "all") return members;
  demand(/^[1-9][0-9]{0,3}$/.test(text) && Number(text) <= members, "group that needs more than it has");
  return Number(text);
}

async function policyKey(text, algorithm, others) {
  const key = await parseVkey(text);
  demand(key.algorithm === algorithm, "key of another algorithm");
  demand(others.every((other) => !areEqual(other.raw, key.raw)), "second line for one key");
  return key;
}

/** Whether enough witnesses saw the note, at `since` or later. */
async function isQuorumReached(policy, note, since) {
  if (policy.quorum === "none") return true;
  const seen = new Set();
  for (const [name, key] of policy.witnesses) {
    if (await hasCosigned(note, key, BigInt(since))) seen.add(name);
  }
  for (const [name, group] of policy.groups) {
    if (group.members.filter((one) => seen.has(one)).length >= group.needed) seen.add(name);
  }
  return seen.has(policy.quorum);
}

async function hasCosigned(note, key, since) {
  const line = note.signatures.find((one) => one.name === key.name && one.id === key.id);
  if (line === undefined) return false;
  return checkNoteSignature(note.text, line, key).then(() => secondsIn(line) >= since, () => false);
}
