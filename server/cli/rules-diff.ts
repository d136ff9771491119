/** `laurel rules diff`: what changed in the meaning of rules, and for whom. */

import type { Command } from 'commander';
import { type Badge, compareRules, isSameMeaning, type RulesComparison } from '../../dsl/index.ts';
import { compareOutcomes, type OutcomeChange } from '../../plugin/badges/compare-outcomes.ts';
import { comparisonText, outcomeText } from './comparison-text.ts';
import { commandEnvironment } from './environment.ts';
import { readAllEvents } from './event-files.ts';
import { checkRuleFiles } from './rule-files.ts';
import { areSound } from './rule-report.ts';
import type { Shell } from './shell.ts';
import { explainUsage, requireOneStandardInput } from './usage.ts';

const WRONG = 2;

export function addRulesDiff(rules: Command, shell: Shell): void {
  const command = rules
    .command('diff')
    .description('tell what changed in the meaning of rules, whichever way they are written')
    .argument('<old>', 'a rule file, a folder of *.rules files, or - for standard input')
    .argument('<new>', 'likewise')
    .option('--events <file>', 'tell also who gains or loses what: CloudEvents as JSON Lines; - is standard input')
    .option('--json', 'print one JSON document instead of text')
    .action(async (old: string, next: string, options: { events?: string; json?: boolean }) => {
      requireOneStandardInput(old, next, options.events);
      const [before, after] = [await badgesOf(shell, old), await badgesOf(shell, next)];
      if (before === null || after === null) {
        shell.exitCode = WRONG;
        return;
      }
      const comparison = compareRules(before, after, (await commandEnvironment(shell)).eventTypes);
      const outcomes =
        options.events === undefined
          ? null
          : compareOutcomes(before, after, await readAllEvents(shell, options.events));
      const isSame = hasSameMeaning(comparison) && (outcomes?.length ?? 0) === 0;
      if (options.json) shell.printJson({ same: isSame, ...comparison, ...(outcomes === null ? {} : { outcomes }) });
      else printText(shell, comparison, outcomes, isSame);
      if (!isSame) shell.exitCode = 1;
    });
  explainUsage(command, {
    json: `one document { same, added: [badge], removed: [badge], changed: [{ badge, changes }], outcomes } where a change is
{ kind: "clause", rule, clause, old, new }, { kind: "rule-added" | "rule-removed", rule, text } or
{ kind: "condition", rule, old, new, comparison: { relation, onlyOld, onlyNew } }; rule is null or { kind, id };
relation is equivalent, narrower, wider, disjoint, overlapping or undecided; onlyOld and onlyNew are events
that one condition takes and the other does not; with --events outcomes are
[{ learner, badge, change: "gains" | "loses" | "keeps", old, new, event }]`,
    exits: `0 the meaning is the same, 1 it differs (or may: undecided)
2 wrong usage, or rules with errors, so that nothing can be compared; 64 a file or an event cannot be used`,
    examples: [
      'rules diff old.rules new.rules',
      'rules diff main/badges badges --events last-year.jsonl',
      'git show main:demo.rules | laurel rules diff - demo.rules',
    ],
  });
}

async function badgesOf(shell: Shell, name: string): Promise<readonly Badge[] | null> {
  const files = await checkRuleFiles(shell, [name], await commandEnvironment(shell));
  return areSound(shell, files, 'nothing was compared') ? files.flatMap(({ badges }) => badges) : null;
}

function hasSameMeaning({ added, removed, changed }: RulesComparison): boolean {
  return added.length === 0 && removed.length === 0 && changed.every(isSameMeaning);
}

function printText(
  shell: Shell,
  comparison: RulesComparison,
  outcomes: readonly OutcomeChange[] | null,
  isSame: boolean,
): void {
  const colours = shell.coloursOf(shell.stdout);
  for (const line of comparisonText(comparison, colours)) shell.printLine(line);
  for (const line of outcomes === null ? [] : outcomeText(outcomes, colours)) shell.printLine(line);
  if (isSame) shell.printLine('the meaning is the same');
}
