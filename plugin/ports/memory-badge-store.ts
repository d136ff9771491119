/** In-memory twin of the badge store: the reference behaviour for its contract, and what tests use. */

import { compareCodePoints } from '../../dsl/index.ts';
import { type BadgeDefinition, type BadgeStore, hashOfSource, staleBadge } from './badge-store.ts';

export class MemoryBadgeStore implements BadgeStore {
  /** Newest first. */
  readonly #histories = new Map<string, readonly BadgeDefinition[]>();
  #revision = 0;

  async list(): Promise<readonly BadgeDefinition[]> {
    return [...this.#histories.values()]
      .flatMap(([latest]) => latest ?? [])
      .toSorted((a, b) => compareCodePoints(a.id, b.id));
  }

  async get(id: string): Promise<BadgeDefinition | null> {
    return this.#histories.get(id)?.[0] ?? null;
  }

  async save(definition: Omit<BadgeDefinition, 'version' | 'hash'>, expectedVersion: number): Promise<BadgeDefinition> {
    const history = this.#histories.get(definition.id) ?? [];
    if ((history[0]?.version ?? 0) !== expectedVersion) throw staleBadge(definition.id, expectedVersion);
    const saved = { ...definition, version: expectedVersion + 1, hash: hashOfSource(definition.source) };
    this.#histories.set(definition.id, [saved, ...history]);
    this.#revision++;
    return saved;
  }

  async history(id: string): Promise<readonly BadgeDefinition[]> {
    return this.#histories.get(id) ?? [];
  }

  async revision(): Promise<number> {
    return this.#revision;
  }
}
