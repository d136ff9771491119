/** Accounts at badge providers and the templates they may issue. The in-memory twin is the reference behaviour. */

import type { Page } from './learner-store.ts';

/** A Credly organization, an Accredible configuration, an issuer of our own. */
export interface ProviderAccount {
  /** Ours. */
  readonly id: string;
  /** The word after `template` in a rule. */
  readonly provider: string;
  /** Unique per provider, `a-z0-9-`: stands before the slash where a rule must say which account. */
  readonly slug: string;
  readonly name: string;
  /** What the provider calls it, where a person has given it another name; null: `name` is what it calls it. */
  readonly providerName: string | null;
  /** One of the provider's hosts, e.g. `production`, `sandbox`, `eu`. */
  readonly host: string;
  /** What the provider calls it, e.g. the UUID of a Credly organization; unique per provider and host where known. */
  readonly externalId: string | null;
  /** Sealed, bound to `id`; null: it has none. */
  readonly sealedSecret: string | null;
  readonly secretExpiresAt: Date | null;
  /** `environment`: made from the settings at start, its secret cannot be changed here. */
  readonly origin: 'page' | 'environment';
  readonly enabled: boolean;
  /** The last time somebody, or the server by itself, asked the provider whether this works. Never personal data, never a secret. */
  readonly lastCheck: { readonly at: Date; readonly ok: boolean; readonly message: string } | null;
  readonly lastSync: SyncOutcome | null;
  /** 0: not stored yet. Every save adds 1. */
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface SyncOutcome {
  readonly at: Date;
  readonly added: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly retired: number;
  /** null: it went through. */
  readonly error: string | null;
}

/** A template as the provider told us last, or as it was made here. */
export interface BadgeTemplate {
  readonly provider: string;
  readonly accountId: string;
  /** What a rule writes: unique within the account. */
  readonly templateId: string;
  readonly name: string;
  readonly description: string;
  readonly imageUrl: string | null;
  /** `active` can be issued. `retired`: the provider does not list it any more. */
  readonly state: 'active' | 'draft' | 'archived' | 'retired';
  /** Where the provider's own pages show it. */
  readonly dashboardUrl: string | null;
  /** What only this provider knows of, small; e.g. criteria, tags, design. */
  readonly details: Readonly<Record<string, unknown>>;
  /** 0: not stored yet. */
  readonly version: number;
  readonly updatedAt: Date;
  /** When the provider listed it last; null: made here. */
  readonly syncedAt: Date | null;
}

export interface TemplateQuery {
  readonly provider?: string;
  readonly accountId?: string;
  readonly state?: BadgeTemplate['state'];
  /** Matches the beginning of a word of the name, or is the whole template id. */
  readonly search?: string;
  readonly after?: string;
  readonly limit: number;
}

export interface ProviderStore {
  /** By provider, then slug. */
  accounts(provider?: string): Promise<readonly ProviderAccount[]>;
  account(id: string): Promise<ProviderAccount | null>;
  /** Stores `account` as version `account.version + 1` if the stored version still is `account.version`.
   *  @returns false when somebody else was faster
   *  @throws ConflictError `conflict.account-exists` when another account has the slug or the external id */
  saveAccount(account: ProviderAccount): Promise<boolean>;
  /** With its templates; what was issued stays. @returns false when there was none */
  removeAccount(id: string): Promise<boolean>;
  /** The templates that a rule may mean: those with this id, of every account. */
  templatesById(provider: string, templateId: string): Promise<readonly BadgeTemplate[]>;
  template(provider: string, accountId: string, templateId: string): Promise<BadgeTemplate | null>;
  /** As `saveAccount`. */
  saveTemplate(template: BadgeTemplate): Promise<boolean>;
  /** @returns false when it is gone, or somebody has changed it since */
  removeTemplate(template: Pick<BadgeTemplate, 'provider' | 'accountId' | 'templateId' | 'version'>): Promise<boolean>;
  /** By name, then id. */
  templates(query: TemplateQuery): Promise<Page<BadgeTemplate>>;
  templateCounts(): Promise<
    readonly { readonly accountId: string; readonly state: BadgeTemplate['state']; readonly count: number }[]
  >;
}
