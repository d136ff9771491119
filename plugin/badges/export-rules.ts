/** Everything in force as rule files: one per badge, or one for all. */

import { createHash } from 'node:crypto';
import { compareCodePoints } from '../../dsl/index.ts';
import type { BadgeDefinition } from '../ports/badge-store.ts';

export interface ExportedFile {
  readonly name: string;
  readonly text: string;
}

export interface ExportedRules {
  /** One per badge, by badge id. */
  readonly files: readonly ExportedFile[];
  /** The same as one canonical file. */
  readonly text: string;
}

export function exportRules(badges: readonly BadgeDefinition[]): ExportedRules {
  const sorted = badges.toSorted((a, b) => compareCodePoints(a.id, b.id));
  return {
    files: sorted.map(({ id, source }) => ({ name: fileNameOf(id), text: source })),
    text: sorted.map(({ source }) => source).join('\n'),
  };
}

/** Letters that mean the same to every file system, also to one that does not tell `A` from `a`. */
const PLAIN = /^[a-z0-9_-]$/;
const LONGEST = 100;
/** Names of devices on Windows, with any ending. */
const DEVICE = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])$/;

/** @returns a name that no other id has, e.g. `demo-course.rules`: what is not plain is `%` and the hex digits of its bytes */
export function fileNameOf(badgeId: string): string {
  const escaped = [...badgeId].map((letter, at) => (isPlain(letter, at) ? letter : percent(letter))).join('');
  const safe = DEVICE.test(escaped) ? `${percent(badgeId[0] as string)}${escaped.slice(1)}` : escaped;
  // No escaped id holds a `~`.
  if (safe === '') return '~.rules';
  if (safe.length <= LONGEST) return `${safe}.rules`;
  return `${safe.slice(0, LONGEST / 2)}~${createHash('sha256').update(badgeId).digest('hex')}.rules`;
}

/** A name must not begin like an option. */
function isPlain(letter: string, at: number): boolean {
  return PLAIN.test(letter) && !(at === 0 && letter === '-');
}

function percent(letter: string): string {
  return [...new TextEncoder().encode(letter)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
}
