/** `laurel rules ...`: rule files. What is here needs no server and no database. */

import type { Command } from 'commander';
import { simulate } from '../../plugin/badges/simulate.ts';
import { InputError } from '../../plugin/errors.ts';
import { decodeCloudEvent } from '../../plugin/events/decode.ts';
import type { LmsEvent } from '../../plugin/events/event.ts';
import { commandEnvironment } from './environment.ts';
import { readJsonLines } from './input.ts';
import { checkRuleFiles } from './rule-files.ts';
import { count, plural, printDiagnostics, printError, printLine } from './rule-report.ts';
import { addRulesExport } from './rules-export.ts';
import { addRulesFormat } from './rules-format.ts';
import { addRulesHistory } from './rules-history.ts';
import { addRulesPlan } from './rules-plan.ts';
import { addRulesTest } from './rules-test.ts';

export function addRulesCommands(program: Command): void {
  const rules = program
    .command('rules')
    .description('check and try rule files; put them in force, export them, look at former versions');

  rules
    .command('check')
    .description('report every mistake in rule files; exits with 1 when there are errors')
    .argument('<file...>', 'rule files; - is standard input')
    .option('--json', 'print one JSON document instead of text')
    .action(async (names: string[], options: { json?: boolean }) => {
      const files = await checkRuleFiles(names, commandEnvironment());
      const { errors, warnings } = count(files);
      if (options.json) {
        const diagnostics = files.flatMap(({ name, diagnostics: found }) => found.map((d) => ({ file: name, ...d })));
        printLine(JSON.stringify({ errors, warnings, diagnostics }));
      } else {
        printDiagnostics(files, printLine);
        const badges = files.reduce((sum, file) => sum + file.badges.length, 0);
        printLine(
          `${plural(names.length, 'file')}, ${plural(badges, 'badge')}: ${plural(errors, 'error')}, ${plural(warnings, 'warning')}`,
        );
      }
      if (errors > 0) process.exitCode = 1;
    });

  rules
    .command('simulate')
    .description('evaluate rule files over events in memory; prints one JSON line per learner and active badge')
    .argument('<file...>', 'rule files; - is standard input')
    .requiredOption('--events <file>', 'CloudEvents as JSON Lines; - is standard input')
    .option('--json', 'accepted for symmetry: the output is JSON Lines either way')
    .action(async (names: string[], options: { events: string }) => {
      if (options.events === '-' && names.includes('-')) {
        throw new InputError(
          'stdin-twice',
          'rules and events cannot both come from standard input; name a file for one of them',
        );
      }
      const files = await checkRuleFiles(names, commandEnvironment());
      if (count(files).errors > 0) {
        printDiagnostics(files, printError, 'error');
        printError('nothing was simulated: mend the errors above first');
        process.exitCode = 1;
        return;
      }
      const events: LmsEvent[] = [];
      for await (const event of readEvents(options.events)) events.push(event);
      for (const line of simulate(
        files.flatMap((file) => file.badges),
        events,
      )) {
        printLine(JSON.stringify(line));
      }
    });
  addRulesFormat(rules);
  addRulesTest(rules);
  addRulesPlan(rules);
  addRulesExport(rules);
  addRulesHistory(rules);
}

/** @throws InputError naming file and line of the first event that is wrong */
export async function* readEvents(name: string): AsyncIterable<LmsEvent> {
  for await (const { place, value } of readJsonLines(name)) {
    try {
      yield decodeCloudEvent(value);
    } catch (error) {
      throw new InputError('event-invalid', `${place}: ${(error as Error).message}`, { cause: error });
    }
  }
}
