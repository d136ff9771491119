/** Applies an update to a copy of a document. */

import { Timestamp } from 'bson';
import { type BsonDocument, type BsonValue, cloneValue, isDocument } from '../bson.ts';
import { CommandError } from '../errors.ts';
import { compareValues } from '../query/order.ts';
import { isArrayPosition } from '../query/path.ts';
import { typeName } from '../query/value-tests.ts';
import { add, isNumeric, multiply } from './arithmetic.ts';
import { addToSet, popFrom, pullAllFrom, pullFrom, pushTo } from './arrays.ts';
import { assertNoConflicts, type Modification, type Update } from './parse.ts';
import { assertViable, removeAt, setAt, valueAt } from './place.ts';

export interface UpdateContext {
  readonly now: Date;
  /** The document is about to be inserted by an upsert. */
  readonly inserting: boolean;
  /** Which array element the filter matched; null: none. */
  readonly arrayIndex: number | null;
}

/** @returns a new document; the given one stays as it is
 *  @throws CommandError 2, 14, 28, 40 */
export function applyUpdate(document: BsonDocument, update: Update, context: UpdateContext): BsonDocument {
  if (update.kind === 'replacement') return replaceKeepingId(document, update.document);
  const result = copyToChange(document, update.modifications);
  const concrete = update.modifications.flatMap((modification) =>
    isExpandable(modification.path)
      ? expandPath(result, modification.path, update.arrayFilters, context).map((path) => ({ ...modification, path }))
      : modification,
  );
  // Those of the update itself were looked at when it was parsed.
  if (update.modifications.some(({ path }) => isExpandable(path))) assertNoConflicts(concrete.map(({ path }) => path));
  // MongoDB creates fields in the order of their names, whatever the order of the update.
  concrete.sort((a, b) => comparePaths(a.path, b.path));
  for (const modification of concrete) applyModification(result, document, modification, context);
  return result;
}

/** Shares with the document what no modification reaches: nobody changes documents that are stored. */
function copyToChange(document: BsonDocument, modifications: readonly Modification[]): BsonDocument {
  const copy: BsonDocument = new Map(document);
  for (const {
    path: [name = ''],
  } of modifications) {
    const value = document.get(name);
    if (value !== undefined && copy.get(name) === value) copy.set(name, cloneValue(value));
  }
  return copy;
}

function replaceKeepingId(document: BsonDocument, replacement: BsonDocument): BsonDocument {
  const id = replacement.has('_id') ? replacement.get('_id') : document.get('_id');
  const result: BsonDocument = new Map();
  if (id !== undefined) result.set('_id', id);
  for (const [name, value] of replacement) if (name !== '_id') result.set(name, value);
  return result;
}

function isExpandable(path: readonly string[]): boolean {
  return path.some((segment) => segment.startsWith('$'));
}

function comparePaths(left: readonly string[], right: readonly string[]): number {
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const a = left[i] ?? '';
    const b = right[i] ?? '';
    if (a === b) continue;
    if (isArrayPosition(a) && isArrayPosition(b)) return Number(a) - Number(b);
    return a < b ? -1 : 1;
  }
  return left.length - right.length;
}

function expandPath(
  document: BsonDocument,
  path: readonly string[],
  arrayFilters: ReadonlyMap<string, (element: BsonValue) => boolean>,
  context: UpdateContext,
): string[][] {
  let expanded: string[][] = [[]];
  for (const segment of path) {
    if (!segment.startsWith('$')) {
      for (const start of expanded) start.push(segment);
    } else if (segment === '$') {
      if (context.arrayIndex === null) {
        throw new CommandError(2, 'The positional operator did not find the match needed from the query.');
      }
      for (const start of expanded) start.push(String(context.arrayIndex));
    } else {
      const wanted = arrayFilters.get(segment.slice(2, -1)) ?? (() => true);
      expanded = expanded.flatMap((start) => elementPaths(document, start, wanted, path));
    }
  }
  return expanded;
}

