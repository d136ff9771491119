/** A template read, its first page found, and everything refused that a certificate must not carry or that readers would
 *  choke on. Templates are uploaded by people: nothing in them is trusted. */

import {
  EncryptedPDFError,
  ParseSpeeds,
  PDFArray,
  PDFDict,
  PDFDocument,
  PDFInvalidObject,
  PDFName,
  PDFNumber,
  type PDFObject,
  PDFRawStream,
  PDFRef,
  PDFStream,
} from '@cantoo/pdf-lib';
import { InputError } from '../../../plugin/errors.ts';

export interface OpenTemplate {
  readonly document: PDFDocument;
  readonly page: FirstPage;
}

export interface FirstPage {
  /** Left, bottom, right, top. */
  readonly mediaBox: Box;
  /** What a reader shows: the crop box within the media box. */
  readonly shownBox: Box;
  /** Clockwise: 0, 90, 180 or 270. */
  readonly rotation: number;
  readonly resources: PDFDict | undefined;
  readonly contents: readonly PDFRawStream[];
  readonly annotations: readonly PDFDict[];
  /** The page's own dictionary, for what is not inherited. */
  readonly node: PDFDict;
}

export type Box = readonly [number, number, number, number];

/** Actions that make a reader do something by itself. */
const ACTIVE = ['JavaScript', 'Launch', 'ImportData', 'SubmitForm', 'Rendition', 'Movie'];

/** Nesting that only a file made to do harm has. */
const MAX_TREE_DEPTH = 64;
/** Source: ISO 32000-1, annex C; more is no page that anybody prints. */
const MAX_PAGE_PT = 14_400;

/** @throws InputError `input.template` with the reason */
export async function openTemplate(bytes: Uint8Array): Promise<OpenTemplate> {
  const document = await load(bytes);
  try {
    assertHarmless(document);
    return { document, page: readPage(document) };
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw refused('it is damaged; export it again');
  }
}

async function load(bytes: Uint8Array): Promise<PDFDocument> {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 1024)).toString('latin1');
  if (!start.includes('%PDF-')) throw refused('it is not a PDF file');
  try {
    return await PDFDocument.load(bytes, { parseSpeed: ParseSpeeds.Fastest, updateMetadata: false });
  } catch (error) {
    if (error instanceof InputError) throw error;
    if (error instanceof EncryptedPDFError) throw refused('it is encrypted; save it without a password');
    throw refused('it is damaged; export it again');
  }
}

function assertHarmless(document: PDFDocument): void {
  for (const [, object] of document.context.enumerateIndirectObjects()) {
    // What we cannot read another reader may, and do.
    if (object instanceof PDFInvalidObject) throw refused('a part of it is damaged; export it again');
    const found = findActive(object);
    if (found) throw refused(`it contains an action of the kind ${found}; remove scripts, buttons and forms from it`);
  }
}

function findActive(object: PDFObject): string | null {
  if (object instanceof PDFStream) return findActive(object.dict);
  if (object instanceof PDFArray) return first(object.asArray());
  if (!(object instanceof PDFDict)) return null;
  const kind = object.get(PDFName.of('S'));
  const active = ACTIVE.find((name) => kind === PDFName.of(name));
  if (active) return active;
  if (object.has(PDFName.of('JS'))) return 'JavaScript';
  return first(object.values());
}

function first(objects: readonly PDFObject[]): string | null {
  for (const object of objects) {
    const active = findActive(object);
    if (active) return active;
  }
  return null;
}

function readPage(document: PDFDocument): FirstPage {
  const path = pathToFirstPage(document);
  const node = path.at(-1) as PDFDict;
  const { mediaBox, shownBox, rotation } = shownPart(path);
  if (shownBox[2] - shownBox[0] < 1 || shownBox[3] - shownBox[1] < 1) throw refused('its first page has no size');
  if (mediaBox.some((edge) => Math.abs(edge) > MAX_PAGE_PT)) throw refused('its first page is larger than 5 metres');
  const resources = inherited(path, 'Resources');
  const annotations = node.lookup(PDFName.of('Annots'));
  return {
    mediaBox,
    shownBox,
    rotation,
    resources: resources instanceof PDFDict ? resources : undefined,
    contents: readContents(node.lookup(PDFName.of('Contents')), document),
    annotations: (annotations instanceof PDFArray ? annotations.asArray() : [])
      .map((annotation) => document.context.lookup(annotation))
      .filter((annotation) => annotation instanceof PDFDict),
    node,
  };
}

