/** What is to be drawn on a page, as the options say, every property decided. Lengths in points from the bottom left. */

import { isRecord } from '../../plugin/extensions/options.ts';
import type { Options } from '../../plugin/ports/credential-store.ts';

export type Align = 'left' | 'center' | 'right';

/** `yPt` is the first baseline. */
export interface TextElement {
  readonly name: string;
  readonly text: string;
  readonly yPt: number;
  /** Where the text begins, has its middle or ends, by `align`; null: at the margin or the middle of the page. */
  readonly xPt: number | null;
  readonly align: Align;
  /** Slugs of font assets, best first; the fonts that come with Laurel follow. */
  readonly fonts: readonly string[];
  readonly sizePt: number;
  readonly minSizePt: number;
  /** Of a paragraph that is too wide at its least size; null: as many as the page has room for. */
  readonly maxLines: number | null;
  /** `#rgb` or `#rrggbb` */
  readonly color: string;
  readonly charSpacePt: number;
  readonly uppercase: boolean;
  /** Distance of baselines over size. */
  readonly lineHeight: number;
  /** Address that the text leads to, with placeholders; null for none. */
  readonly link: string | null;
}

/** A side that is null follows from the other and the image's own shape. */
export interface ImageElement {
  readonly name: string;
  readonly asset: string;
  readonly xPt: number;
  readonly yPt: number;
  readonly widthPt: number | null;
  readonly heightPt: number | null;
}

export interface QrElement {
  readonly name: string;
  /** With placeholders. */
  readonly text: string;
  readonly xPt: number;
  readonly yPt: number;
  /** Of the whole square, with the margin that scanners need. */
  readonly sizePt: number;
  readonly color: string;
  readonly background: string;
}

/** Above a name or a title templates have a text of their own, which a fourth line would be written over. */
const MOST_LINES = 3;

/** Source: learning-credentials generators.py, the defaults of its three elements. */
export const STANDARD_ELEMENTS: Readonly<
  Record<string, { readonly text: string; readonly y: number; readonly size: number; readonly max_lines: number }>
> = {
  name: { text: '{name}', y: 290, size: 32, max_lines: MOST_LINES },
  context: { text: '{context_name}', y: 220, size: 28, max_lines: MOST_LINES },
  date: { text: '{issue_date}', y: 120, size: 12, max_lines: MOST_LINES },
};

const GLOBAL = {
  font: null,
  size: 12,
  color: '#000000',
  char_space: 0,
  uppercase: false,
  line_height: 1.1,
  max_lines: null,
  align: 'center',
  x: null,
  link: null,
};

/** Built-in style < `defaults` < the standard element's own < what the element says.
 *  @param options as `readOptions` of `pdfOptions` returned them */
export function textElements(options: Options): readonly TextElement[] {
  const read = known.get(options) ?? readTextElements(options);
  known.set(options, read);
  return read;
}

/** A run has the same options for each of its documents. */
const known = new WeakMap<Options, readonly TextElement[]>();

function readTextElements(options: Options): readonly TextElement[] {
  const defaults = isRecord(options.defaults) ? options.defaults : {};
  return entriesOf(options.text_elements).map(([name, element]) => {
    const merged: Record<string, unknown> = {
      ...GLOBAL,
      ...said(defaults),
      ...(Object.hasOwn(STANDARD_ELEMENTS, name) ? STANDARD_ELEMENTS[name] : {}),
      ...said(element),
    };
    const sizePt = Number(merged.size);
    return {
      name,
      text: String(merged.text),
      yPt: Number(merged.y),
      xPt: merged.x === null ? null : Number(merged.x),
      align: merged.align as Align,
      fonts: merged.font === null ? [] : String(merged.font).split(/, */),
      sizePt,
      minSizePt: Math.min(sizePt, merged.min_size === undefined ? sizePt * 0.6 : Number(merged.min_size)),
      maxLines: merged.max_lines === null ? null : Number(merged.max_lines),
      color: String(merged.color),
      charSpacePt: Number(merged.char_space),
      uppercase: merged.uppercase === true,
      lineHeight: Number(merged.line_height),
      link: merged.link === null ? null : String(merged.link),
    };
  });
}

/** @param options as `readOptions` of `pdfOptions` returned them */
export function imageElements(options: Options): readonly ImageElement[] {
  return entriesOf(options.images).map(([name, { asset, x, y, width, height }]) => ({
    name,
    asset: String(asset),
    xPt: Number(x),
    yPt: Number(y),
    widthPt: width === null ? null : Number(width),
    heightPt: height === null ? null : Number(height),
  }));
}

/** @param options as `readOptions` of `pdfOptions` returned them */
export function qrElements(options: Options): readonly QrElement[] {
  return entriesOf(options.qr_codes).map(([name, { text, x, y, size, color, background }]) => ({
    name,
    text: String(text),
    xPt: Number(x),
    yPt: Number(y),
    sizePt: Number(size),
    color: String(color),
    background: String(background),
  }));
}

/** Without those that are switched off. */
function entriesOf(map: unknown): readonly [string, Readonly<Record<string, unknown>>][] {
  if (!isRecord(map)) return [];
  return Object.entries(map).flatMap(([name, element]) => (isRecord(element) ? [[name, element]] : []));
}

/** Options that were not given are null after validation. */
function said(element: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(element).filter(([, value]) => value !== null && value !== undefined));
}
