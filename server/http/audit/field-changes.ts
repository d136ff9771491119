/** What a save changed, field by field, for the audit: what was there and what is there now. */

import type { AuditDetails } from '../people/access-store.ts';

const MOST_FIELDS = 20;
const LONGEST = 80;
const NOTHING = '(none)';

/** @param before null: there was none
 *  @returns `options.title.size`: `12 → 14` */
export function fieldChanges(before: object | null, after: object): AuditDetails {
  const former = new Map(before === null ? [] : leavesOf(before));
  const next = new Map(leavesOf(after));
  const changed = [...new Set([...former.keys(), ...next.keys()])].filter(
    (path) => (former.get(path) ?? NOTHING) !== (next.get(path) ?? NOTHING),
  );
  const shown = before === null ? [] : changed.slice(0, MOST_FIELDS);
  const more = before !== null && changed.length > MOST_FIELDS ? { 'more fields': changed.length - MOST_FIELDS } : {};
  const words = shown.map((path) => [path, `${shortened(former.get(path))} → ${shortened(next.get(path))}`]);
  return { ...Object.fromEntries(words), ...more };
}

function leavesOf(value: unknown, path = ''): readonly (readonly [string, string])[] {
  if (value instanceof Date || value === null || typeof value !== 'object') return [[path, textOf(value)]];
  return Object.entries(value).flatMap(([name, inner]) => leavesOf(inner, path === '' ? name : `${path}.${name}`));
}

function textOf(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  return value === null || value === undefined ? NOTHING : String(value);
}

function shortened(text: string = NOTHING): string {
  const characters = [...text];
  return characters.length > LONGEST ? `${characters.slice(0, LONGEST - 1).join('')}…` : text;
}
