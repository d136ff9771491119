/** Syntax tree to meaning: what a rule file says about badges, as far as it is sound. */

import type { BadgeBlock, Expression, RuleFile, Span, TestBlock } from './ast.ts';
import { type Surroundings, shorten, toBadge } from './checks/badges.ts';
import { toCondition } from './checks/conditions.ts';
import { reportContradictions } from './checks/contradictions.ts';
import { findCycles } from './checks/cycles.ts';
import { type Scope, scopeOf } from './checks/paths.ts';
import { toTest } from './checks/tests.ts';
import { reportTexts } from './checks/texts.ts';
import { Budget } from './checks/value-sets.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { Environment, EventType, Field } from './environment.ts';
import type { Badge, CheckedTest, Condition } from './model.ts';
import { parseExpression } from './parse.ts';
import { Reporter } from './reporter.ts';

export interface Checked {
  /** Those without errors, in the order of the text. */
  readonly badges: readonly Badge[];
  /** Those without errors whose badge has none either. */
  readonly tests: readonly CheckedTest[];
  readonly diagnostics: readonly Diagnostic[];
}

/** @param text what `file` was parsed from */
export function check(text: string, file: RuleFile, environment: Environment): Checked {
  const reporter = new Reporter(text);
  const blocks = file.blocks.filter((block) => block.kind === 'badge');
  const byId = new Map<string, BadgeBlock>();
  const sound = new Map<BadgeBlock, Badge>();
  const around: Surroundings = {
    environment,
    ownBadges: new Set(blocks.filter(isNamed).map(({ id }) => id.value)),
    reporter,
    isWhole: whole(file.broken),
  };
  for (const block of blocks) {
    const badge = toBadge(block, around);
    if (!isNamed(block)) continue;
    const isDuplicate = byId.has(block.id.value);
    if (isDuplicate) {
      reporter.report(
        'badge.duplicate',
        block.id.span,
        `there are two badges "${block.id.value}"`,
        'give each badge an id of its own',
      );
    } else byId.set(block.id.value, block);
    if (badge !== null && !isDuplicate && around.isWhole(block.span)) sound.set(block, badge);
  }
  for (const block of reportBadgeCycles(byId, reporter)) sound.delete(block);
  reportTexts(file, reporter);
  const tests: CheckedTest[] = [];
  for (const block of file.blocks) {
    if (block.kind !== 'test') continue;
    const test = toTest(block, byId, around);
    if (test !== null && around.isWhole(block.span) && isSound(block, byId, sound)) tests.push(test);
  }
  return { badges: [...sound.values()], tests, diagnostics: reporter.diagnostics };
}

/** Without an id that could be read it is broken, and is no badge to others. */
function isNamed({ id }: BadgeBlock): boolean {
  return id.span.end > 0;
}

function isSound(
  { badge }: TestBlock,
  byId: ReadonlyMap<string, BadgeBlock>,
  sound: ReadonlyMap<BadgeBlock, Badge>,
): boolean {
  const block = badge && byId.get(badge.value);
  return block ? sound.has(block) : false;
}

/** @returns whether no broken place lies within a span. Asked for every block, so the places are sorted once. */
function whole(broken: readonly Span[]): (span: Span) => boolean {
  if (broken.length === 0) return () => true;
  const places = [...broken].sort((a, b) => a.start - b.start || a.end - b.end);
  return ({ start, end }) => {
    let low = 0;
    let high = places.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((places[middle] as Span).start < start) low = middle + 1;
      else high = middle;
    }
    const place = places[low];
    if (place === undefined) return true;
    // What is missing at the end of a block is an empty place right there.
    return place.start > end || (place.start === end && place.end > end);
  };
}

/** @returns the badges that no other could ever follow */
function reportBadgeCycles(byId: ReadonlyMap<string, BadgeBlock>, reporter: Reporter): BadgeBlock[] {
  const next = new Map<string, string[]>();
  for (const [id, block] of byId) {
    const triggers = triggersOf(block);
    if (triggers.length > 0)
      next.set(
        id,
        triggers.map(({ badge }) => badge.value),
      );
  }
  return findCycles(next).flatMap((cycle) => {
    const blocks = cycle.flatMap((id) => byId.get(id) ?? []);
    const [first] = blocks;
    const towards = cycle[1] ?? cycle[0];
    const trigger = first && triggersOf(first).find(({ badge }) => badge.value === towards);
    const way = [...cycle, cycle[0]].map((id) => `"${id}"`).join(' on ');
    if (trigger)
      reporter.report(
        'badge.cycle',
        trigger.span,
        `these badges wait for each other: ${shorten(way)}`,
        'let one of them not depend on the others',
      );
    return blocks;
  });
}

function triggersOf(block: BadgeBlock) {
  return [...block.requirements, ...block.penalties].flatMap(({ on }) => (on?.kind === 'badge-trigger' ? [on] : []));
}

export interface CheckedExpression {
  /** null where there are errors. */
  readonly condition: Condition | null;
  readonly diagnostics: readonly Diagnostic[];
}

/** An expression by itself, such as the criteria of a credential: `completion >= 0.8 and grades."final exam" >= 65`. */
export function checkExpression(text: string, fields: readonly Field[]): CheckedExpression {
  return checkAlone(text, { fields, metadata: false, eventType: null, known: new Map() });
}

/** What may follow `where` in a rule on this event type, by itself. */
export function checkWhere(text: string, type: EventType): CheckedExpression {
  return checkAlone(text, scopeOf(type));
}

function checkAlone(text: string, scope: Scope): CheckedExpression {
  const reporter = new Reporter(text);
  const expression: Expression | null = parseExpression(text, reporter);
  if (expression === null) return { condition: null, diagnostics: reporter.diagnostics };
  const condition = toCondition(expression, scope, reporter);
  if (condition !== null) reportContradictions(condition, expression, reporter, new Budget());
  return { condition: reporter.errors > 0 ? null : condition, diagnostics: reporter.diagnostics };
}
