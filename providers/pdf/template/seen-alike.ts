/** What is asked of a template when it is brought, beyond that documents can be made of it: that they look as it does. A template
 *  that was taken before this was asked goes on, and its page tells. */

import { PDFArray, PDFDict, PDFName, PDFNumber } from '@cantoo/pdf-lib';
import { type OpenTemplate, refused } from './open-template.ts';

const MEDIA: ReadonlySet<string> = new Set(['RichMedia', 'Screen', 'Movie', 'Sound', '3D', 'Projection']);

/** What reader programs show even where the file does not say how it looks. */
const DRAWN_BY_READERS: ReadonlySet<string> = new Set([
  ...['Widget', 'Text', 'FreeText', 'Line', 'Square', 'Circle', 'Polygon', 'PolyLine', 'Highlight', 'Underline'],
  ...['Squiggly', 'StrikeOut', 'Stamp', 'Caret', 'Ink', 'Redact'],
]);

/** @throws InputError `input.template` with the reason */
export function assertSeenAlike({ document: { catalog }, page }: OpenTemplate): void {
  if (catalog.lookup(PDFName.of('Collection')) instanceof PDFDict)
    throw refused('it is a portfolio, a cover page with files behind it; upload the file that is meant');
  const form = catalog.lookup(PDFName.of('AcroForm'));
  if (form instanceof PDFDict && form.has(PDFName.of('XFA')))
    throw refused('it is an XFA form, which few programs show as it is meant; print it to a PDF file, and upload that');
  for (const annotation of page.annotations.filter(isShown)) {
    const kind = kindOf(annotation);
    if (MEDIA.has(kind))
      throw refused(
        'its first page holds a film, a sound or a 3D model, which a certificate would lose; put a picture in its place',
      );
    if (kind === 'FileAttachment')
      throw refused(
        'a file is attached to its first page at a place of its own, which a certificate would lose; remove it',
      );
    if (DRAWN_BY_READERS.has(kind)) throw lostOnFirstPage();
  }
}

export function lostOnFirstPage(): Error {
  return refused(
    'its first page has form fields or comments, which a certificate would lose; flatten them when exporting',
  );
}

/** Not hidden, and with an extent: fields of signatures often have none. */
export function isShown(annotation: PDFDict): boolean {
  const flags = annotation.lookup(PDFName.of('F'));
  const HIDDEN_OR_NOT_SHOWN = 2 | 32;
  if (flags instanceof PDFNumber && flags.asNumber() & HIDDEN_OR_NOT_SHOWN) return false;
  const rectangle = annotation.lookup(PDFName.of('Rect'));
  if (!(rectangle instanceof PDFArray) || rectangle.size() !== 4) return true;
  const [left, bottom, right, top] = rectangle.asArray().map((edge) => annotation.context.lookup(edge)?.toString());
  return left !== right && bottom !== top;
}

function kindOf(annotation: PDFDict): string {
  const kind = annotation.lookup(PDFName.of('Subtype'));
  return kind instanceof PDFName ? kind.decodeText() : '';
}
