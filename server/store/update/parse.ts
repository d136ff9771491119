/** The update of a command, read and checked once: a replacement, or modifiers with their paths. */

import { type BsonDocument, type BsonValue, isDocument } from '../bson.ts';
import { CommandError, outOfScope } from '../errors.ts';
import { compileFilter, type Matcher } from '../query/matcher.ts';
import { isListed, LOGICAL_OPERATORS, UPDATE_OPERATORS, type UpdateOperator } from '../scope.ts';

export interface Modification {
  readonly operator: UpdateOperator;
  /** May hold `$`, `$[]` and `$[name]` until it is applied to a document. */
  readonly path: readonly string[];
  readonly argument: BsonValue;
  /** The second half of a `$rename`, which puts the value to its new place: where the value comes from. */
  readonly source?: readonly string[];
}

export type Update =
  | { readonly kind: 'replacement'; readonly document: BsonDocument }
  | {
      readonly kind: 'modifiers';
      readonly modifications: readonly Modification[];
      /** Some path holds `$`, for the element that the filter matched. */
      readonly isPositional: boolean;
      /** Tests of array elements by the name used in `$[name]`. */
      readonly arrayFilters: ReadonlyMap<string, (element: BsonValue) => boolean>;
    };

/** @throws CommandError 9, 40, 52, 56, 115 */
export function parseUpdate(update: BsonValue | undefined, arrayFilters: readonly BsonDocument[] = []): Update {
  if (Array.isArray(update)) throw outOfScope('update by aggregation pipeline');
  if (!isDocument(update)) throw new CommandError(9, 'Update argument must be either an object or an array');
  const [first = ''] = update.keys();
  if (!first.startsWith('$')) return parseReplacement(update, arrayFilters);
  const modifications = [...update].flatMap(([operator, fields]) => parseOperator(operator, fields));
  assertNoConflicts(modifications.map(({ path }) => path));
  const filters = parseArrayFilters(arrayFilters);
  assertFiltersUsed(modifications, filters);
  const isPositional = modifications.some(({ path }) => path.includes('$'));
  return { kind: 'modifiers', modifications, isPositional, arrayFilters: filters };
}

function parseReplacement(document: BsonDocument, arrayFilters: readonly BsonDocument[]): Update {
  if (arrayFilters.length > 0) throw new CommandError(9, 'Cannot specify arrayFilters for replacement-style updates');
  for (const name of document.keys()) if (name.startsWith('$')) throw dollarField(name);
  return { kind: 'replacement', document };
}

function parseOperator(operator: string, fields: BsonValue): Modification[] {
  if (!operator.startsWith('$')) throw new CommandError(9, `Unknown modifier: ${operator}`);
  if (!isListed(UPDATE_OPERATORS, operator)) throw outOfScope(`update operator ${operator}`);
  if (!isDocument(fields))
    throw new CommandError(9, `Modifiers operate on fields but ${operator} has no document of them`);
  return [...fields].flatMap(([name, argument]): Modification[] => {
    const modification = { operator, path: parsePath(name), argument };
    if (operator !== '$rename') return [modification];
    // The target is written too; it takes part in the search for conflicts.
    if (typeof argument !== 'string') throw new CommandError(2, `The 'to' field for $rename must be a string: ${name}`);
    const target = parsePath(argument);
    if ([...modification.path, ...target].some((segment) => segment.startsWith('$'))) {
      throw new CommandError(2, `The fields of $rename may not be dynamic: ${name}`);
    }
    assertNoConflicts([modification.path, target]);
    return [modification, { operator: '$rename', path: target, argument, source: modification.path }];
  });
}

const positional = /^\$(\[([a-z][A-Za-z0-9]*)?\])?$/;

function parsePath(name: string): string[] {
  const path = name.split('.');
  if (name === '' || path.includes('')) {
    throw new CommandError(56, `The update path '${name}' contains an empty field name, which is not allowed`);
  }
  for (const [position, segment] of path.entries()) {
    if (segment.startsWith('$') && !(positional.test(segment) && position > 0)) throw dollarField(name);
  }
  if (path.filter((segment) => segment === '$').length > 1) {
    throw new CommandError(2, `Too many positional (i.e. '$') elements found in path '${name}'`);
  }
  return path;
}

function dollarField(name: string): CommandError {
  return new CommandError(52, `The dollar ($) prefixed field '${name}' is not valid for storage in an update`);
}

/** @throws CommandError 40 when one path leads to or through another */
export function assertNoConflicts(paths: readonly (readonly string[])[]): void {
  if (paths.length < 2) return;
  const names = paths.map((path) => path.join('.')).sort();
  const seen = new Set<string>();
  for (const name of names) {
    let prefix = '';
    for (const segment of name.split('.')) {
      prefix = prefix === '' ? segment : `${prefix}.${segment}`;
      if (seen.has(prefix)) {
        throw new CommandError(40, `Updating the path '${name}' would create a conflict at '${prefix}'`);
      }
    }
    seen.add(name);
  }
}

function parseArrayFilters(filters: readonly BsonDocument[]): Map<string, (element: BsonValue) => boolean> {
  const byName = new Map<string, (element: BsonValue) => boolean>();
  for (const filter of filters) {
    const names = new Set(topLevelNames(filter));
    const [name = ''] = names;
    if (names.size !== 1) throw new CommandError(9, 'Each array filter must be about exactly one top-level field name');
    if (!/^[a-z][A-Za-z0-9]*$/.test(name)) {
      throw new CommandError(
        2,
        `The top-level field name of an array filter must be alphanumeric and begin with a lowercase letter: ${name}`,
      );
    }
    if (byName.has(name))
      throw new CommandError(9, `Found multiple array filters with the same top-level field name ${name}`);
    const matches: Matcher = compileFilter(filter);
    byName.set(name, (element) => matches(new Map([[name, element]])));
  }
  return byName;
}

function topLevelNames(filter: BsonDocument): string[] {
  return [...filter].flatMap(([name, value]) => {
    if (!isListed(LOGICAL_OPERATORS, name)) return [name.split('.')[0] ?? ''];
    return Array.isArray(value) ? value.filter(isDocument).flatMap(topLevelNames) : [];
  });
}

function assertFiltersUsed(
  modifications: readonly Modification[],
  filters: ReadonlyMap<string, (element: BsonValue) => boolean>,
): void {
  const used = new Set<string>();
  for (const { path } of modifications) {
    for (const segment of path) {
      const name = positional.exec(segment)?.[2];
      if (name === undefined) continue;
      if (!filters.has(name))
        throw new CommandError(2, `No array filter found for identifier '${name}' in path '${path.join('.')}'`);
      used.add(name);
    }
  }
  for (const name of filters.keys()) {
    if (!used.has(name))
      throw new CommandError(9, `The array filter for identifier '${name}' was not used in the update`);
  }
}
