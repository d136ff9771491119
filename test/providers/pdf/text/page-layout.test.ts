import { expect } from 'chai';
import fc from 'fast-check';
import { CredentialError } from '../../../../plugin/errors.ts';
import type { TextElement } from '../../../../providers/pdf/elements.ts';
import { cleanText } from '../../../../providers/pdf/text/clean-text.ts';
import { layOut, type Shape } from '../../../../providers/pdf/text/page-layout.ts';

/** Every character is half as wide as the font is large. */
const shape: Shape = (text) => ({
  text,
  runs: [],
  width: [...text].length * 0.5,
  spaces: Math.max(0, [...text].length - 1),
});
const page = { widthPt: 842, heightPt: 595 };

function anElement(facts: Partial<TextElement> = {}): TextElement {
  return {
    name: 'name',
    text: '{name}',
    yPt: 290,
    xPt: null,
    align: 'center',
    fonts: [],
    sizePt: 32,
    minSizePt: 20,
    maxLines: null,
    color: '#000000',
    charSpacePt: 0,
    uppercase: false,
    lineHeight: 1.1,
    link: null,
    ...facts,
  };
}

const lay = (element: TextElement, text: string) => layOut(element, text, page, shape);
const places = (element: TextElement, text: string) =>
  lay(element, text).map((line) => [line.shaped.text, line.xPt, line.yPt, line.sizePt]);

function failure(text: string, element = anElement()): [string, string] {
  try {
    lay(element, text);
  } catch (error) {
    if (error instanceof CredentialError) return [error.code, error.message];
    throw error;
  }
  return ['none', ''];
}

describe('page layout', () => {
  it('centres a line on the page', () => {
    expect(places(anElement(), 'Ada')).to.deep.equal([['Ada', 421 - 24, 290, 32]]);
  });

  it('counts the space between characters, not after the last', () => {
    expect(places(anElement({ charSpacePt: 10 }), 'Ada')).to.deep.equal([['Ada', 421 - 34, 290, 32]]);
  });

  it('lets text begin, have its middle or end at x', () => {
    expect(places(anElement({ align: 'left', xPt: 100 }), 'Ada')[0]?.[1]).to.equal(100);
    expect(places(anElement({ align: 'center', xPt: 100 }), 'Ada')[0]?.[1]).to.equal(76);
    expect(places(anElement({ align: 'right', xPt: 100 }), 'Ada')[0]?.[1]).to.equal(52);
    expect(places(anElement({ align: 'left' }), 'Ada')[0]?.[1]).to.equal(48);
    expect(places(anElement({ align: 'right' }), 'Ada')[0]?.[1]).to.equal(842 - 48 - 48);
  });

  it('sets several lines one below the other', () => {
    expect(places(anElement({ sizePt: 20, lineHeight: 1.5 }), 'One\n\nThree')).to.deep.equal([
      ['One', 421 - 15, 290, 20],
      ['Three', 421 - 25, 230, 20],
    ]);
  });

  it('shrinks a text that is too wide until it fits', () => {
    const [line, ...more] = lay(anElement(), 'x'.repeat(60));
    expect(more).to.deep.equal([]);
    expect(line?.sizePt).to.equal(24.8);
    expect(line?.xPt).to.be.at.least(48);
  });

  it('breaks a text that would get too small between words, upwards', () => {
    const text = 'María de los Ángeles Fernández-Villanueva y Rodríguez de la Encarnación Hohenzollern-Sigmaringen';
    expect(places(anElement({ minSizePt: 20 }), text)).to.deep.equal([
      ['María de los Ángeles Fernández-Villanueva y Rodríguez de la Encarnación', 421 - 355, 312, 20],
      ['Hohenzollern-Sigmaringen', 421 - 120, 290, 20],
    ]);
  });

  it('breaks a single word only when it has to', () => {
    expect(places(anElement({ sizePt: 20, minSizePt: 20 }), `a ${'x'.repeat(80)}`).map(([text]) => text)).to.deep.equal(
      ['a', 'x'.repeat(74), 'x'.repeat(6)],
    );
  });

  it('never loses a character and never leaves the page, whatever the text', () => {
    const texts = fc.string({ unit: fc.constantFrom(...'abcdefÄß -ж'), minLength: 1, maxLength: 400 });
    fc.assert(
      fc.property(
        texts,
        fc.integer({ min: 4, max: 40 }),
        fc.constantFrom('left', 'center', 'right'),
        (text, size, align) => {
          const element = anElement({ sizePt: size, minSizePt: 4, align, yPt: 300 });
          const lines = lay(element, text);
          expect(
            lines
              .map((line) => line.shaped.text)
              .join('')
              .replaceAll(' ', ''),
          ).to.equal(text.replaceAll(' ', ''));
          for (const line of lines) {
            expect(line.xPt).to.be.at.least(47.99);
            expect(line.xPt + line.shaped.text.length * line.sizePt * 0.5).to.be.at.most(842 - 47.99);
          }
        },
      ),
    );
  });

  it('refuses what would take more lines than it may, by paragraph', () => {
    const line = 'x'.repeat(70);
    const element = anElement({ maxLines: 2 });
    expect(failure([line, line, line].join(' '), element)).to.deep.equal([
      'credential.text-too-long',
      'the text of "name" takes 3 lines and "max_lines" is 2; allow a smaller "min_size", or more lines where there is room above',
    ]);
    expect(places(element, [line, line].join(' '))).to.have.length(2);
    expect(places(element, [line, line].join(' ').concat('\n', line)), 'two paragraphs').to.have.length(3);
  });

  it('refuses what does not fit on the page at all', () => {
    expect(failure('a\n'.repeat(40))).to.deep.equal([
      'credential.text-too-long',
      'the text of "name" does not fit on the page; allow a smaller "min_size" or move the element',
    ]);
    expect(failure('x', anElement({ align: 'left', xPt: 830 }))[0]).to.equal('credential.text-too-long');
    expect(failure('x', anElement({ yPt: 590 }))[0]).to.equal('credential.text-too-long');
  });

  it('breaks a line in scripts without spaces between words that a dictionary knows', () => {
    const narrow = anElement({ sizePt: 20, minSizePt: 20, align: 'left', xPt: 734 });
    const lines = (text: string) => places(narrow, text).map(([line]) => line);
    expect(lines('我在北京大学学习中文')).to.deep.equal(['我在北京大学', '学习中文']);
    expect(lines('我在北大学习中文了')).to.deep.equal(['我在北大学习', '中文了']);
    expect(lines('สวัสดีครับ')).to.deep.equal(['สวัสดี', 'ครับ']);
  });

  it('composes accents, turns control characters into spaces and drops invisible ones', () => {
    expect(cleanText('Nguye\u0302\u0303n')).to.equal('Nguyễn');
    expect(cleanText(' Ada\tKing\u0085Lovelace\u0000! ')).to.equal('Ada King Lovelace !');
    expect(cleanText('A\u200Bd\u00ADa\u202E\uFEFF')).to.equal('Ada');
    expect(cleanText('\u0001')).to.equal('');
  });

  it("keeps letters that only a font of one's own has: without them a name would not be whole", () => {
    expect(cleanText('Ada \ue000')).to.equal('Ada \ue000');
    expect(cleanText('\u{3fffd}\u{3ffff}')).to.equal('\u{3fffd}');
  });

  it('keeps the signs that join and separate letters, and those of direction', () => {
    expect(cleanText('می\u200cخواهم')).to.equal('می\u200cخواهم');
    expect(cleanText('ශ\u0dca\u200dර\u200f')).to.equal('ශ\u0dca\u200dර\u200f');
  });
});
