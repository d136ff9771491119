/** Where the pages of badges are, and which badge an address means. */

import { NotFoundError } from '../../../plugin/errors.ts';
import type { BadgeDefinition } from '../../../plugin/ports/badge-store.ts';
import { msg, words } from '../../../plugin/words.ts';
import type { Services } from '../services.ts';

export const badgesCrumb = { text: words('Badges'), href: '/badges' } as const;

export function badgePath(id: string): string {
  return `/badges/${encodeURIComponent(id)}`;
}

/** @throws NotFoundError `not-found.badge` */
export async function findBadge(services: Services, id: string): Promise<BadgeDefinition> {
  const found = await services.badges.get(id);
  if (!found) throw new NotFoundError('badge', msg('there is no badge with this id; look it up in the list of badges'));
  return found;
}
