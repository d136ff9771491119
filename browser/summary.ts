/** The state of a text in one sentence. */

import type { Diagnostic } from '../dsl/index.ts';
import { counted, listed, say } from './speech.ts';

/** @returns e.g. `2 errors, 1 warning; the first at line 4, column 9: ...` */
export function summary(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  const warnings = diagnostics.length - errors;
  const [first] = diagnostics;
  if (first === undefined) return say('noProblems');
  const problems = listed([
    ...(errors === 0 ? [] : [counted('errors', errors)]),
    ...(warnings === 0 ? [] : [counted('warnings', warnings)]),
  ]);
  const { line, column, message } = first;
  return say(diagnostics.length > 1 ? 'firstAt' : 'problemAt', { problems, line, column, message });
}
