import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { runLaurel } from '../../support/command.ts';

const EXAMPLE = 'examples/rules/04-one-course.rules';
const EVENTS = 'examples/events/demo.jsonl';
const PREFIX = '5f0c7a10-0f6b-11f1-9d0f-';

describe('laurel rules explain', () => {
  let folder: string;
  const explain = (...args: string[]) => runLaurel(['rules', 'explain', ...args]);
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'laurel-explain-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  it('tells what became of every event, and which came nearest', async () => {
    const { code, stdout, stderr } = await explain(EXAMPLE, '--events', EVENTS, '--learner', 'ben');
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
    expect(stdout.replaceAll(PREFIX, '').split('\n')).to.deep.equal([
      'badge demo-course, learner ben: taken back; 0 of 1 group fulfilled',
      '  awarded at 2026-03-04T12:00:00Z with event 000000000004; taken back at 2026-03-10T12:00:00Z with event 000000000006, which met penalty failed',
      '',
      '  requirement demo: reset by penalty failed with event 000000000006 at 2026-03-10T12:00:00Z; needs 1 matching event of type org.openedx.learning.course.passing.status.updated.v1',
      '    (Pass the Demo course.)',
      '    event 000000000004 at 2026-03-04T12:00:00Z was discarded by penalty failed with event 000000000006 at 2026-03-10T12:00:00Z',
      '    event 000000000007 at 2026-03-11T07:20:00Z does not count: course.course_key is "course-v1:AcmeX+FREN101+2026", but must be "course-v1:OpenedX+DemoX+Demo_Course"',
      '    event 000000000006 at 2026-03-10T12:00:00Z does not count: is_passing is false, but must be true',
      '',
      '  penalty failed, which resets demo: met',
      '    event 000000000006 at 2026-03-10T12:00:00Z',
      '',
    ]);
  });

  it('tells a program the same, without personal data that no rule asks for', async () => {
    const { stdout } = await explain(
      EXAMPLE,
      '--events',
      EVENTS,
      '--learner',
      'ada',
      '--badge',
      'demo-course',
      '--json',
    );
    const answer = JSON.parse(stdout);
    expect(answer.learner).to.equal('ada');
    expect(answer.badges[0]).to.include({ badge: 'demo-course', status: 'awarded', progress: 1 });
    expect(answer.badges[0].requirements[0]).to.include({ requirement: 'demo', state: 'fulfilled', missing: 0 });
    expect(stdout).not.to.contain('@example.com');
  });

  it('says how each rule is reached', async () => {
    const rules = join(folder, 'two.rules');
    writeFileSync(rules, 'badge "second" { requirement first { on badge "demo-course" awarded } }');
    const { code, stdout } = await explain('--index', EXAMPLE, rules);
    const type = 'org.openedx.learning.course.passing.status.updated.v1';
    const key = 'course.course_key = "course-v1:OpenedX+DemoX+Demo_Course"';
    expect({ code, lines: stdout.split('\n') }).to.deep.equal({
      code: 0,
      lines: [
        'BADGE        RULE    REACHED BY',
        `demo-course  demo    ${type} where ${key}`,
        `demo-course  failed  ${type} where ${key}`,
        'second       first   badge "demo-course" awarded',
        '',
      ],
    });
    const json = await explain('--index', EXAMPLE, '--json');
    expect(JSON.parse(json.stdout).rules[0]).to.include({ badge: 'demo-course', rule: 'demo' });
  });

  it('says what is missing on the command line, and what was probably meant', async () => {
    const failing = async (...args: string[]): Promise<string> => {
      const { code, stdout, stderr } = await explain(...args);
      expect({ code, stdout }).to.deep.equal({ code: 2, stdout: '' });
      return stderr;
    };
    expect(await failing(EXAMPLE)).to.equal(
      'laurel: say whom to explain: --events FILE --learner NAME; or ask for --index\n',
    );
    expect(await failing(EXAMPLE, '--index', '--learner', 'ada')).to.equal(
      'laurel: --index is about rules alone; leave --events, --learner and --badge out\n',
    );
    expect(await failing(EXAMPLE, '--events', EVENTS, '--learner', 'adda')).to.equal(
      `laurel: no event in ${EVENTS} is about the learner "adda"; did you mean "ada"?\n`,
    );
    expect(await failing(EXAMPLE, '--events', EVENTS, '--learner', 'ada', '--badge', 'demo-curse')).to.equal(
      'laurel: there is no badge "demo-curse" in these files; did you mean "demo-course"?\n',
    );
  });

  it('explains an inactive badge that is named, and says that it is not active', async () => {
    const rules = join(folder, 'inactive.rules');
    writeFileSync(
      rules,
      'badge "off" { requirement r { on org.openedx.learning.course.passing.status.updated.v1 where is_passing } }',
    );
    expect((await explain(rules, '--events', EVENTS, '--learner', 'ada')).stderr).to.equal(
      'laurel: no badge in these files is active; name one with --badge\n',
    );
    const { stdout } = await explain(rules, '--events', EVENTS, '--learner', 'ada', '--badge', 'off');
    expect(stdout).to.contain('badge off, learner ada: awarded; 1 of 1 group fulfilled\n');
    expect(stdout).to.contain('  The badge is not active: nothing is awarded.\n');
  });

  it('makes what a terminal would obey harmless', async () => {
    const event = {
      specversion: '1.0',
      id: 'e1\u202e',
      source: '/x',
      type: 'org.openedx.learning.course.passing.status.updated.v1',
      time: '2026-03-01T10:00:00Z',
      data: {
        course_passing_status: {
          is_passing: true,
          course: { course_key: 'course-v1:\u009bX+Y+Z' },
          user: { id: 1, is_active: true, pii: { username: 'eve', email: '', name: '' } },
        },
      },
    };
    const input = `${JSON.stringify(event)}\n`;
    const { code, stdout } = await runLaurel(['rules', 'explain', EXAMPLE, '--events', '-', '--learner', 'eve'], {
      input,
    });
    expect(code).to.equal(0);
    expect(stdout).to.contain('event e1\ufffd at 2026-03-01T10:00:00Z does not count');
    for (const obeyed of ['\u009b', '\u202e']) expect(stdout).not.to.contain(obeyed);
  });
});
