/** In-memory twin of the badge store: the reference behaviour for its contract, and what tests use. */

import { compareCodePoints } from '../../dsl/index.ts';
import {
  type Authorship,
  type BadgeChange,
  type BadgeDefinition,
  type BadgeDraft,
  type BadgeStore,
  type BadgeVersion,
  expectDistinct,
  idOf,
  nextVersion,
  type RuleState,
  removalOf,
  staleBadge,
  staleRules,
  toDefinition,
} from './badge-store.ts';

export class MemoryBadgeStore implements BadgeStore {
  /** Newest first. */
  readonly #histories = new Map<string, readonly BadgeVersion[]>();
  #revision = 0;

  async list(): Promise<readonly BadgeDefinition[]> {
    return this.#inForce();
  }

  async get(id: string): Promise<BadgeDefinition | null> {
    const latest = this.#latest(id);
    return latest === null || latest.removed ? null : toDefinition(latest);
  }

  async state(known: ReadonlyMap<string, number> = new Map()): Promise<RuleState> {
    const all = this.#inForce();
    return {
      revision: this.#revision,
      versions: new Map(all.map(({ id, version }) => [id, version])),
      changed: all.filter(({ id, version }) => known.get(id) !== version),
    };
  }

  async revision(): Promise<number> {
    return this.#revision;
  }

  async save(draft: BadgeDraft & Authorship, expectedVersion: number): Promise<BadgeDefinition> {
    const latest = this.#latest(draft.id);
    const inForce = latest === null || latest.removed ? 0 : latest.version;
    if (inForce !== expectedVersion) throw staleBadge(draft.id, expectedVersion);
    const version = nextVersion(draft, latest?.version ?? 0, draft);
    this.#write([version]);
    return toDefinition(version);
  }

  async apply(
    changes: readonly BadgeChange[],
    { expectedRevision, ...authorship }: Authorship & { readonly expectedRevision: number },
  ): Promise<readonly BadgeVersion[]> {
    expectDistinct(changes);
    if (this.#revision !== expectedRevision) throw staleRules(expectedRevision, this.#revision);
    const versions = changes.map((change) => {
      const latest = this.#latest(idOf(change));
      return change.kind === 'remove'
        ? removalOf(latest, authorship)
        : nextVersion(change.badge, latest?.version ?? 0, authorship);
    });
    if (versions.length > 0) this.#write(versions);
    return versions;
  }

  async history(id: string): Promise<readonly BadgeVersion[]> {
    return this.#histories.get(id) ?? [];
  }

  async removed(): Promise<readonly BadgeVersion[]> {
    return [...this.#histories.values()]
      .flatMap(([latest]) => (latest?.removed ? [latest] : []))
      .toSorted((a, b) => compareCodePoints(a.id, b.id));
  }

  #write(versions: readonly BadgeVersion[]): void {
    for (const version of versions) {
      this.#histories.set(version.id, [version, ...(this.#histories.get(version.id) ?? [])]);
    }
    this.#revision++;
  }

  #latest(id: string): BadgeVersion | null {
    return this.#histories.get(id)?.[0] ?? null;
  }

  #inForce(): readonly BadgeDefinition[] {
    return [...this.#histories.values()]
      .flatMap(([latest]) => (latest === undefined || latest.removed ? [] : [toDefinition(latest)]))
      .toSorted((a, b) => compareCodePoints(a.id, b.id));
  }
}
