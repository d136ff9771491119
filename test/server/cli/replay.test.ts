import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { silentLogger } from '../../../plugin/ports/runtime.ts';
import { compose } from '../../../server/compose.ts';
import { readSettings } from '../../../server/config.ts';
import { projectPath } from '../../../server/paths.ts';
import { course, passing } from '../../support/badge-world.ts';
import { type CommandResult, runLaurel } from '../../support/command.ts';
import { runShell } from '../../support/shell-script.ts';

const PASSING = 'org.openedx.learning.course.passing.status.updated.v1';

/** Given for one course; with `any` for every one. */
const rules = (id: string, course_key: string | null, extra = '') => `badge "${id}" {
  template memory "${id}"
  active   true

  requirement pass {
    on    ${PASSING}
    where is_passing${
      course_key === null
        ? ''
        : `
      and course.course_key = "${course_key}"`
    }
${extra}  }
}
`;

describe('replaying on the command line', function () {
  this.timeout(60_000);
  let folder: string;
  let file: string;
  let env: Record<string, string>;
  const laurel = (...args: readonly string[]): Promise<CommandResult> => runLaurel(args, { env });
  const load = async (text: string, ...options: readonly string[]): Promise<CommandResult> => {
    writeFileSync(file, text);
    return laurel('rules', 'load', file, '--reason', 'a test', ...options);
  };
  const lines = ({ stdout }: CommandResult): readonly string[] =>
    stdout
      .replace(/job \S+/g, 'job ID')
      .trimEnd()
      .split('\n');

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'laurel-replay-'));
    file = join(folder, 'demo.rules');
    env = { LAUREL_DATA_DIR: join(folder, 'data') };
    expect((await load(rules('demo', course(1)))).code).to.equal(0);
    const running = await compose(readSettings(env), { logger: silentLogger, roles: [] });
    for (const [minute, username, lmsUserId, number] of [
      [1, 'ada', 1, 1],
      [2, 'bob', 2, 2],
      [3, 'eve', 3, 2],
    ] as const)
      await running.process(passing(true, minute, { username, lmsUserId, course: course(number) }), 'http');
    await running.stop();
  });
  afterEach(() => rmSync(folder, { recursive: true, maxRetries: 5 }));

  it('shows in a plan who would gain and lose what, and brings learners up to date when it is applied', async () => {
    writeFileSync(file, rules('demo', course(2)));
    const plan = await laurel('rules', 'plan', file, '--learners');
    expect(plan.stderr).to.equal('');
    const impact = lines(plan).findIndex((line) => line.includes('would gain it'));
    expect(lines(plan).slice(impact, impact + 6)).to.deep.equal([
      '            2 learners would gain it, 1 learner would lose it',
      '0 added, 1 changed, 0 removed, 0 unchanged',
      'would follow: 2 awards at memory, 2 announcements, 2 no longer needed',
      '  (no learner yet)  demo  none -> awarded',
      '  (no learner yet)  demo  none -> awarded',
      '  ada  demo  awarded -> none',
    ]);
    const json = JSON.parse((await laurel('rules', 'plan', file, '--json')).stdout);
    expect(json.impact).to.deep.include({
      learners: 3,
      badges: [{ badge: 'demo', gains: 2, loses: 1, moves: 0, unverified: 0 }],
    });
    expect(JSON.parse((await laurel('rules', 'plan', file, '--json', '--no-impact')).stdout).impact).to.equal(null);

    const applied = await laurel('rules', 'apply', file, '--plan', json.hash, '--reason', 'the other course');
    expect([applied.code, applied.stderr]).to.deep.equal([0, '']);
    expect(lines(applied).slice(-4)).to.deep.equal([
      '0 added, 1 changed, 0 removed, 0 unchanged',
      'learners are brought up to date: job ID is done',
      'demo: 2 learners gain it, 1 learner loses it',
      'follows: 2 awards at memory, 2 announcements, 2 no longer needed',
    ]);
    expect(lines(await laurel('events', 'replay'))).to.deep.equal([
      'job ID is done',
      'nobody on record gains or loses anything',
    ]);
    expect(lines(await laurel('progress', 'check'))).to.deep.equal([
      'job ID is done, 3 learners checked',
      '0 to repair',
    ]);
  });

  it('counts earlier events for a new badge when it is told since when', async () => {
    const more = `${rules('demo', course(1))}\n${rules('any', null)}`;
    writeFileSync(file, more);
    const plan = await laurel('rules', 'plan', file, '--since', '2026-03-01T00:02:00Z');
    expect(lines(plan)).to.include('            2 learners would gain it');
    expect(plan.stdout).to.contain(' --since 2026-03-01T00:02:00Z --reason');
    const loaded = await load(more, '--since', '2026-03-01T00:02:00Z');
    expect(lines(loaded)).to.include('any: 2 learners gain it');
    const all = await laurel('events', 'replay', '--badge', 'any', '--backfill', '--dry-run', '--learners');
    expect(lines(all)).to.deep.equal([
      'job ID is done',
      'any: 1 learner would gain it',
      'would follow: 1 award at memory, 1 announcement',
      '  ada  any  none -> awarded',
    ]);
  });

  it('leaves the replay to a server when it is not to wait', async () => {
    const loaded = await load(rules('demo', null), '--no-wait');
    expect(lines(loaded).at(-1)).to.equal('learners are brought up to date: job ID is waiting');
    const json = JSON.parse((await load(rules('demo', course(2)), '--json')).stdout);
    expect(json.replay).to.include({
      kind: 'replay',
      title: 'Bring learners up to date with badge "demo"',
      state: 'done',
    });
    const restored = await laurel('rules', 'restore', 'demo', '--version', '1', '--reason', 'as it was');
    expect(lines(restored).slice(1)).to.deep.equal([
      'learners are brought up to date: job ID is done',
      'demo: 1 learner gains it, 2 learners lose it',
      'follows: 1 award at memory, 1 announcement, 4 no longer needed',
    ]);
    const names = await load(rules('demo', course(1)).replace('  active', '  name     "Demo"\n  active'));
    expect(lines(names).at(-1)).to.equal('0 added, 1 changed, 0 removed, 0 unchanged');
  });

  it('records who asked for it, and says what is wrong with what was asked', async () => {
    const replay = (...args: readonly string[]) => laurel('events', 'replay', ...args);
    await replay('--from', '2026-03-01', '--type', 'course.passing.status.updated', '--reason', 'a support case');
    const audit = await compose(readSettings(env), { logger: silentLogger, roles: [] });
    const [entry] = (await audit.services.access.audit({ limit: 1 })).items;
    await audit.stop();
    expect(entry).to.deep.include({ actor: 'cli', action: 'replay.requested' });
    expect(entry?.details).to.deep.include({
      badges: 'all',
      membership: 'as-received',
      from: '2026-03-01T00:00:00Z',
      types: PASSING,
    });
    expect(await replay('--badge', 'none')).to.deep.equal({
      code: 66,
      stdout: '',
      stderr: 'laurel: there is no badge "none" in force; look up its id\n',
    });
    expect((await replay('--type', 'course.passing.status.updatd')).stderr).to.contain(
      'did you mean course.passing.status.updated?',
    );
    expect((await replay('--from', 'yesterday')).stderr).to.contain(
      'Write it like 2026-03-01 or 2026-03-01T10:00:00Z.',
    );
    await load(rules('demo', course(2)).replace('active   true', 'active   false'));
    expect(await replay('--badge', 'demo')).to.deep.equal({
      code: 64,
      stdout: '',
      stderr: 'laurel: badge "demo" is not active, so nothing counts for it; activate it first\n',
    });
  });

  it('follows docs/how-to/change-rules-safely.md to the letter', async function () {
    // The page runs a dozen commands, each a process.
    this.timeout(300_000);
    mkdirSync(join(folder, 'rules'));
    cpSync(projectPath('examples', 'rules', '04-one-course.rules'), join(folder, 'rules', 'demo.rules'));
    const page = readFileSync(projectPath('docs', 'how-to', 'change-rules-safely.md'), 'utf8');
    const blocks = [...page.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block as string);
    expect(blocks).to.have.length.greaterThan(3);
    const { code, output } = await runShell(blocks.join(''), folder);
    expect(code, output).to.equal(0);
    expect(output).to.contain('added     demo-course');
    expect(output).to.contain('learners are brought up to date: job ');
    expect(output).to.contain('0 to repair');
  });
});
