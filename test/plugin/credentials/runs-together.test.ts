import { expect } from 'chai';
import { aRun } from '../../contracts/credential-store.ts';
import { CONFIGURATION, type CredentialWorld, credentialWorld, NOW } from '../../support/credential-world.ts';
import { Gate } from '../../support/held-runs.ts';

const later = (ms: number) => new Date(NOW.getTime() + ms);

describe('credential runs of one configuration at the same time', () => {
  let world: CredentialWorld;
  beforeEach(async () => {
    world = await credentialWorld();
  });

  it('U15: is joined, not doubled, by a second request while it runs, also from another process', async () => {
    const gate = new Gate();
    const runner = world.runner({ before: () => gate.passed });
    const first = await runner.runNow(CONFIGURATION, 'schedule', NOW);
    expect(await runner.runNow(CONFIGURATION, 'manual', later(5))).to.equal(first);
    const other = world.runner();
    expect(await other.runNow(CONFIGURATION, 'manual', later(6))).to.equal(first);
    const waiting = other.wait(first);
    gate.open();
    expect((await waiting).counts.generated).to.equal(3);
    expect(await world.store.runs({ limit: 9 })).to.have.length(1);
  });

  it('U15: of one due time is made once by several processes', async () => {
    const runners = [world.runner(), world.runner(), world.runner()];
    const ids = await Promise.all(runners.map((runner) => runner.runNow(CONFIGURATION, 'schedule', NOW)));
    expect(new Set(ids).size).to.equal(1);
    const run = await runners[0]?.wait(ids[0] ?? '');
    expect(run?.counts.generated).to.equal(3);
    expect((await world.store.credentials({ limit: 9 })).items).to.have.length(3);
  });

  it('L3: makes one credential per learner even when two runs are at it together', async () => {
    await world.store.createRun(aRun({ id: 'other', dueAt: later(9), leaseUntil: NOW }));
    const runner = world.runner();
    const id = await runner.runNow(CONFIGURATION, 'manual', NOW);
    expect(await world.runner().takeOverAbandoned()).to.equal(1);
    const [one, other] = [await runner.wait(id), await runner.wait('other')];
    expect(id).not.to.equal('other');
    expect(one.counts.generated + other.counts.generated).to.equal(3);
    expect(one.counts.skipped + other.counts.skipped).to.equal(3);
    expect((await world.store.credentials({ limit: 9 })).items).to.have.length(3);
    expect(world.files.keys()).to.have.length(3);
  });

  it('X7: begins beside the one that is going where it may, and still gives nobody two', async () => {
    const gate = new Gate();
    const slow = world.runner({ before: () => gate.passed });
    const first = await slow.runNow(CONFIGURATION, 'schedule', NOW);
    const beside = world.runner();
    const second = await beside.runNow(CONFIGURATION, 'schedule', later(5), { beside: true });
    expect(second).not.to.equal(first);
    expect(await beside.runNow(CONFIGURATION, 'schedule', later(5), { beside: true }), 'asked again').to.equal(second);
    const other = await beside.wait(second);
    gate.open();
    const one = await slow.wait(first);
    expect(one.counts.generated + other.counts.generated).to.equal(3);
    expect([one.state, other.state]).to.deep.equal(['done', 'done']);
    const { items } = await world.store.credentials({ limit: 9 });
    expect(items.map(({ status }) => status)).to.deep.equal(['available', 'available', 'available']);
    expect(world.files.keys()).to.have.length(3);
  });

  it('X11: begun by its schedule is joined by a person, and tells nobody twice', async () => {
    const gate = new Gate();
    const runner = world.runner({ before: () => gate.passed });
    const scheduled = await runner.runNow(CONFIGURATION, 'schedule', NOW);
    const joined = await Promise.all([
      runner.runNow(CONFIGURATION, 'manual', later(1)),
      world.runner().runNow(CONFIGURATION, 'manual', later(2)),
      world.runner().runNow(CONFIGURATION, 'retry', later(3)),
    ]);
    expect(joined).to.deep.equal([scheduled, scheduled, scheduled]);
    gate.open();
    await runner.wait(scheduled);
    const mails = await world.store.dueMails(later(60_000), 99);
    expect(mails.map(({ username }) => username).sort()).to.deep.equal(['ada', 'ben', 'cleo']);
  });
});
