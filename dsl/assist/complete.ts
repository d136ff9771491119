/** What may be written at a place of a text, finished or not: what the grammar allows there, in the words of the
 *  environment. */

import type { ISyntacticContentAssistPath, TokenType } from 'chevrotain';
import { findPath, type Scope } from '../checks/paths.ts';
import { limits } from '../limits.ts';
import { segments } from '../nodes.ts';
import { possibleNext } from '../parse.ts';
import { quote } from '../print-condition.ts';
import * as t from '../tokens.ts';
import { keywordText } from './keyword-texts.ts';
import { enclosing, eventTypeOf, nameOf } from './outline.ts';
import { isClause, isName, onceIn, type Place, placeAt } from './place.ts';
import { snippetFor } from './snippets.ts';
import {
  aboutEventType,
  aboutPath,
  isEnabled,
  namedPaths,
  operatorsFor,
  scopeFor,
  typeName,
  type ValueType,
  type Vocabulary,
} from './vocabulary.ts';

const { K } = t;

export type CompletionKind =
  | 'keyword'
  | 'operator'
  | 'event-type'
  | 'path'
  | 'value'
  | 'provider'
  | 'badge'
  | 'requirement'
  | 'group';

export interface Completion {
  readonly kind: CompletionKind;
  /** What is written. */
  readonly text: string;
  /** A few words, shown beside it. */
  readonly detail: string | null;
  /** Sentences, shown when it is chosen. */
  readonly about: readonly string[];
  /** Higher is shown first; 0 unless there is a reason. */
  readonly rank: number;
  /** What is written instead of `text`, with `#{}` where the cursor stands afterwards; null: `text` itself. */
  readonly snippet: string | null;
}

export interface Completions {
  /** What is replaced. */
  readonly start: number;
  readonly end: number;
  readonly items: readonly Completion[];
}

/** @returns null where nothing can be offered, such as in a comment, or deeper than the language goes */
export function completionsAt(
  text: string,
  offset: number,
  mode: 'file' | 'expression',
  vocabulary: Vocabulary,
): Completions | null {
  const place = placeAt(text, offset, mode);
  if (place === null || isTooDeep(place.clause)) return null;
  const offer = new Offer(place, vocabulary);
  for (const next of possibleNext(place.rule, place.clause)) offer.add(next);
  const { touched } = place;
  const start = touched?.startOffset ?? offset;
  // A closed string is replaced with its closing quote.
  const closed = touched?.tokenType === t.Text && /^".*"$/s.test(touched.image) && touched.image.length > 1;
  return { start, end: closed ? start + (touched?.image.length ?? 0) : offset, items: offer.items() };
}

/** Such a text is a mistake already, and asking the grammar takes the longer the deeper it is: minutes at thousands. */
function isTooDeep(clause: Place['clause']): boolean {
  const openings = clause.filter(({ tokenType }) => tokenType === t.LeftParen || tokenType === K.not);
  return openings.length > limits.nesting;
}

class Offer {
  readonly #found = new Map<string, Completion>();
  readonly #place: Place;
  readonly #vocabulary: Vocabulary;
  readonly #scope: Scope | null;
  /** The test of an expression that is being written. */
  readonly #test: { readonly names: readonly string[]; readonly type: ValueType | null; readonly started: boolean };

  constructor(place: Place, vocabulary: Vocabulary) {
    this.#place = place;
    this.#vocabulary = vocabulary;
    this.#scope = scopeFor(vocabulary, this.#eventType());
    this.#test = this.#testAtHand();
  }

