/** `laurel rules explain --index`: how the index reaches each rule. */

import { type Badge, createRuleIndex } from '../../dsl/index.ts';
import { printSafely } from './rule-report.ts';
import type { Shell } from './shell.ts';

interface Row {
  readonly badge: string;
  readonly rule: string;
  readonly reachedBy: string;
}

export function printPlacements(shell: Shell, badges: readonly Badge[], json: boolean): void {
  const rows = rowsOf(badges);
  if (json) shell.printJson({ rules: rows });
  else printTable(shell, [{ badge: 'BADGE', rule: 'RULE', reachedBy: 'REACHED BY' }, ...rows]);
}

/** Rules that wait for another badge stand in no index: the badge's change leads to them. */
function rowsOf(badges: readonly Badge[]): readonly Row[] {
  const keyOf = (badge: string, rule: string): string => JSON.stringify([badge, rule]);
  const placed = new Map(
    createRuleIndex(badges)
      .explain()
      .map((one) => [keyOf(one.badge, one.rule), one]),
  );
  return badges.flatMap((badge) =>
    [...badge.requirements, ...badge.penalties].map(({ id, on }): Row => {
      const reachedBy = on.kind === 'badge' ? `badge "${on.badge}" ${on.change}` : `every ${on.type}`;
      return placed.get(keyOf(badge.id, id)) ?? { badge: badge.id, rule: id, reachedBy };
    }),
  );
}

function printTable(shell: Shell, rows: readonly Row[]): void {
  let [first, second] = [0, 0];
  for (const { badge, rule } of rows) {
    first = Math.max(first, badge.length);
    second = Math.max(second, rule.length);
  }
  for (const { badge, rule, reachedBy } of rows)
    printSafely(shell, `${badge.padEnd(first)}  ${rule.padEnd(second)}  ${reachedBy}`);
}
