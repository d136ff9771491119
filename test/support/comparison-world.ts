/** Badges issued at a stand-in for Accredible, and the jobs that compare and put right: everything real but the stores. */

import { randomUUID } from 'node:crypto';
import { createRuleIndex } from '../../dsl/index.ts';
import { createDispatcher, type Dispatcher } from '../../plugin/badges/dispatcher.ts';
import { createEventProcessor } from '../../plugin/badges/process-event.ts';
import type { LmsEvent } from '../../plugin/events/event.ts';
import { createJobRunner } from '../../plugin/jobs/job-runner.ts';
import { createJobs } from '../../plugin/jobs/request-job.ts';
import type { Job } from '../../plugin/ports/job-store.ts';
import { MemoryJobStore } from '../../plugin/ports/memory-job-store.ts';
import { MemoryLearnerStore } from '../../plugin/ports/memory-learner-store.ts';
import { MemoryProgressStore } from '../../plugin/ports/memory-progress-store.ts';
import { MemoryProviderStore } from '../../plugin/ports/memory-provider-store.ts';
import { MemoryReplayScratch } from '../../plugin/ports/memory-replay-scratch.ts';
import { MemoryPublisher } from '../../plugin/ports/outbound.ts';
import type { ProviderAccount } from '../../plugin/ports/provider-store.ts';
import { silentLogger } from '../../plugin/ports/runtime.ts';
import { createAccountDirectory } from '../../plugin/providers/account-directory.ts';
import { boundTo } from '../../plugin/providers/account-secret.ts';
import { createComparison } from '../../plugin/providers/comparison/compare-job.ts';
import { type Finding, type FindingKind, listFindings } from '../../plugin/providers/comparison/findings.ts';
import { createMend, MEND_PROVIDER, mendParameters } from '../../plugin/providers/comparison/mend-job.ts';
import { COMPARE_PROVIDER, comparisonParameters } from '../../plugin/providers/comparison/request.ts';
import { createRefreshBadges } from '../../plugin/providers/refresh-badges.ts';
import { AccredibleProvider } from '../../providers/accredible/provider.ts';
import { createHttpClient } from '../../providers/http/create-client.ts';
import { AccredibleStandIn, DEMO_KEY } from '../../server/stand-ins/accredible/server.ts';
import { aTemplate } from './account-directory.ts';
import { courseBadge, StandingClock } from './badge-world.ts';
import { openSecretBox } from './secret-box.ts';

export const GROUP = 12472;

export interface ComparisonWorld {
  readonly accredible: AccredibleStandIn;
  readonly provider: AccredibleProvider;
  readonly progress: MemoryProgressStore;
  readonly learners: MemoryLearnerStore;
  readonly jobStore: MemoryJobStore;
  readonly scratch: MemoryReplayScratch;
  readonly clock: StandingClock;
  readonly dispatcher: Dispatcher;
  readonly accounts: MemoryProviderStore;
  readonly account: ProviderAccount;
  /** Processes events and carries out what follows. */
  run(...events: readonly LmsEvent[]): Promise<void>;
  /** @returns the comparison when it has ended, and what it found */
  compare(): Promise<{ readonly job: Job; readonly findings: readonly Finding[] }>;
  /** Puts right what a comparison found, and carries out what follows. */
  mend(comparison: Job, ...kinds: readonly FindingKind[]): Promise<Job>;
  runJob(kind: string, parameters: Job['parameters'], id?: string): Promise<Job>;
  close(): Promise<void>;
}

export async function aComparisonWorld(): Promise<ComparisonWorld> {
  const clock = new StandingClock();
  const accredible = new AccredibleStandIn({
    groups: [{ id: GROUP }, { id: 1 }],
    now: () => clock.now().getTime(),
    callsPerFiveMinutes: null,
  });
  await accredible.open();
  const accounts = new MemoryProviderStore();
  const secrets = openSecretBox();
  const account = anAccount(secrets.seal(DEMO_KEY, boundTo('account-1')), clock.now());
  await accounts.saveAccount(account);
  await accounts.saveTemplate({ ...aTemplate('accredible', String(GROUP)), version: 0 });
  const provider = new AccredibleProvider({
    accounts: createAccountDirectory({ store: accounts, secrets, clock, logger: silentLogger }),
    createClient: (one) =>
      createHttpClient(one, { internalHosts: [new URL(accredible.url).host], sleep: async () => {} }),
    hosts: { production: accredible.url },
    clock,
    pause: async () => {},
  });
  const providers = new Map([[provider.name, provider]]);
  const progress = new MemoryProgressStore();
  const learners = new MemoryLearnerStore();
  const jobStore = new MemoryJobStore();
  const scratch = new MemoryReplayScratch();
  const badge = courseBadge({ template: { provider: 'accredible', id: String(GROUP) } });
  const index = createRuleIndex([badge]);
  const parts = { progress, learners, clock, logger: silentLogger };
  const processor = createEventProcessor({
    ...parts,
    index: () => index,
    definitionVersion: () => 1,
    ids: { uuid: () => randomUUID() },
    pause: () => Promise.resolve(),
  });
  const dispatcher = createDispatcher({
    ...parts,
    providers,
    publisher: new MemoryPublisher(),
    badgeName: (id) => index.get(id)?.name ?? null,
  });
  const jobs = createJobs({ store: jobStore, clock, ids: { uuid: () => randomUUID() } });
  const runner = createJobRunner({
    store: jobStore,
    clock,
    logger: silentLogger,
    kinds: [
      createComparison({ providers, accounts, secrets, progress, learners, scratch, clock }),
      createMend({ jobs: jobStore, providers, progress, scratch, clock }),
      createRefreshBadges({ providers, progress, clock, logger: silentLogger }),
    ],
  });
  const runJob: ComparisonWorld['runJob'] = async (kind, parameters, id) => {
    const asked = await jobs.request({ kind, title: kind, parameters, requestedBy: 'test', ...(id && { id }) });
    await runner.runDue();
    return (await jobStore.get(asked.id)) ?? asked;
  };
  return {
    ...{ accredible, provider, progress, learners, jobStore, scratch, clock, dispatcher, accounts, account, runJob },
    async run(...events) {
      for (const event of events) {
        await processor.process([event]);
        await dispatcher.runDue();
      }
      clock.advance(60_000);
    },
    async compare() {
      const job = await runJob(COMPARE_PROVIDER, comparisonParameters(account));
      return { job, findings: (await listFindings(scratch, job.id, { limit: 100_000 })).items };
    },
    async mend(comparison, ...kinds) {
      const job = await runJob(MEND_PROVIDER, mendParameters(comparison.id, kinds));
      await dispatcher.runDue();
      clock.advance(60_000);
      return job;
    },
    close: () => accredible.close(),
  };
}

function anAccount(sealedSecret: string, now: Date): ProviderAccount {
  return {
    id: 'account-1',
    provider: 'accredible',
    slug: 'main',
    name: 'Main',
    providerName: null,
    host: 'production',
    externalId: null,
    sealedSecret,
    secretExpiresAt: null,
    origin: 'page',
    enabled: true,
    lastCheck: null,
    lastSync: null,
    version: 0,
    createdAt: now,
    updatedAt: now,
  };
}
