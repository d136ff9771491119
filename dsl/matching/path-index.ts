/** The rules of one event type that ask about one path, by what they ask. */

import type { Condition, Scalar } from '../model.ts';
import type { PathValue } from '../read-path.ts';
import { isEquality, type Place, valuesOf } from './access.ts';
import { collect, type Matches } from './match.ts';
import { OtherPlaces } from './other-places.ts';
import { compareRules, putIn, type Rule, takeOut } from './rule.ts';

export class PathIndex {
  readonly key: string;
  readonly #at: PathValue;
  /** A single rule stands alone: most values have only one. */
  readonly #byValue = new Map<unknown, Rule | Rule[]>();
  /** Most paths have none. */
  #others: OtherPlaces | null = null;
  #size = 0;

  constructor(key: string, at: PathValue) {
    this.key = key;
    this.#at = at;
  }

  get isEmpty(): boolean {
    return this.#size === 0;
  }

  /** Adds the rules that the event meets; one that stands in several places perhaps several times. */
  collect(matches: Matches): void {
    const value = this.#at.of(matches.event);
    const found = this.#byValue.size === 0 ? undefined : this.#byValue.get(value);
    if (found !== undefined) {
      if (Array.isArray(found)) collect(found, matches);
      else if (found.isMet(matches.event)) matches.add(found);
    }
    this.#others?.collect(value, matches);
  }

  add(place: Place, rule: Rule): void {
    this.#size++;
    if (isEquality(place)) for (const value of valuesOf(place)) this.#addAt(value, rule);
    else this.#mayBeOthers.add(place, rule);
  }

  /** The rule is asked about every event, with the others that ask about this path first. */
  addAsked(rule: Rule, question: Condition): void {
    this.#size++;
    this.#mayBeOthers.addAsked(rule, question);
  }

  remove(place: Place, rule: Rule): void {
    this.#size--;
    if (isEquality(place)) for (const value of valuesOf(place)) this.#removeAt(value, rule);
    else this.#others?.remove(place, rule);
  }

  removeAsked(rule: Rule, question: Condition): void {
    this.#size--;
    this.#others?.removeAsked(rule, question);
  }

  /** How many rules an event is expected to reach there, if all values of a path are equally frequent. */
  expectedCrowd(place: Place): number {
    if (!isEquality(place)) return this.#others?.expectedCrowd(place) ?? 0;
    if (place.kind === 'comparison') return this.#crowdAt(place.value);
    return valuesOf(place).reduce<number>((sum, value) => sum + this.#crowdAt(value), 0);
  }

  #crowdAt(value: Scalar): number {
    const found = this.#byValue.get(value);
    return found === undefined ? 0 : (Array.isArray(found) ? found.length : 1) / this.#byValue.size;
  }

  #addAt(value: Scalar, rule: Rule): void {
    const found = this.#byValue.get(value);
    if (found === undefined) this.#byValue.set(value, rule);
    else if (Array.isArray(found)) putIn(found, rule);
    else if (found !== rule) this.#byValue.set(value, compareRules(found, rule) < 0 ? [found, rule] : [rule, found]);
  }

  #removeAt(value: Scalar, rule: Rule): void {
    const found = this.#byValue.get(value);
    if (Array.isArray(found)) takeOut(found, rule);
    if (found === rule || (Array.isArray(found) && found.length === 0)) this.#byValue.delete(value);
  }

  get #mayBeOthers(): OtherPlaces {
    this.#others ??= new OtherPlaces();
    return this.#others;
  }
}
