/** What a document has of its own, behind the bytes that its template shares: objects, cross-references, trailer. Written into
 *  one buffer that is kept for all documents of a process, and copied once, when its length is known. */

import type { CompiledTemplate } from './template/compile-template.ts';
import { crossReference, FREE_REFERENCE, packed, STREAM_END, streamStart } from './template/object-writer.ts';

/** More than most need; it grows for those that need more. */
const CAPACITY = 64 * 1024;

export class DocumentTail {
  readonly #template: CompiledTemplate;
  /** Where each object begins, by number. */
  readonly #offsets: number[] = [];
  #length = 0;

  constructor(template: CompiledTemplate) {
    this.#template = template;
  }

  object(number: number, text: string): void {
    this.#offsets[number] = this.#length;
    this.#text(`${number} 0 obj\n${text}\nendobj\n`);
  }

  /** @param entries of the dictionary, without `Length` and `Filter` */
  stream(number: number, entries: string, contents: Buffer): void {
    const { encryption } = this.#template;
    const { filter, bytes } = packed(contents);
    const stored = encryption ? encryption.encrypt(bytes) : bytes;
    this.#offsets[number] = this.#length;
    this.#text(streamStart(number, filter + entries, stored.length));
    this.#room(stored.length).set(stored, this.#length);
    this.#length += stored.length;
    this.#text(STREAM_END);
  }

  /** Nothing follows.
   *  @param trailer entries without `Size` @returns memory of its own */
  end(trailer: string): Buffer {
    const { bytes, references, firstNumber, nextNumber } = this.#template;
    const start = bytes.length + this.#length;
    const end = Math.max(nextNumber, this.#offsets.length);
    const lines = (from: number, to: number) => {
      let text = '';
      for (let number = from; number < to; number++) {
        text += crossReference(bytes.length + (this.#offsets[number] as number));
      }
      return text;
    };
    this.#text(
      `xref\n0 ${end}\n${FREE_REFERENCE}${lines(1, firstNumber)}${references}${lines(nextNumber, end)}` +
        `trailer\n<< /Size ${end} ${trailer} >>\nstartxref\n${start}\n%%EOF\n`,
    );
    const own = Buffer.allocUnsafeSlow(this.#length);
    own.set(buffer.subarray(0, this.#length));
    return own;
  }

  #text(text: string): void {
    this.#length += this.#room(text.length).write(text, this.#length, 'latin1');
  }

  #room(length: number): Buffer {
    if (this.#length + length > buffer.length) {
      const larger = Buffer.allocUnsafeSlow(2 * (this.#length + length));
      larger.set(buffer.subarray(0, this.#length));
      buffer = larger;
    }
    return buffer;
  }
}

/** Writing never waits, so that one is enough. */
let buffer = Buffer.allocUnsafeSlow(CAPACITY);
