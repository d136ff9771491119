/** Badges at Accredible: a group is a template, a credential in it is an issued badge. Taking back is letting expire, or
 *  deleting; Accredible knows nothing else. */

import { setTimeout as sleep } from 'node:timers/promises';
import { formatInstant } from '../../dsl/index.ts';
import { ProviderError } from '../../plugin/errors.ts';
import type {
  AccountDirectory,
  AccountFacts,
  AwardRequest,
  BadgeProvider,
  IssuedAtProvider,
  IssuedReference,
  ListedBadge,
  OpenAccount,
  ProviderCapabilities,
  ProviderTemplate,
} from '../../plugin/ports/badge-provider.ts';
import type { BadgeTemplate } from '../../plugin/ports/provider-store.ts';
import { type Clock, systemClock } from '../../plugin/ports/runtime.ts';
import type { HttpClient, HttpClientOptions } from '../http/client.ts';
import { type AccredibleApi, accredibleApi } from './api.ts';
import { capabilitiesOf, dashboardOf, defaultHosts, type HostName, type Hosts } from './hosts.ts';
import type { Credential, Group, ListedCredential } from './replies.ts';
import { isHttps, issuedAt, stateOf } from './states.ts';

export interface AccredibleParts {
  readonly accounts: AccountDirectory;
  createClient(options: HttpClientOptions): HttpClient;
  /** Accredible counts the calls of an address, so all accounts and processes share one. @param host its base address */
  limiterOf?(host: string): HttpClientOptions['limiter'];
  readonly hosts?: Partial<Hosts>;
  /** What taking a badge back does there. */
  readonly revocation?: 'expire' | 'delete';
  readonly clock?: Clock;
  /** Between looks into an index that lags behind. */
  readonly pause?: (ms: number) => Promise<unknown>;
}

const NAME = 'accredible';
/** Where we write our key into a credential, beside its `license_id`. */
const OUR_KEY = 'laurel_badge';
const INDEX_PAUSES_MS = [0, 1_000, 3_000];
const NO_CREDITS_PAUSE_MS = 15 * 60_000;
const FEW_CREDITS = 50;
const DAY_MS = 86_400_000;

export class AccredibleProvider implements BadgeProvider {
  readonly name = NAME;
  readonly title = 'Accredible';
  readonly capabilities: ProviderCapabilities;
  readonly #parts: AccredibleParts;
  readonly #hosts: Hosts;
  readonly #clock: Clock;
  readonly #pause: (ms: number) => Promise<unknown>;

