/** Requirements that change nothing, because another of their group is fulfilled whenever they are. */

import type { RequirementBlock } from '../ast.ts';
import type { Badge, Condition, Requirement } from '../model.ts';
import { pathKey } from '../read-path.ts';
import type { Reporter } from '../reporter.ts';
import type { Resolution } from './paths.ts';
import { type Budget, onlyPath, type Signed, verdictOf } from './value-sets.ts';

/** Larger groups are compared only so far: the question is asked for every pair. */
const COMPARED = 32;

export function reportRedundant(
  badge: Badge,
  blocks: readonly RequirementBlock[],
  reporter: Reporter,
  budget: Budget,
): void {
  const awaited = new Set(badge.requirements.map(({ after }) => after));
  const groups = new Map<string, { requirement: Requirement; index: number }[]>();
  badge.requirements.forEach((requirement, index) => {
    const members = groups.get(requirement.group);
    if (members === undefined) groups.set(requirement.group, [{ requirement, index }]);
    else members.push({ requirement, index });
  });
  for (const members of groups.values()) {
    if (members.length === 1) continue;
    const compared = members.slice(0, COMPARED);
    const dropped = new Set<number>();
    // From the end, so that of two equal ones the second is named.
    for (const { requirement, index } of compared.toReversed()) {
      if (awaited.has(requirement.id)) continue;
      const wider = compared.find(
        (other) =>
          other.index !== index &&
          !dropped.has(other.index) &&
          isImplied(other.requirement, requirement, badge, budget),
      );
      if (wider === undefined) continue;
      dropped.add(index);
      reporter.report(
        'requirement.redundant',
        (blocks[index] as RequirementBlock).id.span,
        `requirement "${requirement.id}" is redundant: "${wider.requirement.id}" of the same group is fulfilled whenever it is`,
        'remove it, or make the other one narrower',
      );
    }
  }
}

/** Whether `wide` is fulfilled at every instant at which `narrow` is. */
function isImplied(wide: Requirement, narrow: Requirement, { penalties }: Badge, budget: Budget): boolean {
  return (
    isSameTrigger(wide, narrow) &&
    (wide.after === null || wide.after === narrow.after) &&
    (wide.from === null || (narrow.from !== null && wide.from <= narrow.from)) &&
    (wide.until === null || (narrow.until !== null && wide.until >= narrow.until)) &&
    isCountImplied(wide, narrow) &&
    penalties.every(({ resets }) => !resets.includes(wide.id) || resets.includes(narrow.id)) &&
    isConditionImplied(wide.where, narrow.where, budget)
  );
}

function isSameTrigger({ on: a }: Requirement, { on: b }: Requirement): boolean {
  return a.kind === 'event' ? b.kind === 'event' && a.type === b.type : b.kind === 'badge' && a.badge === b.badge;
}

function isCountImplied(wide: Requirement, narrow: Requirement): boolean {
  if (wide.count > narrow.count) return false;
  // Distinct values of another path say nothing; n different values are at least n events.
  if (wide.distinct !== null && (narrow.distinct === null || pathKey(wide.distinct) !== pathKey(narrow.distinct)))
    return false;
  return wide.withinMs === null || wide.count === 1 || (narrow.withinMs !== null && narrow.withinMs <= wide.withinMs);
}

function isConditionImplied(wide: Condition | null, narrow: Condition | null, budget: Budget): boolean {
  if (wide === null) return true;
  if (narrow === null) return false;
  const given = conjuncts(narrow);
  const texts = new Set(given.map((condition) => JSON.stringify(condition)));
  return conjuncts(wide).every((wanted) => texts.has(JSON.stringify(wanted)) || isContradiction(given, wanted, budget));
}

function conjuncts(condition: Condition): readonly Condition[] {
  return condition.kind === 'and' ? condition.operands.flatMap(conjuncts) : [condition];
}

/** `given and not wanted` holds for no value: then what is given implies what is wanted. */
function isContradiction(given: readonly Condition[], wanted: Condition, budget: Budget): boolean {
  const facts: Resolution | null = onlyPath(wanted);
  if (facts === null) return false;
  const operands: Signed[] = given
    .filter((condition) => onlyPath(condition) === facts)
    .map((condition) => ({ condition, negated: false }));
  return verdictOf([...operands, { condition: wanted, negated: true }], 'and', facts, budget) === 'never';
}
