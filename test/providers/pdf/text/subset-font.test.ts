import { expect } from 'chai';
import { openFont } from '../../../../providers/pdf/text/font.ts';
import { subsetFont } from '../../../../providers/pdf/text/subset-font.ts';
import { readTrueType } from '../../../../providers/pdf/text/true-type.ts';
import { bundledFont } from '../../../support/pdf.ts';

describe('a subset of a font', () => {
  const glyphsOf = (font: ReturnType<typeof openFont>, text: string) =>
    font
      .shape({ text, start: 0, end: text.length, rightToLeft: false, script: null, language: 'en', ligatures: true })
      .map(({ glyph }) => glyph);

  it('has the glyphs in their new places, as wide as they were, and is small', async () => {
    const font = openFont('serif', await bundledFont());
    const glyphs = [0, ...glyphsOf(font, 'Adze')];
    const subset = subsetFont(font.file, glyphs);
    expect(subset.length).to.be.below(2_500);
    // what `cmap` would say, the PDF says
    const read = readTrueType(withTable(subset, 'cmap'));
    expect(read.glyphCount).to.equal(5);
    for (const [i, glyph] of glyphs.entries()) expect(read.metrics(i)).to.deep.equal(font.file.metrics(glyph));
    expect(read.outline(1).subarray(0, 10)).to.deep.equal(font.file.outline(glyphs[1] as number).subarray(0, 10));
  });

  it('takes the parts of composite glyphs along, and no hinting', async () => {
    const font = openFont('serif', await bundledFont());
    const [accented] = glyphsOf(font, 'Á') as [number];
    expect(font.file.outline(accented).readInt16BE(0)).to.equal(-1);
    const read = readTrueType(withTable(subsetFont(font.file, [0, accented]), 'cmap'));
    expect(read.glyphCount).to.equal(4);
    const composite = read.outline(1);
    expect([composite.readUInt16BE(12), composite.readUInt16BE(10) & 0x100]).to.deep.equal([2, 0]);
    const letter = read.outline(2);
    expect(letter.readUInt16BE(10 + letter.readInt16BE(0) * 2)).to.equal(0);
  });

  it('is right down to its checksum', async () => {
    const font = openFont('serif', await bundledFont());
    const subset = subsetFont(font.file, [0, 36]);
    let sum = 0;
    for (let at = 0; at < subset.length; at += 4) sum = (sum + subset.readUInt32BE(at)) >>> 0;
    expect(sum).to.equal(0xb1b0afba);
  });
});

/** One more, empty, so that the reader of whole fonts takes it. */
function withTable(font: Buffer, name: string): Buffer {
  const count = font.readUInt16BE(4);
  const directory = Buffer.from(font.subarray(0, 12 + count * 16));
  directory.writeUInt16BE(count + 1, 4);
  for (let i = 0; i < count; i++) directory.writeUInt32BE(directory.readUInt32BE(20 + i * 16) + 16, 20 + i * 16);
  const entry = Buffer.alloc(16);
  entry.write(name, 'latin1');
  return Buffer.concat([directory, entry, font.subarray(directory.length)]);
}
