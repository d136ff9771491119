/** What is drawn over a template, by one jsPDF document that is kept for all pages of the process: making one takes longer
 *  than filling it. jsPDF draws colours and shapes; glyphs, which its own text functions can neither move nor join, are
 *  written into its page. Points from the bottom left. */

import { jsPDF } from 'jspdf';
import { textBytes } from '../template/object-writer.ts';
import type { PlacedLine } from '../text/page-layout.ts';
import type { PlacedGlyph } from '../text/shape-line.ts';
import type { FontUse } from './embedded-font.ts';

/** jsPDF measures from the top. */
const PAGE_HEIGHT = 1_000;

/** Not in the types of jsPDF. */
interface Internals {
  readonly pages: string[][];
  write(operator: string): void;
}

/** Says by which name the page knows a font, and which character a glyph is in it. */
export type UseFont = (font: PlacedLine['shaped']['runs'][number]['font']) => FontUse;

export class Canvas {
  readonly #jspdf = new jsPDF({ unit: 'pt', format: [PAGE_HEIGHT, PAGE_HEIGHT], floatPrecision: 3 });
  readonly #page: string[];
  readonly #write: (operator: string) => void;

  constructor() {
    const { pages, write } = this.#jspdf.internal as unknown as Internals;
    this.#page = pages[1] as string[];
    this.#write = write;
    this.#page.length = 0;
  }

  /** Everything drawn since the last call, as PDF operators. */
  take(): string {
    const drawn = this.#page.join('\n');
    this.#page.length = 0;
    return drawn;
  }

  line({ shaped, xPt, yPt, sizePt, charSpacePt, color }: PlacedLine, useFont: UseFont): void {
    this.#jspdf.setFillColor(color);
    for (const { font, glyphs, actualText } of shaped.runs) {
      const use = useFont(font);
      const toPt = (glyph: PlacedGlyph) => glyph.x * sizePt + glyph.spacesBefore * charSpacePt;
      const [first] = glyphs;
      if (!first) continue;
      if (actualText !== null) this.#write(`/Span << /ActualText <${textBytes(actualText).toString('hex')}> >> BDC`);
      this.#write(`BT /${use.name} ${decimal(sizePt)} Tf ${decimal(xPt + toPt(first))} ${decimal(yPt)} Td`);
      this.#write(`${glyphOperators(glyphs, use, sizePt, toPt)} ET`);
      if (actualText !== null) this.#write('EMC');
    }
  }

  /** @param isDark of `count` times `count` modules, from the top left */
  modules(isDark: (row: number, column: number) => boolean, count: number, at: Square, color: string): void {
    const size = at.sizePt / count;
    this.#jspdf.setFillColor(color);
    for (let row = 0; row < count; row++) {
      for (let column = 0; column < count; column++) {
        const start = column;
        while (column < count && isDark(row, column)) column++;
        if (column === start) continue;
        const y = PAGE_HEIGHT - (at.yPt + at.sizePt) + row * size;
        this.#jspdf.rect(at.xPt + start * size, y, (column - start) * size, size, null);
      }
    }
    // all at once: between squares filled one by one, readers show hairlines
    this.#write('f');
  }

  image(
    name: string,
    { xPt, yPt, widthPt, heightPt }: { [side in 'xPt' | 'yPt' | 'widthPt' | 'heightPt']: number },
  ): void {
    this.#write(`q ${[widthPt, 0, 0, heightPt, xPt, yPt].map(decimal).join(' ')} cm /${name} Do Q`);
  }
}

export interface Square {
  readonly xPt: number;
  readonly yPt: number;
  readonly sizePt: number;
}

/** Glyphs at the width of the font follow each other; others are moved by what is missing, in thousandths of an em. */
function glyphOperators(
  glyphs: readonly PlacedGlyph[],
  use: FontUse,
  sizePt: number,
  toPt: (glyph: PlacedGlyph) => number,
): string {
  const parts: string[] = [];
  let codes = '';
  let array = '';
  let rise = 0;
  let penPt = toPt(glyphs[0] as PlacedGlyph);
  const endArray = () => {
    if (codes !== '') array += `<${codes}>`;
    if (array !== '') parts.push(`[${array}] TJ`);
    codes = '';
    array = '';
  };
  for (const glyph of glyphs) {
    if (glyph.y !== rise) {
      endArray();
      rise = glyph.y;
      parts.push(`${decimal(rise * sizePt)} Ts`);
    }
    const code = use.codeOf(glyph.character);
    const missing = Math.round(((penPt - toPt(glyph)) / sizePt) * 1000);
    if (missing !== 0) {
      array += codes === '' ? `${missing}` : `<${codes}>${missing}`;
      codes = '';
    }
    codes += code;
    penPt += ((glyph.character.width - missing) / 1000) * sizePt;
  }
  endArray();
  if (rise !== 0) parts.push('0 Ts');
  return parts.join(' ');
}

function decimal(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}
