/** `laurel rules fmt`: the canonical form of rule files. */

import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { parse, printFile } from '../../dsl/index.ts';
import { InputError } from '../../plugin/errors.ts';
import { readText } from './input.ts';
import { printDiagnostics, printError, printLine } from './rule-report.ts';

export function addRulesFormat(rules: Command): void {
  rules
    .command('fmt')
    .description('print rule files in the canonical form, comments kept')
    .argument('<file...>', 'rule files; - is standard input')
    .option(
      '--check',
      'print only the names of files that are not in the canonical form, and exit with 1 when there are any',
    )
    .option('--write', 'change the files in place')
    .action(async (names: string[], options: { check?: boolean; write?: boolean }) => {
      if (options.check && options.write) {
        throw new InputError('options-exclusive', '--check and --write exclude each other; give one of them');
      }
      if (options.write && names.includes('-')) {
        throw new InputError('options-exclusive', 'standard input cannot be changed in place; leave --write out');
      }
      const formatted = await Promise.all(names.map(async (name) => format(name)));
      const broken = formatted.filter((file) => file.diagnostics.length > 0);
      if (broken.length > 0) {
        printDiagnostics(broken, printError);
        printError('nothing was formatted: mend the errors above first');
        process.exitCode = 1;
        return;
      }
      for (const { name, text, canonical } of formatted) {
        if (!options.check && !options.write) process.stdout.write(canonical);
        else if (text !== canonical) {
          printLine(name);
          if (options.write) await writeFile(name, canonical);
          else process.exitCode = 1;
        }
      }
    });
}

async function format(name: string) {
  const text = await readText(name);
  const { file, diagnostics } = parse(text);
  return { name, text, diagnostics, canonical: printFile(file) };
}
