/** Accounts at badge providers as the pages show them. */

import type { BadgeProvider } from '../../../plugin/ports/badge-provider.ts';
import type { BadgeTemplate, ProviderAccount, SyncOutcome } from '../../../plugin/ports/provider-store.ts';
import { formOf } from '../../../plugin/providers/account-entry.ts';
import { daysLeft, inDays, troubleWords, WARN_DAYS } from '../../../plugin/providers/secret-expiry.ts';
import { counts, type FilledWords, msg, type Words, words } from '../../../plugin/words.ts';
import type { Translator } from '../../i18n/translator.ts';
import { asSentence, type ShownStatus, type ShownTime, shownTime } from '../words/format.ts';
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
  { counts, now, t }: { readonly counts: TemplateCounts; readonly now: Date; readonly t: Translator },
) {
  const { slug, name, host, externalId, origin, enabled, lastCheck, createdAt } = account;
  const trouble = troubleWords(account, now);
  const place = formOf(provider)?.hosts.find((one) => one.name === host);
  return {
    href: accountPath(account),
    slug,
    name,
    host: place ? t(place.title) : host,
    externalId,
    enabled,
    fromSettings: origin === 'environment',
    status: accountStates[accountState(account, now)],
    trouble: trouble && asSentence(t(trouble)),
    check: lastCheck && { at: shownTime(lastCheck.at), message: lastCheck.message },
    expiry: shownExpiry(account, now, t),
    templates: shownTemplates(account, counts, t),
    templatesHref: templatesPath(account),
    lastSync: account.lastSync && { at: shownTime(account.lastSync.at), ...shownSync(account.lastSync, t) },
    createdAt: shownTime(createdAt),
  };
}

function shownSync(outcome: SyncOutcome, t: Translator) {
  return { message: t.shown(syncText(outcome)), isError: outcome.error !== null };
}

export type AccountState = 'works' | 'ending' | 'broken' | 'expired' | 'unchecked' | 'disabled';

export const accountStates: Readonly<Record<AccountState, ShownStatus & { readonly word: string }>> = {
  works: { word: msg('Works'), tone: 'good' },
  ending: { word: msg('Secret expires soon'), tone: 'warn' },
  broken: { word: msg('Does not work'), tone: 'bad' },
  expired: { word: msg('Secret expired'), tone: 'bad' },
  unchecked: { word: msg('Not checked yet'), tone: 'off' },
  disabled: { word: msg('Disabled'), tone: 'off' },
};

export function accountState(account: ProviderAccount, now: Date): AccountState {
  const days = daysLeft(account, now);
  if (!account.enabled) return 'disabled';
  if (days !== null && days < 0) return 'expired';
  if (account.lastCheck === null) return 'unchecked';
  if (!account.lastCheck.ok) return 'broken';
  return days !== null && days <= WARN_DAYS ? 'ending' : 'works';
}

function shownExpiry(
  account: ProviderAccount,
  now: Date,
  t: Translator,
): { readonly at: ShownTime; readonly in: string | null } | null {
  const days = daysLeft(account, now);
  if (account.secretExpiresAt === null || days === null) return null;
  return { at: shownTime(account.secretExpiresAt), in: days < 0 || days > WARN_DAYS ? null : t(inDays(days)) };
}

/** What came of a synchronisation; an error stands as it came. */
export function syncText({ added, changed, unchanged, retired, error }: SyncOutcome): Words {
  const numbers = { added, changed, unchanged, retired };
  return error ?? words('{added} added, {changed} changed, {unchanged} unchanged, {retired} gone', numbers);
}

const STATES: Readonly<Record<BadgeTemplate['state'], (number: number) => FilledWords>> = {
  active: (number) => counts(number, '{count} active', '{count} active'),
  draft: (number) => counts(number, '{count} draft', '{count} draft'),
  archived: (number) => counts(number, '{count} archived', '{count} archived'),
  retired: (number) => counts(number, '{count} retired', '{count} retired'),
};

/** `12 active, 3 retired` */
function shownTemplates({ id }: ProviderAccount, counts: TemplateCounts, t: Translator): string {
  const own = counts.filter(({ accountId }) => accountId === id);
  return own.length === 0 ? t('none') : own.map(({ state, count }) => t(STATES[state](count))).join(', ');
}