  items(): readonly Completion[] {
    return [...this.#found.values()];
  }

  add({ nextTokenType: type, ruleStack }: ISyntacticContentAssistPath): void {
    const rule = ruleStack.at(-1) ?? '';
    if (rule === 'path' || rule === 'pathPart') this.#paths(type);
    else if (rule === 'eventType') this.#eventTypes(type);
    else if (rule === 'literal') this.#values(type);
    else if (rule === 'id') this.#requirements(ruleStack);
    else if (type === t.AnyWord && rule === 'template') this.#providers();
    else if (type === t.AnyWord && rule === 'requirement') this.#groups();
    else if (type === t.Text && rule === 'trigger') this.#badges(this.#vocabulary.environment.knownBadges ?? []);
    else if (rule === 'string' && ruleStack.includes('testClause')) this.#badges([]);
    else if (rule === 'operand' && (this.#test.started || (type !== t.LeftParen && type !== K.not)))
      this.#operators(type);
    else if (type === t.Equals && rule === 'testEvent') this.#put('operator', '=');
    else if (this.#isKeywordPlace(type, rule)) this.#keyword(type, ruleStack);
  }

  #isKeywordPlace(type: TokenType, rule: string): boolean {
    if (rule !== 'operand' && this.#isHalfTest()) return false;
    // A revocation is for penalties.
    if (type === K.revoked && this.#place.block?.kind === 'requirement') return false;
    return !this.#isGiven(type);
  }

  #put(kind: CompletionKind, text: string, more: Partial<Omit<Completion, 'kind' | 'text'>> = {}): void {
    if (this.#found.has(text)) return;
    this.#found.set(text, { kind, text, detail: null, about: [], rank: 0, snippet: null, ...more });
  }

  #keyword(type: TokenType, ruleStack: readonly string[]): void {
    const [first] = t.spellingsOf(type);
    if (first === undefined) return;
    const words = type === K.unit ? ['minutes', 'hours', 'days', 'weeks'] : [first];
    for (const word of words) {
      const row = keywordText(word);
      const detail = row && row.form !== word ? row.form : null;
      const snippet = snippetFor(word, ruleStack.at(-1) ?? '');
      this.#put('keyword', word, { detail, about: row ? [row.meaning] : [], snippet });
    }
  }

  #paths(type: TokenType): void {
    if (type !== t.AnyWord || this.#scope === null) return;
    const inTestEvent = this.#place.block?.kind === 'event';
    const scope = inTestEvent ? { ...this.#scope, metadata: false } : this.#scope;
    for (const { text, resolution } of namedPaths(scope)) {
      const { path } = resolution;
      if (inTestEvent && (path.part !== null || path.type === 'other')) continue;
      const rank = path.type === 'other' ? -2 : path.root === 'event' || path.part !== null ? -1 : 0;
      this.#put('path', text, { detail: typeName(resolution), about: aboutPath(resolution), rank });
    }
  }

  #eventTypes(type: TokenType): void {
    // Behind a dot that stands apart nothing is offered: the whole name is one word.
    if (type !== t.Word) return;
    const { environment } = this.#vocabulary;
    for (const eventType of environment.eventTypes.values()) {
      if (eventType.learner === null) continue;
      const enabled = isEnabled(eventType.name, environment);
      const about = aboutEventType(eventType, environment);
      const detail = enabled ? null : 'not enabled';
      this.#put('event-type', eventType.name, { detail, about, rank: enabled ? 0 : -10 });
    }
  }

  #values(type: TokenType): void {
    const { type: known, names } = this.#test;
    if (type === K.true || type === K.false) {
      if (known === 'boolean' || known === null) this.#put('value', type === K.true ? 'true' : 'false');
    } else if (type === t.Text) {
      const values = this.#vocabulary.knownValues.get(this.#eventType() ?? '')?.get(names.join('.')) ?? [];
      for (const value of values) this.#put('value', quote(value));
    }
  }

  #providers(): void {
    for (const provider of this.#vocabulary.environment.providers) this.#put('provider', provider);
  }

  #groups(): void {
    const { tokens } = this.#place;
    const used = new Set(tokens.filter((_, i) => tokens[i - 1]?.tokenType === K.group).map(({ image }) => image));
    const letters = Array.from({ length: 26 }, (_, i) => String.fromCharCode(65 + i));
    const free = letters.find((letter) => !used.has(letter));
    // Only behind `group`: the same kind of token is the requirement's own name, which nobody can guess.
    if (this.#place.clause.at(-1)?.tokenType !== K.group) return;
    for (const letter of letters.filter((one) => used.has(one) || one === free))
      this.#put('group', letter, { detail: used.has(letter) ? 'alternative to others' : 'a group of its own' });
  }

  #badges(known: Iterable<string>): void {
    const { tokens, blocks, block } = this.#place;
    const here = enclosing(block, 'badge');
    const own = blocks.filter((one) => one.kind === 'badge' && one !== here).map((one) => nameOf(one, tokens));
    for (const id of new Set([...own, ...known])) if (id) this.#put('badge', quote(id));
  }

  /** Of the badge around, or of the one that the test is about. */
  #requirements(ruleStack: readonly string[]): void {
    const { tokens, blocks, block } = this.#place;
    const test = enclosing(block, 'test');
    const tested = test && blocks.find((one) => one.kind === 'badge' && nameOf(one, tokens) === this.#testedBadge());
    const badge = tested ?? enclosing(block, 'badge');
    const own = ruleStack.includes('requirement') ? block : null;
    for (const one of blocks) {
      if (one.kind !== 'requirement' || one.parent !== badge || one === own) continue;
      const id = nameOf(one, tokens);
      if (id) this.#put('requirement', id);
    }
  }

  #testedBadge(): string | null {
    const { tokens, block } = this.#place;
    const test = enclosing(block, 'test');
    if (test === null) return null;
    for (let i = test.open + 1; i < test.close; i++) {
      const id = tokens[i + 1];
      if (tokens[i]?.tokenType === K.badge && id?.tokenType === t.Text) return segments(id)[0]?.text ?? null;
    }
    return null;
  }

  #operators(type: TokenType): void {
    const { names, type: known, started } = this.#test;
    if (!started || names.length === 0) return;
    for (const row of operatorsFor(known)) {
      const first = t.lex(row.symbol).tokens[0]?.tokenType;
      if (first !== type) continue;
      const detail = row.form.replace('PATH ', '');
      this.#put('operator', row.symbol, { detail: detail === row.symbol ? null : detail, about: [`${row.meaning}.`] });
    }
    // The second word of an operator whose first is there.
    if (type === K.with) this.#put('operator', 'with');
    if (type === K.in && this.#place.clause.at(-1)?.tokenType === K.not) this.#put('operator', 'in');
  }

  /** A clause that the block has already, and may have only once. */
  #isGiven(type: TokenType): boolean {
    const { tokens, blocks, block, touched } = this.#place;
    if (block === null || !onceIn(block.kind).has(type)) return false;
    for (let i = block.open + 1; i < block.close; i++) {
      const inner = blocks.find((one) => one.parent === block && one.head === i);
      if (inner) i = inner.close;
      else if (tokens[i]?.tokenType === type && tokens[i] !== touched && isClause(tokens, i)) return true;
    }
    return false;
  }