/** @param path from the root of the pages to the page */
export function shownPart(path: readonly PDFDict[]): Pick<FirstPage, 'mediaBox' | 'shownBox' | 'rotation'> {
  const mediaBox = readBox(inherited(path, 'MediaBox')) ?? [0, 0, 612, 792];
  const rotate = inherited(path, 'Rotate');
  const angle = rotate instanceof PDFNumber ? rotate.asNumber() : 0;
  return {
    mediaBox,
    shownBox: within(readBox(inherited(path, 'CropBox')) ?? mediaBox, mediaBox),
    rotation: (((Math.round(angle / 90) * 90) % 360) + 360) % 360,
  };
}

/** From the nearest ancestor that has it. */
function inherited(path: readonly PDFDict[], name: string): PDFObject | undefined {
  return path.findLast((at) => at.has(PDFName.of(name)))?.lookup(PDFName.of(name));
}

/** What lies below the root of the pages: pages and groups of pages. @throws InputError where it has no end */
export function kidsOf(path: readonly PDFDict[], seen: Set<PDFObject>): readonly PDFDict[] | null {
  const node = path.at(-1) as PDFDict;
  if (seen.has(node)) throw refused('its pages go round in circles; export it again');
  if (path.length > MAX_TREE_DEPTH + 1) throw refused('its pages are nested too deeply; export it again');
  seen.add(node);
  const kids = node.lookup(PDFName.of('Kids'));
  if (!(kids instanceof PDFArray)) return null;
  return kids.asArray().flatMap((kid) => {
    const found = node.context.lookup(kid);
    return found instanceof PDFDict ? [found] : [];
  });
}

/** Down the first branch that leads to a page. `Count` is what the file says, not what it has. */
function pathToFirstPage(document: PDFDocument): readonly PDFDict[] {
  const seen = new Set<PDFObject>();
  const descend = (path: readonly PDFDict[]): readonly PDFDict[] | null => {
    const kids = kidsOf(path, seen);
    if (kids === null) return path;
    for (const kid of kids) {
      const found = descend([...path, kid]);
      if (found) return found;
    }
    return null;
  };
  const root = rootOf(document);
  const found = root && descend([root]);
  if (!found) throw refused('it has no pages');
  return found;
}

export function rootOf(document: PDFDocument): PDFDict | null {
  const root = document.catalog.lookup(PDFName.of('Pages'));
  return root instanceof PDFDict ? root : null;
}

function readContents(contents: PDFObject | undefined, document: PDFDocument): readonly PDFRawStream[] {
  const streams = contents instanceof PDFArray ? contents.asArray() : [contents];
  return streams.flatMap((stream) => {
    const found = stream instanceof PDFRef ? document.context.lookup(stream) : stream;
    return found instanceof PDFRawStream ? [found] : [];
  });
}

function readBox(object: PDFObject | undefined): Box | null {
  if (!(object instanceof PDFArray) || object.size() !== 4) return null;
  const edges = [0, 1, 2, 3]
    .map((i) => object.lookup(i))
    .map((n) => (n instanceof PDFNumber ? n.asNumber() : Number.NaN));
  if (!edges.every(Number.isFinite)) return null;
  const [a, b, c, d] = edges as [number, number, number, number];
  return [Math.min(a, c), Math.min(b, d), Math.max(a, c), Math.max(b, d)];
}

function within(box: Box, outer: Box): Box {
  return [
    Math.max(box[0], outer[0]),
    Math.max(box[1], outer[1]),
    Math.min(box[2], outer[2]),
    Math.min(box[3], outer[3]),
  ];
}

export function refused(reason: string): InputError {
  return new InputError('template', `the PDF template cannot be used: ${reason}`);
}