  constructor(parts: AccredibleParts) {
    this.#parts = parts;
    this.#hosts = { ...defaultHosts, ...parts.hosts };
    this.#clock = parts.clock ?? systemClock;
    this.#pause = parts.pause ?? sleep;
    this.capabilities = capabilitiesOf(this.#hosts, parts.revocation ?? 'expire');
  }

  async template(templateId: string): Promise<ProviderTemplate | null> {
    const found = await this.#parts.accounts.find(NAME, templateId);
    return found && toTemplate(found);
  }

  async checkAccount(account: OpenAccount): Promise<AccountFacts> {
    const { name, creditsLeft } = await this.#with(account, (api) => api.details());
    return { name, secretExpiresAt: null, notes: creditNotes(creditsLeft) };
  }

  async *listTemplates(account: OpenAccount): AsyncIterable<ProviderTemplate> {
    const { url, api } = this.#open(account);
    const images = new Map<string, string | null>();
    try {
      for await (const group of api.groups()) {
        yield { ...groupTemplate(group, url), imageUrl: await imageOf(group, api, images) };
      }
    } catch (error) {
      throw await this.#reported(account, error);
    }
  }

  async award(request: AwardRequest): Promise<IssuedAtProvider> {
    const { account, template } = await this.#parts.accounts.resolve(NAME, request.templateId);
    const fields = credentialOf(request, template);
    return this.#with(account, async (api) => {
      const { name, email } = fields.recipient;
      const { credential, refused } = await api.create(fields, [name, email], request.mayIssue);
      if (refused === null) return this.#published(account, api, credential);
      // Most likely the recipient has one of this group already: then that one is it.
      const known = await this.#ofRecipient(api, fields.group_id, email, request.uuid);
      if (known === null) throw refused;
      return this.#adopted(account, api, known, fields);
    });
  }

  /** What an earlier attempt made and could not publish is published now. */
  async findIssued(request: AwardRequest): Promise<IssuedAtProvider | null> {
    const { account, template } = await this.#resolveAny(request.templateId);
    const { group_id, recipient } = credentialOf(request, template);
    return this.#with(account, async (api) => {
      const made = (await api.credential(request.uuid)) ?? (await this.#indexed(api, request.uuid));
      if (made !== null) return this.#published(account, api, made);
      const candidates = await api.find({ 'group.id': group_id, recipient_email: recipient.email });
      const ours = candidates.find((one) => isOurs(one, request.uuid));
      return ours ? this.#published(account, api, ours) : null;
    });
  }

  async revoke(badge: IssuedReference & { readonly reason: string }): Promise<IssuedAtProvider> {
    const { account } = await this.#parts.accounts.resolveIssued(NAME, badge.templateId);
    return this.#with(account, async (api) => {
      if (this.capabilities.revocation === 'delete') {
        await api.remove(badge.externalId);
        return gone(badge);
      }
      const credential = await api.credential(badge.externalId);
      if (credential === null) return gone(badge);
      if (stateOf({ ...credential, approve: true }, this.#today()) === 'expired') return this.#issued(credential);
      const expired = await this.#expire(api, credential);
      return expired === null ? gone(badge) : this.#issued(expired);
    });
  }

  async issuedState(badge: IssuedReference): Promise<IssuedAtProvider | null> {
    const { account } = await this.#parts.accounts.resolveIssued(NAME, badge.templateId);
    return this.#with(account, async (api) => {
      const credential = await api.credential(badge.externalId);
      return credential && this.#issued(credential);
    });
  }

  async *listIssued(account: OpenAccount): AsyncIterable<ListedBadge> {
    const { api } = this.#open(account);
    try {
      for await (const credential of api.list()) {
        const issued = this.#issued(credential);
        yield {
          ...issued,
          templateId: credential.group?.id ?? '',
          uuid: ourKeyOf(credential) ?? credential.license_id ?? null,
          learnerId: credential.recipient_id ?? null,
          recipientEmail: credential.recipient_email ?? null,
          issuedAt: credential.issued_on ? new Date(credential.issued_on) : null,
          stands: issued.state === 'accepted',
        };
      }
    } catch (error) {
      throw await this.#reported(account, error);
    }
  }

  /** One that was let expire and is earned again is brought back: a group has one for each address. */
  async #adopted(
    account: OpenAccount,
    api: AccredibleApi,
    known: ListedCredential,
    fields: ReturnType<typeof credentialOf>,
  ): Promise<IssuedAtProvider> {
    // The index that knew it may not have heard yet that it has expired.
    const now = await api.credential(known.id);
    if (now === null) throw vanished();
    if (stateOf({ ...now, approve: true }, this.#today()) !== 'expired') return this.#published(account, api, now);
    const { issued_on, meta_data } = fields;
    const renewed = await api.update(now.id, { expired_on: null, issued_on, meta_data });
    if (renewed === null) throw vanished();
    return this.#published(account, api, renewed);
  }

  /** Without credits a credential is made but not published, and the answer is 200 all the same. */
  async #published(
    account: OpenAccount,
    api: AccredibleApi,
    credential: Credential | ListedCredential,
  ): Promise<IssuedAtProvider> {
    if (credential.approve === true) return this.#issued(credential);
    const after = await api.update(credential.id, { approve: true });
    if (after === null) throw vanished();
    if (after.approve === true) return this.#issued(after);
    const message =
      'Accredible keeps the credential unpublished: most likely the account has no credits left; buy some, and it is published by itself';
    await this.#parts.accounts.report(account.id, { ok: false, message });
    throw new ProviderError('unpublished', message, { retryAfterMs: NO_CREDITS_PAUSE_MS });
  }

  /** Yesterday is certainly over, in every time zone; but nothing may end before it begins. */
  async #expire(api: AccredibleApi, { id, issued_on }: Credential): Promise<Credential | null> {
    const yesterday = new Date(this.#clock.now().getTime() - DAY_MS).toISOString().slice(0, 10);
    const latest = [yesterday, issued_on ?? yesterday].toSorted().at(-1);
    return api.update(id, { expired_on: latest });
  }

  async #ofRecipient(
    api: AccredibleApi,
    groupId: number,
    email: string,
    uuid: string,
  ): Promise<ListedCredential | null> {
    for (const pauseMs of INDEX_PAUSES_MS) {
      if (pauseMs > 0) await this.#pause(pauseMs);
      const found = await api.find({ 'group.id': groupId, recipient_email: email });
      const known = found.find((one) => isOurs(one, uuid)) ?? found[0];
      if (known) return known;
    }
    return null;
  }

  async #indexed(api: AccredibleApi, uuid: string): Promise<ListedCredential | null> {
    for (const pauseMs of INDEX_PAUSES_MS) {
      if (pauseMs > 0) await this.#pause(pauseMs);
      const [found] = await api.find({ license_id: uuid });
      if (found) return found;
    }
    return null;
  }

  #issued(credential: Credential | ListedCredential): IssuedAtProvider {
    return issuedAt(credential, this.#today());
  }

  #today(): string {
    return this.#clock.now().toISOString().slice(0, 10);
  }

  /** Also where nothing can be issued any more: it may have been a moment ago. */
  async #resolveAny(text: string): ReturnType<AccountDirectory['resolve']> {
    try {
      return await this.#parts.accounts.resolve(NAME, text);
    } catch (error) {
      if (!(error instanceof ProviderError) || error.code !== 'provider.refused') throw error;
      return this.#parts.accounts.resolveIssued(NAME, text);
    }
  }

  async #with<Result>(account: OpenAccount, work: (api: AccredibleApi) => Promise<Result>): Promise<Result> {
    try {
      return await work(this.#open(account).api);
    } catch (error) {
      throw await this.#reported(account, error);
    }
  }

  #open({ host, secret }: OpenAccount): { readonly url: string; readonly api: AccredibleApi } {
    const baseUrl = this.#hosts[host as HostName] ?? this.#hosts.production;
    const limiter = this.#parts.limiterOf?.(baseUrl);
    const client = this.#parts.createClient({
      baseUrl,
      peer: 'Accredible',
      headers: { authorization: `Token token=${secret}` },
      ...(limiter ? { limiter } : {}),
    });
    return { url: baseUrl, api: accredibleApi(client) };
  }

  async #reported(account: OpenAccount, error: unknown): Promise<unknown> {
    if (error instanceof ProviderError && error.code === 'provider.unauthorised') {
      await this.#parts.accounts.report(account.id, { ok: false, message: error.message });
    }
    return error;
  }
}

