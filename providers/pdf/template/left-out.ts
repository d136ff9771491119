/** What a template holds that documents made of it do not have: only the drawing of its first page and that page's links to the
 *  web are taken over. What could be seen there and would be lost is refused instead (`seen-alike.ts`). */

import { PDFArray, PDFDict, PDFName, PDFNumber, type PDFObject } from '@cantoo/pdf-lib';
import type { OpenTemplate } from './open-template.ts';

export type LeftOut = 'attachments' | 'bookmarks' | 'inner-links' | 'signature' | 'tags';

/** In this order. */
export function leftOutOf({ document, page }: OpenTemplate): readonly LeftOut[] {
  const { catalog, context } = document;
  const holds: Readonly<Record<LeftOut, () => boolean>> = {
    attachments: () =>
      dictionary(catalog.lookup(PDFName.of('Names')))?.has(PDFName.of('EmbeddedFiles')) === true ||
      catalog.has(PDFName.of('AF')) ||
      page.node.has(PDFName.of('AF')) ||
      context.enumerateIndirectObjects().some(([, object]) => isKind(object, 'Subtype', 'FileAttachment')),
    bookmarks: () => dictionary(catalog.lookup(PDFName.of('Outlines')))?.has(PDFName.of('First')) === true,
    'inner-links': () =>
      page.annotations.some(
        (annotation) =>
          isKind(annotation, 'Subtype', 'Link') && !isKind(annotation.lookup(PDFName.of('A')), 'S', 'URI'),
      ),
    signature: () => isSigned(dictionary(catalog.lookup(PDFName.of('AcroForm')))),
    tags: () => dictionary(catalog.lookup(PDFName.of('StructTreeRoot')))?.has(PDFName.of('K')) === true,
  };
  return Object.entries(holds).flatMap(([what, isThere]) => (isThere() ? [what as LeftOut] : []));
}

/** Somebody has signed it, or it asks for that. */
function isSigned(form: PDFDict | null): boolean {
  const flags = form?.lookup(PDFName.of('SigFlags'));
  const HAS_SIGNATURES = 1;
  return flags instanceof PDFNumber && (flags.asNumber() & HAS_SIGNATURES) !== 0 && holdsFields(form);
}

function holdsFields(form: PDFDict | null): boolean {
  const fields = form?.lookup(PDFName.of('Fields'));
  return fields instanceof PDFArray && fields.size() > 0;
}

function dictionary(object: PDFObject | undefined): PDFDict | null {
  return object instanceof PDFDict ? object : null;
}

function isKind(object: PDFObject | undefined, name: string, value: string): boolean {
  return object instanceof PDFDict && object.lookup(PDFName.of(name)) === PDFName.of(value);
}
