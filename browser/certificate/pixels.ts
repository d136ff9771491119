/** Pure: what differs between two pictures. */
import { say, tenths } from './speech.ts';

export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue, opacity. */
  readonly data: Uint8ClampedArray;
}

export interface Difference {
  /** Of all pixels, 0 to 1. */
  readonly share: number;
  /** The later picture, pale, with what differs in a strong colour. */
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}

/** Edges of letters come out a little different when a picture is drawn anew. */
const UNSEEN = 24;
const MARK = [178, 24, 43] as const;

/** @returns null when the pictures are of different sizes: all differs */
export function difference(before: Pixels, after: Pixels): Difference | null {
  if (before.width !== after.width || before.height !== after.height) return null;
  const data = new Uint8ClampedArray(after.data.length);
  let differing = 0;
  for (let at = 0; at < data.length; at += 4) {
    const differs = [0, 1, 2].some((i) => Math.abs((before.data[at + i] ?? 0) - (after.data[at + i] ?? 0)) > UNSEEN);
    if (differs) differing += 1;
    for (let i = 0; i < 3; i++) {
      data[at + i] = differs ? (MARK[i] as number) : 255 - (255 - (after.data[at + i] ?? 0)) * 0.35;
    }
    data[at + 3] = 255;
  }
  return { share: differing / (data.length / 4), data };
}

export function shareInWords(share: number): string {
  if (share === 0) return say('same');
  const percent = share * 100;
  return percent < 0.1 ? say('hardly') : say('share', { percent: tenths(percent) });
}