/** @throws ProviderError `provider.refused` where there is nothing to send it with */
function credentialOf({ uuid, awardedAt, recipient }: AwardRequest, template: BadgeTemplate) {
  if (!/^\d{1,15}$/.test(template.templateId)) {
    throw new ProviderError(
      'refused',
      'the groups of Accredible have numbers for ids, and the template of the rule has none; write the number of the group',
    );
  }
  if (recipient.email === '') {
    throw new ProviderError(
      'refused',
      'Accredible issues to e-mail addresses, and none is known of this learner; retry when an event has told it',
    );
  }
  return {
    id: uuid,
    group_id: Number(template.templateId),
    recipient: {
      name: recipient.name || recipient.username,
      // Duplicates are told by the address as it is written.
      email: recipient.email.toLowerCase(),
      id: recipient.learnerId,
    },
    // A date without a time: nothing else is documented.
    issued_on: formatInstant(awardedAt).slice(0, 10),
    meta_data: { [OUR_KEY]: uuid },
  };
}

function isOurs(credential: ListedCredential, uuid: string): boolean {
  return credential.license_id === uuid || ourKeyOf(credential) === uuid;
}

function ourKeyOf({ meta_data }: Pick<Credential, 'meta_data'>): string | null {
  const key = meta_data?.[OUR_KEY];
  return typeof key === 'string' ? key.slice(0, 100) : null;
}

function gone({ externalId }: IssuedReference): IssuedAtProvider {
  return { externalId, state: 'deleted', url: null };
}

function vanished(): ProviderError {
  return new ProviderError('unavailable', 'the credential was deleted at Accredible at this moment; it is tried again');
}

function creditNotes(left: number | null): readonly string[] {
  if (left === null) return [];
  if (left <= 0) return ['No credits are left: what is awarded now stays unpublished until some are bought.'];
  const words = left === 1 ? '1 credit is left' : `${left} credits are left`;
  return [left < FEW_CREDITS ? `${words}: buy more before they run out.` : `${words}.`];
}

function groupTemplate(group: Group, apiUrl: string): Omit<ProviderTemplate, 'imageUrl'> {
  return {
    id: group.id,
    name: group.course_name ?? group.name ?? group.id,
    description: group.course_description ?? '',
    // Groups have no state of their own: each that is listed can be issued.
    state: 'active',
    dashboardUrl: dashboardOf(apiUrl, group.id),
    details: { internalName: group.name ?? null, department: group.department_id ?? null },
  };
}

async function imageOf(group: Group, api: AccredibleApi, images: Map<string, string | null>): Promise<string | null> {
  const id = group.primary_design_id ?? group.badge_design_id ?? group.certificate_design_id ?? null;
  if (id === null) return null;
  const known = images.get(id);
  if (known !== undefined) return known;
  const image = await api.designImage(id);
  const safe = image !== null && image.length <= 2_000 && isHttps(image) ? image : null;
  images.set(id, safe);
  return safe;
}

function toTemplate({ templateId, name, description, imageUrl, state, dashboardUrl, details }: BadgeTemplate) {
  return { id: templateId, name, description, imageUrl, state, dashboardUrl, details };
}
