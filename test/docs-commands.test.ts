import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { silentLogger } from '../plugin/ports/runtime.ts';
import { allCommands, createProgram } from '../server/cli/program.ts';
import { compose } from '../server/compose.ts';
import { readSettings } from '../server/config.ts';
import { projectPath } from '../server/paths.ts';
import { anIssuedCredential } from './contracts/credential-store.ts';
import { idleShell, runLaurel } from './support/command.ts';
import { runShell } from './support/shell-script.ts';

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
      const result = await runLaurel(args);
      expect({ code: result.code, stderr: result.stderr }).to.deep.equal({ code, stderr: '' });
      if (output !== null) expect(result.stdout).to.equal(output);
    });
  }
});

/** Pages whose commands people copy. */
const pagesWithCommands = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(projectPath('docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

/** Every `npx laurel` line of the page, as the words that it is made of. */
function commandLinesOf(page: string): readonly string[] {
  const text = readFileSync(projectPath(page), 'utf8');
  const blocks = [...text.matchAll(/```(?:sh|console)[^\n]*\n([\s\S]*?)```/g)].map(([, block = '']) => block);
  return blocks.flatMap((block) =>
    [...block.replaceAll('\\\n', ' ').matchAll(/npx laurel ([^\n]*)/g)].map(([, line = '']) =>
      line.replace(/ #.*| ?[|>)].*/, '').trim(),
    ),
  );
}

function wordsOf(line: string): readonly string[] {
  return [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, plain]) => double ?? single ?? plain ?? '',
  );
}

/** @returns what the command line says of these words when it does nothing; '' when it would do something */
async function refusalOf(words: readonly string[]): Promise<string> {
  const program = await createProgram(idleShell());
  let said = '';
  for (const command of [program, ...allCommands(program)]) {
    command.configureOutput({ writeErr: (text) => (said += text), writeOut: () => {} });
    if (command.commands.length === 0) command.action(() => {});
  }
  try {
    await program.parseAsync([...words], { from: 'user' });
    return '';
  } catch {
    return said;
  }
}

describe('commands in the documentation', () => {
  for (const page of pagesWithCommands)
    for (const line of new Set(commandLinesOf(page)))
      it(`${page}: npx laurel ${line} is one that there is, with options that it has`, async () => {
        expect(await refusalOf(wordsOf(line))).to.equal('');
      });

  it('would be found out when they are not', async () => {
    expect(await refusalOf(['rules', 'shake'])).to.include("unknown command 'shake'");
    expect(await refusalOf(['config', 'export', '--loud'])).to.include("unknown option '--loud'");
  });

  it('stand in blocks that say so, since others are not looked at', () => {
    const unseen = pagesWithCommands.flatMap((page) =>
      [...readFileSync(projectPath(page), 'utf8').matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)]
        .filter(([, language = '']) => !['sh', 'console'].includes(language))
        .filter(([, , block = '']) => /^(?:\$ )?(?:[A-Z_]+=\S+ )*(?:npx|npm) /m.test(block))
        .map(([, language = '', block = '']) => `${page}: ${language} ${block.split('\n')[0]}`),
    );
    expect(unseen).to.deep.equal([]);
  });

  it('name scripts of npm that there are', () => {
    const { scripts } = JSON.parse(readFileSync(projectPath('package.json'), 'utf8')) as { scripts: object };
    const named = pagesWithCommands.flatMap((page) => [
      ...readFileSync(projectPath(page), 'utf8').matchAll(/npm run (?:-s |--silent )?([\w:]+)/g),
    ]);
    expect(named.length).to.be.greaterThan(10);
    for (const [, name] of named) expect(Object.keys(scripts)).to.include(name);
  });
});

describe('docs/how-to/move-a-configuration.md', function () {
  this.timeout(120_000);

  it('moves a configuration as it says, and refuses a plan of another one', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'laurel-docs-'));
    try {
      const lines = commandLinesOf(join('docs', 'how-to', 'move-a-configuration.md'));
      expect(lines).to.have.length(4);
      for (const [at, line] of lines.entries()) {
        const { code, output } = await runShell(`npx laurel ${line}`, folder);
        expect([line, code], output).to.deep.equal([line, at === 3 ? 64 : 0]);
      }
    } finally {
      rmSync(folder, { recursive: true, maxRetries: 5 });
    }
  });
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
      const { code, stderr } = await runLaurel(args, { env: { LAUREL_DATA_DIR: dataDir } });
      expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
    });
  }

  it('leave a mail that was refused waiting to be sent again, and name no address', async () => {
    const laurel = (...args: string[]) => runLaurel(['mails', ...args], { env: { LAUREL_DATA_DIR: dataDir } });
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
