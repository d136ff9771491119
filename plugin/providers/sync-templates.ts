/** Brings the templates of accounts up to date with their providers: a job, one account a step. Templates of other accounts
 *  are never touched, and what a provider no longer lists is retired, never deleted: rules and issued badges speak of it. */

import { CredentialsError, InputError, NotFoundError, ProviderError, StoreError } from '../errors.ts';
import type { JobKind, JobStep } from '../jobs/job-runner.ts';
import type { Jobs } from '../jobs/request-job.ts';
import type { BadgeProvider } from '../ports/badge-provider.ts';
import type { Job, JsonObject } from '../ports/job-store.ts';
import type { BadgeTemplate, ProviderAccount, ProviderStore, SyncOutcome } from '../ports/provider-store.ts';
import type { Clock } from '../ports/runtime.ts';
import type { SecretBox } from '../ports/secret-box.ts';
import { counts, words } from '../words.ts';
import { openAccount } from './account-secret.ts';
import { retireTemplate, storeTemplate } from './store-template.ts';

export const SYNC_KIND = 'sync-templates';

export interface TemplateSyncParts {
  readonly store: ProviderStore;
  readonly providers: ReadonlyMap<string, BadgeProvider>;
  readonly secrets: SecretBox;
  readonly clock: Clock;
}

/** What came of one account, in the result of the job. */
export interface SyncedAccount extends Omit<SyncOutcome, 'at'> {
  readonly provider: string;
  readonly account: string;
}

type Counts = { -readonly [Word in 'added' | 'changed' | 'unchanged' | 'retired']: number };

const SAVE_ATTEMPTS = 10;
const KNOWN_PAGE = 500;

export function createTemplateSync(parts: TemplateSyncParts): JobKind {
  const { store, clock } = parts;

  /** What happened before an error stands. */
  async function sync(account: ProviderAccount): Promise<SyncOutcome> {
    const at = clock.now();
    const counts: Counts = { added: 0, changed: 0, unchanged: 0, retired: 0 };
    try {
      await follow(account, counts, at);
      return { at, ...counts, error: null };
    } catch (error) {
      // The database is a matter of the whole job, and defects are ours.
      if (error instanceof StoreError || !(error instanceof CredentialsError)) throw error;
      return { at, ...counts, error: error.message };
    }
  }

  async function follow(account: ProviderAccount, counts: Counts, at: Date): Promise<void> {
    const provider = parts.providers.get(account.provider);
    if (!provider?.listTemplates) throw cannotSync(account, provider);
    if (!account.enabled) throw disabled(account);
    const known = await knownTemplates(account.id);
    const gone = new Map(known);
    let isEmpty = true;
    for await (const template of provider.listTemplates(openAccount(account, parts.secrets))) {
      isEmpty = false;
      gone.delete(template.id);
      const stored = await storeTemplate(store, account, template, { known: known.get(template.id), now: at });
      if (stored !== 'skipped') counts[stored] += 1;
    }
    // The list has ended: only now is something gone.
    const listed = [...gone.values()].filter(({ syncedAt, state }) => syncedAt !== null && state !== 'retired');
    if (isEmpty && listed.length > 0) throw allGone(account, listed.length);
    for (const template of listed) if (await retireTemplate(store, template, at)) counts.retired += 1;
  }

  async function knownTemplates(accountId: string): Promise<ReadonlyMap<string, BadgeTemplate>> {
    const known = new Map<string, BadgeTemplate>();
    let after: string | undefined;
    do {
      const page = await store.templates({ accountId, limit: KNOWN_PAGE, ...(after !== undefined && { after }) });
      for (const template of page.items) known.set(template.templateId, template);
      after = page.next ?? undefined;
    } while (after !== undefined);
    return known;
  }

  /** Into whatever is the latest: somebody may be changing the account. */
  async function record(accountId: string, lastSync: SyncOutcome): Promise<void> {
    for (let attempt = 0; attempt < SAVE_ATTEMPTS; attempt++) {
      const account = await store.account(accountId);
      if (account === null || (await store.saveAccount({ ...account, lastSync }))) return;
    }
    throw new StoreError(
      'contention',
      'an account kept changing while its synchronisation was to be recorded; try again',
    );
  }

  return {
    kind: SYNC_KIND,
    async step(job): Promise<JobStep> {
      const ids = job.parameters.accounts as readonly string[];
      const index = typeof job.cursor === 'number' ? job.cursor : 0;
      const finished = index + 1 >= ids.length;
      const step = { cursor: index + 1, done: 1, total: ids.length, finished };
      const account = await store.account(ids[index] ?? '');
      if (account === null) return { ...step, counts: { 'account gone': 1 } };
      const outcome = await sync(account);
      await record(account.id, outcome);
      const { at: _, error, ...counts } = outcome;
      return {
        ...step,
        counts: { ...counts, ...(error !== null && { failed: 1 }) },
        result: { accounts: [...syncedAccounts(job), resultOf(account, outcome)] },
      };
    },
  };
}

