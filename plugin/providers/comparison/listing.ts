/** The first part of a comparison: everything the account has issued, noted in the scratch of the job. */

import type { BadgeProvider, ListedBadge, OpenAccount } from '../../ports/badge-provider.ts';
import type { LearnerStore } from '../../ports/learner-store.ts';
import type { ReplayScratch } from '../../ports/replay-scratch.ts';

/** As it is noted: without personal data. */
export interface NotedBadge extends Pick<ListedBadge, 'externalId' | 'state' | 'templateId' | 'uuid' | 'stands'> {
  /** A learner of ours; null: nobody who is known. */
  readonly learnerId: string | null;
}

const LISTED = 'listed\t';
const STEP_MS = 5_000;
const BATCH = 200;
const MOST_RUNNING = 20;

export interface ListingParts {
  readonly scratch: ReplayScratch;
  readonly learners: Pick<LearnerStore, 'list'>;
  readonly now: () => number;
}

/** Goes on where it was, as long as this process lives; a provider's list cannot be taken up by another one. */
export class Listings {
  readonly #running = new Map<string, { readonly badges: AsyncIterator<ListedBadge>; listed: number }>();
  readonly #parts: ListingParts;

  constructor(parts: ListingParts) {
    this.#parts = parts;
  }

  /** @param begun how many are noted; where this process knows of none of them it begins again
   *  @returns how many are noted now */
  async step(
    jobId: string,
    begun: number,
    provider: BadgeProvider,
    open: () => Promise<OpenAccount>,
  ): Promise<{ readonly listed: number; readonly finished: boolean }> {
    const { scratch, now } = this.#parts;
    let running = this.#running.get(jobId);
    if (running === undefined || running.listed !== begun) {
      await scratch.clear(jobId);
      const list = provider.listIssued?.(await open());
      running = { badges: (list ?? nothing())[Symbol.asyncIterator](), listed: 0 };
      this.#running.set(jobId, running);
      // Those of jobs that were cancelled are never asked for again.
      const [oldest] = this.#running.keys();
      if (this.#running.size > MOST_RUNNING && oldest !== undefined) this.#running.delete(oldest);
    }
    const until = now() + STEP_MS;
    let batch: string[] = [];
    try {
      for (;;) {
        const next = await running.badges.next();
        if (!next.done) batch.push(noteOf(await this.#noted(next.value)));
        if (next.done || batch.length >= BATCH) {
          await scratch.add(jobId, batch);
          running.listed += batch.length;
          batch = [];
        }
        if (next.done) this.#running.delete(jobId);
        if (next.done || (batch.length === 0 && now() >= until))
          return { listed: running.listed, finished: next.done === true };
      }
    } catch (error) {
      this.#running.delete(jobId);
      throw error;
    }
  }

  async #noted({ externalId, state, templateId, uuid, stands, learnerId, recipientEmail }: ListedBadge) {
    const noted: NotedBadge = { externalId, state, templateId, uuid, stands, learnerId };
    if (learnerId !== null || recipientEmail === null) return noted;
    const { items } = await this.#parts.learners.list({ search: recipientEmail, limit: 5 });
    const learner = items.find(({ email }) => email.toLowerCase() === recipientEmail.toLowerCase());
    return { ...noted, learnerId: learner?.id ?? null };
  }
}

/** @param after the `key` of the last of the batch before */
export async function nextListed(
  scratch: ReplayScratch,
  jobId: string,
  after: string | null,
  limit: number,
): Promise<readonly { readonly key: string; readonly badge: NotedBadge }[]> {
  const keys = await scratch.next(jobId, after ?? LISTED, limit);
  return keys.filter((key) => key.startsWith(LISTED)).map((key) => ({ key, badge: badgeOf(key) }));
}

function noteOf({ externalId, state, templateId, uuid, stands, learnerId }: NotedBadge): string {
  return `${LISTED}${JSON.stringify([externalId, state, templateId, uuid, stands, learnerId])}`;
}

function badgeOf(key: string): NotedBadge {
  const [externalId, state, templateId, uuid, stands, learnerId] = JSON.parse(key.slice(LISTED.length));
  return { externalId, state, templateId, uuid, stands, learnerId };
}

async function* nothing(): AsyncIterable<ListedBadge> {}
