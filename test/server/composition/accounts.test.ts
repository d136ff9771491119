import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { createJobs } from '../../../plugin/jobs/request-job.ts';
import { MemoryJobStore } from '../../../plugin/ports/memory-job-store.ts';
import type { EffectGroup } from '../../../plugin/ports/progress-store.ts';
import { silentLogger } from '../../../plugin/ports/runtime.ts';
import { composeAccounts } from '../../../server/composition/accounts.ts';
import { rescuedSecrets } from '../../../server/files/rescued-secrets.ts';
import { MemoryAccessStore } from '../../../server/http/people/access-store.ts';
import { type AccountWorld, accountWorld, HALL_ID } from '../../support/account-world.ts';

describe('accounts at providers in a process', () => {
  let world: AccountWorld;
  let dataDir: string;
  let jobStore: MemoryJobStore;
  let groups: EffectGroup[];
  beforeEach(() => {
    world = accountWorld();
    dataDir = mkdtempSync(join(tmpdir(), 'laurel-accounts-'));
    jobStore = new MemoryJobStore();
    groups = [];
  });
  afterEach(() => rmSync(dataDir, { recursive: true }));

  function composed() {
    const { clock } = world;
    return composeAccounts({
      ...world,
      settings: {
        dataDir,
        rotateSecrets: false,
        providerAccounts: [{ provider: 'hall', slug: 'science', host: null, credentials: `${HALL_ID}:good-token` }],
      },
      stores: {
        providers: world.store,
        progress: { effectGroups: async () => groups } as never,
        access: new MemoryAccessStore(),
      },
      jobs: createJobs({ store: jobStore, clock, ids: { uuid: () => 'j1' } }),
      logger: silentLogger,
    });
  }

  const jobs = async () => (await jobStore.list({ limit: 9 })).items;

  it('are there after the start, with what an ended process could not write down', async () => {
    await composed().prepare();
    const [account] = await world.store.accounts();
    expect(account).to.include({ slug: 'science', origin: 'environment' });
    const id = account?.id ?? '';
    const sealed = world.secrets.seal('rescued-token', `account:${id}`);
    await rescuedSecrets(join(dataDir, 'rescued-secrets')).keep({
      ...{ accountId: id, sealed, replaces: account?.sealedSecret ?? null },
      expiresAt: null,
    });
    if (account) await world.store.saveAccount({ ...account, origin: 'page' });
    const { accounts } = composed();
    await accounts.saveRescued();
    expect(await world.secretOf(id)).to.equal('rescued-token');
  });

  it('hurry what waits for a new secret of the provider, and nothing else', async () => {
    await composed().prepare();
    expect(await jobs()).to.deep.equal([]);
    const waiting = { state: 'pending', kind: 'award', error: 'provider.unauthorised', count: 2 } as const;
    groups = [{ ...waiting, lane: 'memory' }];
    const { accounts } = composed();
    const entry = { slug: 'arts', host: 'sandbox', externalId: HALL_ID, secret: 'good-token' };
    const { id } = await accounts.add('hall', entry);
    expect(await jobs()).to.deep.equal([]);
    groups = [{ ...waiting, lane: 'hall' }];
    await accounts.replaceSecret(id, 'good-token');
    expect(await jobs()).to.have.length(1);
    expect((await jobs())[0]).to.deep.include({
      kind: 'settle-effects',
      title: 'Retry what waits for a new secret at hall',
      parameters: {
        settlement: 'retry',
        filter: { state: 'pending', lane: 'hall', error: 'provider.unauthorised' },
      },
    });
  });

  it('are looked after once a day, where there are any', async () => {
    const { keepLooking, prepare } = composed();
    const stop = keepLooking();
    await stop();
    expect(await jobs()).to.deep.equal([]);
    await prepare();
    const stopAgain = composed().keepLooking();
    while ((await jobs()).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await stopAgain();
    expect((await jobs()).map(({ id }) => id)).to.deep.equal(['check-accounts 2026-03-01']);
  });
});
