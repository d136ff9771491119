/** Which tests of a rule's condition its `test` blocks have seen come out true, and which false.
 *
 *  A rule is often one line, so lines tell nothing; each comparison is looked at by itself. It counts only where it was
 *  asked: of `a and b`, `b` is not asked where `a` is false. */

import type { Expression, RuleFile, Span } from './ast.ts';
import { compileCondition } from './compile.ts';
import { upstreamsOf } from './derived.ts';
import type { Environment } from './environment.ts';
import type { Badge, CheckedTest, Condition, Penalty, Requirement, RuleEvent } from './model.ts';
import { printCondition } from './print-condition.ts';
import { eventsOfTest } from './run-test.ts';
import { type Position, SourceText } from './source.ts';

export interface CoveredFile {
  readonly name: string;
  readonly text: string;
  readonly file: RuleFile;
  readonly badges: readonly Badge[];
  readonly tests: readonly CheckedTest[];
}

export interface CoveredCondition extends Position {
  readonly file: string;
  readonly badge: string;
  /** Id of the requirement or penalty. */
  readonly rule: string;
  /** As a rule writes it. */
  readonly text: string;
  readonly seenTrue: boolean;
  readonly seenFalse: boolean;
}

export interface Coverage {
  /** In the order of the files. */
  readonly conditions: readonly CoveredCondition[];
  /** Outcomes seen over outcomes there are, two for each condition; 1 where there are none. */
  readonly ratio: number;
}

type Leaf = Exclude<Condition, { readonly kind: 'and' | 'or' | 'not' }>;

/** By leaf: the nodes of a checked condition are its own, so each stands for its place. */
type Seen = Map<Leaf, { true: boolean; false: boolean }>;

/** A test is about its badge and those that badge waits for. */
export function coverageOf(files: readonly CoveredFile[], environment: Pick<Environment, 'eventTypes'>): Coverage {
  const badges = new Map(files.flatMap((file) => file.badges.map((badge) => [badge.id, badge] as const)));
  const seen: Seen = new Map();
  for (const test of files.flatMap(({ tests }) => tests)) {
    const events = eventsOfTest(test, environment);
    for (const badge of withUpstreams(test.badge, badges))
      for (const rule of rulesOf(badge)) for (const event of events) ask(rule, event, seen);
  }
  const conditions = files.flatMap((file) => conditionsOf(file, seen));
  const outcomes = conditions.reduce((sum, one) => sum + Number(one.seenTrue) + Number(one.seenFalse), 0);
  return { conditions, ratio: conditions.length === 0 ? 1 : outcomes / (2 * conditions.length) };
}

function withUpstreams(id: string, badges: ReadonlyMap<string, Badge>): readonly Badge[] {
  const found = new Map<string, Badge>();
  const open = [id];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const badge = badges.get(next);
    if (badge === undefined || found.has(next)) continue;
    found.set(next, badge);
    open.push(...upstreamsOf(badge));
  }
  return [...found.values()];
}

function rulesOf({ requirements, penalties }: Badge): readonly (Requirement | Penalty)[] {
  return [...requirements, ...penalties];
}

function ask({ on, where }: Requirement | Penalty, event: RuleEvent, seen: Seen): void {
  if (where !== null && on.kind === 'event' && on.type === event.type) evaluate(where, event, seen);
}

function evaluate(condition: Condition, event: RuleEvent, seen: Seen): boolean {
  switch (condition.kind) {
    case 'and':
      return condition.operands.every((operand) => evaluate(operand, event, seen));
    case 'or':
      return condition.operands.some((operand) => evaluate(operand, event, seen));
    case 'not':
      return !evaluate(condition.operand, event, seen);
    default: {
      const truth = compileCondition(condition)(event);
      const known = seen.get(condition) ?? { true: false, false: false };
      seen.set(condition, known);
      known[truth ? 'true' : 'false'] = true;
      return truth;
    }
  }
}

function conditionsOf({ name, text, file, badges }: CoveredFile, seen: Seen): CoveredCondition[] {
  const source = new SourceText(text);
  const sound = new Map(badges.map((badge) => [badge.id, badge]));
  return file.blocks.flatMap((block) => {
    const badge = block.kind === 'badge' ? sound.get(block.id.value) : undefined;
    if (block.kind !== 'badge' || badge === undefined) return [];
    const written = [...block.requirements, ...block.penalties];
    return rulesOf(badge).flatMap((rule, index) => {
      const expression = written[index]?.where;
      if (!rule.where || !expression) return [];
      return leavesOf(rule.where, expression).map(({ leaf, span }): CoveredCondition => {
        const { true: seenTrue = false, false: seenFalse = false } = seen.get(leaf) ?? {};
        const place = { file: name, ...source.positionOf(span.start) };
        return { ...place, badge: badge.id, rule: rule.id, text: printCondition(leaf), seenTrue, seenFalse };
      });
    });
  });
}

/** The condition has the shape of its expression, node for node. */
function leavesOf(condition: Condition, expression: Expression): { leaf: Leaf; span: Span }[] {
  if (condition.kind === 'not' && expression.kind === 'not') return leavesOf(condition.operand, expression.operand);
  if (condition.kind === 'not') return [];
  if (condition.kind !== 'and' && condition.kind !== 'or') return [{ leaf: condition, span: expression.span }];
  const operands = expression.kind === 'and' || expression.kind === 'or' ? expression.operands : [];
  return condition.operands.flatMap((operand, index) => {
    const written = operands[index];
    return written === undefined ? [] : leavesOf(operand, written);
  });
}
