/** Whether it is worth its while to compact the file of the store. */

import type { StoreSpace } from './store-file.ts';

/** When a start compacts by itself. */
export interface CompactionPolicy {
  /** So much of the file is free; 0: never. */
  readonly percent: number;
  /** And so much at least. */
  readonly leastBytes: number;
}

export const NO_COMPACTION: CompactionPolicy = { percent: 0, leastBytes: 0 };

export const USUAL_LEAST_BYTES = 64 * 1024 * 1024;

export function isWorthwhile(
  { file, free }: Pick<StoreSpace, 'file' | 'free'>,
  { percent, leastBytes }: CompactionPolicy,
): boolean {
  return percent > 0 && free >= leastBytes && free >= (file * percent) / 100;
}
