/** Badge definitions: which rules are in force, and every version that ever was.
 *
 *  A version is written once and never changes. What is in force is one state, the same for everybody who asks; a change of
 *  one badge or of many replaces it in one step. */

import { createHash } from 'node:crypto';
import { ConflictError, invariant } from '../errors.ts';

export interface BadgeDefinition {
  /** The id of the badge block, e.g. `demo-course`. */
  readonly id: string;
  /** Canonical text of one badge block and of the tests about it. */
  readonly source: string;
  readonly active: boolean;
  readonly name: string | null;
  /** `credly:<uuid>`; null without a template clause. */
  readonly template: string | null;
  /** 1, 2, ...; the version that contributions and awards refer to. */
  readonly version: number;
  /** SHA-256 of `source`, hex. */
  readonly hash: string;
  readonly updatedAt: Date;
  /** Who saved it: an administrator's name, or `cli`, `demo`. */
  readonly updatedBy: string;
  /** Why, in the author's words. */
  readonly reason: string | null;
}

/** One entry of a badge's history. */
export interface BadgeVersion extends BadgeDefinition {
  /** With this version the badge was taken out of force; its text is that of the version before. */
  readonly removed: boolean;
}

/** What an author gives; the rest follows. */
export type BadgeDraft = Pick<BadgeDefinition, 'id' | 'source' | 'active' | 'name' | 'template'>;

export interface Authorship {
  readonly updatedAt: Date;
  readonly updatedBy: string;
  readonly reason?: string | null;
}

export type BadgeChange =
  | { readonly kind: 'put'; readonly badge: BadgeDraft }
  /** Of a badge in force. */
  | { readonly kind: 'remove'; readonly id: string };

export interface RuleState {
  /** Grows with every change. */
  readonly revision: number;
  /** The versions in force by badge id. */
  readonly versions: ReadonlyMap<string, number>;
  /** Those in force that the asker does not know, by id. */
  readonly changed: readonly BadgeDefinition[];
}

export interface BadgeStore {
  /** Those in force, by id. */
  list(): Promise<readonly BadgeDefinition[]>;
  /** null: not in force. */
  get(id: string): Promise<BadgeDefinition | null>;
  /** One consistent state. @param known versions that the asker has already: their definitions are not read */
  state(known?: ReadonlyMap<string, number>): Promise<RuleState>;
  /** Of the state in force: a process whose rules were compiled at another revision reloads them. */
  revision(): Promise<number>;
  /** Writes the next version of one badge, whatever happens to others meanwhile.
   *  @param expectedVersion the version the author started from; 0: it must not be in force yet
   *  @throws ConflictError `conflict.stale` when another version is in force */
  save(draft: BadgeDraft & Authorship, expectedVersion: number): Promise<BadgeDefinition>;
  /** Writes the next version of every badge that changes, all or none; nothing to change leaves the revision.
   *  @param changes at most one per badge
   *  @returns the new versions, in the order of `changes`
   *  @throws ConflictError `conflict.rules-changed` when the revision in force is another */
  apply(
    changes: readonly BadgeChange[],
    authorship: Authorship & { readonly expectedRevision: number },
  ): Promise<readonly BadgeVersion[]>;
  /** Newest first, removals included; also of a badge that is no longer in force. */
  history(id: string): Promise<readonly BadgeVersion[]>;
  /** The removal of every badge that was in force and is no longer, by id. */
  removed(): Promise<readonly BadgeVersion[]>;
}

/** SHA-256, hex. */
export function hashOfSource(source: string): string {
  return createHash('sha256').update(source).digest('hex');
}

/** @param former number of the version before; 0: there was none */
export function nextVersion(
  { id, source, active, name, template }: BadgeDraft,
  former: number,
  { updatedAt, updatedBy, reason = null }: Authorship,
): BadgeVersion {
  const hash = hashOfSource(source);
  const version = former + 1;
  return { id, source, active, name, template, version, hash, updatedAt, updatedBy, reason, removed: false };
}

/** @param latest null: there was none @throws InvariantError where it is not in force */
export function removalOf(
  latest: BadgeVersion | null,
  { updatedAt, updatedBy, reason = null }: Authorship,
): BadgeVersion {
  invariant(latest !== null && !latest.removed, 'only a badge that is in force is removed');
  return { ...latest, version: latest.version + 1, updatedAt, updatedBy, reason, active: false, removed: true };
}

export function toDefinition({ removed: _, ...definition }: BadgeVersion): BadgeDefinition {
  return definition;
}

/** @throws InvariantError */
export function expectDistinct(changes: readonly BadgeChange[]): void {
  const ids = new Set(changes.map(idOf));
  invariant(ids.size === changes.length, 'a badge changes at most once in one step');
}

export function idOf(change: BadgeChange): string {
  return change.kind === 'put' ? change.badge.id : change.id;
}

export function staleBadge(badge: string, expectedVersion: number): ConflictError {
  return new ConflictError(
    'stale',
    expectedVersion === 0
      ? `a badge "${badge}" exists already; choose another id, or open that badge and edit it there`
      : `badge "${badge}" was changed after version ${expectedVersion}; open it again and repeat your change there`,
    { details: { badge, expectedVersion } },
  );
}

export function staleRules(expectedRevision: number, revision: number): ConflictError {
  return new ConflictError(
    'rules-changed',
    `the stored rules changed meanwhile (revision ${revision} instead of ${expectedRevision}); nothing was applied, plan again`,
    { details: { expectedRevision, revision } },
  );
}
