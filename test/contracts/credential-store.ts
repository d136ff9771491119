/** What every CredentialStore does; run on the twin and on MongoDB. */

import { expect } from 'chai';
import { CredentialsError } from '../../plugin/errors.ts';
import type {
  Asset,
  Credential,
  CredentialConfiguration,
  CredentialMail,
  CredentialRun,
  CredentialStore,
  CredentialType,
  Schedule,
} from '../../plugin/ports/credential-store.ts';

const T0 = new Date('2026-03-01T10:00:00.000Z');
const later = (ms: number) => new Date(T0.getTime() + ms);

export function anAsset(facts: Partial<Asset> = {}): Asset {
  return {
    slug: 'certificate',
    description: 'A4 landscape',
    kind: 'pdf-template',
    fileName: 'certificate.pdf',
    contentType: 'application/pdf',
    sizeBytes: 10,
    sha256: 'a'.repeat(64),
    updatedAt: T0,
    ...facts,
  };
}

export function aType(facts: Partial<CredentialType> = {}): CredentialType {
  return {
    id: 'type-1',
    name: 'Course certificate',
    retrievalFunction: 'course-completions',
    generationFunction: 'pdf',
    options: { template: 'certificate', required_grades: { 'Mid.term $1': 0.5 }, text_elements: { date: false } },
    updatedAt: T0,
    ...facts,
  };
}

export function aConfiguration(facts: Partial<CredentialConfiguration> = {}): CredentialConfiguration {
  return {
    id: 'configuration-1',
    credentialTypeId: 'type-1',
    contextKey: 'course-v1:OpenedX+DemoX+Demo_Course',
    options: {},
    updatedAt: T0,
    ...facts,
  };
}

export function aRun(facts: Partial<CredentialRun> = {}): CredentialRun {
  return {
    id: 'run-1',
    configurationId: 'configuration-1',
    trigger: 'manual',
    dueAt: T0,
    state: 'running',
    fence: 1,
    leaseUntil: later(60_000),
    startedAt: T0,
    finishedAt: null,
    counts: { seen: 0, eligible: 0, generated: 0, skipped: 0, failed: 0 },
    error: null,
    checkpoint: null,
    ...facts,
  };
}

export function anIssuedCredential(facts: Partial<Credential> = {}): Credential {
  return {
    id: 'd7e1a1b0-0000-4000-8000-000000000001',
    verifyId: 'd7e1a1b0-0000-4000-8000-00000000000a',
    configurationId: 'configuration-1',
    credentialType: 'Course certificate',
    contextKey: 'course-v1:OpenedX+DemoX+Demo_Course',
    contextName: 'Demonstration Course',
    username: 'ada',
    lmsUserId: 11,
    learnerName: 'Ada Lovelace',
    email: 'ada@example.com',
    status: 'available',
    reason: null,
    fileKey: 'credential/1/secret',
    sizeBytes: 3,
    sha256: 'b'.repeat(64),
    runId: 'run-1',
    attempts: 1,
    issuedAt: T0,
    generatedAt: T0,
    expiresAt: null,
    reissueOf: null,
    reissuedAs: null,
    reissue: null,
    holdsPlace: facts.status !== 'invalidated',
    mail: null,
    createdAt: T0,
    updatedAt: T0,
    ...facts,
  };
}

export function aMail(facts: Partial<CredentialMail> = {}): CredentialMail {
  return { state: 'pending', messageId: null, attempts: 0, dueAt: T0, sentAt: null, lastError: null, ...facts };
}

const aSchedule = (facts: Partial<Schedule> = {}): Schedule => ({
  configurationId: 'configuration-1',
  enabled: true,
  rule: { kind: 'crontab', expression: '0 6 * * mon', timeZone: 'Europe/Kyiv' },
  oneOff: false,
  startAt: null,
  expiresAt: null,
  overlap: 'skip',
  catchUp: 'one',
  deadlineMs: null,
  nextDueAt: T0,
  lastRunAt: null,
  lastSkipped: null,
  totalRuns: 0,
  updatedAt: T0,
  ...facts,
});

