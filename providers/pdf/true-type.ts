/** What page layout must know of a TrueType font: which characters it has and how wide they are.
 *  jsPDF drops a character without a glyph silently and reads only the same (format 4) character map as this file does,
 *  so that what is found here is exactly what jsPDF will draw. */

import { InputError } from '../../plugin/errors.ts';

export interface FontMetrics {
  has(codePoint: number): boolean;
  /** Advance width at 1 pt. */
  advance(codePoint: number): number;
}

/** A font file as jsPDF takes it: one character per byte. */
export type BinaryText = string & { readonly __brand: 'BinaryText' };

export function toBinaryText(bytes: Uint8Array): BinaryText {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1') as BinaryText;
}

const REQUIRED_TABLES = ['cmap', 'glyf', 'head', 'hhea', 'hmtx', 'loca', 'maxp', 'name', 'post', 'OS/2'];

/** @throws InputError `input.font` with the reason */
export function readTrueType(bytes: Uint8Array): FontMetrics {
  try {
    return readTables(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw unusable('it ends too early or is damaged; export it again');
  }
}

function readTables(file: DataView): FontMetrics {
  assertTrueType(file);
  const tables = new Map<string, DataView>();
  for (let i = 0; i < file.getUint16(4); i++) {
    const entry = 12 + i * 16;
    const offset = file.getUint32(entry + 8);
    const length = file.getUint32(entry + 12);
    if (offset + length > file.byteLength) throw unusable('it ends too early or is damaged; export it again');
    tables.set(tag(file, entry), new DataView(file.buffer, file.byteOffset + offset, length));
  }
  const missing = REQUIRED_TABLES.filter((name) => !tables.has(name));
  if (missing.length > 0) throw unusable(`it lacks the tables ${missing.join(', ')}; export it again as TrueType`);
  const table = (name: string) => tables.get(name) as DataView;

  const unitsPerEm = table('head').getUint16(18);
  const glyphCount = table('maxp').getUint16(4);
  const metricCount = table('hhea').getUint16(34);
  if (unitsPerEm === 0 || metricCount === 0) throw unusable('its metrics are empty; export it again');
  const glyphs = readCharacterMap(table('cmap'), glyphCount);
  const hmtx = table('hmtx');
  return {
    has: (codePoint) => glyphs.has(codePoint),
    advance(codePoint) {
      const glyph = Math.min(glyphs.get(codePoint) ?? 0, metricCount - 1);
      return hmtx.getUint16(glyph * 4) / unitsPerEm;
    },
  };
}

function assertTrueType(file: DataView): void {
  const signature = file.byteLength < 12 ? '' : tag(file, 0);
  if (signature === '\x00\x01\x00\x00') return;
  switch (signature) {
    case 'OTTO':
      throw unusable('it has PostScript outlines (OpenType CFF), which cannot be embedded; use its TrueType version');
    case 'ttcf':
      throw unusable('it is a collection of several fonts; extract the one you want as a TrueType file');
    case 'wOFF':
    case 'wOF2':
      throw unusable('it is a web font; use its TrueType version');
    default:
      throw unusable('it is not a TrueType font');
  }
}

/** Code points of the basic plane to glyph numbers; those that map to "no glyph" left out. */
function readCharacterMap(cmap: DataView, glyphCount: number): ReadonlyMap<number, number> {
  const glyphs = new Map<number, number>();
  const at = findUnicodeMap(cmap);
  const segments = cmap.getUint16(at + 6) / 2;
  for (let segment = 0; segment < segments; segment++) {
    const end = cmap.getUint16(at + 14 + segment * 2);
    const start = cmap.getUint16(at + 16 + (segments + segment) * 2);
    const delta = cmap.getUint16(at + 16 + (2 * segments + segment) * 2);
    const rangeAt = at + 16 + (3 * segments + segment) * 2;
    const rangeOffset = cmap.getUint16(rangeAt);
    for (let code = start; code <= end && code !== 0xffff; code++) {
      const raw = rangeOffset === 0 ? code : cmap.getUint16(rangeAt + rangeOffset + (code - start) * 2);
      const glyph = rangeOffset !== 0 && raw === 0 ? 0 : (raw + delta) & 0xffff;
      if (glyph !== 0 && glyph < glyphCount) glyphs.set(code, glyph);
    }
  }
  return glyphs;
}

function findUnicodeMap(cmap: DataView): number {
  for (let i = 0; i < cmap.getUint16(2); i++) {
    const entry = 4 + i * 8;
    const platform = cmap.getUint16(entry);
    const encoding = cmap.getUint16(entry + 2);
    const offset = cmap.getUint32(entry + 4);
    const isUnicode = platform === 0 || (platform === 3 && encoding === 1);
    if (isUnicode && cmap.getUint16(offset) === 4) return offset;
  }
  throw unusable('it has no Unicode character map; export it again as TrueType for Windows');
}

function tag(file: DataView, at: number): string {
  return String.fromCharCode(file.getUint8(at), file.getUint8(at + 1), file.getUint8(at + 2), file.getUint8(at + 3));
}

function unusable(reason: string): InputError {
  return new InputError('font', `the font cannot be used: ${reason}`);
}
