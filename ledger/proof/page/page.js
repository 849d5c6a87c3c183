// What a person sees: the verdict, what was checked, the answers, the timeline.

const byId = (id) => document.getElementById(id);
const STATE = { trust: null, fingerprint: "", known: [], manifest: null, listed: null, problem: "", verification: null, isDone: false, taken: 0 };
const WORDS = {
  holds: "Everything that this page checks holds",
  anchored: "Everything that this page checks holds, and the trust file names this log",
  suspect: "This evidence is suspect",
  invalid: "This evidence does not hold",
  newer: "This page is older than the evidence: use a newer verifier",
  unable: "This browser cannot check signatures: nothing was checked",
};

function setVerdict(verdict, detail, position = null) {
  document.documentElement.dataset.verdict = verdict;
  if (position === null) delete document.documentElement.dataset.position;
  else document.documentElement.dataset.position = position;
  byId("verdict").textContent = WORDS[verdict];
  byId("detail").textContent = detail;
}

function progress(done, size) {
  byId("bar").max = Math.max(1, size);
  byId("bar").value = done;
  if (!STATE.isDone) byId("detail").textContent = `${done} of ${size} records checked`;
}

/** Draw the verdict from what the records gave and from what was handed in. */
async function conclude() {
  const { verification, trust, known } = STATE;
  const journal = verification.journal;
  const canAnchor = verification.contents && !verification.isNewer;
  if (canAnchor && STATE.manifest && !STATE.listed) {
    const broken = (error) => [{ code: "member_hash", position: null, detail: error.message }];
    STATE.listed = await manifestFindings(STATE.manifest, verification).catch(broken);
  }
  const anchoring = canAnchor ? [...(STATE.listed ?? []), ...(await anchorFindings(verification, trust, known))] : [];
  const all = [...journal.findings, ...anchoring];
  const against = all.filter((one) => one.code !== "newer" && !CONTRADICTS_NOT.has(one.code));
  showFindings(all, journal.leftOut);
  showAnchor(anchoring);
  if (against.length) {
    const where = journal.first === null ? "" : ` The first fault is at position ${journal.first}.`;
    return setVerdict("invalid", `${against[0].code}: ${against[0].detail}.${where}`, journal.first);
  }
  if (verification.isNewer) return setVerdict("newer", all.find((one) => one.code === "newer").detail, journal.first);
  const suspect = all.find((one) => SUSPECT.includes(one.code));
  if (suspect) return setVerdict("suspect", suspect.detail, suspect.position);
  return setVerdict(anchoring.length ? "holds" : "anchored", countOf(verification));
}

function countOf({ size, contents, completeness, actors }) {
  const shown = contents.isCase ? contents.shown.size : size - contents.withheld.size;
  const count = contents.isPartial ? `${shown} of ${size} records` : `${size} records`;
  const own = actors.signed ? `${actors.signed} of them also by who acted, with a key of their own; ` : "";
  return `${count}: each is signed and in order; ${own}${completeness.words()}.`;
}

function showFindings(findings, leftOut) {
  const rows = findings.map((one) => [one.code, one.position ?? "\u2013", one.detail]);
  if (leftOut) rows.push(["more", "\u2013", `${leftOut} more findings are not listed`]);
  byId("findings").replaceChildren(findings.length ? tableOf("Findings of this page", ["code", "position", "detail"], rows) : "");
}

function showAnchor(findings) {
  const codes = findings.map((one) => one.code);
  const anchor = byId("anchor");
  const isOpen = codes.some((code) => CONTRADICTS_NOT.has(code));
  anchor.dataset.state = codes.length === 0 ? "good" : isOpen && codes.length === 1 ? "open" : "bad";
  const kept = STATE.known.length ? ` Kept checkpoints compared: ${STATE.known.length}.` : "";
  const listed = STATE.listed?.length === 0 ? " The manifest is signed, and what it lists of this page is so." : "";
  byId("anchor-words").textContent = STATE.trust
    ? (findings.map((one) => one.detail).join("; ") || "The checkpoint is that of the log in the trust file.") + kept + listed
    : `Whose log this is has not been compared: give this page trust.policy.${kept}${listed}`;
  byId("fingerprint").textContent = STATE.fingerprint || "no trust file given";
  byId("problem").textContent = STATE.problem;
}

