/** Asking for a synchronisation of templates, or for its preview. */

import { ConflictError, InputError, NotFoundError } from '../../errors.ts';
import type { Jobs } from '../../jobs/request-job.ts';
import type { BadgeProvider } from '../../ports/badge-provider.ts';
import { isOpen, type Job, type JobStore } from '../../ports/job-store.ts';
import type { ProviderAccount } from '../../ports/provider-store.ts';
import { counts, msg, words } from '../../words.ts';
import { canBeApplied, type SyncedAccount, syncedAccounts, toConfirm } from './synced-account.ts';

export const PREVIEW_KIND = 'preview-templates';
export const SYNC_KIND = 'sync-templates';

export interface SyncParameters {
  /** Ids. */
  readonly accounts: readonly string[];
  /** The fingerprint of the difference that somebody agreed to, by the id of its account; left out: nobody was asked. */
  readonly agreed?: Readonly<Record<string, string>>;
}

/** Finds out what would change, and changes nothing. @throws InputError `input.accounts` */
export async function requestPreview(
  jobs: Pick<Jobs, 'request'>,
  accounts: readonly ProviderAccount[],
  requestedBy: string,
): Promise<Job> {
  return jobs.request({
    kind: PREVIEW_KIND,
    title: words('Preview the synchronisation of the templates of {account}', { account: accountsIn(accounts) }),
    parameters: { accounts: accounts.map(({ id }) => id) },
    requestedBy,
  });
}

/** Applies what need not be asked, and stops before anything else. @throws InputError `input.accounts` */
export async function requestSync(
  jobs: Pick<Jobs, 'request'>,
  accounts: readonly ProviderAccount[],
  requestedBy: string,
): Promise<Job> {
  return jobs.request({
    kind: SYNC_KIND,
    title: words('Synchronise the templates of {account}', { account: accountsIn(accounts) }),
    parameters: { accounts: accounts.map(({ id }) => id) },
    requestedBy,
  });
}

export interface Agreement {
  readonly preview: Job;
  /** As somebody has said it, to show that they have read it; null: they have said nothing. */
  readonly retire: number | null;
  readonly requestedBy: string;
}

/** Applies what was found as it was found; where it is another by then it is found anew, and not applied.
 *  @param accounts of every provider
 *  @throws ConflictError `conflict.preview-open`; InputError `input.preview` where nothing of it can be applied,
 *    `input.unconfirmed` where much goes and `retire` is another number */
export async function requestAgreed(
  jobs: Pick<Jobs, 'request'>,
  accounts: readonly ProviderAccount[],
  { preview, retire, requestedBy }: Agreement,
): Promise<Job> {
  if (isOpen(preview.state))
    throw new ConflictError(
      'preview-open',
      msg('the difference is still being looked for; wait until that has ended, then apply it'),
    );
  const chosen = toApply(preview);
  const known = accounts.filter(({ id }) => chosen.some((one) => one.id === id));
  if (known.length === 0)
    throw new InputError('preview', msg('there is nothing to apply in it; preview the synchronisation again'));
  const count = toConfirm(chosen);
  if (count !== null && retire !== count)
    throw new InputError(
      'unconfirmed',
      counts(
        count,
        '{count} template would be retired that active badges use, or that nobody expects to go; confirm the number',
        '{count} templates would be retired, many of them or some that active badges use; confirm the number',
      ),
      { details: { retire: count } },
    );
  return jobs.request({
    kind: SYNC_KIND,
    title: words('Synchronise the templates of {account}', { account: accountsIn(known) }),
    parameters: {
      accounts: known.map(({ id }) => id),
      agreed: Object.fromEntries(chosen.map(({ id, fingerprint }) => [id, fingerprint])),
    },
    requestedBy,
  });
}

/** The accounts of a preview, or of what has stopped, that somebody can have applied. */
export function toApply(job: Pick<Job, 'result'>): readonly SyncedAccount[] {
  return syncedAccounts(job).filter(canBeApplied);
}

/** The place of an account among those of the job: its differences are noted under it. */
export function placeOf({ parameters }: Pick<Job, 'parameters'>, accountId: string): number {
  return (parameters as unknown as SyncParameters).accounts.indexOf(accountId);
}

/** @throws NotFoundError `not-found.preview` */
export async function findSync(jobs: Pick<JobStore, 'get'>, id: string): Promise<Job> {
  const job = await jobs.get(id);
  if (job !== null && (job.kind === PREVIEW_KIND || job.kind === SYNC_KIND)) return job;
  throw new NotFoundError(
    'preview',
    msg('there is no such synchronisation, or it is not kept any more; preview it again'),
  );
}

function accountsIn(accounts: readonly ProviderAccount[]) {
  const [first] = accounts;
  if (first === undefined)
    throw new InputError(
      'accounts',
      'there is no account to synchronise: add one, or enable it, then synchronise again',
    );
  return accounts.length === 1 ? `"${first.name}"` : counts(accounts.length, '{count} account', '{count} accounts');
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
