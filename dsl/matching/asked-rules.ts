/** Rules that are asked about every value of one path. */

import type { ValueTest } from '../compile.ts';
import type { Matches } from './match.ts';
import { positionIn, type Rule } from './rule.ts';

export class AskedRules {
  readonly #rules: Rule[] = [];
  /** Beside the rules: most say no, and their rules are then not touched at all. */
  readonly #tests: ValueTest[] = [];

  add(rule: Rule): void {
    const at = positionIn(this.#rules, rule);
    this.#rules.splice(at, 0, rule);
    this.#tests.splice(at, 0, rule.holds);
  }

  remove(rule: Rule): void {
    const at = positionIn(this.#rules, rule);
    if (this.#rules[at] !== rule) return;
    this.#rules.splice(at, 1);
    this.#tests.splice(at, 1);
  }

  collect(value: unknown, matches: Matches): void {
    const tests = this.#tests;
    for (let i = 0; i < tests.length; i++) {
      if (!(tests[i] as ValueTest)(value)) continue;
      const rule = this.#rules[i] as Rule;
      if (rule.rest === null || rule.rest(matches.event)) matches.add(rule);
    }
  }
}
