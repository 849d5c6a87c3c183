// From the data of this page to findings: who checks what, in which order, in how many workers.

const MAX_LISTED = 1000;
const CONTRADICTS_NOT = new Set(["no_trust_file", "quorum_not_reached"]);

/** The lines of a data block. */
function linesIn(element) {
  return element.textContent.slice(1, -1).split("\n");
}

function memberIn(kind) {
  const element = document.querySelector(`script.${kind}`);
  if (element === null) throw new Malformed(`page without ${kind}`);
  const lines = linesIn(element).map(octetsIn);
  return joined(...lines.flatMap((line, at) => (at ? [Uint8Array.of(10), line] : [line])));
}

/** Let the browser paint and answer before going on. */
function breathe() {
  return new Promise((resolve) => setTimeout(resolve));
}

class Journal {
  constructor() {
    this.findings = [];
    this.count = 0;
    this.leftOut = 0;
  }

  add(finding) {
    this.count += 1;
    if (this.findings.length < MAX_LISTED) this.findings.push(finding);
    else this.leftOut += 1;
  }

  /** Where the first contradiction is: the smallest position, or null. */
  get first() {
    const positions = this.findings.map((one) => one.position).filter((one) => one !== null);
    return positions.length ? positions.reduce((one, other) => Math.min(one, other)) : null;
  }
}

/** The disclosed values by position; what is out of form ends the reading. */
async function readDisclosures(size, journal) {
  const found = new Map();
  const element = document.querySelector("script.disclosures");
  const lines = element === null ? [""] : linesIn(element);
  if (lines.pop() !== "") journal.add({ code: "disclosure_form", position: null, detail: "last line without a line feed" });
  let last = [-1, ""];
  for (const [number, line] of lines.entries()) {
    try {
      const item = readDisclosure(octetsIn(line));
      const { position, path } = item;
      if (position < last[0] || (position === last[0] && path <= last[1])) throw new Malformed("not after the line before it");
      if (position >= size) throw new Malformed(`value of record ${position}, beyond the last`);
      last = [position, path];
      if (!found.has(position)) found.set(position, []);
      found.get(position).push(item);
    } catch (error) {
      journal.add({ code: "disclosure_form", position: null, detail: `line ${number + 1}: ${error.message}` });
      break;
    }
    if (number % 500 === 499) await breathe();
  }
  return found;
}

function readDisclosure(octets) {
  const item = parseCanonical(textOf(octets));
  const isWhole = hasExactly(item, ["path", "position", "salt", "value"]) && isCount(item.position);
  if (!isWhole || typeof item.path !== "string" || typeof item.salt !== "string") {
    throw new Malformed("not path, position, salt and value");
  }
  if (b64decode(item.salt).length !== 32) throw new Malformed("salt that is not 32 octets");
  return item;
}

/** Whether a line may be a record that two keys signed, as a change of the record key is. */
function hasTwoSignatures(line) {
  const one = line.indexOf('"keyid"');
  return one >= 0 && line.indexOf('"keyid"', one + 1) >= 0;
}

async function handedIn(line) {
  try {
    return await handedTo(openRecord(octetsIn(line)));
  } catch {
    return null;
  }
}

/** Something that checks one bundle at a time: a worker, or this page where there can be none. */
function makeChecker() {
  try {
    const source = document.getElementById("proof").textContent;
    const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    const worker = new Worker(url);
    return {
      isWorker: true,
      check: (job) =>
        new Promise((resolve, reject) => {
          worker.onmessage = ({ data }) => resolve(data);
          worker.onerror = (event) => reject(new Error(event.message || "worker stopped"));
          worker.postMessage(job);
        }),
      end: () => worker.terminate(),
    };
  } catch {
    return { isWorker: false, check: checkBundle, end: () => {} };
  }
}

class Verification {
  /** `shown` is told: `progress(done, size)`, `rows(list)`. */
  constructor(shown) {
    this.shown = shown;
    this.journal = new Journal();
    this.bundles = [];
    this.done = 0;
    this.isNewer = false;
    this.size = 0;
  }

