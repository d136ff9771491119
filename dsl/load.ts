/** Rule text to badges in one step. */

import type { RuleFile } from './ast.ts';
import { type Checked, check } from './check.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { Environment } from './environment.ts';
import { limits } from './limits.ts';
import { parse } from './parse.ts';
import { Reporter } from './reporter.ts';

export interface Loaded extends Checked {
  readonly file: RuleFile;
}

/** Never throws. `diagnostics` are in the order of the text; of more than 100 the errors come first, and a last one says
 *  how many there are beyond. */
export function loadRules(text: string, environment: Environment): Loaded {
  const parsed = parse(text);
  const checked = check(text, parsed.file, environment);
  const all = [...parsed.diagnostics, ...checked.diagnostics];
  return { file: parsed.file, badges: checked.badges, tests: checked.tests, diagnostics: atMost(all, text) };
}

function atMost(all: Diagnostic[], text: string): readonly Diagnostic[] {
  if (all.length <= 1) return all;
  all.sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
  if (all.length <= limits.diagnostics) return all;
  const told = all.filter(({ code }) => code !== 'limit.diagnostics');
  // Whoever asks whether there are errors must see one.
  const errors = told.filter(({ severity }) => severity === 'error').slice(0, limits.diagnostics);
  const warnings = told.filter(({ severity }) => severity === 'warning').slice(0, limits.diagnostics - errors.length);
  const shown = new Set([...errors, ...warnings]);
  const reporter = new Reporter(text);
  const more = told.length - limits.diagnostics;
  reporter.report(
    'limit.diagnostics',
    { start: text.length, end: text.length },
    `there are ${told.length < all.length ? 'more than ' : ''}${more} more problems`,
    'mend those that are shown first',
  );
  return [...all.filter((diagnostic) => shown.has(diagnostic)), ...reporter.diagnostics];
}
