/** Badges at Credly. */

import { z } from 'zod';
import { InputError, ProviderError } from '../../plugin/errors.ts';
import type {
  AccountDirectory,
  AwardRequest,
  BadgeProvider,
  IssuedAtProvider,
  IssuedReference,
  ListedBadge,
  OpenAccount,
  ProviderCapabilities,
  ProviderTemplate,
  WebhookResult,
} from '../../plugin/ports/badge-provider.ts';
import { type Clock, systemClock } from '../../plugin/ports/runtime.ts';
import type { HttpClient, HttpClientOptions } from '../http/client.ts';
import { CREDLY_ADDRESSES, checkOrganization, credlyAccountForm, rotateToken } from './account.ts';
import { CredlyApi } from './api.ts';
import { type AwardOptions, awardBody } from './award.ts';
import { isDuplicate, refusalOf } from './failures.ts';
import { findAny, findSame } from './issued.ts';
import {
  badgeSchema,
  type CredlyBadge,
  eventSchema,
  type NoticedBadge,
  read,
  templateSchema,
  toIssued,
  toListed,
  toTemplate,
} from './replies.ts';
import { uuid } from './untrusted.ts';

export interface CredlyParts {
  readonly accounts: AccountDirectory;
  connect(options: HttpClientOptions): HttpClient;
  readonly clock?: Clock;
  /** By the name of the host; in place of Credly's own, e.g. for a stand-in on this machine. */
  readonly addresses?: Readonly<Record<string, string>>;
  readonly options?: Partial<AwardOptions>;
}

const NAME = 'credly';
/** 20,000 templates; 1,000,000 issued badges. */
const MOST_TEMPLATE_PAGES = 400;
const MOST_BADGE_PAGES = 20_000;
/** A badge that was replaced by one that was replaced, and so on. */
const MOST_REPLACEMENTS = 10;

const noticeSchema = z.object({ id: uuid, organization_id: uuid });

export class CredlyProvider implements BadgeProvider {
  readonly name = NAME;
  readonly title = 'Credly';
  readonly capabilities: ProviderCapabilities;
  readonly #accounts: AccountDirectory;
  readonly #connect: CredlyParts['connect'];
  readonly #clock: Clock;
  readonly #addresses: Readonly<Record<string, string>>;
  readonly #options: AwardOptions;

  constructor({ accounts, connect, clock = systemClock, addresses = CREDLY_ADDRESSES, options = {} }: CredlyParts) {
    this.#accounts = accounts;
    this.#connect = connect;
    this.#clock = clock;
    this.#addresses = addresses;
    this.#options = { locale: null, evidence: false, suppressEmail: false, ...options };
    this.capabilities = {
      synchronises: true,
      createsTemplates: false,
      revocation: 'revoke',
      findsIssued: true,
      listsIssued: true,
      webhooks: true,
      accounts: credlyAccountForm(addresses),
    };
  }

  async template(templateId: string): Promise<ProviderTemplate | null> {
    const found = await this.#accounts.find(NAME, templateId);
    return found && { ...found, id: found.templateId };
  }

