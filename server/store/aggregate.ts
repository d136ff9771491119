/** Aggregation pipelines over rows. */

import { type BsonDocument, type BsonValue, doubleValue, isDocument } from './bson.ts';
import { sortRecords } from './collection.ts';
import { CommandError, outOfScope } from './errors.ts';
import { parseKeyPattern } from './index-keys.ts';
import { compileFilter } from './query/matcher.ts';
import { compareValues, encodeKey } from './query/order.ts';
import { compileProjection } from './query/projection.ts';
import { integerOf } from './query/value-tests.ts';
import { ACCUMULATORS, type Accumulator, AGGREGATION_STAGES, type AggregationStage, isListed } from './scope.ts';
import { add, isNumeric, type Numeric } from './update/arithmetic.ts';

/** A row that decodes its document only when somebody looks at it: counting does not. */
export interface Row {
  readonly document: BsonDocument;
}

type Stage = (rows: Row[]) => Row[];

/** @throws CommandError before any row is read when a stage is outside the scope */
export function compilePipeline(pipeline: readonly BsonDocument[]): Stage {
  const stages = pipeline.map((stage) => {
    const [name = ''] = stage.keys();
    if (stage.size !== 1)
      throw new CommandError(40415, 'A pipeline stage specification object must contain exactly one field.');
    if (!isListed(AGGREGATION_STAGES, name)) throw outOfScope(`aggregation stage ${name}`);
    return STAGES[name](stage.get(name) ?? null);
  });
  return (rows) => stages.reduce((current, stage) => stage(current), rows);
}

const STAGES: Readonly<Record<AggregationStage, (argument: BsonValue) => Stage>> = {
  $match(argument) {
    const filter = documentOf('$match', argument);
    if (filter.size === 0) return (rows) => rows;
    const matches = compileFilter(filter);
    return (rows) => rows.filter(({ document }) => matches(document));
  },
  $sort(argument) {
    const pattern = parseKeyPattern(documentOf('$sort', argument), 'sort');
    return (rows) => sortRecords(rows, pattern);
  },
  $skip(argument) {
    const count = countOf('$skip', argument, 0);
    return (rows) => rows.slice(count);
  },
  $limit(argument) {
    const count = countOf('$limit', argument, 1);
    return (rows) => rows.slice(0, count);
  },
  $project(argument) {
    const specification = documentOf('$project', argument);
    if (specification.size === 0) throw new CommandError(9, '$project needs at least one field');
    assertPlainProjection(specification);
    const project = compileProjection(specification);
    return (rows) => rows.map(({ document }) => ({ document: project(document) }));
  },
  $unwind: compileUnwind,
  $count(argument) {
    if (typeof argument !== 'string' || argument === '' || argument.startsWith('$') || argument.includes('.')) {
      throw new CommandError(9, '$count needs the name of a field');
    }
    return (rows) => (rows.length === 0 ? [] : [{ document: new Map([[argument, rows.length]]) }]);
  },
  $group: compileGroup,
};

function documentOf(stage: string, argument: BsonValue): BsonDocument {
  if (!isDocument(argument)) throw new CommandError(9, `the argument of ${stage} must be an object`);
  return argument;
}

function countOf(stage: string, argument: BsonValue, least: number): number {
  const count = integerOf(argument);
  if (count === null || count < least)
    throw new CommandError(9, `the argument of ${stage} must be a whole number from ${least}`);
  return count;
}

/** In a pipeline `$slice` and `$elemMatch` are expressions, which are outside the scope. */
function assertPlainProjection(specification: BsonDocument): void {
  for (const [name, value] of specification) {
    if (name.startsWith('$')) throw outOfScope(`expression ${name} in $project`);
    if (isDocument(value)) assertPlainProjection(value);
  }
}

function compileUnwind(argument: BsonValue): Stage {
  const options: BsonDocument = isDocument(argument) ? argument : new Map([['path', argument]]);
  for (const name of options.keys()) {
    if (name !== 'path' && name !== 'preserveNullAndEmptyArrays') throw outOfScope(`option ${name} of $unwind`);
  }
  const path = fieldPath(options.get('path') ?? null);
  if (!path) throw new CommandError(9, 'the path of $unwind must be a field path that begins with $');
  const keepEmpty = options.get('preserveNullAndEmptyArrays') === true;
  return (rows) => rows.flatMap((row) => unwindRow(row, path, keepEmpty));
}

function unwindRow(row: Row, path: readonly string[], keepEmpty: boolean): Row[] {
  const value = valueBelow(row.document, path);
  if (Array.isArray(value) && value.length > 0) {
    return value.map((item) => ({ document: withValue(row.document, path, item) }));
  }
  if (Array.isArray(value)) return keepEmpty ? [{ document: withValue(row.document, path, undefined) }] : [];
  return keepEmpty || (value !== undefined && value !== null) ? [row] : [];
}

