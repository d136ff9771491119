/** Collects diagnostics about one text. */

import type { Span } from './ast.ts';
import type { Diagnostic } from './diagnostic.ts';
import { type Code, severityOf } from './diagnostic-codes.ts';
import { limits } from './limits.ts';
import { SourceText } from './source.ts';
import { type Effort, newEffort } from './suggest.ts';

type Hint = string | null | ((effort: Effort) => string | null);

export class Reporter {
  readonly diagnostics: Diagnostic[] = [];
  readonly #source: SourceText;
  readonly #effort = newEffort();
  #errors = 0;

  constructor(text: string) {
    this.#source = new SourceText(text);
  }

  get text(): string {
    return this.#source.text;
  }

  /** How many errors so far: a difference tells whether a part was sound. */
  get errors(): number {
    return this.#errors;
  }

  /** @param hint a function where the hint costs a search: it is not searched once there are more than anybody reads, and
   *    all searches share one effort */
  report(code: Code, span: Span, message: string, hint: Hint = null): void {
    const severity = severityOf(code);
    if (severity === 'error') this.#errors++;
    const start = this.#source.positionOf(span.start);
    const end = this.#source.positionOf(span.end);
    const wanted = this.diagnostics.length < limits.diagnostics;
    this.diagnostics.push({
      code,
      severity,
      message,
      hint: typeof hint === 'function' ? (wanted ? hint(this.#effort) : null) : hint,
      span: { start: span.start, end: span.end },
      line: start.line,
      column: start.column,
      endLine: end.line,
      endColumn: end.column,
    });
  }
}
