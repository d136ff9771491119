/** A condition clause by clause: which hold for an event, and what the event has where each looks. */

import { compileCondition } from './compile.ts';
import { type Discretion, tellAll, toldValue } from './failed-part.ts';
import type { Condition, ResolvedPath, RuleEvent } from './model.ts';
import { printCondition, printPath } from './print-condition.ts';
import { pathKey } from './read-path.ts';

export interface Clause {
  /** As a rule writes it. */
  readonly text: string;
  readonly holds: boolean;
  /** For every path that the clause reads, in words: `absent`, `40`, `"a text"`, `[hidden]`. */
  readonly found: readonly { readonly path: string; readonly value: string }[];
}

/** The parts that must all hold. @param condition null: none */
export function clausesOf(
  condition: Condition | null,
  event: RuleEvent,
  hides: Discretion = tellAll,
): readonly Clause[] {
  if (condition === null) return [];
  const parts = condition.kind === 'and' ? condition.operands : [condition];
  return parts.map((part) => ({
    text: printCondition(part),
    holds: compileCondition(part)(event),
    found: pathsOf(part).map((path) => ({ path: printPath(path), value: toldValue(path, event, hides) })),
  }));
}

/** Each once, in the order in which the condition names them. */
export function pathsOf(condition: Condition): readonly ResolvedPath[] {
  const paths = new Map<string, ResolvedPath>();
  const visit = (part: Condition): void => {
    if (part.kind === 'or' || part.kind === 'and') part.operands.forEach(visit);
    else if (part.kind === 'not') visit(part.operand);
    else if (!paths.has(pathKey(part.path))) paths.set(pathKey(part.path), part.path);
  };
  visit(condition);
  return [...paths.values()];
}