function elementPaths(
  document: BsonDocument,
  start: readonly string[],
  wanted: (element: BsonValue) => boolean,
  path: readonly string[],
): string[][] {
  const array = valueAt(document, start);
  if (array === undefined) {
    throw new CommandError(
      2,
      `The path '${start.join('.')}' must exist in the document in order to apply array updates.`,
    );
  }
  if (!Array.isArray(array)) {
    throw new CommandError(2, `Cannot apply array updates to the path '${path.join('.')}': it leads to no array`);
  }
  return array.flatMap((element, index) => (wanted(element) ? [[...start, String(index)]] : []));
}

function applyModification(
  document: BsonDocument,
  original: BsonDocument,
  modification: Modification,
  context: UpdateContext,
): void {
  const { operator, path, argument } = modification;
  const current = valueAt(document, path);
  const name = path.join('.');
  switch (operator) {
    case '$set':
      setAt(document, path, cloneValue(argument));
      return;
    case '$setOnInsert':
      if (context.inserting) setAt(document, path, cloneValue(argument));
      return;
    case '$unset':
      removeAt(document, path);
      return;
    case '$inc':
    case '$mul':
      setAt(document, path, computed(operator, name, current, argument));
      return;
    case '$min':
    case '$max': {
      const order = current === undefined ? 0 : compareValues(argument, current);
      const wins = current === undefined || (operator === '$min' ? order < 0 : order > 0);
      if (wins) setAt(document, path, cloneValue(argument));
      return;
    }
    case '$currentDate':
      setAt(document, path, currentDate(argument, context.now));
      return;
    case '$rename':
      rename(document, original, modification);
      return;
    case '$push':
      setAt(document, path, pushTo(arrayOrNew(current, name), argument));
      return;
    case '$addToSet':
      setAt(document, path, addToSet(arrayOrNew(current, name), argument));
      return;
    case '$pop':
    case '$pull':
    case '$pullAll':
      assertViable(document, path);
      if (current !== undefined) setAt(document, path, REMOVERS[operator](existingArray(current, operator), argument));
  }
}

const REMOVERS = { $pop: popFrom, $pull: pullFrom, $pullAll: pullAllFrom } as const;

function arrayOrNew(current: BsonValue | undefined, name: string): BsonValue[] {
  if (current === undefined) return [];
  if (Array.isArray(current)) return current;
  throw new CommandError(2, `The field '${name}' must be an array but is of type ${typeName(current)}`);
}

function existingArray(current: BsonValue, operator: keyof typeof REMOVERS): BsonValue[] {
  if (Array.isArray(current)) return current;
  throw new CommandError(operator === '$pop' ? 14 : 2, `Cannot apply ${operator} to a non-array value`);
}

function computed(
  operator: '$inc' | '$mul',
  name: string,
  current: BsonValue | undefined,
  argument: BsonValue,
): BsonValue {
  const verb = operator === '$inc' ? 'increment' : 'multiply';
  if (!isNumeric(argument)) throw new CommandError(14, `Cannot ${verb} with non-numeric argument: ${name}`);
  if (current === undefined) return operator === '$inc' ? argument : multiply(argument, 0);
  if (!isNumeric(current)) {
    throw new CommandError(
      14,
      `Cannot apply ${operator} to a value of non-numeric type: ${name} is ${typeName(current)}`,
    );
  }
  return operator === '$inc' ? add(current, argument) : multiply(current, argument);
}

function currentDate(argument: BsonValue, now: Date): BsonValue {
  const type = isDocument(argument) ? argument.get('$type') : argument;
  if (typeof type === 'boolean' || type === 'date') return now;
  if (type === 'timestamp') return new Timestamp({ t: Math.floor(now.getTime() / 1000), i: 1 });
  throw new CommandError(2, "$currentDate takes true, { $type: 'date' } or { $type: 'timestamp' }");
}

/** One half takes the value away, the other one puts it to its new place. */
function rename(document: BsonDocument, original: BsonDocument, { path, source }: Modification): void {
  const from = source ?? path;
  const value = valueAt(original, from);
  if (value === undefined) {
    assertViable(original, from);
    return;
  }
  if (Array.isArray(valueAt(original, from.slice(0, -1)))) {
    throw new CommandError(2, `The source field of $rename cannot be an array element: ${from.join('.')}`);
  }
  if (source) setAt(document, path, cloneValue(value));
  else removeAt(document, path);
}
