/** `laurel rules check`: every mistake in rule files. */

import type { Command } from 'commander';
import { unlikelyIds } from '../../plugin/badges/badge-text.ts';
import { commandEnvironment } from './environment.ts';
import { checkRuleFiles } from './rule-files.ts';
import { count, plural, printDiagnostics } from './rule-report.ts';
import type { Shell } from './shell.ts';
import { explainUsage, RULE_FILES } from './usage.ts';

export function addRulesCheck(rules: Command, shell: Shell): void {
  const check = rules
    .command('check')
    .description('report every mistake in rule files')
    .argument('<file...>', RULE_FILES)
    .option('--json', 'print one JSON document instead of text')
    .action(async (names: string[], options: { json?: boolean }) => {
      const checked = await checkRuleFiles(shell, names, await commandEnvironment(shell));
      const files = checked.map((one) => {
        return { ...one, diagnostics: [...one.diagnostics, ...unlikelyIds(one.text, one.file)] };
      });
      const { errors, warnings } = count(files);
      if (options.json) {
        const diagnostics = files.flatMap(({ name, diagnostics: found }) => found.map((d) => ({ file: name, ...d })));
        shell.printJson({ errors, warnings, diagnostics });
      } else {
        const { red, yellow, green } = shell.coloursOf(shell.stdout);
        printDiagnostics(shell, files, 'stdout');
        const badges = files.reduce((sum, file) => sum + file.badges.length, 0);
        const paint = errors > 0 ? red : warnings > 0 ? yellow : green;
        const found = paint(`${plural(errors, 'error')}, ${plural(warnings, 'warning')}`);
        shell.printLine(`${plural(files.length, 'file')}, ${plural(badges, 'badge')}: ${found}`);
      }
      if (errors > 0) shell.exitCode = 1;
    });
  explainUsage(check, {
    json: `one document { errors, warnings, diagnostics: [{ file, code, severity, message, hint, span: { start, end },
line, column, endLine, endColumn }] }; lines and columns count from 1, in UTF-16 code units`,
    exits: '0 no error (there may be warnings), 1 errors, 2 wrong usage, 64 a file cannot be read',
    examples: ['rules check badges/', 'rules check demo.rules --json | jq .diagnostics'],
  });
}
