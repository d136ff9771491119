/** `laurel rules test`: runs the tests that stand in rule files. */

import type { Command } from 'commander';
import { runTest } from '../../dsl/index.ts';
import { commandEnvironment } from './environment.ts';
import { checkRuleFiles } from './rule-files.ts';
import { count, printDiagnostics, printError, printLine } from './rule-report.ts';

export function addRulesTest(rules: Command): void {
  rules
    .command('test')
    .description('run the test blocks of rule files in memory; exits with 1 when an expectation fails')
    .argument('<file...>', 'rule files; - is standard input')
    .option('--json', 'print one JSON line per test instead of text')
    .option('--fail-on-empty', 'exit with 1 when the files hold no test')
    .action(async (names: string[], options: { json?: boolean; failOnEmpty?: boolean }) => {
      const environment = commandEnvironment();
      const files = await checkRuleFiles(names, environment);
      if (count(files).errors > 0) {
        printDiagnostics(files, printError, 'error');
        printError('no test was run: mend the errors above first');
        process.exitCode = 1;
        return;
      }
      const badges = files.flatMap((file) => file.badges);
      let tests = 0;
      let failed = 0;
      for (const { name, text, tests: found } of files) {
        for (const test of found) {
          const report = runTest(test, badges, environment, text);
          tests += 1;
          if (report.failures.length > 0) failed += 1;
          if (options.json) {
            printLine(JSON.stringify({ file: name, passed: report.failures.length === 0, ...report }));
            continue;
          }
          printLine(`${report.failures.length === 0 ? 'passed' : 'FAILED'}  ${name}: ${report.title}`);
          for (const { line, column, expected, actual } of report.failures) {
            printLine(`  ${name}:${line}:${column}: expected ${expected}`);
            printLine(`    but it is ${actual}`);
          }
        }
      }
      if (!options.json) printLine(`${tests - failed} passed, ${failed} failed`);
      if (failed > 0 || (tests === 0 && options.failOnEmpty)) process.exitCode = 1;
    });
}
