// Whose keys signed which records themselves: file keys and passkeys (format 14).

const INTENT_TYPE = "application/vnd.handledger.intent+json";
const POSSESSION_TYPE = "application/vnd.handledger.possession+json";
const RP = /^(?=.{1,253}$)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*$/;
// What a browser writes begins so, member by member: nothing need be parsed.
const CLIENT = new RegExp(
  '^\\{"type":"webauthn\\.get","challenge":"([A-Za-z0-9_-]{43})",' +
    '"origin":"(https?)://([a-z0-9.-]{1,253})(?::[0-9]{1,5})?"' +
    '(?:\\}|,(?!"crossOrigin")|,"crossOrigin":false[,}])',
);
const N = BigInt("0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");

function octetsAt(text) {
  if (typeof text !== "string") throw new Malformed("base64 that is not text");
  return b64decode(text);
}

/** `{body, id, signed}` of an intent: one signature, by an actor's key. */
function openIntent(value) {
  const one = hasExactly(value, ["payload", "payloadType", "signatures"]) ? value.signatures : null;
  if (!Array.isArray(one) || one.length !== 1 || !isObject(one[0]) || value.payloadType !== INTENT_TYPE) {
    throw new Malformed("intent that is not one signed envelope of its type");
  }
  const { keyid: id, ...rest } = one[0];
  if (typeof id !== "string" || !/^[0-9a-f]{32}$/.test(id)) throw new Malformed("intent without a keyid");
  return { body: octetsAt(value.payload), id, signed: openSigned(rest) };
}

/** A signature; of a passkey also what it signed in place of the message. */
function openSigned(value) {
  if (hasExactly(value, ["sig"])) return { sig: octetsAt(value.sig), ad: null, cdj: null };
  if (!hasExactly(value, ["sig", "wa"]) || !hasExactly(value.wa, ["ad", "cdj"])) {
    throw new Malformed("actor's signature that is not sig, or sig and wa");
  }
  const signed = { sig: octetsAt(value.sig), ad: octetsAt(value.wa.ad), cdj: octetsAt(value.wa.cdj) };
  if (signed.cdj.length > 2048) throw new Malformed("client data that is too long");
  return signed;
}

/** What an intent says other than its record: null where it is the same, else in words. */
function differenceOf(intent, { action, actor, data, doneby, id, occurredat, source }) {
  const commitments = {};
  for (const [path, { commitment }] of Object.entries(data.sealed)) commitments[path] = commitment;
  const there = { action, actor, commitments, fields: data.fields, id, occurredat, source };
  if (doneby !== undefined) there.doneby = doneby;
  return areEqual(intent.body, octetsOf(canonical(there))) ? null : "intent of another command";
}

/** The key that an enrolment is of; throws Malformed where it is none. */
async function enrolledKey({ fields }) {
  const isPasskey = fields.kind === "passkey";
  const names = ["algorithm", "key_id", "kind", "person", "public_key", "signature"];
  const more = isPasskey ? ["authenticator_data", "client_data", "passkey_id", "rp"] : [];
  if (!hasExactly(fields, [...names, ...more])) throw new Malformed("not the fields of a key");
  if (fields.kind !== "file" && !isPasskey) throw new Malformed("neither file nor passkey");
  if (fields.algorithm !== "ed25519" && !(isPasskey && fields.algorithm === "es256")) throw new Malformed("no algorithm");
  if (isPasskey && (typeof fields.rp !== "string" || !RP.test(fields.rp))) throw new Malformed("no host name");
  const idLength = isPasskey ? octetsAt(fields.passkey_id).length : 1;
  if (idLength < 1 || idLength > 1023) throw new Malformed("passkey without an id");
  const raw = octetsAt(fields.public_key);
  if (fields.algorithm === "ed25519") checkPublicKey(raw);
  else await pointKey(raw);
  if (fields.key_id !== (await keyid("actor", raw))) throw new Malformed("key of another id");
  return { raw, rp: isPasskey ? fields.rp : null, algorithm: fields.algorithm };
}

async function pointKey(raw) {
  if (raw.length !== 65 || raw[0] !== 4) throw new Malformed("no plain point of P-256");
  const kind = { name: "ECDSA", namedCurve: "P-256" };
  return crypto.subtle.importKey("raw", raw, kind, false, ["verify"]).catch(() => {
    throw new Malformed("a point that is not on its curve");
  });
}

/** r and s of a signature in DER, one after the other; throws Invalid for another spelling. */
function pairOf(sig) {
  const bad = new Invalid("a signature that does not fit its key");
  const parts = [];
  let at = 2;
  if (sig[0] !== 48 || sig[1] !== sig.length - 2) throw bad;
  while (at < sig.length && parts.length < 2) {
    const part = sig.subarray(at + 2, at + 2 + sig[at + 1]);
    const isLonger = part[0] === 0 && part.length > 1 && part[1] < 128;
    if (sig[at] !== 2 || !part.length || part.length !== sig[at + 1] || part[0] > 127 || isLonger) throw bad;
    const number = BigInt(`0x${hexOf(part)}`);
    if (number === 0n || number >= N) throw bad;
    parts.push(number.toString(16).padStart(64, "0"));
    at += 2 + part.length;
  }
  if (at !== sig.length || parts.length !== 2) throw bad;
  return Uint8Array.from(parts.join("").match(/../g), (two) => parseInt(two, 16));
}

