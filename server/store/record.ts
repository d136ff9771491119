/** One version of one stored document. Records never change: an update puts another one in their place, so a cursor that
 *  holds the old one goes on reading what it found. */

import { type BsonDocument, decodeDocument } from './bson.ts';

/** Bodies above this size live on disk only, once they are safely there: asset bytes should not fill the memory. */
const KEPT_IN_MEMORY_BYTES = 32 * 1024;

export class StoredRecord {
  /** Grows with every insert of the store: the order of insertion. */
  readonly sequence: number;
  readonly #reload: () => Buffer;
  #bytes: Buffer | null;
  #document: BsonDocument | null;

  /** @param reload reads the body back from the journal */
  constructor(sequence: number, bytes: Buffer, document: BsonDocument | null, reload: () => Buffer) {
    this.sequence = sequence;
    this.#bytes = bytes;
    this.#document = document;
    this.#reload = reload;
  }

  get bytes(): Buffer {
    return this.#bytes ?? this.#reload();
  }

  /** Decoded on first use. Not to be changed by anybody. */
  get document(): BsonDocument {
    if (this.#document) return this.#document;
    const document = decodeDocument(this.bytes);
    if (this.#bytes) this.#document = document;
    return document;
  }

  /** To be called when the journal holds the body. */
  releaseIfLarge(): void {
    if (this.#bytes && this.#bytes.length > KEPT_IN_MEMORY_BYTES) {
      this.#bytes = null;
      this.#document = null;
    }
  }

  /** To be called before the journal forgets the body: cursors may still want it. */
  retain(): void {
    this.#bytes ??= this.#reload();
  }

  /** Frees what decoding made; it comes back when needed. */
  forgetDecoded(): void {
    this.#document = null;
  }
}
