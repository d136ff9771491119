import { expect } from 'chai';
import { createReissuer } from '../../../plugin/credentials/reissue-credential.ts';
import {
  type CredentialAction,
  type CredentialChoice,
  createSettleCredentials,
  matchingCredentials,
  SETTLE_CREDENTIALS,
  settleCredentialsParameters,
} from '../../../plugin/credentials/settle-credentials.ts';
import { StoreError } from '../../../plugin/errors.ts';
import { createJobRunner } from '../../../plugin/jobs/job-runner.ts';
import { createJobs } from '../../../plugin/jobs/request-job.ts';
import type { Job } from '../../../plugin/ports/job-store.ts';
import { MemoryJobStore } from '../../../plugin/ports/memory-job-store.ts';
import { silentLogger } from '../../../plugin/ports/runtime.ts';
import {
  CONFIGURATION,
  type CredentialWorld,
  credentialWorld,
  missingGlyph,
  NOW,
} from '../../support/credential-world.ts';

describe('settling many credentials', () => {
  let world: CredentialWorld;
  let jobStore: MemoryJobStore;

  beforeEach(async () => {
    world = await credentialWorld();
    jobStore = new MemoryJobStore();
    // Ben's cannot be made
    const runner = world.runner({ before: ({ learnerName }) => failFor(learnerName, 'Ben Okafor') });
    await runner.wait(await runner.runNow(CONFIGURATION, 'manual', NOW));
    await runner.stop();
  });

  function failFor(learnerName: string, unlucky: string): void {
    if (learnerName === unlucky) throw missingGlyph();
  }

  const jobs = () => createJobs({ store: jobStore, clock: world.clock, ids: { uuid: () => crypto.randomUUID() } });
  function processOf(parts = world.parts()) {
    const kind = createSettleCredentials({ ...parts, reissuer: createReissuer(parts) });
    return createJobRunner({ store: jobStore, kinds: [kind], clock: world.clock, logger: silentLogger });
  }

  async function settle(action: CredentialAction, choice: CredentialChoice = {}, parts = world.parts()): Promise<Job> {
    world.clock.at = new Date(world.clock.at.getTime() + 1_000);
    const job = await jobs().request({
      kind: SETTLE_CREDENTIALS,
      title: action,
      parameters: settleCredentialsParameters(action, choice, {
        reason: 'Wrong template',
        createdBefore: world.clock.at,
      }),
      requestedBy: 'ann',
    });
    await processOf(parts).runDue();
    return (await jobStore.get(job.id)) as Job;
  }

  const statusOf = async (username: string) => (await world.credential(username))?.status ?? null;

  it('says before what it would concern, with a sample', async () => {
    const { count, counts, sample } = await matchingCredentials(world.store, 'invalidate', {});
    expect({ count, counts }).to.deep.equal({
      count: 3,
      counts: [
        { status: 'available', count: 2 },
        { status: 'error', count: 1 },
      ],
    });
    expect(sample.map(({ username }) => username).sort()).to.deep.equal(['ada', 'ben', 'cleo']);
    expect((await matchingCredentials(world.store, 'retry', { status: 'available' })).count).to.equal(0);
    expect((await matchingCredentials(world.store, 'reissue', { search: 'cleo' })).count).to.equal(1);
    expect((await matchingCredentials(world.store, 'reissue', { credentialType: 'Diploma' })).count).to.equal(0);
  });

  it('invalidates all that match, with the reason', async () => {
    const job = await settle('invalidate', { search: 'cleo' });
    expect(job).to.include({ state: 'done', done: 1, total: 1 });
    expect(job.counts).to.deep.equal({ invalidated: 1 });
    expect([await statusOf('ada'), await statusOf('cleo')]).to.deep.equal(['available', null]);
    const { items } = await world.store.credentials({ status: 'invalidated', limit: 9 });
    expect(items.map(({ reason }) => reason)).to.deep.equal(['Wrong template']);
  });

  it('allows new ones where they were taken back, and leaves those alone that were reissued', async () => {
    await settle('reissue');
    await settle('invalidate', { search: 'cleo' });
    const job = await settle('allow');
    expect(job.state).to.equal('done');
    expect(job.counts).to.deep.equal({ allowed: 1, 'left alone': 2 });
    expect(await world.store.placeHolder(CONFIGURATION, 'cleo')).to.equal(null);
    expect(await world.store.placeHolder(CONFIGURATION, 'ada')).to.include({ reason: 'Reissued' });
    expect((await settle('allow', { search: 'cleo' })).counts).to.deep.equal({ 'left alone': 2 });
  });

  it('reissues each once, and not what it has just made', async () => {
    const job = await settle('reissue');
    expect(job.counts).to.deep.equal({ reissued: 2 });
    expect(await world.store.countCredentials({ status: 'available' })).to.equal(2);
    expect(await world.store.countCredentials({ status: 'invalidated' })).to.equal(2);
  });

  it('goes on with the others where one cannot be made', async () => {
    const job = await settle(
      'reissue',
      {},
      world.parts({ before: ({ learnerName }) => failFor(learnerName, 'Cleo Klein') }),
    );
    expect(job.counts).to.deep.equal({ reissued: 1, failed: 1 });
    expect(await statusOf('cleo')).to.equal('available');
  });

  it('retries the failed ones only', async () => {
    const job = await settle('retry');
    expect(job.counts).to.deep.equal({ generated: 1 });
    expect(await statusOf('ben')).to.equal('available');
    expect(await world.store.countCredentials({ status: 'available' })).to.equal(3);
  });

  it('does no step twice when a process dies after it and before it is recorded', async () => {
    const checkpoint = jobStore.checkpoint.bind(jobStore);
    let failures = 1;
    jobStore.checkpoint = async (...args) => {
      if (failures > 0) {
        failures -= 1;
        throw new StoreError('unavailable', 'the database is away');
      }
      return checkpoint(...args);
    };
    await settle('reissue').catch(() => {});
    expect(await world.store.countCredentials({ status: 'invalidated' })).to.equal(2);
    world.clock.at = new Date(world.clock.at.getTime() + 120_000);
    const [job] = await processOf().runDue();
    expect(job?.state).to.equal('done');
    expect(await world.store.countCredentials({ status: 'available' })).to.equal(2);
    expect(await world.store.countCredentials({ status: 'invalidated' })).to.equal(2);
  });

  it('waits while the LMS is away', async () => {
    const away = world.parts();
    const records = Object.assign(Object.create(away.records), {
      contextName: async () => {
        throw new StoreError('unavailable', 'the database is away');
      },
    });
    const job = await settle('retry', {}, { ...away, records });
    expect(job).to.include({ state: 'running', attempts: 1 });
    expect(job.error?.code).to.equal('store.unavailable');
    expect(await statusOf('ben')).to.equal('error');
  });
});
