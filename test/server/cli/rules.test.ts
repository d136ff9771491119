import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { runLaurel } from '../../support/command.ts';

const COURSE = 'org.openedx.learning.course.passing.status.updated.v1';
const EXAMPLE = 'examples/rules/04-one-course.rules';
const EVENTS = 'examples/events/demo.jsonl';

const MISSPELT = `badge "demo" {
  requirement passed {
    on    ${COURSE}
    where is_pasing = true
  }
}
`;

describe('laurel rules', () => {
  let folder: string;
  const write = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'laurel-rules-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  describe('check', () => {
    it('is content with a file without mistakes', async () => {
      expect(await runLaurel(['rules', 'check', EXAMPLE])).to.deep.equal({
        code: 0,
        stdout: '1 file, 1 badge: 0 errors, 0 warnings\n',
        stderr: '',
      });
    });

    it('shows each mistake with its place and what was probably meant, and exits with 1', async () => {
      const path = write('misspelt.rules', MISSPELT);
      const { code, stdout } = await runLaurel(['rules', 'check', path]);
      expect(code).to.equal(1);
      expect(stdout).to.contain(`${path}:4:11: error[`);
      expect(stdout).to.contain('    where is_pasing = true');
      expect(stdout).to.contain('^^^^^^^^^');
      expect(stdout).to.contain('did you mean "is_passing"?');
      expect(stdout).to.contain('1 file, 0 badges: 1 error, 0 warnings\n');
    });

    it('prints one JSON document on request, from standard input too', async () => {
      const { code, stdout } = await runLaurel(['rules', 'check', '-', '--json'], { input: MISSPELT });
      expect(code).to.equal(1);
      const answer = JSON.parse(stdout);
      expect(answer.errors).to.equal(1);
      expect(answer.diagnostics[0]).to.include({ file: '-', severity: 'error', line: 4, column: 11, endColumn: 20 });
    });

    it('lets badges of one file depend on badges of another', async () => {
      const dependent = write(
        'dependent.rules',
        'badge "second" { requirement first { on badge "demo-course" awarded } }',
      );
      expect((await runLaurel(['rules', 'check', dependent])).code).to.equal(1);
      expect((await runLaurel(['rules', 'check', dependent, EXAMPLE])).code).to.equal(0);
    });

    it('warns of an id that a new badge cannot have, as it cannot know whether the badge is stored', async () => {
      const path = write('odd.rules', readFileSync(EXAMPLE, 'utf8').replaceAll('"demo-course"', '"Demo course!"'));
      const { code, stdout } = await runLaurel(['rules', 'check', path]);
      expect(code).to.equal(0);
      expect(stdout).to.match(/:\d+:7: warning\[book\.id\] "Demo course!" cannot be the id of a new badge\n/);
      expect(stdout).to.contain('such as "demo-course"');
      expect(stdout).to.contain('1 file, 1 badge: 0 errors, 1 warning\n');
    });

    it('refuses the same badge in two files', async () => {
      const copy = write('copy.rules', readFileSync(EXAMPLE, 'utf8'));
      expect(await runLaurel(['rules', 'check', EXAMPLE, copy])).to.deep.equal({
        code: 64,
        stdout: '',
        stderr: `laurel: badge "demo-course" is defined in ${EXAMPLE} and in ${copy}; keep one of them\n`,
      });
    });

    it('takes a folder for its *.rules files, by name', async () => {
      expect((await runLaurel(['rules', 'check', 'examples/rules'])).stdout).to.equal(
        '11 files, 11 badges: 0 errors, 0 warnings\n',
      );
      expect(await runLaurel(['rules', 'check', 'examples/events'])).to.deep.equal({
        code: 64,
        stdout: '',
        stderr: 'laurel: examples/events is a folder without *.rules files; name another, or a file\n',
      });
    });

    it('is coloured where that is wanted', async () => {
      const path = write('misspelt.rules', MISSPELT);
      const { stdout } = await runLaurel(['rules', 'check', path], { env: { FORCE_COLOR: '1' } });
      expect(stdout).to.contain(`${path}:4:11: \u001b[1m\u001b[31merror[type.unknown-path]\u001b[39m\u001b[22m `);
      expect(stdout).to.contain('\u001b[31m^^^^^^^^^\u001b[39m');
      expect(stdout).to.contain('1 file, 0 badges: \u001b[31m1 error, 0 warnings\u001b[39m\n');
    });

    it('says so when a file is not there, or none is named', async () => {
      expect(await runLaurel(['rules', 'check', 'none.rules'])).to.deep.equal({
        code: 64,
        stdout: '',
        stderr: 'laurel: none.rules cannot be read (ENOENT); check the name\n',
      });
      const { code, stderr } = await runLaurel(['rules', 'check']);
      expect(code).to.equal(2);
      expect(stderr).to.contain("missing required argument 'file'");
    });
  });

  describe('simulate', () => {
    it('prints one JSON line per learner and badge, by learner then badge', async () => {
      const { code, stdout, stderr } = await runLaurel(['rules', 'simulate', EXAMPLE, '--events', EVENTS, '--json']);
      expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
      expect(stdout.split('\n')).to.deep.equal([
        '{"learner":"ada","badge":"demo-course","status":"awarded","progress":1,"groups":{"demo":true},"fulfilled":["demo"],"awardedAt":"2026-03-02T10:15:00.25Z","awards":1}',
        '{"learner":"ben","badge":"demo-course","status":"revoked","progress":0,"groups":{"demo":false},"fulfilled":[],"awardedAt":"2026-03-04T12:00:00Z","awards":0}',
        '{"learner":"chi","badge":"demo-course","status":"none","progress":0,"groups":{"demo":false},"fulfilled":[],"awardedAt":null,"awards":0}',
        '{"learner":"dana","badge":"demo-course","status":"none","progress":0,"groups":{"demo":false},"fulfilled":[],"awardedAt":null,"awards":0}',
        '',
      ]);
    });

    it('simulates nothing while the rules have errors', async () => {
      const { code, stdout, stderr } = await runLaurel(['rules', 'simulate', '-', '--events', EVENTS], {
        input: MISSPELT,
      });
      expect({ code, stdout }).to.deep.equal({ code: 1, stdout: '' });
      expect(stderr).to.contain('nothing was simulated: mend the errors above first\n');
    });

    it('names file and line of an event that cannot be used, without quoting it', async () => {
      const first = readFileSync(EVENTS, 'utf8').split('\n')[0] as string;
      const broken = write('broken.jsonl', `${first}\n{"specversion":"1.0",\n`);
      expect(await runLaurel(['rules', 'simulate', EXAMPLE, '--events', broken])).to.deep.equal({
        code: 64,
        stdout: '',
        stderr: `laurel: ${broken}:2 is not JSON; each line must be one JSON object\n`,
      });
      const unknown = write('unknown.jsonl', first.replace('passing.status', 'pasing.status'));
      const { code, stderr } = await runLaurel(['rules', 'simulate', EXAMPLE, '--events', unknown]);
      expect(code).to.equal(64);
      expect(stderr).to.contain(`laurel: ${unknown}:1: `);
      expect(stderr).to.contain(`did you mean`);
      expect(stderr).not.to.contain('ada@example.com');
    });

    it('cannot read rules and events from standard input both', async () => {
      expect(await runLaurel(['rules', 'simulate', '-', '--events', '-'])).to.deep.equal({
        code: 2,
        stdout: '',
        stderr: 'laurel: standard input can be read only once; name a file in place of one -\n',
      });
    });
  });
});
