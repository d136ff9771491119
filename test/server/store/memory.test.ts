import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import sinon from 'sinon';
import { encodeDocument, toDocument } from '../../../server/store/bson.ts';
import { Catalog } from '../../../server/store/catalog.ts';
import type { Collection } from '../../../server/store/collection.ts';
import { Journal } from '../../../server/store/journal.ts';
import { StoredRecord } from '../../../server/store/record.ts';

const EVERYTHING = { filter: toDocument({}), sort: [], skip: 0, limit: 0 };
const one = (n: number) => ({ ...EVERYTHING, filter: toDocument({ _id: n }) });
const MANY = 5_000;

describe('what the embedded store keeps in memory', () => {
  let folder: string;
  let journal: Journal;
  let collection: Collection;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'laurel-m-'));
    journal = new Journal(folder);
    collection = new Catalog(journal).create('laurel', 'events');
    for (let n = 0; n < MANY; n += 1) {
      collection.insertDocument(toDocument({ _id: n, text: `event ${n}` }));
      if (n % 500 === 0) await journal.settled();
    }
    await journal.settled();
  });
  afterEach(async () => {
    await journal.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const textOf = (n: number) => collection.find(one(n))[0]?.document.get('text');

  it('is no body that is on disk, but the documents that were decoded last', () => {
    const read = sinon.spy(journal, 'read');
    for (const record of collection.find(EVERYTHING)) void record.document;
    expect(read.callCount).to.equal(MANY);
    read.resetHistory();
    for (let n = MANY - 4_000; n < MANY; n += 1) expect(textOf(n)).to.equal(`event ${n}`);
    expect(read.callCount).to.equal(0);
    expect([0, 1, 2].map(textOf)).to.deep.equal(['event 0', 'event 1', 'event 2']);
    expect(read.callCount).to.equal(3);
  });

  it('is for a moment the body that was read, and never one that another has taken the place of', async () => {
    const bodyOf = (n: number) => collection.find(one(n))[0]?.bytes;
    const first = bodyOf(1);
    expect(bodyOf(1)).to.equal(first);
    const record = collection.find(one(1))[0] as StoredRecord;
    collection.replaceBody(record, encodeDocument({ text: 'changed' }), 0, encodeDocument({ text: 'changed' }).length);
    expect(record.bytes).to.equal(first);
    expect(bodyOf(1)?.includes('changed')).to.equal(true);
    await journal.settled();
    expect(bodyOf(1)?.includes('changed')).to.equal(true);
    for (let n = 0; n < 1_000; n += 1) bodyOf(n);
    expect([bodyOf(2), bodyOf(1)].map((body) => body?.includes('event 2'))).to.deep.equal([true, false]);
  });

  it('is what a cursor has found, also when it is changed or removed meanwhile', async () => {
    const found = [0, 1, MANY - 1].flatMap((n) => collection.find(one(n)));
    for (const record of found) collection.hold(record);
    const [first, second, last] = found as [StoredRecord, StoredRecord, StoredRecord];
    collection.replace(first, toDocument({ _id: 0, text: 'changed' }));
    collection.remove(second);
    collection.replace(last, toDocument({ _id: MANY - 1, text: 'changed' }));
    await journal.settled();
    for (let n = MANY; n < MANY + 3_000; n += 1) collection.insertDocument(toDocument({ _id: n, text: `event ${n}` }));
    await journal.settled();
    expect(found.map(({ document }) => document.get('text'))).to.deep.equal([
      'event 0',
      'event 1',
      `event ${MANY - 1}`,
    ]);
    expect([0, 1, MANY - 1].map(textOf)).to.deep.equal(['changed', undefined, 'changed']);
  });

  it('is nothing but keys after it was opened again', async () => {
    await journal.close();
    journal = new Journal(folder);
    const catalog = new Catalog(journal);
    catalog.load();
    collection = catalog.find('laurel', 'events') as Collection;
    expect(collection.size).to.equal(MANY);
    const read = sinon.spy(journal, 'read');
    expect([0, MANY - 1].map(textOf)).to.deep.equal(['event 0', `event ${MANY - 1}`]);
    expect(read.callCount).to.be.at.most(2);
    expect(journal.nextSequence()).to.equal(MANY + 1);
  });

  it('is nothing of what was decoded of more than 32 KB, and a body that another has taken the place of', () => {
    const home = { read: sinon.stub(), used: sinon.spy(), letGo: sinon.spy() };
    const large = encodeDocument(toDocument({ _id: 1, text: 'x'.repeat(40_000) }));
    home.read.returns(large);
    const record = new StoredRecord(1, null, home);
    expect(record.document.get('_id')).to.equal(1);
    expect(record.document.get('_id')).to.equal(1);
    expect([home.read.callCount, home.used.callCount]).to.deep.equal([2, 0]);
    record.retain();
    record.release();
    expect(record.bytes).to.equal(large);
    expect(home.read.callCount).to.equal(3);
  });
});
