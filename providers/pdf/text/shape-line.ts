/** One line of text as glyphs in their places: right-to-left runs in their order, every character in a font that has it,
 *  letters joined and marks placed as their script wants. */

import bidiFactory, { type Bidi } from 'bidi-js';
import { CredentialError } from '../../../plugin/errors.ts';
import type { Character, Font, ShapedGlyph } from './font.ts';
import { isJoined, isPlain, scriptOf } from './scripts.ts';

export interface TextStyle {
  /** The element's own fonts, best first. */
  readonly fonts: readonly Font[];
  /** More fonts that may have a character, asked after `fonts`. */
  readonly fallback: (character: string) => Iterable<Font>;
  readonly language: string;
  /** Whether space is to be put between letters. */
  readonly spaced: boolean;
}

/** Lengths in em. */
export interface PlacedGlyph {
  /** Its text is what a reader program reads here; '' where an earlier glyph has said it. */
  readonly character: Character;
  readonly x: number;
  readonly y: number;
  readonly advance: number;
  /** How many spaces between letters stand before it. */
  readonly spacesBefore: number;
}

export interface PlacedRun {
  readonly font: Font;
  readonly glyphs: readonly PlacedGlyph[];
  /** What to read instead of the glyphs' texts, in scripts whose glyphs stand in another order than their letters. */
  readonly actualText: string | null;
}

export interface ShapedLine {
  readonly text: string;
  /** From the left. */
  readonly runs: readonly PlacedRun[];
  readonly width: number;
  /** Spaces between letters in the whole line. */
  readonly spaces: number;
}

interface Run {
  readonly start: number;
  end: number;
  readonly level: number;
  readonly script: string | null;
  readonly font: Font;
}

