/** One version of one stored document. Records never change: an update puts another one in their place, so a cursor that
 *  holds the old one goes on reading what it found. */

import { type BsonDocument, decodeDocument, decodeFields } from './bson.ts';

/** What is decoded of larger bodies is not kept: a few would fill what is there for many. */
const LARGE_BYTES = 32 * 1024;

/** The collection that a record is in. */
export interface RecordHome {
  /** Reads a body back from the journal. */
  read(sequence: number): Buffer;
  /** Told of each record that was decoded: it may be wanted again. */
  used(record: StoredRecord): void;
  /** The journal needs it no longer. */
  letGo(record: StoredRecord): void;
}

export class StoredRecord {
  /** Grows with every insert of the store: the order of insertion. */
  readonly sequence: number;
  /** How many count on this record being the one of its number: whoever finds it again gets the same. */
  holders = 0;
  /** It is among those that were used lately. */
  isRecent = false;
  readonly #home: RecordHome;
  /** null: the journal has it. */
  #bytes: Buffer | null;
  #document: BsonDocument | null = null;
  /** Another record has taken its place in the journal, or none. */
  #isRetained = false;

  constructor(sequence: number, bytes: Buffer | null, home: RecordHome) {
    this.sequence = sequence;
    this.#bytes = bytes;
    this.#home = home;
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
      if (!this.#isRetained) this.#home.used(this);
    }
    return document;
  }

  get isDecoded(): boolean {
    return this.#document !== null;
  }

  /** The document, or only those of its fields: whichever costs less. */
  fields(names: ReadonlySet<string>): BsonDocument {
    return this.#document ?? decodeFields(this.bytes, names);
  }

  /** To be called when the journal holds the body. */
  stored(): void {
    this.#home.letGo(this);
  }

  /** To be called before the journal forgets the body: cursors may still want it. */
  retain(): void {
    this.#bytes ??= this.#home.read(this.sequence);
    this.#isRetained = true;
  }

  /** Frees the body that the journal holds too, and what was decoded of it. */
  release(): void {
    if (!this.#isRetained) this.#bytes = null;
    this.#document = null;
  }
}
