// Values as people read them. Whatever comes from the data goes to the page as text, never as markup.

const LONDON = new Intl.DateTimeFormat("en-GB", {
  timeZone: "Europe/London", day: "2-digit", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit",
});
const NAMES = new Map();
const ANY_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(Z|[+-]\d{2}:\d{2})$/;
const BASES = {
  P: "the policy's own words", "P-altered": "a policy rule with other parameters",
  R: "a reading of the policy", D: "a default of the ledger", statutory: "law",
};

/** An element with properties and children; strings become text. */
function make(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children.flat().map((child) => (child instanceof Node ? child : String(child))));
  return element;
}

function whenOf(seconds) {
  return LONDON.format(new Date(seconds * 1000));
}

function worded(code) {
  return String(code).replaceAll("_", " ");
}

/** A person's id, with the name where it was disclosed and gave its commitment. */
function whoOf(id) {
  return NAMES.has(id) ? `${NAMES.get(id)} (${id})` : String(id);
}

function learnNames({ type, fields, values }) {
  if (type === "PersonRegistered" && isId(fields.person) && typeof values.name === "string") {
    NAMES.set(fields.person, values.name);
  }
  const first = fields.first_person;
  if (type === "LedgerOpened" && isObject(first) && typeof values["first_person.name"] === "string") {
    NAMES.set(first.person, values["first_person.name"]);
  }
}

/** Any value in words: nothing is a dash, lists and objects are told one after the other. */
function said(value) {
  if (value === null || value === undefined || value === "") return "\u2013";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value)) return value.length ? value.map(said).join(", ") : "\u2013";
  if (isObject(value)) {
    return Object.entries(value).map(([name, item]) => `${worded(name)}: ${said(item)}`).join("; ") || "\u2013";
  }
  const text = String(value);
  return ANY_TIME.test(text) ? LONDON.format(new Date(text)) : whoOf(text);
}

/** How the day of a deadline is founded: P, D, L in words. */
function basisOf(value) {
  return Object.hasOwn(BASES, value) ? `${BASES[value]} (${value})` : said(value);
}

function tableOf(caption, columns, rows) {
  const head = make("tr", {}, columns.map((name) => make("th", { scope: "col" }, worded(name))));
  const body = rows.map((cells) => make("tr", {}, cells.map((cell) => make("td", {}, cell))));
  const table = make("table", {}, make("caption", {}, caption), make("thead", {}, head), make("tbody", {}, body));
  return make("div", { className: "wide" }, table);
}
