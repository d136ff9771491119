import { expect } from 'chai';
import { createJobRunner } from '../../../plugin/jobs/job-runner.ts';
import { createJobs } from '../../../plugin/jobs/request-job.ts';
import type { Job } from '../../../plugin/ports/job-store.ts';
import { MemoryJobStore } from '../../../plugin/ports/memory-job-store.ts';
import { type LogFields, silentLogger } from '../../../plugin/ports/runtime.ts';
import { createCheckAccounts, requestDailyCheck } from '../../../plugin/providers/check-accounts.ts';
import { troubleOf } from '../../../plugin/providers/secret-expiry.ts';
import { anAccount } from '../../contracts/provider-store.ts';
import { type AccountWorld, accountWorld, HALL_ID } from '../../support/account-world.ts';

describe('the daily check of accounts', () => {
  let world: AccountWorld;
  let warnings: LogFields[];
  let rotated: string[];
  beforeEach(async () => {
    world = accountWorld();
    warnings = [];
    rotated = [];
    await world.accounts.add('hall', {
      slug: 'science',
      host: 'production',
      externalId: HALL_ID,
      secret: 'good-token',
    });
  });

  async function runDay({ rotates = true }: { readonly rotates?: boolean } = {}): Promise<readonly Job[]> {
    const { clock } = world;
    const store = new MemoryJobStore();
    const jobs = createJobs({ store, clock, ids: { uuid: () => 'j' } });
    await requestDailyCheck(jobs, clock);
    await requestDailyCheck(jobs, clock);
    const logger = { ...silentLogger, warn: (_: string, fields: LogFields = {}) => void warnings.push(fields) };
    const onRotated = async ({ slug }: { slug: string }) => void rotated.push(slug);
    const kind = createCheckAccounts({ ...world, logger, rotates, onRotated });
    return createJobRunner({ store, kinds: [kind], clock, logger: silentLogger }).runDue();
  }

  it('is one job a day that asks about every enabled account', async () => {
    await world.store.saveAccount(
      anAccount({ id: 'b', provider: 'hall', slug: 'arts', enabled: false, externalId: '2' }),
    );
    await world.store.saveAccount(
      anAccount({ id: 'c', provider: 'hall', slug: 'zoo', externalId: '3', sealedSecret: null }),
    );
    await world.store.saveAccount(anAccount({ id: 'd', provider: 'mars', slug: 'x' }));
    await world.store.saveAccount(anAccount({ id: 'e', provider: 'memory', slug: 'x' }));
    const jobs = await runDay();
    expect(jobs.map(({ id, state, counts, total }) => ({ id, state, counts, total }))).to.deep.equal([
      { id: 'check-accounts 2026-03-01', state: 'done', counts: { working: 1, failing: 1 }, total: 2 },
    ]);
    expect(warnings).to.deep.equal([{ account: 'c', provider: 'hall', slug: 'zoo', daysLeft: 0 }]);
  });

  it('warns in the last thirty days and exchanges the secret in the last five', async () => {
    world.at('2026-05-01T10:00:00Z');
    await runDay();
    expect(warnings).to.deep.equal([{ account: 'a1', provider: 'hall', slug: 'science', daysLeft: 30 }]);
    expect(rotated).to.deep.equal([]);
    world.at('2026-05-27T10:00:00Z');
    await runDay();
    expect(rotated).to.deep.equal(['science']);
    expect(await world.secretOf('a1')).to.equal('rotated-1');
    await runDay();
    expect(rotated).to.have.length(1);
  });

  it('exchanges nothing that it is not to, and goes on where an exchange fails', async () => {
    world.at('2026-05-31T10:00:00Z');
    await runDay({ rotates: false });
    expect(await world.secretOf('a1')).to.equal('good-token');
    world.provider.rotation = 'refused';
    expect((await runDay())[0]).to.deep.include({ state: 'done', counts: { working: 1 } });
    const account = await world.store.account('a1');
    if (account) await world.store.saveAccount({ ...account, origin: 'environment' });
    world.provider.rotation = 'answered';
    await runDay();
    expect(await world.secretOf('a1')).to.equal('good-token');
  });

  it('says in words what is wrong with an account', () => {
    const now = new Date('2026-03-01T10:00:00Z');
    const say = (changes: Parameters<typeof anAccount>[0]) => troubleOf(anAccount(changes), now);
    const inDays = (days: number) => new Date(now.getTime() + days * 86_400_000);
    expect(say({ secretExpiresAt: inDays(31) })).to.equal(null);
    expect(say({ secretExpiresAt: null })).to.equal(null);
    expect(say({ secretExpiresAt: inDays(30) })).to.equal(
      'the secret of the account "Faculty of Science" (science) of credly expires in 30 days: give it a new one',
    );
    expect(say({ secretExpiresAt: inDays(1.5) })).to.contain('expires in 1 day:');
    expect(say({ secretExpiresAt: inDays(0.5) })).to.contain('expires within a day:');
    expect(say({ secretExpiresAt: inDays(-0.1) })).to.equal(
      'the secret of the account "Faculty of Science" (science) of credly has expired: give it a new one',
    );
    expect(say({ lastCheck: { at: now, ok: false, message: 'refused' }, secretExpiresAt: null })).to.equal(
      'the account "Faculty of Science" (science) of credly does not work: refused',
    );
    expect(say({ secretExpiresAt: inDays(1), enabled: false })).to.equal(null);
  });
});
