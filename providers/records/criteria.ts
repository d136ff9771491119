/** Criteria: an expression of the rule language over what a retrieval function found of one learner. */

import { checkExpression, compileCondition, type Field, instantFromDate } from '../../dsl/index.ts';
import { InputError } from '../../plugin/errors.ts';

export type Facts = Readonly<Record<string, unknown>>;
export type Criteria = (facts: Facts) => boolean;

/** Facts have no time of their own; the expression cannot speak of one either. */
const NO_EVENT = { id: '', type: '', source: '', time: instantFromDate(new Date(0)) };

/** @throws InputError `input.criteria` with every mistake and its column */
export function compileCriteria(text: string, fields: readonly Field[]): Criteria {
  const { condition, diagnostics } = checkExpression(text, fields);
  const mistakes = diagnostics.filter(({ severity }) => severity === 'error');
  if (condition === null || mistakes.length > 0) {
    const said = mistakes.map(
      ({ line, column, message, hint }) => `${line}:${column} ${message}${hint === null ? '' : ` (${hint})`}`,
    );
    throw new InputError('criteria', `the criteria cannot be used: ${said.join('; ')}`);
  }
  const test = compileCondition(condition);
  return (facts) => test({ ...NO_EVENT, payload: facts });
}
