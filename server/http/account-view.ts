/** Accounts at badge providers as the pages show them. */

import type { BadgeProvider } from '../../plugin/ports/badge-provider.ts';
import type { BadgeTemplate, ProviderAccount, SyncOutcome } from '../../plugin/ports/provider-store.ts';
import { formOf } from '../../plugin/providers/account-entry.ts';
import { daysLeft, inDays, troubleOf, WARN_DAYS } from '../../plugin/providers/secret-expiry.ts';
import { type Words, words } from '../../plugin/words.ts';
import { type ShownStatus, type ShownTime, shownNumber, shownTime } from './format.ts';
import { templatesPath } from './template-links.ts';

/** What `ProviderStore.templateCounts` says. */
export type TemplateCounts = readonly {
  readonly accountId: string;
  readonly state: BadgeTemplate['state'];
  readonly count: number;
}[];

export function accountPath({ provider, slug }: Pick<ProviderAccount, 'provider' | 'slug'>): string {
  return `/providers/${encodeURIComponent(provider)}/accounts/${encodeURIComponent(slug)}`;
}

export function shownAccount(
  account: ProviderAccount,
  provider: BadgeProvider | undefined,
  counts: TemplateCounts,
  now: Date,
) {
  const { slug, name, host, externalId, origin, enabled, lastCheck, createdAt } = account;
  return {
    href: accountPath(account),
    slug,
    name,
    host: formOf(provider)?.hosts.find((one) => one.name === host)?.title ?? host,
    externalId,
    enabled,
    fromSettings: origin === 'environment',
    status: accountStatus(account, now),
    trouble: troubleOf(account, now),
    check: lastCheck && { at: shownTime(lastCheck.at), message: lastCheck.message },
    expiry: shownExpiry(account, now),
    templates: shownTemplates(account, counts),
    templatesHref: templatesPath(account),
    lastSync: account.lastSync && { at: shownTime(account.lastSync.at), message: syncText(account.lastSync) },
    createdAt: shownTime(createdAt),
  };
}

function accountStatus(account: ProviderAccount, now: Date): ShownStatus {
  const days = daysLeft(account, now);
  if (!account.enabled) return { word: 'Disabled', tone: 'off' };
  if (days !== null && days < 0) return { word: 'Secret expired', tone: 'bad' };
  if (account.lastCheck === null) return { word: 'Not checked yet', tone: 'off' };
  if (!account.lastCheck.ok) return { word: 'Does not work', tone: 'bad' };
  return days !== null && days <= WARN_DAYS
    ? { word: 'Secret expires soon', tone: 'warn' }
    : { word: 'Works', tone: 'good' };
}

function shownExpiry(
  account: ProviderAccount,
  now: Date,
): { readonly at: ShownTime; readonly in: string | null } | null {
  const days = daysLeft(account, now);
  if (account.secretExpiresAt === null || days === null) return null;
  return { at: shownTime(account.secretExpiresAt), in: days < 0 || days > WARN_DAYS ? null : inDays(days) };
}

/** What came of a synchronisation, in words. */
export function syncText({ added, changed, unchanged, retired, error }: SyncOutcome): Words {
  return (
    error ??
    words('{added} added, {changed} changed, {unchanged} unchanged, {retired} gone', {
      ...{ added, changed, unchanged, retired },
    })
  );
}

/** `12 active, 3 retired` */
function shownTemplates({ id }: ProviderAccount, counts: TemplateCounts): string {
  const own = counts.filter(({ accountId }) => accountId === id);
  return own.length === 0 ? 'none' : own.map(({ state, count }) => `${shownNumber(count)} ${state}`).join(', ');
}
