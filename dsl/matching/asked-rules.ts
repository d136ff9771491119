/** Rules that are asked about every value of one path. */

import type { ValueTest } from '../compile.ts';
import type { Matches } from './match.ts';
import { positionIn, type Rule } from './rule.ts';

export class AskedRules {
  readonly #rules: Rule[] = [];
  /** Beside the rules: most say no, and their rules are then not touched at all. */
  readonly #tests: ValueTest[] = [];

  get size(): number {
    return this.#rules.length;
  }

  /** @param test what the rule is asked here: all of what it asks first, or one of its alternatives */
  add(rule: Rule, test: ValueTest): void {
    const at = positionIn(this.#rules, rule);
    this.#rules.splice(at, 0, rule);
    this.#tests.splice(at, 0, test);
  }

  /** Takes one entry of the rule out. */
  remove(rule: Rule): void {
    const at = positionIn(this.#rules, rule);
    if (this.#rules[at] !== rule) return;
    this.#rules.splice(at, 1);
    this.#tests.splice(at, 1);
  }

  collect(value: unknown, matches: Matches): void {
    const tests = this.#tests;
    for (let i = 0; i < tests.length; i++) {
      const test = tests[i] as ValueTest;
      if (!test(value)) continue;
      const rule = this.#rules[i] as Rule;
      const { event } = matches;
      if (test === rule.holds ? rule.rest === null || rule.rest(event) : rule.isMet(event)) matches.add(rule);
    }
  }
}
