import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { MongoClient } from 'mongodb';
import { limitFiles } from '../../chaos/disk.ts';
import { StoreProcess } from '../../support/store-process.ts';

describe('the embedded store on a full disk', function () {
  this.timeout(60_000);
  let folder: string;
  let store: StoreProcess;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'laurel-c-'));
    mkdirSync(join(folder, 'store'));
    store = new StoreProcess(folder);
  });
  after(async () => {
    await store.kill();
    rmSync(folder, { recursive: true });
  });

  /** @returns how many documents were acknowledged */
  async function fill(from: number, most: number): Promise<number> {
    const client = await MongoClient.connect(store.uri, { serverSelectionTimeoutMS: 500, retryWrites: false });
    let done = 0;
    try {
      for (; done < most; done += 1)
        await client
          .db()
          .collection('c')
          .insertOne({ n: from + done, text: 'x'.repeat(3_000) });
    } catch {
      // what was not acknowledged may or may not be there
    }
    await client.close();
    return done;
  }

  it('ends its process instead of going on, and has everything it acknowledged when it is started again', async () => {
    await store.start();
    const before = await fill(0, 30);
    await limitFiles(store.pid ?? 0, statSync(store.file).size);
    const acknowledged = before + (await fill(before, 1_000));
    expect(acknowledged).to.be.within(30, 1_029);
    await store.ended;
    await store.start();
    const client = await MongoClient.connect(store.uri);
    const numbers = (await client.db().collection('c').find().sort({ n: 1 }).toArray()).map(({ n }) => n);
    await client.close();
    expect(numbers.slice(0, acknowledged)).to.deep.equal(Array.from({ length: acknowledged }, (_, n) => n));
    expect(await fill(numbers.length, 20)).to.equal(20);
  });
});
