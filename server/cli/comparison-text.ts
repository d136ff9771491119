/** What changed in rules, as text. */

import { changeLines, printable, type RulesComparison } from '../../dsl/index.ts';
import type { OutcomeChange } from '../../plugin/badges/compare-outcomes.ts';
import type { Colours } from './colour.ts';

export function comparisonText(
  { added, removed, changed }: RulesComparison,
  { red, green, bold, dim }: Colours,
): readonly string[] {
  const paint = (line: string): string => {
    const safe = printable(line);
    if (/^ *- /.test(safe)) return red(safe);
    if (/^ *\+ /.test(safe)) return green(safe);
    return /^ {6}/.test(safe) ? dim(safe) : safe;
  };
  return [
    ...removed.map((id) => red(printable(`- badge "${id}" is removed`))),
    ...added.map((id) => green(printable(`+ badge "${id}" is added`))),
    ...changed.flatMap(({ badge, changes }) => [
      bold(printable(`badge "${badge}"`)),
      ...changes.flatMap(changeLines).map((line) => paint(`  ${line}`)),
    ]),
  ];
}

/** `+ ada gains demo-course: event e1 at 2026-03-01T10:00:00Z` */
export function outcomeText(outcomes: readonly OutcomeChange[], { red, green, bold }: Colours): readonly string[] {
  const lines = outcomes.map(({ learner, badge, change, old, new: next, event }) => {
    const by = event === null ? '' : ` with event ${event.id} at ${event.at}`;
    if (change === 'gains') return green(printable(`  + ${learner} gains ${badge}${by}`));
    if (change === 'loses') return red(printable(`  - ${learner} loses ${badge}${by}`));
    const counts = old?.awards === next?.awards ? '' : `, ${next?.awards} times and not ${old?.awards}`;
    return printable(`    ${learner} keeps ${badge}, awarded at ${next?.awardedAt} and not ${old?.awardedAt}${counts}`);
  });
  return [bold('over these events'), ...(lines.length === 0 ? ['  nobody gains or loses anything'] : lines)];
}
