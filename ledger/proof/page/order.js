// What holds between the records of one log (format 8); of a part of one, as far as they are shown (11).

// What a duty or a key can rest on is never withheld.
const NEVER_WITHHELD = ["keyring", "ledger", "person"];

function isNeverWithheld(stream) {
  return NEVER_WITHHELD.includes(stream.split("/")[0]);
}

class Order {
  constructor(origin) {
    this.origin = origin;
    this.time = 0;
    this.catalogue = 0;
    this.ids = new Set();
    // Version and position of the last record of each stream that was seen.
    this.last = new Map();
    this.hidden = [];
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
    this.time = row.time;
    this.catalogue = row.catalogue;
    this.ids.add(row.id);
    yield* this.seeVersion(row, found);
  }

  /** Take note of a record that is not shown. */
  skip(position) {
    this.hidden.push(position);
  }

  *seeVersion({ subject, streamversion, position }, found) {
    const [version, before] = this.last.get(subject) ?? [0, -1];
    let hole = streamversion - version - 1;
    this.last.set(subject, [streamversion, position]);
    if (hole > 0 && !isNeverWithheld(subject)) hole -= this.fill(before, hole);
    if (hole < 0 || hole > this.unread) {
      yield found("stream_version", `${subject} has version ${streamversion} in place of ${version + 1}`);
    }
  }

  /** How much of a hole the hidden positions after `before` fill; each fills one, the first that fits. */
  fill(before, hole) {
    let [low, high] = [0, this.hidden.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.hidden[middle] < before) low = middle + 1;
      else high = middle;
    }
    return this.hidden.splice(low, hole).length;
  }
}
