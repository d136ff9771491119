import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { runLaurel } from '../../support/command.ts';

const TOKEN = 'a-token-for-the-event-door';

describe('the command line, given what it cannot use', function () {
  this.timeout(30_000);
  let dataDir: string;
  before(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'laurel-input-'));
  });
  after(() => rmSync(dataDir, { recursive: true }));

  const send = (...args: readonly string[]) =>
    runLaurel(['events', 'send', ...args], { env: { LAUREL_INGEST_TOKEN: TOKEN, LAUREL_DATA_DIR: dataDir } });
  const refused = (message: string) => ({ code: 64, stdout: '', stderr: `laurel: ${message}\n` });

  it('names a file that is not there', async () => {
    expect(await send('none.jsonl')).to.deep.equal(refused('none.jsonl cannot be read (ENOENT); check the name'));
  });

  it('names a folder where a file belongs', async () => {
    expect(await send(dataDir)).to.deep.equal(refused(`${dataDir} is a folder; name a file in it`));
  });

  it('names an address that is none', async () => {
    expect(await send('examples/events/demo.jsonl', '--to', 'localhost:8080')).to.deep.equal(
      refused('--to localhost:8080 is not the address of a server; write it like http://localhost:8080'),
    );
  });

  it('names a command that is not there, and the one that was meant', async () => {
    const { code, stderr } = await runLaurel(['rulez']);
    expect(code).to.equal(2);
    expect(stderr).to.equal("error: unknown command 'rulez'\n(Did you mean rules?)\n(add --help for the options)\n");
  });

  it('reports a bad setup file without a stack, and changes nothing', async () => {
    const { code, stderr } = await runLaurel(['credentials', 'setup', 'examples/credentials/records.jsonl'], {
      env: { LAUREL_DATA_DIR: dataDir },
    });
    expect(code).to.equal(64);
    expect(stderr).to.equal(
      'laurel: examples/credentials/records.jsonl is not JSON; examples/credentials/example.json shows the form\n',
    );
  });
});
