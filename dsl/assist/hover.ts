/** What the word at a place means. */

import type { IToken, TokenType } from 'chevrotain';
import type { Span } from '../ast.ts';
import { findPath, type Scope } from '../checks/paths.ts';
import { endOf, segments } from '../nodes.ts';
import { operators } from '../operators.ts';
import { printPath } from '../print-condition.ts';
import * as t from '../tokens.ts';
import { keywordText } from './keyword-texts.ts';
import { type Block, blockAt, eventTypeOf, nameOf, outlineOf } from './outline.ts';
import { isName } from './place.ts';
import { aboutEventType, aboutPath, scopeFor, typeName, type Vocabulary } from './vocabulary.ts';

const { K } = t;

export interface Meaning {
  readonly span: Span;
  readonly title: string;
  readonly about: readonly string[];
}

/** @returns null where there is nothing to say */
export function meaningAt(
  text: string,
  offset: number,
  mode: 'file' | 'expression',
  vocabulary: Vocabulary,
): Meaning | null {
  const { tokens } = t.lex(text);
  const index = tokens.findIndex((token) => token.startOffset <= offset && offset < endOf(token));
  const token = tokens[index];
  if (token === undefined) return null;
  const blocks = mode === 'file' ? outlineOf(tokens) : [];
  const block = blockAt(blocks, index);
  const type = mode === 'expression' ? vocabulary.eventType : eventTypeAround(block, tokens);
  const scope = scopeFor(vocabulary, type);
  return (
    eventTypeMeaning(token, vocabulary) ??
    operatorMeaning(tokens, index) ??
    (scope && pathMeaning(tokens, index, scope)) ??
    keywordMeaning(tokens, index)
  );
}

function eventTypeAround(block: Block | null, tokens: readonly IToken[]): string | null {
  if (block === null) return null;
  return block.kind === 'event' ? nameOf(block, tokens) : eventTypeOf(block, tokens);
}

function eventTypeMeaning(token: IToken, { environment }: Vocabulary): Meaning | null {
  const type = token.tokenType === t.Word ? environment.eventTypes.get(token.image) : undefined;
  return type === undefined ? null : meaning(token, token, type.name, aboutEventType(type, environment));
}

const SIGNS: ReadonlySet<TokenType> = new Set([t.Equals, t.OtherComparison]);

function operatorMeaning(tokens: readonly IToken[], index: number): Meaning | null {
  // `starts with` and `not in` are two words; either of them is pointed at.
  for (const [from, to] of [
    [index, index + 1],
    [index - 1, index],
    [index, index],
  ] as const) {
    const first = tokens[from];
    const last = tokens[to];
    if (first === undefined || last === undefined || (isName(first.tokenType) && isNamePlace(tokens, from))) continue;
    const written = from === to ? symbolOf(first) : `${first.image} ${last.image}`;
    const row = operators.find(({ symbol }) => symbol !== '' && symbol === written);
    if (row === undefined) continue;
    const absent = row.absent === 'as its parts' ? [] : [`Where the field is absent it yields ${row.absent}.`];
    return meaning(first, last, row.form, [`${row.operands}: ${row.meaning}.`, ...absent]);
  }
  return null;
}

function symbolOf({ tokenType, payload, image }: IToken): string {
  return SIGNS.has(tokenType) ? (payload ?? image) : image;
}

/** `in group A` has the word of an operator. */
function isNamePlace(tokens: readonly IToken[], index: number): boolean {
  return tokens[index + 1]?.tokenType === K.group || tokens[index - 1]?.tokenType === t.Dot;
}

function pathMeaning(tokens: readonly IToken[], index: number, scope: Scope): Meaning | null {
  let first = index;
  while (tokens[first - 1]?.tokenType === t.Dot && first >= 2) first -= 2;
  let last = index;
  while (tokens[last + 1]?.tokenType === t.Dot && tokens[last + 2]) last += 2;
  const parts = tokens.slice(first, last + 1).filter(({ tokenType }) => tokenType !== t.Dot);
  if (parts.some(({ tokenType }) => !isName(tokenType) && tokenType !== t.Text)) return null;
  const found = findPath(
    scope,
    parts.flatMap((part) => segments(part).map(({ text }) => text)),
  );
  if (found === null) return null;
  const title = `${printPath(found.path)}: ${typeName(found)}`;
  return meaning(tokens[first] as IToken, tokens[last] as IToken, title, aboutPath(found));
}

function keywordMeaning(tokens: readonly IToken[], index: number): Meaning | null {
  const token = tokens[index] as IToken;
  const row = token.tokenType === t.Word ? null : keywordText(token.image);
  if (token.tokenType === K.in && tokens[index + 1]?.tokenType === K.group) {
    const group = keywordText('group');
    return group && meaning(token, token, group.form, [group.meaning]);
  }
  return row && meaning(token, token, row.form, [row.meaning]);
}

function meaning(first: IToken, last: IToken, title: string, about: readonly string[]): Meaning {
  return { span: { start: first.startOffset, end: endOf(last) }, title, about };
}
