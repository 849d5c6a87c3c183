// Heads of streams: how far each stream went, committed to by one hash (format 11).

const DEPTH = 128;
const HEADS_TYPE = "StreamHeadsPublished";

/** The proofs in the octets of `heads.json`: `[{stream, version, record, nonce, path}]`. */
function readHeads(octets) {
  const value = parseCanonical(textOf(octets));
  demand(hasExactly(value, ["heads"]) && Array.isArray(value.heads), "heads.json is not heads");
  const proofs = value.heads.map(readHead);
  demand(areAscending(proofs.map((proof) => proof.stream)), "heads not sorted by stream, or one twice");
  return proofs;
}

function readHead(item) {
  demand(hasExactly(item, ["nonce", "path", "record", "stream", "version"]), "head that is not of its form");
  const { stream, version, record } = item;
  demand(typeof stream === "string" && STREAM.test(stream) && isCount(version), "head whose stream or version is none");
  demand((record === null) === (version === 0), "head whose version and record do not belong together");
  demand(record === null || isHex64(record), "head whose record is no hash");
  demand(typeof item.nonce === "string" && typeof item.path === "string", "head whose nonce or path is not text");
  const [nonce, path] = [b64decode(item.nonce), b64decode(item.path)];
  demand(nonce.length === 32 && path.length === 32 * DEPTH, "head whose nonce or path is of another length");
  return { stream, version, record, nonce, path: hashesIn(path) };
}

/** Whether the proof leads from its head to the root, in hex. */
async function isUnder({ stream, version, record, nonce, path }, root) {
  const said = octetsOf(canonical({ record, stream, version }));
  let hash = await sha256(joined(Uint8Array.of(0), nonce, said));
  const place = await sha256(octetsOf(stream));
  for (const [height, sibling] of path.entries()) {
    const depth = DEPTH - 1 - height;
    const isRight = (place[depth >> 3] >> (7 - (depth & 7))) & 1;
    hash = await (isRight ? nodeHash(sibling, hash) : nodeHash(hash, sibling));
  }
  return hexOf(hash) === root;
}
