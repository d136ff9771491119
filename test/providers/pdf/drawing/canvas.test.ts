import { expect } from 'chai';
import { jsPDF } from 'jspdf';
import { Canvas } from '../../../../providers/pdf/drawing/canvas.ts';
import { FontUse } from '../../../../providers/pdf/drawing/embedded-font.ts';
import { createFontShelf } from '../../../../providers/pdf/text/bundled-fonts.ts';
import type { Font } from '../../../../providers/pdf/text/font.ts';
import { shapeLine } from '../../../../providers/pdf/text/shape-line.ts';
import { fontsFolder } from '../../../support/pdf.ts';

describe('the canvas', () => {
  const shelf = createFontShelf(fontsFolder);
  const style = { fonts: [], fallback: (c: string) => shelf.for(c), language: 'en', spaced: false };
  const line = (text: string, facts = {}) => ({
    shaped: shapeLine(text, style),
    xPt: 10,
    yPt: 20,
    widthPt: 0,
    sizePt: 10,
    charSpacePt: 0,
    color: '#336699',
    ...facts,
  });
  const draw = (text: string, facts = {}) => {
    const canvas = new Canvas();
    const uses = new Map<Font, FontUse>();
    canvas.line(line(text, facts), (font) => {
      const use = uses.get(font) ?? new FontUse(`F${uses.size}`, font);
      uses.set(font, use);
      return use;
    });
    return canvas.take();
  };

  it('relies on two internals of jsPDF: the lines of a page as an array, and a function that adds one', () => {
    const { internal } = new jsPDF({ unit: 'pt' }) as unknown as {
      internal: { pages: string[][]; write(text: string): void };
    };
    const page = internal.pages[1];
    if (!page) throw new Error('jsPDF has no first page');
    page.length = 0;
    internal.write('q');
    expect(internal.pages[1]).to.equal(page);
    expect(page).to.deep.equal(['q']);
  });

  it('writes letters that follow each other as one text', () => {
    expect(draw('Ada')).to.equal('0.2 0.4 0.6 rg\nBT /F0 10 Tf 10 20 Td\n[<000100020003>] TJ ET');
  });

  it('moves letters that are kerned or spaced', () => {
    expect(draw('AV')).to.match(/\[<0001>\d+<0002>\] TJ/);
    expect(draw('Ada', { charSpacePt: 2, shaped: shapeLine('Ada', { ...style, spaced: true }) })).to.include(
      '[<0001>-200<0002>-200<0003>] TJ',
    );
  });

  it('says a text that glyphs do not tell', () => {
    expect(draw('कि')).to.match(/\/Span << \/ActualText <feff0915093f> >> BDC\nBT [\s\S]* ET\nEMC$/);
  });

  it('raises and lowers marks, and comes back', () => {
    expect(draw('خ')).to.match(/\n-[\d.]+ Ts \[.*\] TJ 0 Ts \[/);
  });

  it('fills the squares of a code at once', () => {
    const canvas = new Canvas();
    canvas.modules((row, column) => row === 0 || column === 1, 2, { xPt: 10, yPt: 20, sizePt: 8 }, '#000');
    expect(canvas.take()).to.equal('0. g\n10. 28. 8. -4. re\n14. 24. 4. -4. re\nf');
    expect(canvas.take()).to.equal('');
  });
});
