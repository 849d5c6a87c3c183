// The receipt of one record: where it lies, the path to the root, the checkpoint (C2SP tlog-proof).

const PROOF_HEADER = "c2sp.org/tlog-proof@v1";
const MAX_PATH = 63;

/** `{index, path, note}`; throws Malformed unless it is one without a line of the issuer's own. */
function parseProof(octets) {
  // The first blank line divides: none may stand among the lines before it.
  const end = octets.findIndex((octet, at) => octet === 10 && octets[at + 1] === 10);
  const head = textOf(octets.subarray(0, Math.max(end, 0)));
  const [header, index, ...path] = head.split("\n");
  if (end < 0 || header !== PROOF_HEADER) throw new Malformed(`proof that does not begin with ${PROOF_HEADER}`);
  if (!/^index (0|[1-9][0-9]{0,15})$/.test(index ?? "")) throw new Malformed("proof without an index line");
  if (path.length > MAX_PATH) throw new Malformed(`proof of ${path.length} hashes`);
  const hashes = path.map(b64decode);
  if (!hashes.every((hash) => hash.length === 32)) throw new Malformed("proof with a hash that is not 32 octets");
  return { index: Number(index.slice(6)), path: hashes, note: octets.subarray(end + 2) };
}

/** Throws Invalid unless the leaf hash is number `index` of the tree (RFC 9162, 2.1.3.2). */
async function checkInclusion(leaf, index, size, path, root) {
  if (index >= size) throw new Invalid(`no leaf ${index} in a tree of ${size}`);
  const half = (number) => Math.floor(number / 2);
  let [hash, fn, sn] = [leaf, index, size - 1];
  for (const sibling of path) {
    if (sn === 0) throw new Invalid("inclusion path runs past the root");
    if (fn % 2 === 1 || fn === sn) {
      hash = await nodeHash(sibling, hash);
      // A lone right edge rises unpaired.
      while (fn > 0 && fn % 2 === 0) [fn, sn] = [half(fn), half(sn)];
    } else {
      hash = await nodeHash(hash, sibling);
    }
    [fn, sn] = [half(fn), half(sn)];
  }
  if (sn !== 0 || !areEqual(hash, root)) throw new Invalid("inclusion path does not lead to the root");
}

/** Findings about the proof of one record of a case, under the checkpoint of this page. */
async function proofFindings(line, position, leaf, { note, size, root }) {
  try {
    const proof = parseProof(octetsIn(line));
    if (proof.index !== position || !areEqual(proof.note, note)) {
      throw new Invalid("of another record, or under another checkpoint");
    }
    await checkInclusion(leaf, position, size, proof.path, root);
    return [];
  } catch (error) {
    return [{ code: "record_proof", position, detail: error.message }];
  }
}
