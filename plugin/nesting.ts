/** How deeply a value from elsewhere is nested: whoever goes through one that never ends runs out of stack. */

/** More than any event or call of an API needs. */
export const DEEPEST = 32;

/** Itself without recursion. @param value parsed JSON, or the like: without cycles */
export function isNestedDeeperThan(limit: number, value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    level = level.filter((one) => typeof one === 'object' && one !== null && !(one instanceof Uint8Array));
    if (depth === limit && level.length > 0) return true;
    level = level.flatMap((one) => Object.values(one as object));
  }
  return false;
}
