/** An index of a collection: what was asked for, and the keys of the documents in it. */

import { type BsonDocument, isDocument, toDocument } from './bson.ts';
import { CommandError, outOfScope } from './errors.ts';
import { documentKeys, type KeyField, parseKeyPattern } from './index-keys.ts';
import type { PagePool } from './page-pool.ts';
import { compileFilter, type Matcher } from './query/matcher.ts';
import { compareValues, encodeKey } from './query/order.ts';
import { integerOf } from './query/value-tests.ts';
import { INDEX_OPTIONS, isListed } from './scope.ts';
import { SortedKeys } from './sorted-keys.ts';

/** The field is there, and where a key is given it has this value. */
export interface CoverCondition {
  readonly name: string;
  readonly key: string | null;
}

export class CollectionIndex {
  readonly name: string;
  /** As `listIndexes` shows it. */
  readonly specification: BsonDocument;
  readonly pattern: BsonDocument;
  readonly fields: readonly KeyField[];
  readonly unique: boolean;
  readonly sparse: boolean;
  readonly partialFilter: BsonDocument | null;
  readonly expireAfterSeconds: number | null;
  /** What it takes for the index to cover a document, where that is as simple as this; null: only `keysOf` can tell. */
  readonly conditions: readonly CoverCondition[] | null;
  keys = new SortedKeys();
  readonly #covers: Matcher | null;
  /** Some document has or had several keys. */
  multikey = false;
  /** The fields that several keys come from. */
  readonly arrayFields = new Set<string>();

  /** @throws CommandError for an index outside the scope or one that makes no sense */
  constructor(specification: BsonDocument) {
    for (const option of specification.keys()) {
      if (!isListed(INDEX_OPTIONS, option)) throw outOfScope(`index option ${option}`);
    }
    const pattern = specification.get('key');
    const name = specification.get('name');
    if (!isDocument(pattern) || pattern.size === 0)
      throw new CommandError(67, 'an index needs a key with at least one field');
    if (typeof name !== 'string' || name === '') throw new CommandError(9, 'an index needs a name');
    this.name = name;
    this.pattern = pattern;
    this.fields = parseKeyPattern(pattern, 'index');
    this.unique = name === '_id_' || isOn(specification, 'unique');
    this.sparse = isOn(specification, 'sparse');
    this.partialFilter = partialFilterOf(specification);
    this.#covers = this.partialFilter && compileFilter(this.partialFilter);
    this.conditions = conditionsOf(this.partialFilter);
    this.expireAfterSeconds = expiryOf(specification, this.fields);
    this.specification = storedSpecification(specification, pattern, name);
  }

  static forId(): CollectionIndex {
    return new CollectionIndex(toDocument({ v: 2, key: { _id: 1 }, name: '_id_' }));
  }

  /** @returns the document's keys here; none when the index does not cover it
   *  @throws CommandError 171 */
  keysOf(document: BsonDocument): readonly string[] {
    if (this.#covers && !this.#covers(document)) return [];
    const { keys, multikey, arrayFields, present } = documentKeys(document, this.fields);
    if (this.sparse && !present) return [];
    if (multikey) this.multikey = true;
    for (const name of arrayFields) this.arrayFields.add(name);
    return keys;
  }

  /** An array is on the way to the field. */
  noteArray(name: string): void {
    this.multikey = true;
    this.arrayFields.add(name);
  }

  /** Keeps its keys in pages of the pool. To be called before there are any. */
  keepIn(pages: PagePool): void {
    this.keys = new SortedKeys(pages);
  }

  /** The message names the fields and not their values: it ends up in logs, and values can be names or addresses. */
  duplicateOf(document: BsonDocument, namespace: string): CommandError {
    const value: BsonDocument = new Map();
    for (const { name, path } of this.fields) value.set(name, plainValueAt(document, path));
    const fields = this.fields.map(({ name }) => name).join(', ');
    return new CommandError(
      11000,
      `E11000 duplicate key error collection: ${namespace} index: ${this.name} dup key: { ${fields} }`,
      { keyPattern: this.pattern, keyValue: value },
    );
  }

  /** Whether `other` asks for the same thing. */
  isSameAs(other: CollectionIndex): boolean {
    return compareValues(withoutVersion(this.specification), withoutVersion(other.specification)) === 0;
  }
}

function isOn(specification: BsonDocument, option: string): boolean {
  const value = specification.get(option);
  return value === true || (value !== undefined && value !== false && integerOf(value) !== 0 && value !== null);
}

function partialFilterOf(specification: BsonDocument): BsonDocument | null {
  const filter = specification.get('partialFilterExpression');
  if (filter === undefined) return null;
  if (!isDocument(filter)) throw new CommandError(67, 'partialFilterExpression must be an object');
  if (isOn(specification, 'sparse'))
    throw new CommandError(67, 'cannot mix partialFilterExpression and sparse options');
  return filter;
}

function conditionsOf(filter: BsonDocument | null): readonly CoverCondition[] | null {
  const conditions: CoverCondition[] = [];
  for (const [name, wanted] of filter ?? []) {
    const isPlain = ['string', 'number', 'boolean'].includes(typeof wanted);
    const isThere = isDocument(wanted) && wanted.size === 1 && wanted.get('$exists') === true;
    if (name.startsWith('$') || !(isPlain || isThere)) return null;
    conditions.push({ name, key: isPlain ? encodeKey(wanted) : null });
  }
  return conditions;
}

function expiryOf(specification: BsonDocument, fields: readonly KeyField[]): number | null {
  const value = specification.get('expireAfterSeconds');
  if (value === undefined) return null;
  const seconds = integerOf(value);
  if (seconds === null || seconds < 0 || seconds > 0x7fffffff) {
    throw new CommandError(67, 'expireAfterSeconds must be a whole number of seconds from 0 to 2147483647');
  }
  if (fields.length !== 1 || fields[0]?.name === '_id') {
    throw new CommandError(67, 'TTL indexes are single-field indexes, not on _id');
  }
  return seconds;
}

function storedSpecification(specification: BsonDocument, pattern: BsonDocument, name: string): BsonDocument {
  const stored: BsonDocument = new Map();
  stored.set('v', 2).set('key', pattern).set('name', name);
  for (const option of ['unique', 'sparse']) if (isOn(specification, option)) stored.set(option, true);
  for (const option of ['partialFilterExpression', 'expireAfterSeconds']) {
    const value = specification.get(option);
    if (value !== undefined) stored.set(option, value);
  }
  return stored;
}

function withoutVersion(specification: BsonDocument): BsonDocument {
  return new Map([...specification].filter(([option]) => option !== 'v').sort(([a], [b]) => (a < b ? -1 : 1)));
}

function plainValueAt(document: BsonDocument, path: readonly string[]) {
  let value = document.get(path[0] ?? '');
  for (const segment of path.slice(1)) value = isDocument(value) ? value.get(segment) : undefined;
  return value ?? null;
}
