import { expect } from 'chai';
import { readTrueType } from '../../../../providers/pdf/text/true-type.ts';
import { bundledFont, tableIn } from '../../../support/pdf.ts';

describe('reading a TrueType font', () => {
  let bytes: Uint8Array;
  before(async () => {
    bytes = await bundledFont();
  });

  const refusal = (file: Uint8Array) => {
    try {
      readTrueType(file);
    } catch (error) {
      return error instanceof Error ? error.message : '';
    }
    return 'accepted';
  };

  function withSignature(text: string): Uint8Array {
    return Buffer.concat([Buffer.from(text, 'latin1'), bytes.subarray(4)]);
  }

  it('knows its name, its measures and how wide glyphs are', () => {
    const font = readTrueType(bytes);
    expect(font).to.include({
      postScriptName: 'DejaVuSerif',
      unitsPerEm: 2048,
      glyphCount: 3528,
      ascent: 1901,
      descent: -483,
    });
    // the letter A
    expect(font.metrics(36).advance / font.unitsPerEm).to.be.closeTo(0.722, 0.001);
    expect(font.outline(36).readInt16BE(0)).to.equal(2);
    // the space
    expect(font.outline(3)).to.have.length(0);
  });

  it('D10: refuses fonts that cannot be embedded, each with what to do', () => {
    expect(refusal(withSignature('OTTO'))).to.equal(
      'the font cannot be used: it has PostScript outlines (OpenType CFF), which cannot be embedded; use its TrueType version',
    );
    expect(refusal(withSignature('ttcf'))).to.equal(
      'the font cannot be used: it is a collection of several fonts; extract the one you want as a TrueType file',
    );
    expect(refusal(withSignature('wOF2'))).to.equal(
      'the font cannot be used: it is a web font; use its TrueType version',
    );
    expect(refusal(Buffer.from('%PDF-1.7 and so on'))).to.equal('the font cannot be used: it is not a TrueType font');
    expect(refusal(new Uint8Array())).to.equal('the font cannot be used: it is not a TrueType font');
  });

  it('refuses a font whose licence forbids embedding', () => {
    const restricted = Buffer.from(bytes);
    const directory = restricted.indexOf('OS/2');
    restricted.writeUInt16BE(2, restricted.readUInt32BE(directory + 8) + 8);
    expect(refusal(restricted)).to.equal(
      'the font cannot be used: its licence does not allow embedding it into documents; use another one',
    );
  });

  it('D10: refuses a damaged font', () => {
    for (const length of [12, 100, 1_000, bytes.length - 1_000]) {
      expect(refusal(bytes.subarray(0, length)), String(length)).to.match(/^the font cannot be used: /);
    }
    for (const unitsPerEm of [0, 15, 16_385]) {
      const immeasurable = Buffer.from(bytes);
      immeasurable.writeUInt16BE(unitsPerEm, tableIn(bytes, 'head').start + 18);
      expect(refusal(immeasurable), String(unitsPerEm)).to.equal(
        'the font cannot be used: its metrics are empty or damaged; export it again',
      );
    }
    const renamed = Buffer.from(bytes);
    renamed.write('gasX', renamed.indexOf('glyf'), 'latin1');
    expect(refusal(renamed)).to.equal('the font cannot be used: it lacks the tables glyf; export it again as TrueType');
  });
});
