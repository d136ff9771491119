/** Brings the templates of accounts up to date with their providers: a job that first finds out, changing nothing, how each account
 *  differs, and then applies that where it is what somebody agreed to, or where nobody need be asked. Templates of other accounts are
 *  never touched, and what a provider no longer lists is retired, never deleted: rules and issued badges speak of it. */

import { eachConcurrently } from '../../each-concurrently.ts';
import { CredentialsError, ProviderError, StoreError } from '../../errors.ts';
import type { JobKind, JobStep } from '../../jobs/job-runner.ts';
import type { BadgeProvider } from '../../ports/badge-provider.ts';
import type { Job, JsonObject } from '../../ports/job-store.ts';
import type { ProviderAccount, ProviderStore, SyncOutcome } from '../../ports/provider-store.ts';
import type { Clock } from '../../ports/runtime.ts';
import type { SecretBox } from '../../ports/secret-box.ts';
import { openAccount } from '../account-secret.ts';
import { retireTemplate, storeTemplate, templateStands } from '../store-template.ts';
import type { Difference, DifferenceKind } from './difference.ts';
import { type FoundDifference, TemplateListings } from './listing.ts';
import { type DifferenceNotes, pagesOf } from './notes.ts';
import { PREVIEW_KIND, SYNC_KIND, type SyncParameters } from './request.ts';
import {
  asResult,
  failedAccount,
  isSurprising,
  listsNothing,
  type SyncedAccount,
  type SyncState,
  syncedAccount,
  syncedAccounts,
} from './synced-account.ts';
import type { TemplateUseParts } from './template-use.ts';

export interface TemplateSyncParts extends TemplateUseParts {
  readonly store: ProviderStore;
  readonly providers: ReadonlyMap<string, BadgeProvider>;
  readonly secrets: SecretBox;
  readonly notes: DifferenceNotes;
  readonly clock: Clock;
}

/** `account`: its place among those of the job. */
type Cursor =
  | { readonly part: 'listing'; readonly account: number; readonly listed: number }
  | { readonly part: 'applying'; readonly account: number; readonly kind: DifferenceKind; readonly page: number };

const SAVE_ATTEMPTS = 10;
const APPLIED_AT_ONCE = 8;
/** A provider that asks us to wait is waited for so often. */
const MOST_WAITS = 5;
/** What can be issued first; what cannot any more last. */
const APPLIED_IN_ORDER: readonly DifferenceKind[] = ['added', 'changed', 'unchanged', 'gone'];

