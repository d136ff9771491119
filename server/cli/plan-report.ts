/** What commands print of a plan. */

import { formatInstant, type Instant } from '../../dsl/index.ts';
import type { Impact } from '../../plugin/badges/replay/impact.ts';
import type { PlannedChange, RulePlan } from '../../plugin/badges/rule-plan.ts';
import { impactLines, impactText } from './impact-report.ts';
import { plural, shownText } from './rule-report.ts';

/** Without the hash.
 *  @param impact what it would mean for learners; null: it was not found out, or it cannot mean anything */
export function planLines(plan: RulePlan, impact: Impact | null = null): readonly string[] {
  const impacts = new Map(impact?.badges.map((one) => [one.badge, impactText(one, true)]));
  const changes = plan.changes.flatMap((change) => {
    const text = impacts.get(change.id) ?? '';
    return [...changeLines(change), ...(text === '' ? [] : [`            ${text}`])];
  });
  const listed = new Set(plan.changes.map(({ id }) => id));
  return [
    ...changes,
    summaryLine(plan),
    ...(impact === null ? [] : impactLines(impact, impact.counts, { would: true, listed })),
  ];
}

/** @param names as they were given */
export function applyCommand(
  plan: RulePlan,
  names: readonly string[],
  { prune = false, since }: { readonly prune?: boolean; readonly since?: Instant },
): string {
  const options = [...(prune ? ['--prune'] : []), ...(since === undefined ? [] : ['--since', formatInstant(since)])];
  const words = ['laurel', 'rules', 'apply', ...names, '--plan', plan.hash, ...options];
  return `${words.map(shellWord).join(' ')} --reason "..."`;
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