/** Throws Invalid unless the signature is the key's over this type and body. */
async function checkSigned({ raw, rp, algorithm }, { sig, ad, cdj }, type, body) {
  let message = pae(type, body);
  if (rp !== null) {
    await checkPasskey(rp, ad, cdj, await sha256(message));
    message = joined(ad, await sha256(cdj));
  } else if (ad !== null) {
    throw new Invalid("a passkey's signature by a file key");
  }
  if (algorithm === "ed25519") return checkSignature(raw, sig, message);
  const pair = pairOf(sig);
  const fits = await crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, await pointKey(raw), pair, message);
  if (!fits) throw new Invalid("a signature that does not fit its key");
}

async function checkPasskey(rp, ad, cdj, said) {
  const match = CLIENT.exec(cdj === null ? "" : String.fromCharCode(...cdj));
  if (match === null) throw new Invalid("client data that is not of a signature given in a page of its own");
  const challenge = b64encode(said).replaceAll("+", "-").replaceAll("/", "_").replace("=", "");
  if (match[1] !== challenge) throw new Invalid("a passkey's signature of something else");
  const host = match[3];
  if (host !== rp && !host.endsWith(`.${rp}`)) throw new Invalid("a passkey's signature given to another host");
  if (match[2] === "http" && host.split(".").pop() !== "localhost") throw new Invalid("a passkey's signature without https");
  if (ad.length !== 37 || ad[32] & 0xc0) throw new Invalid("authenticator data that is not 37 octets of an assertion");
  if (!areEqual(ad.subarray(0, 32), await sha256(octetsOf(rp)))) throw new Invalid("a passkey's signature for another host");
  if ((ad[32] & 5) !== 5) throw new Invalid("a passkey's signature without somebody present and verified");
}

/** The actors' keys of one log: each is valid over an interval of positions. */
class Actors {
  constructor() {
    // Key id to whose it is and what it is, after which position it is valid, and to which.
    this.keys = new Map();
    this.signed = 0;
    this.waiting = [];
  }

  /** Take the next row; give what is wrong with it now. What takes longer is said by `finish`. */
  *see(row) {
    const { position, type, intent, actor } = row;
    if (intent !== null) {
      const key = this.keys.get(intent.id);
      if (key?.person !== actor || position <= key.since || position > key.last) {
        yield { code: "actor_key_not_valid", position, detail: `no key ${intent.id} of ${actor} is valid here` };
        return;
      }
      this.signed += 1;
      this.wait(position, this.checkIntent(key, intent));
    }
    if (type === "ActorKeyEnrolled") this.enrol(row);
    if (type === "ActorKeyEnded") yield* this.end(row);
  }

  wait(position, promise) {
    this.waiting.push(promise.then(() => null, ({ message }) => ({ code: "actor_signature", position, detail: message })));
  }

  /** What was found wrong meanwhile. */
  async finish() {
    return (await Promise.all(this.waiting)).filter((finding) => finding !== null);
  }

  async checkIntent(key, { differs, signed, body }) {
    const enrolled = await key.made.catch(() => null);
    if (enrolled === null) throw new Invalid("the key was not enrolled as it must be");
    if (differs !== null) throw new Invalid(differs);
    await checkSigned(enrolled, signed, INTENT_TYPE, body);
  }

  enrol(row) {
    const { position, subject, actor, doneby, fields, source } = row;
    const { person, key_id } = fields;
    if (!isId(person) || subject !== `person/${person}` || actor !== person || doneby || this.keys.has(key_id)) {
      this.wait(position, Promise.reject(new Invalid("a key enrolled by somebody else, or before")));
      return;
    }
    const made = enrolledKey(row);
    this.keys.set(key_id, { person, made, since: position, last: Infinity });
    this.wait(position, made.then((key) => {
      const body = octetsOf(canonical({ key_id, person, source }));
      const value = { sig: fields.signature };
      if (key.rp !== null) value.wa = { ad: fields.authenticator_data, cdj: fields.client_data };
      return checkSigned(key, openSigned(value), POSSESSION_TYPE, body);
    }));
  }

  *end({ position, subject, fields }) {
    const key = this.keys.get(fields.key_id);
    if (key === undefined || subject !== `person/${key.person}` || key.last !== Infinity) {
      yield { code: "actor_key_not_valid", position, detail: `no key of ${subject} is left to be ended` };
      return;
    }
    key.last = position;
  }
}
