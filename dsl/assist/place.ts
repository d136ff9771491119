/** Where in the grammar a cursor stands, also in a text that is not finished: what is asked of the grammar is only the
 *  clause at hand, so that a mistake elsewhere does not matter. */

import type { IToken, TokenType } from 'chevrotain';
import { endOf } from '../nodes.ts';
import * as t from '../tokens.ts';
import { type Block, type BlockKind, blockAt, outlineOf } from './outline.ts';

const { K } = t;

export interface Place {
  readonly tokens: readonly IToken[];
  readonly blocks: readonly Block[];
  readonly block: Block | null;
  /** The word or string that the cursor is in or right behind; null: between words. */
  readonly touched: IToken | null;
  /** The grammar's rule that `clause` begins in. */
  readonly rule: string;
  /** The clause up to the touched word, what no longer matters left out; with the head of its block in front. */
  readonly clause: IToken[];
}

const CLAUSES: Readonly<Record<BlockKind, ReadonlySet<TokenType>>> = {
  badge: new Set([K.name, K.template, K.active, K.evaluate, K.repeatable, K.on, K.reAward, K.requirement, K.penalty]),
  requirement: new Set([K.description, K.on, K.where, K.count, K.after, K.from, K.until]),
  penalty: new Set([K.description, K.on, K.where, K.resets]),
  test: new Set([K.badge, K.event, K.expect]),
  event: new Set(),
};
const REPEATED: ReadonlySet<TokenType> = new Set([K.requirement, K.penalty, K.event, K.expect]);
const BLOCKS: ReadonlySet<TokenType> = new Set([K.badge, K.test]);
/** After these a keyword is a name. */
const BEFORE_NAME: ReadonlySet<TokenType> = new Set([
  t.Dot,
  t.Comma,
  K.after,
  K.resets,
  K.requirement,
  K.penalty,
  K.group,
  K.fulfilled,
  K.distinct,
  K.where,
  K.and,
  K.or,
  K.not,
]);
const AFTER_PATH: ReadonlySet<TokenType> = new Set([t.Dot, t.Equals, t.OtherComparison]);

/** A head that stands for any of its kind. */
const HEADS: Readonly<Record<Exclude<BlockKind, 'event'>, string>> = {
  badge: 'badge "x" {',
  requirement: 'requirement x {',
  penalty: 'penalty x {',
  test: 'test "x" {',
};

/** @param mode what the whole text is
 *  @returns null inside a comment */
export function placeAt(text: string, offset: number, mode: 'file' | 'expression'): Place | null {
  const { tokens, comments } = t.lex(text);
  if (comments.some((comment) => comment.startOffset < offset && offset <= endOf(comment))) return null;
  let index = tokens.findIndex((token) => endOf(token) >= offset);
  if (index < 0) index = tokens.length;
  const candidate = tokens[index];
  const touched = candidate && candidate.startOffset < offset && isWordLike(candidate) ? candidate : null;
  // A sign that ends right here, such as `(`, is behind the cursor.
  if (touched === null && candidate && candidate.startOffset < offset) index++;
  const blocks = mode === 'file' ? outlineOf(tokens) : [];
  const block = blockAt(blocks, index);
  return { tokens, blocks, block, touched, ...clauseAt(tokens, block, index, mode) };
}

function isWordLike({ tokenType }: IToken): boolean {
  return tokenType === t.Text || tokenType === t.NumberText || tokenType === t.DateText || isName(tokenType);
}

export function isName(type: TokenType): boolean {
  return type.CATEGORIES?.includes(t.AnyWord) === true;
}

function clauseAt(
  tokens: readonly IToken[],
  block: Block | null,
  end: number,
  mode: 'file' | 'expression',
): Pick<Place, 'rule' | 'clause'> {
  if (mode === 'expression') return { rule: 'wholeExpression', clause: withoutFinished(tokens.slice(0, end)) };
  if (block === null) return { rule: 'file', clause: tokens.slice(lastBlockStart(tokens, end), end) };
  if (block.kind === 'event') {
    const fields = tokens.slice(lastField(tokens, block.open, end), end);
    return { rule: 'test', clause: [...t.lex(`${HEADS.test} event x {`).tokens, ...fields] };
  }
  const start = lastClauseStart(tokens, block, end);
  const clause = tokens.slice(start, end);
  return { rule: block.kind, clause: [...t.lex(HEADS[block.kind]).tokens, ...withoutFinished(clause)] };
}

function lastBlockStart(tokens: readonly IToken[], end: number): number {
  for (let i = end - 1; i >= 0; i--) {
    const type = tokens[i]?.tokenType as TokenType;
    if (type === t.RightBrace) return end;
    if (BLOCKS.has(type)) return i;
  }
  return 0;
}

function lastField(tokens: readonly IToken[], open: number, end: number): number {
  for (let i = end - 1; i > open; i--) if (tokens[i]?.tokenType === t.Comma) return i + 1;
  return open + 1;
}

function lastClauseStart(tokens: readonly IToken[], { kind, open }: Block, end: number): number {
  let depth = 0;
  let braces = 0;
  let start = open + 1;
  for (let i = open + 1; i < end; i++) {
    const type = tokens[i]?.tokenType as TokenType;
    if (type === t.LeftBrace) braces++;
    else if (type === t.RightBrace) {
      if (braces > 0) braces--;
      if (braces === 0) start = i + 1;
      depth = 0;
    } else if (type === t.LeftParen || type === t.LeftBracket) depth++;
    else if (type === t.RightParen || type === t.RightBracket) depth = Math.max(0, depth - 1);
    else if (braces === 0 && depth === 0 && CLAUSES[kind].has(type) && isClause(tokens, i, end)) start = i;
  }
  return start;
}

/** The clauses that a block may have once. */
export function onceIn(kind: BlockKind): ReadonlySet<TokenType> {
  return new Set([...CLAUSES[kind]].filter((type) => !REPEATED.has(type)));
}

/** Whether a keyword begins a clause: it may also be the name of something. */
export function isClause(tokens: readonly IToken[], index: number, end = tokens.length): boolean {
  const before = tokens[index - 1]?.tokenType;
  const after = index + 1 < end ? tokens[index + 1]?.tokenType : undefined;
  if (after !== undefined && AFTER_PATH.has(after)) return false;
  return before === undefined || !BEFORE_NAME.has(before) || before === tokens[index]?.tokenType;
}

/** What is complete in an expression has no say in what may follow: `(a = 1 and b = 2 or c` is as good as `(c`. */
function withoutFinished(tokens: readonly IToken[]): IToken[] {
  const kept: IToken[] = [];
  // Where in `kept` each open parenthesis stands, and how the whole begins.
  const open: number[] = [];
  let list = -1;
  const base = tokens[0]?.tokenType === K.where ? 0 : -1;
  for (const token of tokens) {
    const { tokenType } = token;
    if (list >= 0) {
      if (tokenType === t.Comma) kept.length = list + 1;
      else kept.push(token);
      if (tokenType === t.RightBracket) list = -1;
    } else if (tokenType === K.and || tokenType === K.or) kept.length = (open.at(-1) ?? base) + 1;
    else if (tokenType === t.RightParen && open.length > 0) {
      const start = open.pop() as number;
      kept.length = start + 1;
      kept.push(...t.lex('x').tokens, token);
    } else {
      if (tokenType === t.LeftParen) open.push(kept.length);
      if (tokenType === t.LeftBracket) list = kept.length;
      kept.push(token);
    }
  }
  return kept;
}
