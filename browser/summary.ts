/** The state of a text in one sentence. */

import type { Diagnostic } from '../dsl/index.ts';

/** @returns e.g. `2 errors, 1 warning; the first at line 4, column 9: ...` */
export function summary(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  const warnings = diagnostics.length - errors;
  const [first] = diagnostics;
  if (first === undefined) return 'No problems.';
  const counts = [counted(errors, 'error'), counted(warnings, 'warning')].filter((part) => part !== null).join(', ');
  const { line, column, message } = first;
  return `${counts}${diagnostics.length > 1 ? '; the first' : ''} at line ${line}, column ${column}: ${message}.`;
}

function counted(amount: number, thing: string): string | null {
  return amount === 0 ? null : `${amount} ${thing}${amount === 1 ? '' : 's'}`;
}
