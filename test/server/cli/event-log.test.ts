import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type RunningLaurel, runLaurel, serveLaurel } from '../../support/command.ts';
import { passingEvent } from '../../support/seed.ts';

const TYPE = 'org.openedx.learning.course.passing.status.updated.v1';

describe('laurel events list and show', function () {
  this.timeout(120_000);
  let env: Record<string, string>;
  let server: RunningLaurel;
  const laurel = (...args: string[]) => runLaurel(['events', ...args], { env });

  before(async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'laurel-events-'));
    env = { LAUREL_DATA_DIR: dataDir, LAUREL_INGEST_TOKEN: 'an-ingest-token-for-tests' };
    server = await serveLaurel(env);
    const file = join(dataDir, 'events.jsonl');
    const events = [1, 2, 3].map((n) => passingEvent({ user: 'ada', at: `2026-03-0${n}T10:00:00.5Z`, id: `e${n}` }));
    writeFileSync(file, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
    const sent = await laurel('send', '--to', server.url, file);
    expect(sent.stdout).to.match(/^3 events accepted by /);
  });
  after(async () => {
    await server.stop();
    rmSync(env.LAUREL_DATA_DIR as string, { recursive: true });
  });

  it('print what came in last, as lines or as JSON', async () => {
    const { code, stdout } = await laurel('list', '--type', 'course.passing.status.updated', '--outcome', 'ignored');
    expect(code).to.equal(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines).to.have.length(3);
    for (const line of lines)
      expect(line).to.match(/^\S+Z {2}ignored \(no-match\) {2}course.passing.status.updated {2}e\d$/);
    const json = await laurel('list', '--limit', '2', '--json');
    const entries = json.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(entries).to.have.length(2);
    expect(entries[0]).to.deep.include({
      type: TYPE,
      door: 'file',
      learnerId: null,
      outcome: { kind: 'ignored', reason: 'no-match' },
    });
    expect(json.stdout).not.to.include('ada');
    expect((await laurel('list', '--until', '2026-01-01')).stdout).to.equal('');
    expect((await laurel('list', '--since', '2100-01-01')).stdout).to.equal('');
  });

  it('print one event with personal data hidden, and reveal it with a trace in the audit', async () => {
    const shown = await laurel('show', 'e2');
    expect(shown.stdout).to.include('happened  2026-03-02T10:00:00.5Z\n');
    expect(shown.stdout).to.include('outcome   ignored (no-match)\n');
    expect(shown.stdout).to.include('"username": "[hidden]"').and.not.to.include('ada');
    const revealed = await laurel('show', 'e2', '--reveal', '--json');
    expect(JSON.parse(revealed.stdout).payload.user.pii.name).to.equal('Ada Lovelace');
  });

  it('say what is wrong', async () => {
    expect(await laurel('show', 'e9')).to.deep.include({
      code: 66,
      stderr: 'laurel: there is no event e9; it was never accepted, or it is older than what is kept\n',
    });
    expect(await laurel('list', '--type', 'course.passing.status.updatd')).to.deep.include({
      code: 64,
      stderr:
        'laurel: course.passing.status.updatd is not an event type; did you mean course.passing.status.updated?\n',
    });
    const wrong = await laurel('list', '--outcome', 'lost');
    expect(wrong.code).to.equal(2);
    expect(wrong.stderr).to.include('It must be one of matched, ignored, dead, failed.');
    expect((await laurel('list', '--since', 'yesterday')).stderr).to.include(
      'Write it like 2026-03-01 or 2026-03-01T10:00:00Z.',
    );
    expect((await laurel('list', '--limit', '0')).stderr).to.include('It must be a whole number from 1 to 9999999.');
  });
});
