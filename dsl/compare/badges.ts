/** What changed in the meaning of a badge, and of a set of badges. */

import type { EventType } from '../environment.ts';
import { formatInstant } from '../instant.ts';
import type { Badge, Condition, Penalty, Requirement, Trigger } from '../model.ts';
import { printCondition, printPath, quote } from '../print-condition.ts';
import { durationText } from '../print-duration.ts';
import { compareCodePoints } from '../text-match.ts';
import { type ConditionComparison, compareConditions } from './conditions.ts';

/** One requirement or penalty. */
export interface RuleName {
  readonly kind: 'requirement' | 'penalty';
  readonly id: string;
}

export type BadgeChange =
  /** A clause of the badge, or of one of its rules, says something else; null: nothing is said. */
  | {
      readonly kind: 'clause';
      /** null: of the badge itself. */
      readonly rule: RuleName | null;
      readonly clause: string;
      readonly old: string | null;
      readonly new: string | null;
    }
  | {
      readonly kind: 'rule-added' | 'rule-removed';
      readonly rule: RuleName;
      /** All that it says, on one line. */
      readonly text: string;
    }
  | {
      readonly kind: 'condition';
      readonly rule: RuleName;
      /** As written in canonical form; null: every event of the type. */
      readonly old: string | null;
      readonly new: string | null;
      readonly comparison: ConditionComparison;
    };

export interface BadgeComparison {
  readonly badge: string;
  readonly changes: readonly BadgeChange[];
}

/** @returns true where the badge does just what it did: at most a condition is only written differently */
export function isSameMeaning({ changes }: BadgeComparison): boolean {
  return changes.every((change) => change.kind === 'condition' && change.comparison.relation === 'equivalent');
}

type EventTypes = ReadonlyMap<string, EventType>;

/** @param eventTypes their fields decide what may be absent; of a type not among them nothing is assumed */
export function compareBadges(old: Badge, next: Badge, eventTypes: EventTypes): BadgeComparison {
  const regrouped = regroupedIds(old, next);
  return {
    badge: next.id,
    changes: [
      ...badgeClauses(old, next),
      ...pairs(old.requirements, next.requirements).flatMap(([before, after]) =>
        ruleChanges('requirement', before, after, eventTypes, (a, b) => requirementClauses(a, b, regrouped)),
      ),
      ...pairs(old.penalties, next.penalties).flatMap(([before, after]) =>
        ruleChanges('penalty', before, after, eventTypes, (a, b) => [['resets', resetsText(a), resetsText(b)]]),
      ),
    ],
  };
}

export interface RulesComparison {
  /** Badge ids. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Badges of both that are not written the same, also those whose meaning is the same. */
  readonly changed: readonly BadgeComparison[];
}

export function compareRules(old: readonly Badge[], next: readonly Badge[], eventTypes: EventTypes): RulesComparison {
  const before = new Map(old.map((badge) => [badge.id, badge]));
  const after = new Map(next.map((badge) => [badge.id, badge]));
  const idsOnlyIn = (these: ReadonlyMap<string, Badge>, those: ReadonlyMap<string, Badge>): string[] =>
    [...these.keys()].filter((id) => !those.has(id)).sort(compareCodePoints);
  return {
    added: idsOnlyIn(after, before),
    removed: idsOnlyIn(before, after),
    changed: [...after.values()]
      .toSorted((a, b) => compareCodePoints(a.id, b.id))
      .flatMap((badge) => {
        const former = before.get(badge.id);
        const comparison = former && compareBadges(former, badge, eventTypes);
        return comparison && comparison.changes.length > 0 ? [comparison] : [];
      }),
  };
}

type Clause = readonly [clause: string, old: string | null, next: string | null];

function changed(rule: RuleName | null, clauses: readonly Clause[]): BadgeChange[] {
  return clauses.flatMap(([clause, old, next]): BadgeChange[] =>
    old === next ? [] : [{ kind: 'clause', rule, clause, old, new: next }],
  );
}

function badgeClauses(old: Badge, next: Badge): BadgeChange[] {
  const clauses: readonly (readonly [string, (badge: Badge) => string | null])[] = [
    ['name', ({ name }) => name && quote(name)],
    ['template', ({ template }) => template && `${template.provider} ${quote(template.id)}`],
    ['active', ({ active }) => String(active)],
    ['evaluate', ({ evaluate }) => String(evaluate)],
    ['repeatable', repeatableText],
    ['on regress', ({ onRegress }) => onRegress],
    ['re-award', ({ reAward }) => reAward],
  ];
  return changed(
    null,
    clauses.map(([clause, text]) => [clause, text(old), text(next)]),
  );
}

function repeatableText({ repeatable, maxAwards }: Badge): string {
  if (!repeatable) return 'no';
  return Number.isFinite(maxAwards) ? `up to ${maxAwards} times` : 'without a limit';
}

