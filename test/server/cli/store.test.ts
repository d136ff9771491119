import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { MongoClient } from 'mongodb';
import { silentLogger } from '../../../plugin/ports/runtime.ts';
// LMDB leaves global variables behind: before the first test, where they are no leak
import '../../../server/store/offline.ts';
import { openEmbeddedStore } from '../../../server/store/index.ts';
import { type CommandResult, runLaurel } from '../../support/command.ts';

describe('laurel store compact', function () {
  this.timeout(60_000);
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'laurel-compact-'));
  });
  afterEach(() => rmSync(dataDir, { recursive: true }));

  const compact = (args: readonly string[] = [], env = {}): Promise<CommandResult> =>
    runLaurel(['store', 'compact', ...args], { env: { LAUREL_DATA_DIR: dataDir, ...env } });

  /** Two thousand documents come, and go again. */
  async function openUsed() {
    const store = await openEmbeddedStore({ dataDir: join(dataDir, 'store'), logger: silentLogger });
    const client = new MongoClient(store.uri);
    const collection = client.db().collection('c');
    await collection.insertMany(Array.from({ length: 2_000 }, (_, n) => ({ n, text: 'x'.repeat(1_000) })));
    await collection.deleteMany({ n: { $gt: 0 } });
    await client.close();
    return store;
  }

  it('tells beside a running server what it would give back, and does not do it', async () => {
    const store = await openUsed();
    const plan = await compact(['--dry-run']);
    expect(plan.code).to.equal(0);
    expect(plan.stdout).to.match(/^the file takes [\d.]+ MB; compacting would give [\d.]+ MB back\n$/);
    const refusal = await compact();
    expect({ code: refusal.code, stdout: refusal.stdout }).to.deep.equal({ code: 69, stdout: '' });
    expect(refusal.stderr).to.match(
      /^laurel: the data directory .* is in use by process \d+ since [^:]+:.*: stop that process/,
    );
    await store.close();
  });

  it('gives it back, and says how much that was', async () => {
    await (await openUsed()).close();
    const plan = JSON.parse((await compact(['--dry-run', '--json'])).stdout);
    expect(plan.after).to.equal(null);
    expect(plan.before.file - plan.before.used)
      .to.equal(plan.givenBack)
      .and.to.be.greaterThan(1_000_000);
    const { code, stdout, stderr } = await compact(['--json']);
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
    const done = JSON.parse(stdout);
    expect(done.before).to.deep.equal(plan.before);
    expect(done.givenBack)
      .to.equal(done.before.file - done.after.file)
      .and.to.be.greaterThan(1_000_000);
    expect((await compact()).stdout).to.match(/^the file takes [\d.]+ MB; 0 MB were given back\n$/);
  });

  it('says what is wrong with how it was called', async () => {
    const none = await compact();
    expect({ code: none.code, stderr: none.stderr }).to.deep.equal({
      code: 66,
      stderr: `laurel: there is no embedded store in ${join(dataDir, 'store')}: a start of Laurel makes it\n`,
    });
    const remote = await compact([], { MONGODB_URI: 'mongodb://127.0.0.1:1/x' });
    expect({ code: remote.code, stderr: remote.stderr }).to.deep.equal({
      code: 2,
      stderr:
        'laurel: MONGODB_URI is set: this is about the embedded store; a MongoDB server has a command `compact` of its own\n',
    });
    expect((await compact(['all'])).code).to.equal(2);
  });
});
