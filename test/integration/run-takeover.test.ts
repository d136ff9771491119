/** A run and the processes that carry it out, which are killed, stopped and held up in the middle of it. */

import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import type { CredentialRun } from '../../plugin/ports/credential-store.ts';
import { silentLogger } from '../../plugin/ports/runtime.ts';
import { compose, type Laurel } from '../../server/compose.ts';
import { readSettings } from '../../server/config.ts';
import { applyCredentialsSetup } from '../../server/configuration/credentials-setup.ts';
import { projectPath } from '../../server/paths.ts';
import { setSchedule } from '../../server/scheduler/set-schedule.ts';
import { LEASE_MS } from '../chaos/patience.ts';
import { buildProgram, Processes, type Worker } from '../chaos/processes.ts';
import { type SmtpWorld, smtpWorld } from '../support/smtp-world.ts';
import { StoreProcess } from '../support/store-process.ts';

const TYPE = 'demo-course-certificate';
const LEARNERS = 200;
/** So many are made when something happens to the process that makes them. */
const PART = 60;
/** How long another process may leave a run alone whose lease has ended: five seconds and the next look after them, and what a
 *  loaded machine adds. */
const LOOK_MS = 15_000;

describe('a run whose process', function () {
  this.timeout(90_000);
  let folder: string;
  let store: StoreProcess;
  let mails: SmtpWorld;
  let laurel: Laurel;
  let processes: Processes;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'laurel-r-'));
    mkdirSync(join(folder, 'data'));
    store = new StoreProcess(folder);
    [mails] = await Promise.all([smtpWorld(), store.start(), buildProgram()]);
    const environment = {
      PORT: '0',
      LAUREL_DATA_DIR: join(folder, 'data'),
      LAUREL_FILES_DIR: join(folder, 'files'),
      MONGODB_URI: store.uri,
      LAUREL_SMTP_URL: mails.url,
      LAUREL_MAIL_FROM: 'credentials@example.org',
      LAUREL_LOG_LEVEL: 'error',
    };
    laurel = await compose(readSettings(environment), { logger: silentLogger, roles: [], providers: new Map() });
    const { services, registry } = laurel;
    await applyCredentialsSetup(projectPath('examples', 'credentials', 'example.json'), {
      ...{ store: services.credentials, files: services.files, registry, now: services.clock.now() },
    });
    processes = new Processes(environment, { replace: () => null });
    processes.start('dispatch');
  });
  after(async () => {
    await processes?.abandon();
    await laurel?.stop();
    await store?.kill();
    await mails?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A course of its own, all of whose learners have earned a credential. @returns its configuration */
  async function aCourse(name: string): Promise<string> {
    const contextKey = `course-v1:OpenedX+Takeover+${name}`;
    const { records } = laurel.stores;
    await records.importLines([{ kind: 'context', contextKey, name }]);
    const learners = Array.from({ length: LEARNERS }, (_, n) => ({
      kind: 'learner' as const,
      contextKey,
      learner: {
        ...{ lmsUserId: n + 1, username: `${name}-${n}`, name: `Graduate Number ${n}`, isActive: true },
        ...{ email: `${name}-${n}@example.com`, completion: 1, grades: { 'final exam': 1, total: 1 } },
      },
    }));
    await Promise.all(learners.map((learner) => records.importLines([learner])));
    const model = await laurel.stores.credentials.configuration(TYPE);
    if (model === null) throw new Error('the example has another configuration now');
    await laurel.stores.credentials.saveConfiguration({ ...model, id: name, contextKey });
    return name;
  }

  /** Two schedulers, one of which has begun the run and made a part of it. */
  async function begun(configurationId: string): Promise<{ holder: Worker; other: Worker; run: CredentialRun }> {
    while ([...processes.workers].filter(({ role }) => role === 'schedule').length < 2) processes.start('schedule');
    await processes.ready();
    const [holder, other] = [...processes.workers].filter(({ role }) => role === 'schedule');
    if (!holder || !other) throw new Error('two schedulers');
    other.child.kill('SIGSTOP');
    const now = new Date();
    const rule = { kind: 'clocked', at: now } as const;
    await laurel.stores.credentials.saveSchedule(setSchedule(configurationId, { enabled: true, rule }, null, now));
    const { id } = await runOf(configurationId, () => true);
    other.child.kill('SIGCONT');
    for (;;) {
      const made = await laurel.stores.credentials.countCredentials({ configurationId, status: 'available' });
      const run = await laurel.stores.credentials.run(id);
      if (run?.state !== 'running') throw new Error(`the run was over too soon: ${JSON.stringify(run)}`);
      if (made >= PART) return { holder, other, run };
      await pause(10);
    }
  }

  async function runOf(
    configurationId: string,
    isWanted: (run: CredentialRun) => boolean,
    withinMs = 60_000,
  ): Promise<CredentialRun> {
    for (const end = Date.now() + withinMs; Date.now() < end; await pause(20)) {
      const [run] = await laurel.stores.credentials.runs({ configurationId, limit: 9 });
      if (run && isWanted(run)) return run;
    }
    throw new Error(`it did not come to that within ${withinMs} ms`);
  }

  /** Each has one credential, one file and one mail; the counts say so. */
  async function isWhole(configurationId: string): Promise<void> {
    const run = await runOf(configurationId, ({ state }) => state !== 'running');
    expect(run).to.deep.include({
      state: 'done',
      counts: { seen: LEARNERS, eligible: LEARNERS, generated: LEARNERS, skipped: 0, failed: 0 },
    });
    const page = await laurel.stores.credentials.credentials({ configurationId, limit: 9_999 });
    expect(page.items.map(({ status }) => status)).to.deep.equal(Array.from({ length: LEARNERS }, () => 'available'));
    expect(new Set(page.items.map(({ username }) => username)).size).to.equal(LEARNERS);
    const files = filesIn(folder).filter((name) => name.endsWith('.pdf'));
    for (const { id, fileKey } of page.items) {
      expect(files.filter((name) => name.includes(id))).to.have.length(1);
      expect((await laurel.stores.files.get(fileKey ?? ''))?.bytes.length).to.be.greaterThan(1_000);
    }
    const to = () => mails.received.flatMap((mail) => mail.to).filter((address) => address.startsWith(configurationId));
    for (const end = Date.now() + 30_000; Date.now() < end && to().length < LEARNERS; ) await pause(50);
    expect(to()).to.have.length(LEARNERS);
    expect(new Set(to()).size).to.equal(LEARNERS);
  }

  it('X2: is killed is gone on with by another when the lease has ended, each learner having one of everything', async () => {
    const name = await aCourse('killed');
    const { holder, run } = await begun(name);
    const killedAt = Date.now();
    holder.child.kill('SIGKILL');
    const taken = await runOf(name, ({ fence }) => fence > run.fence);
    expect(Date.now() - killedAt).to.be.at.most(LEASE_MS + LOOK_MS);
    expect(taken.counts.seen, 'not from the first learner').to.be.greaterThan(0);
    await isWhole(name);
  });

  it('X15: is told to end leaves it to another at once', async () => {
    const name = await aCourse('ended');
    const { holder, run } = await begun(name);
    holder.child.kill('SIGTERM');
    expect(await holder.ended).to.deep.equal({ code: 0, signal: null });
    const endedAt = Date.now();
    const left = await laurel.stores.credentials.run(run.id);
    if (left?.fence === run.fence) expect(left.leaseUntil.getTime()).to.be.at.most(endedAt);
    await runOf(name, ({ fence }) => fence > run.fence);
    expect(Date.now() - endedAt).to.be.at.most(LOOK_MS);
    await isWhole(name);
  });

  it('X3: is held up past its lease writes nothing more when it wakes up', async () => {
    const name = await aCourse('frozen');
    const { holder, run } = await begun(name);
    holder.child.kill('SIGSTOP');
    const over = await runOf(name, ({ state }) => state !== 'running');
    expect(over.fence).to.equal(run.fence + 1);
    holder.child.kill('SIGCONT');
    await pause(2_500);
    expect(holder.child.exitCode, 'it goes on with other work').to.equal(null);
    expect(await laurel.stores.credentials.run(run.id)).to.deep.equal(over);
    await isWhole(name);
    expect(processes.failures).to.deep.equal([]);
  });
});

function filesIn(folder: string): readonly string[] {
  return readdirSync(join(folder, 'files'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`);
}
