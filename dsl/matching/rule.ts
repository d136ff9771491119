/** One requirement or penalty, ready to be asked. */

import { allOf, compileCondition, compileValueTest, onlyPathOf, type Test, type ValueTest } from '../compile.ts';
import { isWithinInterval } from '../derived.ts';
import type { Badge, Condition, Penalty, Requirement, ResolvedPath, RuleEvent } from '../model.ts';
import type { PathValue, SharedValues } from '../read-path.ts';
import { listOf, type Places } from './access.ts';

/** A badge in the index with its rules. */
export interface Entry {
  readonly badge: Badge;
  /** In the order in which badges were first set. */
  readonly serial: number;
  rules: readonly Rule[];
  /** The event that last found the badge, and where among its matches. */
  foundIn: number;
  foundAt: number;
}

export class Rule {
  readonly owner: Entry;
  /** Among the rules of the badge. */
  readonly position: number;
  readonly source: Requirement | Penalty;
  /** Where the index finds it; nowhere: it is asked about every event of its type. */
  readonly places: Places;
  /** What is left to ask of an event that was found. First about one path... */
  readonly at: PathValue | null;
  readonly holds: ValueTest;
  /** ... then whatever else there is. */
  readonly rest: Test | null;
  /** What a requirement with `distinct` counts. */
  readonly distinct: PathValue | null;
  /** Its badge has no other rule, and one way leads to it: who finds it need not ask whether the badge was found before. */
  readonly isAlone: boolean;

  /** @param residual what the places do not answer */
  constructor(
    owner: Entry,
    position: number,
    source: Requirement | Penalty,
    { places, residual }: { readonly places: Places; readonly residual: Condition | null },
    values: SharedValues,
  ) {
    this.owner = owner;
    this.position = position;
    this.source = source;
    this.places = places;
    const requirement = isRequirement(source) ? source : null;
    this.distinct = requirement?.distinct ? values.at(requirement.distinct) : null;
    const asked = residual === null ? null : leadingQuestion(residual);
    this.at = asked ? values.at(asked.path) : null;
    this.holds = asked ? compileValueTest(asked.question) : always;
    const rest = asked ? asked.others : residual === null ? NONE : [residual];
    this.rest = restOf(requirement, this.distinct, rest, values);
    const { requirements, penalties } = owner.badge;
    const isOnly = requirements.length + penalties.length === 1;
    this.isAlone = isOnly && this.distinct === null && listOf(places).length < 2;
  }

  isMet(event: RuleEvent): boolean {
    return (this.at === null || this.holds(this.at.of(event))) && (this.rest === null || this.rest(event));
  }
}

const always: ValueTest = () => true;
const NONE: readonly Condition[] = [];

export function isRequirement(source: Requirement | Penalty): source is Requirement {
  return 'group' in source;
}

export interface LeadingQuestion {
  readonly path: ResolvedPath;
  /** About that path only. */
  readonly question: Condition;
  /** All hold together with it. */
  readonly others: readonly Condition[];
}

/** @returns null where nothing that must hold is about one path only */
export function leadingQuestion(condition: Condition): LeadingQuestion | null {
  if (condition.kind !== 'and') {
    const path = onlyPathOf(condition);
    return path && { path, question: condition, others: NONE };
  }
  for (const question of condition.operands) {
    const path = onlyPathOf(question);
    if (path !== null) return { path, question, others: condition.operands.filter((other) => other !== question) };
  }
  return null;
}

function restOf(
  requirement: Requirement | null,
  distinct: PathValue | null,
  conditions: readonly Condition[],
  values: SharedValues,
): Test | null {
  const isLimited = requirement !== null && (requirement.from !== null || requirement.until !== null);
  if (!isLimited && distinct === null && conditions.length === 0) return null;
  const tests: Test[] = [];
  if (isLimited) tests.push(({ time }) => isWithinInterval(requirement, time));
  for (const condition of conditions) tests.push(compileCondition(condition, values));
  if (distinct !== null) tests.push((event) => distinctText(distinct.of(event)) !== null);
  return allOf(tests);
}

/** @returns null where there is no value to tell apart from others */
export function distinctText(value: unknown): string | null {
  switch (typeof value) {
    case 'string':
      return `s:${value}`;
    case 'number':
      return `n:${value}`;
    case 'boolean':
      return `b:${value}`;
    default:
      return null;
  }
}

/** Badges in the order they were first set, the rules of a badge as written. */
export function compareRules(a: Rule, b: Rule): number {
  return a.owner.serial - b.owner.serial || a.position - b.position;
}

/** Lists of rules are in order, so that one is quickly found and taken out. Does nothing where the rule is in the list. */
export function putIn(rules: Rule[], rule: Rule): void {
  const last = rules.at(-1);
  if (last === undefined || compareRules(last, rule) < 0) rules.push(rule);
  else {
    const at = positionIn(rules, rule);
    if (rules[at] !== rule) rules.splice(at, 0, rule);
  }
}

export function takeOut(rules: Rule[], rule: Rule): void {
  const at = positionIn(rules, rule);
  if (rules[at] === rule) rules.splice(at, 1);
}

/** Where the rule is, or belongs. */
export function positionIn(rules: readonly Rule[], rule: Rule): number {
  let low = 0;
  let high = rules.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareRules(rules[middle] as Rule, rule) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
