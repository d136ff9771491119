/** The rules of one event type that ask about one path, by what they ask. */

import type { ValueTest } from '../compile.ts';
import type { Scalar } from '../model.ts';
import type { PathValue } from '../read-path.ts';
import { type Place, valuesOf } from './access.ts';
import { AskedRules } from './asked-rules.ts';
import type { Matches } from './match.ts';
import { compareRules, putIn, type Rule, takeOut } from './rule.ts';
import { SortedBounds } from './sorted-bounds.ts';
import { TextTrie } from './text-trie.ts';

/** What stands beside the equalities, which most paths have nothing of. */
class OtherPlaces {
  readonly starts = new TextTrie<Rule>('start');
  readonly ends = new TextTrie<Rule>('end');
  readonly bounds = {
    number: { lower: new SortedBounds<Rule>('lower'), upper: new SortedBounds<Rule>('upper') },
    string: { lower: new SortedBounds<Rule>('lower'), upper: new SortedBounds<Rule>('upper') },
  };
  readonly present: Rule[] = [];
  readonly absent: Rule[] = [];
  /** Asked about every value, and about absence. */
  readonly asked = new AskedRules();
}

export class PathIndex {
  readonly key: string;
  readonly #at: PathValue;
  /** A single rule stands alone: most values have only one. */
  readonly #byValue = new Map<unknown, Rule | Rule[]>();
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
    const found = this.#byValue.get(value);
    if (found !== undefined) {
      if (Array.isArray(found)) collect(found, matches);
      else if (found.isMet(matches.event)) matches.add(found);
    }
    if (this.#others !== null) collectOthers(this.#others, value, matches);
  }

  add(place: Place, rule: Rule): void {
    this.#size++;
    if (place.kind === 'comparison' && place.operator === '=') this.#addAt(place.value, rule);
    else {
      const values = valuesOf(place);
      if (values === null) putIn(this.#listFor(place), rule);
      else for (const value of values) this.#addAt(value, rule);
    }
  }

  /** The rule is asked about every event, with the others that ask about this path first. */
  addAsked(rule: Rule): void {
    this.#size++;
    this.#others ??= new OtherPlaces();
    this.#others.asked.add(rule);
  }

  remove(place: Place, rule: Rule): void {
    this.#size--;
    const values = valuesOf(place);
    if (values !== null) {
      for (const value of values) this.#removeAt(value, rule);
      return;
    }
    takeOut(this.#listFor(place), rule);
    this.#tidy(place);
  }

  removeAsked(rule: Rule): void {
    this.#size--;
    this.#others?.asked.remove(rule);
  }

  /** How many rules an event is expected to reach there, if all values of a path are equally frequent. */
  expectedCrowd(place: Place): number {
    if (place.kind === 'comparison' && place.operator === '=') return this.#crowdAt(place.value);
    const values = valuesOf(place);
    if (values !== null) return values.reduce<number>((sum, value) => sum + this.#crowdAt(value), 0);
    if (place.kind !== 'text-match' || this.#others === null) return 0;
    const trie = place.operator === 'ends with' ? this.#others.ends : this.#others.starts;
    return (trie.get(place.value)?.length ?? 0) / Math.max(1, trie.size);
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

  #listFor(place: Place): Rule[] {
    this.#others ??= new OtherPlaces();
    const { starts, ends, bounds, present, absent } = this.#others;
    switch (place.kind) {
      case 'text-match': {
        const trie = place.operator === 'ends with' ? ends : starts;
        let rules = trie.get(place.value);
        if (rules === undefined) {
          rules = [];
          trie.set(place.value, rules);
        }
        return rules;
      }
      case 'comparison': {
        const { value, operator } = place;
        const side = operator[0] === '>' ? 'lower' : 'upper';
        const of = typeof value === 'number' ? bounds.number : bounds.string;
        return of[side].at(value as number | string, operator.length === 2);
      }
      case 'not':
        return absent;
      default:
        return present;
    }
  }

  #tidy(place: Place): void {
    if (this.#others === null) return;
    const { starts, ends, bounds } = this.#others;
    if (place.kind === 'text-match') {
      const trie = place.operator === 'ends with' ? ends : starts;
      if (trie.get(place.value)?.length === 0) trie.delete(place.value);
    } else if (place.kind === 'comparison') {
      const of = typeof place.value === 'number' ? bounds.number : bounds.string;
      of[place.operator[0] === '>' ? 'lower' : 'upper'].tidy(place.value as number | string);
    }
  }
}

/** Rules that stand together often ask the same, as most about passing do: it is asked once. */
export function collect(rules: readonly Rule[], matches: Matches): void {
  let at: PathValue | null = null;
  let holds: ValueTest | null = null;
  let isHeld = true;
  for (const rule of rules) {
    if (rule.holds !== holds || rule.at !== at) {
      at = rule.at;
      holds = rule.holds;
      isHeld = at === null || holds(at.of(matches.event));
    }
    if (isHeld && (rule.rest === null || rule.rest(matches.event))) matches.add(rule);
  }
}

function collectOthers(others: OtherPlaces, value: unknown, matches: Matches): void {
  const { starts, ends, bounds, present, absent, asked } = others;
  const found = (rules: readonly Rule[]): void => collect(rules, matches);
  if (typeof value === 'string') {
    if (starts.size > 0) starts.find(value, found);
    if (ends.size > 0) ends.find(value, found);
  }
  if (typeof value === 'string' || typeof value === 'number') {
    const { lower, upper } = typeof value === 'number' ? bounds.number : bounds.string;
    if (lower.size > 0) lower.find(value, found);
    if (upper.size > 0) upper.find(value, found);
  }
  found(value === undefined || value === null ? absent : present);
  asked.collect(value, matches);
}
