import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { silentLogger } from '../../../plugin/ports/runtime.ts';
import { compose } from '../../../server/compose.ts';
import { readSettings } from '../../../server/config.ts';
import { aDeadMessage } from '../../contracts/dead-letters.ts';
import { PASSING, passingStatus } from '../../plugin/events/samples.ts';
import { runLaurel } from '../../support/command.ts';

const RULE = `badge "one" { template memory "one" active true
  requirement demo { on ${PASSING} where is_passing and course.course_key = "course-v1:Acme+CS1+2026" } }`;
const headers = { ce_type: PASSING, ce_id: 'e1', ce_source: 'lms', ce_time: '2026-01-01T00:00:00Z' };
const letter = (id: string, body: Buffer, diedAt = new Date('2026-01-02T00:00:00Z')) =>
  aDeadMessage({ id, body, bodyBytes: body.length, headers, eventId: 'e1', diedAt, firstErrorAt: diedAt });

describe('laurel dead-letters', function () {
  this.timeout(180_000);
  let dataDir: string;
  const laurel = (...args: string[]) => runLaurel(['dead-letters', ...args], { env: { LAUREL_DATA_DIR: dataDir } });

  before(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'laurel-dead-'));
    const world = await compose(readSettings({ LAUREL_DATA_DIR: dataDir }), { logger: silentLogger, roles: [] });
    await world.services.saveBadge(RULE, { expectedVersion: 0, actor: 'test' });
    await world.stores.deadLetters.add(letter('good', Buffer.from(JSON.stringify(passingStatus()))));
    await world.stores.deadLetters.add(letter('again', Buffer.from(`${JSON.stringify(passingStatus())} `)));
    await world.stores.deadLetters.add(letter('bad', Buffer.from('{'), new Date()));
    await world.stop();
  });
  after(() => rmSync(dataDir, { recursive: true }));

  it('lists, foresees, replays and discards, each message once', async () => {
    const list = await laurel('list', '--older-than', '30d');
    expect(list.stdout.split('\n').sort()).to.deep.equal(
      ['', 'again', 'good'].map((id) => id && `${id}  2026-01-02T00:00:00.000Z  open  event.malformed  ${PASSING}  1`),
    );
    const dry = await laurel('replay', '--dry-run');
    expect(dry.stdout).to.contain(
      'would replay 3: 2 change progress, 0 were processed before, 0 concern no rule, 1 fail; nothing was changed\n',
    );
    const replayed = await laurel('replay', '--json');
    expect(replayed.code).to.equal(1);
    expect(JSON.parse(replayed.stdout)).to.deep.include({
      state: 'done',
      kind: 'replay-dead-letters',
      requestedBy: 'cli',
      total: 3,
      counts: { applied: 1, unchanged: 1, failed: 1 },
    });
    const discarded = await laurel('discard', 'bad', 'good', '--note', 'not JSON');
    expect([discarded.code, discarded.stdout]).to.deep.equal([0, 'discarded 1\n']);
    const all = (await laurel('list', '--state', 'any', '--json')).stdout.trim().split('\n');
    const states = all.map((line) => JSON.parse(line)).map(({ id, state }) => `${id} ${state}`);
    expect(states).to.have.members(['bad discarded', 'good replayed', 'again replayed']);
  });

  it('shows one letter without what may name a person', async () => {
    const shown = JSON.parse((await laurel('show', 'good', '--json')).stdout);
    expect(shown).to.include({ id: 'good', state: 'replayed', forecast: null });
    expect(shown.lastReplay.outcome).to.be.oneOf(['applied', 'unchanged']);
    expect(shown.payload).to.contain('"is_passing": true').and.not.contain('ada');
  });

  it('says what it does not understand', async () => {
    const unknown = await laurel('show', 'nobody');
    expect([unknown.code, unknown.stderr]).to.deep.equal([
      66,
      'laurel: there is no dead letter nobody; `laurel dead-letters list` prints the ids\n',
    ]);
    // Formerly both did nothing and called it done.
    expect(await laurel('replay', 'good', 'nobody')).to.deep.equal({ ...unknown, stdout: '' });
    expect(await laurel('discard', 'nobody', '--note', 'x')).to.deep.equal({ ...unknown, stdout: '' });
    const age = await laurel('list', '--older-than', 'soon');
    expect(age.code).to.equal(2);
    expect(age.stderr).to.contain('write a number and s, m, h or d, like 12h.');
    const note = await laurel('discard', '--note', ' ');
    expect([note.code, note.stderr]).to.deep.equal([64, 'laurel: --note must say why the dead letters can go\n']);
    expect((await laurel('discard')).code).to.equal(2);
  });
});