  async checkAccount(account: OpenAccount) {
    return checkOrganization(this.#api(account));
  }

  async rotateSecret(account: OpenAccount) {
    return rotateToken(this.#api(account));
  }

  /** Active ones, and archived ones so that it shows what became of those that were known. */
  async *listTemplates(account: OpenAccount): AsyncGenerator<ProviderTemplate> {
    const api = this.#api(account);
    const filter = { state: 'active,archived' };
    const pages = { path: 'badge_templates', filter, mostPages: MOST_TEMPLATE_PAGES, mustBeComplete: true };
    const seen = new Set<string>();
    for await (const listed of api.list(pages)) {
      const template = read(templateSchema, listed, 'a badge template');
      if (template.state === 'draft') continue;
      if (seen.has(template.id))
        throw new ProviderError('unavailable', 'Credly listed a badge template twice; try again');
      seen.add(template.id);
      yield toTemplate(template, api.baseUrl);
    }
  }

  async award(request: AwardRequest): Promise<IssuedAtProvider> {
    const { account, template } = await this.#accounts.resolve(NAME, request.templateId);
    const api = this.#api(account);
    const { templateId } = template;
    const body = awardBody(request, templateId, this.#options);
    try {
      return this.#issued(api, await this.#post(api, request, templateId, body));
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal === null || !isDuplicate(refusal)) throw error;
    }
    const standing = await findAny(api, request, templateId);
    if (standing !== null) return this.#issued(api, standing);
    // What stands in the way was taken back or declined: the learner has earned it again.
    return this.#issued(api, await this.#post(api, request, templateId, { ...body, duplicate_behavior: 'allow' }));
  }

  async findIssued(request: AwardRequest): Promise<IssuedAtProvider | null> {
    const { account, template } = await this.#resolveAny(request.templateId);
    const api = this.#api(account);
    const found = await findSame(api, request, template.templateId);
    return found && this.#issued(api, found);
  }

  async revoke({ templateId, externalId, reason }: IssuedReference & { readonly reason: string }) {
    return this.#revoke(await this.#apiOfIssued(templateId), externalId, reason, MOST_REPLACEMENTS);
  }

  /** @param hops as often as it goes on to another badge */
  async #revoke(api: CredlyApi, externalId: string, reason: string, hops: number): Promise<IssuedAtProvider> {
    const badge = await this.#current(api, externalId);
    if (badge === null) return { externalId, state: 'deleted', url: null };
    if (badge.state === 'revoked') return this.#issued(api, badge);
    const path = `badges/${badge.id}/revoke`;
    const body = { reason, suppress_revoke_notification_email: this.#options.suppressEmail };
    try {
      return this.#issued(api, read(badgeSchema, await api.call({ method: 'PUT', path, body }), 'the badge'));
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal === null) throw error;
      // Somebody may have been faster, here or there: to revoke it, to delete it, or to replace it.
      const now = await this.#current(api, refusal.currentBadgeId ?? badge.id);
      if (now === null) return { externalId, state: 'deleted', url: null };
      if (now.state === 'revoked') return this.#issued(api, now);
      if (now.id !== badge.id && hops > 0) return this.#revoke(api, now.id, reason, hops - 1);
      throw error;
    }
  }

  async issuedState({ templateId, externalId }: IssuedReference): Promise<IssuedAtProvider | null> {
    const api = await this.#apiOfIssued(templateId);
    const badge = await this.#current(api, externalId);
    return badge && this.#issued(api, badge);
  }

  async *listIssued(account: OpenAccount): AsyncGenerator<ListedBadge> {
    const api = this.#api(account);
    const context = { api: api.baseUrl, now: this.#clock.now() };
    // Badges are issued all the time: a list of them is never still.
    for await (const listed of api.list({ path: 'badges', mostPages: MOST_BADGE_PAGES, mustBeComplete: false }))
      yield toListed(read(badgeSchema, listed, 'an issued badge'), context);
  }

  async readWebhook(body: unknown): Promise<WebhookResult> {
    const notice = noticeSchema.safeParse(body);
    if (!notice.success)
      throw new InputError('webhook', 'this is no notice of Credly: it needs id and organization_id');
    const { id, organization_id: organization } = notice.data;
    const account = await this.#accounts.byExternalId(NAME, organization);
    if (account === null) return { outcome: 'ignored', accountId: null };
    const ignored = { outcome: 'ignored', accountId: account.id } as const;
    const api = this.#api(account);
    const answer = await api.call({ method: 'GET', path: `events/${id}`, accept: [404] });
    if (answer === undefined) return ignored;
    const event = read(eventSchema, answer, 'an event');
    if (event.id !== id || event.organization_id !== organization) return ignored;
    if (event.badge_template && event.event_type.startsWith('badge_template.')) {
      const template = await this.#templateNow(api, event.badge_template.id);
      return template === undefined ? ignored : { outcome: 'template-changed', accountId: account.id, template };
    }
    if (event.badge && event.event_type.startsWith('badge.'))
      return { outcome: 'badge-changed', accountId: account.id, badge: await this.#badgeNow(api, event.badge) };
    return ignored;
  }

  /** @throws ProviderError */
  async #post(api: CredlyApi, request: AwardRequest, templateId: string, body: object): Promise<CredlyBadge> {
    const answer = await api.call({ method: 'POST', path: 'badges', body, mayStill: request.mayIssue });
    const badge = badgeSchema.safeParse(answer);
    if (badge.success) return badge.data;
    // It says that it did something, but not what: asking is better than doing it again.
    const found = await findSame(api, request, templateId);
    return found ?? read(badgeSchema, answer, 'the badge it issued');
  }

  /** The badge that stands in place of it today. @returns null: it was deleted */
  async #current(api: CredlyApi, badgeId: string): Promise<CredlyBadge | null> {
    let id = badgeId;
    for (let replaced = 0; replaced <= MOST_REPLACEMENTS; replaced++) {
      const answer = await api.call({ method: 'GET', path: `badges/${encodeURIComponent(id)}`, accept: [404] });
      if (answer === undefined) return null;
      const badge = read(badgeSchema, answer, 'an issued badge');
      if (!badge.replacement_badge_id) return badge;
      id = badge.replacement_badge_id;
    }
    throw new ProviderError(
      'unexpected-reply',
      'Credly names ever another badge as the one that replaced a badge; look there',
    );
  }

  /** @returns as it was known last, and retired, where Credly has it no more; undefined: it was never known */
  async #templateNow(api: CredlyApi, id: string): Promise<ProviderTemplate | undefined> {
    const answer = await api.call({ method: 'GET', path: `badge_templates/${id}`, accept: [404] });
    if (answer !== undefined) return toTemplate(read(templateSchema, answer, 'a badge template'), api.baseUrl);
    const known = await this.template(`${api.account.slug}/${id}`);
    return known === null ? undefined : { ...known, state: 'retired' };
  }

