/** One version of one stored document. Records never change: an update puts another one in their place, so a cursor that
 *  holds the old one goes on reading what it found. */

import { type BsonDocument, decodeDocument } from './bson.ts';

/** Bodies above this size live on disk only, once they are safely there: asset bytes should not fill the memory. */
const KEPT_IN_MEMORY_BYTES = 32 * 1024;

/** The collection that a record is in. */
export interface RecordHome {
  /** Reads a body back from the journal. */
  read(sequence: number): Buffer;
  /** Told of each record that holds on to what was decoded of it. */
  decoded(record: StoredRecord): void;
}

export class StoredRecord {
  /** Grows with every insert of the store: the order of insertion. */
  readonly sequence: number;
  readonly #home: RecordHome;
  #bytes: Buffer | null;
  #document: BsonDocument | null;

  /** @param document what the bytes are, where somebody is likely to ask for it soon */
  constructor(sequence: number, bytes: Buffer, document: BsonDocument | null, home: RecordHome) {
    this.sequence = sequence;
    this.#bytes = bytes;
    this.#document = document;
    this.#home = home;
    if (document) home.decoded(this);
  }

  get bytes(): Buffer {
    return this.#bytes ?? this.#home.read(this.sequence);
  }

  /** Decoded when asked for, and kept for a while. Not to be changed by anybody. */
  get document(): BsonDocument {
    if (this.#document) return this.#document;
    const document = decodeDocument(this.bytes);
    if (this.#bytes) {
      this.#document = document;
      this.#home.decoded(this);
    }
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
    this.#bytes ??= this.#home.read(this.sequence);
  }

  /** Frees what decoding made; it comes back when needed. */
  forgetDecoded(): void {
    this.#document = null;
  }
}
