/** One document: what its template shares, with its own overlay, fonts and facts behind it, as one complete file. */

import { createHash } from 'node:crypto';
import { FONT_OBJECTS, type FontUse } from './drawing/embedded-font.ts';
import {
  ANNOTATIONS,
  CATALOG,
  type CompiledTemplate,
  ENCRYPT,
  INFO,
  linkAnnotation,
  OVERLAY,
  round,
} from './template/compile-template.ts';
import { packedObject, plainObject, stringText, textBytes, type WrittenObject } from './template/object-writer.ts';

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

/** Deterministic unless the template encrypts. */
export function writeDocument(template: CompiledTemplate, overlay: Overlay, facts: DocumentFacts): Buffer {
  const { encryption } = template;
  const objects: WrittenObject[] = [
    plainObject(
      CATALOG,
      `<< /Type /Catalog /Pages 2 0 R /Lang ${stringText(Buffer.from(facts.language, 'latin1'), encryption)} ` +
        `/ViewerPreferences << /DisplayDocTitle true >>${template.catalogEntries} >>`,
    ),
    overlayForm(template, overlay),
    plainObject(
      ANNOTATIONS,
      `[${[...template.links, ...overlay.links.map((link) => annotation(link, template))].join('\n')}]`,
    ),
    information(facts, template),
    ...overlay.fonts.flatMap((font, i) => font.objects(fontNumber(template, i), template)),
  ];
  const end = template.nextNumber + overlay.fonts.length * FONT_OBJECTS;
  return Buffer.concat([
    template.bytes,
    ...objects.map(({ bytes }) => bytes),
    Buffer.from(crossReferences(template, objects, end) + trailer(template, facts, end), 'latin1'),
    startOfReferences(template, objects),
  ]);
}

function fontNumber(template: CompiledTemplate, index: number): number {
  return template.nextNumber + index * FONT_OBJECTS;
}

function overlayForm(template: CompiledTemplate, { operators, fonts, images }: Overlay): WrittenObject {
  const fontNames = fonts.map(({ name }, i) => `/${name} ${fontNumber(template, i)} 0 R`).join(' ');
  const imageNames = [...images].map(([name, number]) => `/${name} ${number} 0 R`).join(' ');
  return packedObject(
    OVERLAY,
    `/Type /XObject /Subtype /Form /BBox [0 0 ${round(template.widthPt)} ${round(template.heightPt)}] ` +
      `/Resources << /Font << ${fontNames} >> /XObject << ${imageNames} >> >>`,
    Buffer.from(operators, 'latin1'),
    template.encryption,
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

function information(facts: DocumentFacts, { encryption, program }: CompiledTemplate): WrittenObject {
  const text = (value: string) => stringText(textBytes(value), encryption);
  const date = stringText(Buffer.from(pdfDate(facts.createdAt), 'latin1'), encryption);
  return plainObject(
    INFO,
    `<< /Title ${text(facts.title)} /Author ${text(facts.author)} /Creator ${program} /Producer ${program} ` +
      `/CreationDate ${date} /ModDate ${date} >>`,
  );
}

function pdfDate(date: Date): string {
  return `D:${date.toISOString().slice(0, 19).replace(/[-T:]/g, '')}Z`;
}

function crossReferences(template: CompiledTemplate, objects: readonly WrittenObject[], end: number): string {
  const offsets = new Map<number, number>();
  let offset = template.bytes.length;
  for (const { number, bytes } of objects) {
    offsets.set(number, offset);
    offset += bytes.length;
  }
  let lines = '0000000000 65535 f \n';
  for (let number = 1; number < end; number++) {
    const at = offsets.get(number) ?? template.offsets.get(number);
    lines += at === undefined ? '0000000000 00000 f \n' : `${String(at).padStart(10, '0')} 00000 n \n`;
  }
  return `xref\n0 ${end}\n${lines}`;
}

function trailer({ encryption }: CompiledTemplate, { id }: DocumentFacts, end: number): string {
  const hash = createHash('sha256').update(id).digest('hex').slice(0, 32);
  const encrypt = encryption ? ` /Encrypt ${ENCRYPT} 0 R` : '';
  return `trailer\n<< /Size ${end} /Root ${CATALOG} 0 R /Info ${INFO} 0 R${encrypt} /ID [<${hash}> <${hash}>] >>\n`;
}

function startOfReferences({ bytes }: CompiledTemplate, objects: readonly WrittenObject[]): Buffer {
  const at = objects.reduce((sum, { bytes }) => sum + bytes.length, bytes.length);
  return Buffer.from(`startxref\n${at}\n%%EOF\n`, 'latin1');
}
