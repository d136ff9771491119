/** In-memory twin of the DeadLetterStore: the reference behaviour, for tests and trials; not for production. */

import {
  type DeadLetter,
  type DeadLetterCount,
  type DeadLetterFilter,
  type DeadLetterStore,
  type DeadLetterSummary,
  type DeadMessage,
  letterCursor,
  parseLetterCursor,
  type Replay,
  type Settlement,
} from './dead-letters.ts';
import type { Page } from './learner-store.ts';
import { memoryRecords } from './memory-records.ts';
import { deadLetterShape } from './record-shapes.ts';

/** Values are never changed in place, so handing out the stored ones is safe: all fields are readonly. */
export class MemoryDeadLetterStore implements DeadLetterStore {
  readonly #letters = new Map<string, DeadLetter>();
  readonly records = memoryRecords(deadLetterShape, () => [...this.#letters.values()].map(summaryOf));

  async add(message: DeadMessage): Promise<'new' | 'again' | 'known'> {
    const known = this.#letters.get(message.id);
    if (!known) {
      const fresh = { state: 'open', deaths: 1, replays: 0, lastReplay: null, settled: null } as const;
      this.#letters.set(message.id, { ...message, ...fresh });
      return 'new';
    }
    if (known.diedAt >= message.diedAt) return 'known';
    const { reason, attempts, diedAt } = message;
    const deaths = known.deaths + 1;
    this.#letters.set(message.id, { ...known, reason, attempts, diedAt, deaths, state: 'open', settled: null });
    return 'again';
  }

  async letter(id: string): Promise<DeadLetter | null> {
    return this.#letters.get(id) ?? null;
  }

  async letters(
    query: DeadLetterFilter & { readonly after?: string | undefined; readonly limit: number },
  ): Promise<Page<DeadLetterSummary>> {
    const after = query.after === undefined ? null : parseLetterCursor(query.after);
    const matching = this.#matching(query)
      .sort((a, b) => b.diedAt.getTime() - a.diedAt.getTime() || (a.id < b.id ? 1 : -1))
      .filter(
        ({ diedAt, id }) => after === null || diedAt < after.diedAt || (+diedAt === +after.diedAt && id < after.id),
      );
    const items = matching.slice(0, query.limit).map(summaryOf);
    const last = items.at(-1);
    return { items, next: matching.length > items.length && last ? letterCursor(last) : null };
  }

  async idsAfter(filter: DeadLetterFilter, after: string, limit: number): Promise<readonly string[]> {
    const ids = this.#matching(filter).map(({ id }) => id);
    return ids
      .filter((id) => id > after)
      .sort()
      .slice(0, limit);
  }

  async count(filter: DeadLetterFilter): Promise<number> {
    return this.#matching(filter).length;
  }

  async openCounts(): Promise<readonly DeadLetterCount[]> {
    const counts = new Map<string, DeadLetterCount>();
    for (const { reason, eventType } of this.#matching({ state: 'open' })) {
      const key = JSON.stringify([reason.code, eventType]);
      counts.set(key, { reason: reason.code, eventType, count: (counts.get(key)?.count ?? 0) + 1 });
    }
    return sortedCounts([...counts.values()]);
  }

  async recordReplay(id: string, replay: Replay): Promise<boolean> {
    const letter = this.#letters.get(id);
    if (letter?.state !== 'open') return false;
    const { at, by } = replay;
    const settled =
      replay.outcome === 'failed' ? {} : ({ state: 'replayed', settled: { at, by, note: null } } as const);
    this.#letters.set(id, { ...letter, replays: letter.replays + 1, lastReplay: replay, ...settled });
    return true;
  }

  async discard(filter: Omit<DeadLetterFilter, 'state'>, settled: Settlement): Promise<number> {
    const matching = this.#matching({ ...filter, state: 'open' });
    for (const letter of matching) this.#letters.set(letter.id, { ...letter, state: 'discarded', settled });
    return matching.length;
  }

  #matching({ state, reason, eventType, diedUntil, ids }: DeadLetterFilter): DeadLetter[] {
    return [...this.#letters.values()].filter(
      (letter) =>
        (state === undefined || letter.state === state) &&
        (reason === undefined || letter.reason.code === reason) &&
        (eventType === undefined || letter.eventType === eventType) &&
        (diedUntil === undefined || letter.diedAt <= diedUntil) &&
        (ids === undefined || ids.includes(letter.id)),
    );
  }
}

function summaryOf({ body: _, headers: __, ...summary }: DeadLetter): DeadLetterSummary {
  return summary;
}

/** The most frequent first, those equally frequent by name. */
export function sortedCounts(counts: readonly DeadLetterCount[]): readonly DeadLetterCount[] {
  const name = ({ reason, eventType }: DeadLetterCount) => `${reason} ${eventType ?? ''}`;
  return [...counts].sort((a, b) => b.count - a.count || (name(a) < name(b) ? -1 : 1));
}
