// Every record that this page could read, a leaf at a time.

const AT_ONCE = 200;

class Timeline {
  constructor(root) {
    this.rows = [];
    this.root = root;
    this.leaf = 0;
    this.most = AT_ONCE;
    this.word = "";
    this.turn = 0;
    this.bad = new Set();
  }

  add(rows) {
    for (const row of rows) {
      if (!row.withheld) learnNames(row);
      this.rows.push(row);
    }
  }

  /** The rows in which the word stands; the browser goes on meanwhile. */
  async matching() {
    const word = this.word.trim().toLowerCase();
    if (word === "") return this.rows;
    const found = [];
    for (const [at, row] of this.rows.entries()) {
      if (this.textOfRow(row).includes(word)) found.push(row);
      if (at % 1000 === 999) await breathe();
    }
    return found;
  }

  textOfRow(row) {
    if (row.withheld) return `${row.position} withheld ${row.withheld}`;
    return `${row.position} ${row.action} ${row.subject} ${whoOf(row.actor)} ${JSON.stringify(row.fields)}`.toLowerCase();
  }

  /** Draw the leaf, a part at a time; what was asked for later comes first. */
  async draw() {
    this.turn += 1;
    const turn = this.turn;
    const found = await this.matching();
    const last = Math.max(0, Math.ceil(found.length / this.most) - 1);
    this.leaf = Math.min(Math.max(this.leaf, 0), last);
    const first = this.leaf * this.most;
    const shown = found.slice(first, first + this.most);
    const columns = ["position", "happened", "recorded", "who", "what", "about", "as recorded"];
    const caption = `Records ${found.length ? first + 1 : 0} to ${first + shown.length} of ${found.length}`;
    const table = tableOf(caption, columns, []);
    if (turn === this.turn) this.root.replaceChildren(table);
    for (let at = 0; at < shown.length && turn === this.turn; at += AT_ONCE) {
      table.querySelector("tbody").append(...shown.slice(at, at + AT_ONCE).map((row) => this.line(row)));
      await breathe();
    }
  }

  line(row) {
    const line = make("tr", { id: `record-${row.position}` }, this.cells(row).map((cell) => make("td", {}, cell)));
    line.classList.toggle("bad", this.bad.has(row.position));
    return line;
  }

  cells(row) {
    if (row.withheld) {
      const none = "\u2013";
      const what = row.withheld === "retention" ? "destroyed under retention" : `withheld, not disclosed: ${worded(row.withheld)}`;
      return [row.position, none, none, none, what, none, "its hash stands in its place"];
    }
    const recorded = whenOf(row.time);
    const happened = row.type === "Sealed" ? "\u2013" : whenOf(row.occurredat);
    const offices = row.actoroffices ? `, ${worded(row.actoroffices.split(" ").join(", "))}` : "";
    const doer = row.doneby ? `; done by ${whoOf(row.doneby)}` : "";
    const who = `${whoOf(row.actor)}${offices}${doer}; ${this.saidBy(row)}`;
    return [row.position, happened, recorded, who, this.what(row), row.subject, this.details(row)];
  }

  saidBy({ actor, intent }) {
    if (actor === "system") return "the ledger itself";
    return intent === null ? "as the service says" : "signed by this person, with a key of their own";
  }

  what(row) {
    if (row.type === "CommandRefused") return `refused: ${worded(row.fields.action)}, because ${worded(row.fields.code)}`;
    if (row.type === "Sealed") return "sealed: not disclosed";
    return worded(row.action) + (row.irregular ? " (already done when it was recorded)" : "");
  }

  details(row) {
    if (row.subject === "keyring") return "keys of this log";
    const gone = row.erased.map(({ path }) => path);
    const closed = row.sealed.filter((path) => !Object.hasOwn(row.values, path) && !gone.includes(path));
    const parts = [said(row.fields)];
    if (Object.keys(row.values).length) parts.push(`disclosed \u2013 ${said(row.values)}`);
    for (const { path, erased_by: by } of row.erased) parts.push(`${worded(path)}: erased by record ${by}`);
    if (closed.length) parts.push(`not disclosed: ${closed.map(worded).join(", ")}`);
    return parts.join("; ");
  }
}
