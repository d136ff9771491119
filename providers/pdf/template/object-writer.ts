/** PDF objects as bytes, numbered anew in the order in which they are met, encrypted where that is wanted. */

import { deflateSync } from 'node:zlib';
import {
  PDFArray,
  type PDFContext,
  PDFDict,
  PDFHexString,
  PDFName,
  type PDFObject,
  PDFRawStream,
  PDFRef,
  PDFString,
} from '@cantoo/pdf-lib';
import type { Encryption } from './encryption.ts';

/** One object of the file: its number and its text from `obj` to `endobj`. */
export interface WrittenObject {
  readonly number: number;
  readonly bytes: Buffer;
}

/** Entries that lead from a page's content back into the rest of the document, to files that are attached to a part of it, or say
 *  nothing about how it looks. */
const LEFT_OUT = new Set('Metadata PieceInfo StructParent StructParents LastModified OPI Thumb AF'.split(' '));

const DOCUMENT_PARTS = new Set(['Page', 'Pages', 'Catalog']);

/** Parsers of reader programs give up at some depth; no program writes such. */
const MAX_DEPTH = 100;

/** @throws RangeError for objects that are nested without end */
export class ObjectWriter {
  readonly #context: PDFContext;
  readonly #encryption: Encryption | null;
  readonly #numbers = new Map<PDFRef, number>();
  readonly #waiting: PDFRef[] = [];
  #next: number;

  /** @param firstNumber of the objects that references lead to */
  constructor(context: PDFContext, firstNumber: number, encryption: Encryption | null) {
    this.#context = context;
    this.#next = firstNumber;
    this.#encryption = encryption;
  }

  get nextNumber(): number {
    return this.#next;
  }

  /** The object with every object that it leads to still to be had from `rest`. */
  write(object: PDFObject | undefined): string {
    return this.#text(object, 0);
  }

  /** An object of our own. */
  addStream(dictionary: string, contents: Uint8Array): WrittenObject {
    return this.#stream(this.#next++, dictionary, contents);
  }

  /** Everything that was referred to and not yet returned. */
  *rest(): Generator<WrittenObject> {
    for (let reference = this.#waiting.shift(); reference; reference = this.#waiting.shift()) {
      const number = this.#numbers.get(reference) as number;
      const object = this.#context.lookup(reference);
      if (object instanceof PDFRawStream) yield this.#rawStream(number, object);
      else yield plainObject(number, this.#text(object, 0));
    }
  }

  #rawStream(number: number, { dict, contents }: PDFRawStream): WrittenObject {
    const entries = this.#entries(dict, 1, ['Length']);
    return this.#stream(number, entries.join(' '), contents);
  }

  #stream(number: number, entries: string, contents: Uint8Array): WrittenObject {
    return streamObject(number, entries, contents, this.#encryption);
  }

  #text(object: PDFObject | undefined, depth: number): string {
    if (depth > MAX_DEPTH) throw new RangeError('objects nested too deeply');
    if (object instanceof PDFRef) return this.#reference(object);
    if (object instanceof PDFDict) return `<< ${this.#entries(object, depth, []).join(' ')} >>`;
    if (object instanceof PDFArray) {
      return `[${object
        .asArray()
        .map((item) => this.#text(item, depth + 1))
        .join(' ')}]`;
    }
    if (object instanceof PDFString || object instanceof PDFHexString) {
      return stringText(object.asBytes(), this.#encryption);
    }
    return object === undefined ? 'null' : object.toString();
  }

  #entries(dict: PDFDict, depth: number, except: readonly string[]): string[] {
    return dict.entries().flatMap(([name, value]) => {
      const key = name.decodeText();
      return LEFT_OUT.has(key) || except.includes(key) ? [] : [`${name} ${this.#text(value, depth + 1)}`];
    });
  }

  #reference(reference: PDFRef): string {
    const known = this.#numbers.get(reference);
    if (known !== undefined) return `${known} 0 R`;
    const object = this.#context.lookup(reference);
    if (object === undefined || isDocumentPart(object)) return 'null';
    this.#numbers.set(reference, this.#next);
    this.#waiting.push(reference);
    return `${this.#next++} 0 R`;
  }
}

export function plainObject(number: number, text: string): WrittenObject {
  return { number, bytes: Buffer.from(`${number} 0 obj\n${text}\nendobj\n`, 'latin1') };
}

/** @param entries of the dictionary, without `Length` */
function streamObject(
  number: number,
  entries: string,
  contents: Uint8Array,
  encryption: Encryption | null,
): WrittenObject {
  const stored = encryption ? encryption.encrypt(contents) : contents;
  const start = Buffer.from(streamStart(number, entries, stored.length), 'latin1');
  return { number, bytes: Buffer.concat([start, stored, Buffer.from(STREAM_END, 'latin1')]) };
}

export function streamStart(number: number, entries: string, length: number): string {
  return `${number} 0 obj\n<< ${entries} /Length ${length} >>\nstream\n`;
}

export const STREAM_END = '\nendstream\nendobj\n';

/** Smaller contents are stored as they are: packing them takes longer than writing the rest of a document, and saves two or
 *  three kilobytes of some hundred. */
const WORTH_PACKING = 16 * 1024;

/** @returns with the dictionary's entries that say how they are packed */
export function packed(contents: Buffer): { readonly filter: string; readonly bytes: Buffer } {
  if (contents.length < WORTH_PACKING) return { filter: '', bytes: contents };
  return { filter: '/Filter /FlateDecode ', bytes: deflateSync(contents) };
}

/** One line of the cross-reference table. */
export function crossReference(offset: number): string {
  return `${String(offset).padStart(10, '0')} 00000 n \n`;
}

/** Of the number 0, which no object has. */
export const FREE_REFERENCE = '0000000000 65535 f \n';

/** Of a number that is not used. */
export const UNUSED_REFERENCE = '0000000000 00000 f \n';

export function stringText(bytes: Uint8Array, encryption: Encryption | null): string {
  return `<${Buffer.from(encryption ? encryption.encrypt(bytes) : bytes).toString('hex')}>`;
}

/** A text for readers: UTF-16 with its mark. */
export function textBytes(text: string): Buffer {
  return Buffer.from(`\ufeff${text}`, 'utf16le').swap16();
}

function isDocumentPart(object: PDFObject): boolean {
  const type = object instanceof PDFDict ? object.get(PDFName.of('Type')) : undefined;
  return type instanceof PDFName && DOCUMENT_PARTS.has(type.decodeText());
}
