/** A place in a document by its path without wildcards: reading, writing, removing. */

import { type BsonDocument, type BsonValue, isDocument } from '../bson.ts';
import { CommandError } from '../errors.ts';
import { isArrayPosition } from '../query/path.ts';

const MAX_PADDING = 1_500_000;

export function valueAt(document: BsonDocument, path: readonly string[]): BsonValue | undefined {
  let value: BsonValue | undefined = document;
  for (const segment of path) value = stepInto(value, segment);
  return value;
}

function stepInto(value: BsonValue | undefined, segment: string): BsonValue | undefined {
  if (isDocument(value)) return value.get(segment);
  return Array.isArray(value) && isArrayPosition(segment) ? value[Number(segment)] : undefined;
}

/** @throws CommandError 28 when what is on the way can have no such field, as a text or a number */
export function assertViable(document: BsonDocument, path: readonly string[]): void {
  let place: BsonValue | undefined = document;
  for (const segment of path) {
    if (place === undefined) return;
    if (!isDocument(place) && !(Array.isArray(place) && isArrayPosition(segment))) throw notViable(segment, path);
    place = stepInto(place, segment);
  }
}

function notViable(segment: string, path: readonly string[]): CommandError {
  return new CommandError(
    28,
    `Cannot create field '${segment}' of the path '${path.join('.')}': it is not in a document`,
  );
}

/** Makes the documents on the way. @throws CommandError 28 when something else is on the way */
export function setAt(document: BsonDocument, path: readonly string[], value: BsonValue): void {
  let place: BsonValue = document;
  for (const [position, segment] of path.entries()) {
    const last = position === path.length - 1;
    const existing: BsonValue | undefined = stepInto(place, segment);
    const next: BsonValue = last ? value : (existing ?? (existing === null ? null : new Map()));
    if (last || existing === undefined) put(place, segment, next, path);
    place = next;
  }
}

function put(place: BsonValue, segment: string, value: BsonValue, path: readonly string[]): void {
  if (isDocument(place)) {
    place.set(segment, value);
    return;
  }
  if (!Array.isArray(place) || !isArrayPosition(segment)) {
    throw notViable(segment, path);
  }
  const index = Number(segment);
  if (index > place.length + MAX_PADDING) throw new CommandError(2, `can't backfill more than ${MAX_PADDING} elements`);
  while (place.length < index) place.push(null);
  place[index] = value;
}

/** An array element becomes null: the others keep their places. */
export function removeAt(document: BsonDocument, path: readonly string[]): void {
  const parent = valueAt(document, path.slice(0, -1));
  const last = path.at(-1) ?? '';
  if (isDocument(parent)) parent.delete(last);
  else if (Array.isArray(parent) && isArrayPosition(last) && Number(last) < parent.length) parent[Number(last)] = null;
}
