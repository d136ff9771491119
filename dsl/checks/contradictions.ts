/** Conditions that can never hold, or always do. */

import type { Expression, Span } from '../ast.ts';
import type { Condition } from '../model.ts';
import type { Reporter } from '../reporter.ts';
import type { Resolution } from './paths.ts';
import {
  type Budget,
  EARLIEST,
  LATEST,
  type Leaf,
  onlyPath,
  type Signed,
  type Verdict,
  verdictOf,
} from './value-sets.ts';

interface Part extends Signed {
  readonly expression: Expression;
  /** What to underline: with the `not` that gives the sign. */
  readonly written: Expression;
}

/** Reports the smallest parts that say nothing. Exact where a part speaks of one path; where several paths meet, each
 *  path's share is looked at by itself.
 *  @param condition what `expression` means, node for node in its shape */
export function reportContradictions(
  condition: Condition,
  expression: Expression,
  reporter: Reporter,
  budget: Budget,
): void {
  if (!isPlain(condition)) judge({ condition, expression, written: expression, negated: false }, reporter, budget);
}

/** Most conditions ask one thing of each of a few paths; nothing of that can be decided beforehand. */
function isPlain(condition: Condition): boolean {
  if (condition.kind !== 'and' && condition.kind !== 'or') return condition.kind !== 'not' && isOpen(condition);
  const { operands } = condition;
  return (
    operands.length <= 8 &&
    operands.every(
      (one, i) =>
        one.kind !== 'and' &&
        one.kind !== 'or' &&
        one.kind !== 'not' &&
        isOpen(one) &&
        operands.every((other, j) => j >= i || (other as Leaf).path !== one.path),
    )
  );
}

/** True where the test by itself holds for some values and not for others. */
function isOpen(leaf: Leaf): boolean {
  const { kind, path } = leaf;
  if (kind === 'exists' || kind === 'in') return kind === 'in' && path.type === 'string';
  if (kind === 'comparison' && path.type === 'date') return leaf.value !== EARLIEST && leaf.value !== LATEST;
  return path.type !== 'number';
}

/** @returns the verdict on the part with its sign */
function judge(part: Part, reporter: Reporter, budget: Budget): Verdict {
  const { condition, expression, negated } = part;
  if (condition.kind === 'not' && expression.kind === 'not') {
    const inner = expression.operand;
    return judge(
      { condition: condition.operand, expression: inner, written: inner, negated: !negated },
      reporter,
      budget,
    );
  }
  if (condition.kind !== 'and' && condition.kind !== 'or') {
    const facts = onlyPath(condition);
    return facts === null
      ? 'open'
      : announce([{ ...part, written: expression }], 'and', facts, negated, reporter, budget);
  }
  const joint = (condition.kind === 'and') === negated ? 'or' : 'and';
  const decisive: Verdict = joint === 'and' ? 'never' : 'always';
  const byPath = new Map<Resolution, Part[]>();
  let verdict: Verdict = 'open';
  for (const operand of flatten(part, joint)) {
    const one = judge(operand, reporter, budget);
    if (one === decisive) verdict = decisive;
    const facts = one === 'open' ? onlyPath(operand.condition) : null;
    if (facts === null) continue;
    const others = byPath.get(facts);
    if (others === undefined) byPath.set(facts, [operand]);
    else others.push(operand);
  }
  for (const [facts, parts] of byPath)
    if (parts.length > 1 && announce(parts, joint, facts, negated, reporter, budget) === decisive) verdict = decisive;
  return verdict;
}

/** `a and (b and c)` is one conjunction, and so is `not (a or b)`.
 *  @param not the outermost `not` passed on the way down */
function flatten(part: Part, joint: 'and' | 'or', not: Expression | null = null): Part[] {
  const { condition, expression, negated } = part;
  if (condition.kind === 'not' && expression.kind === 'not') {
    const { operand } = expression;
    const inner: Part = { condition: condition.operand, expression: operand, written: operand, negated: !negated };
    return flatten(inner, joint, not ?? expression);
  }
  const isJoint = condition.kind === 'and' || condition.kind === 'or';
  if (!isJoint || ((condition.kind === 'and') === negated ? 'or' : 'and') !== joint)
    return [{ ...part, written: not ?? expression }];
  const { operands } = expression as Extract<Expression, { readonly kind: 'and' | 'or' }>;
  return condition.operands.flatMap((operand, i) => {
    const written = operands[i] as Expression;
    return flatten({ condition: operand, expression: written, written, negated }, joint, not);
  });
}

function announce(
  parts: readonly Part[],
  joint: 'and' | 'or',
  facts: Resolution,
  negated: boolean,
  reporter: Reporter,
  budget: Budget,
): Verdict {
  const verdict = verdictOf(parts, joint, facts, budget);
  if (verdict === 'open') return verdict;
  const span: Span = {
    start: Math.min(...parts.map(({ written }) => written.span.start)),
    end: Math.max(...parts.map(({ written }) => written.span.end)),
  };
  // Said of the text as it stands, without the `not` around it.
  if ((verdict === 'never') === !negated)
    reporter.report('condition.never', span, 'this condition can never hold', hintForNever(parts, negated));
  else reporter.report('condition.always', span, 'this condition always holds', 'remove it, or correct it');
  return verdict;
}

function hintForNever(parts: readonly Part[], outer: boolean): string {
  return parts.length > 1 &&
    parts.every(
      ({ condition, negated }) => negated === outer && condition.kind === 'comparison' && condition.operator === '=',
    )
    ? 'alternatives are joined by "or", or listed: in [...]'
    : 'remove the contradiction';
}
