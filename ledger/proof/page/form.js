// The form of a record's body, attribute by attribute (format 4): a closed set.

const CATALOGUE = 3;
const SIGNED_SINCE = 3; // the edition that brought actors' signatures
const ACTOR_SIGNED = "actor-signed";
const MAX_RECORD = 49152;
const DESTROYED_TYPE = "RecordsDestroyed";
const WORD = /^[a-z][a-z0-9_]{0,63}$/;
const TYPE = /^[A-Z][A-Za-z0-9]{0,63}$/;
const ORIGIN =
  /^[a-z0-9][a-z0-9.-]{0,252}(:[0-9]{1,5})?\/[a-z0-9][a-z0-9._-]{0,63}\/[0-9a-f]{32}$/;
const KINDS = [
  "person", "training", "application", "account", "finding", "credential", "enquiry", "post",
  "image-subject", "incident", "mention", "request", "hold", "subject", "advice", "concern",
  "learner-contact", "learning-platform", "mistake", "opinion", "pupil-education", "scope",
  "session", "standards",
];
const STREAM = new RegExp(
  `^(ledger|keyring|refusal|sealed/[0-9a-f]{32}|(${KINDS.join("|")})/[a-zA-Z0-9._-]{1,64})$`,
);

const is = (text) => (value) => value === text;
const fits = (pattern) => (value) => typeof value === "string" && pattern.test(value);
const isWord = fits(WORD);
const isOrigin = fits(ORIGIN);
const isPositive = (value) => isCount(value) && value > 0;
const isInstant = (value) => typeof value === "string" && parseInstant(value) >= 0;

function areOffices(value) {
  return typeof value === "string" && value.split(" ").every(isId) && areAscending(value.split(" "));
}

function isDoer(value) {
  return isId(typeof value === "string" && value.startsWith("org:") ? value.slice(4) : value);
}

const ATTRIBUTES = {
  specversion: is("1.0"),
  datacontenttype: is("application/json"),
  id: isId,
  source: isOrigin,
  type: fits(TYPE),
  subject: fits(STREAM),
  time: isInstant,
  streamversion: isPositive,
  action: isWord,
  actor: isId,
  actoroffices: areOffices,
  doneby: isDoer,
  assurance: (value) => value === "service-attested" || value === ACTOR_SIGNED,
  occurredat: isInstant,
  catalogue: isPositive,
  causedby: isHex64,
  data: isObject,
};
const OPTIONAL = ["actoroffices", "doneby", "causedby"];

function demand(holds, otherwise) {
  if (!holds) throw new Malformed(otherwise);
}

/** Throws Malformed unless the value has the form of a record, Newer for a later edition's. */
function checkBody(body) {
  demand(isObject(body), "record whose body is not an object");
  checkEdition(body);
  for (const name of Object.keys(ATTRIBUTES)) {
    demand(OPTIONAL.includes(name) || Object.hasOwn(body, name), `record without attribute ${name}`);
  }
  for (const [name, value] of Object.entries(body)) {
    demand(Object.hasOwn(ATTRIBUTES, name), `record with unknown attribute ${name}`);
    demand(ATTRIBUTES[name](value), `attribute ${name} is not of its form`);
  }
  demand(body.doneby !== body.actor, "doneby names the actor");
  checkData(body.data, body.subject === "keyring", body.catalogue >= SIGNED_SINCE);
  checkAssurance(body);
  checkRefusal(body);
  checkSealedAct(body);
  checkHeads(body);
  checkTimestamp(body);
  checkReplaced(body);
  checkDestroyed(body);
}

function checkEdition(body) {
  if (isPositive(body.catalogue) && body.catalogue > CATALOGUE) {
    throw new Newer(`catalogue ${body.catalogue} is newer than this page`);
  }
}

function checkData(data, isKeyring, isSigned) {
  const more = [...(isKeyring ? ["approvals"] : []), ...(isSigned ? ["intent"] : [])];
  const allowed = ["fields", "sealed", "rules", "irregular", ...more];
  demand(Object.keys(data).every((name) => allowed.includes(name)), "data with another member");
  demand(isObject(data.fields), "fields are not an object");
  demand(isObject(data.sealed), "sealed is not an object");
  for (const item of Object.values(data.sealed)) {
    demand(hasExactly(item, ["ciphertext", "commitment"]), "sealed value that is not of its form");
    demand(Object.values(item).every(isHex64), "sealed value without sha-256 in hex");
  }
  checkRules(data.rules);
  if ("irregular" in data) demand(isListOf(data.irregular, isWord), "irregular is not a list of codes");
  if ("approvals" in data) checkApprovals(data.approvals);
}

/** The actor's signature, and the word that it is there; a refusal would show what was tried. */
function checkAssurance({ actor, type, assurance, data }) {
  const isSigned = Object.hasOwn(data, "intent");
  if (isSigned) openIntent(data.intent);
  demand(isSigned === (assurance === ACTOR_SIGNED), "assurance that does not go with the intent");
  demand(!isSigned || (actor !== "system" && type !== "CommandRefused"), "intent where nobody decided");
}

function isListOf(value, check) {
  return Array.isArray(value) && value.every(check);
}

