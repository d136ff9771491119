/** A template as the bytes that all documents made from it share: its first page as one form, numbered, laid out and
 *  encrypted once. A document is these bytes with an overlay, fonts and facts of its own behind them, as one revision. */

import { deflateSync } from 'node:zlib';
import { decodePDFRawStream, PDFArray, PDFDict, PDFName, PDFNumber, type PDFObject, PDFString } from '@cantoo/pdf-lib';
import { embedImage, type ImageFile } from './embed-image.ts';
import { createEncryption, type Encryption } from './encryption.ts';
import {
  crossReference,
  ObjectWriter,
  plainObject,
  stringText,
  UNUSED_REFERENCE,
  type WrittenObject,
} from './object-writer.ts';
import { type Box, type FirstPage, type OpenTemplate, openTemplate, refused } from './open-template.ts';
import { isShown, lostOnFirstPage } from './seen-alike.ts';
import { assertWithinLimits } from './size-limits.ts';

/** Numbers of what every document writes itself. */
export const CATALOG = 1;
export const OVERLAY = 2;
export const ANNOTATIONS = 3;
export const INFO = 4;
/** From here on numbers belong to the template, up to its `nextNumber`. */
export const PAGES = 5;
const PAGE = 6;
export const ENCRYPT = 7;
const CHARACTER_SYSTEM = 8;
const FIRST_OWN = 9;

export interface CompiledTemplate {
  /** As a reader shows the page: cropped and turned. */
  readonly widthPt: number;
  readonly heightPt: number;
  /** From the page as shown to the page as stored. */
  readonly matrix: Matrix;
  /** From the header on. */
  readonly bytes: Buffer;
  /** The numbers of its objects, and their lines of the cross-reference table. */
  readonly firstNumber: number;
  readonly nextNumber: number;
  readonly references: string;
  readonly images: ReadonlyMap<string, PlacedImage>;
  /** Entries for the catalog and for the list of annotations, as PDF syntax. */
  readonly catalogEntries: string;
  readonly links: readonly string[];
  readonly encryption: Encryption | null;
  /** What made it, as a string. */
  readonly program: string;
  /** The object that says what the codes of embedded fonts mean: nothing. */
  readonly characterSystem: number;
}

export interface PlacedImage {
  readonly number: number;
  /** In pixels. */
  readonly width: number;
  readonly height: number;
}

export type Matrix = readonly [number, number, number, number, number, number];

/** @param images by the slugs that the options name
 *  @throws InputError `input.template`, `input.image` */
export async function compileTemplate(
  bytes: Uint8Array,
  images: readonly ImageFile[],
  encrypted: boolean,
): Promise<CompiledTemplate> {
  const template = await openTemplate(bytes);
  assertWithinLimits(template);
  try {
    return await compile(template, images, encrypted ? createEncryption() : null);
  } catch (error) {
    if (error instanceof RangeError) throw refused('it is nested too deeply; export it again');
    throw error;
  }
}

async function compile(
  { document, page }: OpenTemplate,
  images: readonly ImageFile[],
  encryption: Encryption | null,
): Promise<CompiledTemplate> {
  const objects: WrittenObject[] = [];
  const writer = new ObjectWriter(document.context, FIRST_OWN, encryption);
  const content = writer.addStream(formEntries(page, writer), deflateSync(contentOf(page)));
  const matrix = placement(page);
  const drawing = writer.addStream(
    '',
    Buffer.from(`q /LcPage Do Q q ${matrix.join(' ')} cm /LcOverlay Do Q`, 'latin1'),
  );
  const own = (name: string) => entry(name, page.node, writer);
  objects.push(
    plainObject(PAGES, `<< /Type /Pages /Kids [${PAGE} 0 R] /Count 1 >>`),
    plainObject(
      PAGE,
      `<< /Type /Page /Parent ${PAGES} 0 R /MediaBox ${box(page.mediaBox)} /CropBox ${box(page.shownBox)} /Rotate ${page.rotation} ` +
        `/Resources << /XObject << /LcPage ${content.number} 0 R /LcOverlay ${OVERLAY} 0 R >> >> ` +
        `/Contents ${drawing.number} 0 R /Annots ${ANNOTATIONS} 0 R${own('Group')}${own('UserUnit')} >>`,
    ),
  );
  if (encryption) objects.push(plainObject(ENCRYPT, encryption.dictionary));
  const ascii = (text: string) => stringText(Buffer.from(text, 'latin1'), encryption);
  const system = `<< /Registry ${ascii('Adobe')} /Ordering ${ascii('Identity')} /Supplement 0 >>`;
  objects.push(plainObject(CHARACTER_SYSTEM, system), content, drawing);
  // layers: without it those switched off would show
  const catalogEntries = entry('OCProperties', document.catalog, writer);
  const links = page.annotations.flatMap((annotation) => linkOf(annotation, encryption));
  objects.push(...writer.rest());

  const placed = new Map<string, PlacedImage>();
  let nextNumber = writer.nextNumber;
  for (const image of images) {
    const embedded = await embedImage(image, nextNumber, encryption);
    objects.push(...embedded.objects);
    placed.set(image.slug, embedded);
    nextNumber = embedded.nextNumber;
  }
  const [left, bottom, right, top] = page.shownBox;
  const upright = page.rotation % 180 === 0;
  return {
    widthPt: upright ? right - left : top - bottom,
    heightPt: upright ? top - bottom : right - left,
    matrix,
    ...layOutObjects(objects, nextNumber, encryption),
    firstNumber: PAGES,
    nextNumber,
    images: placed,
    catalogEntries,
    links,
    encryption,
    program: ascii('Laurel'),
    characterSystem: CHARACTER_SYSTEM,
  };
}

