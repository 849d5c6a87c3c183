// The answers of the file, as tables. This page does not recompute them, and says so.

const MOST_ROWS = 500;

function answersIn() {
  try {
    const value = JSON.parse(textOf(memberIn("answers")));
    return isObject(value) && isObject(value.answers) ? value : null;
  } catch {
    return null;
  }
}

function answerTo(said, path) {
  const found = Object.hasOwn(said.answers, path) ? said.answers[path] : null;
  return isObject(found) ? found.answer : null;
}

function listAt(said, path) {
  const answer = answerTo(said, path);
  return Array.isArray(answer) ? answer.filter(isObject) : [];
}

/** A table of objects, in the columns that they have, up to so many rows. */
function tableOfObjects(caption, items, columns = null) {
  const names = columns ?? [...new Set(items.flatMap((item) => Object.keys(item)))];
  const rows = items.slice(0, MOST_ROWS).map((item) => names.map((name) => cellOf(name, item[name])));
  const more = items.length > MOST_ROWS ? ` (the first ${MOST_ROWS} of ${items.length})` : ` (${items.length})`;
  return tableOf(caption + more, names, rows);
}

function cellOf(name, value) {
  if (name === "basis") return basisOf(value);
  return ["status", "rule", "finding", "grade", "role", "action"].includes(name) ? worded(said(value)) : said(value);
}

function rolesIn(answers) {
  return Object.keys(answers.answers).flatMap((path) => {
    const found = /^\/v1\/accounts\/([^/]+)\/roles$/.exec(path);
    return found ? listAt(answers, path).map((role) => ({ account: found[1], ...role })) : [];
  });
}

const CLOCKS = ["rule", "subject", "started_at", "due_at", "stopped_at", "status", "basis", "grade"];

// By what a question of a case ends in: its heading, and the columns of its table, where it has some.
const CASE_QUESTIONS = {
  timeline: ["What happened, in order", ["position", "at", "recorded_at", "actor", "done_by", "action", "fields", "corrected"]],
  sla: ["Deadlines, with basis and grade", CLOCKS],
  roles: ["Who ran what, and when", null],
  credentials: ["Who knew which password, and when", null],
  gaps: ["When nobody led, or too few ran it", null],
  monitoring: ["On which days it was checked", null],
};

/** Give the sections of a case: each answer, under what was asked. */
function* caseSections(answers) {
  for (const [path, found] of Object.entries(answers.answers)) {
    const last = path.split("?")[0].split("/").pop();
    const [heading, columns] = Object.hasOwn(CASE_QUESTIONS, last) ? CASE_QUESTIONS[last] : ["In short", null];
    yield [heading, answerElement(path, found, columns)];
  }
}

/** Give the sections for people, one after the other: `[heading, element]`. */
function* answerSections(answers) {
  yield ["Who ran which account, and when", tableOfObjects("Roles on accounts", rolesIn(answers), ["account", "person", "role", "from", "to"])];
  yield ["Deadlines in numbers", deadlineCounts(listAt(answers, "/v1/sla"))];
  yield ["Deadlines, with basis and grade", tableOfObjects("Each deadline: what it rests on, and how well it is evidenced", missedFirst(listAt(answers, "/v1/sla")), CLOCKS)];
  const findings = answerTo(answers, "/v1/findings");
  const items = isObject(findings) && Array.isArray(findings.items) ? findings.items.filter(isObject) : [];
  yield ["Findings", tableOfObjects("What the policy asks for and the records do not show", items)];
  const incidents = ["incident", "account", "kind", "severity", "reported_at", "assessed_at", "closed_at", "actor"];
  yield ["Incidents", tableOfObjects("Incidents", listAt(answers, "/v1/incidents"), incidents)];
  yield ["Applications", tableOfObjects("Applications and who decided", listAt(answers, "/v1/applications"), ["application", "applicant", "platform", "status", "decided_by", "decided_at"])];
  yield ["Still open", openItems(answerTo(answers, "/v1/open-items"))];
}

/** How many clocks ended how: by rule, by what the rule rests on, and by how well it is evidenced. */
function deadlineCounts(clocks) {
  const counts = new Map();
  for (const { rule, basis, grade, status } of clocks) {
    const group = JSON.stringify([rule, basis, grade, status]);
    counts.set(group, (counts.get(group) ?? 0) + 1);
  }
  const rows = [...counts].map(([group, count]) => {
    const [rule, basis, grade, status] = JSON.parse(group);
    return [worded(said(rule)), basisOf(basis), worded(said(grade)), worded(said(status)), count];
  });
  return tableOf("How deadlines ended", ["rule", "basis", "grade", "status", "how many"], rows);
}

function missedFirst(clocks) {
  const isMissed = ({ status }) => status === "breached" || status === "shortfall";
  return [...clocks.filter(isMissed), ...clocks.filter((clock) => !isMissed(clock))];
}

function openItems(answer) {
  const open = Object.entries(isObject(answer) ? answer : {}).filter(([, items]) => Array.isArray(items) && items.length);
  return tableOf("What is open", ["what", "how many", "which"], open.map(([name, items]) => [worded(name), items.length, said(items.slice(0, 50))]));
}

/** Every other answer behind its question, made when it is opened. */
function otherAnswers(answers) {
  const list = make("div", {});
  for (const [path, found] of Object.entries(answers.answers).slice(0, MOST_ROWS)) {
    const details = make("details", {}, make("summary", {}, path));
    details.addEventListener("toggle", () => details.append(answerElement(path, found)), { once: true });
    list.append(details);
  }
  return list;
}

function answerElement(path, found, columns = null) {
  const { answer, evidence } = isObject(found) ? found : {};
  const shown = Array.isArray(answer) && answer.length && answer.every(isObject)
    ? tableOfObjects(path, answer, columns)
    : make("p", {}, said(answer));
  const positions = Array.isArray(evidence) ? evidence.slice(0, 200).join(" ") : "";
  return make("div", {}, shown, make("p", { className: "small" }, `Records that evidence it: ${positions || "\u2013"}`));
}
