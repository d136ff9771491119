/** Learners who were retired: enough to recognise them when they come again, and nothing to tell who they were. The in-memory
 *  twin is the reference behaviour. */

import type { Instant } from '../../dsl/index.ts';

/** A badge that a retired learner had been given. */
export interface RetiredAward {
  readonly badgeId: string;
  /** `IssuedBadge.number`. */
  readonly number: number;
  readonly awardedAt: Instant;
  readonly revokedAt: Instant | null;
  /** null: it was only published. */
  readonly provider: string | null;
  /** What became of it at the provider. `nothing`: it had not been issued there; `refused`: it could not be taken back. */
  readonly there: 'left' | 'revoked' | 'refused' | 'nothing';
}

/** What is to happen to badges at the providers. */
export type BadgesThere = 'leave' | 'revoke';

export interface Retirement {
  /** Our id of the learner, or a new one for somebody of whom no event had told. */
  readonly id: string;
  /** Keyed hashes of usernames and LMS user ids. */
  readonly keys: readonly string[];
  /** Who it is, sealed, for the time of the work; null: it is done. */
  readonly sealedPerson: string | null;
  readonly badgesThere: BadgesThere;
  readonly requestedBy: string;
  readonly requestedAt: Date;
  readonly finishedAt: Date | null;
  readonly awards: readonly RetiredAward[];
}

export type RetirementChange = Partial<Pick<Retirement, 'keys' | 'sealedPerson' | 'finishedAt' | 'awards'>>;

export interface RetirementStore {
  /** @returns false when there is one with this id; nothing was changed */
  add(retirement: Retirement): Promise<boolean>;
  get(id: string): Promise<Retirement | null>;
  /** The latest first. */
  withKeys(keys: readonly string[]): Promise<readonly Retirement[]>;
  change(id: string, change: RetirementChange): Promise<void>;
  /** Seals anew who it is. @returns false: it is done, or somebody else has changed it; nothing was changed */
  reseal(id: string, former: string, sealed: string): Promise<boolean>;
  /** Those whose work is not done. */
  unfinished(): Promise<readonly Retirement[]>;
  /** The keys of those that were asked for at this time or later; null: of all. */
  keysSince(since: Date | null): Promise<readonly string[]>;
}

export class MemoryRetirementStore implements RetirementStore {
  readonly #retirements = new Map<string, Retirement>();

  async add(retirement: Retirement): Promise<boolean> {
    if (this.#retirements.has(retirement.id)) return false;
    this.#retirements.set(retirement.id, retirement);
    return true;
  }
  async get(id: string): Promise<Retirement | null> {
    return this.#retirements.get(id) ?? null;
  }
  async withKeys(keys: readonly string[]): Promise<readonly Retirement[]> {
    return this.#all()
      .filter((one) => one.keys.some((key) => keys.includes(key)))
      .sort((a, b) => b.requestedAt.getTime() - a.requestedAt.getTime());
  }
  async change(id: string, change: RetirementChange): Promise<void> {
    const former = this.#retirements.get(id);
    if (former) this.#retirements.set(id, { ...former, ...change });
  }
  async reseal(id: string, former: string, sealed: string): Promise<boolean> {
    if (this.#retirements.get(id)?.sealedPerson !== former) return false;
    await this.change(id, { sealedPerson: sealed });
    return true;
  }
  async unfinished(): Promise<readonly Retirement[]> {
    return this.#all().filter(({ finishedAt }) => finishedAt === null);
  }
  async keysSince(since: Date | null): Promise<readonly string[]> {
    return this.#all()
      .filter(({ requestedAt }) => since === null || requestedAt >= since)
      .flatMap(({ keys }) => keys);
  }

  #all(): Retirement[] {
    return [...this.#retirements.values()];
  }
}
