/** One document: what its template shares, with its own overlay, fonts and facts behind it, which together are one complete file. */

import { hash } from 'node:crypto';
import { DocumentTail } from './document-tail.ts';
import { FONT_OBJECTS, type FontUse } from './drawing/embedded-font.ts';
import {
  ANNOTATIONS,
  CATALOG,
  type CompiledTemplate,
  ENCRYPT,
  INFO,
  linkAnnotation,
  OVERLAY,
  PAGES,
  round,
} from './template/compile-template.ts';
import { stringText, textBytes } from './template/object-writer.ts';

export interface DocumentFacts {
  readonly title: string;
  readonly author: string;
  readonly language: string;
  readonly createdAt: Date;
  /** What tells this document from every other. */
  readonly id: string;
}

export interface Overlay {
  /** PDF operators, in points from the bottom left of the page as shown. */
  readonly operators: string;
  readonly fonts: readonly FontUse[];
  /** Names in the operators to object numbers. */
  readonly images: ReadonlyMap<string, number>;
  readonly links: readonly Link[];
}

export interface Link {
  readonly address: string;
  /** Left, bottom, right, top. */
  readonly box: readonly [number, number, number, number];
}

/** In two parts, since the first is the same for all documents of a template. */
export interface DocumentParts {
  /** Of the template: always the same array. */
  readonly shared: Uint8Array;
  /** With memory of its own. */
  readonly own: Uint8Array;
}

export function wholeDocument({ shared, own }: DocumentParts): Buffer {
  return Buffer.concat([shared, own]);
}

/** Deterministic unless the template encrypts. */
export function writeDocument(template: CompiledTemplate, overlay: Overlay, facts: DocumentFacts): DocumentParts {
  const { encryption } = template;
  const tail = new DocumentTail(template);
  tail.object(
    CATALOG,
    `<< /Type /Catalog /Pages ${PAGES} 0 R /Lang ${stringText(Buffer.from(facts.language, 'latin1'), encryption)} ` +
      `/ViewerPreferences << /DisplayDocTitle true >>${template.catalogEntries} >>`,
  );
  tail.stream(OVERLAY, overlayEntries(template, overlay), Buffer.from(overlay.operators, 'latin1'));
  tail.object(
    ANNOTATIONS,
    `[${[...template.links, ...overlay.links.map((link) => annotation(link, template))].join('\n')}]`,
  );
  tail.object(INFO, information(facts, template));
  for (const [i, font] of overlay.fonts.entries()) font.writeTo(tail, fontNumber(template, i), template);
  return { shared: template.bytes, own: tail.end(trailer(template, facts)) };
}

function fontNumber(template: CompiledTemplate, index: number): number {
  return template.nextNumber + index * FONT_OBJECTS;
}

function overlayEntries(template: CompiledTemplate, { fonts, images }: Overlay): string {
  const fontNames = fonts.map(({ name }, i) => `/${name} ${fontNumber(template, i)} 0 R`).join(' ');
  const imageNames = [...images].map(([name, number]) => `/${name} ${number} 0 R`).join(' ');
  return (
    `/Type /XObject /Subtype /Form /BBox [0 0 ${round(template.widthPt)} ${round(template.heightPt)}] ` +
    `/Resources << /Font << ${fontNames} >> /XObject << ${imageNames} >> >>`
  );
}

function annotation(
  { address, box: [left, bottom, right, top] }: Link,
  { matrix, encryption }: CompiledTemplate,
): string {
  const [a, b, c, d, e, f] = matrix;
  const at = (x: number, y: number) => [a * x + c * y + e, b * x + d * y + f] as const;
  const [[x1, y1], [x2, y2]] = [at(left, bottom), at(right, top)];
  const rectangle = [Math.min(x1, x2), Math.min(y1, y2), Math.max(x1, x2), Math.max(y1, y2)];
  return linkAnnotation(rectangle, Buffer.from(encodeURI(decodeSafely(address)), 'latin1'), encryption);
}

/** So that what is encoded already is not encoded twice. */
function decodeSafely(address: string): string {
  try {
    return decodeURI(address);
  } catch {
    return address;
  }
}

function information(facts: DocumentFacts, { encryption, program }: CompiledTemplate): string {
  const text = (value: string) => stringText(textBytes(value), encryption);
  const date = stringText(Buffer.from(pdfDate(facts.createdAt), 'latin1'), encryption);
  return (
    `<< /Title ${text(facts.title)} /Author ${text(facts.author)} /Creator ${program} /Producer ${program} ` +
    `/CreationDate ${date} /ModDate ${date} >>`
  );
}

function pdfDate(date: Date): string {
  return `D:${date.toISOString().slice(0, 19).replace(/[-T:]/g, '')}Z`;
}

function trailer({ encryption }: CompiledTemplate, { id }: DocumentFacts): string {
  const name = hash('sha256', id).slice(0, 32);
  const encrypt = encryption ? ` /Encrypt ${ENCRYPT} 0 R` : '';
  return `/Root ${CATALOG} 0 R /Info ${INFO} 0 R${encrypt} /ID [<${name}> <${name}>]`;
}
