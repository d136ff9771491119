/** Badge definitions: which rules are in force. One record per badge id. */

import { createHash } from 'node:crypto';
import { ConflictError } from '../errors.ts';

export interface BadgeDefinition {
  /** The id of the badge block, e.g. `demo-course`. */
  readonly id: string;
  /** Canonical text of exactly one badge block. */
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
}

export interface BadgeStore {
  list(): Promise<readonly BadgeDefinition[]>;
  get(id: string): Promise<BadgeDefinition | null>;
  /** Writes the next version and keeps the former in the history.
   *  @param expectedVersion the version the author started from; 0: it must not exist yet
   *  @throws ConflictError `conflict.stale` when the stored version is another */
  save(definition: Omit<BadgeDefinition, 'version' | 'hash'>, expectedVersion: number): Promise<BadgeDefinition>;
  /** Newest first. */
  history(id: string): Promise<readonly BadgeDefinition[]>;
  /** Grows with every save: a process whose rules were compiled at another revision reloads them. */
  revision(): Promise<number>;
}

/** SHA-256, hex. */
export function hashOfSource(source: string): string {
  return createHash('sha256').update(source).digest('hex');
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
