/** `laurel rules fmt`: the canonical form of rule files. */

import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { parse, printFile } from '../../dsl/index.ts';
import { readText } from './input.ts';
import { ruleFileNames } from './rule-files.ts';
import { printDiagnostics } from './rule-report.ts';
import type { Shell } from './shell.ts';
import { explainUsage, RULE_FILES, UsageError } from './usage.ts';

interface Options {
  readonly check?: boolean;
  readonly write?: boolean;
  readonly json?: boolean;
}

export function addRulesFormat(rules: Command, shell: Shell): void {
  const command = rules
    .command('fmt')
    .description('print rule files in the canonical form, comments kept')
    .argument('<file...>', RULE_FILES)
    .option('--check', 'print only the names of files that are not in the canonical form')
    .option('--write', 'change the files in place, and print the names of those changed')
    .option('--json', 'print one JSON document instead of text')
    .action(async (names: string[], options: Options) => {
      if (options.check && options.write) {
        throw new UsageError('--check and --write exclude each other; give one of them');
      }
      if (options.write && names.includes('-')) {
        throw new UsageError('standard input cannot be changed in place; leave --write out');
      }
      const formatted = await Promise.all((await ruleFileNames(names)).map(async (name) => format(shell, name)));
      const broken = formatted.filter((file) => file.diagnostics.length > 0);
      if (broken.length > 0) {
        printDiagnostics(shell, broken, 'stderr');
        shell.printError('nothing was formatted: mend the errors above first');
        shell.exitCode = 1;
        return;
      }
      const others = formatted.filter(({ text, canonical }) => text !== canonical);
      if (options.write) for (const { name, canonical } of others) await writeFile(name, canonical);
      if (options.check && others.length > 0) shell.exitCode = 1;
      if (options.json) shell.printJson({ files: formatted.map((file) => report(file, options)) });
      else if (options.check || options.write) for (const { name } of others) shell.printLine(name);
      else for (const { canonical } of formatted) shell.stdout.write(canonical);
    });
  explainUsage(command, {
    json: `one document { files: [{ file, canonical, written, text }] }: whether the file was in the canonical form,
whether it was changed, and, without --check and --write, the canonical text`,
    exits: `0 done; with --check: all files are in the canonical form
1 with --check: some are not; or a file has syntax errors (on standard error), and nothing was changed
2 wrong usage, 64 a file cannot be read`,
    examples: ['rules fmt --check badges/', 'rules fmt --write demo.rules', 'rules fmt - < demo.rules'],
  });
}

type Formatted = Awaited<ReturnType<typeof format>>;

async function format(shell: Shell, name: string) {
  const text = await readText(shell, name);
  const { file, diagnostics } = parse(text);
  return { name, text, diagnostics, canonical: printFile(file) };
}

function report({ name, text, canonical }: Formatted, { check, write }: Options) {
  const isCanonical = text === canonical;
  const shown = check || write ? {} : { text: canonical };
  return { file: name, canonical: isCanonical, written: write === true && !isCanonical, ...shown };
}
