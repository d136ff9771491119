import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { MongoClient } from 'mongodb';
import { toDocument } from '../../../server/store/bson.ts';
import { Catalog } from '../../../server/store/catalog.ts';
import { Journal } from '../../../server/store/journal.ts';
import { Room } from '../../../server/store/room.ts';
import { limitFiles } from '../../chaos/disk.ts';
import { StoreProcess } from '../../support/store-process.ts';

describe('room on the disk', () => {
  it('is looked for in time, and what is left says so before LMDB has to', async () => {
    let free = 100_000_000;
    let looks = 0;
    const room = new Room(() => {
      looks += 1;
      return free;
    });
    for (let n = 0; n < 100; n += 1) expect(room.take(1_000)).to.equal(null);
    expect(looks).to.equal(1);
    free = 12_000_000;
    for (let n = 0; n < 38; n += 1) expect(room.take(1_000_000)).to.equal(null);
    expect(room.take(4_000_000)?.message).to.equal('the disk has only 12 MB left');
    free = 100_000_000;
    expect(room.take(1)).to.equal(null);
  });

  it('that is missing ends the writing, with what was acknowledged', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'laurel-c-'));
    const broken: string[] = [];
    let free = 20_000_000;
    const journal = new Journal(folder, ({ message }) => broken.push(message), new Room(() => free));
    const collection = new Catalog(journal).create('laurel', 'c');
    collection.insertDocument(toDocument({ _id: 1, text: 'kept' }));
    await journal.settled();
    free = 1_000;
    for (let n = 2; n < 40; n += 1) collection.insertDocument(toDocument({ _id: n, text: 'x'.repeat(100_000) }));
    expect(await journal.settled().catch(({ message }: Error) => message)).to.equal(
      'the embedded store takes no more writes (the disk has only 0 MB left): remove the cause, then restart',
    );
    expect(broken).to.deep.equal(['the disk has only 0 MB left']);
    await journal.close();
    rmSync(folder, { recursive: true });
  });
});

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
    const client = await MongoClient.connect(store.uri, { serverSelectionTimeoutMS: 10_000, retryWrites: false });
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