function ruleChanges<Rule extends Requirement | Penalty>(
  kind: RuleName['kind'],
  old: Rule | undefined,
  next: Rule | undefined,
  eventTypes: EventTypes,
  clausesOf: (old: Rule, next: Rule) => readonly Clause[],
): BadgeChange[] {
  if (old === undefined)
    return next === undefined ? [] : [{ kind: 'rule-added', rule: { kind, id: next.id }, text: ruleText(next) }];
  const rule: RuleName = { kind, id: old.id };
  if (next === undefined) return [{ kind: 'rule-removed', rule, text: ruleText(old) }];
  return [
    ...changed(rule, [
      ['description', old.description && quote(old.description), next.description && quote(next.description)],
      ['on', triggerText(old.on), triggerText(next.on)],
    ]),
    ...conditionChange(rule, old, next, eventTypes),
    ...changed(rule, clausesOf(old, next)),
  ];
}

/** Of another event type a condition cannot be compared; that the type is another is said already. */
function conditionChange(
  rule: RuleName,
  old: Requirement | Penalty,
  next: Requirement | Penalty,
  eventTypes: EventTypes,
): BadgeChange[] {
  if (old.on.kind !== 'event' || next.on.kind !== 'event' || old.on.type !== next.on.type) return [];
  const { type } = old.on;
  const facts = { eventType: type, fields: eventTypes.get(type)?.fields ?? null };
  const comparison = compareConditions(old.where, next.where, facts);
  if (comparison.relation === 'same') return [];
  return [{ kind: 'condition', rule, old: conditionText(old.where), new: conditionText(next.where), comparison }];
}

function conditionText(condition: Condition | null): string | null {
  return condition && printCondition(condition);
}

function requirementClauses(old: Requirement, next: Requirement, regrouped: ReadonlySet<string>): readonly Clause[] {
  const group = (requirement: Requirement): string =>
    requirement.group === requirement.id ? 'its own' : requirement.group;
  return [
    ...(regrouped.has(old.id) ? ([['group', group(old), group(next)]] as const) : []),
    ['count', countText(old), countText(next)],
    ['after', old.after, next.after],
    ['from', old.from && formatInstant(old.from), next.from && formatInstant(next.from)],
    ['until', old.until && formatInstant(old.until), next.until && formatInstant(next.until)],
  ];
}

/** A single event is in every window. */
function countText({ count, distinct, withinMs }: Requirement): string {
  const different = distinct === null ? '' : ` distinct ${printPath(distinct)}`;
  return `${count}${different}${withinMs === null || count === 1 ? '' : ` within ${durationText(withinMs)}`}`;
}

/** `in group A on badge "demo" awarded count 2 after other` */
function ruleText(rule: Requirement | Penalty): string {
  const clauses: (readonly [string, string | null])[] = [
    ['on', triggerText(rule.on)],
    ['where', conditionText(rule.where)],
  ];
  if ('resets' in rule) clauses.push(['resets', resetsText(rule)]);
  else {
    clauses.unshift(['in group', rule.group === rule.id ? null : rule.group]);
    const isCounted = rule.count !== 1 || rule.distinct !== null;
    clauses.push(['count', isCounted ? countText(rule) : null], ['after', rule.after]);
    clauses.push(['from', rule.from && formatInstant(rule.from)], ['until', rule.until && formatInstant(rule.until)]);
  }
  return clauses.flatMap(([keyword, text]) => (text === null ? [] : [`${keyword} ${text}`])).join(' ');
}

function triggerText(on: Trigger): string {
  return on.kind === 'event' ? on.type : `badge ${quote(on.badge)} ${on.change}`;
}

function resetsText({ resets }: Penalty): string {
  return [...new Set(resets)].sort(compareCodePoints).join(', ');
}

/** Requirements of both that moved to another group. A group that is only called by another letter is the same group. */
function regroupedIds(old: Badge, next: Badge): ReadonlySet<string> {
  const kept = pairs(old.requirements, next.requirements).filter(([a, b]) => a !== undefined && b !== undefined) as [
    Requirement,
    Requirement,
  ][];
  const moved = kept.filter(([a, b]) => kept.some(([c, d]) => (a.group === c.group) !== (b.group === d.group)));
  return new Set(moved.flatMap(([a, b]) => (a.group === b.group ? [] : [a.id])));
}

/** By id: those of the new one in its order, then those that only the old one has. */
function pairs<Rule extends { readonly id: string }>(
  old: readonly Rule[],
  next: readonly Rule[],
): [Rule | undefined, Rule | undefined][] {
  const former = new Map(old.map((rule) => [rule.id, rule]));
  const ids = new Set(next.map(({ id }) => id));
  return [
    ...next.map((rule): [Rule | undefined, Rule | undefined] => [former.get(rule.id), rule]),
    ...old.filter(({ id }) => !ids.has(id)).map((rule): [Rule | undefined, Rule | undefined] => [rule, undefined]),
  ];
}
