/** Compares what is on record here with what a provider has: a job of three parts. It changes nothing but its own notes. */

import { NotFoundError } from '../../errors.ts';
import type { JobKind, JobStep } from '../../jobs/job-runner.ts';
import type { BadgeProvider } from '../../ports/badge-provider.ts';
import type { Job, JsonObject } from '../../ports/job-store.ts';
import type { LearnerStore } from '../../ports/learner-store.ts';
import type { ProgressStore } from '../../ports/progress-store.ts';
import type { ProviderAccount, ProviderStore } from '../../ports/provider-store.ts';
import type { ReplayScratch } from '../../ports/replay-scratch.ts';
import type { Clock } from '../../ports/runtime.ts';
import type { SecretBox } from '../../ports/secret-box.ts';
import { openAccount } from '../account-secret.ts';
import { readTemplateText } from '../template-text.ts';
import { compareListed } from './compare-listed.ts';
import { findMissing, seenKey } from './find-missing.ts';
import { type Finding, findingKey } from './findings.ts';
import { Listings, nextListed } from './listing.ts';
import { assertComparable, COMPARE_PROVIDER, comparisonOf } from './request.ts';

export interface ComparisonParts {
  readonly providers: ReadonlyMap<string, BadgeProvider>;
  readonly accounts: Pick<ProviderStore, 'accounts' | 'account' | 'templatesById'>;
  readonly secrets: SecretBox;
  readonly progress: ProgressStore;
  readonly learners: LearnerStore;
  readonly scratch: ReplayScratch;
  readonly clock: Clock;
}

type Cursor =
  | { readonly part: 'listing'; readonly listed: number }
  | { readonly part: 'listed'; readonly listed: number; readonly after: string | null }
  | { readonly part: 'missing'; readonly listed: number; readonly after: string | null };

const LISTED_A_STEP = 100;

export function createComparison(parts: ComparisonParts): JobKind {
  const { accounts, providers, progress, learners, scratch, clock } = parts;
  const listings = new Listings({ scratch, learners, now: () => clock.now().getTime() });

  async function step(job: Job): Promise<JobStep> {
    const cursor = (job.cursor as Cursor | null) ?? { part: 'listing', listed: 0 };
    const { account, provider } = await subjectOf(job);
    switch (cursor.part) {
      case 'listing': {
        const open = async () => openAccount(account, parts.secrets);
        const { listed, finished } = await listings.step(job.id, cursor.listed, provider, open);
        const next: Cursor = finished ? { part: 'listed', listed, after: null } : { part: 'listing', listed };
        return { cursor: asJson(next), done: 0, result: { listed }, finished: false };
      }
      case 'listed':
        return compareStep(job, cursor, provider);
      case 'missing':
        return missingStep(job, cursor, provider, account);
    }
  }

  async function compareStep(
    job: Job,
    { listed, after }: Cursor & { readonly part: 'listed' },
    { name }: BadgeProvider,
  ): Promise<JobStep> {
    const batch = await nextListed(scratch, job.id, after, LISTED_A_STEP);
    const results = await compareListed(
      batch.map(({ badge }) => badge),
      name,
      { progress, learners },
    );
    const counts: Record<string, number> = {};
    const notes: string[] = [];
    for (const { matches, findings, word } of results) {
      if (word !== null) counts[word] = (counts[word] ?? 0) + 1;
      notes.push(...matches.map((match) => seenKey(match.progress, match.badge.number)));
      note(findings, counts, notes);
    }
    await scratch.add(job.id, notes);
    const last = batch.at(-1)?.key ?? null;
    const next: Cursor =
      batch.length < LISTED_A_STEP ? { part: 'missing', listed, after: null } : { part: 'listed', listed, after: last };
    return { cursor: asJson(next), done: batch.length, counts, finished: false };
  }

  async function missingStep(
    job: Job,
    { listed, after }: Cursor & { readonly part: 'missing' },
    provider: BadgeProvider,
    account: ProviderAccount,
  ): Promise<JobStep> {
    const { next, done, counts, findings } = await findMissing(
      { progress, scratch, accountOf: accountsOf(account.provider) },
      {
        jobId: job.id,
        provider,
        accountId: account.id,
        since: job.startedAt ?? job.createdAt,
        after: after ?? undefined,
      },
    );
    const found = { ...counts };
    const notes: string[] = [];
    note(findings, found, notes);
    await scratch.add(job.id, notes);
    const cursor: Cursor = { part: 'missing', listed, after: next };
    return { cursor: asJson(cursor), done, counts: found, finished: next === null };
  }

  async function subjectOf(job: Job): Promise<{ readonly account: ProviderAccount; readonly provider: BadgeProvider }> {
    const request = comparisonOf(job);
    const account = await accounts.account(request.accountId);
    if (account === null)
      throw new NotFoundError('account', 'the account has been removed; there is nothing to compare');
    return { account, provider: assertComparable(account, providers.get(account.provider)) };
  }

  /** Remembers what each text means for as long as a step lasts. */
  function accountsOf(provider: string): (text: string) => Promise<string | null> {
    const meanings = new Map<string, string | null>();
    return async (text) => {
      const known = meanings.get(text);
      if (known !== undefined) return known;
      const { account, templateId } = readTemplateText(text, await accounts.accounts(provider));
      const holders = account
        ? [account.id]
        : (await accounts.templatesById(provider, templateId)).map((one) => one.accountId);
      const meaning = holders.length === 1 ? (holders[0] ?? null) : null;
      meanings.set(text, meaning);
      return meaning;
    };
  }

  return { kind: COMPARE_PROVIDER, step };
}

function note(findings: readonly Finding[], counts: Record<string, number>, notes: string[]): void {
  for (const finding of findings) {
    counts[finding.kind] = (counts[finding.kind] ?? 0) + 1;
    notes.push(findingKey(finding));
  }
}

function asJson(cursor: Cursor): JsonObject {
  return { ...cursor };
}
