/** Reads what a PDF shows, as a reader program would: fonts' own tables turn glyph numbers back into text. Enough for
 *  what jsPDF writes. */

import { readFile } from 'node:fs/promises';
import {
  decodePDFRawStream,
  PDFArray,
  PDFDict,
  PDFDocument,
  PDFName,
  type PDFObject,
  PDFRawStream,
  PDFRef,
} from '@cantoo/pdf-lib';
import { projectPath } from '../../server/paths.ts';

export interface ShownText {
  readonly text: string;
  readonly sizePt: number;
  /** From the bottom left of the form or page it is in. */
  readonly xPt: number;
  readonly yPt: number;
}

/** The font that comes with Laurel, as the server reads it. */
export async function bundledFont(): Promise<{ readonly name: string; readonly bytes: Uint8Array }> {
  const bytes = await readFile(projectPath('examples', 'credentials', 'fonts', 'DejaVuSerif.ttf'));
  return { name: 'DejaVu Serif', bytes };
}

/** A one-page PDF to make templates from. */
export async function aTemplate(
  change: (document: PDFDocument) => void = () => {},
  size: [number, number] = [842, 595],
): Promise<Uint8Array> {
  const document = await PDFDocument.create();
  document.addPage(size).drawRectangle({ x: 10, y: 10, width: 50, height: 50 });
  change(document);
  return document.save();
}

/** Every text of the first page, forms included, in drawing order. */
export async function shownTexts(bytes: Uint8Array): Promise<readonly ShownText[]> {
  const document = await PDFDocument.load(bytes);
  const page = document.getPage(0).node;
  const found: ShownText[] = [];
  const visit = (content: string, resources: PDFDict | undefined) => {
    found.push(...textsOf(content, resources, document));
    const forms = dict(resources?.get(PDFName.of('XObject')), document);
    for (const [, reference] of forms?.entries() ?? []) {
      const form = resolve(reference, document);
      if (form instanceof PDFRawStream) {
        visit(contentOf(form), dict(form.dict.get(PDFName.of('Resources')), document));
      }
    }
  };
  visit(pageContent(document), page.Resources());
  return found;
}

/** The drawing operators of the first page. */
export function pageContent(document: PDFDocument): string {
  const contents = document.getPage(0).node.Contents();
  const streams = contents instanceof PDFArray ? contents.asArray() : [contents];
  return streams
    .map((stream) => resolve(stream, document))
    .map((stream) => (stream instanceof PDFRawStream ? contentOf(stream) : ''))
    .join('\n');
}

function textsOf(content: string, resources: PDFDict | undefined, document: PDFDocument): ShownText[] {
  const fonts = dict(resources?.get(PDFName.of('Font')), document);
  return [...content.matchAll(/BT([\s\S]*?)ET/g)].flatMap(([, block = '']) => {
    const font = /\/(\S+) ([\d.]+) Tf/.exec(block);
    const place = /(-?[\d.]+) (-?[\d.]+) Td/.exec(block);
    const hex = /<([0-9a-fA-F]*)> Tj/.exec(block)?.[1];
    if (!font || !place || hex === undefined) return [];
    const unicode = toUnicode(dict(fonts?.get(PDFName.of(font[1] ?? '')), document), document);
    const text = (hex.match(/.{4}/g) ?? []).map((glyph) => unicode.get(glyph.toLowerCase()) ?? '\uFFFD').join('');
    return [{ text, sizePt: Number(font[2]), xPt: Number(place[1]), yPt: Number(place[2]) }];
  });
}

function toUnicode(font: PDFDict | undefined, document: PDFDocument): ReadonlyMap<string, string> {
  const stream = font && resolve(font.get(PDFName.of('ToUnicode')), document);
  const map = stream instanceof PDFRawStream ? contentOf(stream) : '';
  return new Map(
    [...map.matchAll(/<([0-9a-f]{4})>\s*<([0-9a-f]{4})>/gi)].map(([, glyph = '', code = '']) => [
      glyph.toLowerCase(),
      String.fromCharCode(Number.parseInt(code, 16)),
    ]),
  );
}

function contentOf(stream: PDFRawStream): string {
  return Buffer.from(decodePDFRawStream(stream).decode()).toString('latin1');
}

function dict(object: PDFObject | undefined, document: PDFDocument): PDFDict | undefined {
  const resolved = resolve(object, document);
  return resolved instanceof PDFDict ? resolved : undefined;
}

function resolve(object: PDFObject | undefined, document: PDFDocument): PDFObject | undefined {
  return object instanceof PDFRef ? document.context.lookup(object) : object;
}
