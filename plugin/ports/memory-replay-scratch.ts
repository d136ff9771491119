/** In-memory twin of the scratch of replays: for tests, and for a preview that one process makes for itself. */

import { compareCodePoints } from '../../dsl/index.ts';
import type { ReplayScratch } from './replay-scratch.ts';

export class MemoryReplayScratch implements ReplayScratch {
  readonly #keys = new Map<string, Set<string>>();
  /** Sorted once, until something is added. */
  readonly #sorted = new Map<string, readonly string[]>();

  async add(jobId: string, keys: readonly string[]): Promise<void> {
    const known = this.#keys.get(jobId) ?? new Set();
    for (const key of keys) known.add(key);
    this.#keys.set(jobId, known);
    this.#sorted.delete(jobId);
  }

  async next(jobId: string, after: string | null, limit: number): Promise<readonly string[]> {
    const sorted = this.#sorted.get(jobId) ?? [...(this.#keys.get(jobId) ?? [])].sort(compareCodePoints);
    this.#sorted.set(jobId, sorted);
    const start = after === null ? 0 : sorted.findIndex((key) => compareCodePoints(key, after) > 0);
    return start < 0 ? [] : sorted.slice(start, start + limit);
  }

  async count(jobId: string): Promise<number> {
    return this.#keys.get(jobId)?.size ?? 0;
  }

  async clear(jobId: string): Promise<void> {
    this.#keys.delete(jobId);
    this.#sorted.delete(jobId);
  }
}
