/** Which fields of a document go into the reply. */

import { type BsonDocument, type BsonValue, isDocument } from '../bson.ts';
import { CommandError, outOfScope } from '../errors.ts';
import { isListed, PROJECTION_OPERATORS } from '../scope.ts';
import { compileFilter, compileValueMatcher, isOperatorDocument } from './matcher.ts';
import { integerOf } from './value-tests.ts';

export type Projection = (document: BsonDocument) => BsonDocument;

/** Fields to keep or to drop, nested as the paths are; `true` ends a path. */
interface Tree extends Map<string, Tree | true> {}

/** What happens to one array after the choice of fields. */
interface ArrayRule {
  readonly path: readonly string[];
  /** undefined: the field goes. */
  readonly change: (value: BsonValue | undefined) => BsonValue | undefined;
}

/** @throws CommandError 2 or 9 for nonsense, 115 outside the scope */
export function compileProjection(specification: BsonDocument): Projection {
  const tree: Tree = new Map();
  const rules: ArrayRule[] = [];
  let mode: 'include' | 'exclude' | null = null;
  let elemMatch = false;
  let includeId = true;
  for (const [name, value] of flatten(specification)) {
    if (name.split('.').some((segment) => segment === '' || segment.startsWith('$')))
      throw outOfScope(`projection path ${name}`);
    if (isDocument(value)) {
      rules.push(compileRule(name, value));
      elemMatch ||= value.has('$elemMatch');
      if (value.has('$elemMatch')) insert(tree, name.split('.'));
      continue;
    }
    const keep = isKept(name, value);
    if (name === '_id') {
      includeId = keep;
      if (specification.size === 1) mode = keep ? 'include' : 'exclude';
      continue;
    }
    const asked = keep ? 'include' : 'exclude';
    if (mode !== null && mode !== asked)
      throw new CommandError(
        2,
        `Cannot do ${asked === 'include' ? 'inclusion' : 'exclusion'} on field ${name} in ${mode === 'include' ? 'inclusion' : 'exclusion'} projection`,
      );
    mode = asked;
    insert(tree, name.split('.'));
  }
  const including = mode === 'include' || (mode === null && elemMatch);
  if (mode === 'exclude' && elemMatch) throw outOfScope('projection of $elemMatch together with excluded fields');
  // A slice of a field that is not named otherwise keeps the field.
  if (including) for (const { path } of rules) insert(tree, [...path]);
  if (including === includeId) insert(tree, ['_id']);
  return (document) => {
    const chosen = including ? include(document, tree) : exclude(document, tree);
    return rules.reduce((result, rule) => changeAt(result, rule.path, rule.change), chosen);
  };
}

/** Nested documents are another way to write dotted paths. */
function flatten(specification: BsonDocument, prefix = ''): [string, BsonValue][] {
  return [...specification].flatMap(([name, value]): [string, BsonValue][] => {
    const nested = isDocument(value) && value.size > 0 && !isOperatorDocument(value);
    return nested ? flatten(value, `${prefix}${name}.`) : [[prefix + name, value]];
  });
}

function isKept(name: string, value: BsonValue): boolean {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string' || Array.isArray(value) || value === null) {
    throw outOfScope(`computed projection of ${name}`);
  }
  return integerOf(value) !== 0;
}

function insert(tree: Tree, path: string[]): void {
  const [first, ...rest] = path;
  if (first === undefined) return;
  const existing = tree.get(first);
  if (existing === true) return;
  if (rest.length === 0) {
    tree.set(first, true);
    return;
  }
  const inner: Tree = existing ?? new Map();
  tree.set(first, inner);
  insert(inner, rest);
}

function include(document: BsonDocument, tree: Tree): BsonDocument {
  const result: BsonDocument = new Map();
  for (const [name, value] of document) {
    const branch = tree.get(name);
    if (branch === undefined) continue;
    const kept = branch === true ? value : includeBelow(value, branch);
    if (kept !== undefined) result.set(name, kept);
  }
  return result;
}

function includeBelow(value: BsonValue, tree: Tree): BsonValue | undefined {
  if (isDocument(value)) return include(value, tree);
  if (!Array.isArray(value)) return undefined;
  return value.flatMap((item): BsonValue[] => {
    const kept = includeBelow(item, tree);
    return kept === undefined ? [] : [kept];
  });
}

function exclude(document: BsonDocument, tree: Tree): BsonDocument {
  const result: BsonDocument = new Map();
  for (const [name, value] of document) {
    const branch = tree.get(name);
    if (branch === true) continue;
    result.set(name, branch === undefined ? value : excludeBelow(value, branch));
  }
  return result;
}

function excludeBelow(value: BsonValue, tree: Tree): BsonValue {
  if (isDocument(value)) return exclude(value, tree);
  return Array.isArray(value) ? value.map((item) => excludeBelow(item, tree)) : value;
}

function compileRule(name: string, value: BsonDocument): ArrayRule {
  const [operator = ''] = value.keys();
  if (!isListed(PROJECTION_OPERATORS, operator))
    throw outOfScope(`projection ${operator || 'by an empty document'} of ${name}`);
  const operand = value.get(operator) ?? null;
  const path = name.split('.');
  if (operator === '$slice') return { path, change: compileSlice(operand) };
  if (path.length > 1) throw new CommandError(2, 'Cannot use $elemMatch projection on a nested field');
  if (!isDocument(operand)) throw new CommandError(2, 'elemMatch: Invalid argument, object required');
  const onValues = isOperatorDocument(operand) && !['$and', '$or', '$nor'].includes(operand.keys().next().value ?? '');
  const filter = onValues ? null : compileFilter(operand);
  const matches = filter ? (item: BsonValue) => isDocument(item) && filter(item) : compileValueMatcher(operand);
  return {
    path,
    change(array) {
      const found = Array.isArray(array) ? array.findIndex(matches) : -1;
      return Array.isArray(array) && found >= 0 ? [array[found] ?? null] : undefined;
    },
  };
}

function compileSlice(operand: BsonValue): ArrayRule['change'] {
  const [first, count] = (Array.isArray(operand) ? operand : [operand]).map((value) => integerOf(value));
  const valid = Number.isInteger(first) && (Array.isArray(operand) ? operand.length === 2 && Number(count) > 0 : true);
  if (!valid) throw new CommandError(2, '$slice takes a number, or a number to skip and a positive number to take');
  const start = Number(first);
  return (value) => {
    if (!Array.isArray(value)) return value;
    if (count === undefined) return start >= 0 ? value.slice(0, start) : value.slice(start);
    const from = start >= 0 ? start : Math.max(0, value.length + start);
    return value.slice(from, from + Number(count));
  };
}

function changeAt(document: BsonDocument, path: readonly string[], change: ArrayRule['change']): BsonDocument {
  const [name = '', ...rest] = path;
  const value = document.get(name);
  if (value === undefined) return document;
  const changed = rest.length === 0 ? change(value) : changeBelow(value, rest, change);
  const result: BsonDocument = new Map(document);
  if (changed === undefined) result.delete(name);
  else result.set(name, changed);
  return result;
}

function changeBelow(value: BsonValue, path: readonly string[], change: ArrayRule['change']): BsonValue {
  if (isDocument(value)) return changeAt(value, path, change);
  return Array.isArray(value) ? value.map((item) => changeBelow(item, path, change)) : value;
}
