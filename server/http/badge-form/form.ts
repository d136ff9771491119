/** What the form of a badge holds: texts as a person typed them, valid or not. */

import { limits } from '../../../dsl/index.ts';

/** Enough for any badge that people edit by hand; a larger one is edited as text. */
export const formLimits = Object.freeze({
  requirements: 40,
  penalties: 20,
  /** Data rules of one requirement or penalty. */
  rows: 30,
  /** Data rules of the whole badge. */
  allRows: 300,
  /** UTF-8 bytes of one field: what the language takes as one condition. */
  fieldBytes: limits.expressionBytes,
});

/** Fields that a browser sends for the largest form, with room to spare: the limit of the parser. */
export const FORM_PARAMETERS = 6_000;

/** A data rule. `path` as printed, `value` as `values.ts` shows it. */
export interface RowForm {
  readonly path: string;
  readonly operator: '=' | '!=';
  readonly value: string;
}

/** What requirements and penalties have in common. */
export interface RuleForm {
  /** Which one of the base text's this is, counted from 0; null: added since. */
  readonly origin: number | null;
  readonly id: string;
  readonly description: string;
  /** An event type, `badge awarded`, `badge revoked`, or '' for none yet. */
  readonly on: string;
  /** Id of the badge whose award or revocation is waited for. */
  readonly badge: string;
  readonly mode: 'rows' | 'expression';
  /** In mode `rows`. */
  readonly rows: readonly RowForm[];
  /** In mode `expression`. */
  readonly where: string;
}

export const durationUnits = ['minute', 'hour', 'day', 'week'] as const;

export interface RequirementForm extends RuleForm {
  readonly kind: 'requirement';
  /** '' for a group of its own. */
  readonly group: string;
  readonly count: string;
  readonly distinct: string;
  readonly within: string;
  readonly unit: (typeof durationUnits)[number];
  /** Id of another requirement, or ''. */
  readonly after: string;
  readonly from: string;
  readonly until: string;
}

export interface PenaltyForm extends RuleForm {
  readonly kind: 'penalty';
  /** Ids of requirements. */
  readonly resets: readonly string[];
}

export interface BadgeForm {
  readonly id: string;
  readonly name: string;
  readonly provider: string;
  readonly template: string;
  readonly active: boolean;
  readonly evaluate: boolean;
  readonly repeatable: 'once' | 'unlimited' | 'limited';
  /** For `limited`. */
  readonly times: string;
  readonly onRegress: 'revoke' | 'keep';
  readonly reAward: 'never' | 'allowed';
  readonly requirements: readonly RequirementForm[];
  readonly penalties: readonly PenaltyForm[];
}

export const BADGE_AWARDED = 'badge awarded';
export const BADGE_REVOKED = 'badge revoked';

export function isBadgeTrigger(on: string): boolean {
  return on === BADGE_AWARDED || on === BADGE_REVOKED;
}

/** What the ids of the fields of one requirement or penalty begin with. */
export function prefixOf(kind: 'requirement' | 'penalty', index: number): string {
  return `${kind === 'requirement' ? 'r' : 'p'}${index}`;
}

export function isBlank({ path, value }: RowForm): boolean {
  return path.trim() === '' && value.trim() === '';
}

export const blankRow: RowForm = { path: '', operator: '=', value: '' };
