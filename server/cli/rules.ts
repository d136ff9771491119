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
import type { Shell } from './shell.ts';

export function addRulesCommands(program: Command, shell: Shell): void {
  const rules = program.command('rules');

  addRulesCheck(rules, shell);
  addRulesSimulate(rules, shell);
  addRulesExplain(rules, shell);
  addRulesDiff(rules, shell);
  addRulesFormat(rules, shell);
  addRulesTest(rules, shell);
  addRulesPlan(rules, shell);
  addRulesExport(rules, shell);
  addRulesHistory(rules, shell);
}
