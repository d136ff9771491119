/** Data rules as rows of a form: the other view of a conjunction of `=` and `!=`. */

import type { Condition, ResolvedPath, Scalar } from './model.ts';

export interface Row {
  readonly path: ResolvedPath;
  readonly operator: '=' | '!=';
  readonly value: Scalar;
}

/** @returns the rows in order; null where rows could not say the same: the condition is then shown as text only. A boolean
 *    path alone is the row `= true`, its negation `= false` is not: an absent path makes the difference */
export function rowsOf(condition: Condition | null): readonly Row[] | null {
  if (condition === null) return [];
  const rows: Row[] = [];
  for (const part of condition.kind === 'and' ? condition.operands : [condition]) {
    if (part.kind === 'is-true') rows.push({ path: part.path, operator: '=', value: true });
    else if (part.kind === 'comparison' && (part.operator === '=' || part.operator === '!='))
      rows.push({ path: part.path, operator: part.operator, value: part.value });
    else return null;
  }
  return rows;
}

/** @returns null for no rows: then every event matches */
export function conditionOf(rows: readonly Row[]): Condition | null {
  const tests = rows.map(({ path, operator, value }): Condition => ({ kind: 'comparison', path, operator, value }));
  return tests.length > 1 ? { kind: 'and', operands: tests } : (tests[0] ?? null);
}
