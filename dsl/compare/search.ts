/** Is there an event for which a condition holds? Values are chosen one after the other, and a choice is given up as soon
 *  as the condition cannot hold any more. */

import { emptyRecord, setField } from '../build-payload.ts';
import { toInstant } from '../instant.ts';
import type { Condition, RuleEvent } from '../model.ts';
import { type Facts, placeKey, type State, testKey, type Variable, variablesOf } from './variables.ts';

/** A condition whose tests are numbers into the variables. */
export type Formula =
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Formula[] }
  | { readonly kind: 'not'; readonly operand: Formula }
  | { readonly kind: 'test'; readonly variable: number; readonly test: number };

export type Answer = { readonly kind: 'found'; readonly event: RuleEvent } | { readonly kind: 'none' | 'undecided' };

/** `above` is a record on the way to `below`. */
interface Dependency {
  readonly above: number;
  readonly below: number;
  /** A step between them may be missing. */
  readonly mayMiss: boolean;
}

/** Tests asked in one search: enough for anything a person writes. */
const BUDGET = 2_000_000;

/** The question space of a few conditions about one event type. */
export class Space {
  readonly #facts: Facts;
  readonly #variables: readonly Variable[];
  readonly #places: ReadonlyMap<string, number>;
  readonly #tests: readonly ReadonlyMap<string, number>[];
  readonly #dependencies: readonly Dependency[];

  constructor(conditions: readonly Condition[], facts: Facts) {
    this.#facts = facts;
    this.#variables = variablesOf(conditions, facts);
    this.#places = new Map(this.#variables.map((variable, index) => [placeKey(variable), index]));
    this.#tests = this.#variables.map(({ tests }) => new Map(tests.map((test, index) => [testKey(test), index])));
    this.#dependencies = dependenciesOf(this.#variables);
  }

  /** @param condition one of those given, or made of their tests */
  formula(condition: Condition): Formula {
    switch (condition.kind) {
      case 'and':
      case 'or':
        return { kind: condition.kind, operands: condition.operands.map((operand) => this.formula(operand)) };
      case 'not':
        return { kind: 'not', operand: this.formula(condition.operand) };
      default: {
        const variable = this.#places.get(placeKey(condition.path)) as number;
        return { kind: 'test', variable, test: this.#tests[variable]?.get(testKey(condition)) as number };
      }
    }
  }

  /** `found` and `none` are certain. */
  find(formula: Formula): Answer {
    const real = new Search(formula, this.#variables, this.#dependencies, false).run();
    if (Array.isArray(real)) return { kind: 'found', event: this.#event(real) };
    if (real === 'undecided' || this.#variables.some(({ truncated }) => truncated)) return { kind: 'undecided' };
    if (!this.#variables.some(({ states }) => states.some(({ conceived }) => conceived))) return { kind: 'none' };
    const conceivable = new Search(formula, this.#variables, this.#dependencies, true).run();
    return { kind: conceivable === 'none' ? 'none' : 'undecided' };
  }

  #event(states: readonly State[]): RuleEvent {
    const payload = emptyRecord();
    const metadata: Record<string, unknown> = {};
    const order = this.#variables.map((_, index) => index);
    // Records before what stands in them.
    order.sort((a, b) => (this.#variables[a]?.segments.length ?? 0) - (this.#variables[b]?.segments.length ?? 0));
    for (const index of order) {
      const { root, segments, levels } = this.#variables[index] as Variable;
      const { value } = states[index] as State;
      if (root === 'event') metadata[segments[0] as string] = value;
      else if (value !== undefined) setField(payload, segments, isEmptyObject(value) ? emptyRecord() : value);
      else setField(payload, segments.slice(0, levels.mayMiss.lastIndexOf(true) + 1), null);
    }
    const time = toInstant('2026-01-01') as RuleEvent['time'];
    return { id: 'example', type: this.#facts.eventType, source: '/example', time, ...metadata, payload };
  }
}

function isEmptyObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function dependenciesOf(variables: readonly Variable[]): Dependency[] {
  return variables.flatMap((above, i) =>
    variables.flatMap((below, j) => {
      const depth = above.segments.length;
      const isAncestor =
        above.root === 'payload' &&
        below.root === 'payload' &&
        depth < below.segments.length &&
        above.segments.every((segment, at) => segment === below.segments[at]);
      return isAncestor ? [{ above: i, below: j, mayMiss: below.levels.mayMiss.slice(depth).includes(true) }] : [];
    }),
  );
}

class Search {
  readonly #formula: Formula;
  readonly #variables: readonly Variable[];
  readonly #dependencies: readonly Dependency[];
  readonly #conceived: boolean;
  readonly #chosen: (State | undefined)[];
  #left = BUDGET;
  #pending = -1;

  constructor(
    formula: Formula,
    variables: readonly Variable[],
    dependencies: readonly Dependency[],
    conceived: boolean,
  ) {
    this.#formula = formula;
    this.#variables = variables;
    this.#dependencies = dependencies;
    this.#conceived = conceived;
    this.#chosen = variables.map(() => undefined);
  }

  run(): State[] | 'none' | 'undecided' {
    if (this.#extend()) return this.#chosen as State[];
    return this.#left < 0 ? 'undecided' : 'none';
  }

  /** @returns true when every value is chosen and the formula holds */
  #extend(): boolean {
    this.#pending = -1;
    const truth = this.#value(this.#formula);
    if (truth === false || this.#left < 0) return false;
    const next = truth === true ? this.#chosen.indexOf(undefined) : this.#pending;
    if (next < 0) return true;
    for (const state of (this.#variables[next] as Variable).states) {
      if (state.conceived && !this.#conceived) continue;
      this.#chosen[next] = state;
      if (this.#isPossible(next) && this.#extend()) return true;
      this.#chosen[next] = undefined;
      if (this.#left < 0) return false;
    }
    return false;
  }

  #isPossible(changed: number): boolean {
    return this.#dependencies.every(({ above, below, mayMiss }) => {
      if (above !== changed && below !== changed) return true;
      const [upper, lower] = [this.#chosen[above], this.#chosen[below]];
      if (upper === undefined || lower === undefined) return true;
      const isThere = lower.value !== undefined;
      return upper.value === undefined ? !isThere : isThere || mayMiss;
    });
  }

  /** @returns undefined while it depends on values not yet chosen; `#pending` is then one of these */
  #value(formula: Formula): boolean | undefined {
    switch (formula.kind) {
      case 'test': {
        this.#left -= 1;
        const state = this.#chosen[formula.variable];
        if (state === undefined && this.#pending < 0) this.#pending = formula.variable;
        return state?.truth[formula.test];
      }
      case 'not': {
        const truth = this.#value(formula.operand);
        return truth === undefined ? undefined : !truth;
      }
      default: {
        const decisive = formula.kind === 'or';
        let isOpen = false;
        for (const operand of formula.operands) {
          const truth = this.#value(operand);
          if (truth === decisive) return decisive;
          if (truth === undefined) isOpen = true;
        }
        return isOpen ? undefined : !decisive;
      }
    }
  }
}
