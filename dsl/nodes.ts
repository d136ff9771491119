/** Syntax tree nodes from tokens. */

import type { IToken } from 'chevrotain';
import type {
  BadgeBlock,
  BooleanLiteral,
  DateLiteral,
  DurationLiteral,
  Name,
  NumberLiteral,
  PenaltyBlock,
  RequirementBlock,
  Span,
  TestBlock,
  TextLiteral,
} from './ast.ts';

/** A block while its clauses are being read. */
export type Draft<Block> = {
  -readonly [Key in keyof Block]: Block[Key] extends readonly (infer Item)[] ? Item[] : Block[Key];
};

/** The lexer tracks only where tokens start: it is a good part of the whole work. */
export function endOf(token: IToken): number {
  return token.startOffset + token.image.length;
}

export function spanOf(first: IToken, last: IToken = first): Span {
  return { start: first.startOffset, end: endOf(last) };
}

export function text(token: IToken): TextLiteral {
  return { kind: 'text', value: unquote(token.image), span: spanOf(token) };
}

/** Always a copy: a piece cut out of the text would keep all of the text in memory as long as the badge made from it. */
export function unquote(image: string): string {
  try {
    return JSON.parse(image) as string;
  } catch {
    // Reported by the lexer already; the rest of the text is still worth checking.
    return image.replace(/^["']|["']$/g, '');
  }
}

export function number(token: IToken): NumberLiteral {
  const value = Number(token.image);
  // -0 would print as 0 and so differ after a round.
  return { kind: 'number', value: value === 0 || Number.isNaN(value) ? 0 : value, span: spanOf(token) };
}

export function date(token: IToken): DateLiteral {
  return { kind: 'date', text: token.image, span: spanOf(token) };
}

export function boolean(token: IToken, value: boolean): BooleanLiteral {
  return { kind: 'boolean', value, span: spanOf(token) };
}

export function name(token: IToken): Name {
  return { kind: 'name', text: copyOf(token.image), span: spanOf(token) };
}

/** V8 copies a shorter piece when it cuts it. */
const CUT_WITHOUT_COPY = 13;

function copyOf(word: string): string {
  return word.length < CUT_WITHOUT_COPY ? word : (JSON.parse(JSON.stringify(word)) as string);
}

export function duration(amount: IToken, unit: IToken): DurationLiteral {
  return {
    kind: 'duration',
    amount: Number(amount.image),
    unit: unit.image.replace(/s$/, '') as DurationLiteral['unit'],
    span: spanOf(amount, unit),
  };
}

/** The segments of one token: a dotted word is several, a quoted one is one. */
export function segments(token: IToken): Name[] {
  const { image, startOffset } = token;
  if (image.startsWith('"') || image.startsWith("'"))
    return [{ kind: 'name', text: unquote(image), span: spanOf(token) }];
  if (!image.includes('.')) return [name(token)];
  let start = startOffset;
  return image.split('.').map((segment) => {
    const span = { start, end: start + segment.length };
    start = span.end + 1;
    return { kind: 'name', text: segment, span };
  });
}

const NOWHERE: Span = { start: 0, end: 0 };

export function badgeDraft(): Draft<BadgeBlock> {
  return {
    kind: 'badge',
    id: { kind: 'text', value: '', span: NOWHERE },
    name: null,
    template: null,
    active: null,
    evaluate: null,
    repeatable: null,
    onRegress: null,
    reAward: null,
    requirements: [],
    penalties: [],
    span: NOWHERE,
  };
}

export function requirementDraft(): Draft<RequirementBlock> {
  return {
    kind: 'requirement',
    id: { kind: 'name', text: '', span: NOWHERE },
    group: null,
    description: null,
    on: null,
    where: null,
    count: null,
    after: null,
    from: null,
    until: null,
    span: NOWHERE,
  };
}

export function penaltyDraft(): Draft<PenaltyBlock> {
  return {
    kind: 'penalty',
    id: { kind: 'name', text: '', span: NOWHERE },
    description: null,
    on: null,
    where: null,
    resets: [],
    span: NOWHERE,
  };
}

export function testDraft(): Draft<TestBlock> {
  return { kind: 'test', title: { kind: 'text', value: '', span: NOWHERE }, badge: null, steps: [], span: NOWHERE };
}
