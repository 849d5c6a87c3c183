// From the data of this page to findings: what is checked in which order, in how many workers.

class Verification {
  /** `shown` is told: `progress(done, size)`, `rows(list)`. */
  constructor(shown) {
    this.shown = shown;
    this.journal = new Journal();
    this.bundles = [];
    this.done = 0;
    this.isNewer = false;
    this.size = 0;
    this.contents = null;
    this.checkpoint = null;
    this.keyring = new Keyring();
    this.actors = new Actors();
  }

  /** Check everything that needs no trust file. */
  async run() {
    if (!this.readContents()) return;
    this.readCheckpoint();
    this.blocks = [...document.querySelectorAll("script.records")];
    if (this.blocks.length !== Math.ceil(this.size / TILE)) this.add("bundle_form", `${this.blocks.length} blocks of records`);
    this.disclosures = await readDisclosures(this.size, this.journal);
    this.disclosed = new Disclosed(this.contents);
    if (this.contents.disclosed === "none" && this.disclosures.size) this.add("disclosure_form", "values, though none is said to be disclosed");
    this.proofs = this.contents.isPartial ? this.readProofs() : [];
    await this.open();
    if (this.isNewer) return;
    this.order = new Order(this.origin);
    this.completeness = new Completeness(this.contents);
    await this.records();
    if (!this.isNewer) await this.conclude();
  }

  add(code, detail, position = null) {
    this.journal.add({ code, position, detail });
  }

  /** The log's name: that of the checkpoint, if it can be read. */
  get origin() {
    return this.checkpoint?.origin ?? this.contents?.source ?? "";
  }

  /** Without it nothing is checked: what is not shown stands nowhere else. */
  readContents() {
    try {
      this.contents = readContents(memberIn("about"));
      this.size = this.contents.size;
      return true;
    } catch (error) {
      this.isNewer = error instanceof Newer;
      this.add(this.isNewer ? "newer" : "manifest_form", error.message);
      return false;
    }
  }

  readCheckpoint() {
    try {
      this.octets = memberIn("checkpoint");
      this.note = parseNote(this.octets);
      this.checkpoint = parseCheckpoint(this.note.text);
    } catch (error) {
      this.add("checkpoint_form", error.message);
      return;
    }
    const { origin, size } = this.checkpoint;
    if (size !== this.size || origin !== this.contents.source) {
      this.add("checkpoint_differs", `${this.size} records of ${this.contents.source}; the checkpoint: ${size} of ${origin}`);
    }
  }

  readProofs() {
    try {
      return readHeads(memberIn("heads"));
    } catch (error) {
      this.add("heads_form", error.message);
      return [];
    }
  }

  /** Open the keyring: whatever follows is signed by keys that are found from record 0 on. */
  async open() {
    try {
      if (!this.contents.shows(0)) throw new Invalid("record 0, which opens the keyring, is not shown");
      await openKeyring(this.keyring, firstRecord(this.blocks[0]));
    } catch (error) {
      this.isNewer = error instanceof Newer;
      this.add(codeOf(error), error.message, 0);
    }
    this.keys = [...this.keyring.keys].filter(([id]) => this.keyring.at(id, 0)).map(([id, { key }]) => [id, key]);
    this.roots = [...this.keyring.roots.keys];
    await this.lookAhead();
  }

  /** All record keys and roots that later records bring; whether they may is said in their turn. */
  async lookAhead() {
    for (const block of this.blocks) {
      for (const line of linesIn(block)) {
        const found = await keysInLine(line);
        if (found?.handed) this.keys.push([found.handed.id, found.handed.key]);
        this.roots.push(...(found?.changed?.keys ?? []));
      }
      await breathe();
    }
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
    const positions = this.contents.positions(first, width);
    const disclosures = {};
    for (const position of positions) {
      if (this.disclosures.has(position)) disclosures[position] = this.disclosures.get(position);
    }
    const { isCase } = this.contents;
    const lines = linesIn(this.blocks[n]).slice(0, 2 * TILE + 2);
    return { n, first, width, positions, isCase, lines, keys: this.keys, roots: this.roots, disclosures, proven: this.proven };
  }

  /** Under what the proofs of a case must lie. */
  get proven() {
    return this.checkpoint ? { note: this.octets, size: this.checkpoint.size, root: this.checkpoint.root } : null;
  }

