/** From a Call-ID to a number: calls spread over the nodes of a set by weight, and always in the same way. */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** `hash_algo`; other values mean CRC32. */
const sha1 = 1;

/** A number from 0 to 2^32-1, the same as Kamailio's: servers that share nodes choose alike. */
export function callHash(callId: string, algorithm: number): number {
  const bytes = Buffer.from(callId, 'latin1');
  return algorithm === sha1 ? signedSum(createHash('sha1').update(bytes).digest()) : crc32(bytes);
}

/** The bytes of the digest, taken as signed, added up as unsigned 32 bits. */
function signedSum(digest: Buffer): number {
  let sum = 0;
  for (let i = 0; i < digest.length; i++) sum += digest.readInt8(i);
  return sum >>> 0;
}

/** The place that a hash falls on when places are as wide as the weights; -1 when there is no weight. */
export function weightedIndex(weights: readonly number[], hash: number): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total === 0) return -1;
  let left = hash % total;
  return weights.findIndex((weight) => {
    if (left < weight) return true;
    left -= weight;
    return false;
  });
}
