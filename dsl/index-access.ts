/** Which equalities can stand for a condition in an index: when none of them holds the condition cannot hold either. */

import type { Condition, ResolvedPath, Scalar } from './model.ts';

export interface AccessKey {
  readonly path: ResolvedPath;
  readonly value: Scalar;
}

/** One way into an index. The condition holds exactly when an event has one of the `keys` and the residual holds. */
export interface Access {
  readonly keys: readonly AccessKey[];
  /** What is left to test; null: nothing. A function, because most accesses are looked at and not chosen. */
  readonly residual: () => Condition | null;
}

const NOTHING_LEFT = (): null => null;

/** Alternatives beyond this many would take more room in the index than they save. */
const MAX_KEYS = 1_000;

/** @returns every way in, in the order of the text; none where no equality is necessary for the condition */
export function accessesOf(condition: Condition): readonly Access[] {
  switch (condition.kind) {
    case 'is-true':
      return [{ keys: [{ path: condition.path, value: true }], residual: NOTHING_LEFT }];
    case 'comparison':
      if (condition.operator !== '=') return [];
      return [{ keys: [{ path: condition.path, value: condition.value }], residual: NOTHING_LEFT }];
    case 'in':
      if (condition.negated || condition.values.length > MAX_KEYS) return [];
      return [{ keys: condition.values.map((value) => ({ path: condition.path, value })), residual: NOTHING_LEFT }];
    case 'and':
      return conjunctionAccesses(condition.operands);
    case 'or':
      return alternativeAccess(condition.operands, condition);
    case 'not':
      return negatedAccesses(condition.operand);
    default:
      return [];
  }
}

function conjunctionAccesses(operands: readonly Condition[]): readonly Access[] {
  return operands.flatMap((operand, position) =>
    accessesOf(operand).map(({ keys, residual }) => ({
      keys,
      residual: () => conjunction(operands.flatMap((other, at) => (at === position ? (residual() ?? []) : [other]))),
    })),
  );
}

/** An absent path fails `=` and passes `!=`, so a double negation really is the plain comparison. */
function negatedAccesses(condition: Condition): readonly Access[] {
  switch (condition.kind) {
    case 'not':
      return accessesOf(condition.operand);
    case 'comparison':
      return condition.operator === '!=' ? accessesOf({ ...condition, operator: '=' }) : [];
    case 'in':
      return condition.negated ? accessesOf({ ...condition, negated: false }) : [];
    case 'or':
      return accessesOf({ kind: 'and', operands: condition.operands.map(negate) });
    case 'and':
      return accessesOf({ kind: 'or', operands: condition.operands.map(negate) });
    default:
      return [];
  }
}

function negate(operand: Condition): Condition {
  return { kind: 'not', operand };
}

/** An `or` can be entered only when each alternative can. */
function alternativeAccess(operands: readonly Condition[], whole: Condition): readonly Access[] {
  const chosen: Access[] = [];
  for (const operand of operands) {
    const best = accessesOf(operand).reduce<Access | null>((a, b) => (a === null || rank(b) < rank(a) ? b : a), null);
    if (best === null) return [];
    chosen.push(best);
  }
  const keys = chosen.flatMap((access) => access.keys);
  if (keys.length > MAX_KEYS) return [];
  return [{ keys, residual: () => (chosen.every(({ residual }) => residual() === null) ? null : whole) }];
}

/** Some key is a boolean: half of all events have it. */
export function isBoolean({ keys }: Access): boolean {
  return keys.some(({ value }) => typeof value === 'boolean');
}

/** By looks alone, smaller is more telling: each key is one more place to be reached from. */
function rank(access: Access): number {
  return access.keys.length + (isBoolean(access) ? MAX_KEYS : 0);
}

function conjunction(operands: readonly Condition[]): Condition | null {
  if (operands.length === 0) return null;
  return operands.length === 1 ? (operands[0] as Condition) : { kind: 'and', operands };
}
