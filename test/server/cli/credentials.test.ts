import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { projectPath } from '../../../server/paths.ts';
import { runLaurel } from '../../support/command.ts';

describe('PDF credentials on the command line', function () {
  this.timeout(120_000);
  let dataDir: string;
  const laurel = (...args: string[]) => runLaurel(args, { env: { LAUREL_DATA_DIR: dataDir } });
  before(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'laurel-credentials-'));
  });
  after(() => rmSync(dataDir, { recursive: true }));

  it('go from the example files to generated credentials, once', async () => {
    expect(await laurel('credentials', 'setup', 'examples/credentials/example.json')).to.deep.equal({
      code: 0,
      stdout: 'saved 2 assets, 1 types, 1 configurations, 1 schedules\n',
      stderr: '',
    });
    expect((await laurel('credentials', 'setup', 'examples/credentials/example.json')).stdout).to.equal(
      'nothing to save: everything is as the file says\n',
    );
    expect((await laurel('records', 'import', 'examples/credentials/records.jsonl')).stdout).to.equal(
      'imported 8 learner records of 1 named contexts\n',
    );
    expect((await laurel('credentials', 'generate', 'demo-course-certificate')).stdout).to.equal(
      'done: 8 learners seen, 6 eligible, 6 generated, 0 skipped, 0 failed\n',
    );
    expect((await laurel('credentials', 'generate', 'demo-course-certificate')).stdout).to.equal(
      'done: 8 learners seen, 6 eligible, 0 generated, 6 skipped, 0 failed\n',
    );
  });

  it('show and set when a configuration runs by itself', async () => {
    const schedule = (...args: string[]) => laurel('credentials', 'schedule', 'demo-course-certificate', ...args);
    const file = join(dataDir, 'schedule.json');
    const rule = { kind: 'crontab', expression: '0 6 1 1 *', timeZone: 'Asia/Tokyo' };
    writeFileSync(file, JSON.stringify({ enabled: true, rule, overlap: 'queue' }));
    const set = await schedule('--set', file);
    expect(set.stdout).to.match(
      /^On day 1 of the month in January at 06:00, Asia\/Tokyo \(0 6 1 1 \*\)\n(\d{4}-12-31T21:00Z {2}\w{3}, 1 Jan \d{4}, 06:00 GMT\+9\n){5}$/,
    );
    expect(JSON.parse((await schedule('--json')).stdout)).to.deep.include({
      ...{ enabled: true, overlap: 'queue', catchUp: 'one', oneOff: false },
      rule: { ...rule, gap: 'after', repeated: 'first', days: 'both' },
    });
    expect((await schedule('--disable')).stdout).to.equal(
      'On day 1 of the month in January at 06:00, Asia/Tokyo (0 6 1 1 *), switched off\n',
    );
    writeFileSync(file, JSON.stringify({ enabled: true, rule: { ...rule, zone: 'UTC' } }));
    const refused = await schedule('--set', file);
    expect(refused.stderr).to.contain('the schedule cannot be used:\n  rule: Unrecognized key: "zone"');
    expect(refused.code).to.not.equal(0);
    expect((await schedule('--remove')).stdout).to.equal('no schedule: it runs at its button only\n');
    expect((await schedule('--enable')).stderr).to.contain(
      'configuration "demo-course-certificate" has no schedule; set one with --set',
    );
    expect((await schedule('--enable', '--remove')).code).to.equal(2);
  });

  it('list runs, and cancel, resume and retry them', async () => {
    const runs = (...args: string[]) => laurel('credentials', 'runs', ...args);
    const configuration = 'demo-course-certificate';
    const listed = (await runs('list', '--configuration', configuration)).stdout.split('\n');
    expect(listed[0]).to.match(
      /^[0-9a-f-]{36} {2}\S+Z {2}demo-course-certificate {2}manual {2}done: 8 learners seen, 6 eligible, 0 generated, 6 skipped, 0 failed$/,
    );
    const [newest = ''] = (await runs('list', '--limit', '1', '--json')).stdout.trim().split('\n');
    const { id } = JSON.parse(newest) as { id: string };
    expect((await runs('cancel', id)).stderr).to.contain('the run has ended already');
    expect((await runs('resume', id)).stderr).to.contain('only a run that was cancelled or has failed can go on');
    expect((await runs('resume', 'none')).stderr).to.contain('there is no such run');
    expect((await runs('retry', configuration)).stdout).to.equal(
      'done: 0 learners seen, 0 eligible, 0 generated, 0 skipped, 0 failed\n',
    );
    expect((await runs('list', '--limit', '0')).code).to.equal(2);
  });

  it('list schedules, and switch many at once', async () => {
    const schedules = (...args: string[]) => laurel('credentials', 'schedules', ...args);
    const file = join(dataDir, 'yearly.json');
    writeFileSync(file, JSON.stringify({ enabled: true, rule: { kind: 'interval', everyMs: 3_600_000 } }));
    await laurel('credentials', 'schedule', 'demo-course-certificate', '--set', file);
    expect((await schedules('list')).stdout).to.match(
      /^demo-course-certificate {2}next \S+Z {2}Every 1 hour {2}\d+ runs so far\n$/,
    );
    expect(await schedules('toggle', '--all')).to.deep.include({
      code: 0,
      stdout: 'demo-course-certificate  disabled\n',
    });
    const both = await schedules('disable', 'demo-course-certificate', 'nowhere');
    expect(both).to.deep.include({
      code: 1,
      stdout: 'demo-course-certificate  was so already\nnowhere  has no schedule\n',
    });
    expect((await schedules('enable')).code).to.equal(2);
    await laurel('credentials', 'schedule', 'demo-course-certificate', '--remove');
  });

  it('say how everybody, or one learner, stands', async () => {
    const eligible = await laurel('credentials', 'eligible', 'demo-course-certificate');
    expect(eligible).to.deep.include({ code: 0, stderr: '8 learners enrolled, 6 eligible, 0 with unusable data\n' });
    expect(eligible.stdout).to.contain('eligible  ada\n');
    expect(eligible.stdout).to.contain('not yet   chloe  completion is 0.55, but must be at least 0.9\n');
    const jonas = await laurel('credentials', 'eligible', 'demo-course-certificate', '--learner', 'jonas', '--json');
    expect(JSON.parse(jonas.stdout)).to.deep.equal({
      learner: 'jonas',
      eligible: false,
      reason: 'grades."final exam" is absent, but must be at least 50',
      problem: null,
      courses: [
        {
          courseKey: 'course-v1:OpenedX+DemoX+Demo_Course',
          eligible: false,
          facts: { completion: 0.96, grades: { homework: 93, total: 58 } },
          required: { completion: 0.9, grades: { 'final exam': 50, total: 60 } },
          reason: 'grades."final exam" is absent, but must be at least 50',
          problem: null,
        },
      ],
    });
  });

  it('reissue, invalidate and retry those that match, after a preview', async () => {
    const preview = await laurel('credentials', 'reissue', '--search', 'ada', '--dry-run');
    expect(preview.stdout).to.match(/^1 credential match\n {2}1 available\n {2}[0-9a-f-]{36} {2}ada {2}course-v1:/);
    const [, id = ''] = /([0-9a-f-]{36})/.exec(preview.stdout) ?? [];

    const reissued = await laurel('credentials', 'reissue', id, '--json');
    expect({ code: reissued.code, stderr: reissued.stderr }).to.deep.equal({ code: 0, stderr: '' });
    const { id: newId, status } = JSON.parse(reissued.stdout);
    expect(status).to.equal('available');
    const again = await laurel('credentials', 'reissue', id);
    expect([again.code, again.stderr]).to.deep.equal([
      70,
      'laurel: the credential is invalidated and cannot become reissued; load it again to see what happened to it\n',
    ]);
    const invalidated = await laurel('credentials', 'invalidate', newId, '--reason', 'Given by mistake');
    expect(invalidated).to.deep.equal({ code: 0, stdout: 'invalidated\n', stderr: '' });

    const generate = () => laurel('credentials', 'generate', 'demo-course-certificate');
    expect((await generate()).stdout, 'what was taken back stays so').to.equal(
      'done: 8 learners seen, 6 eligible, 0 generated, 6 skipped, 0 failed\n',
    );
    expect(await laurel('credentials', 'allow', newId)).to.deep.equal({ code: 0, stdout: 'allowed\n', stderr: '' });
    const twice = await laurel('credentials', 'allow', newId);
    expect([twice.code, twice.stdout]).to.deep.equal([70, '']);
    expect((await generate()).stdout).to.equal('done: 8 learners seen, 6 eligible, 1 generated, 5 skipped, 0 failed\n');

    const all = await laurel('credentials', 'reissue', '--all');
    expect(all.stdout).to.match(/^job [0-9a-f-]+ is done, 6 reissued\n$/);
  });

  it('want to know which credentials are meant, and why they are invalidated', async () => {
    const unclear = await runLaurel(['credentials', 'invalidate', '--reason', 'x']);
    expect([unclear.code, unclear.stderr]).to.deep.equal([
      64,
      'laurel: say which credentials: filters, --all, or the id of one\n',
    ]);
    const noReason = await runLaurel(['credentials', 'invalidate', '--all']);
    expect([noReason.code, noReason.stderr]).to.deep.equal([
      64,
      'laurel: give a reason with --reason; whoever verifies one is told\n',
    ]);
  });

  it('refuse a setup file with an unknown key, a misspelt option or a missing asset, and save nothing', async () => {
    const example = JSON.parse(readFileSync(projectPath('examples', 'credentials', 'example.json'), 'utf8'));
    const path = join(dataDir, 'setup.json');
    const setUp = (change: Record<string, unknown>) => {
      writeFileSync(path, JSON.stringify({ ...example, assets: [], ...change }));
      return laurel('credentials', 'setup', path);
    };
    const unknown = await setUp({ configuration: {} });
    expect([unknown.code, unknown.stderr]).to.deep.equal([
      64,
      `laurel: ${path} cannot be used:\n  (whole file): Unrecognized key: "configuration"\n`,
    ]);
    const [type] = example.types;
    const misspelt = await setUp({ types: [{ ...type, options: { required_completon: 1 } }] });
    expect(misspelt.code).to.equal(64);
    expect(misspelt.stderr).to.contain('required_completon').and.to.contain('did you mean');
    const missing = await setUp({ assets: [{ slug: 'none', kind: 'font', file: 'none.ttf' }] });
    expect([missing.code, missing.stderr]).to.deep.equal([
      64,
      'laurel: none.ttf cannot be read (ENOENT); check the name\n',
    ]);
    const broken = await setUp({ assets: [{ slug: 'broken', kind: 'pdf-template', file: 'setup.json' }] });
    expect(broken.code).to.equal(64);
    expect(broken.stderr).to.match(/^laurel: asset "broken": the PDF template .*\n$/);
  });

  it('say that a configuration does not exist', async () => {
    const { code, stderr } = await laurel('credentials', 'generate', 'none');
    expect(code).to.equal(66);
    expect(stderr).to.equal('laurel: there is no credential configuration with this id, or its type is gone\n');
  });
});
