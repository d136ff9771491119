/** Whether a change of a badge can change anybody's progress. Pure. */

import { type Badge, upstreamsOf } from '../../../dsl/index.ts';
import type { BadgeVersion } from '../../ports/badge-store.ts';
import type { RuleReader } from '../rule-reader.ts';

/** @param before null: there were no rules, or they can no longer be read
 *  @param hasPast the badge existed before: learners may have progress on it */
export function changesProgress(before: Badge | null, after: Badge, hasPast: boolean): boolean {
  if (!after.active) return false;
  // A new badge begins with nothing; unless others have been awarded that it waits for.
  if (before === null) return hasPast || upstreamsOf(after).length > 0;
  return meaningOf(before) !== meaningOf(after);
}

/** @param history newest first
 *  @returns the oldest version that means what the newest means, as do all in between */
export function meansTheSameSince(
  history: readonly Pick<BadgeVersion, 'version' | 'source' | 'hash' | 'removed'>[],
  read: RuleReader,
): number {
  const meanings = history.map((version) => {
    const badge = version.removed ? null : read(version);
    return { version: version.version, meaning: badge && meaningOf(badge) };
  });
  const [newest] = meanings;
  let since = newest?.version ?? 0;
  for (const { version, meaning } of meanings) {
    if (meaning === null || meaning !== newest?.meaning) break;
    since = version;
  }
  return since;
}

/** Everything but names, descriptions, and where it is issued: those hold for what is yet to come. */
function meaningOf(badge: Badge): string {
  const { active, evaluate, repeatable, maxAwards, onRegress, reAward, requirements, penalties } = badge;
  const bare = ({ description: _, ...rule }: { readonly description: string | null }): object => rule;
  return JSON.stringify([
    ...[active, evaluate, repeatable, String(maxAwards), onRegress, reAward],
    ...[requirements.map(bare), penalties.map(bare)],
  ]);
}
