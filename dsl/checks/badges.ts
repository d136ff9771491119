/** One badge block: every name known, every clause meaningful. */

import type {
  BadgeBlock,
  DateLiteral,
  Expression,
  Name,
  NumberLiteral,
  PenaltyBlock,
  RequirementBlock,
  Span,
  TriggerClause,
} from '../ast.ts';
import type { Environment, EventType } from '../environment.ts';
import type { Instant } from '../instant.ts';
import type { Badge, Condition, Penalty, Requirement, ResolvedPath, Trigger } from '../model.ts';
import type { Reporter } from '../reporter.ts';
import { didYouMean } from '../suggest.ts';
import { instantOf, pathName, reportDate, toCondition } from './conditions.ts';
import { reportContradictions } from './contradictions.ts';
import { findCycles } from './cycles.ts';
import { resolvePath, type Scope, scopeOf } from './paths.ts';
import { reportRedundant } from './redundancy.ts';
import { Budget } from './value-sets.ts';

export interface Surroundings {
  readonly environment: Environment;
  /** Ids of the badges of this text. */
  readonly ownBadges: ReadonlySet<string>;
  readonly reporter: Reporter;
  /** Whether the text of a block was understood; if not, what it lacks is not reported once more. */
  isWhole(span: Span): boolean;
}

const MS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000, week: 604_800_000 };
/** More than any two instants are apart. */
const LONGEST_MS = 10_000 * 366 * 86_400_000;

/** @returns null where the block has errors */
export function toBadge(block: BadgeBlock, around: Surroundings): Badge | null {
  const { reporter, environment } = around;
  const before = reporter.errors;
  if (block.template !== null && !environment.providers.has(block.template.provider.text)) {
    const { text, span } = block.template.provider;
    reporter.report(
      'badge.unknown-provider',
      span,
      `"${text}" is not a badge provider`,
      (effort) => didYouMean(text, environment.providers, effort) ?? listed(environment.providers),
    );
  }
  if (block.requirements.length === 0 && around.isWhole(block.span))
    reporter.report(
      'badge.no-requirements',
      block.id.span,
      `badge "${block.id.value}" has no requirement and could never be earned`,
      'add a requirement',
    );
  const { repeatable } = block;
  const times = repeatable?.times == null ? null : wholeNumber(repeatable.times, '"up to"', reporter);
  const budget = new Budget();
  reportDuplicates(block.requirements, 'requirement', reporter);
  reportDuplicates(block.penalties, 'penalty', reporter);
  reportGroups(block.requirements, reporter);
  const ids = new Set(block.requirements.map(({ id }) => id.text));
  const requirements = block.requirements.map((requirement) => toRequirement(requirement, ids, around, budget));
  const penalties = block.penalties.map((penalty) => toPenalty(penalty, ids, around, budget));
  reportAfterCycles(block.requirements, reporter);
  if (reporter.errors > before || !isComplete(requirements) || !isComplete(penalties)) return null;
  const badge: Badge = {
    id: block.id.value,
    name: block.name?.value ?? null,
    template: block.template && { provider: block.template.provider.text, id: block.template.id.value },
    active: block.active?.value ?? false,
    evaluate: block.evaluate?.value ?? false,
    maxAwards: repeatable === null ? 1 : (times ?? Number.POSITIVE_INFINITY),
    repeatable: repeatable !== null,
    onRegress: block.onRegress?.value ?? 'revoke',
    reAward: block.reAward?.value ?? 'never',
    requirements,
    penalties,
  };
  if (requirements.length > 1) reportRedundant(badge, block.requirements, reporter, budget);
  return badge;
}

/** What was not understood is missing without a report of its own. */
function isComplete<Part>(parts: readonly (Part | null)[]): parts is readonly Part[] {
  return !parts.includes(null);
}

function toRequirement(
  block: RequirementBlock,
  ids: ReadonlySet<string>,
  around: Surroundings,
  budget: Budget,
): Requirement | null {
  const { reporter } = around;
  const listening = listen(block, 'requirement', around, budget);
  if (block.on?.kind === 'badge-trigger' && block.on.change === 'revoked')
    reporter.report(
      'trigger.revoked',
      block.on.span,
      'a requirement cannot wait for a revocation',
      'write "awarded", or make it a penalty',
    );
  const distinct = block.count?.distinct ? toDistinct(block, listening?.scope ?? null, around) : null;
  const count = block.count === null ? 1 : wholeNumber(block.count.times, '"count"', reporter);
  const withinMs = block.count?.within ? toMs(block.count.within, reporter) : null;
  if (block.after !== null && !ids.has(block.after.text)) reportUnknown(block.after, ids, reporter);
  const from = block.from && toDate(block.from, reporter);
  const until = block.until && toDate(block.until, reporter);
  if (from !== null && until !== null && from >= until)
    reporter.report(
      'value.interval',
      (block.until as DateLiteral).span,
      'this interval is empty: "from" is not earlier than "until"',
      'let "from" be earlier than "until"',
    );
  if (listening === null) return null;
  return {
    id: block.id.text,
    group: block.group?.text ?? block.id.text,
    description: block.description?.value ?? null,
    on: listening.on,
    where: listening.where,
    count: count ?? 1,
    distinct,
    withinMs,
    after: block.after?.text ?? null,
    from,
    until,
  };
}

