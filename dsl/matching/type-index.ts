/** The rules that wait for events of one type. */

import type { Condition, ResolvedPath } from '../model.ts';
import { pathKey, type SharedValues } from '../read-path.ts';
import {
  type Access,
  accessesOf,
  conjunctionWith,
  isBroad,
  listOf,
  type Place,
  type Places,
  pathOf,
  placeOf,
} from './access.ts';
import { collect, type Matches } from './match.ts';
import { PathIndex } from './path-index.ts';
import { type LeadingQuestion, leadingQuestion, putIn, type Rule, takeOut } from './rule.ts';

/** What reading one more path costs every event, in tests of rules. */
const PATH_COST = 4;
const LAST_RESORT = 1_000_000_000;

const NOWHERE: readonly Place[] = [];

interface Choice {
  readonly places: Places;
  /** What they do not answer. */
  readonly residual: Condition | null;
}

export class TypeIndex {
  readonly #values: SharedValues;
  readonly #paths: PathIndex[] = [];
  readonly #byKey = new Map<string, PathIndex>();
  /** Rules that every event must be tested against and that no one path leads to. */
  readonly #others: Rule[] = [];

  constructor(values: SharedValues) {
    this.#values = values;
  }

  get isEmpty(): boolean {
    return this.#paths.length === 0 && this.#others.length === 0;
  }

  /** Adds the rules that the event meets. */
  collect(matches: Matches): void {
    for (const path of this.#paths) path.collect(matches);
    if (this.#others.length > 0) collect(this.#others, matches);
  }

  /** The way in that costs an event least, by what stands in the index now. Where half of all events come is the last
   *  resort, whatever stands there. */
  choose(where: Condition | null): Choice {
    const whole = where && placeOf(where);
    if (whole !== null) return { places: whole, residual: null };
    return where?.kind === 'and' ? this.#chooseOperand(where) : this.#chooseAmong(where);
  }

  /** As `accessesOf` would list them, without the lists: nearly all rules come by here, and most operands are places. */
  #chooseOperand(where: Extract<Condition, { readonly kind: 'and' }>): Choice {
    const { operands } = where;
    let best: Choice | null = null;
    let bestAt = 0;
    let bestCost = Number.POSITIVE_INFINITY;
    for (let at = 0; at < operands.length; at++) {
      const operand = operands[at] as Condition;
      const place = placeOf(operand);
      const choice = place === null ? this.#chooseAmong(operand) : { places: place, residual: null };
      const cost = choice.places === NOWHERE ? Number.POSITIVE_INFINITY : this.#expectedCost(choice.places);
      if (cost < bestCost) {
        best = choice;
        bestAt = at;
        bestCost = cost;
      }
    }
    if (best === null) return { places: NOWHERE, residual: where };
    return { places: best.places, residual: conjunctionWith(operands, bestAt, best.residual) };
  }

  #chooseAmong(condition: Condition | null): Choice {
    let best: Access | null = null;
    let bestCost = Number.POSITIVE_INFINITY;
    for (const access of condition === null ? [] : accessesOf(condition)) {
      const cost = this.#expectedCost(access.places);
      if (cost < bestCost) {
        best = access;
        bestCost = cost;
      }
    }
    return best === null
      ? { places: NOWHERE, residual: condition }
      : { places: best.places, residual: best.residual() };
  }

  add(rule: Rule): void {
    const { places } = rule;
    if ('kind' in places) this.#pathIndex(pathOf(places)).add(places, rule);
    else if (places.length > 0) for (const place of places) this.#pathIndex(pathOf(place)).add(place, rule);
    else {
      const asked = askedFirst(rule);
      if (asked === null) putIn(this.#others, rule);
      else this.#pathIndex(asked.path).addAsked(rule, asked.question);
    }
  }

  remove(rule: Rule): void {
    const places = listOf(rule.places);
    for (const place of places) this.#removeFrom(pathOf(place), (index) => index.remove(place, rule));
    if (places.length > 0) return;
    const asked = askedFirst(rule);
    if (asked === null) takeOut(this.#others, rule);
    else this.#removeFrom(asked.path, (index) => index.removeAsked(rule, asked.question));
  }

  #expectedCost(places: Places): number {
    if ('kind' in places) return this.#costOf(places);
    let cost = 0;
    for (const place of places) cost += this.#costOf(place);
    return cost;
  }

  #costOf(place: Place): number {
    const known = this.#byKey.get(pathKey(pathOf(place)));
    // What is asked is asked by every event, what stands at half of them by half.
    const resort = place.kind === 'asked' ? 2 * LAST_RESORT : isBroad(place) ? LAST_RESORT : 0;
    return resort + (known === undefined ? PATH_COST : known.expectedCrowd(place));
  }

  #pathIndex(path: ResolvedPath): PathIndex {
    const key = pathKey(path);
    let index = this.#byKey.get(key);
    if (index === undefined) {
      index = new PathIndex(key, this.#values.at(path));
      this.#byKey.set(key, index);
      this.#paths.push(index);
    }
    return index;
  }

  #removeFrom(path: ResolvedPath, remove: (index: PathIndex) => void): void {
    const index = this.#byKey.get(pathKey(path));
    if (index === undefined) return;
    remove(index);
    if (!index.isEmpty) return;
    this.#byKey.delete(index.key);
    this.#paths.splice(this.#paths.indexOf(index), 1);
  }
}

/** For a rule without a place: what it asks first. */
function askedFirst({ source: { where } }: Rule): LeadingQuestion | null {
  return where === null ? null : leadingQuestion(where);
}
