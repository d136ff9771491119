/** Matching and ordering texts code point by code point, so that half of a surrogate pair never counts as a character. */

import type { TextOperator } from './ast.ts';

/** Negative, zero or positive, as `Array.prototype.sort` wants it. UTF-16 order would put emoji before U+FFFD. */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

/** Surrogates stand for code points above U+FFFF: they come after every other code unit. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

export function startsWith(text: string, start: string): boolean {
  return text.startsWith(start) && !splitsPair(text, start.length);
}

export function endsWith(text: string, end: string): boolean {
  return text.endsWith(end) && !splitsPair(text, text.length - end.length);
}

export function contains(text: string, part: string): boolean {
  return indexOf(text, part, 0) >= 0;
}

/** @param pattern `*` is any run of characters, `?` one code point; there are no escapes
 *  @returns a test that takes each run as short as possible and never goes back over one, so no pattern makes it explode */
function likeMatcher(pattern: string): (text: string) => boolean {
  const [first = '', ...others] = pattern.split('*');
  const last = others.pop();
  if (last === undefined) return (text) => endOfSegment(first, text, 0) === text.length;
  const lastLength = [...last].length;
  return (text) => {
    let at = endOfSegment(first, text, 0);
    for (const segment of others) {
      if (at < 0) return false;
      at = endOfFirst(segment, text, at);
    }
    if (at < 0) return false;
    const start = stepBack(text, lastLength);
    return start >= at && endOfSegment(last, text, start) === text.length;
  };
}

/** Where the leftmost occurrence of `segment` at or after `from` ends; -1 without one. */
function endOfFirst(segment: string, text: string, from: number): number {
  if (!segment.includes('?')) {
    const start = indexOf(text, segment, from);
    return start < 0 ? -1 : start + segment.length;
  }
  for (let start = from; start <= text.length; start += codePointLength(text, start)) {
    const end = endOfSegment(segment, text, start);
    if (end >= 0) return end;
  }
  return -1;
}

/** Where `segment` ends if it lies in `text` at `at`; -1 if it does not. */
function endOfSegment(segment: string, text: string, at: number): number {
  let end = at;
  for (const wanted of segment) {
    if (end >= text.length) return -1;
    const length = codePointLength(text, end);
    if (wanted !== '?' && (length !== wanted.length || !text.startsWith(wanted, end))) return -1;
    end += length;
  }
  return end;
}

/** The index `count` code points before the end; -1 when there are not so many. */
function stepBack(text: string, count: number): number {
  let index = text.length;
  for (let i = 0; i < count; i++) {
    if (index <= 0) return -1;
    index -= index >= 2 && splitsPair(text, index - 1) ? 2 : 1;
  }
  return index;
}

function indexOf(text: string, part: string, from: number): number {
  let at = text.indexOf(part, from);
  while (at >= 0 && (splitsPair(text, at) || splitsPair(text, at + part.length))) at = text.indexOf(part, at + 1);
  return at;
}

function codePointLength(text: string, index: number): number {
  return splitsPair(text, index + 1) ? 2 : 1;
}

/** True when the two code units around `index` are one code point. */
export function splitsPair(text: string, index: number): boolean {
  if (index <= 0 || index >= text.length) return false;
  return isHighSurrogate(text.charCodeAt(index - 1)) && isLowSurrogate(text.charCodeAt(index));
}

function isHighSurrogate(unit: number): boolean {
  return (unit & 0xfc00) === 0xd800;
}

function isLowSurrogate(unit: number): boolean {
  return (unit & 0xfc00) === 0xdc00;
}

/** @returns the test that a text condition asks for; it fails for whatever is no text. One function, not one around another:
 *  there may be as many as rules. */
export function textMatcher(operator: TextOperator, value: string): (actual: unknown) => boolean {
  switch (operator) {
    case 'starts with':
      return (actual) => typeof actual === 'string' && startsWith(actual, value);
    case 'ends with':
      return (actual) => typeof actual === 'string' && endsWith(actual, value);
    case 'contains':
      return containsMatcher(value);
    case 'like': {
      const inner = /^\*([^*?]*)\*$/.exec(value)?.[1];
      if (inner !== undefined) return containsMatcher(inner);
      const matches = likeMatcher(value);
      return (actual) => typeof actual === 'string' && matches(actual);
    }
  }
}

/** Nearly no part begins or ends with half of a pair, and only such a part can lie across one. */
function containsMatcher(part: string): (actual: unknown) => boolean {
  const mayLieAcross = isLowSurrogate(part.charCodeAt(0)) || isHighSurrogate(part.charCodeAt(part.length - 1));
  if (mayLieAcross) return (actual) => typeof actual === 'string' && contains(actual, part);
  return (actual) => typeof actual === 'string' && actual.includes(part);
}
