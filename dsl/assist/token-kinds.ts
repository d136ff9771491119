/** A text as coloured pieces, cut by the lexer of the language itself. */

import type { IToken } from 'chevrotain';
import * as t from '../tokens.ts';

export type TokenKind = 'keyword' | 'operator' | 'string' | 'number' | 'date' | 'name' | 'bracket' | 'comment';

export interface Piece {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
  readonly kind: TokenKind;
}

const KINDS = new Map<unknown, TokenKind>([
  [t.Word, 'name'],
  [t.Text, 'string'],
  [t.NumberText, 'number'],
  [t.DateText, 'date'],
  [t.Equals, 'operator'],
  [t.OtherComparison, 'operator'],
  [t.Dot, 'name'],
]);

/** In the order of the text, without overlap; white space and characters that mean nothing are left out. Never throws. */
export function tokenPieces(text: string): readonly Piece[] {
  const { tokens, comments } = t.lex(text);
  const pieces: Piece[] = [];
  let comment = 0;
  for (const token of tokens) {
    while ((comments[comment]?.startOffset ?? Number.POSITIVE_INFINITY) < token.startOffset)
      pieces.push(pieceOf(comments[comment++] as IToken, 'comment'));
    pieces.push(pieceOf(token, kindOf(token)));
  }
  for (const rest of comments.slice(comment)) pieces.push(pieceOf(rest, 'comment'));
  return pieces;
}

function kindOf({ tokenType, image }: IToken): TokenKind {
  return KINDS.get(tokenType) ?? (/^[(){}[\],]$/.test(image) ? 'bracket' : 'keyword');
}

function pieceOf({ startOffset, image }: IToken, kind: TokenKind): Piece {
  return { start: startOffset, end: startOffset + image.length, kind };
}
