/** What bytes from elsewhere are, judged by themselves and not by what a header says. SVG is none of these: it may hold scripts. */

import { pngSize } from '../openbadges/png.ts';

export interface PictureKind {
  readonly contentType: 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp';
  readonly width: number;
  readonly height: number;
}

/** A picture of some kilobytes may unpack to gigabytes. */
const MOST_PIXELS = 4_096;

/** @returns null where they are no picture, or a needlessly large one */
export function pictureKind(bytes: Uint8Array): PictureKind | null {
  const kind = png(bytes) ?? jpeg(bytes) ?? gif(bytes) ?? webp(bytes);
  const fits = (pixels: number): boolean => pixels > 0 && pixels <= MOST_PIXELS;
  return kind && fits(kind.width) && fits(kind.height) ? kind : null;
}

function png(bytes: Uint8Array): PictureKind | null {
  const size = pngSize(bytes);
  return size && { contentType: 'image/png', width: size.width, height: size.height };
}

/** The size stands in the first frame; what is before it are segments that say how long they are. */
function jpeg(bytes: Uint8Array): PictureKind | null {
  const view = viewOf(bytes);
  if (bytes.length < 4 || view.getUint16(0) !== 0xffd8) return null;
  for (let at = 2; at + 9 <= bytes.length; ) {
    if (view.getUint8(at) !== 0xff) return null;
    const marker = view.getUint8(at + 1);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) return { contentType: 'image/jpeg', height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    // Filling bytes may stand before a marker.
    at += marker === 0xff ? 1 : 2 + view.getUint16(at + 2);
  }
  return null;
}

function gif(bytes: Uint8Array): PictureKind | null {
  if (bytes.length < 10 || !/^GIF8[79]a$/.test(latin(bytes, 0, 6))) return null;
  const view = viewOf(bytes);
  return { contentType: 'image/gif', width: view.getUint16(6, true), height: view.getUint16(8, true) };
}

function webp(bytes: Uint8Array): PictureKind | null {
  if (bytes.length < 30 || latin(bytes, 0, 4) !== 'RIFF' || latin(bytes, 8, 12) !== 'WEBP') return null;
  const size = webpSize(bytes, latin(bytes, 12, 16));
  return size && { contentType: 'image/webp', ...size };
}

/** Lossy, lossless and extended files say it in three ways. */
function webpSize(bytes: Uint8Array, chunk: string): { readonly width: number; readonly height: number } | null {
  const view = viewOf(bytes);
  if (chunk === 'VP8 ') return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
  if (chunk === 'VP8L') {
    const bits = view.getUint32(21, true);
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  if (chunk !== 'VP8X') return null;
  return { width: (view.getUint32(24, true) & 0xffffff) + 1, height: (view.getUint32(26, true) >>> 8) + 1 };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function latin(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.subarray(from, to)).toString('latin1');
}