/** The jobs for previewing and for synchronising. */
export function createTemplateSync(parts: TemplateSyncParts): readonly JobKind[] {
  const { store, clock, notes } = parts;
  const listings = new TemplateListings({ ...parts, now: () => clock.now() });

  async function step(job: Job): Promise<JobStep> {
    const { accounts: ids } = job.parameters as unknown as SyncParameters;
    const cursor = (job.cursor as Cursor | null) ?? { part: 'listing', account: 0, listed: 0 };
    const account = await store.account(ids[cursor.account] ?? '');
    if (account === null) return behind(job, cursor.account, { counts: { 'account gone': 1 } });
    return cursor.part === 'listing' ? listStep(job, cursor, account) : applyStep(job, cursor, account);
  }

  async function listStep(job: Job, cursor: Cursor & { readonly part: 'listing' }, account: ProviderAccount) {
    const begun = clock.now();
    try {
      const provider = parts.providers.get(account.provider);
      if (!provider?.listTemplates) throw cannotSync(account, provider);
      if (!account.enabled) throw disabled(account);
      const place = { job: job.id, account: cursor.account };
      const list = provider.listTemplates.bind(provider);
      const open = () => openAccount(account, parts.secrets);
      const { listed, found } = await listings.step(place, cursor.listed, account, list, open);
      const done = listed - cursor.listed;
      if (found !== null) return await decided(job, cursor.account, account, found, done);
      return { cursor: asJson({ ...cursor, listed }), done, total: await totalOf(job), finished: false };
    } catch (error) {
      // The database is a matter of the whole job, and defects are ours.
      if (error instanceof StoreError || !(error instanceof CredentialsError)) throw error;
      if (asksToWait(error) && job.attempts < MOST_WAITS) throw error;
      const failed = failedAccount(account, begun, error.message);
      if (job.kind === SYNC_KIND) await record(account.id, outcomeOf(failed));
      return behind(job, cursor.account, { account: failed, counts: { failed: 1 }, done: -cursor.listed });
    }
  }

  /** The difference is known: is it applied? */
  async function decided(
    job: Job,
    index: number,
    account: ProviderAccount,
    found: FoundDifference,
    done: number,
  ): Promise<JobStep> {
    const { added, changed, unchanged, gone: retired } = found.counts;
    const { state, error } = decisionOn(job, account, found);
    const synced = syncedAccount(account, found, { state, error });
    if (state === 'applying') {
      const first = nextPage(found.counts, null);
      const next: Cursor | null = first && { part: 'applying', account: index, ...first };
      if (next === null) return applied(job, index, account, synced, done);
      const accounts = [...syncedAccounts(job), synced];
      const total = Math.max(await totalOf(job), job.done + done + added + changed + unchanged + retired);
      return { cursor: asJson(next), done, total, result: asResult(accounts), finished: false };
    }
    if (job.kind === SYNC_KIND) await record(account.id, outcomeOf(synced));
    const counts: Readonly<Record<string, number>> =
      job.kind === SYNC_KIND ? { stopped: 1 } : { added, changed, unchanged, retired };
    return behind(job, index, { account: synced, counts, done });
  }

  async function applyStep(
    job: Job,
    { account: index, kind, page }: Cursor & { readonly part: 'applying' },
    account: ProviderAccount,
  ): Promise<JobStep> {
    const synced = syncedAccounts(job).find(({ id }) => id === account.id) as SyncedAccount;
    const differences = await notes.read({ job: job.id, account: index, kind, page });
    const at = new Date(synced.at);
    await eachConcurrently(differences, APPLIED_AT_ONCE, async (one) => {
      await applyOne(account, one, at);
      return 1;
    });
    const { added, changed, unchanged, retired: gone } = synced;
    const next = nextPage({ added, changed, unchanged, gone }, { kind, page });
    if (next === null) return applied(job, index, account, synced, differences.length);
    const cursor: Cursor = { part: 'applying', account: index, ...next };
    return { cursor: asJson(cursor), done: differences.length, finished: false };
  }

  /** Repeating it changes nothing more, and what somebody learnt of the template later stands. */
  async function applyOne(account: ProviderAccount, { kind, templateId, after }: Difference, at: Date): Promise<void> {
    const known = await store.template(account.provider, account.id, templateId);
    if (after !== null) {
      await storeTemplate(store, account, { id: templateId, ...after }, { known: known ?? undefined, now: at });
    } else if (known !== null) {
      if (kind === 'gone') await retireTemplate(store, known, at);
      else await templateStands(store, known, at);
    }
  }

  async function applied(job: Job, index: number, account: ProviderAccount, synced: SyncedAccount, done: number) {
    const ended: SyncedAccount = { ...synced, state: 'applied' };
    await record(account.id, outcomeOf(ended));
    const { added, changed, unchanged, retired } = synced;
    return behind(job, index, { account: ended, counts: { added, changed, unchanged, retired }, done });
  }

  /** This account is done with. */
  async function behind(
    job: Job,
    index: number,
    {
      account,
      counts,
      done = 0,
    }: Pick<JobStep, 'counts'> & { readonly account?: SyncedAccount; readonly done?: number },
  ): Promise<JobStep> {
    const { accounts: ids } = job.parameters as unknown as SyncParameters;
    const finished = index + 1 >= ids.length;
    const others = syncedAccounts(job).filter(({ id }) => id !== account?.id);
    if (finished) await notes.sweep(clock.now());
    return {
      cursor: asJson({ part: 'listing', account: index + 1, listed: 0 }),
      done,
      ...(counts && { counts }),
      ...(account && { result: asResult([...others, account]) }),
      total: finished ? job.done + done : await totalOf(job),
      finished,
    };
  }

  /** About so many: those that are known are listed, and looked at again when they are applied. */
  async function totalOf(job: Job): Promise<number> {
    if (job.total !== null) return job.total;
    const { accounts } = job.parameters as unknown as SyncParameters;
    const known = (await store.templateCounts()).filter(({ accountId }) => accounts.includes(accountId));
    return known.reduce((sum, { count }) => sum + count, 0) * (job.kind === SYNC_KIND ? 2 : 1);
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

  return [
    { kind: PREVIEW_KIND, step },
    { kind: SYNC_KIND, step },
  ];
}

function decisionOn(
  job: Job,
  account: ProviderAccount,
  found: FoundDifference,
): { readonly state: SyncState; readonly error: string | null } {
  const { added, changed, unchanged, gone: retired } = found.counts;
  if (job.kind === PREVIEW_KIND) return { state: 'previewed', error: null };
  const { agreed = null } = job.parameters as unknown as SyncParameters;
  const changesNothing = added + changed + retired === 0;
  if (agreed !== null && agreed[account.id] !== found.fingerprint && !changesNothing)
    return { state: 'differs', error: differs(account) };
  if (agreed !== null) return { state: 'applying', error: null };
  const figures = { added, changed, unchanged, retired, inUse: found.inUse };
  if (!isSurprising(figures)) return { state: 'applying', error: null };
  const error = listsNothing(figures) ? allGone(account, retired) : manyGone(account, retired, found.inUse);
  return { state: 'surprising', error };
}

/** @param last null: none was applied yet @returns null: that was the last one */
function nextPage(
  counts: Readonly<Record<DifferenceKind, number>>,
  last: { readonly kind: DifferenceKind; readonly page: number } | null,
): { readonly kind: DifferenceKind; readonly page: number } | null {
  if (last !== null && last.page + 1 < pagesOf(counts[last.kind])) return { kind: last.kind, page: last.page + 1 };
  const rest = last === null ? APPLIED_IN_ORDER : APPLIED_IN_ORDER.slice(APPLIED_IN_ORDER.indexOf(last.kind) + 1);
  const kind = rest.find((one) => counts[one] > 0);
  return kind === undefined ? null : { kind, page: 0 };
}

/** What stopped says what would have been changed in its error alone: nothing was. */
function outcomeOf({ at, added, changed, unchanged, retired, error, state }: SyncedAccount): SyncOutcome {
  const counts = state === 'applied' ? { added, changed, unchanged, retired } : NOTHING;
  return { at: new Date(at), ...counts, error };
}

const NOTHING = { added: 0, changed: 0, unchanged: 0, retired: 0 } as const;

function asksToWait(error: CredentialsError): boolean {
  return error instanceof ProviderError && error.code === 'provider.unavailable' && error.retryAfterMs !== null;
}

function asJson(cursor: Cursor): JsonObject {
  return { ...cursor };
}

function cannotSync({ name }: ProviderAccount, provider: BadgeProvider | undefined): ProviderError {
  const why = provider ? `${provider.title} does not list templates` : 'its provider is not set up in this process';
  return new ProviderError('refused', `the templates of "${name}" cannot be synchronised: ${why}`);
}

function disabled({ name }: ProviderAccount): ProviderError {
  return new ProviderError('refused', `the account "${name}" is disabled; enable it, then synchronise again`);
}

const NEXT = 'nothing was changed: look at the difference, and apply it if it is right';

/** Rather a wrong answer than the end of every badge. */
function allGone({ name }: ProviderAccount, count: number): string {
  return `the provider lists none of the ${count} known templates of "${name}" any more; ${NEXT}`;
}

function manyGone({ name }: ProviderAccount, count: number, inUse: number): string {
  const templates = count === 1 ? '1 template' : `${count} templates`;
  const badges = inUse === 0 ? '' : `, ${inUse} of which active badges use`;
  return `the provider does not list ${templates} of "${name}" any more${badges}; ${NEXT}`;
}

function differs({ name }: ProviderAccount): string {
  return `what would change in "${name}" is no longer what was looked at; ${NEXT}`;
}
