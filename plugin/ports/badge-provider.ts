/** Where badges are issued: Credly, Accredible, Laurel itself, memory. One implementation per word after `template`. */

import type { Instant } from '../../dsl/index.ts';

export interface ProviderCapabilities {
  /** Its templates can be listed. */
  readonly synchronises: boolean;
  /** Templates can be made here. */
  readonly createsTemplates: boolean;
  /** What taking a badge back does there. */
  readonly revocation: 'revoke' | 'expire' | 'delete' | 'none';
  /** Issued badges can be found again by our key or by recipient: needed after an ambiguous outcome. */
  readonly findsIssued: boolean;
  readonly webhooks: boolean;
}

export interface AwardRequest {
  /** Our UUID for this badge: the same on every repetition. */
  readonly uuid: string;
  /** The text after the provider word of the template clause. */
  readonly templateId: string;
  readonly badgeName: string;
  readonly awardedAt: Instant;
  readonly recipient: {
    /** Our stable id of the learner; not shown publicly. */
    readonly learnerId: string;
    readonly username: string;
    readonly name: string;
    readonly email: string;
  };
}

export interface IssuedAtProvider {
  readonly externalId: string;
  /** The provider's own word: `pending`, `accepted`, `created`, ... */
  readonly state: string;
  readonly url: string | null;
}

export interface ProviderTemplate {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly imageUrl: string | null;
  readonly state: string;
}

export interface BadgeProvider {
  /** The word after `template`. */
  readonly name: string;
  readonly capabilities: ProviderCapabilities;
  /** The name, description and image for the public events; null: not known (yet). */
  template(templateId: string): Promise<ProviderTemplate | null>;
  /** Every template the account may issue; only where `capabilities.synchronises`. */
  listTemplates?(): AsyncIterable<ProviderTemplate>;
  /** Issues a badge. Repeating it with the same uuid must not give a second one wherever the provider can tell.
   *  @throws ProviderError */
  award(request: AwardRequest): Promise<IssuedAtProvider>;
  /** Takes it back. Already taken back is success. @throws ProviderError */
  revoke(badge: {
    readonly uuid: string;
    readonly externalId: string;
    readonly reason: string;
  }): Promise<IssuedAtProvider>;
  /** The badge issued under this uuid, asked before an award is repeated after an ambiguous outcome.
   *  Only where `capabilities.findsIssued`. @throws ProviderError */
  findIssued?(request: AwardRequest): Promise<IssuedAtProvider | null>;
}
