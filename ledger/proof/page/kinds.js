// What each kind of file is, what it proves and what it does not, in the words that hold for it.

const NOT_SHOWN = "The rest of the log is not here: that nothing else in it bears on this is not shown, "
  + "nor is whether a duty was kept that rests on it. The heads of streams are what the ledger signed: "
  + "a false one stands in the log for ever, and whoever holds the whole log can show it.";

const KINDS_IN_WORDS = {
  complete: {
    about: () => "How the school governs its social-media accounts: who ran what and when, which deadlines were kept, and every record behind it.",
    proves: () => "That nothing is missing up to its checkpoint: no record is withheld.",
    not: "",
  },
  redacted: {
    about: () => "How the school governs its social-media accounts, but for single entries that were withheld. Each of them is counted, and stands in its place as its hash.",
    proves: () => "That nothing is missing up to its checkpoint, withheld records being counted and placed.",
    not: "What a withheld record says is not disclosed, nor is whether a duty was kept that rests on one. No answers are here: of a part they would mislead.",
  },
  case: {
    about: (scope) => ("from" in scope
      ? `What the school's ledger recorded from ${whenIs(scope.from)} to ${whenIs(scope.to)}.`
      : `What the school's ledger says about one ${Object.keys(scope)[0]}: ${Object.values(scope)[0]}.`),
    proves: (scope) => "That what it shows is in the log and, with its stream-head proof, that no entry of its streams is missing"
      + ("from" in scope ? "; and that nothing that was recorded in these days is missing." : "."),
    not: NOT_SHOWN,
  },
  person: {
    about: (scope) => `What the school's ledger says about one person: ${scope.person}.`,
    proves: () => "That what it shows is in the log and, with its stream-head proof, that no entry of its streams is missing.",
    not: NOT_SHOWN,
  },
};

/** An instant in school time. */
function whenIs(instant) {
  return whenOf(parseInstant(instant));
}

/** Tell what this file is, once its contents are known. */
function tellKind({ contents: { kind, scope, withheld, shown }, size }) {
  const words = KINDS_IN_WORDS[kind];
  byId("about").textContent = words.about(scope);
  byId("proves").textContent = words.proves(scope);
  byId("proves-not").textContent = words.not;
  const left = [...withheld].slice(0, 100).map(([position, reason]) => `${position} (${worded(reason)})`);
  const more = withheld.size > 100 ? " \u2026" : "";
  const told = { redacted: `all but ${withheld.size}, withheld: ${left.join(", ")}${more}`, complete: "all" };
  byId("shown").textContent = told[kind] ?? `${shown.size} of ${size}`;
}