  /** A path that cannot stand alone: only an operator may follow. */
  #isHalfTest(): boolean {
    const { names, type, started } = this.#test;
    return started && names.length > 0 && type !== null && type !== 'boolean' && this.#testIsBare();
  }

  #testIsBare(): boolean {
    const last = this.#place.clause.at(-1);
    return last !== undefined && (isName(last.tokenType) || last.tokenType === t.Text) && !this.#afterOperator();
  }

  #afterOperator(): boolean {
    return this.#tail().length > pathLength(this.#tail());
  }

  #eventType(): string | null {
    const { tokens, block, rule } = this.#place;
    if (rule === 'wholeExpression') return this.#vocabulary.eventType;
    if (block === null) return null;
    if (block.kind === 'event') return nameOf(block, tokens);
    return block.kind === 'requirement' || block.kind === 'penalty' ? eventTypeOf(block, tokens) : null;
  }

  /** The tokens of the test at hand, from its path on. */
  #tail() {
    const { clause, rule } = this.#place;
    let start = rule === 'wholeExpression' ? 0 : clause.findLastIndex(({ tokenType }) => STARTS.has(tokenType)) + 1;
    start = Math.max(start, clause.findLastIndex(({ tokenType }) => tokenType === t.LeftParen) + 1);
    while (clause[start]?.tokenType === K.not) start++;
    return start === 0 && rule !== 'wholeExpression' ? [] : clause.slice(start);
  }

  #testAtHand() {
    const tail = this.#tail();
    const path = tail.slice(0, pathLength(tail));
    const names = path
      .filter(({ tokenType }) => tokenType !== t.Dot)
      .flatMap((token) => segments(token).map((s) => s.text));
    const type = this.#scope === null ? null : (findPath(this.#scope, names)?.path.type ?? null);
    return { names, type, started: path.length > 0 };
  }
}

/** What a test may begin behind. */
const STARTS: ReadonlySet<TokenType> = new Set([K.where, t.LeftBrace]);

function pathLength(tokens: readonly { readonly tokenType: TokenType }[]): number {
  let length = 0;
  for (let i = 0; i < tokens.length; i += 2) {
    const type = (tokens[i] as { tokenType: TokenType }).tokenType;
    if (!isName(type) && type !== t.Text) break;
    length = i + 1;
    if (tokens[i + 1]?.tokenType !== t.Dot) break;
  }
  return length;
}