function toPenalty(
  block: PenaltyBlock,
  ids: ReadonlySet<string>,
  around: Surroundings,
  budget: Budget,
): Penalty | null {
  const listening = listen(block, 'penalty', around, budget);
  if (block.resets.length === 0 && around.isWhole(block.span))
    around.reporter.report(
      'clause.missing',
      block.id.span,
      `penalty "${block.id.text}" resets nothing`,
      'add "resets" with the ids of requirements',
    );
  for (const id of block.resets) if (!ids.has(id.text)) reportUnknown(id, ids, around.reporter);
  if (listening === null) return null;
  return {
    id: block.id.text,
    description: block.description?.value ?? null,
    on: listening.on,
    where: listening.where,
    resets: block.resets.map(({ text }) => text),
  };
}

interface Listening {
  readonly on: Trigger;
  /** What `where` and `distinct` may speak about; null: nothing, a badge event has no payload. */
  readonly scope: Scope | null;
  readonly where: Condition | null;
}

function listen(
  block: RequirementBlock | PenaltyBlock,
  what: string,
  around: Surroundings,
  budget: Budget,
): Listening | null {
  const { reporter } = around;
  if (block.on === null) {
    if (around.isWhole(block.span))
      reporter.report(
        'clause.missing',
        block.id.span,
        `${what} "${block.id.text}" does not say which event it waits for`,
        'add "on" with an event type, or on badge "..." awarded',
      );
    return null;
  }
  if (block.on.kind === 'badge-trigger') {
    if (block.where !== null)
      reporter.report(
        'trigger.no-payload',
        block.where.span,
        'a badge event has no payload that "where" could ask',
        'remove "where"',
      );
    return { on: toBadgeTrigger(block.on, around), scope: null, where: null };
  }
  const type = findEventType(block.on.type, around);
  if (type === null) return null;
  const scope = scopeOf(type);
  return {
    on: triggerOf(type),
    scope,
    where: block.where && toWhere(block.where, scope, reporter, budget),
  };
}

const triggers = new WeakMap<EventType, Trigger>();

/** One for all rules that wait for the type: there are many rules and few types. */
function triggerOf(type: EventType): Trigger {
  let trigger = triggers.get(type);
  if (trigger === undefined) {
    trigger = { kind: 'event', type: type.name };
    triggers.set(type, trigger);
  }
  return trigger;
}

function toWhere(expression: Expression, scope: Scope, reporter: Reporter, budget: Budget): Condition | null {
  const condition = toCondition(expression, scope, reporter);
  if (condition !== null) reportContradictions(condition, expression, reporter, budget);
  return condition;
}

function toBadgeTrigger(
  { badge, change }: Extract<TriggerClause, { kind: 'badge-trigger' }>,
  { environment: { knownBadges }, ownBadges, reporter }: Surroundings,
): Trigger {
  const id = badge.value;
  if (!ownBadges.has(id) && !knownBadges?.has(id))
    reporter.report('badge.unknown', badge.span, `there is no badge "${id}"`, (effort) =>
      didYouMean(id, [...ownBadges, ...(knownBadges ?? [])], effort),
    );
  return { kind: 'badge', badge: id, change };
}

/** @returns null after a report */
export function findEventType({ text, span }: Name, { environment, reporter }: Surroundings): EventType | null {
  const type = environment.eventTypes.get(text);
  if (type === undefined) {
    reporter.report('type.unknown-event', span, `"${text}" is not a known event type`, (effort) =>
      didYouMean(text, environment.eventTypes.keys(), effort),
    );
    return null;
  }
  if (type.learner === null) {
    reporter.report(
      'type.no-learner',
      span,
      `events of type "${text}" name no learner, so no badge can follow from them`,
      'use an event type whose payload holds a learner',
    );
    return null;
  }
  if (environment.enabledEventTypes?.has(text) === false)
    reporter.report(
      'type.not-enabled',
      span,
      `the settings do not enable "${text}", so its events never arrive`,
      'enable the event type in the settings',
    );
  return type;
}