/** The page's drawing as a form: whatever state it leaves behind ends with it, and the overlay lies where it should. */
function formEntries(page: FirstPage, writer: ObjectWriter): string {
  return (
    `/Type /XObject /Subtype /Form /BBox ${box(page.mediaBox)} /Filter /FlateDecode ` +
    `/Resources ${page.resources ? writer.write(page.resources) : '<< >>'}`
  );
}

function contentOf(page: FirstPage): Buffer {
  return Buffer.concat(page.contents.flatMap((stream) => [decodePDFRawStream(stream).decode(), Buffer.from('\n')]));
}

function placement({ shownBox: [left, bottom, right, top], rotation }: FirstPage): Matrix {
  switch (rotation) {
    case 90:
      return [0, 1, -1, 0, right, bottom];
    case 180:
      return [-1, 0, 0, -1, right, top];
    case 270:
      return [0, -1, 1, 0, left, top];
    default:
      return [1, 0, 0, 1, left, bottom];
  }
}

function layOutObjects(objects: readonly WrittenObject[], nextNumber: number, encryption: Encryption | null) {
  const header = Buffer.from(`%PDF-${encryption ? '2.0' : '1.7'}\n%\xe2\xe3\xcf\xd3\n`, 'latin1');
  const references = Array<string>(nextNumber - PAGES).fill(UNUSED_REFERENCE);
  let offset = header.length;
  for (const { number, bytes } of objects) {
    references[number - PAGES] = crossReference(offset);
    offset += bytes.length;
  }
  return { bytes: Buffer.concat([header, ...objects.map(({ bytes }) => bytes)]), references: references.join('') };
}

/** What a learner's reader may be sent to: not programs, files or scripts. */
const LINKS: ReadonlySet<string | null> = new Set(['http:', 'https:', 'mailto:', 'tel:']);

function schemeOf(address: PDFString): string | null {
  const text = address.decodeText();
  return URL.canParse(text) ? new URL(text).protocol : null;
}

/** Links to the web stay. What else can be seen on the page would be lost, so it is refused; the rest is left out. */
function linkOf(annotation: PDFDict, encryption: Encryption | null): string[] {
  const value = (name: string) => annotation.lookup(PDFName.of(name));
  if (!isShown(annotation)) return [];
  if (value('Subtype') !== PDFName.of('Link')) {
    if (!annotation.has(PDFName.of('AP')) || value('Subtype') === PDFName.of('Popup')) return [];
    throw lostOnFirstPage();
  }
  const action = value('A');
  const address = action instanceof PDFDict ? action.lookup(PDFName.of('URI')) : undefined;
  const rectangle = numbersOf(value('Rect'));
  if (!(address instanceof PDFString) || rectangle.length !== 4) return [];
  if (!LINKS.has(schemeOf(address)))
    throw refused(
      'a link on its first page leads neither to the web nor to a mail address or phone; give it a whole address, as https://example.org, or remove it',
    );
  return [linkAnnotation(rectangle, address.asBytes(), encryption)];
}

export function linkAnnotation(
  rectangle: readonly number[],
  address: Uint8Array,
  encryption: Encryption | null,
): string {
  return (
    `<< /Type /Annot /Subtype /Link /F 4 /Border [0 0 0] /Rect [${rectangle.map(round).join(' ')}] ` +
    `/A << /S /URI /URI ${stringText(address, encryption)} >> >>`
  );
}

function numbersOf(object: PDFObject | undefined): number[] {
  if (!(object instanceof PDFArray)) return [];
  return object.asArray().flatMap((item) => (item instanceof PDFNumber ? [item.asNumber()] : []));
}

function entry(name: string, dict: PDFDict, writer: ObjectWriter): string {
  const value = dict.get(PDFName.of(name));
  return value === undefined ? '' : ` /${name} ${writer.write(value)}`;
}

function box(edges: Box): string {
  return `[${edges.map(round).join(' ')}]`;
}

export function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
