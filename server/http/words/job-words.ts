/** Jobs in words. */

import type { Job } from '../../../plugin/ports/job-store.ts';
import { type Words, words } from '../../../plugin/words.ts';

/** What counts of jobs are called by; lists name theirs with their actions. */
export const countWords: readonly string[] = [
  'applied',
  'changed',
  'added',
  'retired',
  'not told',
  'refused',
  'put right',
  'generated',
  'not eligible now',
  'working',
  'failing',
  'exchanged',
  'account gone',
  'no longer possible',
];

/** @returns in English where nothing else is known of it */
export function jobTitle({ title, said }: Pick<Job, 'title' | 'said'>): Words {
  return said ?? words(title);
}
