/** What changed in a badge, in lines to read: `-` and `+` before what goes and what comes, examples below a condition. */

import { formatInstant } from '../instant.ts';
import type { RuleEvent } from '../model.ts';
import type { BadgeChange } from './badges.ts';
import type { ConditionComparison } from './conditions.ts';

/** @returns one or more lines; those that belong to the first are indented */
export function changeLines(change: BadgeChange): readonly string[] {
  const about = 'rule' in change && change.rule !== null ? `${change.rule.kind} ${change.rule.id}` : null;
  switch (change.kind) {
    case 'rule-added':
      return [`+ ${about} is added: ${change.text}`];
    case 'rule-removed':
      return [`- ${about} is removed: ${change.text}`];
    case 'clause':
      return [`${about === null ? '' : `${about}: `}${change.clause} ${clauseText(change.old, change.new)}`];
    case 'condition':
      return [
        `${about}: the condition ${RELATION[change.comparison.relation]}`,
        `  - ${change.old ?? '(every event of the type)'}`,
        `  + ${change.new ?? '(every event of the type)'}`,
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
    ...(onlyOld === null ? [] : [`    no longer: ${exampleText(onlyOld, conditions)}`]),
    ...(onlyNew === null ? [] : [`    now also:  ${exampleText(onlyNew, conditions)}`]),
  ];
}

/** The payload, and of the metadata what the conditions speak of. */
function exampleText({ payload, id, source, time, type }: RuleEvent, conditions: string): string {
  const metadata = { id, source, time: formatInstant(time), type };
  const asked = Object.entries(metadata).filter(([name]) => conditions.includes(`event.${name}`));
  const shown = asked.map(([name, value]) => ` with event.${name} ${JSON.stringify(value)}`);
  return `${JSON.stringify(payload)}${shown.join('')}`;
}
