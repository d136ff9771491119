/** Counts that the page shows behind choices, out of groups that are counted all together, once in a while. */

import type { Condition, FieldValue } from '../../../plugin/ports/records.ts';
import { type Known, thrifty } from '../dashboard/thrifty.ts';

interface Group {
  readonly count: number;
}

/** @param fieldsOf of a group, those that rows are chosen by */
export function estimateFrom<Each extends Group>(
  groups: () => Promise<readonly Each[]>,
  fieldsOf: (group: Each) => Readonly<Record<string, FieldValue | null>>,
): { estimate(where: readonly Condition[]): Promise<number | null>; known(): Promise<readonly Each[]> } {
  const ask: () => Promise<Known<readonly Each[]> | null> = thrifty(groups);
  return {
    async estimate(where) {
      const known = await ask();
      if (known === null) return null;
      let sum = 0;
      for (const group of known.result) {
        const isMet = meetsAll(fieldsOf(group), where);
        if (isMet === null) return null;
        if (isMet) sum += group.count;
      }
      return sum;
    },
    known: async () => (await ask())?.result ?? [],
  };
}

/** @returns null: the groups do not say */
function meetsAll(fields: Readonly<Record<string, FieldValue | null>>, where: readonly Condition[]): boolean | null {
  let isMet = true;
  for (const condition of where) {
    const value = 'field' in condition ? fields[condition.field] : undefined;
    if (value === undefined) return null;
    if ('in' in condition) isMet &&= condition.in.includes(value);
    else if ('isSet' in condition) isMet &&= value !== null;
    else return null;
  }
  return isMet;
}
