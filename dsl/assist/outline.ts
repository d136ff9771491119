/** The blocks of a text, found by their braces alone, so that a text that is being written has them too. */

import type { IToken, TokenType } from 'chevrotain';
import { unquote } from '../nodes.ts';
import * as t from '../tokens.ts';

const { K } = t;

export type BlockKind = 'badge' | 'requirement' | 'penalty' | 'test' | 'event';

/** Token numbers, not offsets. */
export interface Block {
  readonly kind: BlockKind;
  /** Its keyword. */
  readonly head: number;
  /** `{` */
  readonly open: number;
  /** `}`, or how many tokens there are. */
  close: number;
  readonly parent: Block | null;
}

const HEADS = new Map<TokenType, BlockKind>([
  [K.badge, 'badge'],
  [K.requirement, 'requirement'],
  [K.penalty, 'penalty'],
  [K.test, 'test'],
  [K.event, 'event'],
]);
/** The longest head has about as many tokens: an event type in parts, with a date. */
const LONGEST_HEAD = 16;

/** In the order in which they open. */
export function outlineOf(tokens: readonly IToken[]): readonly Block[] {
  const blocks: Block[] = [];
  let inner = null as Block | null;
  for (let i = 0; i < tokens.length; i++) {
    const type = (tokens[i] as IToken).tokenType;
    if (type === t.RightBrace) {
      if (inner === null) continue;
      inner.close = i;
      inner = inner.parent;
    } else if (type === t.LeftBrace) {
      const head = headOf(tokens, i);
      if (head === null) continue;
      const kind = HEADS.get((tokens[head] as IToken).tokenType) as BlockKind;
      // A badge or test stands in nothing: what is still open lacks its brace.
      if (kind === 'badge' || kind === 'test') inner = closeAll(inner, head);
      else if (kind !== 'event' && inner?.kind !== 'badge') inner = closeUpTo(inner, 'badge', head);
      inner = { kind, head, open: i, close: tokens.length, parent: inner };
      blocks.push(inner);
    }
  }
  return blocks;
}

function closeAll(inner: Block | null, at: number): null {
  for (let block = inner; block !== null; block = block.parent) block.close = at;
  return null;
}

function closeUpTo(inner: Block | null, kind: BlockKind, at: number): Block | null {
  let block = inner;
  for (; block !== null && block.kind !== kind; block = block.parent) block.close = at;
  return block;
}

function headOf(tokens: readonly IToken[], brace: number): number | null {
  for (let i = brace - 1; i >= 0 && i >= brace - LONGEST_HEAD; i--) {
    const type = (tokens[i] as IToken).tokenType;
    if (type === t.LeftBrace || type === t.RightBrace) return null;
    const before = tokens[i - 1]?.tokenType;
    // `requirement event {` is a requirement that is named so.
    if (HEADS.has(type) && before !== K.requirement && before !== K.penalty) return i;
  }
  return null;
}

/** @returns the innermost block that a place between two tokens lies in; null: none
 *  @param index of the first token behind the place */
export function blockAt(blocks: readonly Block[], index: number): Block | null {
  return blocks.findLast(({ open, close }) => open < index && index <= close) ?? null;
}

export function enclosing(block: Block | null, kind: BlockKind): Block | null {
  for (let one = block; one !== null; one = one.parent) if (one.kind === kind) return one;
  return null;
}

/** What names the block: its id without quotes, the type of an event. */
export function nameOf(block: Block, tokens: readonly IToken[]): string | null {
  if (block.kind === 'event') return eventTypeFrom(tokens, block.head + 1);
  const token = tokens[block.head + 1];
  if (token === undefined || block.head + 1 >= block.open) return null;
  return token.tokenType === t.Text ? unquote(token.image) : token.image;
}

/** The event type that a requirement or penalty waits for, wherever in it `on` stands. */
export function eventTypeOf({ open, close }: Block, tokens: readonly IToken[]): string | null {
  for (let i = open + 1; i < close; i++) {
    if (tokens[i]?.tokenType === K.on && tokens[i + 1]?.tokenType === t.Word) return eventTypeFrom(tokens, i + 1);
  }
  return null;
}

function eventTypeFrom(tokens: readonly IToken[], index: number): string | null {
  if (tokens[index]?.tokenType !== t.Word) return null;
  let name = (tokens[index] as IToken).image;
  for (let i = index + 1; tokens[i]?.tokenType === t.Dot && tokens[i + 1]; i += 2) name += `.${tokens[i + 1]?.image}`;
  return name;
}