  /** Check everything that needs no trust file; throws Malformed for what is no evidence. */
  async run() {
    this.octets = memberIn("checkpoint");
    this.note = parseNote(this.octets);
    this.checkpoint = parseCheckpoint(this.note.text);
    this.size = this.checkpoint.size;
    this.blocks = [...document.querySelectorAll("script.records")];
    if (this.blocks.length !== Math.ceil(this.size / TILE)) {
      this.journal.add({ code: "bundle_form", position: null, detail: `${this.blocks.length} blocks of records` });
    }
    this.disclosures = await readDisclosures(this.size, this.journal);
    if (!(await this.open())) return;
    this.order = new Order(this.checkpoint.origin);
    await this.records();
    if (!this.isNewer) await this.conclude();
  }

  /** Open the keyring: whatever follows is signed by keys that are found from record 0 on. */
  async open() {
    this.keyring = new Keyring();
    try {
      const envelope = this.first();
      await this.openKeyring(envelope);
      const signed = await signaturesOf(envelope, this.keysAt(0));
      this.keyring.checkSigned(0, { signed, handed: null });
      this.keys = [...this.keysAt(0), ...(await this.handedOver())];
      return true;
    } catch (error) {
      this.isNewer = error instanceof Newer;
      const code = error instanceof Fault ? error.code : error instanceof Newer ? "newer" : "keyring";
      this.journal.add({ code, position: 0, detail: error.message });
      return false;
    }
  }

  first() {
    try {
      return openRecord(octetsIn(linesIn(this.blocks[0])[1] ?? ""));
    } catch (error) {
      throw new Fault("record_form", error.message);
    }
  }

