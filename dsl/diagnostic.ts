/** What is wrong, or doubtful, in a rule text: a value with a stable code and a place. The language never throws for text. */

import type { Span } from './ast.ts';

export interface Diagnostic {
  /** Stable, `area.reason`, e.g. `type.unknown-path`; one page of the reference manual per code. */
  readonly code: string;
  readonly severity: 'error' | 'warning';
  /** A full sentence that says what is wrong. */
  readonly message: string;
  /** What to do next, e.g. `did you mean "course.course_key"?`; null where nothing can be said. */
  readonly hint: string | null;
  readonly span: Span;
  /** 1-based, columns in UTF-16 code units, end exclusive. */
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}
