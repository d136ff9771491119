/** The in-memory twin of the issuer store: the reference behaviour, for tests; not for production. */

import type { IssuedBadgeQuery, IssuedOpenBadge, IssuerKey, IssuerProfile, IssuerStore } from './issuer-store.ts';
import type { Page } from './learner-store.ts';

export class MemoryIssuerStore implements IssuerStore {
  #profile: IssuerProfile | null = null;
  readonly #keys = new Map<number, IssuerKey>();
  readonly #badges = new Map<string, IssuedOpenBadge>();
  /** How many places each list has given away; the first stands for list 1. */
  readonly #taken: number[] = [];

  async profile(): Promise<IssuerProfile | null> {
    return this.#profile;
  }

  async saveProfile(profile: IssuerProfile): Promise<boolean> {
    if ((this.#profile?.version ?? 0) !== profile.version) return false;
    this.#profile = { ...profile, version: profile.version + 1 };
    return true;
  }

  async keys(): Promise<readonly IssuerKey[]> {
    return [...this.#keys.values()].sort((a, b) => a.number - b.number);
  }

  async addKey(key: IssuerKey): Promise<boolean> {
    if (this.#keys.has(key.number)) return false;
    this.#keys.set(key.number, key);
    return true;
  }

  async distrustKey(number: number, at: Date): Promise<boolean> {
    const key = this.#keys.get(number);
    if (!key || key.distrustedAt !== null) return false;
    this.#keys.set(number, { ...key, distrustedAt: at });
    return true;
  }

  async resealKey(number: number, sealedSecret: string): Promise<void> {
    const key = this.#keys.get(number);
    if (key) this.#keys.set(number, { ...key, sealedSecret });
  }

  async takePlace(most: number): Promise<number> {
    const last = this.#taken.length - 1;
    const taken = this.#taken[last] ?? most;
    if (taken >= most) this.#taken.push(1);
    else this.#taken[last] = taken + 1;
    return this.#taken.length;
  }

  async lastList(): Promise<number> {
    return this.#taken.length;
  }

  async addBadge(badge: IssuedOpenBadge): Promise<'added' | 'exists' | 'taken'> {
    if (this.#badges.has(badge.uuid)) return 'exists';
    if ([...this.#badges.values()].some(({ list, index }) => list === badge.list && index === badge.index))
      return 'taken';
    this.#badges.set(badge.uuid, badge);
    return 'added';
  }

  async badge(uuid: string): Promise<IssuedOpenBadge | null> {
    return this.#badges.get(uuid) ?? null;
  }

  async saveSigned(
    uuid: string,
    signed: { readonly document: string; readonly key: number },
    former: number | null,
  ): Promise<boolean> {
    const badge = this.#badges.get(uuid);
    if (!badge || (badge.signed?.key ?? null) !== former) return false;
    this.#badges.set(uuid, { ...badge, signed });
    return true;
  }

  async revokeBadge(uuid: string, at: Date, reason: string): Promise<IssuedOpenBadge | null> {
    const badge = this.#badges.get(uuid);
    if (!badge) return null;
    const revoked = badge.revokedAt === null ? { ...badge, revokedAt: at, revocationReason: reason } : badge;
    this.#badges.set(uuid, revoked);
    return revoked;
  }

  async revokedCount(list: number): Promise<number> {
    return (await this.revokedIndexes(list)).length;
  }

  async revokedIndexes(list: number): Promise<readonly number[]> {
    return [...this.#badges.values()]
      .filter((badge) => badge.list === list && badge.revokedAt !== null)
      .map(({ index }) => index)
      .sort((a, b) => a - b);
  }

  async badges({ templateId, after, limit }: IssuedBadgeQuery): Promise<Page<IssuedOpenBadge>> {
    const wanted = [...this.#badges.values()]
      .filter((badge) => templateId === undefined || badge.templateId === templateId)
      .sort((a, b) => (issuedCursor(a) < issuedCursor(b) ? 1 : -1));
    const rest = after === undefined ? wanted : wanted.filter((badge) => issuedCursor(badge) < after);
    const items = rest.slice(0, limit);
    const last = items.at(-1);
    return { items, next: last && rest.length > limit ? issuedCursor(last) : null };
  }

  async badgeCounts(templateIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const counts = new Map<string, number>();
    for (const { templateId } of this.#badges.values())
      if (templateIds.includes(templateId)) counts.set(templateId, (counts.get(templateId) ?? 0) + 1);
    return counts;
  }
}

/** Where the page after this badge begins. */
export function issuedCursor({ issuedAt, uuid }: Pick<IssuedOpenBadge, 'issuedAt' | 'uuid'>): string {
  return `${issuedAt.toISOString()} ${uuid}`;
}
