import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { runLaurel } from '../../support/command.ts';

describe('a command that is interrupted', function () {
  this.timeout(120_000);
  let folder: string;
  const laurel = (...args: string[]) => runLaurel(args, { env: { LAUREL_DATA_DIR: join(folder, 'data') } });
  const interrupted = (...args: string[]) =>
    runLaurel(args, { env: { LAUREL_DATA_DIR: join(folder, 'data') }, untilAsked: () => Promise.resolve() });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'laurel-interrupted-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, maxRetries: 5 }));

  it('leaves a run of credentials to others, and to itself when it is asked again; everybody gets one', async () => {
    await laurel('credentials', 'setup', 'examples/credentials/example.json');
    await laurel('records', 'import', 'examples/credentials/records.jsonl');
    const { code, stdout, stderr } = await interrupted('credentials', 'generate', 'demo-course-certificate');
    expect({ code, stdout }).to.deep.equal({ code: 130, stdout: '' });
    const [, id = ''] = /run (\S+) is not done/.exec(stderr) ?? [];
    expect(stderr).to.equal(
      'interrupted: what is in hand is finished first; once more to leave at once\n' +
        `laurel: run ${id} is not done: a running server goes on with it, or \`laurel credentials runs wait ${id}\`; ` +
        `\`laurel credentials runs cancel ${id}\` ends it\n`,
    );
    const waited = await laurel('credentials', 'runs', 'wait', id);
    expect(waited.stdout).to.match(/^done: 8 learners seen, 6 eligible, (\d) generated, (\d) skipped, 0 failed\n$/);
    expect((await laurel('credentials', 'generate', 'demo-course-certificate')).stdout).to.equal(
      'done: 8 learners seen, 6 eligible, 0 generated, 6 skipped, 0 failed\n',
    );
    expect(await laurel('credentials', 'runs', 'wait', 'none')).to.deep.include({
      code: 66,
      stderr: 'laurel: there is no credential run with this id\n',
    });
  });

  it('leaves no backup behind that could be taken for one', async () => {
    await laurel('records', 'import', 'examples/credentials/records.jsonl');
    const backup = join(folder, 'backup');
    expect(await interrupted('backup', backup)).to.deep.equal({
      ...{ code: 130, stdout: '' },
      stderr: `laurel: the backup is not whole; remove ${backup} and begin again\n`,
    });
    expect(existsSync(join(backup, 'manifest.json'))).to.equal(false);
    expect((await laurel('backup', 'verify', backup)).code).to.equal(64);
    expect((await laurel('backup', backup)).code, 'again, into the same folder').to.equal(64);
    rmSync(backup, { recursive: true });
    expect((await laurel('backup', backup)).code).to.equal(0);
    const restored = { env: { LAUREL_DATA_DIR: join(folder, 'restored') }, hasStore: false };
    const restore = ['restore', backup, '--into-empty'];
    expect((await runLaurel(restore, { ...restored, untilAsked: () => Promise.resolve() })).stderr).to.contain(
      'laurel: the restore is not finished; where it had begun to write, the database is refused from now on: remove it, or LAUREL_DATA_DIR/store, and restore again\n',
    );
    expect((await runLaurel(restore, restored)).code, 'nothing had been written').to.equal(0);
  });

  it('waits for a job that no server has taken up, and carries it out', async () => {
    await laurel('records', 'import', 'examples/credentials/records.jsonl');
    const { id } = JSON.parse((await laurel('events', 'replay', '--no-wait', '--json')).stdout) as { id: string };
    expect((await laurel('jobs', 'wait', id)).stdout).to.match(new RegExp(`^job ${id} is done`));
    expect((await laurel('jobs', 'wait', id)).code, 'one that has ended').to.equal(0);
    expect(await laurel('jobs', 'wait', 'none')).to.deep.include({
      code: 66,
      stderr: 'laurel: there is no job none; `laurel jobs list` prints the ids\n',
    });
  });
});
