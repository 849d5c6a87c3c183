// One spelling for each value: base64, hex, ids and canonical JSON (format 1).

class Malformed extends Error {}
class Invalid extends Error {}
class Newer extends Error {}

const MAX_DEPTH = 8;
const ID = /^[a-zA-Z0-9._-]{1,64}$/;
const HEX64 = /^[0-9a-f]{64}$/;
const NAME = /^[A-Za-z][A-Za-z0-9_.]{0,63}$/;
const PRINTABLE = /^[ -~]*$/;
const REFUSED_TEXT = /[\x00-\x08\x0b-\x1f]|[\ud800-\udfff]/u;
const strictText = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const plainText = new TextEncoder();

function octetsOf(text) {
  return plainText.encode(text);
}

function textOf(octets) {
  try {
    return strictText.decode(octets);
  } catch {
    throw new Malformed("text that is not utf-8");
  }
}

function b64encode(octets) {
  let binary = "";
  for (let at = 0; at < octets.length; at += 8192) {
    binary += String.fromCharCode(...octets.subarray(at, at + 8192));
  }
  return btoa(binary);
}

/** The octets of padded base64; every spelling but the one is refused. */
function b64decode(text) {
  let binary;
  try {
    binary = atob(text);
  } catch {
    throw new Malformed("not base64");
  }
  if (btoa(binary) !== text) throw new Malformed("not base64 in its one spelling");
  const octets = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at += 1) octets[at] = binary.charCodeAt(at);
  return octets;
}

function hexOf(octets) {
  return Array.from(octets, (octet) => octet.toString(16).padStart(2, "0")).join("");
}

function areEqual(one, other) {
  return one.length === other.length && one.every((octet, at) => octet === other[at]);
}

function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

async function sha256(octets) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", octets));
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function hasExactly(value, names) {
  if (!isObject(value)) return false;
  const there = Object.keys(value);
  return there.length === names.length && names.every((name) => Object.hasOwn(value, name));
}

/** The value in canonical JSON; what lies outside its domain is refused. */
function canonical(value, depth = 1) {
  if (typeof value === "string") return canonicalText(value);
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) throw new Malformed("number that is no integer of 2^53");
    return String(value);
  }
  if (value === null || typeof value === "boolean") return String(value);
  if (depth > MAX_DEPTH) throw new Malformed("nested too deeply");
  if (Array.isArray(value)) {
    return `[${value.map((item) => canonical(item, depth + 1)).join(",")}]`;
  }
  return `{${Object.keys(value).sort().map((name) => member(name, value[name], depth)).join(",")}}`;
}

function member(name, value, depth) {
  if (!NAME.test(name)) throw new Malformed("member name that is none");
  return `"${name}":${canonical(value, depth + 1)}`;
}

function canonicalText(text) {
  if (!PRINTABLE.test(text)) {
    if (REFUSED_TEXT.test(text)) throw new Malformed("control character or lone surrogate");
    if (text.normalize("NFC") !== text) throw new Malformed("text not in normal form c");
  }
  return JSON.stringify(text);
}

/** The value of canonical JSON, given as text: written again it must be the same. */
function parseCanonical(text) {
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Malformed("not json");
  }
  if (canonical(value) !== text) throw new Malformed("not canonical json: written again it differs");
  return value;
}

function isId(value) {
  return typeof value === "string" && ID.test(value);
}

function isHex64(value) {
  return typeof value === "string" && HEX64.test(value);
}

function isCount(value) {
  return Number.isSafeInteger(value) && value >= 0;
}

function areAscending(names) {
  return names.every((name, at) => at === 0 || names[at - 1] < name);
}

const INSTANT = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})Z$/;

/** Seconds since 1970 of an instant; only real ones, from 1970 to 9999. */
function parseInstant(text) {
  const milliseconds = INSTANT.test(text) ? Date.parse(text) : NaN;
  if (!(milliseconds >= 0) || new Date(milliseconds).toISOString() !== `${text.slice(0, -1)}.000Z`) {
    throw new Malformed("not an instant");
  }
  return milliseconds / 1000;
}
