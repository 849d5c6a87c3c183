// What this page is about, and which records it shows (formats 9 and 11).

const REASON = /^[a-z][a-z0-9_]{0,63}$/;

/** Which positions are shown: all, all but the withheld ones with their reasons, or those of a case. */
class Contents {
  constructor({ kind, scope, size, source, disclosed }, withheld, shown) {
    Object.assign(this, { kind, scope, size, source, disclosed, withheld, shown });
    this.isPartial = kind !== "complete";
    this.isCase = kind === "case" || kind === "person";
    this.isRange = this.isCase && Object.hasOwn(scope, "from");
  }

  shows(position) {
    return this.isCase ? this.shown.has(position) : !this.withheld.has(position);
  }

  positions(first, width) {
    return Array.from({ length: width }, (_, at) => first + at).filter((position) => this.shows(position));
  }
}

/** The contents in the octets of the data; throws Malformed for another form, Newer for another kind. */
function readContents(octets) {
  const value = parseCanonical(textOf(octets));
  demand(isObject(value) && typeof value.kind === "string", "contents without a kind");
  const { kind, scope, size } = value;
  if (!["complete", "redacted", "case", "person"].includes(kind)) throw new Newer(`kind ${kind} is newer than this page`);
  const isCase = kind === "case" || kind === "person";
  demand(hasExactly(value, ["disclosed", "kind", "scope", "size", "source", isCase ? "shown" : "withheld"]), "contents with other members than their kind has");
  const { disclosed } = value;
  const isName = (name) => typeof name === "string" && name !== "";
  const isList = isListOf(disclosed, isName) && disclosed.length > 0 && areAscending(disclosed);
  demand(isList || ["all", "none", "some"].includes(disclosed), "disclosed that is neither all, none, some nor a list");
  demand(isCount(size) && isOrigin(value.source), "contents whose size or source is not of its form");
  if (!isCase) {
    demand(scope === "full", "a whole log with a scope of its own");
    return new Contents(value, readWithheld(value.withheld, kind, size), new Set());
  }
  checkScope(kind, scope);
  checkPositions(value.shown, size);
  return new Contents(value, new Map(), new Set(value.shown));
}

function readWithheld(items, kind, size) {
  demand(Array.isArray(items) && items.length > 0 === (kind === "redacted"), "withheld records, or none, that do not fit the kind");
  const isOne = (item) => hasExactly(item, ["position", "reason"]) && typeof item.reason === "string" && REASON.test(item.reason);
  demand(items.every(isOne), "withheld record that is not position and reason");
  if (items.length) checkPositions(items.map((item) => item.position), size);
  return new Map(items.map(({ position, reason }) => [position, reason]));
}

function checkPositions(items, size) {
  demand(isListOf(items, isCount) && items.length > 0, "positions that are not a list of them");
  demand(areAscending(items) && items[items.length - 1] < size, "positions not sorted, one twice, or beyond the size");
}

function checkScope(kind, scope) {
  demand(isObject(scope), "scope of a case that is not an object");
  if (kind === "person" || !hasExactly(scope, ["from", "to"])) {
    const names = kind === "person" ? ["person"] : ["account", "incident"];
    const own = Object.keys(scope);
    demand(own.length === 1 && names.includes(own[0]) && isId(scope[own[0]]), `scope that is not one of ${names.join(", ")}`);
    return;
  }
  demand(parseInstant(scope.from) < parseInstant(scope.to), "scope whose range ends before it begins");
}
