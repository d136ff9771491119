/** What Laurel keeps as an issuer of its own badges. The in-memory twin is the reference behaviour. */

import type { Page } from './learner-store.ts';

/** Who the badges say issued them. */
export interface IssuerProfile {
  readonly name: string;
  /** Their own site. */
  readonly url: string;
  readonly email: string | null;
  /** Name of an image in the file store. */
  readonly image: string | null;
  /** 0: not stored yet. Every save adds 1. */
  readonly version: number;
  readonly updatedAt: Date;
}

/** Never removed: badges signed with a former key are checked with it. */
export interface IssuerKey {
  /** 1, 2, ...; the last one signs. */
  readonly number: number;
  /** Multibase. */
  readonly publicKey: string;
  /** Sealed, bound to `keySealedFor(number)`. */
  readonly sealedSecret: string;
  readonly createdAt: Date;
  /** Since when it is no longer ours alone: what it signed counts no more. null: it is trusted. */
  readonly distrustedAt: Date | null;
}

/** A badge that Laurel issued. Holds neither name nor e-mail address of the learner. */
export interface IssuedOpenBadge {
  readonly uuid: string;
  readonly templateId: string;
  readonly learnerId: string;
  /** Its place in the status lists; of no other badge. */
  readonly list: number;
  readonly index: number;
  /** The badge without its signature, as JSON: what was true when it was issued. */
  readonly content: string;
  readonly issuedAt: Date;
  /** The badge with its signature, as JSON, and the number of the key; null: nobody has asked for it yet. */
  readonly signed: { readonly document: string; readonly key: number } | null;
  readonly revokedAt: Date | null;
  readonly revocationReason: string | null;
}

export interface IssuedBadgeQuery {
  readonly templateId?: string;
  readonly after?: string;
  readonly limit: number;
}

export interface IssuerStore {
  profile(): Promise<IssuerProfile | null>;
  /** Stores `profile` as version `profile.version + 1` if the stored version still is `profile.version`.
   *  @returns false when somebody else was faster */
  saveProfile(profile: IssuerProfile): Promise<boolean>;
  /** By number. */
  keys(): Promise<readonly IssuerKey[]>;
  /** @returns false when there is a key of this number: somebody else was faster */
  addKey(key: IssuerKey): Promise<boolean>;
  /** @returns false when there is none, or it was distrusted before */
  distrustKey(number: number, at: Date): Promise<boolean>;
  /** Replaces the sealed secret, which stays the same secret. */
  resealKey(number: number, sealedSecret: string): Promise<void>;
  /** The number of the status list that takes the next badge, counted as taken whether or not it is used. A new list is begun
   *  when the last one has taken `most`. */
  takePlace(most: number): Promise<number>;
  /** The numbers of the lists are 1 to this; 0: there is none yet. */
  lastList(): Promise<number>;
  /** @returns `exists` when there is a badge of this uuid, `taken` when another badge has its place; then nothing was changed */
  addBadge(badge: IssuedOpenBadge): Promise<'added' | 'exists' | 'taken'>;
  badge(uuid: string): Promise<IssuedOpenBadge | null>;
  /** Keeps the signed document if the badge still is signed as `former` says: by the key of this number, or null.
   *  @returns false when somebody else was faster */
  saveSigned(
    uuid: string,
    signed: { readonly document: string; readonly key: number },
    former: number | null,
  ): Promise<boolean>;
  /** @returns the badge as it is then, with the day and reason of the first time; null: there is none */
  revokeBadge(uuid: string, at: Date, reason: string): Promise<IssuedOpenBadge | null>;
  /** How many badges of a list are revoked: never becomes less, so the same number means the same badges. */
  revokedCount(list: number): Promise<number>;
  /** Their indexes, ascending. */
  revokedIndexes(list: number): Promise<readonly number[]>;
  /** The latest first. */
  badges(query: IssuedBadgeQuery): Promise<Page<IssuedOpenBadge>>;
  /** How many were issued of each of these templates; those that never were are not in it. */
  badgeCounts(templateIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
}

/** What the sealed secret of a key is bound to. */
export function keySealedFor(number: number): string {
  return `issuer-key:${number}`;
}