  /** Take the bundles in order, as far as they have come. */
  fold() {
    while (this.waiting.has(this.folded) && !this.isNewer) {
      const result = this.waiting.get(this.folded);
      this.waiting.delete(this.folded);
      result.findings.forEach((finding) => this.find(finding));
      this.shown.rows(this.rowsOf(result));
      this.folded += 1;
      this.bundles.push({ leaves: result.leaves, root: result.root });
      this.done += result.leaves.length / 32;
      this.shown.progress(this.done, this.size);
    }
  }

  /** What the timeline shows of a bundle: records that can be believed, and those withheld. */
  rowsOf({ records, leaves }) {
    const read = new Map(records.map((record) => [record.position, record]));
    const first = this.folded * TILE;
    const rows = [];
    for (let position = first; position < first + leaves.length / 32; position += 1) {
      if (!this.contents.shows(position)) rows.push(this.skip(position));
      else if (read.has(position)) rows.push(this.see(read.get(position)));
    }
    return rows.filter((row) => row !== null);
  }

  /** Pass over a record that is not shown; return what is said of it where it was withheld. */
  skip(position) {
    this.order.skip(position);
    this.completeness.skip(position);
    if (this.disclosures.has(position)) {
      this.find({ code: "disclosure_form", position, detail: "value of a record not shown" });
    }
    const reason = this.contents.withheld.get(position);
    return reason === undefined ? null : { position, withheld: reason };
  }

  /** Take the next record, and return what it says; null, noted, where that cannot be believed. */
  see(record) {
    if (this.isNewer) return null; // nothing is said of what comes after
    const { position } = record;
    const before = position === 0 ? 0 : this.keyring.count;
    // Without a keyring there is nothing to say of any record but that.
    const row = this.keyring.count ? this.admitted(record) : null;
    if (row === null) {
      this.order.unread += 1;
      this.disclosed.isUnread = true;
      return null;
    }
    if (row.keyring < before || row.keyring > before + this.order.unread) {
      this.find({ code: "keyring_count", position, detail: `${row.keyring} key records named, ${before} lie before` });
    }
    for (const finding of this.order.see(row)) this.find(finding);
    [...record.wrong, ...this.disclosed.see(row)].forEach((finding) => this.find(finding));
    // A key may have been enrolled by a record that could not be read.
    if (this.order.unread === 0) for (const finding of this.actors.see(row)) this.find(finding);
    this.completeness.see(row, record.leaf);
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
      this.find({ code: codeOf(error), position, detail: error.message });
      return null;
    }
  }

  find(finding) {
    if (this.isNewer) return; // nothing is said of what comes after
    if (finding.code === "newer") this.isNewer = true;
    this.journal.add(finding);
  }

  async conclude() {
    for (const { code, position, detail } of await this.actors.finish()) this.add(code, detail, position);
    const root = await this.rootAt(this.size);
    if (this.checkpoint && (root === null || !areEqual(root, this.checkpoint.root))) {
      this.add("root_mismatch", "the records do not give the checkpoint's root");
    }
    this.disclosed.finish().forEach((finding) => this.find(finding));
    await this.suspect();
    if (this.order.unread > 0) return;
    for (const { code, position, detail } of await this.completeness.finish(this.proofs)) this.add(code, detail, position);
  }

  /** What only compromised keys signed, and re-attestations of other records. */
  async suspect() {
    const cleared = [];
    for (const { from, to, root, position } of this.keyring.reattested) {
      const leaves = Array.from({ length: to - from }, (_, at) => this.leafAt(from + at));
      if (hexOf(await rootOf(leaves)) === root) cleared.push({ from, to });
      else this.add("keyring", `the records ${from}-${to - 1} are not those that are re-attested`, position);
    }
    cleared.sort((one, other) => one.from - other.from);
    for (const { first, beyond, signers } of this.keyring.suspects(cleared)) {
      this.add("key_compromised", `records ${first}-${beyond - 1} are signed by ${signers} alone`, first);
    }
  }

  leafAt(position) {
    const at = 32 * (position % TILE);
    return this.bundles[Math.floor(position / TILE)].leaves.subarray(at, at + 32);
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
}