/** @param open an empty store for each test */
export function credentialStoreContract(open: () => Promise<CredentialStore>): void {
  let store: CredentialStore;
  beforeEach(async () => {
    store = await open();
  });

  it('keeps assets by slug and replaces them', async () => {
    await store.saveAsset(anAsset({ slug: 'b' }));
    await store.saveAsset(anAsset({ slug: 'a' }));
    await store.saveAsset(anAsset({ slug: 'b', sizeBytes: 11 }));
    expect(await store.assets()).to.deep.equal([anAsset({ slug: 'a' }), anAsset({ slug: 'b', sizeBytes: 11 })]);
    expect(await store.asset('b')).to.deep.equal(anAsset({ slug: 'b', sizeBytes: 11 }));
    expect(await store.asset('c')).to.equal(null);
  });

  it('changes and deletes an asset only in the version that was looked at', async () => {
    expect(await store.changeAsset(anAsset(), T0)).to.equal('stale');
    expect(await store.changeAsset(anAsset(), null)).to.equal('saved');
    expect(await store.changeAsset(anAsset({ sizeBytes: 11 }), null)).to.equal('duplicate');
    expect(await store.changeAsset(anAsset({ sizeBytes: 12, updatedAt: later(1) }), T0)).to.equal('saved');
    expect(await store.changeAsset(anAsset({ sizeBytes: 13, updatedAt: later(2) }), T0)).to.equal('stale');
    expect(await store.deleteAsset('certificate', T0)).to.equal(false);
    expect(await store.assets()).to.deep.equal([anAsset({ sizeBytes: 12, updatedAt: later(1) })]);
    expect(await store.deleteAsset('certificate', later(1))).to.equal(true);
    expect(await store.deleteAsset('certificate', later(1))).to.equal(false);
    expect(await store.assets()).to.deep.equal([]);
  });

  it('changes a type only in the version that was looked at, and keeps names unique', async () => {
    expect(await store.changeType(aType(), null)).to.equal('saved');
    expect(await store.changeType(aType({ id: 'type-2' }), null)).to.equal('duplicate');
    expect(await store.changeType(aType({ id: 'type-2', name: 'Other' }), null)).to.equal('saved');
    expect(await store.changeType(aType({ id: 'type-2', updatedAt: later(1) }), T0)).to.equal('duplicate');
    expect(await store.changeType(aType({ name: 'New', updatedAt: later(1) }), T0)).to.equal('saved');
    expect(await store.changeType(aType({ name: 'Late', updatedAt: later(2) }), T0)).to.equal('stale');
    expect((await store.types()).map(({ name }) => name)).to.deep.equal(['New', 'Other']);
  });

  it('changes and deletes a configuration only in the version that was looked at, with its schedule', async () => {
    expect(await store.changeConfiguration(aConfiguration(), null)).to.equal('saved');
    expect(await store.changeConfiguration(aConfiguration({ id: 'configuration-2' }), null)).to.equal('duplicate');
    await store.saveSchedule(aSchedule());
    const changed = aConfiguration({ options: { title: 'x' }, updatedAt: later(1) });
    expect(await store.changeConfiguration(changed, T0)).to.equal('saved');
    expect(await store.changeConfiguration(aConfiguration(), T0)).to.equal('stale');
    expect(await store.deleteConfiguration('configuration-1', T0)).to.equal(false);
    expect(await store.configurations()).to.deep.equal([changed]);
    expect(await store.schedules()).to.have.length(1);
    expect(await store.deleteConfiguration('configuration-1', later(1))).to.equal(true);
    expect(await store.configurations()).to.deep.equal([]);
    expect(await store.schedules()).to.deep.equal([]);
  });

  it('keeps versions as they were written, one for a time, the latest first', async () => {
    const version = {
      ...{ objectId: 'type-1', at: T0, before: null, number: 1, by: null, comment: '' },
      snapshot: { name: 'Old', options: { a: { 'b.c': [1, { $d: null }] } } },
    };
    const next = { ...version, at: later(1), before: T0, number: 2, by: 'ada', comment: 'Larger' };
    expect(await store.versions('type-1')).to.deep.equal([]);
    expect([await store.addVersion(version), await store.addVersion(next)]).to.deep.equal([true, true]);
    expect(await store.addVersion({ ...version, comment: 'Another' })).to.equal(false);
    expect(await store.addVersion({ ...version, objectId: 'type-2' })).to.equal(true);
    expect(await store.versions('type-1')).to.deep.equal([next, version]);
  });

  it('keeps types with options of any shape and keys of any characters', async () => {
    await store.saveType(aType());
    await store.saveType(aType({ options: { a: { 'b.c': [1, { $d: null }] } } }));
    expect(await store.types()).to.deep.equal([aType({ options: { a: { 'b.c': [1, { $d: null }] } } })]);
    expect(await store.type('type-1')).to.deep.equal(aType({ options: { a: { 'b.c': [1, { $d: null }] } } }));
    expect(await store.type('type-2')).to.equal(null);
  });

  it('refuses a second type of the same name', async () => {
    await store.saveType(aType());
    const error = await rejection(store.saveType(aType({ id: 'type-2' })));
    expect(error.code).to.equal('conflict.duplicate');
    expect(error.message).to.equal('there is a credential type of this name already; choose another name');
  });

  it('refuses a second configuration of the same context and type', async () => {
    await store.saveConfiguration(aConfiguration());
    await store.saveConfiguration(aConfiguration({ id: 'configuration-2', credentialTypeId: 'type-2' }));
    const error = await rejection(store.saveConfiguration(aConfiguration({ id: 'configuration-3' })));
    expect(error.code).to.equal('conflict.duplicate');
    expect(error.message).to.equal(
      'this context already has a configuration of this credential type; edit that one instead',
    );
    expect((await store.configurations()).map(({ id }) => id)).to.deep.equal(['configuration-1', 'configuration-2']);
    expect(await store.configuration('configuration-1')).to.deep.equal(aConfiguration());
    expect(await store.configuration('configuration-3')).to.equal(null);
  });

  describe('schedules', () => {
    const ran = (nextDueAt: Date | null, ranAt: Date) => ({ nextDueAt, ranAt, skipped: null });
    it('are kept whole, every kind of them', async () => {
      const interval = aSchedule({ configurationId: 'configuration-2', rule: { kind: 'interval', everyMs: 5_000 } });
      await store.saveSchedule(interval);
      await store.saveSchedule(aSchedule());
      expect(await store.schedules()).to.deep.equal([aSchedule(), interval]);
      expect(await store.schedule('configuration-2')).to.deep.equal(interval);
      await store.saveSchedule(aSchedule({ rule: { kind: 'interval', everyMs: 7_000 } }));
      expect((await store.schedule('configuration-1'))?.rule).to.deep.equal({ kind: 'interval', everyMs: 7_000 });
      expect(await store.schedule('configuration-3')).to.equal(null);
      for (const rule of [
        { kind: 'clocked', at: later(9) },
        { kind: 'crontab', expression: '30 2 * * *', timeZone: 'Europe/Kyiv', gap: 'skip', repeated: 'both' },
      ] as const) {
        const full = aSchedule({
          ...{
            rule,
            oneOff: true,
            startAt: later(1),
            expiresAt: later(99),
            overlap: 'queue',
            catchUp: 'none',
            deadlineMs: 600_000,
          },
          lastSkipped: { dueAt: later(3), reason: 'missed' },
        });
        await store.saveSchedule(full);
        expect(await store.schedule('configuration-1')).to.deep.equal(full);
      }
    });

    it('are due from their time on, the earliest first, unless disabled or never due', async () => {
      const at = (configurationId: string, facts: Partial<Schedule>) =>
        store.saveSchedule(aSchedule({ configurationId, ...facts }));
      await at('b', { nextDueAt: later(1) });
      await at('a', { nextDueAt: later(2) });
      await at('c', { nextDueAt: later(3) });
      await at('d', { enabled: false });
      await at('e', { nextDueAt: null });
      const due = async (ms: number, limit: number) =>
        (await store.dueSchedules(later(ms), limit)).map(({ configurationId }) => configurationId);
      expect(await due(0, 9)).to.deep.equal([]);
      expect(await due(2, 9)).to.deep.equal(['b', 'a']);
      expect(await due(9, 2)).to.deep.equal(['b', 'a']);
    });

    it('move on for exactly one of several processes', async () => {
      await store.saveSchedule(aSchedule());
      const moves = await Promise.all(
        Array.from({ length: 5 }, () => store.advanceSchedule('configuration-1', T0, ran(later(1000), later(5)))),
      );
      expect(moves.filter(Boolean)).to.have.length(1);
      expect(await store.schedule('configuration-1')).to.deep.equal(
        aSchedule({ nextDueAt: later(1000), lastRunAt: later(5), totalRuns: 1 }),
      );
      expect(await store.advanceSchedule('configuration-1', later(1000), ran(null, later(9)))).to.equal(true);
      expect(await store.schedule('configuration-1')).to.include({ nextDueAt: null, enabled: false, totalRuns: 2 });
      expect(await store.advanceSchedule('nowhere', T0, ran(null, T0))).to.equal(false);
    });

    it('remember a due time that passed without a run, and count none', async () => {
      await store.saveSchedule(aSchedule());
      const step = { nextDueAt: later(1000), ranAt: null, skipped: 'still-running' } as const;
      expect(await store.advanceSchedule('configuration-1', T0, step)).to.equal(true);
      expect(await store.schedule('configuration-1')).to.deep.equal(
        aSchedule({ nextDueAt: later(1000), lastSkipped: { dueAt: T0, reason: 'still-running' } }),
      );
    });

    it('are replaced only from the state their author has seen, and removed', async () => {
      expect(await store.replaceSchedule(aSchedule(), aSchedule())).to.equal(false);
      expect(await store.replaceSchedule(aSchedule(), null)).to.equal(true);
      expect(await store.replaceSchedule(aSchedule({ totalRuns: 9 }), null)).to.equal(false);
      const changed = aSchedule({ enabled: false, nextDueAt: null, updatedAt: later(1) });
      expect(await store.replaceSchedule(changed, aSchedule())).to.equal(true);
      expect(await store.replaceSchedule(aSchedule(), aSchedule())).to.equal(false);
      expect(await store.schedule('configuration-1')).to.deep.equal(changed);
      expect(await store.replaceSchedule(aSchedule({ updatedAt: later(2) }), changed)).to.equal(true);
      await store.advanceSchedule('configuration-1', T0, ran(later(1000), later(5)));
      expect(await store.replaceSchedule(changed, aSchedule({ updatedAt: later(2) }))).to.equal(false);
      expect(await store.removeSchedule('configuration-1')).to.equal(true);
      expect(await store.removeSchedule('configuration-1')).to.equal(false);
      expect(await store.schedule('configuration-1')).to.equal(null);
    });
  });

  describe('runs', () => {
    it('are made once per configuration and due time', async () => {
      const made = await Promise.all(['run-1', 'run-2', 'run-3'].map((id) => store.createRun(aRun({ id }))));
      expect(made.filter(Boolean)).to.have.length(1);
      expect(await store.createRun(aRun({ id: 'run-4', dueAt: later(1) }))).to.equal(true);
      expect(await store.createRun(aRun({ id: 'run-5', configurationId: 'configuration-2' }))).to.equal(true);
    });

    it('are listed newest first', async () => {
      await store.createRun(aRun());
      await store.createRun(aRun({ id: 'run-2', dueAt: later(1), startedAt: later(1) }));
      await store.createRun(aRun({ id: 'run-3', configurationId: 'configuration-2', startedAt: later(2) }));
      const ids = async (query: Parameters<CredentialStore['runs']>[0]) =>
        (await store.runs(query)).map(({ id }) => id);
      expect(await ids({ limit: 2 })).to.deep.equal(['run-3', 'run-2']);
      expect(await ids({ configurationId: 'configuration-1', limit: 9 })).to.deep.equal(['run-2', 'run-1']);
    });

    it('L2: can be taken over once their lease has ended, by one process; the former holder can write no more', async () => {
      const trace = { traceparent: `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01`, tracestate: 'other=1' };
      await store.createRun(aRun({ trace }));
      await store.createRun(aRun({ id: 'run-2', dueAt: later(1), state: 'done' }));
      expect(await store.abandonedRuns(later(59_999))).to.deep.equal([]);
      expect(await store.abandonedRuns(later(60_000))).to.deep.equal([aRun({ trace })]);
      const taken = await Promise.all([1, 2, 3].map(() => store.takeOverRun('run-1', 1, later(90_000))));
      expect(taken.filter((run) => run !== null)).to.deep.equal([aRun({ fence: 2, leaseUntil: later(90_000), trace })]);
      expect(await store.updateRun(aRun({ state: 'done' }))).to.equal(false);
      expect((await store.run('run-1'))?.state).to.equal('running');
    });

    it('take counts, lease and end from their holder, and nothing after the end', async () => {
      await store.createRun(aRun());
      const counts = { seen: 5, eligible: 4, generated: 2, skipped: 1, failed: 1 };
      const error = { code: 'credential.learner-data', message: 'a grade of a learner is no number' };
      const ended = aRun({
        counts,
        error,
        state: 'done-with-errors',
        finishedAt: later(7),
        leaseUntil: later(7),
      });
      expect(await store.updateRun(aRun({ counts, leaseUntil: later(9) }))).to.equal(true);
      expect(await store.updateRun(ended)).to.equal(true);
      expect(await store.run('run-1')).to.deep.equal(ended);
      expect(await store.updateRun(aRun())).to.equal(false);
      expect(await store.takeOverRun('run-1', 1, later(9))).to.equal(null);
      expect(await store.run('run-2')).to.equal(null);
    });

    it('keep the place where the next process goes on', async () => {
      await store.createRun(aRun());
      const counts = { seen: 200, eligible: 190, generated: 188, skipped: 1, failed: 1 };
      const error = { code: 'credential.learner-data', message: 'a grade of a learner is no number' };
      const checkpoint = { position: 'cD0yMDI2', plan: 'a1b2', counts, error };
      const run = aRun({ counts: { ...counts, seen: 201 }, error, checkpoint });
      expect(await store.updateRun(run)).to.equal(true);
      expect(await store.takeOverRun('run-1', 1, later(9))).to.deep.equal({ ...run, fence: 2, leaseUntil: later(9) });
      expect(await store.updateRun({ ...run, checkpoint: null })).to.equal(false);
      expect(await store.updateRun({ ...run, fence: 2, checkpoint: null })).to.equal(true);
      expect((await store.run('run-1'))?.checkpoint).to.equal(null);
    });

    it('are cancelled for good for their holder, and opened again for whoever takes them over', async () => {
      await store.createRun(aRun());
      expect(await store.cancelRun('run-1', later(5))).to.equal(true);
      const cancelled = aRun({ state: 'cancelled', finishedAt: later(5), leaseUntil: later(5) });
      expect(await store.run('run-1')).to.deep.equal(cancelled);
      expect(await store.cancelRun('run-1', later(6))).to.equal(false);
      expect(await store.cancelRun('run-9', later(6))).to.equal(false);
      expect(await store.updateRun(aRun({ state: 'done' }))).to.equal(false);
      expect(await store.abandonedRuns(later(99_000))).to.deep.equal([]);
      const opened = await Promise.all([1, 2, 3].map(() => store.reopenRun(cancelled, later(8))));
      expect(opened.filter(Boolean)).to.have.length(1);
      const open = aRun({ fence: 2, leaseUntil: later(8) });
      expect(await store.abandonedRuns(later(8))).to.deep.equal([open]);
      expect(await store.updateRun(aRun({ state: 'done' }))).to.equal(false);
      expect(await store.takeOverRun('run-1', 2, later(90))).to.deep.equal({
        ...open,
        fence: 3,
        leaseUntil: later(90),
      });
    });
  });

  describe('credentials', () => {
    it('are looked up for many learners at once', async () => {
      const [ada, ben, cleo] = ['ada', 'ben', 'cleo'].map((username, index) =>
        anIssuedCredential({ id: `id-${index}`, verifyId: `verify-${index}`, username }),
      );
      if (!ada || !ben || !cleo) throw new Error('three credentials');
      for (const credential of [ada, ben, cleo]) await store.createCredential(credential);
      await store.updateCredential({ ...ben, status: 'invalidated', holdsPlace: false }, ben.updatedAt);
      await store.createCredential({ ...cleo, id: 'id-9', verifyId: 'verify-9', configurationId: 'configuration-2' });
      const found = await store.liveCredentials('configuration-1', ['cleo', 'nobody', 'ben', 'ada']);
      expect(found.toSorted((a, b) => (a.username < b.username ? -1 : 1))).to.deep.equal([ada, cleo]);
      expect(await store.liveCredentials('configuration-1', [])).to.deep.equal([]);
    });

    const numbered = (number: number, facts: Partial<Credential> = {}) =>
      anIssuedCredential({ id: `id-${number}`, verifyId: `verify-${number}`, ...facts });

    it('L3: are live once per configuration and learner, also when several are made at the same time', async () => {
      const made = await Promise.all([1, 2, 3, 4].map((number) => store.createCredential(numbered(number))));
      expect(made.filter(Boolean)).to.have.length(1);
      const live = await store.liveCredential('configuration-1', 'ada');
      expect(await store.liveCredential('configuration-1', 'ben')).to.equal(null);
      expect(await store.liveCredential('configuration-2', 'ada')).to.equal(null);
      if (!live) throw new Error('the credential is gone');
      expect(
        await store.updateCredential(
          { ...live, status: 'invalidated', holdsPlace: false, updatedAt: later(1) },
          live.updatedAt,
        ),
      ).to.equal(true);
      expect(await store.liveCredential('configuration-1', 'ada')).to.equal(null);
      expect(await store.createCredential(numbered(5))).to.equal(true);
      expect(await store.createCredential(numbered(6, { configurationId: 'configuration-2' }))).to.equal(true);
    });

    it('are found by both of their ids', async () => {
      await store.createCredential(anIssuedCredential());
      expect(await store.credential(anIssuedCredential().id)).to.deep.equal(anIssuedCredential());
      expect(await store.credentialByVerifyId(anIssuedCredential().verifyId)).to.deep.equal(anIssuedCredential());
      expect(await store.credential(anIssuedCredential().verifyId)).to.equal(null);
      expect(await store.credentialByVerifyId(anIssuedCredential().id)).to.equal(null);
    });

    it('change only from the state their author has seen', async () => {
      await store.createCredential(numbered(1));
      const changed = numbered(1, { learnerName: 'Ada King', updatedAt: later(1) });
      expect(await store.updateCredential(changed, T0)).to.equal(true);
      expect(await store.updateCredential(numbered(1, { updatedAt: later(2) }), T0)).to.equal(false);
      expect(await store.credential('id-1')).to.deep.equal(changed);
      expect(await store.updateCredential(numbered(2), T0)).to.equal(false);
    });

    it('are listed newest first, page by page, without gaps or repetitions', async () => {
      for (let number = 1; number <= 7; number++) {
        // three of them at the same instant
        const createdAt = later(Math.min(number, 5));
        await store.createCredential(numbered(number, { username: `learner-${number}`, createdAt }));
      }
      const seen: string[] = [];
      let after: string | undefined;
      do {
        const page = await store.credentials({ limit: 2, ...(after === undefined ? {} : { after }) });
        seen.push(...page.items.map(({ id }) => id));
        after = page.next ?? undefined;
      } while (after !== undefined);
      expect(seen).to.deep.equal(['id-7', 'id-6', 'id-5', 'id-4', 'id-3', 'id-2', 'id-1']);
    });

    it('are filtered by context, status, configuration and run', async () => {
      await store.createCredential(numbered(1));
      await store.createCredential(numbered(2, { username: 'ben', status: 'error', contextKey: 'path-v1:a+b+c+d' }));
      await store.createCredential(
        numbered(3, { username: 'cleo', configurationId: 'configuration-2', runId: 'run-7' }),
      );
      const ids = async (query: Omit<Parameters<CredentialStore['credentials']>[0], 'limit'>) =>
        (await store.credentials({ ...query, limit: 9 })).items.map(({ id }) => id).sort();
      expect(await ids({})).to.deep.equal(['id-1', 'id-2', 'id-3']);
      expect(await ids({ contextKey: 'path-v1:a+b+c+d' })).to.deep.equal(['id-2']);
      expect(await ids({ status: 'error' })).to.deep.equal(['id-2']);
      expect(await ids({ configurationId: 'configuration-2', status: 'available' })).to.deep.equal(['id-3']);
      expect(await ids({ configurationId: 'configuration-2', status: 'error' })).to.deep.equal([]);
      expect(await ids({ runId: 'run-7' })).to.deep.equal(['id-3']);
      expect(await ids({ runId: 'run-7', status: 'error' })).to.deep.equal([]);
    });

    it('are searched by the beginning of username, e-mail or any word of the name in any case, or by a whole id', async () => {
      await store.createCredential(numbered(1));
      await store.createCredential(
        numbered(2, { username: 'ben', learnerName: 'Олена (B.)', email: 'x.y+z@example.com' }),
      );
      const ids = async (search: string) =>
        (await store.credentials({ search, limit: 9 })).items.map(({ id }) => id).sort();
      expect(await ids('AD')).to.deep.equal(['id-1']);
      expect(await ids(' ada lov ')).to.deep.equal(['id-1']);
      expect(await ids('олена (b')).to.deep.equal(['id-2']);
      expect(await ids('x.y+')).to.deep.equal(['id-2']);
      expect(await ids('x_y')).to.deep.equal([]);
      expect(await ids('lovelace')).to.deep.equal(['id-1']);
      expect(await ids('verify-2')).to.deep.equal(['id-2']);
      expect(await ids('id-1')).to.deep.equal(['id-1']);
      expect(await ids('verify-')).to.deep.equal([]);
      expect(await ids('')).to.deep.equal(['id-1', 'id-2']);
    });

    it('are found by the username to the letter, and not by one that begins with it', async () => {
      await store.createCredential(numbered(1));
      await store.createCredential(numbered(2, { username: 'Ada', configurationId: 'configuration-2' }));
      await store.createCredential(numbered(3, { username: 'ada2' }));
      await store.createCredential(numbered(4, { configurationId: 'configuration-2', status: 'error' }));
      const ids = async (username: string) =>
        (await store.credentials({ username, limit: 9 })).items.map(({ id }) => id).sort();
      expect(await ids('ada')).to.deep.equal(['id-1', 'id-4']);
      expect(await ids('Ada')).to.deep.equal(['id-2']);
      expect(await ids('ad')).to.deep.equal([]);
      expect(await ids('')).to.deep.equal([]);
      expect(await store.countCredentials({ username: 'ada', status: 'error' })).to.equal(1);
    });

    it('hold the place of their learner also when they are invalidated, and are live without it', async () => {
      const first = numbered(1, { status: 'invalidated', reissuedAs: 'id-2', holdsPlace: true });
      const second = numbered(2, { reissueOf: 'id-1', holdsPlace: false });
      expect(await store.createCredential(first)).to.equal(true);
      expect(await store.createCredential(numbered(3))).to.equal(false);
      expect(await store.createCredential(second)).to.equal(true);
      expect(await store.createCredential(second)).to.equal(false);
      expect(await store.placeHolder('configuration-1', 'ada')).to.deep.equal(first);
      expect(await store.placeHolder('configuration-1', 'ben')).to.equal(null);
      const ben = numbered(4, { username: 'ben' });
      await store.createCredential(ben);
      await store.createCredential(numbered(5, { username: 'cleo', holdsPlace: false }));
      await store.createCredential(numbered(6, { username: 'dan', configurationId: 'configuration-2' }));
      const holders = await store.placeHolders('configuration-1', ['ada', 'ben', 'cleo', 'dan', 'nobody']);
      expect(holders.toSorted((a, b) => (a.username < b.username ? -1 : 1))).to.deep.equal([first, ben]);
      expect(await store.placeHolders('configuration-1', ['ben'])).to.deep.equal([ben]);
      expect(await store.placeHolders('configuration-1', [])).to.deep.equal([]);
      expect(await store.liveCredential('configuration-1', 'ada')).to.deep.equal(second);
    });

    it('are kept with what is to take their place, and found when its lease has ended', async () => {
      const { credentialType, contextName, lmsUserId, learnerName, email } = anIssuedCredential();
      const mail = aMail();
      const made = {
        ...{ credentialType, contextName, lmsUserId, learnerName, email, mail },
        ...{ sizeBytes: 4, sha256: 'c', generatedAt: later(3), expiresAt: later(9), formerFileKey: 'credential/1/x' },
      };
      const trace = { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` };
      const reissue = {
        id: 'new',
        verifyId: 'verify-new',
        fileKey: 'credential/new/x',
        by: 'ann',
        leaseUntil: later(5),
      };
      const begun = numbered(1, { reissue: { ...reissue, made: null, trace } });
      const swapped = numbered(2, { username: 'ben', reissue: { ...reissue, leaseUntil: later(4), made } });
      await store.createCredential(begun);
      await store.createCredential(swapped);
      await store.createCredential(numbered(3, { username: 'cleo' }));
      expect(await store.abandonedReissues(later(3), 9)).to.deep.equal([]);
      expect(await store.abandonedReissues(later(5), 9)).to.deep.equal([swapped, begun]);
      expect(await store.abandonedReissues(later(5), 1)).to.deep.equal([swapped]);
    });

    it('have a mail that becomes due, and are listed and counted by what became of it', async () => {
      await store.createCredential(numbered(1, { mail: aMail({ dueAt: later(2) }), expiresAt: later(8) }));
      await store.createCredential(numbered(2, { username: 'ben', mail: aMail({ dueAt: later(1) }) }));
      const lastError = { code: 'mail.refused', message: 'the mail server refused the message (550)' };
      const trace = { traceparent: `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01`, tracestate: 'other=1' };
      const failed = aMail({ trace, state: 'failed', dueAt: null, attempts: 2, messageId: 'x@example.org', lastError });
      await store.createCredential(numbered(3, { username: 'cleo', mail: failed }));
      await store.createCredential(numbered(4, { username: 'dan' }));
      const due = async (ms: number, limit: number) => (await store.dueMails(later(ms), limit)).map(({ id }) => id);
      expect(await due(0, 9)).to.deep.equal([]);
      expect(await due(2, 9)).to.deep.equal(['id-2', 'id-1']);
      expect(await due(2, 1)).to.deep.equal(['id-2']);
      expect((await store.credential('id-3'))?.mail).to.deep.equal(failed);
      const { items } = await store.credentials({ mail: 'failed', limit: 9 });
      expect(items.map(({ id }) => id)).to.deep.equal(['id-3']);
      expect(await store.mailCounts()).to.deep.equal({ pending: 2, sent: 0, failed: 1, 'given-up': 0, superseded: 0 });
    });

    it('are counted by any filter', async () => {
      await store.createCredential(numbered(1));
      await store.createCredential(numbered(2, { username: 'ben', credentialType: 'Diploma', createdAt: later(5) }));
      expect(await store.countCredentials({})).to.equal(2);
      expect(await store.countCredentials({ credentialType: 'Diploma' })).to.equal(1);
      expect(await store.countCredentials({ createdBefore: later(5) })).to.equal(1);
      expect(await store.countCredentials({ search: 'be', status: 'available' })).to.equal(1);
      expect(await store.countCredentials({ status: 'error' })).to.equal(0);
    });

    it('are counted by status', async () => {
      await store.createCredential(numbered(1));
      await store.createCredential(numbered(2, { username: 'ben' }));
      await store.createCredential(numbered(3, { username: 'cleo', status: 'error' }));
      expect(await store.credentialCounts()).to.deep.equal({ generating: 0, available: 2, error: 1, invalidated: 0 });
    });
  });
}

export async function rejection(promise: Promise<unknown>): Promise<CredentialsError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof CredentialsError) return error;
    throw error;
  }
  throw new Error('expected a rejection');
}