/** Take a trust file, a kept checkpoint or the manifest, whichever it is. */
async function take(file) {
  STATE.problem = "";
  try {
    if (file.size > MAX_MANIFEST) throw new Malformed("too long");
    const octets = new Uint8Array(await file.arrayBuffer());
    const kept = keptIn(octets);
    const manifest = kept === null ? manifestIn(octets) : null;
    if (manifest !== null) {
      Object.assign(STATE, { manifest, listed: null });
    } else if (kept === null) {
      STATE.trust = await parsePolicy(octets);
      STATE.fingerprint = hexOf(await sha256(octets));
    } else if (kept.origin === STATE.verification.origin || kept.origin === STATE.verification.contents?.source || STATE.trust?.logs.some((key) => key.name === kept.origin)) {
      STATE.known.push(kept);
    } else {
      throw new Malformed(`a checkpoint of another log, ${kept.origin}`);
    }
  } catch (error) {
    STATE.problem = `${file.name} is neither this log's trust file nor a checkpoint of it, nor a manifest: ${error.message}`;
  }
  byId("problem").textContent = STATE.problem;
  byId("fingerprint").textContent = STATE.fingerprint || "no trust file given";
  if (STATE.isDone) await conclude();
  STATE.taken += 1;
}

function keptIn(octets) {
  try {
    return parseCheckpoint(parseNote(octets).text);
  } catch {
    return null;
  }
}

function listen(timeline) {
  const takeAll = async (files) => {
    for (const file of files) await take(file);
  };
  byId("files").addEventListener("change", (event) => takeAll([...event.target.files]));
  const mark = document.documentElement.dataset;
  addEventListener("dragover", (event) => {
    event.preventDefault();
    mark.drop = "";
  });
  addEventListener("dragleave", () => delete mark.drop);
  addEventListener("drop", (event) => {
    event.preventDefault();
    delete mark.drop;
    takeAll([...event.dataTransfer.files]);
  });
  const turn = (by) => () => {
    timeline.leaf += by;
    timeline.draw();
  };
  byId("earlier").addEventListener("click", turn(-1));
  byId("later").addEventListener("click", turn(1));
  byId("most").addEventListener("change", (event) => {
    timeline.most = Number(event.target.value);
    timeline.leaf = 0;
    timeline.draw();
  });
  byId("word").addEventListener("change", (event) => {
    timeline.word = event.target.value;
    timeline.leaf = 0;
    timeline.draw();
  });
}

function showSchool({ origin, size, checkpoint }, timeline) {
  const opened = timeline.rows.find((row) => row.type === "LedgerOpened");
  const school = opened && typeof opened.fields.school === "string" ? opened.fields.school : "";
  if (school) {
    byId("school").textContent = school;
    document.title = `Evidence: ${school}`;
  }
  const last = timeline.rows[timeline.rows.length - 1];
  byId("last").textContent = last ? whenOf(last.time) : "\u2013";
  byId("rehearsal").hidden = !origin.startsWith("rehearsal/");
  byId("origin").textContent = origin;
  byId("size").textContent = size;
  byId("root").textContent = checkpoint ? b64encode(checkpoint.root) : "\u2013";
}

async function showAnswers({ contents }) {
  const root = byId("answers");
  if (contents === null || contents.kind === "redacted") {
    byId("by").hidden = true;
    return root.replaceChildren("Not disclosed: answers from a part of the records would mislead.");
  }
  const answers = answersIn();
  if (answers === null) return root.replaceChildren("The answers of this file cannot be read.");
  byId("semantics").textContent = `Answers of edition ${said(answers.semantics)}, as of ${said(answers.at)}.`;
  root.replaceChildren();
  for (const [heading, element] of contents.isCase ? caseSections(answers) : answerSections(answers)) {
    root.append(make("section", {}, make("h3", {}, heading), element));
    await breathe();
  }
  if (!contents.isCase) root.append(make("h3", {}, "Every answer of the file"), otherAnswers(answers));
}

async function start() {
  const timeline = new Timeline(byId("timeline"));
  const shown = { progress, rows: (rows) => timeline.add(rows) };
  const verification = new Verification(shown);
  STATE.verification = verification;
  listen(timeline);
  byId("fingerprint").textContent = "no trust file given";
  if (!(await canVerify())) return setVerdict("unable", "Use handledger verify, or a current browser.");
  try {
    await verification.run();
  } catch (error) {
    verification.journal.add({ code: "not_evidence", position: null, detail: error.message });
  }
  STATE.isDone = true;
  byId("bar").hidden = true;
  await conclude();
  await show(verification, timeline);
}

/** Everything but the verdict, which stands whatever becomes of this. */
async function show(verification, timeline) {
  try {
    if (verification.contents) {
      tellKind(verification);
      showSchool(verification, timeline);
    }
    timeline.bad = new Set(verification.journal.findings.map((one) => one.position));
    timeline.leaf = Math.floor((verification.journal.first ?? 0) / timeline.most);
    await timeline.draw();
    await showAnswers(verification);
  } catch (error) {
    byId("answers").append(make("p", {}, `The rest cannot be shown: ${error.message}`));
  }
}

addEventListener("DOMContentLoaded", async () => {
  await start();
  document.documentElement.dataset.shown = "";
});
