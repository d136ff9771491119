/** Accounts that the settings name: there from the start, with the secret that the settings say. */

import { ConfigurationError, ConflictError, CredentialsError } from '../errors.ts';
import type { AccountForm, BadgeProvider } from '../ports/badge-provider.ts';
import type { ProviderAccount, ProviderStore } from '../ports/provider-store.ts';
import type { Clock, Logger } from '../ports/runtime.ts';
import type { SecretBox } from '../ports/secret-box.ts';
import { english } from '../words.ts';
import { type AccountEntry, entryProblems, formOf, trimmedEntry } from './account-entry.ts';
import { boundTo } from './account-secret.ts';

/** An account that the operator sets up without the pages. */
export interface GivenAccount {
  /** The word after `template` in a rule. */
  readonly provider: string;
  readonly slug: string;
  /** null: the usual one of the provider. */
  readonly host: string | null;
  /** The secret, behind the provider's own id of the account and a colon where the provider needs one. */
  readonly credentials: string;
}

export interface GivenAccountsParts {
  readonly store: ProviderStore;
  readonly secrets: SecretBox;
  readonly providers: ReadonlyMap<string, BadgeProvider>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly ids: { uuid(): string };
  onNewSecret(provider: string): Promise<void>;
}

/** Makes what is not there, gives what is there the secret of the settings, and hands over to the pages what the settings do not
 *  name any more. The providers are not asked: a start does not depend on them.
 *  @throws ConfigurationError that lists every entry that cannot be used */
export async function setUpGivenAccounts(given: readonly GivenAccount[], parts: GivenAccountsParts): Promise<void> {
  const entries = readGiven(given, parts.providers);
  const stored = await parts.store.accounts();
  for (const { provider, entry } of entries) {
    const former = stored.find((one) => one.provider === provider && one.slug === entry.slug) ?? null;
    await setUp(provider, entry, former, parts);
  }
  for (const account of stored) {
    const isGiven = entries.some(({ provider, entry }) => provider === account.provider && entry.slug === account.slug);
    if (account.origin === 'environment' && !isGiven) await handOver(account, parts);
  }
}

function readGiven(given: readonly GivenAccount[], providers: ReadonlyMap<string, BadgeProvider>) {
  const problems: string[] = [];
  const seen = new Set<string>();
  const entries = given.map(({ provider, slug, host, credentials }) => {
    const name = `${provider}/${slug}`;
    const form = formOf(providers.get(provider));
    if (seen.has(name)) problems.push(`LAUREL_PROVIDER_ACCOUNTS names ${name} twice; keep one`);
    seen.add(name);
    if (form === null) {
      problems.push(`LAUREL_PROVIDER_ACCOUNTS names ${name}, but there are no accounts at "${provider}"`);
      return { provider, entry: { slug, host: '', externalId: null, secret: '' } };
    }
    const entry = trimmedEntry(form, { slug, host: host ?? '', ...splitCredentials(form, credentials) });
    for (const { message } of entryProblems(form, entry))
      problems.push(`LAUREL_PROVIDER_ACCOUNTS, entry ${name}: ${english(message)}`);
    return { provider, entry };
  });
  if (problems.length > 0) throw new ConfigurationError(problems);
  return entries;
}

function splitCredentials({ externalId }: AccountForm, text: string): Pick<AccountEntry, 'externalId' | 'secret'> {
  if (externalId === null) return { externalId: null, secret: text };
  const colon = text.indexOf(':');
  return { externalId: text.slice(0, Math.max(colon, 0)), secret: text.slice(colon + 1) };
}

async function setUp(
  provider: string,
  { slug, host, externalId, secret }: AccountEntry,
  former: ProviderAccount | null,
  { store, secrets, clock, logger, ids, onNewSecret }: GivenAccountsParts,
): Promise<void> {
  const now = clock.now();
  const id = former?.id ?? ids.uuid();
  const isSame = former?.host === host && former.externalId === externalId && secretOf(former, secrets) === secret;
  if (isSame && former.origin === 'environment') return;
  const made: ProviderAccount = former ?? {
    id,
    provider,
    slug,
    name: slug,
    providerName: null,
    host,
    externalId,
    sealedSecret: null,
    secretExpiresAt: null,
    origin: 'environment',
    enabled: true,
    lastCheck: null,
    lastSync: null,
    version: 0,
    createdAt: now,
    updatedAt: now,
  };
  // What was known of another secret says nothing about this one.
  const news = isSame
    ? {}
    : { sealedSecret: secrets.seal(secret, boundTo(id)), secretExpiresAt: null, lastCheck: null };
  try {
    const next = { ...made, host, externalId, ...news, origin: 'environment' as const, updatedAt: now };
    if (!(await store.saveAccount(next))) return;
  } catch (error) {
    // Another process made it at the same moment, or a person under another name.
    if (!(error instanceof ConflictError)) throw error;
    logger.warn('an account of the settings is there under another name; remove one of the two', { provider, slug });
    return;
  }
  if (!isSame) await onNewSecret(provider);
}

function secretOf({ id, sealedSecret }: ProviderAccount, secrets: SecretBox): string | null {
  if (sealedSecret === null) return null;
  try {
    return secrets.open(sealedSecret, boundTo(id));
  } catch (error) {
    if (error instanceof CredentialsError) return null;
    throw error;
  }
}

async function handOver(account: ProviderAccount, { store, clock, logger }: GivenAccountsParts): Promise<void> {
  if (await store.saveAccount({ ...account, origin: 'page', updatedAt: clock.now() }))
    logger.info('an account is not in the settings any more and can be changed on its page', {
      provider: account.provider,
      slug: account.slug,
    });
}
