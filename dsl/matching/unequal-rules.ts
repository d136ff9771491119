/** Rules that nearly every value of one path meets: all but those that name it as the exception. */

import type { Condition, Scalar } from '../model.ts';
import type { Matches } from './match.ts';
import { putIn, type Rule, takeOut } from './rule.ts';

/** @returns the values that fail a `!=` or a `not in`; null: it is neither */
export function exceptionsOf(question: Condition): readonly Scalar[] | null {
  if (question.kind === 'comparison' && question.operator === '!=') return [question.value];
  return question.kind === 'in' && question.negated ? question.values : null;
}

export class UnequalRules {
  readonly #rules: Rule[] = [];
  /** In the order of the rules. */
  readonly #exceptions = new Map<unknown, Rule[]>();

  get size(): number {
    return this.#rules.length;
  }

  add(rule: Rule, exceptions: readonly Scalar[]): void {
    putIn(this.#rules, rule);
    for (const value of exceptions) {
      const rules = this.#exceptions.get(value);
      if (rules === undefined) this.#exceptions.set(value, [rule]);
      else putIn(rules, rule);
    }
  }

  remove(rule: Rule, exceptions: readonly Scalar[]): void {
    takeOut(this.#rules, rule);
    for (const value of exceptions) {
      const rules = this.#exceptions.get(value);
      if (rules === undefined) continue;
      takeOut(rules, rule);
      if (rules.length === 0) this.#exceptions.delete(value);
    }
  }

  collect(value: unknown, matches: Matches): void {
    const rules = this.#rules;
    const exceptions = this.#exceptions.get(value);
    const { event } = matches;
    let next = 0;
    for (let i = 0; i < rules.length; i++) {
      const rule = rules[i] as Rule;
      if (exceptions !== undefined && exceptions[next] === rule) next++;
      else if (rule.rest === null || rule.rest(event)) matches.add(rule);
    }
  }
}
