/** Expressions: every path known, every value of its path's type. */

import type { DateLiteral, Expression, Literal, Path } from '../ast.ts';
import { type Instant, toInstant } from '../instant.ts';
import type { Condition, ResolvedPath, Scalar } from '../model.ts';
import type { Reporter } from '../reporter.ts';
import { type Resolution, resolvePath, type Scope } from './paths.ts';

type ValueType = ResolvedPath['type'];

const CALLED: Readonly<Record<ValueType, string>> = {
  boolean: 'true or false',
  number: 'a number',
  string: 'a text',
  date: 'a date',
  other: 'a record, map or list',
};

/** @returns the meaning, node for node in the shape of the expression; null after a report */
export function toCondition(expression: Expression, scope: Scope, reporter: Reporter): Condition | null {
  switch (expression.kind) {
    case 'or':
    case 'and': {
      const operands = expression.operands.map((operand) => toCondition(operand, scope, reporter));
      return isComplete(operands) ? { kind: expression.kind, operands } : null;
    }
    case 'not': {
      const operand = toCondition(expression.operand, scope, reporter);
      return operand && { kind: 'not', operand };
    }
    default:
      return toTest(expression, scope, reporter);
  }
}

function isComplete(operands: readonly (Condition | null)[]): operands is readonly Condition[] {
  return !operands.includes(null);
}

type Test = Exclude<Expression, { readonly kind: 'or' | 'and' | 'not' }>;

function toTest(test: Test, scope: Scope, reporter: Reporter): Condition | null {
  const found = resolvePath(scope, test.path, reporter);
  if (found === null) return null;
  const { path } = found;
  if (test.kind === 'exists') return { kind: 'exists', path };
  if (path.type === 'other') {
    const what = `"${pathName(test.path)}" is ${CALLED.other}`;
    reporter.report(
      'type.clash',
      test.span,
      `${what}, of which only "exists" can be asked`,
      `write "${pathName(test.path)} exists", or name a field inside`,
    );
    return null;
  }
  switch (test.kind) {
    case 'is-true':
      if (path.type === 'boolean') return { kind: 'is-true', path };
      reporter.report(
        'type.clash',
        test.span,
        `"${pathName(test.path)}" is ${CALLED[path.type]} and cannot stand alone`,
        'compare it with a value, or ask whether it exists',
      );
      return null;
    case 'text-match':
      if (path.type === 'string') return { kind: 'text-match', path, operator: test.operator, value: test.value.value };
      reporter.report(
        'type.clash',
        test.span,
        `"${test.operator}" asks texts, but "${pathName(test.path)}" is ${CALLED[path.type]}`,
      );
      return null;
    case 'comparison': {
      const ordering = test.operator !== '=' && test.operator !== '!=';
      if (ordering && path.type !== 'number' && path.type !== 'date') {
        reporter.report(
          'type.clash',
          test.span,
          `"${test.operator}" compares numbers and dates, but "${pathName(test.path)}" is ${CALLED[path.type]}`,
          'use =, != or in',
        );
        return null;
      }
      const value = toScalar(test.value, found, test.path, reporter);
      return value === null ? null : { kind: 'comparison', path, operator: test.operator, value };
    }
    case 'in': {
      if (test.values.length === 0) {
        reporter.report(
          'value.empty-list',
          test.span,
          'this list holds no values',
          'put at least one value between the brackets',
        );
        return null;
      }
      const values: Scalar[] = [];
      for (const literal of test.values) {
        const value = toScalar(literal, found, test.path, reporter);
        if (value !== null) values.push(value);
      }
      return values.length === test.values.length ? { kind: 'in', path, negated: test.negated, values } : null;
    }
  }
}

/** @returns the value as conditions hold it, a date as an Instant; null after a report */
export function toScalar(literal: Literal, { path }: Resolution, written: Path, reporter: Reporter): Scalar | null {
  if (path.type === 'date' && literal.kind === 'date') {
    const instant = instantOf(literal);
    if (instant === null) reportDate(literal.text, literal.span, reporter);
    return instant;
  }
  if (literal.kind === 'text' && path.type === 'string') return literal.value;
  if (literal.kind === 'boolean' && path.type === 'boolean') return literal.value;
  if (literal.kind === 'number' && path.type === 'number') {
    if (Number.isFinite(literal.value)) return literal.value;
    reporter.report('value.number', literal.span, 'this number is too large', 'write a number below 1.8e308');
    return null;
  }
  const name = pathName(written);
  const given = CALLED[literal.kind === 'text' ? 'string' : literal.kind];
  reporter.report(
    'type.clash',
    literal.span,
    `"${name}" is ${CALLED[path.type]} and cannot be compared with ${given}`,
    hintFor(path.type, literal),
  );
  return null;
}

/** Stricter than what is read from events: RFC 3339 has a colon in its offsets. */
export function instantOf({ text }: DateLiteral): Instant | null {
  return /[+-]\d{4}$/.test(text) ? null : toInstant(text);
}

export function reportDate(text: string, span: Literal['span'], reporter: Reporter): void {
  const shown = text.length > 40 ? `${text.slice(0, 37)}...` : text;
  reporter.report(
    'value.date',
    span,
    `${shown} is not a date or time that exists`,
    'write 2026-02-01 or 2026-02-01T09:00:00Z',
  );
}

function hintFor(type: ValueType, literal: Literal): string | null {
  if (type === 'date') {
    if (literal.kind === 'text' && toInstant(literal.value) !== null)
      return `write the date without quotes: ${literal.value}`;
    return 'write a date without quotes, such as 2026-02-01';
  }
  if (type === 'string') {
    const text = literal.kind === 'date' ? literal.text : literal.kind === 'text' ? '' : String(literal.value);
    return `write it in double quotes: "${text.slice(0, 40)}"`;
  }
  if (type === 'boolean') return 'write true or false';
  if (literal.kind === 'text' && /^-?\d+(\.\d+)?$/.test(literal.value))
    return `write the number without quotes: ${literal.value}`;
  return 'write a number without quotes, such as 0.8';
}

export function pathName(path: Path): string {
  const name = path.segments.map(({ text }) => text).join('.');
  return name.length > 80 ? `${name.slice(0, 77)}...` : name;
}
