/** What commands print of a plan. */

import type { PlannedChange, RulePlan } from '../../plugin/badges/rule-plan.ts';
import { plural } from './rule-report.ts';

/** Without the hash. */
export function planLines(plan: RulePlan): readonly string[] {
  return [...plan.changes.flatMap(changeLines), summaryLine(plan)];
}

/** @param names as they were given */
export function applyCommand(plan: RulePlan, names: readonly string[], prune: boolean): string {
  const words = ['laurel', 'rules', 'apply', ...names, '--plan', plan.hash, ...(prune ? ['--prune'] : [])];
  return `${words.map(shellWord).join(' ')} --reason "..."`;
}

/** Ids and names are arbitrary text: a terminal obeys control characters and turns text around at direction marks. */
export function shownText(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\ufffd');
}

function changeLines(planned: PlannedChange): readonly string[] {
  const title = planned.name === null ? '' : `  ${shownText(JSON.stringify(planned.name))}`;
  const line = `${planned.change.padEnd(9)} ${shownText(planned.id)}${title}`;
  switch (planned.change) {
    case 'added':
      return [`${line}  from ${planned.file}`];
    case 'changed':
      return [
        `${line}  version ${planned.version}, from ${planned.file}`,
        ...planned.summary.map((part) => `            ${shownText(part)}`),
      ];
    case 'removed':
      return [`${line}  version ${planned.version}`];
  }
}

function summaryLine({ changes, unchanged, kept }: RulePlan): string {
  const count = (kind: PlannedChange['change']) => changes.filter(({ change }) => change === kind).length;
  const stay = kept.length === 0 ? '' : `; ${plural(kept.length, 'stored badge')} not in the files left as they are`;
  return `${count('added')} added, ${count('changed')} changed, ${count('removed')} removed, ${unchanged.length} unchanged${stay}`;
}

function shellWord(word: string): string {
  return /^[\w./:=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
