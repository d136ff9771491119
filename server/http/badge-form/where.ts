/** A condition as data rules, and data rules as a condition. */

import {
  type Expression,
  type FieldType,
  layoutCondition,
  type Path,
  printCondition,
  printPath,
  readExpression,
} from '../../../dsl/index.ts';
import { type FilledWords, words } from '../../../plugin/words.ts';
import { formLimits, type RowForm } from './form.ts';
import { type Refusal, readValue, shownValue } from './values.ts';

/** The type of what a path addresses; null: nothing that is known. */
export type TypeOf = (names: readonly string[]) => FieldType | null;

type RowNode = Extract<Expression, { readonly kind: 'comparison' | 'is-true' }>;

/** @returns null where rows could not say the same; `whyNoRows` says why */
export function rowsOfExpression(expression: Expression | null, typeOf: TypeOf): readonly RowForm[] | null {
  return expression === null || whyNoRows(expression) === null
    ? rowNodes(expression).map((node) => rowOf(node, typeOf))
    : null;
}

/** The parts of a condition that rows can show. */
export function rowNodes(expression: Expression | null): readonly RowNode[] {
  if (expression === null) return [];
  const parts = expression.kind === 'and' ? expression.operands : [expression];
  return parts.filter((part) => part.kind === 'comparison' || part.kind === 'is-true');
}

function rowOf(node: RowNode, typeOf: TypeOf): RowForm {
  const path = printPath(node.path);
  if (node.kind === 'is-true') return { path, operator: '=', value: 'true' };
  const type = typeOf(node.path.segments.map(({ text }) => text));
  return { path, operator: node.operator === '!=' ? '!=' : '=', value: shownValue(node.value, type) };
}

/** @returns a sentence; null: rows can show it */
export function whyNoRows(expression: Expression): FilledWords | null {
  const parts = expression.kind === 'and' ? expression.operands : [expression];
  if (parts.length > formLimits.rows) return words('It has more than {most} parts.', { most: formLimits.rows });
  for (const part of parts) {
    const reason = whyNoRow(part);
    if (reason !== null) return reason;
  }
  return null;
}

function whyNoRow(part: Expression): FilledWords | null {
  switch (part.kind) {
    case 'is-true':
      return null;
    case 'comparison':
      return part.operator === '=' || part.operator === '!=' ? null : compares(part.operator);
    case 'or':
      return words('It joins alternatives with "or", and all rows must hold together.');
    case 'and':
      return words('It has parentheses that rows cannot show.');
    case 'not':
      return words('It negates with "not".');
    case 'in':
      return compares(part.negated ? 'not in' : 'in');
    case 'exists':
      return compares('exists');
    case 'text-match':
      return compares(part.operator);
  }
}

function compares(operator: string): FilledWords {
  return words('It uses "{operator}", and rows have only "=" and "!=".', { operator });
}

/** A row as a part of a condition. */
export interface ReadRow {
  readonly node: RowNode;
  /** What is wrong with the value; null: nothing. */
  readonly refusal: Refusal | null;
}

/** @param base the condition the rows were made from: a row that stands as it was is the very same node */
export function rowReader(base: Expression | null, typeOf: TypeOf): (row: RowForm) => ReadRow {
  const untouched = rowNodes(base).map((node) => ({ node, row: rowOf(node, typeOf) }));
  return (typed) => {
    const found = untouched.findIndex(({ row }) => sameRow(row, typed));
    const [kept] = found < 0 ? [] : untouched.splice(found, 1);
    if (kept) return { node: kept.node, refusal: null };
    const path = readPath(typed.path);
    const value = readValue(typed.value, typeOf(path.segments.map(({ text }) => text)));
    const node: RowNode = { kind: 'comparison', path, operator: typed.operator, value: value.literal, span };
    return { node, refusal: value.ok ? null : value };
  };
}

function sameRow(a: RowForm, b: RowForm): boolean {
  return a.path === b.path.trim() && a.operator === b.operator && a.value === b.value.trim();
}

const span = { start: 0, end: 0 };

/** A path as typed; what is none becomes a single quoted name, of which the checker says that it is no field. */
export function readPath(typed: string): Path {
  const { expression } = readExpression(typed);
  if (expression?.kind === 'is-true') return expression.path;
  return { kind: 'path', segments: [{ kind: 'name', text: typed.trim(), span }], span };
}

/** Several parts as one condition; null for none. */
export function conjunction(parts: readonly Expression[]): Expression | null {
  const [first] = parts;
  if (first === undefined) return null;
  return parts.length === 1 ? first : { kind: 'and', operands: parts, span };
}

/** For a text area: long conditions over several lines. */
export function expressionText(expression: Expression | null): string {
  return expression === null ? '' : layoutCondition(expression, '', 60);
}

/** Spans aside. */
export function sameExpression(a: Expression | null, b: Expression | null): boolean {
  if (a === null || b === null) return a === b;
  return printCondition(a) === printCondition(b);
}
