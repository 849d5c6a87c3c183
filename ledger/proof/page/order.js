// What holds between the records of one log (format 8), and how many key records lie before (6).

class Order {
  constructor(origin) {
    this.origin = origin;
    this.time = 0;
    this.catalogue = 0;
    this.ids = new Set();
    this.versions = new Map();
    this.keyRecords = 0;
    // Records that could not be read: each may fill one hole, so that one fault is one finding.
    this.unread = 0;
  }

  /** Give what does not fit to the records before; a row is null when the record was not read. */
  *see(row) {
    if (row === null) {
      this.unread += 1;
      return;
    }
    const found = (code, detail) => ({ code, position: row.position, detail });
    yield* this.seeKeys(row, found);
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

  *seeKeys(row, found) {
    const isOpening = row.subject === "keyring" && row.type === "KeyringOpened";
    if (isOpening && row.position > 0) yield found("keyring", `keyring opened at position ${row.position}`);
    if (row.subject === "keyring" && !isOpening) yield found("newer", `key record of type ${row.type} is newer than this page`);
    const before = this.keyRecords;
    if (row.keyring < before || row.keyring > before + this.unread) {
      yield found("keyring_count", `${row.keyring} key records named, ${before} lie before`);
    }
    if (isOpening) this.keyRecords += 1;
  }
}
