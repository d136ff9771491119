/** Which events reach a rule, in words of the rule language. */

import type { ResolvedPath, Scalar } from '../model.ts';
import { printCondition, printPath } from '../print-condition.ts';
import { isEquality, listOf, pathOf, valuesOf } from './access.ts';
import type { Rule } from './rule.ts';

/** `every <event type>`, or `<event type> where` and the places, equalities at one path together. */
export function reachedBy({ source: { on }, places: found }: Rule): string {
  const type = on.kind === 'event' ? on.type : on.badge;
  const places = listOf(found).filter((place) => place.kind !== 'asked');
  // One that every event is asked about is reached by every event, whatever other ways lead to it.
  if (places.length === 0 || places.length < listOf(found).length) return `every ${type}`;
  const equalities = new Map<string, { readonly path: ResolvedPath; readonly values: Scalar[] }>();
  const others: string[] = [];
  for (const place of places) {
    if (!isEquality(place)) others.push(printCondition(place));
    else {
      const values = valuesOf(place);
      const path = pathOf(place);
      const known = equalities.get(printPath(path));
      if (known === undefined) equalities.set(printPath(path), { path, values: [...values] });
      else known.values.push(...values);
    }
  }
  return `${type} where ${[...[...equalities.values()].map(printEqualities), ...others].join(' or ')}`;
}

function printEqualities({
  path,
  values,
}: {
  readonly path: ResolvedPath;
  readonly values: readonly Scalar[];
}): string {
  const [value] = values;
  return values.length === 1 && value !== undefined
    ? printCondition({ kind: 'comparison', path, operator: '=', value })
    : `${printPath(path)} in ${values.length} values`;
}
