import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { silentLogger } from '../../../plugin/ports/runtime.ts';
import { compose } from '../../../server/compose.ts';
import { readSettings } from '../../../server/config.ts';
import { course, passing } from '../../support/badge-world.ts';
import { runLaurel } from '../../support/command.ts';

const rules = `badge "demo" {
  active true
  requirement pass {
    on    org.openedx.learning.course.passing.status.updated.v1
    where is_passing and course.course_key = "${course(1)}"
  }
}
`;

describe('laurel why', function () {
  this.timeout(60_000);
  let folder: string;
  let env: Record<string, string>;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'laurel-why-'));
    env = { LAUREL_DATA_DIR: join(folder, 'data') };
    const file = join(folder, 'demo.rules');
    writeFileSync(file, rules);
    expect((await runLaurel(['rules', 'load', file, '--reason', 'a test'], { env })).code).to.equal(0);
    const running = await compose(readSettings(env), { logger: silentLogger, roles: [] });
    await running.process(passing(true, 1, { course: course(1), id: 'e1' }), 'http');
    await running.process(passing(true, 2, { username: 'bob', lmsUserId: 8, course: course(2), id: 'e2' }), 'http');
    await running.stop();
  });
  after(() => rmSync(folder, { recursive: true, maxRetries: 5 }));

  it('says by which event and rules a badge was given, and what the award rested on', async () => {
    const { code, stdout } = await runLaurel(['why', 'ada', 'demo'], { env });
    expect(code).to.equal(0);
    expect(
      stdout
        .replace(/saved \S+/, 'saved NOW')
        .trimEnd()
        .split('\n'),
    ).to.deep.equal([
      'badge demo, learner ada: awarded; 1 of 1 group fulfilled',
      '  by version 1 of the rules, saved NOW by cli',
      '  awarded at 2026-03-01T00:01:00Z with event e1',
      '',
      '  requirement pass: fulfilled by event e1 at 2026-03-01T00:01:00Z',
      '    event e1 at 2026-03-01T00:01:00Z counts',
      '',
      '  badge number 1 rested on:',
      '    requirement pass: event e1 at 2026-03-01T00:01:00Z',
      '',
      'looked at 1 of org.openedx.learning.course.passing.status.updated.v1',
    ]);
  });

  it('says of somebody of whom nothing has matched what failed first, as JSON too', async () => {
    const { code, stdout } = await runLaurel(['why', 'bob', 'demo', '--json'], { env });
    expect(code).to.equal(0);
    const answer = JSON.parse(stdout);
    expect(answer).to.include({ learner: 'bob', status: 'none', evaluated: false });
    expect(answer.decided.explanation.requirements[0].nearest[0].text).to.equal(
      `does not count: course.course_key is "${course(2)}", but must be "${course(1)}"`,
    );
  });

  it('knows neither learners nor badges that never were', async () => {
    const nobody = await runLaurel(['why', 'eve', 'demo'], { env });
    expect(nobody.stderr).to.equal('laurel: no event has told of a learner with this username; check the spelling\n');
    const nothing = await runLaurel(['why', 'ada', 'other'], { env });
    expect(nothing.stderr).to.equal('laurel: there is no badge with this id; look it up in the list of badges\n');
    expect(nobody.code).to.equal(nothing.code).and.not.to.equal(0);
  });
});
