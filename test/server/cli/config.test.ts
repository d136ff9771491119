import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { projectPath } from '../../../server/paths.ts';
import { runLaurel } from '../../support/command.ts';

describe('laurel config', function () {
  this.timeout(120_000);
  let folder: string;
  const file = (name: string) => join(folder, name);
  const at = (name: string) => ({ LAUREL_DATA_DIR: file(name) });

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'laurel-config-'));
    const rules = projectPath('examples', 'rules', '04-one-course.rules');
    expect((await runLaurel(['rules', 'load', rules, '--reason', 'a test'], { env: at('one') })).code).to.equal(0);
    const setup = projectPath('examples', 'credentials', 'example.json');
    expect((await runLaurel(['credentials', 'setup', setup], { env: at('one') })).code).to.equal(0);
  });
  after(() => rmSync(folder, { recursive: true, maxRetries: 5 }));

  it('exports, plans and imports, and exports the same bytes again', async () => {
    const exported = await runLaurel(['config', 'export', file('one.json')], { env: at('one') });
    expect(exported).to.deep.equal({
      code: 0,
      stdout: `${file('one.json')}: 1 badges, 0 templates, 0 accounts, 2 assets, 1 types, 1 configurations\n`,
      stderr: '',
    });
    const planned = await runLaurel(['config', 'plan', file('one.json')], { env: at('two') });
    expect(planned.stdout)
      .to.match(/^create {2}badge .*\n/)
      .and.to.include('5 things to create, 0 to change');
    const hash = /--plan (\S+)/.exec(planned.stdout)?.[1] ?? '';
    const imported = await runLaurel(['config', 'import', file('one.json'), '--plan', hash, '--json'], {
      env: at('two'),
    });
    expect(JSON.parse(imported.stdout)).to.include({ ok: true, hash });
    const again = await runLaurel(['config', 'export'], { env: at('two') });
    expect(again.stdout).to.equal(readFileSync(file('one.json'), 'utf8'));
    const nothing = await runLaurel(['config', 'import', file('one.json')], { env: at('two') });
    expect(nothing.stdout).to.equal('0 things to create, 0 to change, 5 the same, 0 only here and kept\n');
  });

  it('refuses what is no configuration, and a plan that is not for it', async () => {
    writeFileSync(file('wrong.json'), '{}');
    const wrong = await runLaurel(['config', 'plan', file('wrong.json')], { env: at('two') });
    expect([wrong.code, wrong.stderr.split('\n')[0]]).to.deep.equal([
      64,
      `laurel: ${file('wrong.json')} cannot be used:`,
    ]);
    const stale = await runLaurel(['config', 'import', file('one.json'), '--plan', 'x'], { env: at('two') });
    expect(stale).to.deep.equal({
      code: 64,
      stdout: '',
      stderr:
        'laurel: the configuration has changed since the plan was made, or it is another file; look at the plan again\n',
    });
  });
});
