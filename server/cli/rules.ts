/** `laurel rules ...`: rule files. All but `load` need no server and no database. */

import type { Command } from 'commander';
import { createAudit } from '../http/audit.ts';
import { loadBadges } from '../rule-loading.ts';
import { checkRuleFiles } from './rule-files.ts';
import { count, printDiagnostics, printError, printLine } from './rule-report.ts';
import { addRulesCheck } from './rules-check.ts';
import { addRulesDiff } from './rules-diff.ts';
import { addRulesExplain } from './rules-explain.ts';
import { addRulesFormat } from './rules-format.ts';
import { addRulesSimulate } from './rules-simulate.ts';
import { addRulesTest } from './rules-test.ts';
import { withLaurel } from './with-laurel.ts';

export function addRulesCommands(program: Command): void {
  const rules = program.command('rules').description('check, try and load rule files');

  addRulesCheck(rules);
  addRulesSimulate(rules);
  addRulesExplain(rules);
  addRulesDiff(rules);
  addRulesFormat(rules);
  addRulesTest(rules);
  addLoad(rules);
}

function addLoad(rules: Command): void {
  rules
    .command('load')
    .description('save the badges of rule files, as if each were saved on its page; tests in the files stay there')
    .argument('<file...>', 'rule files; - is standard input')
    .action((names: string[]) =>
      withLaurel(async ({ services }) => {
        const stored = (await services.badges.list()).map(({ id }) => id);
        const files = await checkRuleFiles(names, { ...services.environment, knownBadges: new Set(stored) });
        if (count(files).errors > 0) {
          printDiagnostics(files, printError, 'error');
          printError('nothing was saved: mend the errors above first');
          process.exitCode = 1;
          return;
        }
        const loaded = await loadBadges(files, services, 'cli');
        for (const { id, change } of loaded) {
          if (change !== 'unchanged') await createAudit(services)('cli', 'badge.saved', `badge:${id}`, { change });
          printLine(`${change.padEnd(9)} ${id}`);
        }
      }),
    );
}
