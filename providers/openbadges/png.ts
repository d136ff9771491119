/** PNG files: looked at without decoding a pixel, and badges written into them ("baking"). */

import { crc32 } from 'node:zlib';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** Where Open Badges 3.0 keeps a badge. */
const KEYWORD = 'openbadgecredential';
const NUL = Buffer.from([0]);

interface Chunk {
  readonly type: string;
  readonly data: Buffer;
}

export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/** @returns null where the bytes are no PNG, judged by its first bytes and by how its parts fit together */
export function pngSize(bytes: Uint8Array): ImageSize | null {
  const header = chunksOf(bytes)?.[0];
  if (header?.type !== 'IHDR' || header.data.length !== 13) return null;
  return { width: header.data.readUInt32BE(0), height: header.data.readUInt32BE(4) };
}

/** The image with the text in it, in place of one that it held before.
 *  @returns null where the bytes are no PNG */
export function bakePng(image: Uint8Array, text: string): Buffer | null {
  const [header, ...rest] = chunksOf(image) ?? [];
  if (header?.type !== 'IHDR') return null;
  // Keyword, no compression (two bytes), no language, no translated keyword, then the text.
  const data = Buffer.concat([Buffer.from(KEYWORD, 'latin1'), NUL, NUL, NUL, NUL, NUL, Buffer.from(text, 'utf8')]);
  const others = rest.filter((chunk) => !isBadge(chunk));
  return Buffer.concat([SIGNATURE, ...[header, { type: 'iTXt', data }, ...others].map(chunkBytes)]);
}

/** @returns null where the bytes are no PNG, or hold no badge, or hold it compressed, which the standard does not allow */
export function badgeInPng(bytes: Uint8Array): string | null {
  const chunk = chunksOf(bytes)?.find(isBadge);
  if (!chunk) return null;
  const afterKeyword = KEYWORD.length + 1;
  if (chunk.data[afterKeyword] !== 0) return null;
  const language = chunk.data.indexOf(0, afterKeyword + 2);
  const translated = language === -1 ? -1 : chunk.data.indexOf(0, language + 1);
  return translated === -1 ? null : chunk.data.subarray(translated + 1).toString('utf8');
}

export function looksLikePng(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(0, SIGNATURE.length)).equals(SIGNATURE);
}

function isBadge({ type, data }: Chunk): boolean {
  return type === 'iTXt' && data.subarray(0, KEYWORD.length + 1).equals(Buffer.concat([Buffer.from(KEYWORD), NUL]));
}

/** @returns null unless every part is whole and the last one is the end of the image */
function chunksOf(bytes: Uint8Array): Chunk[] | null {
  if (!looksLikePng(bytes)) return null;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks: Chunk[] = [];
  for (let at = SIGNATURE.length; at + 12 <= buffer.length; ) {
    const end = at + 8 + buffer.readUInt32BE(at);
    if (end + 4 > buffer.length) return null;
    if (buffer.readUInt32BE(end) !== crc32(buffer.subarray(at + 4, end))) return null;
    const type = buffer.toString('latin1', at + 4, at + 8);
    chunks.push({ type, data: buffer.subarray(at + 8, end) });
    if (type === 'IEND') return chunks;
    at = end + 4;
  }
  return null;
}

function chunkBytes({ type, data }: Chunk): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}
