// The data of this page, line by line, what is found on the way, and who checks a bundle.

const MAX_LISTED = 1000;

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
      if (position >= size) {
        journal.add({ code: "disclosure_form", position, detail: `value of record ${position}, beyond the last` });
        break;
      }
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
  if (hasExactly(item, ["erased_by", "path", "position"]) && isCount(item.position) && typeof item.path === "string") {
    if (!isCount(item.erased_by) || item.erased_by <= item.position) throw new Malformed("erased by a record that is not after it");
    return item;
  }
  const isWhole = hasExactly(item, ["path", "position", "salt", "value"]) && isCount(item.position);
  if (!isWhole || typeof item.path !== "string" || typeof item.salt !== "string") {
    throw new Malformed("not path, position, salt and value");
  }
  if (b64decode(item.salt).length !== 32) throw new Malformed("salt that is not 32 octets");
  return item;
}

// `"subject":"keyring"` in the base64 of a body, wherever in a group of three octets it begins.
const ABOUT_KEYS = [0, 1, 2].map((at) => {
  const text = `${"-".repeat(at)}"subject":"keyring"`;
  return btoa(text).slice(at && at + 1, Math.floor((8 * text.length) / 6));
});

/** What a line says about keys, where it may be a record about them; else null. */
async function keysInLine(line) {
  if (!ABOUT_KEYS.some((part) => line.includes(part))) return null;
  return orNull(async () => keysIn(openRecord(octetsIn(line)), new Map()));
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
