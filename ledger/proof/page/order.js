// What holds between the records of one log (format 8).

class Order {
  constructor(origin) {
    this.origin = origin;
    this.time = 0;
    this.catalogue = 0;
    this.ids = new Set();
    this.versions = new Map();
    // Records that could not be read: each may fill one hole, so that one fault is one finding.
    this.unread = 0;
  }

  /** Give what does not fit to the records before. */
  *see(row) {
    const found = (code, detail) => ({ code, position: row.position, detail });
    if (row.source !== this.origin) yield found("source_differs", `source ${row.source}`);
    if (row.time < this.time) yield found("time_decreases", `${this.time - row.time} seconds before the record before it`);
    if (row.catalogue < this.catalogue) yield found("catalogue_decreases", `edition ${row.catalogue} after ${this.catalogue}`);
    if (this.ids.has(row.id)) yield found("duplicate_event_id", `id ${row.id} stood before`);
    const expected = (this.versions.get(row.subject) ?? 0) + 1;
    const hole = row.streamversion - expected;
    if (hole < 0 || hole > this.unread) {
      yield found("stream_version", `${row.subject} has version ${row.streamversion} in place of ${expected}`);
    }
    this.time = row.time;
    this.catalogue = row.catalogue;
    this.ids.add(row.id);
    this.versions.set(row.subject, row.streamversion);
  }
}
