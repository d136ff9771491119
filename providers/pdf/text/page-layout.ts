/** Pure: text elements and facts to lines with their places. Points from the bottom left corner of the page. */

import { CredentialError } from '../../../plugin/errors.ts';
import type { TextElement } from '../elements.ts';
import { cleanText } from './clean-text.ts';
import { isUnspaced, scriptOf } from './scripts.ts';
import { directionOf, type ShapedLine } from './shape-line.ts';

export interface PlacedLine {
  readonly shaped: ShapedLine;
  readonly xPt: number;
  readonly yPt: number;
  readonly widthPt: number;
  readonly sizePt: number;
  readonly charSpacePt: number;
  readonly color: string;
}

export interface PageSize {
  readonly widthPt: number;
  readonly heightPt: number;
}

export type Shape = (text: string, direction: 'ltr' | 'rtl') => ShapedLine;

/** Kept free at both sides of the page. */
export const MARGIN_PT = 48;

/** One element's text as lines: shrunk to the least size if it is too wide, then broken, never cut.
 *  @param text with placeholders filled in; `\n` begins a line
 *  @throws CredentialError `credential.text-too-long`, and what `shape` throws */
export function layOut(element: TextElement, text: string, page: PageSize, shape: Shape): readonly PlacedLine[] {
  const paragraphs = text
    .split('\n')
    .map(cleanText)
    .map((clean) => ({ text: clean, direction: directionOf(clean) }));
  const available = availableWidth(element, page);
  const sizePt = Math.min(
    ...paragraphs.map(({ text, direction }) => fittingSize(shape(text, direction), element, available)),
  );
  const lines = paragraphs.flatMap(({ text, direction }) => {
    const broken = breakLines(
      text,
      (line) => shape(line, direction),
      (line) => widthOf(line, sizePt, element) <= available,
    );
    if (element.maxLines !== null && broken.length > element.maxLines) throw tooManyLines(element, broken.length);
    return broken;
  });
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
  return lines.flatMap((shaped, index) => {
    if (shaped.text === '') return [];
    const widthPt = widthOf(shaped, sizePt, element);
    return {
      shaped,
      xPt: startOf(element, page, widthPt),
      yPt: topPt - index * leading,
      widthPt,
      sizePt,
      charSpacePt: element.charSpacePt,
      color: element.color,
    };
  });
}

function tooManyLines({ name, maxLines }: TextElement, lines: number): CredentialError {
  return new CredentialError(
    'text-too-long',
    `the text of "${name}" takes ${lines} lines and "max_lines" is ${maxLines}; allow a smaller "min_size", or more lines where there is room above`,
  );
}

function widthOf({ width, spaces }: ShapedLine, sizePt: number, { charSpacePt }: TextElement): number {
  return width * sizePt + spaces * charSpacePt;
}

function availableWidth(element: TextElement, page: PageSize): number {
  const anchor = anchorOf(element, page);
  const right = page.widthPt - MARGIN_PT;
  switch (element.align) {
    case 'left':
      return right - anchor;
    case 'right':
      return anchor - MARGIN_PT;
    case 'center':
      return 2 * Math.min(anchor - MARGIN_PT, right - anchor);
  }
}

/** Where the lines of an element begin, have their middle or end. */
export function anchorOf({ align, xPt }: Pick<TextElement, 'align' | 'xPt'>, { widthPt }: PageSize): number {
  return xPt ?? { left: MARGIN_PT, center: widthPt / 2, right: widthPt - MARGIN_PT }[align];
}

/** Where something as wide as this begins. */
export function startOf(element: Pick<TextElement, 'align' | 'xPt'>, page: PageSize, widthPt: number): number {
  return anchorOf(element, page) - widthPt * { left: 0, center: 0.5, right: 1 }[element.align];
}

/** The element's size, or the largest tenth of a point below it that fits, but never less than its least size. */
function fittingSize(line: ShapedLine, element: TextElement, available: number): number {
  const { sizePt, minSizePt, charSpacePt } = element;
  if (widthOf(line, sizePt, element) <= available) return sizePt;
  const fitting = Math.floor(((available - line.spaces * charSpacePt) / line.width) * 10) / 10;
  return Math.max(minSizePt, Math.min(sizePt, fitting));
}

/** At spaces; a single word that is still too wide, between words that its script does not divide by spaces, else
 *  between its letters. */
function breakLines(
  text: string,
  shape: (line: string) => ShapedLine,
  fits: (line: ShapedLine) => boolean,
): readonly ShapedLine[] {
  const whole = shape(text);
  if (fits(whole)) return [whole];
  const lines: string[] = [];
  let line = '';
  const add = (piece: string, separator: string): boolean => {
    const longer = line === '' ? piece : `${line}${separator}${piece}`;
    if (!fits(shape(longer))) return false;
    line = longer;
    return true;
  };
  const endLine = () => {
    if (line !== '') lines.push(line);
    line = '';
  };
  for (const word of text.split(' ')) {
    if (add(word, ' ')) continue;
    const parts = partsOf(word);
    // parts that may stand at the end of a line fill the current one; letters of a long word begin their own
    if (parts.length < 2 || !isUnspaced(scriptOf(word))) endLine();
    else if (add(parts[0] as string, ' ')) parts.shift();
    else endLine();
    for (const part of parts) {
      if (add(part, '')) continue;
      endLine();
      for (const letter of lettersOf(part)) {
        if (add(letter, '')) continue;
        endLine();
        line = letter;
      }
    }
  }
  endLine();
  return lines.map(shape);
}

const words = new Intl.Segmenter('und', { granularity: 'word' });
const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });

function partsOf(word: string): string[] {
  if (!isUnspaced(scriptOf(word))) return [word];
  return [...words.segment(word)].map(({ segment }) => segment);
}

function lettersOf(part: string): string[] {
  return [...graphemes.segment(part)].map(({ segment }) => segment);
}
