/** `laurel rules ...`: rule files. What is here needs no server and no database. */

import type { Command } from 'commander';
import { addRulesCheck } from './rules-check.ts';
import { addRulesDiff } from './rules-diff.ts';
import { addRulesExplain } from './rules-explain.ts';
import { addRulesExport } from './rules-export.ts';
import { addRulesFormat } from './rules-format.ts';
import { addRulesHistory } from './rules-history.ts';
import { addRulesPlan } from './rules-plan.ts';
import { addRulesSimulate } from './rules-simulate.ts';
import { addRulesTest } from './rules-test.ts';

export function addRulesCommands(program: Command): void {
  const rules = program
    .command('rules')
    .description('check and try rule files; put them in force, export them, look at former versions');

  addRulesCheck(rules);
  addRulesSimulate(rules);
  addRulesExplain(rules);
  addRulesDiff(rules);
  addRulesFormat(rules);
  addRulesTest(rules);
  addRulesPlan(rules);
  addRulesExport(rules);
  addRulesHistory(rules);
}
