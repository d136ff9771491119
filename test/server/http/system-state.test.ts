import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { silentLogger } from '../../../plugin/ports/runtime.ts';
import { compose } from '../../../server/compose.ts';
import { readSettings } from '../../../server/config.ts';
import { job } from '../../contracts/job-store.ts';
import { makeSite } from '../../support/web.ts';

describe('the page of state and settings', function () {
  this.timeout(30_000);

  it('shows operators what is going on, and where each setting comes from', async () => {
    const { text } = await (await makeSite().signIn('operator')).get('/system/state').expect(200);
    expect(text).to.contain('laurel.events').and.to.contain('the oldest is due for 700 s');
    expect(text).to.match(/<code>PORT<\/code><\/th><td class="prose wrap">9000<\/td><td>environment<\/td>/);
    expect(text).to.match(/<code>MONGODB_URI<\/code><\/th><td class="prose wrap">\(unset\)<\/td><td>default<\/td>/);
  });

  it('is for operators', async () => {
    expect((await (await makeSite().signIn('viewer')).get('/system/state')).status).to.equal(403);
  });

  it('tells of a job that has put off a step that fails for long', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'laurel-state-'));
    const laurel = await compose(readSettings({ LAUREL_DATA_DIR: dataDir }), { logger: silentLogger, roles: [] });
    try {
      const failing = { state: 'running', attempts: 40, failingSince: new Date(Date.now() - 3_600_000) } as const;
      await laurel.stores.jobs.create(job({ ...failing, dueAt: new Date(Date.now() + 60_000) }));
      const { facts } = await laurel.services.systemState();
      const fact = facts.find(({ name }) => name === 'postponed jobs');
      expect(fact?.value).to.match(/^1 tries a step again, the one that has tried longest for 36\d\d s$/);
      expect(fact?.isTrouble).to.equal(true);
    } finally {
      await laurel.stop();
      rmSync(dataDir, { recursive: true });
    }
  });

  it('tells of a real server', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'laurel-state-'));
    const settings = readSettings({ LAUREL_DATA_DIR: dataDir });
    const laurel = await compose(settings, { logger: silentLogger, roles: [] });
    try {
      const { facts } = await laurel.services.systemState();
      expect(facts.find(({ name }) => name === 'space')?.value).to.match(/^takes \d/);
      const rest = facts.filter(({ name }) => name !== 'space');
      expect(rest.map(({ name, value }) => `${name}: ${value}`)).to.deep.equal([
        'this process: a command',
        'database: the embedded store',
        'form: the database has the form of this version',
        'clock: agrees with that of the database',
        'consumer: AMQP_URL is not set',
        'effects: none is due',
        'schedules: none is due',
        'schedules switched on: 0 of 0',
        'postponed jobs: none',
      ]);
      const names = facts.map(({ name }) => name);
      expect(names, 'each row has a name of its own').to.deep.equal([...new Set(names)]);
      expect(facts.some(({ isTrouble }) => isTrouble)).to.equal(false);
    } finally {
      await laurel.stop();
      rmSync(dataDir, { recursive: true });
    }
  });
});
