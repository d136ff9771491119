/** Expressions and conditions as canonical text. */

import type { Expression, Literal, Path } from './ast.ts';
import { formatInstant, type Instant } from './instant.ts';
import { exceedsBytes, limits } from './limits.ts';
import type { Condition, ResolvedPath, Scalar } from './model.ts';
import { keywords, lex } from './tokens.ts';

/** Columns of a line, where the text leaves a choice. */
export const WIDTH = 100;

type Node = Condition | Expression;
type Test = Exclude<Node, { readonly kind: 'or' | 'and' | 'not' }>;

const PRECEDENCE: Readonly<Record<string, number>> = { or: 1, and: 2, not: 3 };

/** On one line. `parse(printCondition(x))` is `x` again, spans aside. */
export function printCondition(condition: Node): string {
  switch (condition.kind) {
    case 'or':
    case 'and': {
      const operands: readonly Node[] = condition.operands;
      return operands.map((operand) => operandOf(operand, condition.kind)).join(` ${condition.kind} `);
    }
    case 'not':
      return `not ${operandOf(condition.operand, 'not')}`;
    default:
      return printTest(condition);
  }
}

/** Over several lines where it does not fit into `width`: one operand of the outermost `and` or `or` per line. What would
 *  grow beyond the limit of an expression is written without a space too many: a valid rule stays valid.
 *  @param indent before every line but the first */
export function layoutCondition(condition: Node, indent: string, width: number): string {
  const text = layout(condition, indent, width);
  return exceedsBytes(text, limits.expressionBytes) ? withoutSpaces(printCondition(condition)) : text;
}

/** Words and numbers beside each other stay apart. */
function withoutSpaces(text: string): string {
  let tight = '';
  for (const { image } of lex(text).tokens)
    tight += /[\w.-]$/.test(tight) && /^[\w.-]/.test(image) ? ` ${image}` : image;
  return tight;
}

function layout(condition: Node, indent: string, width: number): string {
  const line = printCondition(condition);
  if (line.length <= width) return line;
  if (condition.kind === 'in') return layoutList(condition, indent, width);
  if (condition.kind !== 'and' && condition.kind !== 'or') return line;
  const [first, ...others] = (condition.operands as readonly Node[]).map((operand) =>
    operand.kind === 'in' ? layoutList(operand, `${indent}  `, width) : operandOf(operand, condition.kind),
  );
  return [first, ...others.map((operand) => `${indent}${condition.kind} ${operand}`)].join('\n');
}

function layoutList(test: Extract<Node, { readonly kind: 'in' }>, indent: string, width: number): string {
  const line = printCondition(test);
  if (line.length <= width) return line;
  const values = test.values.map((value) => printValue(value, test.path));
  const lines: string[] = [];
  for (const value of values) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + value.length + 3 <= width) lines[lines.length - 1] = `${last}, ${value}`;
    else lines.push(value);
  }
  const start = `${printPath(test.path)} ${test.negated ? 'not in' : 'in'} [`;
  return `${start}\n${lines.map((one) => `${indent}  ${one}`).join(',\n')}\n${indent}]`;
}

function operandOf(operand: Node, within: 'or' | 'and' | 'not'): string {
  const text = printCondition(operand);
  // Equal ones, too: `(a and b) and c` is another tree than `a and b and c`. Only `not not` needs none.
  const isLooser = (PRECEDENCE[operand.kind] ?? 4) <= (PRECEDENCE[within] as number);
  return isLooser && !(operand.kind === 'not' && within === 'not') ? `(${text})` : text;
}

function printTest(test: Test): string {
  const path = printPath(test.path);
  switch (test.kind) {
    case 'comparison':
      return `${path} ${test.operator} ${printValue(test.value, test.path)}`;
    case 'in': {
      const values = test.values.map((value) => printValue(value, test.path));
      return `${path} ${test.negated ? 'not in' : 'in'} [${values.join(', ')}]`;
    }
    case 'text-match':
      return `${path} ${test.operator} ${quote(typeof test.value === 'string' ? test.value : test.value.value)}`;
    case 'exists':
      return `${path} exists`;
    case 'is-true':
      return path;
  }
}

export function printPath(path: Path | ResolvedPath): string {
  const names = 'kind' in path ? path.segments.map(({ text }) => text) : namesOf(path);
  return names.map(printSegment).join('.');
}

function namesOf({ root, segments, part }: ResolvedPath): string[] {
  return [...(root === 'event' ? ['event'] : []), ...segments, ...(part === null ? [] : [part])];
}

function printSegment(name: string, index: number, all: readonly string[]): string {
  const isWord = /^[A-Za-z_][A-Za-z0-9_-]*$/.test(name);
  // `event.time` is one word to the lexer; any other beginning with a keyword is quoted for whoever reads it.
  const isMetadata = name === 'event' && all.length > 1 && /^[A-Za-z_]/.test(all[1] as string);
  return isWord && (index > 0 || !keywords.has(name) || isMetadata) ? name : quote(name);
}

function printValue(value: Literal | Scalar, path: Path | ResolvedPath): string {
  if (typeof value === 'object') return printLiteral(value);
  if (!('kind' in path) && path.type === 'date') return printInstant(value as Instant);
  return typeof value === 'string' ? quote(value) : String(value);
}

export function printLiteral(literal: Literal): string {
  if (literal.kind === 'text') return quote(literal.value);
  return literal.kind === 'date' ? literal.text : String(literal.value);
}

function printInstant(instant: Instant): string {
  const text = formatInstant(instant);
  return text.endsWith('T00:00:00Z') ? text.slice(0, 10) : text;
}

export function quote(text: string): string {
  return JSON.stringify(text);
}
