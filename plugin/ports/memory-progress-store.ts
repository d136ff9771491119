/** In-memory twin of the progress store: the reference behaviour for its contract, and what tests use. */

import { compareCodePoints, type Outcome } from '../../dsl/index.ts';
import { nextEffectAt } from '../badges/effect-order.ts';
import { fromCursor, type ProgressPlace, toCursor } from '../badges/progress-cursor.ts';
import type { Page } from './learner-store.ts';
import type { Effect, Progress, ProgressQuery, ProgressStore } from './progress-store.ts';

export class MemoryProgressStore implements ProgressStore {
  readonly #documents = new Map<string, Progress>();

  async load(learnerId: string, badgeId: string): Promise<Progress | null> {
    return this.#documents.get(keyOf({ learnerId, badgeId })) ?? null;
  }

  async save(progress: Progress): Promise<boolean> {
    const stored = this.#documents.get(keyOf(progress));
    if ((stored?.version ?? 0) !== progress.version) return false;
    this.#documents.set(keyOf(progress), { ...progress, version: progress.version + 1 });
    return true;
  }

  async due(now: Date, limit: number): Promise<readonly Progress[]> {
    return [...this.#documents.values()]
      .flatMap((progress) => {
        const at = nextEffectAt(progress.effects);
        return at !== null && at <= now ? [{ progress, at }] : [];
      })
      .toSorted((a, b) => a.at.getTime() - b.at.getTime())
      .slice(0, limit)
      .map(({ progress }) => progress);
  }

  async ofLearner(learnerId: string): Promise<readonly Progress[]> {
    return [...this.#documents.values()]
      .filter((progress) => progress.learnerId === learnerId)
      .toSorted((a, b) => compareCodePoints(a.badgeId, b.badgeId));
  }

  async list(query: ProgressQuery): Promise<Page<Progress>> {
    const matching = [...this.#documents.values()]
      .filter((progress) => matches(progress, query))
      .toSorted(compareByChange);
    const rest = query.after === undefined ? matching : behind(matching, query.after);
    const items = rest.slice(0, query.limit);
    const last = items.at(-1);
    return { items, next: last && rest.length > items.length ? toCursor(last) : null };
  }

  async counts(): Promise<
    readonly { readonly badgeId: string; readonly status: Outcome['status']; readonly count: number }[]
  > {
    const counts = new Map<string, { badgeId: string; status: Outcome['status']; count: number }>();
    for (const { badgeId, outcome } of this.#documents.values()) {
      const key = JSON.stringify([badgeId, outcome.status]);
      const known = counts.get(key);
      if (known) known.count += 1;
      else counts.set(key, { badgeId, status: outcome.status, count: 1 });
    }
    return [...counts.values()].toSorted(
      (a, b) => compareCodePoints(a.badgeId, b.badgeId) || compareCodePoints(a.status, b.status),
    );
  }

  async effectCounts(): Promise<{ readonly pending: number; readonly failed: number }> {
    const count = (state: Effect['state']): number =>
      [...this.#documents.values()].filter(({ effects }) => effects.some((effect) => effect.state === state)).length;
    return { pending: count('pending'), failed: count('failed') };
  }
}

function keyOf({ learnerId, badgeId }: Pick<Progress, 'learnerId' | 'badgeId'>): string {
  return JSON.stringify([learnerId, badgeId]);
}

function matches({ badgeId, learnerId, outcome, effects }: Progress, query: ProgressQuery): boolean {
  return (
    (query.badgeId === undefined || badgeId === query.badgeId) &&
    (query.status === undefined || outcome.status === query.status) &&
    (query.effectState === undefined || effects.some(({ state }) => state === query.effectState)) &&
    (query.learnerIds === undefined || query.learnerIds.includes(learnerId))
  );
}

function compareByChange(a: ProgressPlace, b: ProgressPlace): number {
  return (
    b.updatedAt.getTime() - a.updatedAt.getTime() ||
    compareCodePoints(a.learnerId, b.learnerId) ||
    compareCodePoints(a.badgeId, b.badgeId)
  );
}

function behind(sorted: readonly Progress[], cursor: string): readonly Progress[] {
  const place = fromCursor(cursor);
  return sorted.filter((progress) => compareByChange(progress, place) > 0);
}
