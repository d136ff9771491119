/** Criteria: an expression of the rule language over what a retrieval function found of one learner. */

import {
  type Condition,
  checkExpression,
  compileCondition,
  type Field,
  findFailedPart,
  instantFromDate,
} from '../../dsl/index.ts';
import { InputError } from '../../plugin/errors.ts';
import type { Facts } from '../../plugin/extensions/retrieval-function.ts';

export interface Criteria {
  holds(facts: Facts): boolean;
  /** The first part that fails and the value that was there, e.g. `completion is 0.4, but must be at least 0.8`. */
  reason(facts: Facts): string | null;
}

/** A figure that criteria can be about. */
export interface Fact extends Field {
  /** What is wrong with comparing it to this number, e.g. because it is of another scale; null: nothing. */
  readonly misused?: (value: number) => string | null;
}

/** Facts have no time of their own; the expression cannot speak of one either. */
const NO_EVENT = { id: '', type: '', source: '', time: instantFromDate(new Date(0)) };

/** @throws InputError `input.criteria` with every mistake and its column */
export function compileCriteria(text: string, facts: readonly Fact[]): Criteria {
  const { condition, diagnostics } = checkExpression(text, facts);
  const said = diagnostics
    .filter(({ severity }) => severity === 'error')
    .map(({ line, column, message, hint }) => `${line}:${column} ${message}${hint === null ? '' : ` (${hint})`}`);
  if (condition === null || said.length > 0) throw wrong(said);
  const misused = misuses(condition, facts);
  if (misused.length > 0) throw wrong(misused);
  const test = compileCondition(condition);
  const event = (payload: Facts) => ({ ...NO_EVENT, payload });
  return {
    holds: (found) => test(event(found)),
    reason: (found) => findFailedPart(condition, event(found))?.words ?? null,
  };
}

function misuses(condition: Condition, facts: readonly Fact[]): readonly string[] {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return condition.operands.flatMap((operand) => misuses(operand, facts));
    case 'not':
      return misuses(condition.operand, facts);
    case 'comparison':
    case 'in': {
      const fact = facts.find(({ name }) => name === condition.path.segments[0]);
      const values = condition.kind === 'in' ? condition.values : [condition.value];
      return values.flatMap((value) => (typeof value === 'number' ? (fact?.misused?.(value) ?? []) : []));
    }
    default:
      return [];
  }
}

function wrong(said: readonly string[]): InputError {
  return new InputError('criteria', `the criteria cannot be used: ${[...new Set(said)].join('; ')}`);
}
