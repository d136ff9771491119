/** A command's arguments, read with the checks MongoDB makes. */

import { type BsonDocument, type BsonValue, encodeDocument, isDocument } from '../bson.ts';
import { CommandError } from '../errors.ts';
import { integerOf, typeName } from '../query/value-tests.ts';
import { NO_SEQUENCES, type Sequences } from '../wire.ts';

export class Arguments {
  readonly #fields: BsonDocument;
  readonly #owner: string;
  readonly #sequences: Sequences;

  /** @param owner for messages: the command, or a part of it such as `update.updates`
   *  @param sequences fields that came apart */
  constructor(fields: BsonDocument, owner: string, sequences = NO_SEQUENCES) {
    this.#fields = fields;
    this.#owner = owner;
    this.#sequences = sequences;
  }

  raw(name: string): BsonValue | undefined {
    return this.#fields.get(name);
  }

  /** @throws CommandError 14 */
  string(name: string): string {
    const value = this.#fields.get(name);
    if (typeof value !== 'string') throw this.#wrongType(name, 'string', value);
    return value;
  }

  /** Absent and null: empty. @throws CommandError 14 */
  document(name: string): BsonDocument {
    const value = this.#fields.get(name) ?? null;
    if (value === null) return new Map();
    if (!isDocument(value)) throw this.#wrongType(name, 'object', value);
    return value;
  }

  /** The same in their bytes: as they came, where they came in a sequence of their own. @throws CommandError 14 */
  bodies(name: string): readonly Buffer[] {
    return this.#sequences.get(name) ?? this.documents(name).map(encodeDocument);
  }

  /** Absent: empty. @throws CommandError 14 */
  documents(name: string): BsonDocument[] {
    const value = this.#fields.get(name) ?? [];
    if (!Array.isArray(value)) throw this.#wrongType(name, 'array', value);
    return value.map((item) => {
      if (!isDocument(item)) throw this.#wrongType(name, 'array of objects', item);
      return item;
    });
  }

  /** Absent: the fallback. @throws CommandError 2, 14 */
  count(name: string, fallback: number): number {
    const value = this.#fields.get(name);
    if (value === undefined || value === null) return fallback;
    const number = integerOf(value);
    if (number === null) throw this.#wrongType(name, 'integer', value);
    if (number < 0) throw new CommandError(2, `BSON field '${this.#owner}.${name}' must not be negative`);
    return number;
  }

  /** Absent: the fallback. Numbers count as booleans, as drivers send them. @throws CommandError 14 */
  flag(name: string, fallback = false): boolean {
    const value = this.#fields.get(name);
    if (value === undefined || value === null) return fallback;
    if (typeof value === 'boolean') return value;
    const number = integerOf(value);
    if (number === null) throw this.#wrongType(name, 'bool', value);
    return number !== 0;
  }

  has(name: string): boolean {
    return this.#fields.has(name) || this.#sequences.has(name);
  }

  #wrongType(name: string, wanted: string, value: BsonValue | undefined): CommandError {
    const type = value === undefined ? 'missing' : typeName(value);
    return new CommandError(
      14,
      `BSON field '${this.#owner}.${name}' is the wrong type '${type}', expected type '${wanted}'`,
    );
  }
}
