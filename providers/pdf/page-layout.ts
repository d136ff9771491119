/** Pure: text elements and facts to lines with their places. Points from the bottom left corner of the page. */

import { CredentialError } from '../../plugin/errors.ts';
import type { TextElement } from './pdf-options.ts';
import type { FontMetrics } from './true-type.ts';

export interface PlacedLine {
  readonly text: string;
  readonly xPt: number;
  readonly yPt: number;
  readonly sizePt: number;
  readonly charSpacePt: number;
  readonly color: string;
  readonly font: string | null;
}

export interface PageSize {
  readonly widthPt: number;
  readonly heightPt: number;
}

/** Kept free at both sides of the page. */
const MARGIN_PT = 48;

/** Scripts whose characters can be set one after the other; the rest needs shaping, which jsPDF does not do. */
const SIMPLE =
  /^[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Armenian}\p{Script=Georgian}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Bopomofo}\p{Script=Hangul}\p{Script=Common}]$/u;

/** One element's text as lines: shrunk to the least size if it is too wide, then broken, never cut.
 *  @param text with placeholders filled in; `\n` begins a line
 *  @param fontName for messages
 *  @throws CredentialError `credential.glyph-missing`, `credential.script-unsupported`, `credential.text-too-long` */
export function layOut(
  element: TextElement,
  text: string,
  page: PageSize,
  font: FontMetrics,
  fontName: string,
): readonly PlacedLine[] {
  const paragraphs = text.split('\n').map(cleanText);
  for (const paragraph of paragraphs) assertDrawable(paragraph, font, fontName);
  const widthOf = (line: string, sizePt: number) => lineWidth(line, sizePt, element.charSpacePt, font);
  const available = availableWidth(element, page);
  const sizePt = Math.min(...paragraphs.map((paragraph) => fittingSize(paragraph, element, available, widthOf)));
  const lines = paragraphs.flatMap((paragraph) => breakLines(paragraph, available, (line) => widthOf(line, sizePt)));
  const leading = sizePt * element.lineHeight;
  // lines that fitting has added grow upwards: below a name, templates have a rule or the next text
  const topPt = element.yPt + (lines.length - paragraphs.length) * leading;
  const lowestPt = topPt - (lines.length - 1) * leading;
  if (lowestPt < 0 || topPt + sizePt > page.heightPt || available <= 0) {
    throw new CredentialError(
      'text-too-long',
      `the text of "${element.name}" does not fit on the page; allow a smaller "min_size" or move the element`,
    );
  }
  return lines.flatMap((line, index) => {
    if (line === '') return [];
    return {
      text: line,
      xPt: startOf(element, page, widthOf(line, sizePt)),
      yPt: topPt - index * leading,
      sizePt,
      charSpacePt: element.charSpacePt,
      color: element.color,
      font: element.font,
    };
  });
}

/** Composed (NFC), without control and invisible characters, white space runs as one space. jsPDF ends a text at the
 *  first control character. */
export function cleanText(text: string): string {
  return text
    .normalize('NFC')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .replace(/[\p{Cf}\p{Co}\p{Cn}\p{Cs}]/gu, '')
    .trim();
}

function assertDrawable(text: string, font: FontMetrics, fontName: string): void {
  for (const character of text) {
    const codePoint = character.codePointAt(0) as number;
    const name = `U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`;
    if (!SIMPLE.test(character)) {
      throw new CredentialError(
        'script-unsupported',
        `the character ${name} belongs to a script that needs shaping, which this generation function cannot do yet; the credential was not made`,
        { details: { codePoint: name } },
      );
    }
    if (!font.has(codePoint)) {
      throw new CredentialError(
        'glyph-missing',
        `the glyph ${name} is not in the font "${fontName}"; name a font asset that has it in the options`,
        { details: { codePoint: name, font: fontName } },
      );
    }
  }
}

/** Character spacing stands between characters, not after the last. */
function lineWidth(line: string, sizePt: number, charSpacePt: number, font: FontMetrics): number {
  let width = 0;
  let count = 0;
  for (const character of line) {
    width += font.advance(character.codePointAt(0) as number) * sizePt;
    count += 1;
  }
  return width + Math.max(0, count - 1) * charSpacePt;
}

function availableWidth({ align, xPt }: TextElement, { widthPt }: PageSize): number {
  const right = widthPt - MARGIN_PT;
  switch (align) {
    case 'left':
      return right - (xPt ?? MARGIN_PT);
    case 'right':
      return (xPt ?? right) - MARGIN_PT;
    case 'center': {
      const middle = xPt ?? widthPt / 2;
      return 2 * Math.min(middle - MARGIN_PT, right - middle);
    }
  }
}

function startOf({ align, xPt }: TextElement, { widthPt }: PageSize, lineWidthPt: number): number {
  switch (align) {
    case 'left':
      return xPt ?? MARGIN_PT;
    case 'right':
      return (xPt ?? widthPt - MARGIN_PT) - lineWidthPt;
    case 'center':
      return (xPt ?? widthPt / 2) - lineWidthPt / 2;
  }
}

type Measure = (line: string, sizePt: number) => number;

/** The element's size, or the largest tenth of a point below it that fits, but never less than its least size. */
function fittingSize(text: string, { sizePt, minSizePt }: TextElement, available: number, widthOf: Measure): number {
  const full = widthOf(text, sizePt);
  if (full <= available) return sizePt;
  const spacing = widthOf(text, 0);
  const fitting = Math.floor(((available - spacing) / (full - spacing)) * sizePt * 10) / 10;
  return Math.max(minSizePt, Math.min(sizePt, fitting));
}

/** At spaces; a single word that is still too wide, between its characters. */
function breakLines(text: string, available: number, widthOf: (line: string) => number): string[] {
  if (widthOf(text) <= available) return [text];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (widthOf(longer) <= available) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    line = '';
    for (const character of word) {
      if (line !== '' && widthOf(line + character) > available) {
        lines.push(line);
        line = '';
      }
      line += character;
    }
  }
  return [...lines, line];
}