  async #badgeNow(api: CredlyApi, { id, badge_template }: NoticedBadge): Promise<ListedBadge> {
    const answer = await api.call({ method: 'GET', path: `badges/${id}`, accept: [404] });
    if (answer !== undefined) {
      return toListed(read(badgeSchema, answer, 'an issued badge'), { api: api.baseUrl, now: this.#clock.now() });
    }
    const unknown = { url: null, uuid: null, learnerId: null, recipientEmail: null, issuedAt: null };
    return { ...unknown, externalId: id, state: 'deleted', templateId: badge_template?.id ?? '', stands: false };
  }

  #issued(api: CredlyApi, badge: CredlyBadge): IssuedAtProvider {
    return toIssued(badge, { api: api.baseUrl, now: this.#clock.now() });
  }

  /** Also where nothing can be issued any more: it may have been a moment ago. */
  async #resolveAny(templateText: string) {
    try {
      return await this.#accounts.resolve(NAME, templateText);
    } catch (error) {
      if (!(error instanceof ProviderError) || error.code !== 'provider.refused') throw error;
      return this.#accounts.resolveIssued(NAME, templateText);
    }
  }

  async #apiOfIssued(templateText: string): Promise<CredlyApi> {
    return this.#api((await this.#accounts.resolveIssued(NAME, templateText)).account);
  }

  #api(account: OpenAccount): CredlyApi {
    const baseUrl = this.#addresses[account.host];
    if (baseUrl === undefined) {
      throw new ProviderError(
        'refused',
        `Credly has no host "${account.host}"; choose another one on the account's page`,
        {
          details: { account: account.slug },
        },
      );
    }
    return new CredlyApi(account, {
      baseUrl,
      connect: (options) => this.#connect(options),
      onRefusedToken: (message) => this.#accounts.report(account.id, { ok: false, message }),
    });
  }
}
