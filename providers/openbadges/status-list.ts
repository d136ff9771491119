/** The bits of a bitstring status list: one per badge, packed and written as the standard wants them. */

import { gunzipSync, gzipSync } from 'node:zlib';

/** The smallest list that the standard allows: who looks one up does not tell which badge it is about. */
export const LIST_BITS = 131_072;
/** A list larger than this is not read. */
const MOST_BYTES = 4 * 1024 * 1024;

/** @param indexes of the bits that are set; index 0 is the left-most bit of the first byte */
export function encodeList(indexes: Iterable<number>, bits: number = LIST_BITS): string {
  const bytes = Buffer.alloc(bits / 8);
  for (const index of indexes) {
    const at = index >> 3;
    bytes[at] = (bytes[at] ?? 0) | (0x80 >> (index & 7));
  }
  return `u${gzipSync(bytes).toString('base64url')}`;
}

/** @returns null where the text is no list, or the list has no such bit */
export function readBit(encoded: string, index: number): boolean | null {
  if (!encoded.startsWith('u')) return null;
  try {
    const bytes = gunzipSync(Buffer.from(encoded.slice(1), 'base64url'), { maxOutputLength: MOST_BYTES });
    const byte = bytes[index >> 3];
    return byte === undefined || bytes.length * 8 < LIST_BITS ? null : (byte & (0x80 >> (index & 7))) !== 0;
  } catch {
    return null;
  }
}
