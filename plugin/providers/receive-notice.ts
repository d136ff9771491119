/** The desk where notices of providers come in. Nothing of them is kept or believed: they only say when to ask. */

import { createHmac, timingSafeEqual } from 'node:crypto';
import { NotFoundError } from '../errors.ts';
import type { BadgeProvider, WebhookResult } from '../ports/badge-provider.ts';
import type { ProviderAccount } from '../ports/provider-store.ts';
import type { Logger } from '../ports/runtime.ts';
import { applyNotice, type NoticeParts } from './apply-notice.ts';

export interface NoticeDeskParts extends NoticeParts {
  readonly providers: ReadonlyMap<string, BadgeProvider>;
  /** From which the secret part of every account's address is made. */
  readonly key: string;
  readonly logger: Logger;
}

export interface NoticeDesk {
  /** Where the provider should send notices about the account, below our own address; null: it sends none. */
  pathOf(account: Pick<ProviderAccount, 'id' | 'provider'>): string | null;
  /** Resolves when what follows is recorded, so that a notice that is not answered comes again.
   *  @param secret of the account's address; null: the address without
   *  @throws NotFoundError `not-found.webhook`; InputError; ProviderError; StoreError */
  receive(provider: string, body: unknown, secret: string | null): Promise<WebhookResult['outcome'] | 'repeated'>;
}

const REMEMBERED = 1_000;
const LONGEST_ID = 200;

export function createNoticeDesk(parts: NoticeDeskParts): NoticeDesk {
  const { store, providers, logger, key } = parts;
  /** Ids of notices that were taken lately: providers send the same several times. */
  const taken = new Set<string>();

  const secretOf = (accountId: string): string =>
    createHmac('sha256', key).update(`webhook ${accountId}`).digest('base64url').slice(0, 32);

  async function accountOf(provider: string, secret: string): Promise<ProviderAccount> {
    const accounts = await store.accounts(provider);
    const account = accounts.find(({ id, enabled }) => enabled && isSame(secret, secretOf(id)));
    if (account === undefined) throw noSuchAddress();
    return account;
  }

  return {
    pathOf({ id, provider }) {
      if (!providers.get(provider)?.capabilities.webhooks) return null;
      return `/badges/${encodeURIComponent(provider)}/webhook/${secretOf(id)}`;
    },

    async receive(name, body, secret) {
      const provider = providers.get(name);
      if (!provider?.readWebhook) throw noSuchAddress();
      const expected = secret === null ? null : await accountOf(name, secret);
      const id = idOf(name, body);
      if (id !== null && taken.has(id)) return 'repeated';
      const result = await provider.readWebhook(body);
      const { outcome, accountId } = result;
      const isMisdirected = expected !== null && accountId !== null && accountId !== expected.id;
      if (isMisdirected) logger.warn('a notice came to the address of another account', { provider: name });
      if (outcome === 'ignored' || accountId === null || isMisdirected) return 'ignored';
      const changed = await applyNotice({ id: accountId, provider: name }, result, parts);
      logger.info('a provider said that something changed', { provider: name, account: accountId, outcome, changed });
      if (id !== null) remember(id);
      return outcome;
    },
  };

  function remember(id: string): void {
    taken.add(id);
    const [oldest] = taken;
    if (taken.size > REMEMBERED && oldest !== undefined) taken.delete(oldest);
  }
}

/** @returns null where it has none: then it is asked about every time */
function idOf(provider: string, body: unknown): string | null {
  const id = typeof body === 'object' && body !== null && 'id' in body ? body.id : null;
  return typeof id === 'string' && id.length <= LONGEST_ID ? `${provider} ${id.toLowerCase()}` : null;
}

function isSame(given: string, secret: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(secret)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function noSuchAddress(): NotFoundError {
  return new NotFoundError('webhook', "there is nothing at this address; the account's page shows the right one");
}
