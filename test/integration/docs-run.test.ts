/** The commands of every page, run as they stand, block after block, in a folder with the examples.
 *  What is not run is listed with the reason; a block that is neither run nor listed fails. */

import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { decodeCloudEvent } from '../../plugin/events/decode.ts';
import { silentLogger } from '../../plugin/ports/runtime.ts';
import { compose } from '../../server/compose.ts';
import { readSettings } from '../../server/config.ts';
import { projectPath } from '../../server/paths.ts';
import { runShell } from '../support/shell-script.ts';

const HERE = 'the test itself runs that way: in a clone with what `npm ci` installs';
const WALKED = 'test/integration/first-run.test.ts walks this page';
const SERVER = 'needs a server that runs; test/server/cli and test/server/http do the same';
const STAND_IN = 'needs a provider or its stand-in, and ids that it made up; test/server does the same';
const ELSEWHERE = 'test/docs-commands.test.ts runs it and compares what it prints';

/** Blocks that are not run here, by page and number. */
const NOT_RUN: Readonly<Record<string, string>> = {
  'README.md 1': HERE,
  'README.md 2': HERE,
  'README.md 3': SERVER,
  'docs/tutorial/first-badge-and-certificate.md 1': WALKED,
  'docs/explanation/what-happens-when.md 1': 'takes hours; test/integration/chaos.test.ts runs a part of it',
  'docs/how-to/connect-an-lms.md 1': SERVER,
  'docs/how-to/connect-an-lms.md 2': SERVER,
  'docs/how-to/connect-credly.md 1': 'a setting with placeholders',
  'docs/how-to/connect-credly.md 2': STAND_IN,
  'docs/how-to/connect-credly.md 3': STAND_IN,
  'docs/how-to/connect-credly.md 4': STAND_IN,
  'docs/how-to/deploy.md 1': 'test/integration/packed.test.ts packs, and runs what was packed',
  'docs/how-to/operate.md 5': 'needs effects that failed at Credly; test/server/cli/effects.test.ts does the same',
  'docs/how-to/pdf-credentials.md 5':
    'names a schedule beside that of the example; test/server/cli/credentials.test.ts does the same',
  'docs/how-to/pdf-credentials.md 6': 'names a run by an id; test/server/cli/credentials.test.ts does the same',
  'docs/how-to/pdf-credentials.md 8':
    'names a credential by an id; test/server/cli/credential-life.test.ts does the same',
  'docs/how-to/retire-a-learner.md 1':
    'alternatives, of which the first leaves nothing to the others; test/server/cli/learners.test.ts has each',
  'docs/how-to/retire-a-learner.md 2': SERVER,
  'docs/how-to/synchronise-templates.md 1': STAND_IN,
  'docs/how-to/synchronise-templates.md 2': STAND_IN,
  'docs/how-to/move-a-configuration.md 1': ELSEWHERE,
  'docs/how-to/move-a-configuration.md 2': ELSEWHERE,
  ...Object.fromEntries(
    Array.from({ length: 9 }, (_, at) => [`docs/how-to/work-with-rule-files.md ${at + 1}`, ELSEWHERE]),
  ),
};

/** What somebody has done before who reads the page. */
const BEFORE: Readonly<Record<string, string>> = {
  'docs/how-to/change-rules-safely.md':
    'npx laurel rules load examples/rules/04-one-course.rules\nmkdir rules\ncp examples/rules-next/04-one-course.rules rules/',
  'docs/how-to/manage-rules-as-files.md':
    'npx laurel rules load examples/rules/04-one-course.rules\nnpx laurel rules load examples/rules-next/04-one-course.rules',
};

/** Every page that the repository has. */
const pages = [
  ...readdirSync(projectPath()).filter((name) => name.endsWith('.md')),
  ...['docs', 'dsl', 'plugin', 'providers', 'server', 'browser', 'views', 'examples', 'bench', 'test'].flatMap(
    (folder) =>
      readdirSync(projectPath(folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.md') && !name.includes('node_modules'))
        .map((name) => `${folder}/${name.replaceAll('\\', '/')}`),
  ),
];

function blocksOf(page: string): readonly { readonly name: string; readonly script: string }[] {
  const text = readFileSync(projectPath(page), 'utf8');
  return [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, script = ''], at) => ({
    name: `${page} ${at + 1}`,
    script,
  }));
}

async function takeExampleEvents(folder: string): Promise<void> {
  const laurel = await compose(readSettings({ LAUREL_DATA_DIR: join(folder, 'data') }), {
    logger: silentLogger,
    roles: [],
  });
  const lines = readFileSync(projectPath('examples', 'events', 'demo.jsonl'), 'utf8')
    .trim()
    .split('\n');
  for (const line of lines) await laurel.process(decodeCloudEvent(JSON.parse(line)), 'file');
  await laurel.stop();
}

describe('the commands of', function () {
  // Each is a process of its own, and a page has up to twenty.
  this.timeout(600_000);
  for (const page of pages) {
    const blocks = blocksOf(page).filter(({ name }) => NOT_RUN[name] === undefined);
    if (blocks.length === 0) continue;
    it(`${page} do what they are there for`, async () => {
      const folder = mkdtempSync(join(tmpdir(), 'laurel-docs-'));
      try {
        cpSync(projectPath('examples'), join(folder, 'examples'), { recursive: true });
        const before = BEFORE[page];
        if (before !== undefined) expect((await runShell(before, folder)).code).to.equal(0);
        await takeExampleEvents(folder);
        for (const { name, script } of blocks) {
          const { code, output } = await runShell(script, folder);
          expect([name, code], output).to.deep.equal([name, 0]);
        }
      } finally {
        rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
      }
    });
  }
});

describe('blocks that are not run', () => {
  it('are there', () => {
    const all = pages.flatMap(blocksOf).map(({ name }) => name);
    expect(Object.keys(NOT_RUN).filter((name) => !all.includes(name))).to.deep.equal([]);
  });

  it('do not hide behind other words for a shell', () => {
    const others = pages.filter((page) =>
      /^ *```(bash|shell|zsh|sh .*)$|^ +```sh$/m.test(readFileSync(projectPath(page), 'utf8')),
    );
    expect(others).to.deep.equal([]);
  });
});
