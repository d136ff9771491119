/** The rules that wait for events of one type. */

import type { Condition, ResolvedPath, RuleEvent } from '../model.ts';
import { pathKey, type SharedValues } from '../read-path.ts';
import { type Access, accessesOf, isBroad, type Place, pathOf } from './access.ts';
import type { Match } from './match.ts';
import { collect, PathIndex } from './path-index.ts';
import { leadingQuestion, putIn, type Rule, takeOut } from './rule.ts';

/** What reading one more path costs every event, in tests of rules. */
const PATH_COST = 4;
const LAST_RESORT = 1_000_000_000;

const NOTHING: readonly Place[] = [];

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

  /** Adds to `hits` the rules that the event meets; one that stands in several places may be there several times. */
  collect(event: RuleEvent, hits: Match[]): void {
    for (const path of this.#paths) path.collect(event, hits);
    if (this.#others.length > 0) collect(this.#others, event, hits);
  }

  /** The way in that costs an event least, by what stands in the index now. Where half of all events come is the last
   *  resort, whatever stands there. */
  choose(where: Condition | null): { readonly places: readonly Place[]; readonly residual: Condition | null } {
    if (where === null) return { places: NOTHING, residual: null };
    const accesses = accessesOf(where);
    let best = accesses[0];
    if (best === undefined) return { places: NOTHING, residual: where };
    if (accesses.length > 1) {
      let bestCost = Number.POSITIVE_INFINITY;
      for (const access of accesses) {
        const cost = this.#expectedCost(access);
        if (cost < bestCost) {
          best = access;
          bestCost = cost;
        }
      }
    }
    return { places: best.places, residual: best.residual() };
  }

  add(rule: Rule): void {
    for (const place of rule.places) this.#pathIndex(pathOf(place)).add(place, rule);
    if (rule.places.length > 0) return;
    const path = leadingPath(rule);
    if (path === null) putIn(this.#others, rule);
    else this.#pathIndex(path).addAsked(rule);
  }

  remove(rule: Rule): void {
    for (const place of rule.places) this.#removeFrom(pathOf(place), (index) => index.remove(place, rule));
    if (rule.places.length > 0) return;
    const path = leadingPath(rule);
    if (path === null) takeOut(this.#others, rule);
    else this.#removeFrom(path, (index) => index.removeAsked(rule));
  }

  #expectedCost({ places }: Access): number {
    let cost = 0;
    for (const place of places) {
      if (isBroad(place)) cost += LAST_RESORT;
      const known = this.#byKey.get(pathKey(pathOf(place)));
      cost += known === undefined ? PATH_COST : known.expectedCrowd(place);
    }
    return cost;
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

/** For a rule without a place: the path it asks about first. */
function leadingPath({ source: { where } }: Rule): ResolvedPath | null {
  return where === null ? null : (leadingQuestion(where)?.path ?? null);
}
