import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { projectPath } from '../../../server/paths.ts';
import { type CommandResult, runLaurel, serveLaurel } from '../../support/command.ts';
import { runShell } from '../../support/shell-script.ts';

const PASSING = 'org.openedx.learning.course.passing.status.updated.v1';
const rule = (id: string, where = '') =>
  `badge "${id}" {\n  active true\n\n  requirement r {\n    on ${PASSING}\n${where}  }\n}\n`;
const stricter = (id: string) => rule(id, '    where is_passing\n').replace('on org', 'on    org');

describe('laurel rules, plan and apply', function () {
  // The page runs eight commands, each a process.
  this.timeout(300_000);
  let folder: string;
  let rules: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'laurel-plan-'));
    rules = join(folder, 'rules');
    mkdirSync(rules);
  });
  afterEach(() => rmSync(folder, { recursive: true, maxRetries: 5 }));

  const write = (id: string, text: string) => writeFileSync(join(rules, `${id}.rules`), text);
  const laurel = (...args: readonly string[]): Promise<CommandResult> =>
    runLaurel(['rules', ...args], { env: { LAUREL_DATA_DIR: join(folder, 'data') } });
  const hashIn = ({ stdout, stderr }: CommandResult): string =>
    /--plan ([0-9a-f]{64})/.exec(stdout + stderr)?.[1] ?? 'none';

  it('plans, applies exactly that, refuses what changed since, and goes back', async () => {
    write('a', rule('a'));
    write('b', rule('b'));
    const first = await laurel('plan', rules);
    expect(first).to.deep.equal({
      code: 0,
      stderr: '',
      stdout: [
        `added     a  from ${rules}/a.rules`,
        `added     b  from ${rules}/b.rules`,
        '2 added, 0 changed, 0 removed, 0 unchanged',
        'nobody on record would gain or lose anything',
        '',
        'To apply exactly this:',
        `  laurel rules apply ${rules} --plan ${hashIn(first)} --reason "..."`,
        '',
      ].join('\n'),
    });
    const applied = await laurel('apply', rules, '--plan', hashIn(first), '--reason', 'the first two');
    expect([applied.code, applied.stderr]).to.deep.equal([0, '']);
    expect((await laurel('plan', rules)).stdout).to.equal(
      '0 added, 0 changed, 0 removed, 2 unchanged\nnothing to do\n',
    );

    write('a', stricter('a'));
    rmSync(join(rules, 'b.rules'));
    const kept = await laurel('plan', rules);
    expect(kept.stdout.split('\n').slice(0, 6)).to.deep.equal([
      `changed   a  version 1, from ${rules}/a.rules`,
      '            requirement r: the condition is narrower: it takes some of the events that it took, and no other',
      '              - (every event of the type)',
      '              + is_passing',
      '                no longer: {"is_passing":false}',
      '0 added, 1 changed, 0 removed, 0 unchanged; 1 stored badge not in the files left as they are',
    ]);
    const other = await laurel('apply', rules, '--plan', hashIn(kept), '--prune', '--reason', 'x');
    expect([other.code, other.stdout]).to.deep.equal([1, '']);
    expect(other.stderr.split('\n').slice(0, 9)).to.deep.equal([
      'nothing was changed: the files, or --prune, are not those of the plan. This is the plan now:',
      '',
      `changed   a  version 1, from ${rules}/a.rules`,
      '            requirement r: the condition is narrower: it takes some of the events that it took, and no other',
      '              - (every event of the type)',
      '              + is_passing',
      '                no longer: {"is_passing":false}',
      'removed   b  version 1',
      '0 added, 1 changed, 1 removed, 0 unchanged',
    ]);
    expect((await laurel('load', join(rules, 'a.rules'), '--reason', 'in between')).code).to.equal(0);
    const late = await laurel('apply', rules, '--plan', hashIn(other), '--prune', '--reason', 'x');
    expect(late.code).to.equal(1);
    expect(late.stderr).to.match(
      /^nothing was changed: the stored rules have changed since the plan was made \(saved last: a version 2 by cli at 20[\dT:.-]+Z, "in between"\)\. This is the plan now:\n/,
    );
    expect((await laurel('apply', rules, '--plan', hashIn(late), '--prune', '--reason', 'b goes')).code).to.equal(0);

    const history = await laurel('history', 'b');
    expect(history.stdout.replaceAll(/20\S+Z/g, 'TIME')).to.equal(
      '   2  removed   TIME  cli  b goes\n   1  active    TIME  cli  the first two\n',
    );
    const restored = await laurel('restore', 'b', '--version', '1', '--reason', 'missed');
    expect(restored.stdout.replace(/job \S+/, 'job ID')).to.equal(
      'version 1 of b is in force again, as version 3\n' +
        'learners are brought up to date: job ID is done\nnobody on record gains or loses anything\n',
    );
    const json = JSON.parse((await laurel('history', 'b', '--json')).stdout);
    expect(
      json.versions.map(({ version, removed, source }: Record<string, unknown>) => [version, removed, source]),
    ).to.deep.equal([
      [3, false, rule('b')],
      [2, true, rule('b')],
      [1, false, rule('b')],
    ]);
  });

  it('shows every mistake with its place and changes nothing', async () => {
    write('a', rule('a'));
    write('b', `${rule('b', '    where is_pasing\n')}`);
    const plan = await laurel('plan', rules);
    expect([plan.code, plan.stdout]).to.deep.equal([1, '']);
    expect(plan.stderr).to.contain(`${rules}/b.rules:6:11: error[type.unknown-path]`);
    expect(plan.stderr).to.match(/there is no plan: mend the errors above first\n$/);
    const json = await laurel('plan', rules, '--json');
    expect(JSON.parse(json.stdout)).to.have.nested.property('diagnostics[0].code', 'type.unknown-path');
    const load = await laurel('load', rules);
    expect([load.code, load.stdout]).to.deep.equal([1, '']);
    expect(load.stderr).to.match(/nothing was changed: mend the errors above first\n$/);
    expect(await laurel('export', '-')).to.deep.equal({ code: 0, stdout: '', stderr: '' });
  });

  it('warns of a template that is not known here, with its place, and plans all the same', async () => {
    write('a', rule('a').replace('active true', 'active true\n  template credly "t9"'));
    const warning =
      `${rules}/a.rules:3:19: warning[book.template-unknown] badge "a" could not be issued: there is no account at ` +
      'Credly here; connect one on the pages, Providers, and synchronise its templates\n';
    const plan = await laurel('plan', rules);
    expect([plan.code, plan.stderr]).to.deep.equal([0, warning]);
    const json = JSON.parse((await laurel('plan', rules, '--json')).stdout);
    expect(json.warnings.map(({ code, line, column }: Record<string, unknown>) => [code, line, column])).to.deep.equal([
      ['book.template-unknown', 3, 19],
    ]);
    const applied = await laurel('apply', rules, '--plan', hashIn(plan), '--reason', 'x');
    expect([applied.code, applied.stderr]).to.deep.equal([0, warning]);
    const loaded = await laurel('load', rules, '--reason', 'again');
    expect([loaded.code, loaded.stderr]).to.deep.equal([0, warning]);
  });

  it('exports beside a running server, and the server has what was applied', async () => {
    const env = { LAUREL_DATA_DIR: join(folder, 'data') };
    const server = await serveLaurel(env);
    try {
      write('any', `# why\n${rule('Ab')}\n# of the test\ntest "t" {\n  badge "Ab"\n  expect not awarded\n}\n`);
      expect((await laurel('load', rules, '--reason', 'x')).stderr).to.equal('');
      const out = join(folder, 'out');
      mkdirSync(out);
      writeFileSync(join(out, 'old.rules'), rule('old'));
      expect(await laurel('export', '--dir', out)).to.deep.equal({
        code: 0,
        stdout: `1 file written to ${out}\n`,
        stderr: 'not in force, and left as they are: old.rules; delete them if they are of an earlier export\n',
      });
      expect(readdirSync(out).sort()).to.deep.equal(['%41b.rules', 'old.rules']);
      const text = readFileSync(join(rules, 'any.rules'), 'utf8');
      expect(readFileSync(join(out, '%41b.rules'), 'utf8')).to.equal(text);
      expect((await laurel('export', '-')).stdout).to.equal(text);
    } finally {
      expect(await server.stop()).to.equal(0);
    }
  });

  it('says what to do about a command line that cannot be followed', async () => {
    write('a', rule('a'));
    const empty = join(folder, 'empty');
    mkdirSync(empty);
    const answers = [
      await laurel('plan', join(folder, 'nowhere')),
      await laurel('plan', empty, '--prune'),
      await laurel('apply', rules, '--plan', 'x', '--reason', ' '),
      await laurel('export'),
      await laurel('history', 'nobody'),
      await laurel('restore', 'a', '--version', 'last', '--reason', 'x'),
      await laurel('restore', 'a', '--version', '1', '--reason', 'x'),
    ];
    expect(answers.map(({ code, stderr }) => [code, stderr])).to.deep.equal([
      [64, `laurel: ${folder}/nowhere cannot be read (ENOENT); check the name\n`],
      [64, `laurel: ${empty} is a folder without *.rules files; name another, or a file\n`],
      [64, 'laurel: say why, in a few words; the reason is kept with every version\n'],
      [64, 'laurel: say where to: --dir FOLDER for files, or - for standard output\n'],
      [66, 'laurel: there never was a badge with this id; "laurel rules export -" prints all\n'],
      [64, 'laurel: "last" is not a version; write a number that "laurel rules history" lists\n'],
      [66, 'laurel: the badge has no such version; its history lists those it has\n'],
    ]);
    const { code, stderr } = await laurel('apply', rules, '--reason', 'x');
    expect(code).to.equal(2);
    expect(stderr).to.contain("required option '--plan <hash>' not specified");
  });

  it('follows docs/how-to/manage-rules-as-files.md to the letter', async () => {
    cpSync(projectPath('examples', 'rules', '04-one-course.rules'), join(rules, 'demo.rules'));
    await laurel('load', rules);
    rmSync(rules, { recursive: true });
    const page = readFileSync(projectPath('docs', 'how-to', 'manage-rules-as-files.md'), 'utf8');
    const [first = '', ...others] = [...page.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block as string);
    const edited = 'sed -i "s/Demo course completion/Another name/" rules/demo-course.rules\n';
    const { code, output } = await runShell([first, edited, ...others].join(''), folder);
    expect(code, output).to.equal(0);
    expect(output).to.contain('1 file written to rules\n');
    expect(output).to.contain('changed   demo-course  "Another name"  version 1, from rules/demo-course.rules\n');
    expect(output).to.contain('Spring term, change 12');
    expect(output).to.contain('version 1 of demo-course is in force again, as version 3\n');
  });
});
