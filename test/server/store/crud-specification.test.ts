import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EJSON } from 'bson';
import { expect } from 'chai';
import { MongoClient } from 'mongodb';
import { silentLogger } from '../../../plugin/ports/runtime.ts';
import { type EmbeddedStore, openEmbeddedStore } from '../../../server/store/index.ts';
import { temporaryFolder } from './support/folder.ts';
import { runUnifiedTest, type UnifiedFile } from './support/unified-format.ts';

const here = dirname(fileURLToPath(import.meta.url));
/** The cases of MongoDB's own drivers, where somebody has them. */
const official = join(process.env.LAUREL_REFERENCE ?? here, 'mongodb-crud-unified');
const own = join(here, 'cases');

interface Tally {
  passed: number;
  readonly failed: string[];
  readonly notApplicable: Map<string, number>;
}

function readCases(folder: string): UnifiedFile[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => EJSON.parse(readFileSync(join(folder, name), 'utf8'), { relaxed: true }) as UnifiedFile);
}

async function runAll(uri: string, files: readonly UnifiedFile[]): Promise<Tally> {
  const client = new MongoClient(uri, { monitorCommands: true });
  const tally: Tally = { passed: 0, failed: [], notApplicable: new Map() };
  for (const file of files) {
    for (const test of file.tests) {
      const verdict = isDriverGap(file, test.description)
        ? ({ kind: 'not applicable', reason: 'the driver replaces a null _id' } as const)
        : await runUnifiedTest(client, file, test);
      if (verdict.kind === 'passed') tally.passed++;
      else if (verdict.kind === 'failed')
        tally.failed.push(`${file.description}: ${test.description}: ${verdict.reason}`);
      else tally.notApplicable.set(verdict.reason, (tally.notApplicable.get(verdict.reason) ?? 0) + 1);
    }
  }
  await client.close();
  return tally;
}

/** The Node driver gives a document with the `_id` null another one before it sends it (its issue NODE-6468). */
function isDriverGap(file: UnifiedFile, description: string): boolean {
  return file.description === 'create-null-ids' && /via (insertOne|insertMany|replaceOne|bulkWrite)$/.test(description);
}

describe('the CRUD specification on the embedded store', function () {
  this.timeout(60_000);
  let store: EmbeddedStore;

  before(async () => {
    store = await openEmbeddedStore({ dataDir: temporaryFolder(), logger: silentLogger });
  });
  after(() => store.close());

  it("passes the project's own cases, and reports one that is wrong", async () => {
    const tally = await runAll(store.uri, readCases(own));
    expect(tally.failed).to.deep.equal([
      'a case that must fail: finds what is not there: findOne is null, expected {"_id":1}',
    ]);
    expect(tally.passed).to.equal(6);
    expect([...tally.notApplicable]).to.deep.equal([['query operator $where', 1]]);
  });

  it("passes every official case that stays within the store's scope", async () => {
    if (!existsSync(official)) {
      console.log('      the official cases are not here: only the own ones were run');
      return;
    }
    const tally = await runAll(store.uri, readCases(official));
    const reasons = [...tally.notApplicable].sort(([, a], [, b]) => b - a).map(([reason, n]) => `${n} ${reason}`);
    const skipped = [...tally.notApplicable.values()].reduce((a, b) => a + b, 0);
    console.log(
      `      ${tally.passed} passed, ${tally.failed.length} failed, ${skipped} not applicable (${reasons.join('; ')})`,
    );
    expect(tally.failed).to.deep.equal([]);
    expect(tally.passed).to.be.greaterThan(150);
  });
});
