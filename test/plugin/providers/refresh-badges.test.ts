import { expect } from 'chai';
import { REFRESH_BADGES, requestRefresh } from '../../../plugin/providers/refresh-badges.ts';
import { passing } from '../../support/badge-world.ts';
import { aComparisonWorld, type ComparisonWorld } from '../../support/comparison-world.ts';

describe('the refresh of badges', () => {
  let world: ComparisonWorld;
  beforeEach(async () => {
    world = await aComparisonWorld();
    await world.run(passing(true, 1));
  });
  afterEach(() => world.close());

  async function recordedAs(externalState: string | null): Promise<void> {
    const { items } = await world.progress.listIssued({ limit: 1 });
    for (const one of items)
      await world.progress.save({ ...one, issued: one.issued.map((badge) => ({ ...badge, externalState })) });
  }
  const state = async () => (await world.progress.listIssued({ limit: 1 })).items[0]?.issued[0]?.externalState;
  const turns = Array.from({ length: 28 }, (_, turn) => turn);

  it('asks how what is pending stands, every time', async () => {
    await recordedAs('pending');
    const job = await world.runJob(REFRESH_BADGES, { turn: 0 });
    expect([job.state, job.counts]).to.deep.equal(['done', { changed: 1 }]);
    expect(await state()).to.equal('accepted');
  });

  it('asks for what is settled once in 28 times', async () => {
    const counts = [];
    for (const turn of turns) counts.push((await world.runJob(REFRESH_BADGES, { turn }, `r${turn}`)).done);
    expect(counts.reduce((sum, done) => sum + done, 0)).to.equal(1);
  });

  it('learns that a badge has expired or is gone there', async () => {
    const [credential] = world.accredible.world.credentials;
    if (credential) credential.expiredOn = '2026-03-02';
    await recordedAs('pending');
    await world.runJob(REFRESH_BADGES, { turn: 0 }, 'one');
    expect(await state()).to.equal('expired');
    world.accredible.world.credentials.length = 0;
    await recordedAs('pending');
    await world.runJob(REFRESH_BADGES, { turn: 0 }, 'two');
    expect(await state()).to.equal('gone');
  });

  it('comes back later when the provider is away, and asks no further where the key is refused', async () => {
    await world.run(...['bob', 'cleo'].map((username, at) => passing(true, at + 2, { username, lmsUserId: at + 20 })));
    for (const one of (await world.progress.listIssued({ limit: 9 })).items)
      await world.progress.save({
        ...one,
        issued: one.issued.map((badge) => ({ ...badge, externalState: 'pending' })),
      });
    world.accredible.fail({ kind: 'status', status: 503, times: 3 });
    const away = await world.runJob(REFRESH_BADGES, { turn: 0 }, 'away');
    expect([away.state, away.error?.code]).to.deep.equal(['running', 'provider.unavailable']);
    world.accredible.recover();
    world.accredible.fail({ kind: 'status', status: 401, times: 99 });
    const refused = await world.runJob(REFRESH_BADGES, { turn: 0 }, 'refused');
    expect([refused.state, refused.counts]).to.deep.equal(['done', { 'not told': 1 }]);
  });

  it('is asked for once in each period, whoever asks', async () => {
    const asked: string[] = [];
    const jobs = { request: async ({ id = '' }: { readonly id?: string }) => void asked.push(id) };
    const at = (hour: number) => new Date(Date.UTC(2026, 5, 1, hour));
    for (const hour of [0, 3, 6]) await requestRefresh(jobs as never, at(hour), 6);
    expect(new Set(asked)).to.have.property('size', 2);
  });
});
