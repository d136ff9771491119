/** A TrueType file as a PDF needs it: its tables, its metrics, and the outline of one glyph at a time.
 *  Fonts are uploaded by people: every number in the file is checked by `DataView`, which throws beyond the end. */

import { InputError } from '../../../plugin/errors.ts';

export interface TrueTypeFont {
  readonly postScriptName: string;
  readonly unitsPerEm: number;
  readonly glyphCount: number;
  /** Font units, as in `hhea` and `head`. */
  readonly ascent: number;
  readonly descent: number;
  readonly box: readonly [number, number, number, number];
  /** Copies of the tables that a subset begins from. */
  table(name: 'head' | 'hhea' | 'maxp'): Buffer;
  /** Advance width and left side bearing, in font units. */
  metrics(glyph: number): { readonly advance: number; readonly bearing: number };
  /** The glyph's entry in `glyf`; empty for a blank one. */
  outline(glyph: number): Buffer;
}

const REQUIRED_TABLES = ['cmap', 'glyf', 'head', 'hhea', 'hmtx', 'loca', 'maxp'];

const DAMAGED = 'it ends too early or is damaged; export it again';

/** @throws InputError `input.font` with the reason */
export function readTrueType(bytes: Uint8Array): TrueTypeFont {
  try {
    return readTables(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw unusable(DAMAGED);
  }
}

function readTables(file: DataView): TrueTypeFont {
  assertTrueType(file);
  const tables = findTables(file);
  const missing = REQUIRED_TABLES.filter((name) => !tables.has(name));
  if (missing.length > 0) throw unusable(`it lacks the tables ${missing.join(', ')}; export it again as TrueType`);
  const table = (name: string) => tables.get(name) as DataView;
  assertEmbeddingAllowed(tables.get('OS/2'));

  const head = table('head');
  const hmtx = table('hmtx');
  const glyf = table('glyf');
  const loca = table('loca');
  const longOffsets = head.getInt16(50) === 1;
  const unitsPerEm = head.getUint16(18);
  const glyphCount = table('maxp').getUint16(4);
  const metricCount = table('hhea').getUint16(34);
  if (unitsPerEm < 16 || unitsPerEm > 16_384 || metricCount === 0)
    throw unusable('its metrics are empty or damaged; export it again');
  hmtx.getUint16((metricCount - 1) * 4 + 2);
  const offset = (glyph: number) => (longOffsets ? loca.getUint32(glyph * 4) : loca.getUint16(glyph * 2) * 2);
  if (offset(glyphCount) > glyf.byteLength) throw unusable(DAMAGED);

  return {
    postScriptName: readPostScriptName(tables.get('name')),
    unitsPerEm,
    glyphCount,
    ascent: table('hhea').getInt16(4),
    descent: table('hhea').getInt16(6),
    box: [head.getInt16(36), head.getInt16(38), head.getInt16(40), head.getInt16(42)],
    table: (name) => Buffer.from(bytesOf(table(name))),
    metrics(glyph) {
      const counted = Math.min(glyph, metricCount - 1);
      const bearingAt = glyph < metricCount ? glyph * 4 + 2 : metricCount * 4 + (glyph - metricCount) * 2;
      return {
        advance: hmtx.getUint16(counted * 4),
        bearing: bearingAt + 2 <= hmtx.byteLength ? hmtx.getInt16(bearingAt) : 0,
      };
    },
    outline(glyph) {
      if (glyph >= glyphCount) throw unusable(DAMAGED);
      const start = offset(glyph);
      return bytesOf(glyf).subarray(start, Math.max(start, offset(glyph + 1)));
    },
  };
}

function findTables(file: DataView): ReadonlyMap<string, DataView> {
  const tables = new Map<string, DataView>();
  for (let i = 0; i < file.getUint16(4); i++) {
    const entry = 12 + i * 16;
    const offset = file.getUint32(entry + 8);
    const length = file.getUint32(entry + 12);
    if (offset + length > file.byteLength) throw unusable(DAMAGED);
    tables.set(tag(file, entry), new DataView(file.buffer, file.byteOffset + offset, length));
  }
  return tables;
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

/** `fsType` 2 alone: no embedding without the owner's leave. */
function assertEmbeddingAllowed(os2: DataView | undefined): void {
  if (os2 && os2.byteLength >= 10 && (os2.getUint16(8) & 0xf) === 2) {
    throw unusable('its licence does not allow embedding it into documents; use another one');
  }
}

/** Only what a PDF name can hold unescaped. */
function readPostScriptName(name: DataView | undefined): string {
  const POSTSCRIPT_NAME = 6;
  if (name) {
    const storage = name.getUint16(4);
    for (let i = 0; i < name.getUint16(2); i++) {
      const record = 6 + i * 12;
      if (name.getUint16(record + 6) !== POSTSCRIPT_NAME) continue;
      const at = storage + name.getUint16(record + 10);
      const text = bytesOf(name)
        .subarray(at, at + name.getUint16(record + 8))
        .toString('latin1');
      const safe = text.replace(/[^A-Za-z0-9-]/g, '');
      if (safe !== '') return safe.slice(0, 63);
    }
  }
  return 'Font';
}

function bytesOf(view: DataView): Buffer {
  return Buffer.from(view.buffer, view.byteOffset, view.byteLength);
}

function tag(file: DataView, at: number): string {
  return String.fromCharCode(file.getUint8(at), file.getUint8(at + 1), file.getUint8(at + 2), file.getUint8(at + 3));
}

function unusable(reason: string): InputError {
  return new InputError('font', `the font cannot be used: ${reason}`);
}
