/** What commands about rule files print. */

import { formatDiagnostic } from '../../dsl/index.ts';
import type { CheckedFile } from './rule-files.ts';

/** Over all files. */
export function count(files: readonly CheckedFile[]): { readonly errors: number; readonly warnings: number } {
  const all = files.flatMap((file) => file.diagnostics);
  const errors = all.filter((diagnostic) => diagnostic.severity === 'error').length;
  return { errors, warnings: all.length - errors };
}

/** @param only leaves the others out */
export function printDiagnostics(
  files: readonly Pick<CheckedFile, 'name' | 'text' | 'diagnostics'>[],
  write: (line: string) => void,
  only?: 'error',
): void {
  for (const { name, text, diagnostics } of files) {
    for (const diagnostic of diagnostics) {
      if (only === undefined || diagnostic.severity === only) write(`${formatDiagnostic(diagnostic, text, name)}\n`);
    }
  }
}

/** `1 file`, `2 files` */
export function plural(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

export function printLine(line: string): void {
  process.stdout.write(`${line}\n`);
}

export function printError(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Ids and names are arbitrary text: a terminal obeys control characters and turns text around at direction marks. */
export function shownText(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\ufffd');
}
