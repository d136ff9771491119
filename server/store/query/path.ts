/** What a dotted path finds in a document, arrays on the way included. */

import { type BsonDocument, type BsonValue, isDocument } from '../bson.ts';

/** One thing a path leads to. */
export interface Found {
  /** undefined: the path ends nowhere. */
  readonly value: BsonValue | undefined;
  /** Position in the first array on the way; null: no array was crossed. Positional updates need it. */
  readonly arrayIndex: number | null;
}

const arrayPosition = /^(0|[1-9]\d*)$/;

export function isArrayPosition(segment: string): boolean {
  return arrayPosition.test(segment);
}

/** Visits what the path finds, in document order, until `visit` returns true.
 *  @param leafArrays `elements`: an array at the end counts as each of its elements and as a whole; `whole`: only as a
 *  whole, as `$size`, `$all` and `$elemMatch` want it
 *  @returns whether a visit returned true */
export function findAtPath(
  document: BsonDocument,
  path: readonly string[],
  leafArrays: 'elements' | 'whole',
  visit: (found: Found) => boolean,
): boolean {
  return walk(document, path, 0, leafArrays, null, visit);
}

function walk(
  start: BsonDocument,
  path: readonly string[],
  from: number,
  leafArrays: 'elements' | 'whole',
  outerIndex: number | null,
  visit: (found: Found) => boolean,
): boolean {
  let value: BsonValue | undefined = start;
  let at = from;
  while (at < path.length && isDocument(value)) value = value.get(path[at++] ?? '');
  if (!Array.isArray(value)) {
    return visit({ value: at === path.length ? value : undefined, arrayIndex: outerIndex });
  }
  return at === path.length
    ? visitLeafArray(value, leafArrays, outerIndex, visit)
    : walkElements(value, path, at, leafArrays, outerIndex, visit);
}

function visitLeafArray(
  array: BsonValue[],
  leafArrays: 'elements' | 'whole',
  outerIndex: number | null,
  visit: (found: Found) => boolean,
): boolean {
  if (leafArrays === 'elements') {
    for (const [index, value] of array.entries()) {
      if (visit({ value, arrayIndex: outerIndex ?? index })) return true;
    }
  }
  return visit({ value: array, arrayIndex: outerIndex });
}

/** Elements that are documents take the rest of the path; a number in the path also means a position. Other elements lead
 *  nowhere, not even to a missing value. */
function walkElements(
  array: BsonValue[],
  path: readonly string[],
  at: number,
  leafArrays: 'elements' | 'whole',
  outerIndex: number | null,
  visit: (found: Found) => boolean,
): boolean {
  const segment = path[at] ?? '';
  const position = isArrayPosition(segment) ? Number(segment) : -1;
  for (const [index, value] of array.entries()) {
    const arrayIndex = outerIndex ?? index;
    if (isDocument(value) && walk(value, path, at, leafArrays, arrayIndex, visit)) return true;
    if (index !== position) continue;
    if (at + 1 === path.length) {
      // A position at the end leads to the element as a whole, even if it is an array.
      if (visit({ value, arrayIndex })) return true;
    } else if (isDocument(value)) {
      if (walk(value, path, at + 1, leafArrays, arrayIndex, visit)) return true;
    } else if (Array.isArray(value)) {
      if (walkElements(value, path, at + 1, leafArrays, arrayIndex, visit)) return true;
    }
  }
  return false;
}
