/** Accounts at a provider whose list of templates the test says, and the jobs that synchronise them. */

import { createJobRunner } from '../../plugin/jobs/job-runner.ts';
import { createJobs } from '../../plugin/jobs/request-job.ts';
import { MemoryFileStore } from '../../plugin/ports/asset-files.ts';
import type { BadgeProvider, OpenAccount, ProviderTemplate } from '../../plugin/ports/badge-provider.ts';
import type { Job } from '../../plugin/ports/job-store.ts';
import { MemoryBadgeStore } from '../../plugin/ports/memory-badge-store.ts';
import { MemoryJobStore } from '../../plugin/ports/memory-job-store.ts';
import { MemoryProgressStore } from '../../plugin/ports/memory-progress-store.ts';
import { MemoryProviderStore } from '../../plugin/ports/memory-provider-store.ts';
import type { ProviderAccount } from '../../plugin/ports/provider-store.ts';
import { silentLogger } from '../../plugin/ports/runtime.ts';
import { DifferenceNotes } from '../../plugin/providers/template-sync/notes.ts';
import { accountsToSync, requestSync } from '../../plugin/providers/template-sync/request.ts';
import { createTemplateSync } from '../../plugin/providers/template-sync/sync-job.ts';

export const START = new Date('2026-11-01T08:00:00Z');

export function template(id: string, changes: Partial<ProviderTemplate> = {}): ProviderTemplate {
  const facts = { description: '', imageUrl: null, state: 'active', dashboardUrl: null, details: {} } as const;
  return { id, name: `Template ${id}`, ...facts, ...changes };
}

export async function syncWorld(...accounts: readonly ProviderAccount[]) {
  let now = START;
  const clock = { now: () => now };
  const store = new MemoryProviderStore();
  for (const one of accounts) await store.saveAccount(one);
  /** What the provider lists, by secret. */
  const listed = new Map<string, readonly (ProviderTemplate | Error)[]>();
  const provider = {
    name: 'credly',
    title: 'Credly',
    capabilities: { synchronises: true },
    async *listTemplates({ secret }: OpenAccount) {
      for (const one of listed.get(secret) ?? []) {
        if (one instanceof Error) throw one;
        yield one;
      }
    },
  } as unknown as BadgeProvider;
  const secrets = {
    seal: (secret: string) => `sealed ${secret}`,
    open: (sealed: string) => sealed.replace('sealed ', ''),
    isOutdated: () => false,
  };
  const jobStore = new MemoryJobStore();
  const jobs = createJobs({ store: jobStore, clock, ids: { uuid: () => crypto.randomUUID() } });
  const providers = new Map([['credly', provider]]);
  const badges = new MemoryBadgeStore();
  const progress = new MemoryProgressStore();
  const notes = new DifferenceNotes(new MemoryFileStore());
  const kinds = createTemplateSync({ store, badges, progress, providers, secrets, clock, notes });
  const runner = createJobRunner({ store: jobStore, kinds, clock, logger: silentLogger });
  return {
    ...{ store, badges, progress, notes, jobStore, jobs, runner, providers },
    later: (ms: number) => {
      now = new Date(now.getTime() + ms);
    },
    lists: (slug: string, ...templates: readonly (ProviderTemplate | Error)[]) =>
      void listed.set(`secret of ${slug}`, templates),
    sync: async (slugs: readonly string[] | null = null): Promise<Job> => {
      now = new Date(now.getTime() + 60_000);
      await requestSync(jobs, accountsToSync(await store.accounts(), providers, slugs), 'ada');
      return (await runner.runDue())[0] as Job;
    },
    states: async (accountId?: string) =>
      (await store.templates({ limit: 99, ...(accountId !== undefined && { accountId }) })).items.map(
        ({ accountId: of, templateId, state }) => `${of} ${templateId} ${state}`,
      ),
  };
}
