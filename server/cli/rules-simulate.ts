/** `laurel rules simulate`: what learners would have, from events alone. */

import type { Command } from 'commander';
import { simulate } from '../../plugin/badges/simulate.ts';
import { commandEnvironment } from './environment.ts';
import { readAllEvents } from './event-files.ts';
import { checkRuleFiles } from './rule-files.ts';
import { areSound } from './rule-report.ts';
import type { Shell } from './shell.ts';
import { explainUsage, RULE_FILES, requireOneStandardInput } from './usage.ts';

export function addRulesSimulate(rules: Command, shell: Shell): void {
  const command = rules
    .command('simulate')
    .description('evaluate rule files over events in memory; prints one JSON line per learner and active badge')
    .argument('<file...>', RULE_FILES)
    .requiredOption('--events <file>', 'CloudEvents as JSON Lines; - is standard input')
    .option('--json', 'changes nothing: JSON Lines is what this command always prints')
    .action(async (names: string[], options: { events: string }) => {
      requireOneStandardInput(...names, options.events);
      const files = await checkRuleFiles(shell, names, await commandEnvironment(shell));
      if (!areSound(shell, files, 'nothing was simulated')) return;
      const events = await readAllEvents(shell, options.events);
      const badges = files.flatMap((file) => file.badges);
      for (const line of simulate(badges, events)) shell.printJson(line);
    });
  explainUsage(command, {
    json: `and without: one line per learner and active badge, by learner, then badge:
{ learner, badge, status: "none" | "in-progress" | "awarded" | "revoked", progress, groups, fulfilled, awardedAt, awards }`,
    exits: '0 done, 1 the rules have errors (on standard error), 2 wrong usage, 64 a file or an event cannot be used',
    examples: [
      'rules simulate demo.rules --events events.jsonl',
      'rules simulate badges/ --events - < events.jsonl | jq \'select(.status == "awarded")\'',
    ],
  });
}