  /** Its keys are within: it is read before its signature can be checked. */
  async openKeyring(envelope) {
    try {
      let body;
      try {
        body = readRecord(envelope);
      } catch (error) {
        throw error instanceof Newer ? error : new Fault("record_form", error.message);
      }
      await this.keyring.open(body);
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

  keysAt(position) {
    return new Map([...this.keyring.record.keys()].map((id) => [id, this.keyring.at(id, position)]));
  }

  /** `[id, key]` of all that records hand over to; whether they may is said in their turn. */
  async handedOver() {
    const found = [];
    for (const block of this.blocks) {
      for (const line of linesIn(block).filter(hasTwoSignatures)) {
        const handed = await handedIn(line);
        if (handed !== null) found.push([handed.id, handed.key]);
      }
      await breathe();
    }
    return found;
  }

  async records() {
    const count = Math.max(1, Math.min(4, navigator.hardwareConcurrency || 2, this.blocks.length));
    this.next = 0;
    this.waiting = new Map();
    this.folded = 0;
    await Promise.all(Array.from({ length: count }, () => this.lane()));
  }

  /** One checker after the other bundle, until there is none. */
  async lane() {
    let checker = makeChecker();
    while (this.next < this.blocks.length && !this.isNewer) {
      const n = this.next;
      this.next += 1;
      let result;
      try {
        result = await checker.check(this.job(n));
      } catch (error) {
        if (!checker.isWorker) throw error;
        checker = { isWorker: false, check: checkBundle, end: () => {} };
        result = await checker.check(this.job(n));
      }
      this.waiting.set(n, result);
      this.fold();
      await breathe();
    }
    checker.end();
  }

  job(n) {
    const first = n * TILE;
    const width = Math.min(TILE, this.size - first);
    const disclosures = {};
    for (let at = first; at < first + width; at += 1) {
      if (this.disclosures.has(at)) disclosures[at] = this.disclosures.get(at);
    }
    return { n, first, width, lines: linesIn(this.blocks[n]).slice(0, TILE + 2), keys: this.keys, disclosures };
  }

  /** Take the bundles in order, as far as they have come. */
  fold() {
    while (this.waiting.has(this.folded) && !this.isNewer) {
      const result = this.waiting.get(this.folded);
      this.waiting.delete(this.folded);
      this.folded += 1;
      result.findings.forEach((finding) => this.find(finding));
      const rows = result.records.map((record) => this.see(record)).filter((row) => row !== null);
      this.bundles.push({ leaves: result.leaves, root: result.root });
      this.done += result.records.length;
      this.shown.rows(rows);
      this.shown.progress(this.done, this.size);
    }
  }

  /** Take the next record, and return what it says; null, noted, where that cannot be believed. */
  see(record) {
    if (this.isNewer) return null; // nothing is said of what comes after
    const { position } = record;
    const before = this.keyring.count;
    const row = this.admitted(record);
    if (row === null) {
      this.order.unread += 1;
      return null;
    }
    if (row.keyring < before || row.keyring > before + this.order.unread) {
      this.find({ code: "keyring_count", position, detail: `${row.keyring} key records named, ${before} lie before` });
    }
    for (const finding of this.order.see(row)) this.find(finding);
    record.wrong.forEach((finding) => this.find(finding));
    return row;
  }

  /** The signature first: only what was well signed may be newer than this page. */
  admitted(record) {
    const { position, row } = record;
    try {
      if (record.signed.length === 0) throw new Fault("record_form", record.form);
      this.keyring.checkSigned(position, record);
      if (row === null) throw record.isNewer ? new Newer(record.form) : new Fault("record_form", record.form);
      this.keyring.admit(row, record);
      return row;
    } catch (error) {
      const code = error instanceof Fault ? error.code : error instanceof Newer ? "newer" : "keyring";
      this.find({ code, position, detail: error.message });
      return null;
    }
  }

  find(finding) {
    if (this.isNewer) return; // nothing is said of what comes after
    if (finding.code === "newer") this.isNewer = true;
    this.journal.add(finding);
  }

  async conclude() {
    const root = await this.rootAt(this.size);
    if (root === null || !areEqual(root, this.checkpoint.root)) {
      this.journal.add({ code: "root_mismatch", position: null, detail: "the records do not give the checkpoint's root" });
    }
  }

  /** The root over the first `size` records; null where there are not so many. */
  async rootAt(size) {
    const whole = Math.floor(size / TILE);
    const rest = size % TILE;
    const hashes = this.bundles.slice(0, whole).map((bundle) => bundle.root);
    if (rest > 0) {
      const leaves = hashesIn(this.bundles[whole]?.leaves ?? new Uint8Array());
      if (leaves.length < rest) return null;
      hashes.push(await rootOf(leaves.slice(0, rest)));
    }
    return hashes.length < whole ? null : rootOf(hashes);
  }

  /** Steps 9 and 10: findings about kept checkpoints and the trust file; each may be absent. */
  async anchor(trust, known) {
    const findings = [];
    for (const kept of known) findings.push(...(await this.keptFindings(kept)));
    findings.push(...(await this.trustFindings(trust)));
    return findings;
  }

  async keptFindings(kept) {
    const found = (code, detail) => [{ code, position: null, detail }];
    if (kept.origin !== this.checkpoint.origin) return found("inconsistent_with_known", "the kept checkpoint is of another log");
    if (kept.size > this.size) {
      return found("shorter_than_known", `a checkpoint of ${kept.size} records is known, the file has ${this.size}`);
    }
    const root = await this.rootAt(kept.size);
    if (root !== null && areEqual(root, kept.root)) return [];
    return found("inconsistent_with_known", `the first ${kept.size} records are not those of the kept checkpoint`);
  }

  async trustFindings(trust) {
    const { origin } = this.checkpoint;
    const found = (code, detail) => [{ code, position: null, detail }];
    const logs = (trust?.logs ?? []).filter((key) => key.name === origin);
    const witnesses = [...(trust?.witnesses.values() ?? [])];
    const admitted = await Promise.all((this.keyring?.checkpoint ?? []).map((raw) => noteKey(this.keyring.origin, raw)));
    const code = trust ? "checkpoint_untrusted" : "checkpoint_signature";
    try {
      const signers = await signersOf(this.note, [...admitted, ...logs, ...witnesses]);
      if (!signers.some((key) => key.name === origin && key.algorithm === ED25519_NOTE)) {
        return found(code, "the checkpoint is signed by no key of this log");
      }
    } catch (error) {
      return found(code, error.message);
    }
    if (!trust) return found("no_trust_file", "without a trust file, nothing says whose log this is");
    if (logs.length === 0) return found("checkpoint_untrusted", `the trust file does not name ${origin}`);
    return (await isQuorumReached(trust, this.note)) ? [] : found("quorum_not_reached", `quorum ${trust.quorum} is not reached`);
  }
}
