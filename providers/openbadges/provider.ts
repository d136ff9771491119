/** Laurel as an issuer of Open Badges 3.0. Issuing writes the badge down with its place in a status list, in one step; it is signed when
 *  somebody asks for it first, so that neither a backfill nor the dispatcher waits for signatures. */

import { randomBytes, randomInt } from 'node:crypto';
import { ProviderError } from '../../plugin/errors.ts';
import type {
  AwardRequest,
  BadgeProvider,
  IssuedAtProvider,
  IssuedReference,
  ListedBadge,
  ProviderCapabilities,
  ProviderTemplate,
} from '../../plugin/ports/badge-provider.ts';
import type { IssuedOpenBadge, IssuerStore } from '../../plugin/ports/issuer-store.ts';
import type { BadgeTemplate } from '../../plugin/ports/provider-store.ts';
import type { Clock } from '../../plugin/ports/runtime.ts';
import { badgeCredential } from './credential.ts';
import type { OpenBadgeIssuer } from './issuer.ts';
import type { KeyRing } from './key-ring.ts';
import { LIST_BITS } from './status-list.ts';
import { OPEN_BADGES } from './template.ts';

/** A fuller list makes finding a free place long. */
const MOST_PER_LIST = Math.floor(LIST_BITS * 0.8);
/** One place in five is free at least: so many in vain are no chance. */
const MOST_ATTEMPTS = 500;
const LISTED_AT_ONCE = 200;

export interface OpenBadgesParts {
  readonly store: IssuerStore;
  readonly issuer: Pick<OpenBadgeIssuer, 'addresses' | 'profile'>;
  readonly keyRing: Pick<KeyRing, 'signingKey'>;
  /** null: there is none of this id. */
  template(templateId: string): Promise<BadgeTemplate | null>;
  readonly clock: Clock;
  /** A free place is looked for at random, from 0 to below `bits`. */
  randomIndex?(bits: number): number;
}

export class OpenBadgesProvider implements BadgeProvider {
  readonly name = OPEN_BADGES;
  readonly title = 'Open Badges';
  readonly capabilities: ProviderCapabilities = {
    synchronises: false,
    createsTemplates: true,
    revocation: 'revoke',
    findsIssued: true,
    listsIssued: true,
    webhooks: false,
    accounts: null,
  };
  readonly #parts: OpenBadgesParts;

  constructor(parts: OpenBadgesParts) {
    this.#parts = parts;
  }

  async template(templateId: string): Promise<ProviderTemplate | null> {
    const template = await this.#parts.template(templateId);
    if (template === null) return null;
    const { name, description, imageUrl, state, dashboardUrl, details } = template;
    return { id: templateId, name, description, imageUrl, state, dashboardUrl, details };
  }

  async award(request: AwardRequest): Promise<IssuedAtProvider> {
    const { store, issuer, keyRing, clock, randomIndex = (bits) => randomInt(bits) } = this.#parts;
    const { uuid, templateId, awardedAt, provenance, recipient } = request;
    const before = await store.badge(uuid);
    if (before) return this.#issued(before);
    const template = await this.#activeTemplate(templateId);
    if (recipient.email.trim() === '') throw withoutAddress();
    // A key that cannot be opened stops the award, not somebody's download.
    await keyRing.signingKey();

    const profile = await issuer.profile();
    const facts = { uuid, template, profile, awardedAt, provenance, email: recipient.email };
    const salt = randomBytes(16).toString('base64url');
    const issuedAt = clock.now();
    const list = await store.takePlace(MOST_PER_LIST);
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      const index = randomIndex(LIST_BITS);
      const content = badgeCredential({ ...facts, salt, issuedAt, list, index }, issuer.addresses);
      const badge: IssuedOpenBadge = {
        ...{ uuid, templateId: template.templateId, learnerId: recipient.learnerId, list, index },
        ...{ content: JSON.stringify(content), issuedAt, signed: null, revokedAt: null, revocationReason: null },
      };
      const outcome = await store.addBadge(badge);
      if (outcome === 'added') return this.#issued(badge);
      if (outcome === 'exists') return this.#issued((await store.badge(uuid)) ?? badge);
    }
    throw new ProviderError('unavailable', 'no free place was found in the status list; it is tried again');
  }

  async revoke({ uuid, reason }: IssuedReference & { readonly reason: string }): Promise<IssuedAtProvider> {
    const badge = await this.#parts.store.revokeBadge(uuid, this.#parts.clock.now(), reason);
    if (badge === null)
      throw new ProviderError('refused', 'Laurel never issued this badge, so it cannot be taken back');
    return this.#issued(badge);
  }

  async findIssued({ uuid }: AwardRequest): Promise<IssuedAtProvider | null> {
    return this.#find(uuid);
  }

  async issuedState({ uuid }: IssuedReference): Promise<IssuedAtProvider | null> {
    return this.#find(uuid);
  }

  async *listIssued(): AsyncIterable<ListedBadge> {
    for (let after: string | undefined; ; ) {
      const { items, next } = await this.#parts.store.badges({ limit: LISTED_AT_ONCE, ...(after && { after }) });
      for (const badge of items) {
        const { uuid, templateId, learnerId, issuedAt, revokedAt } = badge;
        const facts = { uuid, templateId, learnerId, recipientEmail: null, issuedAt, stands: revokedAt === null };
        yield { ...this.#issued(badge), ...facts };
      }
      if (next === null) return;
      after = next;
    }
  }

  async #find(uuid: string): Promise<IssuedAtProvider | null> {
    const badge = await this.#parts.store.badge(uuid);
    return badge && this.#issued(badge);
  }

  #issued({ uuid, revokedAt }: IssuedOpenBadge): IssuedAtProvider {
    const url = this.#parts.issuer.addresses.page(uuid);
    return { externalId: uuid, state: revokedAt === null ? 'issued' : 'revoked', url };
  }

  /** @throws ProviderError `provider.refused` */
  async #activeTemplate(templateId: string): Promise<BadgeTemplate> {
    const template = await this.#parts.template(templateId);
    if (template?.state === 'active') return template;
    const message = template
      ? `the badge template "${templateId}" is not active; activate it, then retry`
      : `there is no badge template "${templateId}" here; create it with this id, or name another in the rule, then retry`;
    throw new ProviderError('refused', message, { details: { template: templateId } });
  }
}

function withoutAddress(): ProviderError {
  return new ProviderError(
    'refused',
    'the learner has no e-mail address on record, and a badge is made out to one; retry once an event has brought it',
  );
}