function checkRules(rules) {
  demand(hasExactly(rules, ["calendar", "keyring", "policy", "rules"]), "rules are not of their form");
  demand([rules.calendar, rules.keyring, rules.rules].every(isCount), "rules with a version that is no count");
  demand(rules.policy === null || isId(rules.policy), "rules with a policy that is no id");
}

function checkApprovals(approvals) {
  demand(Array.isArray(approvals) && approvals.length > 0, "approvals are not a list of root statements");
  const keyids = approvals.map((value) => openEnvelope(value, ROOT_TYPE, 1).signatures[0].keyid);
  demand(areAscending(keyids), "approvals not sorted, or one twice");
}

function allOrNone(...signs) {
  demand(signs.every((sign) => sign === signs[0]), "type, subject and action do not belong together");
  return signs[0];
}

function checkRefusal(body) {
  const { fields, sealed } = body.data;
  if (!allOrNone(body.type === "CommandRefused", body.subject === "refusal", body.action === "refuse")) return;
  const isHashed = Object.hasOwn(fields, "payload_hash");
  demand(!isHashed || fields.code !== "secret_in_payload", "refusal of a secret that keeps a hash of it");
  const names = ["action", "code", "reference_ids", ...(isHashed ? ["payload_hash"] : [])];
  demand(hasExactly(fields, names), "refusal whose fields are not those of a refusal");
  demand(hasExactly(sealed, isHashed ? ["payload_salt"] : []), "refusal that seals something else");
  demand(isWord(fields.action) && isWord(fields.code), "refusal whose action or code is no word");
  demand(!isHashed || isHex64(fields.payload_hash), "refusal whose payload_hash is none");
  demand(isListOf(fields.reference_ids, isId), "refusal whose reference_ids are not ids");
  demand(areAscending(fields.reference_ids), "reference_ids not sorted, or one twice");
}

function checkSealedAct(body) {
  const { data } = body;
  if (!allOrNone(body.type === "Sealed", body.subject.startsWith("sealed/"), body.action === "seal")) return;
  demand(OPTIONAL.every((name) => !Object.hasOwn(body, name)), "sealed act that says who");
  demand(body.actor === "system" && body.streamversion === 1, "sealed act not the first of its stream");
  demand(body.occurredat === body.time, "sealed act that occurred at another time");
  demand(hasExactly(data.fields, []) && !("irregular" in data), "sealed act with fields");
  demand(hasExactly(data.sealed, ["act"]), "sealed act that holds more than one sealed value");
}

function checkHeads(body) {
  const { data } = body;
  if (body.type !== "StreamHeadsPublished" && body.action !== "publish_heads") return;
  allOrNone(
    body.type === "StreamHeadsPublished",
    body.subject === "ledger",
    body.action === "publish_heads",
    body.actor === "system",
  );
  demand(hasExactly(data.fields, ["root"]) && isHex64(data.fields.root), "heads whose fields are not a root");
  demand(hasExactly(data.sealed, []) && !("irregular" in data) && !("doneby" in body), "heads that say more");
}

function checkTimestamp(body) {
  const { fields, sealed } = body.data;
  if (!allOrNone(body.type === "CheckpointTimestamped", body.action === "timestamp_checkpoint")) return;
  demand(body.subject === "ledger" && body.actor === "system", "timestamp that is not by system in stream ledger");
  demand(hasExactly(fields, ["at", "root", "size", "token"]), "timestamp whose fields are not at, root, size and token");
  demand(isHex64(fields.root) && isHex64(fields.token), "timestamp whose root or token is no hash");
  demand(isInstant(fields.at) && isPositive(fields.size), "timestamp whose time or size is none");
  demand(hasExactly(sealed, []) && !("irregular" in body.data) && !("doneby" in body), "timestamp that says more than one");
}

function checkReplaced(body) {
  const { fields, sealed } = body.data;
  if (!allOrNone(body.type === "WrappingKeyReplaced", body.action === "replace_wrapping_key")) return;
  demand(body.subject === "ledger" && body.actor === "system", "wrapping key replaced in another stream");
  demand(hasExactly(fields, ["epoch", "keys"]), "wrapping key replaced whose fields are not an epoch and a count");
  demand(isCount(fields.epoch) && isCount(fields.keys) && fields.epoch >= 2, "wrapping key replaced of no epoch");
  demand(hasExactly(sealed, []) && !("irregular" in body.data) && !("doneby" in body), "wrapping key replaced that says more");
}

function checkDestroyed({ type, subject, action, data }) {
  if (type !== DESTROYED_TYPE && action !== "destroy_records") return;
  allOrNone(type === DESTROYED_TYPE, subject === "ledger", action === "destroy_records");
  demand(areRanges(data.fields.positions), "destruction whose positions are not ranges, each after the other");
}

/** Whether that is `[[first, last], ...]`, ascending, with a gap between each two. */
function areRanges(value) {
  if (!isListOf(value, (pair) => isListOf(pair, isCount) && pair.length === 2)) return false;
  const ends = value.flatMap(([first, last]) => [first - 1, last]);
  return ends.length > 0 && ends.every((end, at) => at === 0 || ends[at - 1] < end);
}
