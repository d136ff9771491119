/** Progress in memory, recalled as a process would that is not the only one: also what somebody else has changed since. */

import { MemoryProgressStore } from '../../plugin/ports/memory-progress-store.ts';
import type { Progress } from '../../plugin/ports/progress-store.ts';

export class RecallingProgressStore extends MemoryProgressStore {
  readonly #remembered = new Map<string, Progress>();
  readonly #isElsewhere: (save: number) => boolean;
  #saves = 0;

  /** @param isElsewhere whether a save, by its number, is made by somebody else, of whom this process hears nothing */
  constructor(isElsewhere: (save: number) => boolean) {
    super();
    this.#isElsewhere = isElsewhere;
  }

  override recall(learnerId: string, badgeId: string): Progress | null {
    return this.#remembered.get(`${learnerId} ${badgeId}`) ?? null;
  }

  override async save(progress: Progress): Promise<boolean> {
    const isSaved = await super.save(progress);
    const key = `${progress.learnerId} ${progress.badgeId}`;
    if (!isSaved) this.#remembered.delete(key);
    else if (!this.#isElsewhere(++this.#saves))
      this.#remembered.set(key, { ...progress, version: progress.version + 1 });
    return isSaved;
  }
}

/** For stores whose calls fail: this one asks nobody. */
export function isRecall(method: string | symbol): boolean {
  return method === 'recall';
}