/** Through documents only: `$unwind` does not look into arrays on the way. */
function valueBelow(document: BsonDocument, path: readonly string[]): BsonValue | undefined {
  let value: BsonValue | undefined = document;
  for (const segment of path) value = isDocument(value) ? value.get(segment) : undefined;
  return value;
}

function withValue(
  document: BsonDocument,
  [name = '', ...rest]: readonly string[],
  value: BsonValue | undefined,
): BsonDocument {
  const result: BsonDocument = new Map(document);
  const inner = document.get(name);
  if (rest.length > 0 && isDocument(inner)) result.set(name, withValue(inner, rest, value));
  else if (value === undefined) result.delete(name);
  else result.set(name, value);
  return result;
}

/** `$a.b` as a path; null for anything else. */
function fieldPath(value: BsonValue): string[] | null {
  if (typeof value !== 'string' || !value.startsWith('$') || value.startsWith('$$') || value === '$') return null;
  return value.slice(1).split('.');
}

type Expression = (row: Row) => BsonValue | undefined;

/** Field paths, constants, and documents of them. */
function compileExpression(value: BsonValue): Expression {
  const path = fieldPath(value);
  if (path) return (row) => expressionValue(row.document, path);
  if (typeof value === 'string' && value.startsWith('$')) throw outOfScope(`expression ${value}`);
  if (Array.isArray(value)) throw outOfScope('array expression');
  if (!isDocument(value)) return () => value;
  const fields = [...value].map(([name, inner]): [string, Expression] => {
    if (name.startsWith('$')) throw outOfScope(`expression operator ${name}`);
    return [name, compileExpression(inner)];
  });
  return (row) => {
    const result: BsonDocument = new Map();
    for (const [name, expression] of fields) {
      const inner = expression(row);
      if (inner !== undefined) result.set(name, inner);
    }
    return result;
  };
}

/** A path through an array gives the array of what its documents hold. */
function expressionValue(value: BsonValue | undefined, path: readonly string[]): BsonValue | undefined {
  const [name, ...rest] = path;
  if (name === undefined) return value;
  if (isDocument(value)) return expressionValue(value.get(name), rest);
  if (!Array.isArray(value)) return undefined;
  return value.flatMap((item): BsonValue[] => {
    const inner = isDocument(item) || Array.isArray(item) ? expressionValue(item, path) : undefined;
    return inner === undefined ? [] : [inner];
  });
}

function compileGroup(argument: BsonValue): Stage {
  const specification = documentOf('$group', argument);
  const id = specification.get('_id');
  if (id === undefined) throw new CommandError(9, 'a group specification must include an _id');
  const idOf = compileExpression(id);
  const fields = [...specification]
    .filter(([name]) => name !== '_id')
    .map(([name, value]) => {
      const [operator = ''] = isDocument(value) ? value.keys() : [];
      if (!isDocument(value) || value.size !== 1)
        throw new CommandError(9, `The field '${name}' must be an accumulator object`);
      if (!isListed(ACCUMULATORS, operator)) throw outOfScope(`accumulator ${operator}`);
      return { name, operator, expression: compileExpression(value.get(operator) ?? null) };
    });
  return (rows) => {
    const groups = new Map<string, { readonly id: BsonValue; readonly rows: Row[] }>();
    for (const row of rows) {
      const groupId = idOf(row) ?? null;
      const key = encodeKey(groupId);
      const group = groups.get(key);
      if (group) group.rows.push(row);
      else groups.set(key, { id: groupId, rows: [row] });
    }
    return [...groups.values()].map((group) => {
      const document: BsonDocument = new Map([['_id', group.id]]);
      for (const { name, operator, expression } of fields) {
        document.set(name, ACCUMULATE[operator](group.rows.map(expression)));
      }
      return { document };
    });
  };
}

type Values = readonly (BsonValue | undefined)[];

const ACCUMULATE: Readonly<Record<Accumulator, (values: Values) => BsonValue>> = {
  $sum: (values) => sum(values),
  $avg(values) {
    const numbers = values.filter(isNumeric);
    if (numbers.length === 0) return null;
    return doubleValue(asNumber(sum(numbers)) / numbers.length);
  },
  $min: (values) => extreme(values, -1),
  $max: (values) => extreme(values, 1),
  $first: (values) => values[0] ?? null,
  $last: (values) => values.at(-1) ?? null,
  $push: (values) => present(values),
  $addToSet: (values) => [...new Map(present(values).map((value) => [encodeKey(value), value])).values()],
};

function present(values: Values): BsonValue[] {
  return values.filter((value) => value !== undefined);
}

function sum(values: Values): BsonValue {
  return values.filter(isNumeric).reduce<Numeric>((total, value) => {
    const next = add(total, value);
    return isNumeric(next) ? next : total;
  }, 0);
}

function asNumber(value: BsonValue): number {
  return Number(typeof value === 'number' ? value : String(value));
}

function extreme(values: Values, sign: 1 | -1): BsonValue {
  let best: BsonValue = null;
  for (const value of values) {
    if (value === undefined || value === null) continue;
    if (best === null || compareValues(value, best) * sign > 0) best = value;
  }
  return best;
}
