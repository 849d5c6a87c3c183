// What is missing of a part of a log, and what is not (format 11).

// Actors who are nobody in particular, and so have no stream.
const NOBODY = ["system", "unknown"];

/** Follows the records that are shown, and says of which streams they are all there are. */
class Completeness {
  constructor(contents) {
    this.contents = contents;
    this.streams = new Map();
    this.calledFor = new Set(["keyring", "ledger"]);
    this.last = null;
    this.position = -1;
    this.range = contents.isRange ? new TimeRange(contents.scope) : null;
    this.proven = new Set();
    this.findings = [];
    this.destroyed = [];
    this.gone = "";
  }

  see(row, leaf) {
    this.position = row.position;
    if (!this.contents.isPartial) return;
    if (this.range) this.findings.push(...this.range.see(row));
    // The commitment itself comes after all that it covers: what came before it is counted.
    if (this.last) this.count(this.last);
    this.last = { row, leaf };
    if (row.type === DESTROYED_TYPE) this.destroy(row);
    if (!NOBODY.includes(row.actor)) this.calledFor.add(`person/${row.actor}`);
    if (isNeverWithheld(row.subject)) this.calledFor.add(row.subject);
  }

  /** Take note of what a record says was destroyed. */
  destroy({ fields: { positions }, position }) {
    for (const [first, last] of positions) this.destroyed.push([first, last, position]);
    if (positions[positions.length - 1][1] < position) return;
    this.findings.push({ code: "not_destroyed", position, detail: "destroys what comes after it" });
  }

  /** The position of the record that destroyed the one there; null where none says so. */
  destroyerOf(position) {
    const found = this.destroyed.find(([first, last, by]) => first <= position && position <= last && position < by);
    return found ? found[2] : null;
  }

  /** Say which records were destroyed by which; find where no record says it. */
  retention() {
    const by = new Map();
    for (const [position, reason] of this.contents.withheld) {
      const destroyer = reason === "retention" ? this.destroyerOf(position) : undefined;
      if (destroyer === null) {
        this.findings.push({ code: "not_destroyed", position, detail: "withheld under retention, and no record destroyed it" });
      } else if (destroyer !== undefined) {
        if (!by.has(destroyer)) by.set(destroyer, []);
        by.get(destroyer).push(position);
      }
    }
    const told = [...by].sort(([one], [other]) => one - other);
    return told.map(([n, gone]) => `; records ${runsOf(gone)} destroyed by record ${n} under retention`).join("");
  }

  skip(position) {
    this.position = position;
    if (this.range) this.range.skip(position);
  }

  count({ row, leaf }) {
    const { count } = this.streams.get(row.subject) ?? { count: 0 };
    this.streams.set(row.subject, { count: count + 1, version: row.streamversion, leaf: hexOf(leaf) });
  }

  /** Findings about what is missing, once all records were seen. */
  async finish(proofs) {
    if (!this.contents.isPartial) return [];
    const { findings, last } = this;
    const found = (code, detail) => findings.push({ code, position: null, detail });
    if (last === null || last.row.position !== this.position || last.row.type !== HEADS_TYPE) {
      found("heads_missing", "no heads in the last record");
      return findings;
    }
    for (const proof of proofs) {
      const fault = await this.faultOf(proof, last.row.fields.root);
      if (fault !== null) found(...fault);
      await breathe();
    }
    this.proven = new Set(proofs.map((proof) => proof.stream));
    const open = [...this.calledFor, ...this.subject()].filter((stream) => !this.proven.has(stream));
    for (const stream of [...new Set(open)].sort()) found("stream_not_proven", `${stream} has no head`);
    this.gone = this.retention();
    return findings;
  }

  async faultOf(proof, root) {
    const { stream, version, record } = proof;
    if (!(await isUnder(proof, root))) return ["head_proof", `head of ${stream} is not under the root of the heads`];
    const shown = this.streams.get(stream) ?? { count: 0, version: 0, leaf: null };
    if (shown.count === version && shown.version === version && shown.leaf === record) return null;
    return ["stream_incomplete", `${stream}: ${shown.count} records shown, its head is ${version}`];
  }

  /** The stream that a case is about. */
  subject() {
    const { isCase, scope } = this.contents;
    return isCase && !this.range ? Object.entries(scope).map(([kind, name]) => `${kind}/${name}`) : [];
  }

  /** What can be said where nothing was found. */
  words() {
    const { isPartial, isCase, withheld } = this.contents;
    if (!isPartial) return "nothing is missing up to the checkpoint; no record is withheld";
    if (!isCase) {
      const people = [...this.proven].filter((stream) => stream.startsWith("person/")).length;
      return "nothing is missing up to the checkpoint, withheld records being counted and placed: "
        + `${withheld.size}; keyring, ledger and ${people} people's streams are whole${this.gone}`;
    }
    const words = `what is shown is in the log; of ${this.proven.size} streams no entry is missing`;
    if (this.range) return `${words}; nothing that was recorded in the range is missing`;
    const others = [...this.streams].filter(([stream]) => !this.proven.has(stream));
    const alone = others.reduce((sum, [, shown]) => sum + shown.count, 0);
    return alone ? `${words}; records of other streams, of which there may be more: ${alone}` : words;
  }
}

/** Ascending positions, those without a gap as a range. */
function runsOf(positions) {
  const runs = [];
  for (const position of positions) {
    const run = runs[runs.length - 1];
    if (run && run[1] === position - 1) run[1] = position;
    else runs.push([position, position]);
  }
  return runs.map(([first, last]) => (first === last ? first : `${first}-${last}`)).join(", ");
}

/** Nothing that was recorded from one instant to another is missing: time never goes back. */
class TimeRange {
  constructor({ from, to }) {
    this.from = parseInstant(from);
    this.to = parseInstant(to);
    this.before = -1;
    this.hidden = [];
  }

  *see({ time }) {
    // What is hidden lies, in time, between the records shown on either side.
    if (this.hidden.length && this.before < this.to && time >= this.from) {
      const detail = `${this.hidden.length} records that may be of the range`;
      yield { code: "range_incomplete", position: this.hidden[0], detail };
    }
    this.before = time;
    this.hidden = [];
  }

  skip(position) {
    this.hidden.push(position);
  }
}
