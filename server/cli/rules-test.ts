/** `laurel rules test`: runs the tests that stand in rule files. */

import { type Command, InvalidArgumentError } from 'commander';
import {
  type Coverage,
  type CoveredCondition,
  coverageOf,
  type Environment,
  runTest,
  type TestReport,
} from '../../dsl/index.ts';
import type { Colours } from './colour.ts';
import { commandEnvironment } from './environment.ts';
import { type CheckedFile, checkRuleFiles } from './rule-files.ts';
import { areSound, printSafely } from './rule-report.ts';
import type { Shell } from './shell.ts';
import { explainUsage, RULE_FILES, UsageError } from './usage.ts';

interface Options {
  readonly json?: boolean;
  readonly run?: string;
  readonly failOnEmpty?: boolean;
  readonly coverage?: boolean;
  readonly threshold?: number;
}

export function addRulesTest(rules: Command, shell: Shell): void {
  const command = rules
    .command('test')
    .description('run the test blocks of rule files in memory')
    .argument('<file...>', RULE_FILES)
    .option('--run <text>', 'only tests whose title contains this text')
    .option('--fail-on-empty', 'exit with 1 when there is no test to run')
    .option('--coverage', 'tell which comparisons of the rules the tests never saw true, or never false')
    .option('--threshold <percent>', 'with --coverage: exit with 1 below this many percent, 0 to 100', toPercent)
    .option('--json', 'print JSON Lines instead of text')
    .action(async (names: string[], options: Options) => {
      if (options.threshold !== undefined && !options.coverage)
        throw new UsageError('--threshold says how much coverage is enough; give --coverage with it');
      const environment = await commandEnvironment(shell);
      const files = await checkRuleFiles(shell, names, environment);
      if (areSound(shell, files, 'no test was run')) runAll(shell, files, environment, options);
    });
  explainUsage(command, {
    json: `one line per test { file, passed, title, badge, expectations, failures: [{ line, column, expected, actual,
reasons }] }; with --coverage one more at the end { coverage: { ratio, conditions: [{ file, line, column,
badge, rule, text, seenTrue, seenFalse }] } }`,
    exits: `0 every test passed, 1 one failed or the rules have errors (or --fail-on-empty, --threshold)
2 wrong usage, 64 a file cannot be read`,
    examples: [
      'rules test badges/ --fail-on-empty --coverage --threshold 90',
      'rules test demo.rules --run "takes it back"',
    ],
  });
}

function toPercent(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 100))
    throw new InvalidArgumentError('Give a number from 0 to 100.');
  return value;
}

function runAll(shell: Shell, files: readonly CheckedFile[], environment: Environment, options: Options): void {
  const badges = files.flatMap((file) => file.badges);
  const { run: wanted = '' } = options;
  const chosen = files.map((file) => ({ ...file, tests: file.tests.filter(({ title }) => title.includes(wanted)) }));
  const reports = chosen.flatMap(({ name, text, tests }) =>
    tests.map((test) => ({ file: name, report: runTest(test, badges, environment, text) })),
  );
  const failed = reports.filter(({ report }) => report.failures.length > 0).length;
  const coverage = options.coverage ? coverageOf(chosen, environment) : null;
  if (options.json) printAsJson(shell, reports, coverage);
  else {
    const colours = shell.coloursOf(shell.stdout);
    for (const { file, report } of reports) printReport(shell, file, report, colours);
    if (coverage !== null) printCoverage(shell, coverage, colours);
    const paint = failed > 0 ? colours.red : colours.green;
    shell.printLine(paint(`${reports.length - failed} passed, ${failed} failed`));
  }
  if (reports.length === 0 && wanted !== '') shell.printError(`no test has "${wanted}" in its title`);
  const isTooLittle = coverage !== null && 100 * coverage.ratio < (options.threshold ?? 0);
  if (isTooLittle)
    shell.printError(`coverage is ${percent(coverage)}, below the ${options.threshold} % that are asked for`);
  if (failed > 0 || (reports.length === 0 && options.failOnEmpty) || isTooLittle) shell.exitCode = 1;
}

function printAsJson(
  shell: Shell,
  reports: readonly { readonly file: string; readonly report: TestReport }[],
  coverage: Coverage | null,
): void {
  for (const { file, report } of reports) shell.printJson({ file, passed: report.failures.length === 0, ...report });
  if (coverage !== null) shell.printJson({ coverage });
}

function printReport(shell: Shell, file: string, { title, failures }: TestReport, { red, green, dim }: Colours): void {
  const passed = failures.length === 0;
  printSafely(shell, `${passed ? 'passed' : 'FAILED'}  ${file}: ${title}`, (line) =>
    line.replace(/^\w+/, passed ? green : red),
  );
  for (const { line, column, expected, actual, reasons } of failures) {
    printSafely(shell, `  ${file}:${line}:${column}: expected ${expected}`);
    printSafely(shell, `    but it is ${actual}`);
    for (const reason of reasons) printSafely(shell, `      ${reason}`, dim);
  }
}

function printCoverage(shell: Shell, coverage: Coverage, { yellow }: Colours): void {
  for (const condition of coverage.conditions) {
    const missing = missed(condition);
    if (missing === null) continue;
    const { file, line, column, badge, rule, text } = condition;
    printSafely(shell, `${file}:${line}:${column}: ${missing}: ${text} (badge ${badge}, ${rule})`, (whole) =>
      whole.replace(missing, yellow),
    );
  }
  const { length } = coverage.conditions;
  shell.printLine(
    `coverage ${percent(coverage)} of what ${length} ${length === 1 ? 'comparison' : 'comparisons'} can come out as`,
  );
}

function missed({ seenTrue, seenFalse }: CoveredCondition): string | null {
  if (seenTrue && seenFalse) return null;
  return seenTrue ? 'never false' : seenFalse ? 'never true' : 'never asked';
}

/** Cut, not rounded: 100 % means all. */
function percent({ ratio }: Coverage): string {
  return `${Math.floor(1000 * ratio) / 10} %`;
}
