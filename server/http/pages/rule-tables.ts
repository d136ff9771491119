/** Checked rules as tables that read without knowing the language. */

import {
  type Badge,
  type Condition,
  formatInstant,
  printCondition,
  type Requirement,
  type Trigger,
} from '../../../dsl/index.ts';
import type { Translator } from '../../i18n/translator.ts';
import { counted, shortEventType } from '../words/format.ts';

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
export function requirementRows(badge: Badge, t: Translator): readonly RequirementRow[] {
  const groups = [...new Set(badge.requirements.map((requirement) => requirement.group))];
  return groups.flatMap((group) =>
    badge.requirements.filter((item) => item.group === group).map((item) => requirementRow(item, t)),
  );
}

function requirementRow(requirement: Requirement, t: Translator): RequirementRow {
  const { id, group, description, on, where, after, from, until } = requirement;
  const limits: string[] = [];
  if (after !== null) limits.push(t('after {requirement} is fulfilled', { requirement: after }));
  if (from !== null) limits.push(t('from {time}', { time: formatInstant(from) }));
  if (until !== null) limits.push(t('before {time}', { time: formatInstant(until) }));
  return {
    id,
    group,
    description,
    ...trigger(on, t),
    conditions: conditionRows(where),
    count: countText(requirement, t),
    limits,
  };
}

export function penaltyRows(badge: Badge, t: Translator): readonly PenaltyRow[] {
  return badge.penalties.map(({ id, description, on, where, resets }) => {
    return { id, description, ...trigger(on, t), conditions: conditionRows(where), resets };
  });
}

function trigger(on: Trigger, t: Translator): { event: string; eventTitle: string } {
  if (on.kind === 'event') return { event: shortEventType(on.type), eventTitle: on.type };
  const said =
    on.change === 'awarded'
      ? t('badge "{badge}" awarded', { badge: on.badge })
      : t('badge "{badge}" revoked', { badge: on.badge });
  return { event: said, eventTitle: said };
}

function conditionRows(where: Condition | null): readonly string[] {
  if (where === null) return [];
  return where.kind === 'and' ? where.operands.map((operand) => printCondition(operand)) : [printCondition(where)];
}

function countText({ count, distinct, withinMs }: Requirement, t: Translator): string {
  const duration = withinMs === null ? null : t.duration(withinMs);
  if (distinct === null) {
    if (count === 1) return t('once');
    return duration === null
      ? t.plural(count, '{count} time', '{count} times')
      : t.plural(count, '{count} time within {duration}', '{count} times within {duration}', { duration });
  }
  const field = [
    ...(distinct.root === 'event' ? ['event'] : []),
    ...distinct.segments,
    ...((distinct.part ?? '') ? [distinct.part] : []),
  ].join('.');
  return duration === null
    ? t.plural(count, '{count} different value of {field}', '{count} different values of {field}', { field })
    : t.plural(
        count,
        '{count} different value of {field} within {duration}',
        '{count} different values of {field} within {duration}',
        { field, duration },
      );
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
export function policySentences(badge: Badge, t: Translator): readonly string[] {
  const sentences = [
    ...(badge.evaluate ? [t('It is only evaluated: it is recorded who would be awarded, and nothing is issued.')] : []),
    timesSentence(badge, t),
  ];
  if (badge.penalties.length > 0) {
    sentences.push(
      badge.onRegress === 'keep'
        ? t('It is kept when a penalty makes it incomplete again.')
        : t('It is taken back when a penalty makes it incomplete again.'),
    );
    if (badge.onRegress === 'revoke')
      sentences.push(
        badge.reAward === 'allowed'
          ? t('It can be earned again after that.')
          : t('It cannot be earned again after that.'),
      );
  }
  return sentences;
}

function timesSentence({ repeatable, maxAwards }: Badge, t: Translator): string {
  if (!repeatable) return t('It is earned once.');
  return Number.isFinite(maxAwards)
    ? t.plural(maxAwards, 'It can be earned up to {count} time.', 'It can be earned up to {count} times.')
    : t('It can be earned any number of times.');
}
