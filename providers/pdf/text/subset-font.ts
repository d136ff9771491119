/** The glyphs that one document uses as a font file of their own: a few kilobytes instead of half a megabyte.
 *  Hinting is left out, since documents are printed or shown enlarged. */

import type { TrueTypeFont } from './true-type.ts';

/** Bits of a composite glyph's component. */
const ARGUMENTS_ARE_WORDS = 0x0001;
const HAS_SCALE = 0x0008;
const MORE_COMPONENTS = 0x0020;
const HAS_TWO_SCALES = 0x0040;
const HAS_MATRIX = 0x0080;
const HAS_INSTRUCTIONS = 0x0100;

const MAX_GLYPHS = 0xffff;

/** @param glyphs numbers in `font`; number `i` of the subset is `glyphs[i]`. The parts of composite glyphs are added
 *    behind them. */
export function subsetFont(font: TrueTypeFont, glyphs: readonly number[]): Buffer {
  const members = [...glyphs];
  const partNumbers = new Map<number, number>();
  const numberOfPart = (glyph: number) => {
    const known = partNumbers.get(glyph);
    if (known !== undefined) return known;
    if (members.length >= MAX_GLYPHS) throw new RangeError('the font has endless composite glyphs');
    partNumbers.set(glyph, members.length);
    members.push(glyph);
    return members.length - 1;
  };
  const outlines: Buffer[] = [];
  // grows while it is walked: parts may be composite themselves
  for (let i = 0; i < members.length; i++) outlines.push(copyOutline(font, members[i] as number, numberOfPart));

  const loca = Buffer.alloc((members.length + 1) * 4);
  const hmtx = Buffer.alloc(members.length * 4);
  const [locaView, hmtxView] = [viewOf(loca), viewOf(hmtx)];
  let offset = 0;
  for (let i = 0; i < members.length; i++) {
    const { advance, bearing } = font.metrics(members[i] as number);
    hmtxView.setUint16(i * 4, advance);
    hmtxView.setInt16(i * 4 + 2, bearing);
    offset += (outlines[i] as Buffer).length;
    locaView.setUint32((i + 1) * 4, offset);
  }
  const head = font.table('head');
  head.writeUInt32BE(0, 8);
  head.writeInt16BE(1, 50);
  const hhea = font.table('hhea');
  hhea.writeUInt16BE(members.length, 34);
  const maxp = font.table('maxp');
  maxp.writeUInt16BE(members.length, 4);
  return writeFont({ glyf: Buffer.concat(outlines), head, hhea, hmtx, loca, maxp });
}

/** Letters come again and again; those of a large font are far more than anybody uses. */
const simpleOutlines = new WeakMap<TrueTypeFont, Map<number, Buffer>>();

function copyOutline(font: TrueTypeFont, glyph: number, numberOfPart: (glyph: number) => number): Buffer {
  const known = simpleOutlines.get(font) ?? new Map<number, Buffer>();
  const simple = known.get(glyph);
  if (simple) return simple;
  const outline = font.outline(glyph);
  if (outline.length > 0 && outline.readInt16BE(0) < 0) return padded(copyComposite(outline, numberOfPart));
  const copied = outline.length === 0 ? outline : padded(withoutInstructions(outline));
  simpleOutlines.set(font, known.set(glyph, copied));
  return copied;
}

function withoutInstructions(outline: Buffer): Buffer {
  const at = 10 + outline.readInt16BE(0) * 2;
  const length = outline.readUInt16BE(at);
  if (length === 0) return outline;
  const copy = Buffer.concat([outline.subarray(0, at + 2), outline.subarray(at + 2 + length)]);
  copy.writeUInt16BE(0, at);
  return copy;
}

function copyComposite(outline: Buffer, numberOfPart: (glyph: number) => number): Buffer {
  const copy = Buffer.from(outline);
  let at = 10;
  for (let flags = MORE_COMPONENTS; flags & MORE_COMPONENTS; ) {
    flags = copy.readUInt16BE(at);
    copy.writeUInt16BE(flags & ~HAS_INSTRUCTIONS, at);
    copy.writeUInt16BE(numberOfPart(copy.readUInt16BE(at + 2)), at + 2);
    at += 4 + (flags & ARGUMENTS_ARE_WORDS ? 4 : 2);
    if (flags & HAS_SCALE) at += 2;
    else if (flags & HAS_TWO_SCALES) at += 4;
    else if (flags & HAS_MATRIX) at += 8;
  }
  return copy.subarray(0, at);
}

/** Source: OpenType specification, "otff": the table directory and its checksums. That of the file is what all others are
 *  missing from a number; the sum over a file is the sum of those over its tables. */
function writeFont(tables: Readonly<Record<string, Buffer>>): Buffer {
  const entries = Object.entries(tables);
  const log = Math.floor(Math.log2(entries.length));
  const pieces = [Buffer.alloc(12 + entries.length * 16), ...entries.map(([, bytes]) => padded(bytes))];
  const directory = viewOf(pieces[0] as Buffer);
  directory.setUint32(0, 0x00010000);
  directory.setUint16(4, entries.length);
  directory.setUint16(6, 2 ** log * 16);
  directory.setUint16(8, log);
  directory.setUint16(10, (entries.length - 2 ** log) * 16);
  let offset = directory.byteLength;
  let headAt = 0;
  let sum = 0;
  for (let i = 0, at = 12; i < entries.length; i++, at += 16) {
    const [name, { length }] = entries[i] as [string, Buffer];
    const bytes = pieces[i + 1] as Buffer;
    const own = checksum(bytes);
    for (let letter = 0; letter < 4; letter++) directory.setUint8(at + letter, name.charCodeAt(letter));
    directory.setUint32(at + 4, own);
    directory.setUint32(at + 8, offset);
    directory.setUint32(at + 12, length);
    if (name === 'head') headAt = offset;
    offset += bytes.length;
    sum += own;
  }
  const file = Buffer.concat(pieces, offset);
  viewOf(file).setUint32(headAt + 8, 0xb1b0afba - sum - checksum(pieces[0] as Buffer));
  return file;
}

function checksum(bytes: Buffer): number {
  const view = viewOf(bytes);
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 4) sum = (sum + view.getUint32(at)) | 0;
  return sum >>> 0;
}

/** Buffers have methods of their own for this, which take several times as long. */
function viewOf({ buffer, byteOffset, length }: Buffer): DataView {
  return new DataView(buffer, byteOffset, length);
}

function padded(bytes: Buffer): Buffer {
  const rest = bytes.length % 4;
  return rest === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(4 - rest)]);
}