function toDistinct(block: RequirementBlock, scope: Scope | null, { reporter }: Surroundings): ResolvedPath | null {
  const path = block.count?.distinct;
  if (!path) return null;
  if (block.on?.kind === 'badge-trigger') {
    reporter.report(
      'trigger.no-payload',
      path.span,
      'a badge event has no payload that "distinct" could read',
      'remove "distinct"',
    );
    return null;
  }
  const found = scope && resolvePath(scope, path, reporter);
  if (found?.path.type !== 'other') return found?.path ?? null;
  reporter.report(
    'type.clash',
    path.span,
    `"${pathName(path)}" is a record, map or list, and "distinct" counts single values`,
    'name a field inside',
  );
  return null;
}

function reportDuplicates(blocks: readonly { readonly id: Name }[], what: string, reporter: Reporter): void {
  if (blocks.length < 2) return;
  const seen = new Set<string>();
  for (const { id } of blocks) {
    if (id.text !== '' && seen.has(id.text))
      reporter.report(
        'requirement.duplicate',
        id.span,
        `there are two ${what === 'penalty' ? 'penalties' : 'requirements'} "${id.text}" in this badge`,
        'rename one of them',
      );
    seen.add(id.text);
  }
}

function reportGroups(blocks: readonly RequirementBlock[], reporter: Reporter): void {
  if (blocks.every(({ group }) => group === null)) return;
  const letters = new Set(blocks.flatMap(({ group }) => (group === null ? [] : [group.text])));
  for (const { id, group } of blocks) {
    if (group !== null && !/^[A-Z]$/.test(group.text)) {
      const hint = /^[a-z]$/.test(group.text)
        ? `did you mean "${group.text.toUpperCase()}"?`
        : 'write a letter from A to Z';
      reporter.report(
        'requirement.group',
        group.span,
        `"${group.text}" is not a group: a group is a letter from A to Z`,
        hint,
      );
    } else if (group === null && letters.has(id.text))
      reporter.report(
        'requirement.group-taken',
        id.span,
        `requirement "${id.text}" would fall into group ${id.text} of other requirements`,
        'rename it, or give it a group',
      );
  }
}

function reportAfterCycles(blocks: readonly RequirementBlock[], reporter: Reporter): void {
  if (blocks.every(({ after }) => after === null)) return;
  const next = new Map(blocks.map(({ id, after }) => [id.text, after === null ? [] : [after.text]]));
  for (const cycle of findCycles(next)) {
    const block = blocks.find(({ id }) => id.text === cycle[0]);
    const way = [...cycle, cycle[0]].map((id) => `"${id}"`).join(' after ');
    if (block?.after)
      reporter.report(
        'requirement.cycle',
        block.after.span,
        `these requirements wait for each other: ${shorten(way)}`,
        'remove one of the "after" clauses',
      );
  }
}

function reportUnknown({ text, span }: Name, ids: ReadonlySet<string>, reporter: Reporter): void {
  reporter.report(
    'requirement.unknown',
    span,
    `this badge has no requirement "${text}"`,
    (effort) => didYouMean(text, ids, effort) ?? listed(ids),
  );
}

export function wholeNumber(
  { value, span }: NumberLiteral,
  what: string,
  reporter: Reporter,
  least: 0 | 1 = 1,
): number | null {
  if (Number.isSafeInteger(value) && value >= least) return value;
  reporter.report('value.number', span, `${what} takes a whole number of at least ${least}`, `write ${least} or more`);
  return null;
}

function toMs(
  { amount, unit, span }: NonNullable<NonNullable<RequirementBlock['count']>['within']>,
  reporter: Reporter,
): number | null {
  const ms = amount * (MS[unit] as number);
  if (Number.isSafeInteger(amount) && amount >= 1 && ms <= LONGEST_MS) return ms;
  reporter.report(
    'value.number',
    span,
    '"within" takes a whole number of at least 1 and a unit, 10,000 years at most',
    'write for example 30 days',
  );
  return null;
}

export function toDate(literal: DateLiteral, reporter: Reporter): Instant | null {
  const instant = instantOf(literal);
  if (instant === null) reportDate(literal.text, literal.span, reporter);
  return instant;
}

function listed(names: Iterable<string>): string | null {
  const all = [...names];
  return all.length === 0 || all.length > 10 ? null : `known: ${all.join(', ')}`;
}

export function shorten(text: string): string {
  return text.length > 200 ? `${text.slice(0, 197)}...` : text;
}
