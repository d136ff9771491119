import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { runLaurel } from '../../support/command.ts';

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
        `  ${wrong}:26:19: expected progress 0.5`,
        `    but it is ${state}`,
        '0 passed, 1 failed',
        '',
      ]);
      const json = await runLaurel(['rules', 'test', wrong, '--json']);
      expect(JSON.parse(json.stdout)).to.include({ file: wrong, passed: false, badge: 'demo-course', expectations: 4 });
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

  it('say that a file is a folder, or not UTF-8', async () => {
    expect((await runLaurel(['rules', 'check', 'examples'])).stderr).to.equal(
      'laurel: examples is a folder; name a file in it\n',
    );
    const latin = write('latin.rules', Buffer.from('badge "Caf\xe9" {}', 'latin1'));
    expect((await runLaurel(['rules', 'check', latin])).stderr).to.equal(
      `laurel: ${latin} is not UTF-8 text; save it as UTF-8\n`,
    );
  });
});
