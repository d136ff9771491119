/** The keys one document has in an index, and the order a sort gives it: the same thing. */

import { type BsonDocument, type BsonValue, isDocument } from './bson.ts';
import { CommandError, outOfScope } from './errors.ts';
import { encodeKey, invertKey, RANK } from './query/order.ts';
import { isArrayPosition } from './query/path.ts';

export interface KeyField {
  readonly name: string;
  readonly path: readonly string[];
  readonly direction: 1 | -1;
}

export interface DocumentKeys {
  /** Without repetitions. */
  readonly keys: readonly string[];
  /** An array was on the way: one document may have several keys. */
  readonly multikey: boolean;
  /** Names of the fields that an array was on the way to. */
  readonly arrayFields: readonly string[];
  /** At least one of the fields is there. */
  readonly present: boolean;
}

type Part =
  | { readonly value: BsonValue | undefined }
  | { readonly array: BsonValue[]; readonly rest: readonly string[] };

/** @throws CommandError 171 when two fields run through different arrays: their combinations would be an index entry each */
export function documentKeys(document: BsonDocument, fields: readonly KeyField[]): DocumentKeys {
  const parts = fields.map((field) => resolvePart(document, field.path));
  if (!parts.some((part) => 'array' in part)) {
    const present = parts.some((part) => 'array' in part || part.value !== undefined);
    return { keys: [combine(parts, fields)], multikey: false, arrayFields: [], present };
  }
  const arrayFields = fields.flatMap(({ name }, at) => ('array' in (parts[at] ?? {}) ? name : []));
  const arrays = new Set(parts.flatMap((part) => ('array' in part ? [part.array] : [])));
  if (arrays.size > 1) throw new CommandError(171, 'cannot index parallel arrays');
  const [array = []] = arrays;
  const rest = { multikey: true, arrayFields, present: true };
  if (array.length === 0) return { keys: [combine(parts, fields)], ...rest };
  const keys = new Set<string>();
  for (const element of array) {
    for (const key of elementKeys(parts, fields, element)) keys.add(key);
  }
  return { keys: [...keys], ...rest };
}

function resolvePart(start: BsonValue | undefined, path: readonly string[]): Part {
  let value = start;
  let at = 0;
  while (at < path.length && isDocument(value)) value = value.get(path[at++] ?? '');
  if (Array.isArray(value)) return { array: value, rest: path.slice(at) };
  return { value: at === path.length ? value : undefined };
}

/** One element of the array in the place of the array. Arrays deeper inside make several keys of it. */
function elementKeys(parts: readonly Part[], fields: readonly KeyField[], element: BsonValue): readonly string[] {
  const narrowed = parts.map((part): Part => {
    if (!('array' in part)) return part;
    // An array directly in an array is a value of its own; only the path below documents goes on.
    return part.rest.length === 0
      ? { value: element }
      : isDocument(element)
        ? resolvePart(element, part.rest)
        : { value: undefined };
  });
  const inner = new Set(narrowed.flatMap((part) => ('array' in part ? [part.array] : [])));
  if (inner.size === 0) return [combine(narrowed, fields)];
  if (inner.size > 1) throw new CommandError(171, 'cannot index parallel arrays');
  const [array = []] = inner;
  if (array.length === 0) return [combine(narrowed, fields)];
  return array.flatMap((value) => elementKeys(narrowed, fields, value));
}

/** Arrays among the parts are empty: one that is the value has a key of its own, behind one there is nothing. */
function combine(parts: readonly Part[], fields: readonly KeyField[]): string {
  let key = '';
  for (const [index, part] of parts.entries()) {
    const isEmptyArray = 'array' in part && part.rest.length === 0;
    const encoded = isEmptyArray ? RANK.emptyArray : encodeKey('array' in part ? null : (part.value ?? null));
    key += fields[index]?.direction === -1 ? invertKey(encoded) : encoded;
  }
  return key;
}

/** Where a sort puts the document: at the least of its keys, as an index would. */
export function sortKeyOf(document: BsonDocument, pattern: readonly KeyField[]): string {
  const { keys } = documentKeys(document, pattern);
  let least = keys[0] ?? '';
  for (const key of keys) if (key < least) least = key;
  return least;
}

/** @param pattern field names to 1 or -1, as in an index or a sort
 *  @throws CommandError 115 for other kinds of index, 2 for nonsense */
export function parseKeyPattern(pattern: BsonDocument, purpose: 'index' | 'sort'): KeyField[] {
  return [...pattern].map(([name, value]) => {
    if (typeof value === 'string') throw outOfScope(`${purpose} of kind ${value}`);
    if (isDocument(value)) throw outOfScope(`${purpose} by ${[...value.keys()].join(', ')}`);
    const direction = Number(value);
    const valid =
      purpose === 'sort' ? direction === 1 || direction === -1 : direction !== 0 && !Number.isNaN(direction);
    if (!valid) {
      if (purpose === 'sort') {
        throw new CommandError(2, '$sort key ordering must be 1 (for ascending) or -1 (for descending)');
      }
      throw new CommandError(67, 'Values in the index key pattern must be numbers other than 0');
    }
    const path = name.split('.');
    if (path.some((segment) => segment === '$**')) throw outOfScope(`${purpose} over the path ${name}`);
    if (name.startsWith('$') || path.includes('')) {
      throw new CommandError(
        purpose === 'index' ? 67 : 2,
        'Field names in a key pattern must not be empty or start with $',
      );
    }
    if (path.some(isArrayPosition)) throw outOfScope(`${purpose} over a position in an array`);
    return { name, path, direction: direction > 0 ? 1 : -1 };
  });
}
