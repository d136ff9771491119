import { expect } from 'chai';
import fc from 'fast-check';
import { CredentialError } from '../../../../plugin/errors.ts';
import { createFontShelf } from '../../../../providers/pdf/text/bundled-fonts.ts';
import { directionOf, type ShapedLine, shapeLine, type TextStyle } from '../../../../providers/pdf/text/shape-line.ts';
import { fontsFolder } from '../../../support/pdf.ts';

describe('a shaped line', () => {
  const shelf = createFontShelf(fontsFolder);
  const style: TextStyle = {
    fonts: [],
    fallback: (character) => shelf.for(character),
    language: 'en',
    spaced: false,
  };
  const shape = (text: string, change: Partial<TextStyle> = {}) => shapeLine(text, { ...style, ...change });
  const fontsOf = ({ runs }: ShapedLine) => runs.map(({ font }) => font.name);
  /** What is read at each glyph, from the left. */
  const textsOf = ({ runs }: ShapedLine) => runs.flatMap(({ glyphs }) => glyphs.map(({ character }) => character.text));

  it('is as wide as its letters, closer where they are kerned', () => {
    expect(shape('Ada').width).to.be.closeTo(0.722 + 0.64 + 0.596, 0.01);
    expect(shape('AV').width).to.be.below(shape('A').width + shape('V').width);
  });

  it('takes each letter from a font that has it, marks from the font of their letter', () => {
    expect(fontsOf(shape('Ana 山 Bob'))).to.deep.equal(['DejaVu Serif', 'Noto Sans SC', 'DejaVu Serif']);
    expect(fontsOf(shape('김민준'))).to.deep.equal(['Noto Sans KR']);
    expect(fontsOf(shape('נוּן'))).to.deep.equal(['Noto Sans Hebrew']);
  });

  it('prefers the fonts of the element', () => {
    const [serif] = shelf.for('a');
    const [chinese] = [...shelf.for('山')].slice(1);
    expect(fontsOf(shape('A山', { fonts: chinese ? [chinese] : [] }))).to.include('Noto Sans SC');
    expect(new Set(fontsOf(shape('A山', { fonts: chinese ? [chinese] : [] }))).size).to.equal(1);
    expect(fontsOf(shape('A', { fonts: serif ? [serif] : [] }))).to.deep.equal(['DejaVu Serif']);
  });

  it('runs from right to left, numbers in it from left to right', () => {
    expect(textsOf(shape('אב 12')).join('')).to.equal('12 בא');
    expect(textsOf(shape('Dr. אב 12')).join('')).to.equal('Dr. 12 בא');
    expect(directionOf('אב Smith')).to.equal('rtl');
    expect(directionOf('Smith אב')).to.equal('ltr');
  });

  it('joins Arabic letters, and has a ligature read back in its order', () => {
    // as if seen from the left
    expect(textsOf(shape('سلام')).join('')).to.equal([...'سلام'].reverse().join(''));
    const isolated = shape('م').runs[0]?.glyphs[0]?.character.glyph;
    expect(shape('محمد').runs[0]?.glyphs.map(({ character }) => character.glyph)).not.to.include(isolated);
  });

  it('has a letter and its points read at the letter', () => {
    expect(textsOf(shape('דָּ')).filter((text) => text !== '')).to.deep.equal([[...'דָּ'].reverse().join('')]);
  });

  it('takes a mark that no font has together with its letter from a font of its own', () => {
    expect(fontsOf(shape('山\u093f'))).to.deep.equal(['Noto Sans SC', 'Noto Sans Devanagari']);
  });

  it('says the text again where glyphs stand in another order than letters', () => {
    expect(shape('कि').runs.map(({ actualText }) => actualText)).to.deep.equal(['कि']);
    expect(shape('Ada').runs.map(({ actualText }) => actualText)).to.deep.equal([null]);
    expect(shape('محمد').runs.map(({ actualText }) => actualText)).to.deep.equal([null]);
  });

  it('counts the spaces between letters: not after the last, not for marks, not in joined scripts', () => {
    expect(shape('Ada', { spaced: true }).spaces).to.equal(2);
    expect(shape('Ada').spaces).to.equal(0);
    expect(shape('m\u0304a', { spaced: true }).spaces).to.equal(1);
    expect(shape('محمد', { spaced: true }).spaces).to.equal(0);
  });

  it('D10: fails for a letter that no font has, and never shows the sign for a missing one', () => {
    expect(() => shape('ᚠ')).to.throw(
      CredentialError,
      'the glyph U+16A0 is not in the font "DejaVu Serif"; name a font asset that has it in the options',
    );
  });

  it('loses nothing, whatever letters stand beside each other', () => {
    const letters = fc.constantFrom(...'aßЖΩ ءلاב-नेि1(山김ก');
    fc.assert(
      fc.property(fc.string({ unit: letters, minLength: 1, maxLength: 12 }), (text) => {
        const line = shape(text.normalize('NFC'));
        expect([...textsOf(line).join('')].sort().join('')).to.equal([...text.normalize('NFC')].sort().join(''));
        expect(line.width).to.be.above(0);
      }),
      { numRuns: 200 },
    );
  });
});
