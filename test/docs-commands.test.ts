import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { silentLogger } from '../plugin/ports/runtime.ts';
import { compose } from '../server/compose.ts';
import { readSettings } from '../server/config.ts';
import { projectPath } from '../server/paths.ts';
import { anIssuedCredential } from './contracts/credential-store.ts';
import { runInProcess } from './support/in-process.ts';

interface Example {
  readonly line: string;
  readonly code: number;
  /** What the page shows of it; null: nothing. */
  readonly output: string | null;
}

/** Commands of `sh` blocks; a `text` block right after one is the output of its last command. */
function examplesOf(page: string): Example[] {
  const blocks = [...page.matchAll(/```sh\n([\s\S]*?)```(?:\n\n```text\n([\s\S]*?)```)?/g)];
  return blocks.flatMap(([, commands = '', output]) => {
    const lines = commands.trim().split('\n');
    return lines.map((line, index) => ({
      line: line.replace(/ # exits \d+$/, ''),
      code: Number(/ # exits (\d+)$/.exec(line)?.[1] ?? 0),
      output: index === lines.length - 1 ? (output ?? null) : null,
    }));
  });
}

describe('docs/how-to/work-with-rule-files.md', () => {
  const page = readFileSync(projectPath('docs', 'how-to', 'work-with-rule-files.md'), 'utf8');
  const examples = examplesOf(page);

  it('shows every command over rule files', () => {
    const shown = new Set(examples.map(({ line }) => line.split(' ')[3]));
    expect([...shown]).to.have.members(['check', 'fmt', 'test', 'simulate', 'explain', 'diff']);
  });

  for (const { line, code, output } of examples) {
    it(`${line} does what the page says`, async () => {
      const [npx, laurel, ...args] = line.split(' ');
      expect([npx, laurel]).to.deep.equal(['npx', 'laurel']);
      const result = await runInProcess(args);
      expect({ code: result.code, stderr: result.stderr }).to.deep.equal({ code, stderr: '' });
      if (output !== null) expect(result.stdout).to.equal(output);
    });
  }
});

describe('commands that the how-to guides give for effects, mails and replays', function () {
  this.timeout(120_000);
  const pages = ['operate', 'pdf-credentials', 'change-rules-safely'];
  const lines = pages
    .flatMap((page) => examplesOf(readFileSync(projectPath('docs', 'how-to', `${page}.md`), 'utf8')))
    .map(({ line }) => line)
    .filter((line) => /^npx laurel (effects|mails|events replay)\b/.test(line));
  const failed = {
    state: 'failed',
    messageId: 'm1@example.org',
    attempts: 1,
    dueAt: null,
    sentAt: null,
    lastError: { code: 'mail.refused', message: 'the mail server refused the mail (550)' },
  } as const;
  const credential = anIssuedCredential({ mail: failed });
  let dataDir: string;

  before(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'laurel-docs-'));
    const laurel = await compose(readSettings({ LAUREL_DATA_DIR: dataDir }), { logger: silentLogger, roles: [] });
    const demo = readFileSync(projectPath('examples', 'rules', '04-one-course.rules'), 'utf8');
    await laurel.services.saveBadge(demo, { expectedVersion: 0, actor: 'test' });
    await laurel.stores.credentials.createCredential(credential);
    await laurel.stop();
  });
  after(() => rmSync(dataDir, { recursive: true, force: true }));

  it('are these', () => {
    const shown = new Set(lines.map((line) => line.split(' ').slice(2, 4).join(' ')));
    expect([...shown].sort()).to.deep.equal([
      'effects list',
      'effects retry',
      'events replay',
      'mails give-up',
      'mails list',
      'mails retry',
    ]);
  });

  for (const line of lines) {
    it(`${line} is understood and done`, async () => {
      const [, , ...args] = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? '');
      const { code, stderr } = await runInProcess(args, { env: { LAUREL_DATA_DIR: dataDir } });
      expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
    });
  }

  it('leave a mail that was refused waiting to be sent again, and name no address', async () => {
    const laurel = (...args: string[]) => runInProcess(['mails', ...args], { env: { LAUREL_DATA_DIR: dataDir } });
    const { id, configurationId, username } = credential;
    const pending = await laurel('list', '--state', 'pending', '--json');
    const { dueAt, ...mail } = JSON.parse(pending.stdout).mail;
    expect(new Date(dueAt).getTime()).to.be.at.most(Date.now());
    expect(mail).to.include({ state: 'pending', attempts: 1 });
    expect(pending.stdout).to.not.contain(credential.email);
    expect((await laurel('give-up', id)).stdout).to.equal(`${id} is given up\n`);
    const givenUp = await laurel('list', '--state', 'given-up');
    expect(givenUp.stdout).to.equal(`${id}  given-up  waits  1  ${configurationId}  ${username}  mail.refused\n`);
    expect((await laurel('retry', '--state', 'given-up')).stdout).to.match(/^job \S+ is done, 1 retried\n$/);
    expect((await laurel('give-up', id, '--state', 'failed')).stderr).to.equal(
      'laurel: name mails or give --state, not both\n',
    );
    const nobody = await laurel('retry', 'nobody');
    expect([nobody.code, nobody.stderr]).to.deep.equal([
      66,
      'laurel: there is no such mail; the list of mails shows those there are\n',
    ]);
  });
});
