import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import { silentLogger } from '../../../plugin/ports/runtime.ts';
import { compose, type Laurel } from '../../../server/compose.ts';
import { readSettings } from '../../../server/config.ts';
import { readHolder } from '../../../server/store/holder.ts';
import { type CommandResult, runLaurel } from '../../support/command.ts';
import { spawnLaurel } from '../../support/command-process.ts';
import { bystander, dump, meet, mentioned, zelda } from '../../support/person-world.ts';

describe('retiring and renaming learners on the command line', function () {
  this.timeout(120_000);
  let dataDir: string;
  let env: Record<string, string>;
  const laurel = (...args: readonly string[]): Promise<CommandResult> => runLaurel(args, { env });
  const within = async <Result>(work: (running: Laurel) => Promise<Result>): Promise<Result> => {
    const running = await compose(readSettings(env), { logger: silentLogger, roles: [] });
    try {
      return await work(running);
    } finally {
      await running.stop();
    }
  };
  /** Resolves when the process has the store, and begins, or has ended. */
  const begun = async (child: ChildProcess): Promise<void> => {
    while (child.exitCode === null && readHolder(join(dataDir, 'store'))?.pid !== child.pid) await pause(20);
  };
  beforeEach(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'laurel-learners-'));
    env = { LAUREL_DATA_DIR: dataDir };
    await within((running) => meet(running, zelda));
  });
  afterEach(() => rmSync(dataDir, { recursive: true, maxRetries: 5 }));

  it('shows what there is before anything is done, and says who is unknown', async () => {
    const shown = await laurel('learners', 'retire', zelda.username, '--dry-run');
    expect(shown.stdout).to.equal('progress: 1\ncredentials: 3\nrecords: 1\nevents: 5\n');
    const json = await laurel('learners', 'retire', zelda.username, '--dry-run', '--json');
    expect(JSON.parse(json.stdout)).to.deep.equal({ progress: 1, credentials: 3, records: 1, events: 5 });
    expect(await laurel('learners', 'retire', 'nobody-at-all')).to.deep.equal({
      code: 66,
      stdout: '',
      stderr: 'laurel: nothing is stored about a learner with this username; check the spelling\n',
    });
    expect((await laurel('learners', 'retire', zelda.username, '--badges', 'burn')).stderr).to.equal(
      'laurel: --badges burn is not known; write leave or revoke\n',
    );
  });

  it('renames', async () => {
    expect((await laurel('learners', 'rename', zelda.username, 'link')).stdout).to.equal(
      'renamed, letters: 1, texts: 2\n',
    );
    expect((await laurel('learners', 'rename', 'link', bystander.username)).stderr).to.equal(
      'laurel: another learner has the new username; see which of the two is meant\n',
    );
    expect((await laurel('learners', 'rename', zelda.username, 'link')).code).to.equal(66);
  });

  it('is finished by the next process when one is killed at any time', async () => {
    const statesSeen: string[] = [];
    for (const afterMs of [0, 150, 500]) {
      const child = spawnLaurel(['learners', 'retire', zelda.username], env);
      const ended = new Promise<void>((done) => child.once('close', () => done()));
      await begun(child);
      await pause(afterMs);
      child.kill('SIGKILL');
      await ended;
      statesSeen.push(String(child.signalCode ?? child.exitCode));
    }
    // Whatever the last one left: its lease ends in time, here at once.
    await within(async (running) => {
      const { items } = await running.stores.jobs.list({ kind: 'retire-learner', limit: 5 });
      const db = running.stores.database.connection.db;
      await db?.collection('jobs').updateMany({ state: 'running' }, { $set: { dueAt: new Date(0) } });
      for (const job of items) await running.carryOut(job.id);
      await running.services.retirements.takeUp();
    });
    const ended = await laurel('learners', 'retire', zelda.username);
    expect([0, 66], `${ended.stderr} after ${statesSeen}`).to.include(ended.code);
    await within(async (running) => {
      expect(mentioned(await dump(running), zelda)).to.deep.equal([]);
      expect(await running.stores.retirements.unfinished()).to.deep.equal([]);
    });
  });
});
