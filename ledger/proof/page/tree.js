// The tree over the records (RFC 6962), and the hash tiles (format 7).

const TILE = 256;

function leafHash(entry) {
  return sha256(joined(Uint8Array.of(0), entry));
}

function nodeHash(left, right) {
  return sha256(joined(Uint8Array.of(1), left, right));
}

/** The root over hashes, level by level; what is left alone at the end rises as it is. */
async function rootOf(hashes) {
  if (hashes.length === 0) return sha256(new Uint8Array());
  let level = hashes;
  while (level.length > 1) {
    const above = [];
    for (let at = 0; at + 1 < level.length; at += 2) above.push(nodeHash(level[at], level[at + 1]));
    const alone = level.length % 2 ? [level[level.length - 1]] : [];
    level = [...(await Promise.all(above)), ...alone];
  }
  return level[0];
}

function hashesIn(tile) {
  return Array.from({ length: Math.floor(tile.length / 32) }, (_, at) => tile.subarray(32 * at, 32 * at + 32));
}
