/** Which course an event is about, wherever its payload says so: to find events by. */

import { contextKind } from '../credentials/context-key.ts';

/** Payloads are not ours: no more than this of one is looked through. */
const MOST_VALUES = 500;

const BLOCK = /^block-v1:([^+]+\+[^+]+\+[^+]+)\+/;

/** @returns the course key that lies nearest to the top; null: there is none */
export function courseOf(payload: unknown): string | null {
  const values: unknown[] = [payload];
  for (let at = 0; at < values.length && at < MOST_VALUES; at++) {
    const value = values[at];
    const key = typeof value === 'string' ? courseKeyIn(value) : null;
    if (key !== null) return key;
    if (typeof value === 'object' && value !== null) values.push(...Object.values(value).slice(0, MOST_VALUES));
  }
  return null;
}

function courseKeyIn(text: string): string | null {
  if (text.startsWith('course-v1:') || text.startsWith('ccx-v1:'))
    return ['course', 'ccx'].includes(contextKind(text) ?? '') ? text : null;
  const run = BLOCK.exec(text)?.[1];
  const key = `course-v1:${run}`;
  return run !== undefined && contextKind(key) === 'course' ? key : null;
}
