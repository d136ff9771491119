import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { runLaurel } from '../../support/command.ts';

const EXAMPLE = 'examples/rules/04-one-course.rules';
const EVENTS = 'examples/events/demo.jsonl';

describe('laurel rules diff', () => {
  let folder: string;
  const text = readFileSync(EXAMPLE, 'utf8');
  const write = (name: string, content: string): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  const diff = (...args: string[]) => runLaurel(['rules', 'diff', ...args]);
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'laurel-diff-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  it('finds the same meaning in another text', async () => {
    expect(await diff(EXAMPLE, EXAMPLE)).to.deep.equal({ code: 0, stdout: 'the meaning is the same\n', stderr: '' });
    const rewritten = write('same.rules', text.replace('is_passing = true and', 'not (not is_passing) and'));
    const { code, stdout } = await diff(EXAMPLE, rewritten);
    expect(code).to.equal(0);
    expect(stdout).to.contain('the condition is only written differently: it takes the same events\n');
    expect(stdout).to.match(/\nthe meaning is the same\n$/);
  });

  it('tells what changed, with an event that makes the difference, and who gains or loses', async () => {
    const changed = write(
      'changed.rules',
      text
        .replace(
          'course.course_key = "course-v1:OpenedX+DemoX+Demo_Course"\n  }\n\n  penalty',
          'course.course_key.org = "AcmeX"\n    count 2\n  }\n\n  penalty',
        )
        .replace('Demo course completion', 'Demo'),
    );
    const { code, stdout, stderr } = await diff(EXAMPLE, changed, '--events', EVENTS);
    expect({ code, stderr }).to.deep.equal({ code: 1, stderr: '' });
    expect(stdout.split('\n')).to.deep.equal([
      'badge "demo-course"',
      '  name is "Demo", it was "Demo course completion"',
      '  requirement demo: the condition takes other events: none of those that it took',
      '    - is_passing = true and course.course_key = "course-v1:OpenedX+DemoX+Demo_Course"',
      '    + is_passing = true and course.course_key.org = "AcmeX"',
      '      no longer: {"is_passing":true,"course":{"course_key":"course-v1:OpenedX+DemoX+Demo_Course"}}',
      '      now also:  {"is_passing":true,"course":{"course_key":"course-v1:AcmeX+Other101+other_run"}}',
      '  requirement demo: count is 2, it was 1',
      'over these events',
      '    ada keeps demo-course, awarded at 2026-03-09T16:45:00Z and not 2026-03-02T10:15:00.25Z',
      '',
    ]);
  });

  it('tells a program the same', async () => {
    const narrower = write(
      'narrower.rules',
      text.replace('where is_passing = true and', 'where is_passing = true and event.time > 2026-03-03 and'),
    );
    const { code, stdout } = await diff(EXAMPLE, narrower, '--json', '--events', EVENTS);
    expect(code).to.equal(1);
    const { same, added, removed, changed, outcomes } = JSON.parse(stdout);
    expect({ same, added, removed }).to.deep.equal({ same: false, added: [], removed: [] });
    const [{ comparison }] = changed[0].changes;
    expect(comparison).to.include({ relation: 'narrower', onlyNew: null });
    expect(comparison.onlyOld).to.deep.include({
      time: '2026-03-02T00:00:00.000000000Z',
      payload: { is_passing: true, course: { course_key: 'course-v1:OpenedX+DemoX+Demo_Course' } },
    });
    expect(outcomes).to.have.length(1);
    expect(outcomes[0]).to.include({ learner: 'ada', badge: 'demo-course', change: 'loses' });
    expect(outcomes[0].event).to.deep.equal({
      id: '5f0c7a10-0f6b-11f1-9d0f-000000000002',
      at: '2026-03-02T10:15:00.25Z',
    });
    const { stdout: back } = await diff(narrower, EXAMPLE, '--events', EVENTS);
    expect(back).to.contain(
      '\n  + ada gains demo-course with event 5f0c7a10-0f6b-11f1-9d0f-000000000002 at 2026-03-02T10:15:00.25Z\n',
    );
  });

  it('tells badges added and removed, and compares folders and standard input', async () => {
    const { code, stdout } = await diff(EXAMPLE, 'examples/rules/02-any-course.rules');
    expect(code).to.equal(1);
    expect(stdout.split('\n')[0]).to.equal('- badge "demo-course" is removed');
    expect((await diff('examples/rules', 'examples/rules')).code).to.equal(0);
    expect((await runLaurel(['rules', 'diff', '-', EXAMPLE], { input: text })).code).to.equal(0);
  });

  it('compares nothing while one of them has errors, and exits with 2', async () => {
    const broken = write('broken.rules', 'badge "x" {\n');
    const { code, stdout, stderr } = await diff(EXAMPLE, broken);
    expect({ code, stdout }).to.deep.equal({ code: 2, stdout: '' });
    expect(stderr).to.match(/nothing was compared: mend the errors above first\n$/);
  });
});
