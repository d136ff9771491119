/** The public events about badges: what the LMS and others learn of an award or a revocation. Pure. */

import { createHash } from 'node:crypto';
import { invariant } from '../errors.ts';
import { BADGE_AWARDED, BADGE_REVOKED } from '../events/catalogue/course-outcomes.ts';
import type { ProviderTemplate } from '../ports/badge-provider.ts';
import type { Learner } from '../ports/learner-store.ts';
import type { OutboundEvent } from '../ports/outbound.ts';
import type { IssuedBadge } from '../ports/progress-store.ts';

export interface PublishedBadge {
  readonly badgeId: string;
  /** As the rules name it; null: not named. */
  readonly badgeName: string | null;
  readonly issued: IssuedBadge;
  readonly learner: Learner;
  /** null: the provider does not know it. */
  readonly template: ProviderTemplate | null;
}

/** @returns an event with the same id on every repetition */
export function badgeEvent(kind: 'publish-awarded' | 'publish-revoked', badge: PublishedBadge): OutboundEvent {
  const { issued } = badge;
  const type = kind === 'publish-awarded' ? BADGE_AWARDED : BADGE_REVOKED;
  const time = kind === 'publish-awarded' ? issued.awardedAt : issued.revokedAt;
  invariant(time !== null, 'a revocation is published only after the badge was taken back');
  return { id: nameUuid(issued.uuid, type), type, time, data: { badge: badgeData(badge) } };
}

/** Source: openedx/openedx-events openedx_events/learning/data.py BadgeData */
function badgeData({
  badgeId,
  badgeName,
  issued,
  learner,
  template,
}: PublishedBadge): Readonly<Record<string, unknown>> {
  return {
    uuid: issued.uuid,
    user: {
      id: learner.lmsUserId ?? 0,
      is_active: learner.isActive,
      pii: { username: learner.username, email: learner.email, name: learner.name },
    },
    template: {
      uuid: issued.template?.id ?? badgeId,
      origin: issued.template?.provider ?? 'laurel',
      name: badgeName ?? template?.name ?? badgeId,
      description: template?.description ?? null,
      image_url: template?.imageUrl ?? null,
    },
  };
}

/** A version 5 UUID: the name inside the namespace, always the same.
 *  Source: RFC 9562 section 5.5 */
function nameUuid(namespace: string, name: string): string {
  const bytes = createHash('sha1')
    .update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
    .update(name)
    .digest();
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  const hex = bytes.toString('hex', 0, 16);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
