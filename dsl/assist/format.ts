/** The canonical form of a text that is being written. */

import type { Diagnostic } from '../diagnostic.ts';
import { parse, parseExpression } from '../parse.ts';
import { printFile } from '../print.ts';
import { layoutCondition, WIDTH } from '../print-condition.ts';
import { Reporter } from '../reporter.ts';
import { lex } from '../tokens.ts';

export type Formatted =
  | { readonly ok: true; readonly text: string }
  /** The text cannot be read; nothing is guessed. */
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

export function formatText(text: string, mode: 'file' | 'expression'): Formatted {
  if (mode === 'file') {
    const { file, diagnostics } = parse(text);
    return diagnostics.length > 0 ? { ok: false, diagnostics } : { ok: true, text: printFile(file) };
  }
  const reporter = new Reporter(text);
  const expression = parseExpression(text, reporter);
  if (expression === null) return { ok: false, diagnostics: reporter.diagnostics };
  // An expression alone is printed from its tree, and that holds no comments.
  return { ok: true, text: lex(text).comments.length > 0 ? text : layoutCondition(expression, '', WIDTH) };
}
