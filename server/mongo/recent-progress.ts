/** Progress that this process saved lately, so that the next change of it need not look it up. What is remembered may be out
 *  of date: it is only ever used for a save that is refused unless it still holds.
 *
 *  Where several processes change the same documents much of it has changed elsewhere, and a guess that fails costs more than
 *  a look. So it is offered only while nearly all of it holds, which is also told from what is looked up. */

import type { Types } from 'mongoose';
import type { Progress } from '../../plugin/ports/progress-store.ts';

export interface SavedProgress {
  readonly progress: Progress;
  /** The save that made it. */
  readonly savedBy: Types.ObjectId;
}

/** A contribution takes some 250 bytes, and everything else in a document about ten times as much. */
const WEIGHT_OF_DOCUMENT = 10;
/** About 30 MB. */
const MOST = 120_000;
/** Of all that is remembered. */
const MOST_OF_ONE = MOST / 100;

/** The share of those that held, below which none is offered. */
const NEARLY_ALL = 0.9;
/** How much one that held, or did not, counts in that share. */
const NEWS = 1 / 64;

export class RecentProgress {
  readonly #byKey = new Map<string, SavedProgress>();
  readonly #most: number;
  #weight = 0;
  #held = 1;

  constructor(most = MOST) {
    this.#most = most;
  }

  /** @returns null: not known, or not to be relied upon */
  recall(key: string): Progress | null {
    return this.#held < NEARLY_ALL ? null : (this.#byKey.get(key)?.progress ?? null);
  }

  /** What is remembered, and is no longer: whoever is about to change it does not know yet what it will be. */
  take(key: string): SavedProgress | null {
    const saved = this.#byKey.get(key);
    if (!saved) return null;
    this.#byKey.delete(key);
    this.#weight -= weightOf(saved);
    return saved;
  }

  remember(key: string, saved: SavedProgress): void {
    this.take(key);
    const weight = weightOf(saved);
    if (weight > MOST_OF_ONE) return;
    this.#byKey.set(key, saved);
    this.#weight += weight;
    for (const oldest of this.#byKey.keys()) {
      if (this.#weight <= this.#most) return;
      this.take(oldest);
    }
  }

  /** Whether what was remembered is what the database had. */
  learn(held: boolean): void {
    this.#held += ((held ? 1 : 0) - this.#held) * NEWS;
  }

  /** @param savedBy of what was found in the database; undefined: nothing, or nothing that says
   *  @returns what is remembered, when it is that */
  confirmed(key: string, savedBy: Types.ObjectId | undefined): Progress | null {
    const saved = this.#byKey.get(key);
    if (!saved) return null;
    const held = savedBy !== undefined && saved.savedBy.equals(savedBy);
    this.learn(held);
    if (held) return saved.progress;
    this.take(key);
    return null;
  }
}

function weightOf({ progress }: SavedProgress): number {
  return WEIGHT_OF_DOCUMENT + progress.contributions.length;
}
