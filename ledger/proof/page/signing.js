// Ed25519 as strictly as format 2 asks for, and the envelope around what is signed (format 3).

const RECORD_TYPE = "application/cloudevents+json";
const ROOT_TYPE = "application/vnd.handledger.root+json";
// The 14 encodings of points of small order.
const SMALL_ORDER = new Set(
  [
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  ].flatMap((low) => [low, low.slice(0, 62) + (parseInt(low.slice(62), 16) | 128).toString(16)]),
);
const L = BigInt("0x1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed");
const LOADED = new Map();

function littleEndian(octets) {
  return BigInt(`0x${hexOf(Uint8Array.from(octets).reverse())}`);
}

function checkPublicKey(raw) {
  if (raw.length !== 32) throw new Malformed(`ed25519 key of ${raw.length} octets`);
  if (SMALL_ORDER.has(hexOf(raw))) throw new Malformed("ed25519 key of small order");
  const y = littleEndian(raw) & ((1n << 255n) - 1n);
  if (y >= (1n << 255n) - 19n) throw new Malformed("ed25519 key with y >= p");
}

function keyOf(text) {
  if (typeof text !== "string") throw new Malformed("key that is not text");
  const raw = b64decode(text);
  checkPublicKey(raw);
  return raw;
}

async function loadedKey(raw) {
  const name = hexOf(raw);
  if (!LOADED.has(name)) {
    checkPublicKey(raw);
    LOADED.set(name, await crypto.subtle.importKey("raw", raw, { name: "Ed25519" }, false, ["verify"]));
  }
  return LOADED.get(name);
}

/** Throws Invalid unless the signature is the key's over the message. */
async function checkSignature(raw, sig, message) {
  if (sig.length !== 64) throw new Invalid(`ed25519 signature of ${sig.length} octets`);
  if (SMALL_ORDER.has(hexOf(sig.subarray(0, 32)))) throw new Invalid("signature with r of small order");
  if (sig[63] >= 16 && littleEndian(sig.subarray(32)) >= L) throw new Invalid("signature with s beyond l");
  const key = await loadedKey(raw);
  if (!(await crypto.subtle.verify({ name: "Ed25519" }, key, sig, message))) {
    throw new Invalid("ed25519 signature does not fit key and message");
  }
}

// RFC 8032, 7.1, test 2: what this browser says of a good signature, and of a bad one.
const KNOWN_KEY = "PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=";
const KNOWN_SIG =
  "kqAJqfDUyrhyDoILX2QlQKKye1QWUD+Ps3YiI+vbadoIWsHkPhWZbkWPNhPQ8R2MOHsurrQwKu6wDSkWErsMAA==";

/** Tells whether this browser can check signatures: a good one holds, and a bad one does not. */
async function canVerify() {
  try {
    const [key, sig] = [b64decode(KNOWN_KEY), b64decode(KNOWN_SIG)];
    await checkSignature(key, sig, Uint8Array.of(0x72));
    return await checkSignature(key, sig, Uint8Array.of(0x73)).then(() => false, (error) => error instanceof Invalid);
  } catch {
    return false;
  }
}

async function keyid(purpose, raw) {
  return hexOf(await sha256(joined(octetsOf(`handledger/key/v1\n${purpose}\n`), raw))).slice(0, 32);
}

/** What is signed: type and body, each after its length (DSSE). */
function pae(type, body) {
  return joined(octetsOf(`DSSEv1 ${octetsOf(type).length} ${type} ${body.length} `), body);
}

/** `{body, signatures: [{keyid, sig}]}` of an envelope's value, of that type. */
function openEnvelope(value, type, most) {
  if (!hasExactly(value, ["payload", "payloadType", "signatures"])) throw new Malformed("not an envelope");
  if (value.payloadType !== type) throw new Malformed(`envelope that is not of type ${type}`);
  if (typeof value.payload !== "string" || !Array.isArray(value.signatures)) throw new Malformed("not an envelope");
  if (value.signatures.length < 1 || value.signatures.length > most) {
    throw new Malformed(`envelope with ${value.signatures.length} signatures`);
  }
  const signatures = value.signatures.map(openSignature);
  if (!areAscending(signatures.map((signature) => signature.keyid))) throw new Malformed("signatures not sorted");
  return { body: b64decode(value.payload), signatures };
}

function openSignature(value) {
  const isWhole = hasExactly(value, ["keyid", "sig"]) && typeof value.sig === "string";
  if (!isWhole || typeof value.keyid !== "string" || !/^[0-9a-f]{32}$/.test(value.keyid)) {
    throw new Malformed("not a signature of keyid and sig");
  }
  const sig = b64decode(value.sig);
  if (sig.length !== 64) throw new Malformed(`signature of ${sig.length} octets`);
  return { keyid: value.keyid, sig };
}
