import { mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Command } from 'commander';
import { allCommands, createProgram } from '../../../server/cli/program.ts';
import { projectPath } from '../../../server/paths.ts';
import { idleShell, runLaurel } from '../../support/command.ts';

/** Needs no store: looks at files, settings or a running server alone. */
const WITHOUT_STORE = [
  'settings',
  'check',
  'backup verify',
  'rules check',
  'rules fmt',
  'rules simulate',
  'rules test',
  'rules explain',
  'rules explain-index',
  'rules diff',
  'events send',
  'lms check',
];
/** May begin one, and says where. */
const BEGINS = [
  'serve',
  'consume',
  'demo',
  'migrate',
  'restore',
  'accounts create',
  'config import',
  'credentials setup',
  'records import',
  'rules load',
];
/** Has a message of its own for the same. */
const STORE_COMPACT = 'store compact';

/** Beside the arguments, what these do not run without. */
const OPTIONS: Readonly<Record<string, readonly string[]>> = {
  'credentials invalidate': ['--reason', 'x'],
  'credentials retry': ['--all'],
};

const nameOf = (command: Command): string =>
  command.parent?.parent ? `${nameOf(command.parent)} ${command.name()}` : command.name();

describe('a command that is started where there is no store', function () {
  this.timeout(60_000);
  let folder: string;
  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'laurel-nowhere-')));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const refusal = () =>
    `laurel: there is no store in ${folder}/data: start the command in the folder of the server, or set LAUREL_DATA_DIR or ` +
    'MONGODB_URI as they are set for it; a new store is begun by laurel serve\n';
  const run = (...args: readonly string[]) =>
    runLaurel(args, { env: { LAUREL_DATA_DIR: join(folder, 'data') }, hasStore: false });

  it('says so and makes nothing, whatever command needs one', async () => {
    const answers: string[] = [];
    for (const command of allCommands(await createProgram(idleShell())).filter(
      ({ commands }) => commands.length === 0,
    )) {
      const name = nameOf(command);
      if ([...WITHOUT_STORE, ...BEGINS, STORE_COMPACT].includes(name)) continue;
      const { code, stdout, stderr } = await run(...name.split(' '), ...wordsFor(command, name, folder));
      if (code !== 66 || stdout !== '' || stderr !== refusal()) answers.push(`${name}: ${code} ${stdout}${stderr}`);
      if (readdirSync(folder).includes('data')) answers.push(`${name} made something`);
    }
    expect(answers).to.deep.equal([]);
  });

  it('says so in the folder where it is started', async () => {
    const { code, stderr } = await runLaurel(['accounts', 'list'], { cwd: folder });
    expect([code, stderr]).to.deep.equal([66, refusal()]);
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it('has another message for names that nothing here has', async () => {
    const env = { LAUREL_DATA_DIR: join(folder, 'data') };
    const answers = [];
    for (const words of [
      ['templates', 'list', '--provider', 'credley'],
      ['templates', 'list', '--account', 'nowhere'],
      ['token', 'create', '--label', 'x', '--expires', '2026-02-30'],
    ]) {
      const { code, stderr } = await runLaurel(words, { env });
      answers.push([code, stderr]);
    }
    expect(answers).to.deep.equal([
      [64, 'laurel: --provider credley is not a provider; write one of memory, credly, accredible, openbadges\n'],
      [64, 'laurel: --account nowhere is not an account at a provider; `laurel providers list` prints them\n'],
      [64, 'laurel: --expires cannot be used: Enter the last day as year, month and day, such as 2027-03-31.\n'],
    ]);
  });

  it('begins one to set something up, and says where', async () => {
    const begun = `laurel: a new store is begun in ${folder}/data; LAUREL_DATA_DIR or MONGODB_URI name another\n`;
    const loaded = await run('rules', 'load', projectPath('examples', 'rules', '04-one-course.rules'));
    expect([loaded.code, loaded.stderr]).to.deep.equal([0, begun]);
    expect(await run('accounts', 'create', 'ada', '--role', 'viewer')).to.include({ code: 0, stderr: '' });
    rmSync(join(folder, 'data'), { recursive: true });
    const { code, stdout, stderr } = await run('migrate');
    expect([code, stderr]).to.deep.equal([0, begun]);
    expect(stdout).to.match(/the database has the form of this version\n$/);
  });
});

/** Enough for a command to begin. */
function wordsFor(command: Command, name: string, folder: string): readonly string[] {
  const file = join(folder, 'given.rules');
  writeFileSync(file, '');
  const required = command.options.filter(({ mandatory, defaultValue }) => mandatory && defaultValue === undefined);
  return [
    ...command.registeredArguments.map((argument) =>
      name === 'rules export'
        ? '-'
        : argument.name() === 'file'
          ? file
          : argument.name() === 'folder'
            ? join(folder, 'data-backup')
            : 'x',
    ),
    ...required.flatMap(({ long }) => [String(long), '1']),
    ...(OPTIONS[name] ?? []),
  ];
}
