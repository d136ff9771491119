/** Carries out one effect once: calls the badge provider or the event bus. */

import { NotFoundError, ProviderError } from '../errors.ts';
import type { AwardRequest, BadgeProvider, IssuedAtProvider } from '../ports/badge-provider.ts';
import type { Learner } from '../ports/learner-store.ts';
import type { EventPublisher } from '../ports/outbound.ts';
import type { Effect, IssuedBadge } from '../ports/progress-store.ts';
import { badgeEvent } from './public-event.ts';

export interface OutsideWorld {
  /** By the word after `template`. */
  readonly providers: ReadonlyMap<string, BadgeProvider>;
  readonly publisher: EventPublisher;
  /** The badge's name in the rules, also when it is not active any more; null: it has none. */
  badgeName(badgeId: string): string | null;
}

export interface EffectSubject {
  readonly badgeId: string;
  readonly issued: IssuedBadge;
  readonly learner: Learner;
}

/** @param effect `attempts` counts this one already
 *  @param isOurs false once another process may have taken the effect over: asked at the last moment before anything is done
 *  @returns what the provider says of the badge; null after publishing
 *  @throws ProviderError, StoreError, NotFoundError */
export async function performEffect(
  effect: Effect,
  subject: EffectSubject,
  world: OutsideWorld,
  isOurs: () => boolean,
): Promise<IssuedAtProvider | null> {
  assertOurs(isOurs);
  switch (effect.kind) {
    case 'award':
      return award(effect, subject, world, isOurs);
    case 'revoke':
      return revoke(subject, world);
    case 'publish-awarded':
    case 'publish-revoked':
      await publish(effect.kind, subject, world);
      return null;
  }
}

async function award(
  effect: Effect,
  subject: EffectSubject,
  world: OutsideWorld,
  isOurs: () => boolean,
): Promise<IssuedAtProvider> {
  const { provider, templateId } = providerOf(subject, world);
  const request = { ...awardRequest(subject, templateId, world), mayIssue: isOurs };
  // An earlier attempt may have reached the provider although we never heard the answer.
  const issuedBefore = effect.attempts > 1 && provider.findIssued ? await provider.findIssued(request) : null;
  if (issuedBefore) return issuedBefore;
  // The question took its time.
  assertOurs(isOurs);
  return provider.award(request);
}

function assertOurs(isOurs: () => boolean): void {
  if (!isOurs()) throw new ProviderError('taken-over', 'nothing was sent: another process has taken this effect over');
}

function awardRequest(
  { badgeId, issued, learner }: EffectSubject,
  templateId: string,
  world: OutsideWorld,
): AwardRequest {
  return {
    uuid: issued.uuid,
    templateId,
    badgeName: world.badgeName(badgeId) ?? badgeId,
    awardedAt: issued.awardedAt,
    recipient: { learnerId: learner.id, username: learner.username, name: learner.name, email: learner.email },
    provenance: issued.provenance,
  };
}

async function revoke(subject: EffectSubject, world: OutsideWorld): Promise<IssuedAtProvider> {
  const { provider, templateId } = providerOf(subject, world);
  const { uuid, externalId } = subject.issued;
  if (externalId === null) throw new NotFoundError('issued-badge', 'the provider never confirmed this badge');
  return provider.revoke({
    uuid,
    templateId,
    externalId,
    reason: 'the requirements of the badge are no longer fulfilled',
  });
}

async function publish(
  kind: 'publish-awarded' | 'publish-revoked',
  subject: EffectSubject,
  world: OutsideWorld,
): Promise<void> {
  const { template } = subject.issued;
  const known = template === null ? null : await providerOf(subject, world).provider.template(template.id);
  const event = badgeEvent(kind, { ...subject, badgeName: world.badgeName(subject.badgeId), template: known });
  await world.publisher.publish(event);
}

function providerOf(
  { issued }: EffectSubject,
  { providers }: OutsideWorld,
): { readonly provider: BadgeProvider; readonly templateId: string } {
  const word = issued.template?.provider ?? '';
  const provider = providers.get(word);
  if (!provider) {
    throw new ProviderError('refused', `no badge provider "${word}" is set up; set it up, then retry`, {
      details: { provider: word },
    });
  }
  return { provider, templateId: issued.template?.id ?? '' };
}
