/** What commands about rule files print. */

import { formatDiagnostic, printable } from '../../dsl/index.ts';
import type { Colours } from './colour.ts';
import type { CheckedFile } from './rule-files.ts';
import type { Shell } from './shell.ts';

/** Over all files. */
export function count(files: readonly CheckedFile[]): { readonly errors: number; readonly warnings: number } {
  const all = files.flatMap((file) => file.diagnostics);
  const errors = all.filter((diagnostic) => diagnostic.severity === 'error').length;
  return { errors, warnings: all.length - errors };
}

/** @param to standard output where they are the answer, standard error where they are why there is none
 *  @param only leaves the others out */
export function printDiagnostics(
  shell: Shell,
  files: readonly Pick<CheckedFile, 'name' | 'text' | 'diagnostics'>[],
  to: 'stdout' | 'stderr',
  only?: 'error',
): void {
  const output = shell[to];
  const colours = shell.coloursOf(output);
  for (const { name, text, diagnostics } of files) {
    for (const diagnostic of diagnostics) {
      if (only !== undefined && diagnostic.severity !== only) continue;
      const lines = formatDiagnostic(diagnostic, text, name).split('\n');
      output.write(`${lines.map((line, index) => paintLine(line, index, diagnostic, colours)).join('\n')}\n\n`);
    }
  }
}

/** The first line tells what, the third points at it. */
function paintLine(
  line: string,
  index: number,
  { severity, code }: CheckedFile['diagnostics'][number],
  { red, yellow, bold }: Colours,
): string {
  const paint = severity === 'error' ? red : yellow;
  if (index === 0) return line.replace(`${severity}[${code}]`, (label) => bold(paint(label)));
  return index === 2 ? line.replace(/\^+$/, paint) : line;
}

/** Says why nothing was done, where the files have errors; then the command has failed.
 *  @param undone `no test was run`
 *  @returns whether there are none */
export function areSound(shell: Shell, files: readonly CheckedFile[], undone: string): boolean {
  if (count(files).errors === 0) return true;
  printDiagnostics(shell, files, 'stderr', 'error');
  shell.printError(`${undone}: mend the errors above first`);
  shell.exitCode = 1;
  return false;
}

/** `1 file`, `2 files` */
export function plural(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** A line that holds text of others: what a terminal would obey is made harmless.
 *  @param paint of what is then harmless */
export function printSafely(shell: Shell, line: string, paint: (text: string) => string = (text) => text): void {
  shell.printLine(paint(printable(line)));
}

/** Ids and names are arbitrary text: a terminal obeys control characters and turns text around at direction marks. */
export function shownText(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\ufffd');
}
