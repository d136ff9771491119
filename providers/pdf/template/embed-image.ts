/** PNG and JPEG images as objects of a PDF. */

import { PDFDocument, type PDFImage } from '@cantoo/pdf-lib';
import { InputError } from '../../../plugin/errors.ts';
import type { Encryption } from './encryption.ts';
import { ObjectWriter, type WrittenObject } from './object-writer.ts';

export interface ImageFile {
  readonly slug: string;
  readonly bytes: Uint8Array;
}

export interface EmbeddedImage {
  readonly objects: readonly WrittenObject[];
  readonly number: number;
  readonly width: number;
  readonly height: number;
  readonly nextNumber: number;
}

const PNG_START = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
const JPEG_START = Buffer.from([0xff, 0xd8, 0xff]);
/** A PNG is unpacked in memory, four bytes a pixel. */
const MAX_PNG_PIXELS = 25_000_000;
/** A JPEG goes into documents as it is: whoever reads those unpacks it. As images of templates, see size-limits.ts. */
const MAX_JPEG_PIXELS = 100_000_000;

/** @throws InputError `input.image` with the reason */
export async function embedImage(
  { bytes }: Pick<ImageFile, 'bytes'>,
  number: number,
  encryption: Encryption | null,
): Promise<EmbeddedImage> {
  const { document, image } = await readImage(bytes);
  const writer = new ObjectWriter(document.context, number, encryption);
  writer.write(image.ref);
  const objects = [...writer.rest()];
  return { objects, number, width: image.width, height: image.height, nextNumber: writer.nextNumber };
}

async function readImage(bytes: Uint8Array): Promise<{ document: PDFDocument; image: PDFImage }> {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isPng = file.subarray(0, PNG_START.length).equals(PNG_START);
  if (!isPng && !file.subarray(0, JPEG_START.length).equals(JPEG_START)) {
    throw unusable('it is neither PNG nor JPEG');
  }
  if (isPng && file.length > 24) assertPixels(file.readUInt32BE(16), file.readUInt32BE(20), MAX_PNG_PIXELS);
  if (!isPng && !isWholeJpeg(file)) throw unusable('it is damaged; export it again');
  const document = await PDFDocument.create({ updateMetadata: false });
  try {
    const image = isPng ? await document.embedPng(file) : await document.embedJpg(file);
    await image.embed();
    if (!(image.width >= 1 && image.height >= 1)) throw new RangeError('no size');
    assertPixels(image.width, image.height, MAX_JPEG_PIXELS);
    return { document, image };
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw unusable('it is damaged; export it again');
  }
}

/** A JPEG goes into documents unread. Source: ITU-T T.81, annex B: segments up to the first scan, the last ended by EOI. */
function isWholeJpeg(file: Buffer): boolean {
  const [SCAN, END] = [0xda, Buffer.from([0xff, 0xd9])];
  for (let at = 2; at + 4 <= file.length; ) {
    if (file[at] !== 0xff) return false;
    if (file[at + 1] === 0xff) at += 1;
    else if (file[at + 1] === SCAN) return file.indexOf(END, at) !== -1;
    else at += 2 + file.readUInt16BE(at + 2);
  }
  return false;
}

function assertPixels(width: number, height: number, most: number): void {
  if (width * height > most) throw unusable(`it has more than ${most / 1_000_000} million pixels; reduce it`);
}

function unusable(reason: string): InputError {
  return new InputError('image', `the image cannot be used: ${reason}`);
}
