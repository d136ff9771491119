/** A badge of the time when its id could be anything. */

import type { BadgeStore } from '../../plugin/ports/badge-store.ts';

/** Inactive, and past the check of new badges, which would refuse the id. */
export async function storeOldBadge(badges: BadgeStore, id: string, source: string, actor = 'ada'): Promise<void> {
  const draft = { id, source, active: false, name: null, template: null };
  await badges.save({ ...draft, updatedAt: new Date('2026-01-01T00:00:00Z'), updatedBy: actor, reason: null }, 0);
}
