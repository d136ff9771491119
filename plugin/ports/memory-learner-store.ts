/** In-memory twin of the learner store: the reference behaviour for its contract, and what tests use. */

import { randomUUID } from 'node:crypto';
import { compareCodePoints, type Instant } from '../../dsl/index.ts';
import { displacedUsername, newLearner, withDetails } from '../badges/learner-details.ts';
import type { EventUser } from '../events/event.ts';
import type { Learner, LearnerStore, Page } from './learner-store.ts';
import { memoryRecords } from './memory-records.ts';
import { learnerShape } from './record-shapes.ts';

export class MemoryLearnerStore implements LearnerStore {
  readonly #learners = new Map<string, Learner>();
  readonly #languages = new Map<string, string>();
  readonly records = memoryRecords(learnerShape, () => this.#learners.values());

  async resolve(user: EventUser, at: Instant): Promise<Learner> {
    const holder = this.#find((learner) => learner.username === user.username);
    const sameAccount = this.#find((learner) => user.lmsUserId !== null && learner.lmsUserId === user.lmsUserId);
    const known = sameAccount ?? holder;
    if (!known) return this.#put(newLearner(randomUUID(), user, at));
    const next = withDetails(known, user, at);
    if (next.username !== known.username && holder && holder !== known) {
      if (holder.asOf >= at) return this.#put({ ...next, username: known.username });
      this.#put({ ...holder, username: displacedUsername(holder) });
    }
    return next === known ? known : this.#put(next);
  }

  async find({ lmsUserId, username }: Pick<EventUser, 'lmsUserId' | 'username'>): Promise<Learner | null> {
    const sameAccount = this.#find((learner) => lmsUserId !== null && learner.lmsUserId === lmsUserId);
    return sameAccount ?? this.#find((learner) => learner.username === username) ?? null;
  }

  async findById(id: string): Promise<Learner | null> {
    return this.#learners.get(id) ?? null;
  }

  async findByUsername(username: string): Promise<Learner | null> {
    return this.#find((learner) => learner.username === username) ?? null;
  }

  async findManyByIds(ids: readonly string[]): Promise<readonly Learner[]> {
    return [...new Set(ids)].flatMap((id) => this.#learners.get(id) ?? []);
  }

  async rememberLanguage(id: string, language: string): Promise<void> {
    if (this.#learners.has(id)) this.#languages.set(id, language);
  }

  async languageOf(username: string): Promise<string | null> {
    const learner = await this.findByUsername(username);
    return (learner && this.#languages.get(learner.id)) ?? null;
  }

  async list(query: {
    readonly search?: string;
    readonly after?: string;
    readonly limit: number;
  }): Promise<Page<Learner>> {
    const search = query.search?.toLowerCase() ?? '';
    const { after } = query;
    const matching = [...this.#learners.values()]
      .filter((learner) => after === undefined || compareCodePoints(learner.username, after) > 0)
      .filter(
        ({ username, email, lmsUserId }) =>
          [username, email].some((text) => text.toLowerCase().startsWith(search)) ||
          (lmsUserId !== null && String(lmsUserId) === search),
      )
      .toSorted((a, b) => compareCodePoints(a.username, b.username));
    const items = matching.slice(0, query.limit);
    return { items, next: matching.length > items.length ? (items.at(-1)?.username ?? null) : null };
  }

  async count(): Promise<number> {
    return this.#learners.size;
  }

  #find(matches: (learner: Learner) => boolean): Learner | undefined {
    for (const learner of this.#learners.values()) if (matches(learner)) return learner;
    return undefined;
  }

  #put(learner: Learner): Learner {
    this.#learners.set(learner.id, learner);
    return learner;
  }
}
