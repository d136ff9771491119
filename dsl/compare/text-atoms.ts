/** What is known of text matches without knowing the text: which follow from each other, and texts worth trying. */

import type { Leaf } from '../checks/value-sets.ts';
import { contains, endsWith, startsWith, textMatcher } from '../text-match.ts';

export type TextMatch = Extract<Leaf, { readonly kind: 'text-match' }>;

/** The same test in the simplest words: `like "a*"` starts with "a". */
export function simplified(test: TextMatch): TextMatch {
  const { operator, value } = test;
  if (operator !== 'like' || value.includes('?')) return test;
  const inner = value.replace(/^\*+/, '').replace(/\*+$/, '');
  const [before, after] = [value.startsWith('*'), value.endsWith('*')];
  if (inner.includes('*') || !(before || after)) return test;
  return { ...test, operator: before && after ? 'contains' : before ? 'ends with' : 'starts with', value: inner };
}

/** The one text it matches; null where there are more. */
export function onlyMatch({ operator, value }: TextMatch): string | null {
  return operator === 'like' && !/[*?]/.test(value) ? value : null;
}

/** What every text that matches begins with, ends with and holds. */
interface Guaranteed {
  readonly prefix: string;
  readonly suffix: string;
  readonly pieces: readonly string[];
}

function guaranteed({ operator, value }: TextMatch): Guaranteed {
  switch (operator) {
    case 'starts with':
      return { prefix: value, suffix: '', pieces: [value] };
    case 'ends with':
      return { prefix: '', suffix: value, pieces: [value] };
    case 'contains':
      return { prefix: '', suffix: '', pieces: [value] };
    case 'like': {
      const pieces = value.split(/[*?]/);
      return { prefix: pieces[0] ?? '', suffix: pieces.at(-1) ?? '', pieces };
    }
  }
}

/** False where no text gives these answers; true where one may.
 *  @param truth of each test, all about one and the same text */
export function isConceivable(tests: readonly TextMatch[], truth: readonly boolean[]): boolean {
  return tests.every((a, i) =>
    tests.every((b, j) => {
      if (i === j || !truth[i]) return true;
      return truth[j] ? !excludes(a, b) : !implies(a, b);
    }),
  );
}

function implies(a: TextMatch, b: TextMatch): boolean {
  const { prefix, suffix, pieces } = guaranteed(a);
  switch (b.operator) {
    case 'starts with':
      return startsWith(prefix, b.value);
    case 'ends with':
      return endsWith(suffix, b.value);
    case 'contains':
      return pieces.some((piece) => contains(piece, b.value));
    case 'like':
      return false;
  }
}

function excludes(a: TextMatch, b: TextMatch): boolean {
  const [left, right] = [guaranteed(a), guaranteed(b)];
  const isBeginning = (long: string, short: string): boolean => long.startsWith(short);
  const isEnd = (long: string, short: string): boolean => long.endsWith(short);
  return (
    !(isBeginning(left.prefix, right.prefix) || isBeginning(right.prefix, left.prefix)) ||
    !(isEnd(left.suffix, right.suffix) || isEnd(right.suffix, left.suffix))
  );
}

const FILLERS = ['', 'x', '0'];
const MOST_CANDIDATES = 600;

/** Texts that between them match the tests in as many combinations as a short list can; none for no tests. */
export function candidateTexts(tests: readonly TextMatch[]): readonly string[] {
  if (tests.length === 0) return [];
  const starts = ['', ...tests.flatMap((test) => (test.operator === 'starts with' ? [test.value] : likeTexts(test)))];
  const ends = ['', ...tests.flatMap((test) => (test.operator === 'ends with' ? [test.value] : likeTexts(test)))];
  const middles = tests.flatMap((test) => (test.operator === 'contains' ? [test.value] : []));
  const texts = new Set<string>();
  for (const middle of ['', ...middles, middles.join(''), middles.join(' ')])
    for (const start of starts)
      for (const end of ends)
        for (const filler of FILLERS) {
          if (texts.size >= MOST_CANDIDATES) return [...texts];
          texts.add(`${start}${filler}${middle}${filler}${end}`);
          texts.add(`${start}${middle}${end}${filler}`);
        }
  return [...texts];
}

function likeTexts(test: TextMatch): string[] {
  if (test.operator !== 'like') return [];
  return FILLERS.map((filler) => test.value.replaceAll('*', filler).replaceAll('?', 'x'));
}

/** It says nothing but that there is a text. */
export function matchesAnyText({ operator, value }: TextMatch): boolean {
  return operator === 'like' ? /^\*+$/.test(value) : value === '' && textMatcher(operator, value)('');
}
