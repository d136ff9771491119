/** A font to shape with, by HarfBuzz, and to embed from. */

import * as harfbuzz from 'harfbuzzjs';
import { readTrueType, type TrueTypeFont } from './true-type.ts';

export interface Font {
  /** Differs from that of every other font of the process. */
  readonly id: number;
  /** For messages: the slug of an asset, or the name of a font that comes with Laurel. */
  readonly name: string;
  readonly file: TrueTypeFont;
  /** Whether it draws the character. */
  has(codePoint: number): boolean;
  shape(run: ShapingRun): readonly ShapedGlyph[];
  /** From where to where a glyph reaches, in em above the baseline; null: it draws nothing. */
  inkOf(glyph: number): Ink | null;
  /** The glyph where it stands for these letters. */
  character(glyph: number, text: string): Character;
}

/** What a document embeds of a font. A glyph that stands for different letters in different places is several, so that each
 *  place is read back right. */
export interface Character {
  readonly glyph: number;
  readonly text: string;
  /** Tells it from the other characters of its font. */
  readonly key: string;
  /** In thousandths of an em. */
  readonly width: number;
  /** The letters in UTF-16, as hexadecimal digits. */
  readonly unicode: string;
}

export interface Ink {
  readonly bottom: number;
  readonly top: number;
}

export interface ShapingRun {
  /** The whole line: what stands beside the run decides how its ends join. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly rightToLeft: boolean;
  readonly script: string | null;
  readonly language: string;
  /** False where letters are spaced: a ligature would leave no room for it. */
  readonly ligatures: boolean;
}

/** In the order of drawing, from the left. Lengths in em. */
export interface ShapedGlyph {
  readonly glyph: number;
  /** Index into the text where the characters begin that this glyph stands for. */
  readonly cluster: number;
  readonly advance: number;
  readonly xOffset: number;
  readonly yOffset: number;
}

const NO_LIGATURES = ['liga', 'clig', 'dlig'].map((tag) => new harfbuzz.Feature(tag, 0));

/** One for all runs: HarfBuzz frees buffers only when the garbage collector gets to them, later than a busy loop does. */
const buffer = new harfbuzz.Buffer();

const LETTER = /[\p{L}\p{N}]/u;

let nextId = 0;

/** Letters come again and again; how they can be combined in clusters has no end. */
const KEPT_CHARACTERS = 4_000;

/** @throws InputError `input.font` */
export function openFont(name: string, bytes: Uint8Array): Font {
  const file = readTrueType(bytes);
  const font = new harfbuzz.Font(new harfbuzz.Face(new harfbuzz.Blob(bytes)));
  font.setScale(file.unitsPerEm, file.unitsPerEm);
  const known = new Map<number, boolean>();
  const characters = new Map<number, Map<string, Character>>();
  let kept = 0;
  function draws(codePoint: number): boolean {
    const glyph = Number(font.nominalGlyph(codePoint) ?? 0);
    if (glyph === 0 || !LETTER.test(String.fromCodePoint(codePoint))) return glyph !== 0;
    // what was taken out of a document often lists letters that it has no outline of: they would be read, and not be seen
    const outline = file.outline(glyph);
    return outline.length >= 2 && outline.readInt16BE(0) !== 0;
  }
  return {
    id: nextId++,
    name,
    file,
    has(codePoint) {
      const found = known.get(codePoint) ?? draws(codePoint);
      known.set(codePoint, found);
      return found;
    },
    shape({ text, start, end, rightToLeft, script, language, ligatures }) {
      buffer.reset();
      buffer.addText(text, start, end - start);
      buffer.setFlags(harfbuzz.BufferFlag.REMOVE_DEFAULT_IGNORABLES);
      buffer.setDirection(rightToLeft ? harfbuzz.Direction.RTL : harfbuzz.Direction.LTR);
      buffer.setLanguage(language);
      if (script === null) buffer.guessSegmentProperties();
      else buffer.setScript(script);
      harfbuzz.shape(font, buffer, ligatures ? [] : NO_LIGATURES);
      // not together: that defines properties one by one, which takes longer than the shaping
      const positions = buffer.getGlyphPositions();
      return buffer.getGlyphInfos().map(({ codepoint, cluster }, i) => {
        const { xAdvance = 0, xOffset = 0, yOffset = 0 } = positions[i] ?? {};
        return {
          glyph: codepoint,
          cluster,
          advance: xAdvance / file.unitsPerEm,
          xOffset: xOffset / file.unitsPerEm,
          yOffset: yOffset / file.unitsPerEm,
        };
      });
    },
    character(glyph, text) {
      const same = characters.get(glyph)?.get(text);
      if (same) return same;
      const width = Math.round((file.metrics(glyph).advance / file.unitsPerEm) * 1000 * 100) / 100;
      const unicode = Buffer.from(text, 'utf16le').swap16().toString('hex');
      const made = { glyph, text, key: `${glyph} ${text}`, width, unicode };
      if (kept++ >= KEPT_CHARACTERS) {
        characters.clear();
        kept = 0;
      }
      characters.set(glyph, (characters.get(glyph) ?? new Map<string, Character>()).set(text, made));
      return made;
    },
    inkOf(glyph) {
      const extents = font.glyphExtents(glyph);
      if (!extents || extents.height === 0) return null;
      const [one, other] = [extents.yBearing, extents.yBearing + extents.height];
      return { bottom: Math.min(one, other) / file.unitsPerEm, top: Math.max(one, other) / file.unitsPerEm };
    },
  };
}
