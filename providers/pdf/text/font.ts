/** A font to shape with, by HarfBuzz, and to embed from. */

import * as harfbuzz from 'harfbuzzjs';
import { readTrueType, type TrueTypeFont } from './true-type.ts';

export interface Font {
  /** Differs from that of every other font of the process. */
  readonly id: number;
  /** For messages: the slug of an asset, or the name of a font that comes with Laurel. */
  readonly name: string;
  readonly file: TrueTypeFont;
  has(codePoint: number): boolean;
  shape(run: ShapingRun): readonly ShapedGlyph[];
  /** From where to where a glyph reaches, in em above the baseline; null: it draws nothing. */
  inkOf(glyph: number): Ink | null;
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

let nextId = 0;

/** @throws InputError `input.font` */
export function openFont(name: string, bytes: Uint8Array): Font {
  const file = readTrueType(bytes);
  const font = new harfbuzz.Font(new harfbuzz.Face(new harfbuzz.Blob(bytes)));
  font.setScale(file.unitsPerEm, file.unitsPerEm);
  const known = new Map<number, boolean>();
  return {
    id: nextId++,
    name,
    file,
    has(codePoint) {
      const found = known.get(codePoint) ?? Boolean(font.nominalGlyph(codePoint));
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
      return buffer.getGlyphInfosAndPositions().map((info) => ({
        glyph: info.codepoint,
        cluster: info.cluster,
        advance: (info.xAdvance ?? 0) / file.unitsPerEm,
        xOffset: (info.xOffset ?? 0) / file.unitsPerEm,
        yOffset: (info.yOffset ?? 0) / file.unitsPerEm,
      }));
    },
    inkOf(glyph) {
      const extents = font.glyphExtents(glyph);
      if (!extents || extents.height === 0) return null;
      const [one, other] = [extents.yBearing, extents.yBearing + extents.height];
      return { bottom: Math.min(one, other) / file.unitsPerEm, top: Math.max(one, other) / file.unitsPerEm };
    },
  };
}
