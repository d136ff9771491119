/** One version of one stored document. Records never change: an update puts another one in their place, so a cursor that
 *  holds the old one goes on reading what it found. */

import { type BsonDocument, decodeDocument } from './bson.ts';

/** Larger bodies are never kept in memory, once they are safely on disk: a few would fill what is there for many. */
const LARGE_BYTES = 32 * 1024;

/** The collection that a record is in. */
export interface RecordHome {
  /** Reads a body back from the journal. */
  read(sequence: number): Buffer;
  /** Told of each record that holds on to what was decoded of it. */
  decoded(record: StoredRecord): void;
  /** Told of each record that holds on to a body which the journal holds too. */
  kept(record: StoredRecord): void;
}

export class StoredRecord {
  /** Grows with every insert of the store: the order of insertion. */
  readonly sequence: number;
  readonly #home: RecordHome;
  /** null: the journal has it. */
  #bytes: Buffer | null;
  #document: BsonDocument | null;
  /** Another record has taken its place in the journal, or none. */
  #isRetained = false;

  /** @param document what the bytes are, where somebody is likely to ask for it soon */
  constructor(sequence: number, bytes: Buffer | null, document: BsonDocument | null, home: RecordHome) {
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
    const { bytes } = this;
    const document = decodeDocument(bytes);
    if (bytes.length <= LARGE_BYTES) {
      this.#document = document;
      this.#home.decoded(this);
    }
    return document;
  }

  /** To be called when the journal holds the body. */
  stored(): void {
    if (this.#bytes === null || this.#isRetained) return;
    if (this.#bytes.length <= LARGE_BYTES) this.#home.kept(this);
    else {
      this.#bytes = null;
      this.#document = null;
    }
  }

  /** To be called before the journal forgets the body: cursors may still want it. */
  retain(): void {
    this.#bytes ??= this.#home.read(this.sequence);
    this.#isRetained = true;
  }

  /** Frees the body that the journal holds too. */
  release(): void {
    if (!this.#isRetained) this.#bytes = null;
  }

  /** Frees what decoding made; it comes back when needed. */
  forgetDecoded(): void {
    this.#document = null;
  }
}
