/** Checked rules as tables that read without knowing the language. */

import {
  type Badge,
  type Condition,
  formatInstant,
  printCondition,
  type Requirement,
  type Trigger,
} from '../../../dsl/index.ts';
import { counted, shortEventType } from '../format.ts';

export interface RequirementRow {
  readonly id: string;
  readonly group: string;
  readonly description: string | null;
  readonly event: string;
  readonly eventTitle: string;
  /** All of them must hold. */
  readonly conditions: readonly string[];
  readonly count: string;
  readonly limits: readonly string[];
}

export interface PenaltyRow {
  readonly id: string;
  readonly description: string | null;
  readonly event: string;
  readonly eventTitle: string;
  readonly conditions: readonly string[];
  readonly resets: readonly string[];
}

/** Rows in rule order, those of one group together. */
export function requirementRows(badge: Badge): readonly RequirementRow[] {
  const groups = [...new Set(badge.requirements.map((requirement) => requirement.group))];
  return groups.flatMap((group) => badge.requirements.filter((item) => item.group === group).map(requirementRow));
}

function requirementRow(requirement: Requirement): RequirementRow {
  const { id, group, description, on, where, after, from, until } = requirement;
  const limits: string[] = [];
  if (after !== null) limits.push(`after ${after} is fulfilled`);
  if (from !== null) limits.push(`from ${formatInstant(from)}`);
  if (until !== null) limits.push(`before ${formatInstant(until)}`);
  return {
    id,
    group,
    description,
    ...trigger(on),
    conditions: conditionRows(where),
    count: countText(requirement),
    limits,
  };
}

export function penaltyRows(badge: Badge): readonly PenaltyRow[] {
  return badge.penalties.map(({ id, description, on, where, resets }) => {
    return { id, description, ...trigger(on), conditions: conditionRows(where), resets };
  });
}

function trigger(on: Trigger): { event: string; eventTitle: string } {
  if (on.kind === 'event') return { event: shortEventType(on.type), eventTitle: on.type };
  return { event: `badge "${on.badge}" ${on.change}`, eventTitle: `badge "${on.badge}" ${on.change}` };
}

function conditionRows(where: Condition | null): readonly string[] {
  if (where === null) return [];
  return where.kind === 'and' ? where.operands.map((operand) => printCondition(operand)) : [printCondition(where)];
}

function countText({ count, distinct, withinMs }: Requirement): string {
  const window = withinMs === null ? '' : ` within ${durationText(withinMs)}`;
  if (distinct === null) return count === 1 ? 'once' : `${count} times${window}`;
  const path = [
    ...(distinct.root === 'event' ? ['event'] : []),
    ...distinct.segments,
    ...((distinct.part ?? '') ? [distinct.part] : []),
  ];
  return `${counted(count, 'different value')} of ${path.join('.')}${window}`;
}

const MINUTE_MS = 60_000;
const UNITS: readonly (readonly [string, number])[] = [
  ['day', 24 * 60 * MINUTE_MS],
  ['hour', 60 * MINUTE_MS],
  ['minute', MINUTE_MS],
];

export function durationText(ms: number): string {
  const [unit, size] = UNITS.find(([, unitMs]) => ms % unitMs === 0) ?? ['minute', MINUTE_MS];
  return counted(Math.round(ms / size), unit);
}

/** How the badge behaves once it is awarded, in sentences. */
export function policySentences(badge: Badge): readonly string[] {
  const times = Number.isFinite(badge.maxAwards) ? `up to ${counted(badge.maxAwards, 'time')}` : 'any number of times';
  const sentences = [
    ...(badge.evaluate ? ['It is only evaluated: it is recorded who would be awarded, and nothing is issued.'] : []),
    badge.repeatable ? `It can be earned ${times}.` : 'It is earned once.',
  ];
  if (badge.penalties.length > 0) {
    sentences.push(
      badge.onRegress === 'keep'
        ? 'It is kept when a penalty makes it incomplete again.'
        : 'It is taken back when a penalty makes it incomplete again.',
    );
    if (badge.onRegress === 'revoke')
      sentences.push(
        badge.reAward === 'allowed' ? 'It can be earned again after that.' : 'It cannot be earned again after that.',
      );
  }
  return sentences;
}
