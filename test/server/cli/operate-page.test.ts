import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { projectPath } from '../../../server/paths.ts';
import { runLaurel } from '../../support/command.ts';
import { runShell } from '../../support/shell-script.ts';

/** What stands between a heading and the next one. */
function section(page: string, title: string): string {
  const [, text = ''] = page.split(`\n## ${title}\n`);
  return text.split('\n## ')[0] ?? '';
}

describe('docs/how-to/operate.md', function () {
  this.timeout(120_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'laurel-operate-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  it('shows commands of installing, upgrading, backing up and restoring that work one after the other', async () => {
    const page = readFileSync(projectPath('docs', 'how-to', 'operate.md'), 'utf8');
    const blocks = ['Install', 'Upgrade', 'Back up and restore'].flatMap((title) =>
      [...section(page, title).matchAll(/```sh\n([\s\S]*?)```/g)].map(([, commands = '']) => commands),
    );
    expect(blocks).to.have.length(4);
    const { code, output } = await runShell(blocks.join(''), folder);
    expect(code, output).to.equal(0);
    expect(output).to.contain('PORT=8080\n').and.to.contain('warning  database: there is none in ');
    expect(output).to.contain('the database has the form of this version\n');
    expect(output).to.match(/^\d+ documents? of \d+ collections? and 0 files written to backups\/2026-03-01; keep /m);
    expect(output).to.match(/^whole: \d+ documents? of \d+ collections? and 0 files$/m);
    expect(output).to.match(/^\d+ documents? of \d+ collections? and 0 files restored$/m);
  });

  it('is right about restoring: on purpose, whole, and once', async () => {
    const env = { LAUREL_DATA_DIR: join(folder, 'again'), LAUREL_SECRET_KEY: 'a-key-that-is-another-one' };
    const backup = join(folder, 'backups/2026-03-01');
    expect(await runLaurel(['restore', backup], { env })).to.deep.include({
      code: 2,
      stderr:
        'laurel: add --into-empty: the backup is put into the database that MONGODB_URI or LAUREL_DATA_DIR names\n',
    });
    const restored = await runLaurel(['restore', backup, '--into-empty', '--json'], { env });
    expect(JSON.parse(restored.stdout)).to.deep.include({ held: {}, unknownKeys: [] });
    const again = await runLaurel(['restore', backup, '--into-empty'], { env });
    expect(again.code).to.equal(64);
    expect(again.stderr).to.match(
      /^laurel: the database is not empty \(\w+ has documents\); restore into a new one\n$/,
    );
    expect((await runLaurel(['backup', 'verify', folder], { env })).code).to.equal(64);
  });
});
