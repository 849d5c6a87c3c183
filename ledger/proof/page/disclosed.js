// Which values are disclosed, and which are said to be erased by which record (format 9, step 8).

const ERASING = ["RecordsDestroyed", "RetentionApplied", "SubjectErased"];

class Disclosed {
  constructor(contents) {
    Object.assign(this, { contents, isUnread: false, erased: new Map(), destroyed: new Map() });
  }

  /** Take the next record; give what is missing of its values. */
  see({ position, type, fields, erased, untold }) {
    for (const { erased_by: by } of erased) {
      if (!this.erased.has(by)) this.erased.set(by, { first: position, count: 0 });
      this.erased.get(by).count += 1;
    }
    // What is no number compares as one with numbers: of such a record nothing is known.
    if (ERASING.includes(type)) this.destroyed.set(position, isCount(fields.values_destroyed) ? fields.values_destroyed : undefined);
    if (this.contents.disclosed !== "all" || type === "Sealed") return [];
    return untold.map((path) => ({ code: "value_missing", position, detail: `${path}: no value, and not erased` }));
  }

  /** What can only be said after the last record. */
  finish() {
    const findings = [];
    for (const [by, { first, count }] of this.erased) {
      const isHidden = by < this.contents.size && !this.contents.shows(by);
      const isKnown = this.destroyed.has(by) ? count <= this.destroyed.get(by) : isHidden;
      if (!isKnown) findings.push({ code: "not_erased", position: first, detail: `${count} values are said to be erased by record ${by}` });
    }
    if (this.isUnread || this.contents.isPartial || this.contents.disclosed !== "all") return findings;
    for (const [by, destroyed] of this.destroyed) {
      const count = this.erased.get(by)?.count ?? 0;
      if (count < destroyed) findings.push({ code: "not_erased", position: by, detail: `${destroyed} values destroyed, ${count} said to be erased by record ${by}` });
    }
    return findings;
  }
}
