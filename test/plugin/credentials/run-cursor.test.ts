import { expect } from 'chai';
import fc from 'fast-check';
import { invalidateCredential } from '../../../plugin/credentials/invalidate-credential.ts';
import type { CredentialRun } from '../../../plugin/ports/credential-store.ts';
import type { FiguresWanted, LearnerRecords } from '../../../plugin/ports/learner-records.ts';
import { aConfiguration } from '../../contracts/credential-store.ts';
import { aLearnerRecord, DEMO_COURSE } from '../../contracts/learner-records.ts';
import {
  CONFIGURATION,
  type CredentialWorld,
  credentialWorld,
  missingGlyph,
  NOW,
} from '../../support/credential-world.ts';
import { type Death, mortal } from '../../support/mortal.ts';

type Fate = 'made' | 'not eligible' | 'bad data' | 'no glyph';

const COMPLETION: Readonly<Record<Fate, number>> = {
  made: 1,
  'not eligible': 0,
  'bad data': Number.NaN,
  'no glyph': 1,
};

/** Only these learners, named `learner-00` and so on. */
async function worldOf(fates: readonly Fate[]): Promise<CredentialWorld & { names(fate: Fate): string[] }> {
  const world = await credentialWorld();
  const usernames = fates.map((_, index) => `learner-${String(index).padStart(2, '0')}`);
  const rest = ['ada', 'ben', 'cleo', 'dan'].map((username) => aLearnerRecord({ username, completion: 0 }));
  const learners = fates.map((fate, index) =>
    aLearnerRecord({ username: usernames[index] ?? '', name: `${fate} ${index}`, completion: COMPLETION[fate] }),
  );
  world.records.add(DEMO_COURSE, 'Demonstration Course', [...rest, ...learners]);
  return { ...world, names: (fate) => usernames.filter((_, index) => fates[index] === fate) };
}

const before = ({ learnerName }: { readonly learnerName: string }) => {
  if (learnerName.startsWith('no glyph')) throw missingGlyph();
};

/** Where each retrieval began, and how many learners it gave. */
function watched(records: LearnerRecords, withoutOrder = false) {
  const asked: { from: string | undefined; given: number }[] = [];
  const watching: LearnerRecords = {
    contextName: (key) => records.contextName(key),
    courses: (key) => records.courses(key),
    async *enrolled(key: string, { reached, ...wanted }: FiguresWanted) {
      const question = { from: wanted.from, given: 0 };
      asked.push(question);
      const told = withoutOrder || !reached ? wanted : { ...wanted, reached };
      for await (const found of records.enrolled(key, told)) {
        question.given += 1;
        yield found;
      }
    },
  };
  return { asked, records: watching };
}

/** Processes that die one after the other, and one that does not. */
async function throughDeaths(
  world: CredentialWorld,
  deaths: readonly Death[],
  records: LearnerRecords = world.records,
): Promise<CredentialRun> {
  let runId: string | null = null;
  for (const death of deaths) {
    const { died, give } = mortal(death);
    const parts = { store: give(world.store), files: give(world.files), records, before };
    const runner = world.runner({ ...parts, batchSize: 3, saveEveryMs: 1_000_000 });
    const working: Promise<unknown> =
      runId === null
        ? runner.runNow(CONFIGURATION, 'manual', NOW).then((id) => runner.wait(id))
        : runner.takeOverAbandoned().then(() => runner.wait(runId ?? ''));
    await Promise.race([died, working]);
    runId ??= (await world.store.runs({ limit: 1 }))[0]?.id ?? null;
    world.clock.at = new Date(world.clock.at.getTime() + 60_001);
  }
  const last = world.runner({ records, before, batchSize: 3, saveEveryMs: 1_000_000 });
  if (runId === null) runId = await last.runNow(CONFIGURATION, 'manual', NOW);
  await last.takeOverAbandoned();
  return last.wait(runId);
}

