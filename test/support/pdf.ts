/** Templates to make documents from, and what a document shows, read as a reader program would: fonts' own tables turn
 *  glyph numbers back into text. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
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

/** Where the fonts that come with Laurel are. */
export const fontsFolder = projectPath('fonts');

/** One of them. */
export function bundledFont(file = 'DejaVuSerif.ttf'): Promise<Uint8Array> {
  return readFile(join(fontsFolder, file));
}

/** Where a table of a font lies. */
export function tableIn(font: Uint8Array, name: string): { readonly start: number; readonly end: number } {
  const view = Buffer.from(font.buffer, font.byteOffset, font.byteLength);
  const entry = view.indexOf(name, 0, 'latin1');
  const start = view.readUInt32BE(entry + 8);
  return { start, end: start + view.readUInt32BE(entry + 12) };
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

/** Every run of text that was drawn over the template, in the order of drawing. */
export async function shownTexts(bytes: Uint8Array): Promise<readonly ShownText[]> {
  const document = await PDFDocument.load(bytes, { password: '' });
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
  const pieces = /\/ActualText <([0-9a-f]*)>|BT \/(\S+) ([\d.]+) Tf (-?[\d.]+) (-?[\d.]+) Td\n([\s\S]*?) ET/g;
  let actual: string | null = null;
  return [...content.matchAll(pieces)].flatMap(([, span, font = '', size, x, y, glyphs = '']) => {
    if (span !== undefined) {
      actual = Buffer.from(span, 'hex').subarray(2).swap16().toString('utf16le');
      return [];
    }
    const unicode = toUnicode(dict(fonts?.get(PDFName.of(font)), document), document);
    const codes = [...glyphs.matchAll(/<([0-9a-f]*)>/g)].flatMap(([, hex = '']) => hex.match(/.{4}/g) ?? []);
    const text = actual ?? codes.map((code) => unicode.get(code) ?? '').join('');
    actual = null;
    return [{ text, sizePt: Number(size), xPt: Number(x), yPt: Number(y) }];
  });
}

function toUnicode(font: PDFDict | undefined, document: PDFDocument): ReadonlyMap<string, string> {
  const stream = font && resolve(font.get(PDFName.of('ToUnicode')), document);
  const map = stream instanceof PDFRawStream ? contentOf(stream) : '';
  return new Map(
    [...map.matchAll(/<([0-9a-f]{4})> <([0-9a-f]+)>/g)].map(([, code = '', text = '']) => [
      code,
      Buffer.from(text, 'hex').swap16().toString('utf16le'),
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
