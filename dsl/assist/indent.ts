/** How far a line is indented while it is being written; the printer settles the rest. */

import { endOf } from '../nodes.ts';
import * as t from '../tokens.ts';

const STEP = 2;

/** @param lineStart offset of the line's first character
 *  @returns columns */
export function indentationAt(text: string, lineStart: number): number {
  const { tokens } = t.lex(text);
  let depth = 0;
  let continued = false;
  for (const token of tokens) {
    if (token.startOffset >= lineStart) break;
    if (endOf(token) > lineStart) return 0;
    const { tokenType } = token;
    if (tokenType === t.LeftBrace || tokenType === t.LeftParen || tokenType === t.LeftBracket) depth++;
    else if (tokenType === t.RightBrace || tokenType === t.RightParen || tokenType === t.RightBracket) depth--;
    continued = tokenType === t.K.and || tokenType === t.K.or;
  }
  const next = /^[^\S\n]*(\S*)/.exec(text.slice(lineStart))?.[1] ?? '';
  if (/^[})\]]/.test(next)) depth--;
  if (/^(?:and|or)\b/.test(next) || continued) depth++;
  return Math.max(0, depth) * STEP;
}
