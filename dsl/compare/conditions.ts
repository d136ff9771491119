/** What two conditions have to do with each other, whichever way they are written. */

import { compileCondition } from '../compile.ts';
import type { Condition, RuleEvent } from '../model.ts';
import { type Formula, Space } from './search.ts';
import type { Facts } from './variables.ts';

export interface ConditionComparison {
  /** `same`: node for node; `equivalent`: for every event that follows its type, only written differently;
   *  `narrower`: the new one holds for some of the events of the old one and for no other; `wider`: the other way round;
   *  `disjoint`: for no event do both hold; `overlapping`: for some events both hold, for others only one;
   *  `undecided`: texts are matched, or there is too much to try; the examples say what is known. */
  readonly relation: 'same' | 'equivalent' | 'narrower' | 'wider' | 'disjoint' | 'overlapping' | 'undecided';
  /** An event for which the old one holds and the new one does not; null where there is none, or none was found. It has
   *  the fields that the conditions ask for and no others. */
  readonly onlyOld: RuleEvent | null;
  readonly onlyNew: RuleEvent | null;
}

const ALWAYS: Condition = { kind: 'and', operands: [] };

/** Exact for =, !=, orders, in, exists and booleans over any number of fields, parts of keys included, and sound for text
 *  matches: a claim is never wrong, though there may be none.
 *  @param old null: no condition, every event
 *  @param facts of the event type that both are about */
export function compareConditions(old: Condition | null, next: Condition | null, facts: Facts): ConditionComparison {
  if (JSON.stringify(old) === JSON.stringify(next)) return { relation: 'same', onlyOld: null, onlyNew: null };
  const [before, after] = [old ?? ALWAYS, next ?? ALWAYS];
  const space = new Space([before, after], facts);
  const [a, b] = [space.formula(before), space.formula(after)];
  const onlyOld = confirmed(space, { kind: 'and', operands: [a, { kind: 'not', operand: b }] }, before, after);
  const onlyNew = confirmed(space, { kind: 'and', operands: [b, { kind: 'not', operand: a }] }, after, before);
  const examples = { onlyOld: onlyOld.event, onlyNew: onlyNew.event };
  if (onlyOld.kind === 'undecided' || onlyNew.kind === 'undecided') return { relation: 'undecided', ...examples };
  if (onlyOld.kind === 'none' && onlyNew.kind === 'none') return { relation: 'equivalent', ...examples };
  if (onlyNew.kind === 'none') return { relation: 'narrower', ...examples };
  if (onlyOld.kind === 'none') return { relation: 'wider', ...examples };
  const both = space.find({ kind: 'and', operands: [a, b] });
  const relation = both.kind === 'found' ? 'overlapping' : both.kind === 'none' ? 'disjoint' : 'undecided';
  return { relation, ...examples };
}

/** An example is asked of the conditions themselves before it is shown to anybody. */
function confirmed(
  space: Space,
  formula: Formula,
  holds: Condition,
  fails: Condition,
): { readonly kind: 'found' | 'none' | 'undecided'; readonly event: RuleEvent | null } {
  const answer = space.find(formula);
  if (answer.kind !== 'found') return { kind: answer.kind, event: null };
  const isOne = compileCondition(holds)(answer.event) && !compileCondition(fails)(answer.event);
  return isOne ? answer : { kind: 'undecided', event: null };
}
