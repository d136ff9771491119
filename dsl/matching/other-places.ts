/** The rules of one path that no equality leads to: by the start or end of a text, by order, by presence, or asked. */

import { compileValueTest } from '../compile.ts';
import type { Condition } from '../model.ts';
import type { Place } from './access.ts';
import { AskedRules } from './asked-rules.ts';
import { collect, type Matches } from './match.ts';
import { putIn, type Rule, takeOut } from './rule.ts';
import { SortedBounds } from './sorted-bounds.ts';
import { TextTrie } from './text-trie.ts';
import { exceptionsOf, UnequalRules } from './unequal-rules.ts';

type Named<Kind extends Place['kind']> = Extract<Place, { readonly kind: Kind }>;
type OtherPlace = Exclude<Place, Named<'in'> | Named<'is-true'>>;

export class OtherPlaces {
  readonly #starts = new TextTrie<Rule>('start');
  readonly #ends = new TextTrie<Rule>('end');
  readonly #numbers = { lower: new SortedBounds<Rule>('lower'), upper: new SortedBounds<Rule>('upper') };
  readonly #texts = { lower: new SortedBounds<Rule>('lower'), upper: new SortedBounds<Rule>('upper') };
  readonly #present: Rule[] = [];
  readonly #absent: Rule[] = [];
  /** Asked about every value, and about absence. */
  readonly #asked = new AskedRules();
  readonly #unequal = new UnequalRules();

  add(place: OtherPlace, rule: Rule): void {
    if (place.kind === 'text-match') this.#addText(place, rule);
    else if (place.kind === 'asked') this.#asked.add(rule, compileValueTest(place.question));
    else if (place.kind === 'comparison') {
      const { value, operator } = place;
      this.#boundsOf(place).add(value as number | string, operator.length === 2, rule);
    } else putIn(place.kind === 'not' ? this.#absent : this.#present, rule);
  }

  remove(place: OtherPlace, rule: Rule): void {
    if (place.kind === 'text-match') this.#removeText(place, rule);
    else if (place.kind === 'asked') this.#asked.remove(rule);
    else if (place.kind === 'comparison') {
      const { value, operator } = place;
      this.#boundsOf(place).remove(value as number | string, operator.length === 2, rule);
    } else takeOut(place.kind === 'not' ? this.#absent : this.#present, rule);
  }

  /** @param question what the rule asks first, about this path only */
  addAsked(rule: Rule, question: Condition): void {
    const exceptions = exceptionsOf(question);
    if (exceptions === null) this.#asked.add(rule, rule.holds);
    else this.#unequal.add(rule, exceptions);
  }

  removeAsked(rule: Rule, question: Condition): void {
    const exceptions = exceptionsOf(question);
    if (exceptions === null) this.#asked.remove(rule);
    else this.#unequal.remove(rule, exceptions);
  }

  /** As `PathIndex.expectedCrowd`. */
  expectedCrowd(place: OtherPlace): number {
    if (place.kind === 'asked') return this.#asked.size + this.#unequal.size;
    if (place.kind !== 'text-match') return 0;
    const trie = this.#trieOf(place);
    return (trie.get(place.value)?.length ?? 0) / Math.max(1, trie.size);
  }

  /** Adds the rules that the value meets. */
  collect(value: unknown, matches: Matches): void {
    if (typeof value === 'string') {
      if (this.#starts.size > 0) this.#starts.find(value, collect, matches);
      if (this.#ends.size > 0) this.#ends.find(value, collect, matches);
      if (this.#texts.lower.size > 0) this.#texts.lower.find(value, collect, matches);
      if (this.#texts.upper.size > 0) this.#texts.upper.find(value, collect, matches);
    } else if (typeof value === 'number') {
      if (this.#numbers.lower.size > 0) this.#numbers.lower.find(value, collect, matches);
      if (this.#numbers.upper.size > 0) this.#numbers.upper.find(value, collect, matches);
    }
    const known = value === undefined || value === null ? this.#absent : this.#present;
    if (known.length > 0) collect(known, matches);
    if (this.#asked.size > 0) this.#asked.collect(value, matches);
    if (this.#unequal.size > 0) this.#unequal.collect(value, matches);
  }

  #addText(place: Named<'text-match'>, rule: Rule): void {
    const trie = this.#trieOf(place);
    const rules = trie.get(place.value);
    if (rules === undefined) trie.set(place.value, [rule]);
    else putIn(rules, rule);
  }

  #removeText(place: Named<'text-match'>, rule: Rule): void {
    const trie = this.#trieOf(place);
    const rules = trie.get(place.value);
    if (rules === undefined) return;
    takeOut(rules, rule);
    if (rules.length === 0) trie.delete(place.value);
  }

  #trieOf({ operator }: Named<'text-match'>): TextTrie<Rule> {
    return operator === 'ends with' ? this.#ends : this.#starts;
  }

  #boundsOf({ value, operator }: Named<'comparison'>): SortedBounds<Rule> {
    const bounds = typeof value === 'number' ? this.#numbers : this.#texts;
    return operator[0] === '>' ? bounds.lower : bounds.upper;
  }
}
