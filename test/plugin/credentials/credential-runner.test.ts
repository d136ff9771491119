import { expect } from 'chai';
import sinon from 'sinon';
import { invalidateCredential } from '../../../plugin/credentials/invalidate-credential.ts';
import { allowNewCredential } from '../../../plugin/credentials/place.ts';
import { NO_COUNTS } from '../../../plugin/credentials/run-progress.ts';
import { InputError, StoreError } from '../../../plugin/errors.ts';
import { silentLogger } from '../../../plugin/ports/runtime.ts';
import { aConfiguration, aRun, rejection } from '../../contracts/credential-store.ts';
import { aLearnerRecord, DEMO_COURSE } from '../../contracts/learner-records.ts';
import {
  CONFIGURATION,
  type CredentialWorld,
  credentialWorld,
  missingGlyph,
  NOW,
} from '../../support/credential-world.ts';
import { Gate, until } from '../../support/held-runs.ts';

const later = (ms: number) => new Date(NOW.getTime() + ms);

describe('a credential run', () => {
  let world: CredentialWorld;
  beforeEach(async () => {
    world = await credentialWorld();
  });

  it('makes the credentials of all who are eligible and says how many', async () => {
    const runner = world.runner();
    const run = await runner.wait(await runner.runNow(CONFIGURATION, 'manual', NOW));
    expect(run).to.deep.include({
      configurationId: CONFIGURATION,
      trigger: 'manual',
      dueAt: NOW,
      state: 'done',
      finishedAt: NOW,
      error: null,
      counts: { seen: 4, eligible: 3, generated: 3, skipped: 0, failed: 0 },
    });
    const ada = await world.credential('ada');
    expect(ada).to.deep.include({
      status: 'available',
      contextName: 'Demonstration Course',
      learnerName: 'Ada Lovelace',
      credentialType: 'Course certificate',
      issuedAt: NOW,
      attempts: 1,
      runId: run.id,
    });
    const file = await world.files.get(ada?.fileKey ?? '');
    expect(Buffer.from(file?.bytes ?? []).toString()).to.equal(
      `Demonstration Course for Ada Lovelace https://badges.example.org/verify/${ada?.verifyId}`,
    );
    expect(ada?.sizeBytes).to.equal(file?.bytes.length);
    expect(ada?.sha256).to.match(/^[0-9a-f]{64}$/);
    expect(await world.credential('dan')).to.equal(null);
  });

  it('skips who has one, and whose was taken back by hand, until a new one is allowed', async () => {
    const runner = world.runner();
    await runner.wait(await runner.runNow(CONFIGURATION, 'manual', NOW));
    const ada = await world.credential('ada');
    if (!ada) throw new Error('no credential');
    await invalidateCredential(ada.id, 'A mistake', { ...world.parts(), newId: () => crypto.randomUUID() });
    const run = await runner.wait(await runner.runNow(CONFIGURATION, 'manual', later(1)));
    expect(run.counts).to.deep.equal({ seen: 4, eligible: 3, generated: 0, skipped: 3, failed: 0 });
    expect(await world.credential('ada')).to.equal(null);
    await allowNewCredential(ada.id, world.parts());
    const next = await runner.wait(await runner.runNow(CONFIGURATION, 'manual', later(2)));
    expect(next.counts).to.deep.equal({ seen: 4, eligible: 3, generated: 1, skipped: 2, failed: 0 });
    expect((await world.credential('ada'))?.id).not.to.equal(ada.id);
  });

  it('makes one anew where one was invalidated before that kept the place', async () => {
    const runner = world.runner();
    await runner.wait(await runner.runNow(CONFIGURATION, 'manual', NOW));
    const ada = await world.credential('ada');
    if (!ada) throw new Error('no credential');
    await world.store.updateCredential({ ...ada, status: 'invalidated', holdsPlace: false }, ada.updatedAt);
    const run = await runner.wait(await runner.runNow(CONFIGURATION, 'manual', later(1)));
    expect(run.counts).to.include({ generated: 1, skipped: 2 });
  });

  it('keeps the reason of one learner’s failure, goes on, and tries that one again in the next run', async () => {
    const failing = world.runner({
      before: ({ learnerName }) => {
        if (learnerName.startsWith('Ada')) throw missingGlyph();
      },
    });
    const run = await failing.wait(await failing.runNow(CONFIGURATION, 'manual', NOW));
    expect(run).to.deep.include({
      state: 'done-with-errors',
      counts: { seen: 4, eligible: 3, generated: 2, skipped: 0, failed: 1 },
    });
    expect(await world.credential('ada')).to.deep.include({
      status: 'error',
      reason: 'the glyph U+5F20 is not in the font "serif"',
      fileKey: null,
      issuedAt: null,
    });
    const runner = world.runner();
    await runner.wait(await runner.runNow(CONFIGURATION, 'manual', later(1)));
    expect(await world.credential('ada')).to.deep.include({ status: 'available', reason: null, attempts: 2 });
  });

  it('L4: goes on after a learner with bad data and reports it', async () => {
    world.records.add(DEMO_COURSE, 'Demonstration Course', [aLearnerRecord({ completion: Number.NaN })]);
    const runner = world.runner();
    const run = await runner.wait(await runner.runNow(CONFIGURATION, 'manual', NOW));
    expect(run).to.deep.include({
      state: 'done-with-errors',
      counts: { seen: 4, eligible: 2, generated: 2, skipped: 0, failed: 1 },
      error: { code: 'credential.learner-data', message: 'the completion of a learner is no number' },
    });
  });

  it('ends as failed when no document at all can be made, and keeps nobody in `generating`', async () => {
    const runner = world.runner({
      before: () => {
        throw new InputError('template', 'the PDF template cannot be used: it is damaged; export it again');
      },
    });
    const run = await runner.wait(await runner.runNow(CONFIGURATION, 'manual', NOW));
    expect(run.state).to.equal('failed');
    expect(run.error).to.deep.equal({
      code: 'input.template',
      message: 'the PDF template cannot be used: it is damaged; export it again',
    });
    expect(await world.store.credentialCounts()).to.deep.equal({
      generating: 0,
      available: 0,
      error: 1,
      invalidated: 0,
    });
  });

  it('L6: ends as failed with the reason when the options cannot be used', async () => {
    await world.store.saveConfiguration(aConfiguration({ options: { greetin: 'hello' } }));
    const runner = world.runner();
    const run = await runner.wait(await runner.runNow(CONFIGURATION, 'manual', NOW));
    expect(run.error?.message).to.equal(
      'the options cannot be used: there is no option "greetin"; did you mean "greeting"?',
    );
  });

  it('hides an unexpected error’s text, which may hold a name, from records and logs', async () => {
    const error = sinon.spy();
    const runner = world.runner({
      logger: { ...silentLogger, error },
      before: ({ learnerName }) => {
        throw new TypeError(`cannot draw ${learnerName}`);
      },
    });
    await runner.wait(await runner.runNow(CONFIGURATION, 'manual', NOW));
    expect((await world.credential('ada'))?.reason).to.equal(
      'the document could not be made because of an unexpected error; the log says where it happened',
    );
    expect(error.args[0]?.[1]).to.include({ error: 'TypeError' });
    expect(JSON.stringify(error.args)).not.to.include('Lovelace');
  });

  it('is refused for a configuration that does not exist, and waited for only if it does', async () => {
    const runner = world.runner();
    expect((await rejection(runner.runNow('nowhere', 'manual', NOW))).message).to.equal(
      'there is no credential configuration with this id, or its type is gone',
    );
    expect((await rejection(runner.wait('nowhere'))).message).to.equal('there is no credential run with this id');
    expect(await world.store.runs({ limit: 9 })).to.deep.equal([]);
  });

  it('writes its counts while it runs and keeps its lease', async () => {
    const gate = new Gate();
    const runner = world.runner({
      before: ({ learnerName }) => (learnerName.startsWith('Cleo') ? gate.passed : undefined),
    });
    const id = await runner.runNow(CONFIGURATION, 'manual', NOW);
    world.clock.at = later(30_000);
    const counted = await until(async () => {
      const run = await world.store.run(id);
      return run?.counts.generated === 2 ? run : null;
    });
    expect(counted.leaseUntil).to.deep.equal(later(90_000));
    gate.open();
    await runner.wait(id);
  });

  describe('X17: what fails for a moment', () => {
    const waits: number[] = [];
    const sleep = async (ms: number) => {
      waits.push(ms);
    };
    beforeEach(() => {
      waits.length = 0;
    });

    it('is tried again for the learner, later each time', async () => {
      const put = sinon.stub(world.files, 'put').callThrough();
      for (const call of [1, 2]) put.onCall(call).rejects(new StoreError('files', 'the folder of files is away'));
      const runner = world.runner({ sleep });
      const run = await runner.wait(await runner.runNow(CONFIGURATION, 'manual', NOW));
      expect(run).to.deep.include({ state: 'done', counts: { ...NO_COUNTS, seen: 4, eligible: 3, generated: 3 } });
      expect(waits).to.deep.equal([1_000, 4_000]);
      expect(await world.credential('ben')).to.include({ status: 'available', attempts: 3 });
    });

    it('ends the run after the third time, which can then be resumed where it stood', async () => {
      const put = sinon.stub(world.files, 'put').rejects(new StoreError('files', 'the folder of files is away'));
      const runner = world.runner({ sleep });
      const id = await runner.runNow(CONFIGURATION, 'manual', NOW);
      const failed = await runner.wait(id);
      expect(failed).to.deep.include({
        state: 'failed',
        error: { code: 'store.files', message: 'the folder of files is away' },
      });
      expect(waits).to.deep.equal([1_000, 4_000, 16_000]);
      put.restore();
      await world.store.reopenRun(failed, NOW);
      await runner.takeOverAbandoned();
      expect((await runner.wait(id)).counts).to.deep.equal({ ...NO_COUNTS, seen: 4, eligible: 3, generated: 3 });
    });
  });

  describe('X10: whose configuration changes meanwhile', () => {
    async function changedMidway(change: () => Promise<unknown>) {
      const gate = new Gate();
      const runner = world.runner({
        before: ({ learnerName }) => (learnerName.startsWith('Ben') ? gate.passed : undefined),
      });
      const id = await runner.runNow(CONFIGURATION, 'schedule', NOW);
      await until(async () => (await world.credential('ben')) !== null);
      await change();
      gate.open();
      const run = await runner.wait(id);
      expect(run.counts).to.deep.equal({ ...NO_COUNTS, seen: 4, eligible: 3, generated: 3 });
      const texts = await Promise.all(
        ['ada', 'ben', 'cleo'].map(async (username) => {
          const file = await world.files.get((await world.credential(username))?.fileKey ?? '');
          return Buffer.from(file?.bytes ?? []).toString();
        }),
      );
      for (const text of texts) expect(text).to.include(' Course for ');
      return runner;
    }

    it('ends with the options it began with; the next run has the new ones', async () => {
      const runner = await changedMidway(() =>
        world.store.saveConfiguration(aConfiguration({ options: { greeting: 'awarded to' } })),
      );
      world.records.add(DEMO_COURSE, 'Demonstration Course', [aLearnerRecord({ username: 'eve', name: 'Eve New' })]);
      await runner.wait(await runner.runNow(CONFIGURATION, 'schedule', later(1)));
      const file = await world.files.get((await world.credential('eve'))?.fileKey ?? '');
      expect(Buffer.from(file?.bytes ?? []).toString()).to.include(' Course awarded to Eve New');
    });

    it('goes on to its end when that is deleted; there is no next run', async () => {
      const { updatedAt } = aConfiguration();
      const runner = await changedMidway(() => world.store.deleteConfiguration(CONFIGURATION, updatedAt));
      const refusal = await rejection(runner.runNow(CONFIGURATION, 'schedule', later(1)));
      expect(refusal.code).to.equal('not-found.configuration');
    });

    it('fails clearly where another process would have to go on with one that is deleted', async () => {
      await world.store.createRun(aRun({ leaseUntil: NOW }));
      await world.store.deleteConfiguration(CONFIGURATION, aConfiguration().updatedAt);
      const runner = world.runner();
      expect(await runner.takeOverAbandoned()).to.equal(1);
      expect((await runner.wait('run-1')).error).to.deep.equal({
        code: 'not-found.configuration',
        message: 'there is no credential configuration with this id, or its type is gone',
      });
    });
  });
});
