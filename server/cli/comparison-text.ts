/** What changed in rules, as text. */

import {
  type BadgeChange,
  type ConditionComparison,
  formatInstant,
  printable,
  type RuleEvent,
  type RulesComparison,
} from '../../dsl/index.ts';
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
      ...changes.flatMap(changeText).map(paint),
    ]),
  ];
}

function changeText(change: BadgeChange): readonly string[] {
  const about = 'rule' in change && change.rule !== null ? `${change.rule.kind} ${change.rule.id}` : null;
  switch (change.kind) {
    case 'rule-added':
      return [`  + ${about} is added: ${change.text}`];
    case 'rule-removed':
      return [`  - ${about} is removed: ${change.text}`];
    case 'clause':
      return [`  ${about === null ? '' : `${about}: `}${change.clause} ${clauseText(change.old, change.new)}`];
    case 'condition':
      return [
        `  ${about}: the condition ${RELATION[change.comparison.relation]}`,
        `    - ${change.old ?? '(every event of the type)'}`,
        `    + ${change.new ?? '(every event of the type)'}`,
        ...examples(change.comparison, `${change.old} ${change.new}`),
      ];
  }
}

function clauseText(old: string | null, next: string | null): string {
  if (old === null) return `is now ${next}`;
  return next === null ? `is gone, it was ${old}` : `is ${next}, it was ${old}`;
}

const RELATION: Readonly<Record<ConditionComparison['relation'], string>> = {
  same: 'is the same',
  equivalent: 'is only written differently: it takes the same events',
  narrower: 'is narrower: it takes some of the events that it took, and no other',
  wider: 'is wider: it takes all the events that it took, and others',
  disjoint: 'takes other events: none of those that it took',
  overlapping: 'takes other events: some of those that it took, and others',
  undecided: 'may take other events',
};

function examples({ onlyOld, onlyNew }: ConditionComparison, conditions: string): readonly string[] {
  return [
    ...(onlyOld === null ? [] : [`      no longer: ${exampleText(onlyOld, conditions)}`]),
    ...(onlyNew === null ? [] : [`      now also:  ${exampleText(onlyNew, conditions)}`]),
  ];
}

/** The payload, and of the metadata what the conditions speak of. */
function exampleText({ payload, id, source, time, type }: RuleEvent, conditions: string): string {
  const metadata = { id, source, time: formatInstant(time), type };
  const asked = Object.entries(metadata).filter(([name]) => conditions.includes(`event.${name}`));
  const shown = asked.map(([name, value]) => ` with event.${name} ${JSON.stringify(value)}`);
  return `${JSON.stringify(payload)}${shown.join('')}`;
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