/** What came of the accounts so far. */
export function syncedAccounts({ result }: Pick<Job, 'result'>): readonly (SyncedAccount & JsonObject)[] {
  return (result?.accounts ?? []) as unknown as readonly (SyncedAccount & JsonObject)[];
}

/** Asks for the synchronisation of these accounts. @throws InputError `input.accounts` */
export async function requestSync(
  jobs: Pick<Jobs, 'request'>,
  accounts: readonly ProviderAccount[],
  requestedBy: string,
): Promise<Job> {
  const [first] = accounts;
  if (first === undefined) {
    throw new InputError(
      'accounts',
      'there is no account to synchronise: add one, or enable it, then synchronise again',
    );
  }
  const account =
    accounts.length === 1 ? `"${first.name}"` : counts(accounts.length, '{count} account', '{count} accounts');
  return jobs.request({
    kind: SYNC_KIND,
    title: words('Synchronise the templates of {account}', { account }),
    parameters: { accounts: accounts.map(({ id }) => id) },
    requestedBy,
  });
}

/** The accounts whose templates a provider lists. @param slugs null: all that are enabled; `provider/slug` where two
 *    providers have an account of the same slug
 *  @throws NotFoundError `not-found.account` */
export function accountsToSync(
  accounts: readonly ProviderAccount[],
  providers: ReadonlyMap<string, BadgeProvider>,
  slugs: readonly string[] | null,
): readonly ProviderAccount[] {
  const able = accounts.filter(({ provider }) => providers.get(provider)?.capabilities.synchronises);
  if (slugs === null) return able.filter(({ enabled }) => enabled);
  const wanted = slugs.flatMap((text) => {
    const found = able.filter(({ provider, slug }) => text === slug || text === `${provider}/${slug}`);
    if (found.length > 0) return found;
    const known = able.map(({ slug }) => slug).join(', ');
    throw new NotFoundError(
      'account',
      `there is no account "${text}" whose templates can be synchronised; there ${known === '' ? 'is none yet' : `are: ${known}`}`,
    );
  });
  return [...new Set(wanted)];
}

function resultOf({ provider, slug }: ProviderAccount, { at: _, ...outcome }: SyncOutcome): JsonObject {
  return { provider, account: slug, ...outcome };
}

function cannotSync({ name }: ProviderAccount, provider: BadgeProvider | undefined): ProviderError {
  const why = provider ? `${provider.title} does not list templates` : 'its provider is not set up in this process';
  return new ProviderError('refused', `the templates of "${name}" cannot be synchronised: ${why}`);
}

function disabled({ name }: ProviderAccount): ProviderError {
  return new ProviderError('refused', `the account "${name}" is disabled; enable it, then synchronise again`);
}

/** Rather a wrong answer than the end of every badge. */
function allGone({ name }: ProviderAccount, count: number): ProviderError {
  return new ProviderError(
    'unexpected-reply',
    `the provider lists none of the ${count} known templates of "${name}" any more; nothing was retired: look at the ` +
      'provider, and remove the account here if it is over',
  );
}
