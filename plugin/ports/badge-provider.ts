/** Where badges are issued: Credly, Accredible, Laurel itself, memory. One implementation per word after `template`. */

import type { Instant } from '../../dsl/index.ts';
import type { Provenance } from './progress-store.ts';
import type { BadgeTemplate } from './provider-store.ts';

export interface ProviderCapabilities {
  /** Its templates can be listed. */
  readonly synchronises: boolean;
  /** Templates can be made here. */
  readonly createsTemplates: boolean;
  /** What taking a badge back does there. */
  readonly revocation: 'revoke' | 'expire' | 'delete' | 'none';
  /** Issued badges can be found again by our key or by recipient: needed after an ambiguous outcome. */
  readonly findsIssued: boolean;
  /** Everything an account has issued can be listed, for comparing. */
  readonly listsIssued: boolean;
  /** The provider calls us when something changes there. */
  readonly webhooks: boolean;
  /** It needs an account with a secret: what the forms ask for; null: it needs none. */
  readonly accounts: AccountForm | null;
}

/** What a person enters to set an account up. */
export interface AccountForm {
  /** What the provider calls it: "organization", "configuration". */
  readonly noun: string;
  /** Choices of the host, the usual one first. `url` is what the settings say, e.g. a stand-in on this machine. */
  readonly hosts: readonly { readonly name: string; readonly title: string; readonly url: string }[];
  /** The provider's own id of the account; null: the secret alone decides. */
  readonly externalId: { readonly label: string; readonly help: string; readonly pattern: RegExp } | null;
  readonly secret: { readonly label: string; readonly help: string };
  /** A new secret can be asked for with the old one. */
  readonly rotates: boolean;
}

/** An account with its secret opened: lives as long as one use of it, is never kept, logged or stored. */
export interface OpenAccount {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly host: string;
  readonly externalId: string | null;
  readonly secret: string;
}

export interface AccountFacts {
  /** What the provider calls it. */
  readonly name: string;
  /** null: it does not expire, or the provider does not say. */
  readonly secretExpiresAt: Date | null;
  /** What a person should know, e.g. "12 credits are left". */
  readonly notes: readonly string[];
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
  /** What the award rests on; without personal data. null: not known. */
  readonly provenance: Provenance | null;
  /** Asked by the provider just before it sends what issues: false once somebody else may be at it, and then nothing is sent. Absent:
   *  nobody else can be. A process may stand still at any instruction, so no earlier answer counts. */
  readonly mayIssue?: () => boolean;
}

export interface IssuedAtProvider {
  readonly externalId: string;
  /** The provider's own word: `pending`, `accepted`, `created`, ... */
  readonly state: string;
  readonly url: string | null;
}

/** Which badge an earlier `award` made. */
export interface IssuedReference {
  readonly uuid: string;
  /** As in the request that issued it. */
  readonly templateId: string;
  readonly externalId: string;
}

/** A badge as the provider lists it. */
export interface ListedBadge extends IssuedAtProvider {
  /** The provider's id of the template, without an account. */
  readonly templateId: string;
  /** Our uuid, where the provider keeps it. */
  readonly uuid: string | null;
  /** Our `recipient.learnerId`, where the provider keeps it. */
  readonly learnerId: string | null;
  readonly recipientEmail: string | null;
  readonly issuedAt: Date | null;
  /** Whether it stands: neither revoked nor expired nor deleted. */
  readonly stands: boolean;
}

export interface ProviderTemplate {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly imageUrl: string | null;
  readonly state: 'active' | 'draft' | 'archived' | 'retired';
  /** Where the provider's own pages show it. */
  readonly dashboardUrl: string | null;
  /** As `BadgeTemplate.details`. */
  readonly details: Readonly<Record<string, unknown>>;
}

/** What a notice from the provider made us do. */
export interface WebhookResult {
  /** `ignored`: nothing that concerns us; answered like any other so that it is not sent again. */
  readonly outcome: 'template-changed' | 'badge-changed' | 'ignored';
  /** The account it came for; null: none of ours. */
  readonly accountId: string | null;
  /** As the provider has it now. */
  readonly template?: ProviderTemplate;
  readonly badge?: ListedBadge;
}

export interface BadgeProvider {
  /** The word after `template`. */
  readonly name: string;
  /** As people write it: "Credly". */
  readonly title: string;
  readonly capabilities: ProviderCapabilities;
  /** The name, description and image for the public events; null: not known (yet). */
  template(templateId: string): Promise<ProviderTemplate | null>;
  /** Proves the account: asks the provider for it. Only where `capabilities.accounts`.
   *  @throws ProviderError */
  checkAccount?(account: OpenAccount): Promise<AccountFacts>;
  /** Asks for a new secret; the old one may stop working at once. Only where `capabilities.accounts.rotates`. @throws ProviderError */
  rotateSecret?(account: OpenAccount): Promise<{ readonly secret: string; readonly expiresAt: Date | null }>;
  /** Every template the account may issue; only where `capabilities.synchronises`. Ends early only by throwing: who has
   *  seen it end may take what was not listed for gone. @throws ProviderError */
  listTemplates?(account: OpenAccount): AsyncIterable<ProviderTemplate>;
  /** Issues a badge. Repeating it with the same uuid must not give a second one wherever the provider can tell.
   *  @throws ProviderError */
  award(request: AwardRequest): Promise<IssuedAtProvider>;
  /** Takes it back. Already taken back is success. @throws ProviderError */
  revoke(badge: IssuedReference & { readonly reason: string }): Promise<IssuedAtProvider>;
  /** The badge issued under this uuid, asked before an award is repeated after an ambiguous outcome.
   *  Only where `capabilities.findsIssued`. @throws ProviderError */
  findIssued?(request: AwardRequest): Promise<IssuedAtProvider | null>;
  /** How the badge stands there now; null: it is gone. @throws ProviderError */
  issuedState?(badge: IssuedReference): Promise<IssuedAtProvider | null>;
  /** Everything the account has issued, standing or not; only where `capabilities.listsIssued`. @throws ProviderError */
  listIssued?(account: OpenAccount): AsyncIterable<ListedBadge>;
  /** Reads a notice. Nothing in it is believed: what it speaks of is asked for with the account's own secret.
   *  Only where `capabilities.webhooks`. @throws InputError for what is no notice; ProviderError */
  readWebhook?(body: unknown): Promise<WebhookResult>;
}

/** How providers come to accounts and their secrets. */
export interface AccountDirectory {
  /** The account and the template that the text after the provider word means, secret opened.
   *  @throws ProviderError `provider.refused` when there is none, or more than one, or it is not active; its message says what to do */
  resolve(
    provider: string,
    templateText: string,
  ): Promise<{ readonly account: OpenAccount; readonly template: BadgeTemplate }>;
  /** As `resolve`, for badges issued before: also templates and accounts that are not active any more. */
  resolveIssued(
    provider: string,
    templateText: string,
  ): Promise<{ readonly account: OpenAccount; readonly template: BadgeTemplate }>;
  /** The template alone, without secrets; null: not known, or not unique. */
  find(provider: string, templateText: string): Promise<BadgeTemplate | null>;
  /** The enabled account that the provider knows by this id, at the host if given; null: none. */
  byExternalId(provider: string, externalId: string, host?: string): Promise<OpenAccount | null>;
  /** Something that was made here or learnt by itself, e.g. that the secret is refused: shown with the account. Never throws. */
  report(accountId: string, check: { readonly ok: boolean; readonly message: string }): Promise<void>;
}