describe('the place of a run in its list of learners', () => {
  const twenty: readonly Fate[] = Array.from({ length: 20 }, () => 'made');

  it('is where the next process goes on, not at the first learner', async () => {
    const world = await worldOf(twenty);
    const { asked, records } = watched(world.records);
    const run = await throughDeaths(world, [{ atCall: 75, done: true }], records);
    expect(run.counts).to.deep.equal({ seen: 24, eligible: 20, generated: 20, skipped: 0, failed: 0 });
    expect(asked[0]).to.deep.include({ from: undefined });
    expect(asked[1]?.from).to.be.a('string');
    expect(asked[1]?.given).to.be.within(1, 10);
    expect(run.checkpoint?.position, 'no name in it').to.match(/^[0-9a-f]{32}$/);
  });

  it('is not known of a source without a stable order: everybody is met again, a batch with one question', async () => {
    const world = await worldOf(twenty);
    const { asked, records } = watched(world.records, true);
    const run = await throughDeaths(world, [{ atCall: 75, done: true }], records);
    expect(run.counts).to.deep.equal({ seen: 24, eligible: 20, generated: 20, skipped: 0, failed: 0 });
    expect(asked[1]).to.deep.equal({ from: undefined, given: 24 });
    expect(run.checkpoint).to.equal(null);
  });

  it('holds for its plan only: after a change of the options everybody is met again', async () => {
    const world = await worldOf(twenty);
    const { asked, records } = watched(world.records);
    const { died, give } = mortal({ atCall: 75, done: true });
    const dying = world.runner({ store: give(world.store), files: give(world.files), records, batchSize: 3 });
    const id = await dying.runNow(CONFIGURATION, 'manual', NOW);
    await died;
    expect((await world.store.run(id))?.checkpoint?.counts.seen).to.be.greaterThan(10);
    await world.store.saveConfiguration(aConfiguration({ options: { greeting: 'to' } }));
    world.clock.at = new Date(NOW.getTime() + 60_001);
    const next = world.runner({ records });
    await next.takeOverAbandoned();
    expect((await next.wait(id)).counts).to.deep.equal({
      seen: 24,
      eligible: 20,
      generated: 20,
      skipped: 0,
      failed: 0,
    });
    expect(asked[1]).to.deep.equal({ from: undefined, given: 24 });
  });

  it('is given up for the first learner when it is not in the list any more', async () => {
    const world = await worldOf(twenty);
    const { died, give } = mortal({ atCall: 75, done: true });
    const dying = world.runner({ store: give(world.store), files: give(world.files), batchSize: 3 });
    const id = await dying.runNow(CONFIGURATION, 'manual', NOW);
    await died;
    const stuck = await world.store.run(id);
    if (!stuck?.checkpoint) throw new Error('no checkpoint');
    await world.store.updateRun({ ...stuck, checkpoint: { ...stuck.checkpoint, position: 'left' } });
    world.clock.at = new Date(NOW.getTime() + 60_001);
    const next = world.runner();
    await next.takeOverAbandoned();
    expect(await next.wait(id)).to.deep.include({
      state: 'done',
      counts: { seen: 24, eligible: 20, generated: 20, skipped: 0, failed: 0 },
    });
  });

  it('asks the store once for a batch of learners who have theirs already', async () => {
    const world = await worldOf(twenty);
    await throughDeaths(world, []);
    const asked: string[] = [];
    const store = new Proxy(world.store, {
      get(target, name) {
        const member = Reflect.get(target, name, target) as unknown;
        if (typeof member !== 'function') return member;
        return (...args: unknown[]) => {
          asked.push(String(name));
          return Reflect.apply(member, target, args);
        };
      },
    });
    const runner = world.runner({ store, saveEveryMs: 1_000_000 });
    const run = await runner.wait(await runner.runNow(CONFIGURATION, 'manual', new Date(NOW.getTime() + 9)));
    expect(run.counts).to.deep.equal({ seen: 24, eligible: 20, generated: 0, skipped: 20, failed: 0 });
    const questions = () => asked.splice(0).filter((name) => /credential|place/i.test(name));
    expect(questions()).to.deep.equal(['liveCredentials']);

    for (const { id } of (await world.store.credentials({ configurationId: CONFIGURATION, limit: 99 })).items)
      await invalidateCredential(id, 'A mistake', { ...world.parts(), newId: () => crypto.randomUUID() });
    const next = await runner.wait(await runner.runNow(CONFIGURATION, 'manual', new Date(NOW.getTime() + 10)));
    expect(next.counts).to.deep.equal(run.counts);
    expect(questions(), 'and twice where they were taken back').to.deep.equal(['liveCredentials', 'placeHolders']);
  });

  it('U14, X2: killed at any calls, it ends with one credential and one file each, and exact counts', async () => {
    const fate = fc.constantFrom<Fate>('made', 'made', 'made', 'not eligible', 'bad data', 'no glyph');
    const death = fc.record({ atCall: fc.integer({ min: 1, max: 70 }), done: fc.boolean() });
    const lists = fc.array(fate, { minLength: 1, maxLength: 12 });
    const orders = fc.boolean();
    await fc.assert(
      fc.asyncProperty(lists, fc.array(death, { maxLength: 4 }), orders, async (fates, deaths, withoutOrder) => {
        const world = await worldOf(fates);
        const { records } = watched(world.records, withoutOrder);
        const run = await throughDeaths(world, deaths, records);
        const [made, bad, noGlyph] = [world.names('made'), world.names('bad data'), world.names('no glyph')];
        expect(run.counts).to.deep.equal({
          seen: fates.length + 4,
          eligible: made.length + noGlyph.length,
          generated: made.length,
          skipped: 0,
          failed: bad.length + noGlyph.length,
        });
        expect(run.state).to.equal(bad.length + noGlyph.length > 0 ? 'done-with-errors' : 'done');
        expect(run.error === null).to.equal(bad.length === 0);
        const { items } = await world.store.credentials({ limit: 99 });
        const of = (status: string) => items.filter((one) => one.status === status).map(({ username }) => username);
        expect(of('available').sort()).to.deep.equal(made);
        expect(of('error').sort()).to.deep.equal(noGlyph);
        const files = new Set(world.files.keys());
        expect(files.size).to.be.at.most(made.length + deaths.length);
        for (const { fileKey, status } of items)
          if (status === 'available') expect(files.has(fileKey ?? '')).to.equal(true);
      }),
      { numRuns: 300 },
    );
  });
});
