import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { runLaurel } from '../../support/command.ts';
import { spawnLaurel } from '../../support/command-process.ts';

const EXAMPLE = 'examples/rules/04-one-course.rules';

describe('laurel rules, the tools', function () {
  this.timeout(30_000);
  let folder: string;
  const write = (name: string, text: string | Buffer): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'laurel-tools-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  describe('test', () => {
    it('runs the tests of a file', async () => {
      expect(await runLaurel(['rules', 'test', EXAMPLE])).to.deep.equal({
        code: 0,
        stdout: `passed  ${EXAMPLE}: passing earns it, failing later takes it back\n1 passed, 0 failed\n`,
        stderr: '',
      });
    });

    it('shows what was there instead of what was expected, and exits with 1', async () => {
      const wrong = write(
        'wrong.rules',
        readFileSync(EXAMPLE, 'utf8').replace('expect awarded', 'expect revoked, progress 0.5'),
      );
      const { code, stdout } = await runLaurel(['rules', 'test', wrong]);
      const state = 'awarded (award of 2026-03-01T10:00:00Z), 1 award standing, progress 1, fulfilled demo';
      expect(code).to.equal(1);
      expect(stdout.split('\n')).to.deep.equal([
        `FAILED  ${wrong}: passing earns it, failing later takes it back`,
        `  ${wrong}:26:10: expected revoked`,
        `    but it is ${state}`,
        '      award 1: awarded at 2026-03-01T10:00:00Z with event 1',
        '      penalty failed was met by no event',
        '      event 1 (2026-03-01T10:00:00Z) does not count: is_passing is true, but must be false',
        `  ${wrong}:26:19: expected progress 0.5`,
        `    but it is ${state}`,
        '      requirement demo of group demo: fulfilled by event 1 at 2026-03-01T10:00:00Z',
        '0 passed, 1 failed',
        '',
      ]);
      const json = await runLaurel(['rules', 'test', wrong, '--json']);
      expect(JSON.parse(json.stdout)).to.include({ file: wrong, passed: false, badge: 'demo-course', expectations: 4 });
    });

    it('runs the tests that are named by part of their title', async () => {
      const second = write(
        'second.rules',
        `${readFileSync(EXAMPLE, 'utf8')}test "nothing yet" {\n  badge "demo-course"\n  expect awarded\n}\n`,
      );
      expect((await runLaurel(['rules', 'test', second])).stdout).to.contain('1 passed, 1 failed\n');
      expect((await runLaurel(['rules', 'test', second, '--run', 'earns it'])).stdout).to.contain(
        '1 passed, 0 failed\n',
      );
      const none = await runLaurel(['rules', 'test', second, '--run', 'earned', '--fail-on-empty']);
      expect(none).to.deep.equal({
        code: 1,
        stdout: '0 passed, 0 failed\n',
        stderr: 'no test has "earned" in its title\n',
      });
    });

    it('tells which comparisons never came out true or false, and fails below the threshold', async () => {
      const { code, stdout, stderr } = await runLaurel(['rules', 'test', EXAMPLE, '--coverage', '--threshold', '80']);
      const missing = 'never false: course.course_key = "course-v1:OpenedX+DemoX+Demo_Course"';
      expect({ code, stderr }).to.deep.equal({
        code: 1,
        stderr: 'coverage is 75 %, below the 80 % that are asked for\n',
      });
      expect(stdout.split('\n').slice(1)).to.deep.equal([
        `${EXAMPLE}:10:33: ${missing} (badge demo-course, demo)`,
        `${EXAMPLE}:16:35: ${missing} (badge demo-course, failed)`,
        'coverage 75 % of what 4 comparisons can come out as',
        '1 passed, 0 failed',
        '',
      ]);
      const json = await runLaurel(['rules', 'test', EXAMPLE, '--coverage', '--threshold', '75', '--json']);
      expect(json.code).to.equal(0);
      const { coverage } = JSON.parse(json.stdout.trimEnd().split('\n').at(-1) as string);
      expect(coverage.ratio).to.equal(0.75);
      expect(coverage.conditions[1]).to.deep.equal({
        file: EXAMPLE,
        line: 10,
        column: 33,
        badge: 'demo-course',
        rule: 'demo',
        text: 'course.course_key = "course-v1:OpenedX+DemoX+Demo_Course"',
        seenTrue: true,
        seenFalse: false,
      });
    });

    it('refuses a threshold that is no percentage, or without coverage', async () => {
      const wrong = await runLaurel(['rules', 'test', EXAMPLE, '--coverage', '--threshold', '900']);
      expect(wrong.code).to.equal(2);
      expect(wrong.stderr).to.contain('Give a number from 0 to 100.');
      expect(await runLaurel(['rules', 'test', EXAMPLE, '--threshold', '90'])).to.deep.equal({
        code: 2,
        stdout: '',
        stderr: 'laurel: --threshold says how much coverage is enough; give --coverage with it\n',
      });
    });

    it('fails on files without a test when that is asked', async () => {
      const empty = 'examples/rules/01-any-grade-update.rules';
      expect((await runLaurel(['rules', 'test', empty])).code).to.equal(0);
      expect((await runLaurel(['rules', 'test', empty, '--fail-on-empty'])).code).to.equal(1);
    });
  });

  describe('fmt', () => {
    it('prints the canonical form, names files that are not in it, and changes them in place', async () => {
      const canonical = readFileSync(EXAMPLE, 'utf8');
      const ugly = write('ugly.rules', canonical.replaceAll(/ {2,}/g, ' '));
      expect((await runLaurel(['rules', 'fmt', ugly])).stdout).to.equal(canonical);
      expect(await runLaurel(['rules', 'fmt', '--check', ugly, EXAMPLE])).to.deep.equal({
        code: 1,
        stdout: `${ugly}\n`,
        stderr: '',
      });
      expect((await runLaurel(['rules', 'fmt', '--write', ugly])).code).to.equal(0);
      expect(readFileSync(ugly, 'utf8')).to.equal(canonical);
    });

    it('tells a program what it found and did', async () => {
      const canonical = readFileSync(EXAMPLE, 'utf8');
      const ugly = write('uglier.rules', canonical.replaceAll(/ {2,}/g, ' '));
      const json = async (...args: string[]): Promise<unknown> =>
        JSON.parse((await runLaurel(['rules', 'fmt', ...args, '--json'])).stdout);
      expect(await json(ugly)).to.deep.equal({
        files: [{ file: ugly, canonical: false, written: false, text: canonical }],
      });
      expect(await json(ugly, '--check')).to.deep.equal({ files: [{ file: ugly, canonical: false, written: false }] });
      expect(await json(ugly, '--write')).to.deep.equal({ files: [{ file: ugly, canonical: false, written: true }] });
      expect(await json(ugly, '--check')).to.deep.equal({ files: [{ file: ugly, canonical: true, written: false }] });
    });

    it('refuses options that exclude each other', async () => {
      expect(await runLaurel(['rules', 'fmt', '--check', '--write', EXAMPLE])).to.deep.equal({
        code: 2,
        stdout: '',
        stderr: 'laurel: --check and --write exclude each other; give one of them\n',
      });
      expect((await runLaurel(['rules', 'fmt', '--write', '-'])).stderr).to.equal(
        'laurel: standard input cannot be changed in place; leave --write out\n',
      );
    });

    it('changes nothing when a file has a syntax error', async () => {
      const path = write('broken.rules', 'badge "x" {\n');
      const { code, stdout, stderr } = await runLaurel(['rules', 'fmt', '--write', path]);
      expect({ code, stdout }).to.deep.equal({ code: 1, stdout: '' });
      expect(stderr).to.contain('nothing was formatted: mend the errors above first\n');
      expect(readFileSync(path, 'utf8')).to.equal('badge "x" {\n');
    });
  });

  describe('load', () => {
    it('saves the badges of files, whichever waits for which, and knows what has not changed', async () => {
      const env = { LAUREL_DATA_DIR: join(folder, 'data') };
      const waiting = write('waiting.rules', 'badge "second" { requirement first { on badge "demo-course" awarded } }');
      const first = await runLaurel(['rules', 'load', waiting, EXAMPLE], { env });
      expect(first).to.deep.equal({
        code: 0,
        stdout: `added     demo-course  "Demo course completion"  from ${EXAMPLE}\nadded     second  from ${waiting}\n2 added, 0 changed, 0 removed, 0 unchanged\n`,
        stderr: '',
      });
      const again = await runLaurel(['rules', 'load', waiting, EXAMPLE], { env });
      expect(again.stdout).to.equal('0 added, 0 changed, 0 removed, 2 unchanged\n');
    });
  });

  it('end quietly when nobody reads on: a closed pipe once ended them with a stack trace', async () => {
    const child = spawnLaurel(['rules', 'simulate', 'examples/rules', '--events', 'examples/events/demo.jsonl']);
    child.stdout?.destroy();
    let stderr = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
  });

  it('say that a file is not UTF-8', async () => {
    const latin = write('latin.rules', Buffer.from('badge "Caf\xe9" {}', 'latin1'));
    expect((await runLaurel(['rules', 'check', latin])).stderr).to.equal(
      `laurel: ${latin} is not UTF-8 text; save it as UTF-8\n`,
    );
  });
});
