// Every record that this page could read, a leaf at a time.

const ON_A_LEAF = 200;

class Timeline {
  constructor(root) {
    this.rows = [];
    this.root = root;
    this.leaf = 0;
    this.word = "";
    this.bad = new Set();
    this.isDrawn = false;
  }

  add(rows) {
    for (const row of rows) {
      if (row === null) continue;
      learnNames(row);
      this.rows.push(row);
    }
  }

  matching() {
    const word = this.word.trim().toLowerCase();
    return word === "" ? this.rows : this.rows.filter((row) => this.textOfRow(row).includes(word));
  }

  textOfRow(row) {
    return `${row.position} ${row.action} ${row.subject} ${whoOf(row.actor)} ${JSON.stringify(row.fields)}`.toLowerCase();
  }

  draw() {
    const found = this.matching();
    const last = Math.max(0, Math.ceil(found.length / ON_A_LEAF) - 1);
    this.leaf = Math.min(Math.max(this.leaf, 0), last);
    const first = this.leaf * ON_A_LEAF;
    const shown = found.slice(first, first + ON_A_LEAF);
    const columns = ["position", "happened", "recorded", "who", "what", "about", "as recorded"];
    const caption = `Records ${found.length ? first + 1 : 0} to ${first + shown.length} of ${found.length}`;
    const table = tableOf(caption, columns, shown.map((row) => this.cells(row)));
    table.querySelectorAll("tbody tr").forEach((line, at) => {
      line.id = `record-${shown[at].position}`;
      line.classList.toggle("bad", this.bad.has(shown[at].position));
    });
    this.root.replaceChildren(table);
  }

  cells(row) {
    const recorded = whenOf(row.time);
    const happened = row.type === "Sealed" ? "\u2013" : whenOf(row.occurredat);
    const offices = row.actoroffices ? `, ${worded(row.actoroffices.split(" ").join(", "))}` : "";
    const doer = row.doneby ? `; done by ${whoOf(row.doneby)}` : "";
    return [row.position, happened, recorded, `${whoOf(row.actor)}${offices}${doer}`, this.what(row), row.subject, this.details(row)];
  }

  what(row) {
    if (row.type === "CommandRefused") return `refused: ${worded(row.fields.action)}, because ${worded(row.fields.code)}`;
    if (row.type === "Sealed") return "sealed: not disclosed";
    return worded(row.action) + (row.irregular ? " (already done when it was recorded)" : "");
  }

  details(row) {
    if (row.subject === "keyring") return "keys of this log";
    const closed = row.sealed.filter((path) => !Object.hasOwn(row.values, path));
    const parts = [said(row.fields)];
    if (Object.keys(row.values).length) parts.push(`disclosed \u2013 ${said(row.values)}`);
    if (closed.length) parts.push(`not disclosed: ${closed.map(worded).join(", ")}`);
    return parts.join("; ");
  }
}
