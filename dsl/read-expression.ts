/** An expression that stands by itself, such as one in a form, as syntax tree. */

import type { Expression } from './ast.ts';
import type { Diagnostic } from './diagnostic.ts';
import { exceedsBytes, limits } from './limits.ts';
import { parseExpression } from './parse.ts';
import { Reporter } from './reporter.ts';
import { lex } from './tokens.ts';

export interface ReadExpression {
  /** null: the text is not one whole expression. */
  readonly expression: Expression | null;
  /** The tree does not hold the comments that are in the text. */
  readonly hasComments: boolean;
  readonly diagnostics: readonly Diagnostic[];
}

export function readExpression(text: string): ReadExpression {
  const reporter = new Reporter(text);
  const expression = parseExpression(text, reporter);
  return { expression, hasComments: hasComments(text), diagnostics: reporter.diagnostics };
}

/** What is too long has been refused unread, and most conditions have nothing that a comment begins with. */
function hasComments(text: string): boolean {
  return text.includes('#') && !exceedsBytes(text, limits.expressionBytes) && lex(text).comments.length > 0;
}