// its types are those of an ES module; what Node loads is the function itself
const bidi = (bidiFactory as unknown as () => Bidi)();
const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** Letters and signs that can make a line run from right to left. */
const RIGHT_TO_LEFT =
  /[\u0590-\u08ff\u200f\u202b\u202e\u2067\ufb1d-\ufdff\ufe70-\ufefe\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
/** One character, one letter: no marks, no joiners, no letters from beyond the first plane. */
const SINGLE =
  /^[\u0020-\u02ff\u0370-\u0482\u048a-\u0590\u1e00-\u1fff\u2010-\u2027\u3040-\u3098\u309b-\u30ff\u3400-\u9fff\uac00-\ud7a3]*$/;
/** What an array does not say is level 0. */
const ALL_LEFT_TO_RIGHT = new Uint8Array(0);
const IGNORABLE = /^\p{Default_Ignorable_Code_Point}$/u;

/** @param text cleaned, without line breaks
 *  @param direction of the paragraph that the line is from; by its first letter if not given
 *  @throws CredentialError `credential.glyph-missing` */
export function shapeLine(text: string, style: TextStyle, direction?: 'ltr' | 'rtl'): ShapedLine {
  const runs: PlacedRun[] = [];
  const pen = { x: 0, spaces: 0 };
  for (const run of inVisualOrder(splitIntoRuns(text, levelsOf(text, direction), style))) {
    runs.push(placeRun(run, text, style, pen));
  }
  // space stands between letters, not after the last
  return { text, runs, width: pen.x, spaces: Math.max(0, pen.spaces - 1) };
}

/** Whether something in it may run from right to left. */
export function isRightToLeft(text: string): boolean {
  return RIGHT_TO_LEFT.test(text);
}

export function directionOf(text: string): 'ltr' | 'rtl' {
  if (!RIGHT_TO_LEFT.test(text)) return 'ltr';
  return (bidi.getEmbeddingLevels(text, 'auto').paragraphs[0]?.level ?? 0) % 2 === 1 ? 'rtl' : 'ltr';
}

function levelsOf(text: string, direction: 'ltr' | 'rtl' | undefined): Uint8Array {
  if (direction !== 'rtl' && !RIGHT_TO_LEFT.test(text)) return ALL_LEFT_TO_RIGHT;
  return bidi.getEmbeddingLevels(text, direction ?? 'auto').levels;
}

/** In the order of the text; one direction, script and font each. */
function splitIntoRuns(text: string, levels: Uint8Array, style: TextStyle): Run[] {
  const runs: Run[] = [];
  let script = firstScript(text);
  const add = (start: number, segment: string, font: Font) => {
    const level = levels[start] ?? 0;
    const last = runs.at(-1);
    if (last && last.level === level && last.script === script && last.font === font) last.end += segment.length;
    else runs.push({ start, end: start + segment.length, level, script, font });
  };
  const usual = style.fonts[0] ?? firstOf(style.fallback(' '));
  let index = 0;
  for (const segment of SINGLE.test(text) ? text : segmentsOf(text)) {
    script = scriptOf(segment) ?? script;
    const before = runs.at(-1)?.font ?? usual;
    const isUsual = before === usual && segment.length === 1 && before?.has(segment.charCodeAt(0));
    const font = isUsual ? before : fontFor(segment, style, runs.at(-1)?.font);
    if (font) add(index, segment, font);
    else addOneByOne(index, segment, style, add);
    index += segment.length;
  }
  return runs;
}

/** A mark from another script than its letter has: each from a font of its own. */
function addOneByOne(
  index: number,
  segment: string,
  style: TextStyle,
  add: (start: number, segment: string, font: Font) => void,
): void {
  let start = index;
  for (const character of segment) {
    const font = fontFor(character, style, undefined);
    if (!font) throw missingGlyph(character, style);
    add(start, character, font);
    start += character.length;
  }
}

function firstScript(text: string): string | null {
  for (const character of text) {
    const script = scriptOf(character);
    if (script !== null) return script;
  }
  return null;
}

/** Letters with their marks. */
function segmentsOf(text: string): string[] {
  return Array.from(graphemes.segment(text), ({ segment }) => segment);
}

function firstOf<Item>(items: Iterable<Item>): Item | undefined {
  for (const item of items) return item;
  return undefined;
}

/** A letter and its marks come from one font. Spaces stay in the font before them. */
function fontFor(segment: string, style: TextStyle, before: Font | undefined): Font | null {
  const needed = [...segment].filter((character) => !IGNORABLE.test(character));
  const hasAll = (font: Font) => needed.every((character) => font.has(character.codePointAt(0) as number));
  if (before && (segment === ' ' || needed.length === 0) && hasAll(before)) return before;
  for (const font of style.fonts) if (hasAll(font)) return font;
  for (const character of needed.length === 0 ? [' '] : needed) {
    for (const font of style.fallback(character)) if (hasAll(font)) return font;
  }
  return null;
}

function missingGlyph(character: string, style: TextStyle): CredentialError {
  const codePoint = codePointName(character);
  const names = [...new Set([...style.fonts, ...style.fallback(character)].map(({ name }) => name))];
  const fonts = names.map((name) => `"${name}"`).join(', ');
  return new CredentialError(
    'glyph-missing',
    `the glyph ${codePoint} is not in the font${names.length > 1 ? 's' : ''} ${fonts}; name a font asset that has it in the options`,
    { details: { codePoint, font: names.join(', ') } },
  );
}

function codePointName(character: string): string {
  return `U+${(character.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** Source: Unicode Standard Annex 9, rule L2: from the highest level down, runs at it or above are turned round. */
function inVisualOrder(runs: readonly Run[]): readonly Run[] {
  const ordered = [...runs];
  const highest = Math.max(0, ...runs.map(({ level }) => level));
  for (let level = highest; level > 0; level--) {
    for (let start = 0; start < ordered.length; start++) {
      let end = start;
      while (end < ordered.length && (ordered[end] as Run).level >= level) end++;
      if (end > start) ordered.splice(start, end - start, ...ordered.slice(start, end).reverse());
      start = end;
    }
  }
  return ordered;
}

function placeRun(run: Run, text: string, style: TextStyle, pen: { x: number; spaces: number }): PlacedRun {
  const rightToLeft = run.level % 2 === 1;
  const { font, start, end, script } = run;
  const shaped = font.shape({
    text,
    start,
    end,
    rightToLeft,
    script,
    language: style.language,
    ligatures: !style.spaced,
  });
  const spaced = style.spaced && !isJoined(script);
  const texts = textsOf(shaped, text, run, rightToLeft);
  const glyphs: PlacedGlyph[] = [];
  for (const [i, { glyph, cluster, advance, xOffset, yOffset }] of shaped.entries()) {
    if (glyph === 0) throw missingGlyph([...text.slice(cluster, end)][0] as string, { ...style, fonts: [font] });
    glyphs.push({
      character: font.character(glyph, texts[i] as string),
      x: pen.x + xOffset,
      y: yOffset,
      advance,
      spacesBefore: pen.spaces,
    });
    pen.x += advance;
    if (spaced && advance > 0) pen.spaces += 1;
  }
  const exact = isPlain(script) || rightToLeft;
  return { font, glyphs, actualText: exact ? null : text.slice(start, end) };
}

/** The characters of each cluster, one glyph after the other in most scripts. Else all read at its one widest glyph: marks are drawn before, behind or above their letter,
 *  and what is drawn last is not what is read last. Reader programs turn a right-to-left line round character by
 *  character, also within one glyph: there the characters of a glyph stand as if seen from the left. */
function textsOf(
  shaped: readonly ShapedGlyph[],
  text: string,
  { start, end }: Run,
  rightToLeft: boolean,
): readonly string[] {
  if (shaped.every(({ cluster }, i) => cluster > (shaped[i - 1]?.cluster ?? -1))) {
    return shaped.map(({ cluster }, i) => text.slice(i === 0 ? start : cluster, shaped[i + 1]?.cluster ?? end));
  }
  const starts = [...new Set(shaped.map(({ cluster }) => cluster))].sort((a, b) => a - b);
  // invisible characters at the start of the run have no glyph of their own
  const texts = new Map(starts.map((at, i) => [at, text.slice(i === 0 ? start : at, starts[i + 1] ?? end)] as const));
  const widest = new Map<number, ShapedGlyph>();
  for (const glyph of shaped) {
    if (glyph.advance > (widest.get(glyph.cluster)?.advance ?? -1)) widest.set(glyph.cluster, glyph);
  }
  return shaped.map((glyph) => {
    if (widest.get(glyph.cluster) !== glyph) return '';
    const own = texts.get(glyph.cluster) ?? '';
    return rightToLeft ? [...own].reverse().join('') : own;
  });
}
