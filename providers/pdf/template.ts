/** PDF templates: checked and reduced to their first page once, then stamped with an overlay per document. */

import {
  degrees,
  EncryptedPDFError,
  ParseSpeeds,
  PDFArray,
  PDFDict,
  PDFDocument,
  PDFName,
  type PDFObject,
  type PDFPage,
  PDFStream,
} from '@cantoo/pdf-lib';
import { InputError } from '../../plugin/errors.ts';
import type { PageSize } from './page-layout.ts';

export interface PreparedTemplate extends PageSize {
  /** A PDF of exactly one page. */
  readonly bytes: Uint8Array;
}

export interface DocumentFacts {
  readonly title: string;
  readonly author: string;
  readonly language: string;
  readonly createdAt: Date;
}

const LOAD = { parseSpeed: ParseSpeeds.Fastest, updateMetadata: false };
const SAVE = { useObjectStreams: false, objectsPerTick: Number.POSITIVE_INFINITY };

/** Actions that make a reader do something by itself. */
const ACTIVE = ['JavaScript', 'Launch', 'ImportData', 'SubmitForm', 'Rendition', 'Movie'];

/** @throws InputError `input.template`: not a PDF, encrypted, without pages, with scripts or launch actions */
export async function prepareTemplate(bytes: Uint8Array): Promise<PreparedTemplate> {
  const source = await load(bytes);
  assertHarmless(source);
  const reduced = await PDFDocument.create({ updateMetadata: false });
  const [page] = await reduced.copyPages(source, [0]);
  if (!page) throw refused('its first page cannot be read; export it again');
  // annotations belong to the template's own document: links of a certificate are placed as text
  page.node.delete(PDFName.of('Annots'));
  page.node.delete(PDFName.of('AA'));
  reduced.addPage(page);
  return { bytes: await reduced.save(SAVE), ...visibleSize(page) };
}

/** @param overlay a one-page PDF of the template's size */
export async function stampTemplate(
  template: PreparedTemplate,
  overlay: Uint8Array,
  facts: DocumentFacts,
): Promise<Uint8Array> {
  const document = await PDFDocument.load(template.bytes, LOAD);
  const page = document.getPage(0);
  const [text] = await document.embedPdf(overlay);
  if (text) page.drawPage(text, placement(page));
  document.setTitle(facts.title, { showInWindowTitleBar: true });
  document.setAuthor(facts.author);
  document.setLanguage(facts.language);
  document.setCreator('Laurel');
  document.setProducer('Laurel (jsPDF, pdf-lib)');
  document.setCreationDate(facts.createdAt);
  document.setModificationDate(facts.createdAt);
  return document.save(SAVE);
}

async function load(bytes: Uint8Array): Promise<PDFDocument> {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 1024)).toString('latin1');
  if (!start.includes('%PDF-')) throw refused('it is not a PDF file');
  let document: PDFDocument;
  try {
    document = await PDFDocument.load(bytes, LOAD);
  } catch (error) {
    if (error instanceof EncryptedPDFError) throw refused('it is encrypted; save it without a password');
    throw refused('it is damaged; export it again');
  }
  let pages = 0;
  try {
    pages = document.getPageCount();
  } catch {
    throw refused('it is damaged; export it again');
  }
  if (pages === 0) throw refused('it has no pages');
  return document;
}

function assertHarmless(document: PDFDocument): void {
  const found = document.context
    .enumerateIndirectObjects()
    .map(([, object]) => findActive(object))
    .find((action) => action !== null);
  if (found) throw refused(`it contains an action of the kind ${found}; remove scripts, buttons and forms from it`);
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

/** As a reader shows the page: the crop box, turned. */
function visibleSize(page: PDFPage): PageSize {
  const { width, height } = page.getCropBox();
  return turned(page) % 180 === 0 ? { widthPt: width, heightPt: height } : { widthPt: height, heightPt: width };
}

/** Where the overlay's lower left corner comes to lie, so that it stands upright in the page as shown. */
function placement(page: PDFPage) {
  const { x, y, width, height } = page.getCropBox();
  switch (turned(page)) {
    case 90:
      return { x: x + width, y, rotate: degrees(90) };
    case 180:
      return { x: x + width, y: y + height, rotate: degrees(180) };
    case 270:
      return { x, y: y + height, rotate: degrees(270) };
    default:
      return { x, y };
  }
}

function turned(page: PDFPage): number {
  return ((page.getRotation().angle % 360) + 360) % 360;
}

function refused(reason: string): InputError {
  return new InputError('template', `the PDF template cannot be used: ${reason}`);
}
