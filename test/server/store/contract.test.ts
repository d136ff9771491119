import { expect } from 'chai';
import MongoStore from 'connect-mongo';
import session from 'express-session';
import { Decimal128, Double, GridFSBucket, Long, MongoClient, type MongoServerError, ObjectId } from 'mongodb';
import mongoose from 'mongoose';
import { type TestDatabase, testDatabase } from '../../support/database.ts';

interface Loose {
  _id?: number | string | ObjectId;
  [name: string]: unknown;
}

/** What Laurel needs of its database, whichever one it is. */
describe('the database', () => {
  let database: TestDatabase;
  let client: MongoClient;

  before(async () => {
    database = await testDatabase();
    client = new MongoClient(database.uri);
  });
  after(async () => {
    await client.close();
    await database.close();
  });

  let collections = 0;
  const freshCollection = () => client.db().collection<Loose>(`c${++collections}`);

  async function failure(run: Promise<unknown>): Promise<MongoServerError> {
    try {
      await run;
    } catch (error) {
      return error as MongoServerError;
    }
    throw new Error('it did not fail');
  }

  describe('documents', () => {
    it('keep their numeric types and the order of their fields', async () => {
      const collection = freshCollection();
      const document = {
        z: new Double(1),
        _id: 1,
        l: Long.fromNumber(7),
        d: Decimal128.fromString('1.10'),
        2: 'two',
        1: 'one',
      };
      await collection.insertOne(document);
      const [raw] = await collection.find({}, { promoteValues: false }).toArray();
      expect(raw).to.have.property('z').that.deep.equals(new Double(1));
      expect(raw).to.have.property('l').that.deep.equals(Long.fromNumber(7));
      expect(raw?.d?.toString()).to.equal('1.10');
      expect(Object.keys(raw ?? {})).to.deep.equal(['1', '2', '_id', 'z', 'l', 'd']);
    });

    it('come in batches through a cursor that can be closed early', async () => {
      const collection = freshCollection();
      await collection.insertMany(Array.from({ length: 1000 }, (_, n) => ({ n })));
      const all = await collection.find().sort({ n: 1 }).batchSize(77).toArray();
      expect(all.map(({ n }) => n)).to.deep.equal(Array.from({ length: 1000 }, (_, n) => n));
      const cursor = collection.find().batchSize(10);
      await cursor.next();
      await cursor.close();
      expect(await collection.find().sort({ n: -1 }).skip(995).limit(3).project({ _id: 0 }).toArray()).to.deep.equal([
        { n: 4 },
        { n: 3 },
        { n: 2 },
      ]);
    });

    it('may be larger than a page, and smaller than 16 MiB', async () => {
      const collection = freshCollection();
      await collection.insertOne({ _id: 1, bytes: Buffer.alloc(3_000_000, 7) });
      await collection.updateOne({ _id: 1 }, { $set: { seen: true } });
      const found = await collection.findOne({ _id: 1 }, { promoteBuffers: true });
      expect(((found?.bytes ?? Buffer.alloc(0)) as Buffer).length).to.equal(3_000_000);
      const error = await failure(collection.updateOne({ _id: 1 }, { $set: { more: Buffer.alloc(14_000_000) } }));
      expect(error.code).to.be.oneOf([10334, 17419, 17420]);
      expect(await collection.findOne({ _id: 1, more: { $exists: true } })).to.equal(null);
    });
  });

  describe('unique indexes', () => {
    it('let one of many simultaneous writers through', async () => {
      const collection = freshCollection();
      await collection.createIndex({ learner: 1, badge: 1 }, { unique: true });
      const results = await Promise.allSettled(
        Array.from({ length: 20 }, () => collection.insertOne({ learner: 'l', badge: 'b' })),
      );
      expect(results.filter(({ status }) => status === 'fulfilled')).to.have.length(1);
      const error = await failure(collection.insertOne({ learner: 'l', badge: 'b' }));
      expect(error.code).to.equal(11000);
      expect(error.keyPattern).to.deep.equal({ learner: 1, badge: 1 });
      expect(error.keyValue).to.deep.equal({ learner: 'l', badge: 'b' });
      expect(await collection.countDocuments()).to.equal(1);
    });

    it('hold for updates and leave nothing half changed', async () => {
      const collection = freshCollection();
      await collection.createIndex({ tags: 1 }, { unique: true });
      await collection.insertMany([
        { _id: 1, tags: ['a', 'b'] },
        { _id: 2, tags: ['c'] },
      ]);
      expect((await failure(collection.updateOne({ _id: 2 }, { $push: { tags: 'b' } as never }))).code).to.equal(11000);
      expect(await collection.findOne({ tags: 'c' })).to.deep.equal({ _id: 2, tags: ['c'] });
      await collection.updateOne({ _id: 1 }, { $pull: { tags: 'b' } as never });
      await collection.updateOne({ _id: 2 }, { $push: { tags: 'b' } as never });
      expect(await collection.findOne({ tags: 'b' })).to.deep.equal({ _id: 2, tags: ['c', 'b'] });
    });

    it('can be partial', async () => {
      const collection = freshCollection();
      await collection.createIndex({ user: 1 }, { unique: true, partialFilterExpression: { live: true } });
      await collection.insertMany([
        { user: 'u', live: true },
        { user: 'u', live: false },
        { user: 'u', live: false },
      ]);
      expect((await failure(collection.insertOne({ user: 'u', live: true }))).code).to.equal(11000);
      expect((await failure(collection.updateOne({ live: false }, { $set: { live: true } }))).code).to.equal(11000);
      await collection.updateOne({ live: true }, { $set: { live: false } });
      await collection.insertOne({ user: 'u', live: true });
      expect(await collection.countDocuments({ user: 'u' })).to.equal(4);
    });

    it('count a missing field as null, unless they are sparse', async () => {
      const plain = freshCollection();
      await plain.createIndex({ x: 1 }, { unique: true });
      await plain.insertOne({});
      expect((await failure(plain.insertOne({ x: null }))).code).to.equal(11000);
      const sparse = freshCollection();
      await sparse.createIndex({ x: 1 }, { unique: true, sparse: true });
      await sparse.insertMany([{}, {}]);
      expect(await sparse.countDocuments({ x: null })).to.equal(2);
    });

    it('are refused over documents that break them, and then are not there', async () => {
      const collection = freshCollection();
      await collection.insertMany([{ x: 1 }, { x: 1 }]);
      expect((await failure(collection.createIndex({ x: 1 }, { unique: true }))).code).to.equal(11000);
      expect((await collection.indexes()).map(({ name }) => name)).to.deep.equal(['_id_']);
    });
  });

  describe('one document, one step', () => {
    it('gives one of many claimants the lease', async () => {
      const collection = freshCollection();
      await collection.insertOne({ _id: 'run', fence: 0 });
      const claims = await Promise.all(
        Array.from({ length: 25 }, () =>
          collection.updateOne({ _id: 'run', fence: 0 }, { $inc: { fence: 1 } as never }),
        ),
      );
      expect(claims.filter(({ modifiedCount }) => modifiedCount === 1)).to.have.length(1);
    });

    it('makes one document of many simultaneous upserts, and counts each', async () => {
      const collection = freshCollection();
      await collection.createIndex({ key: 1 }, { unique: true });
      await Promise.all(
        Array.from({ length: 25 }, () =>
          collection.findOneAndUpdate(
            { key: 'k' },
            { $inc: { n: 1 } as never },
            { upsert: true, returnDocument: 'after' },
          ),
        ),
      );
      expect(await collection.find({}, { projection: { _id: 0 } }).toArray()).to.deep.equal([{ key: 'k', n: 25 }]);
    });

    it('changes the pending effect that is due, and no other', async () => {
      const collection = freshCollection();
      await collection.createIndex({ 'effects.state': 1, 'effects.dueAt': 1 });
      const due = new Date(1000);
      await collection.insertOne({
        _id: 1,
        effects: [
          { id: 'a', state: 'done', dueAt: new Date(0) },
          { id: 'b', state: 'pending', dueAt: due },
          { id: 'c', state: 'pending', dueAt: new Date(9000) },
        ],
      });
      const filter = { effects: { $elemMatch: { state: 'pending', dueAt: { $lte: due } } } };
      expect(await collection.countDocuments(filter)).to.equal(1);
      await collection.updateOne(filter, { $set: { 'effects.$.state': 'done' } });
      expect(await collection.findOne(filter)).to.equal(null);
      const after = await collection.findOne({ _id: 1 });
      expect(((after?.effects ?? []) as { state: string }[]).map(({ state }) => state)).to.deep.equal([
        'done',
        'done',
        'pending',
      ]);
    });
  });

  it('groups, unwinds and counts', async () => {
    const collection = freshCollection();
    await collection.insertMany([
      { badge: 'a', effects: [{ state: 'pending' }, { state: 'done' }], n: 1 },
      { badge: 'a', effects: [{ state: 'pending' }], n: 3 },
      { badge: 'b', effects: [], n: 5 },
    ]);
    const states = await collection
      .aggregate([
        { $unwind: '$effects' },
        { $group: { _id: '$effects.state', count: { $sum: 1 } } },
        { $sort: { _id: 1 } },
      ])
      .toArray();
    expect(states).to.deep.equal([
      { _id: 'done', count: 1 },
      { _id: 'pending', count: 2 },
    ]);
    const badges = await collection
      .aggregate([
        { $match: { n: { $gte: 1 } } },
        { $sort: { n: 1 } },
        {
          $group: {
            _id: { badge: '$badge' },
            sum: { $sum: '$n' },
            least: { $min: '$n' },
            most: { $max: '$n' },
            mean: { $avg: '$n' },
            first: { $first: '$n' },
            last: { $last: '$n' },
            all: { $push: '$n' },
            set: { $addToSet: '$badge' },
          },
        },
        { $sort: { '_id.badge': 1 } },
        { $limit: 1 },
      ])
      .toArray();
    expect(badges).to.deep.equal([
      { _id: { badge: 'a' }, sum: 4, least: 1, most: 3, mean: 2, first: 1, last: 3, all: [1, 3], set: ['a'] },
    ]);
    expect(await collection.aggregate([{ $skip: 1 }, { $count: 'n' }]).toArray()).to.deep.equal([{ n: 2 }]);
    expect(await collection.aggregate([{ $project: { badge: 1, _id: 0 } }, { $limit: 1 }]).toArray()).to.deep.equal([
      { badge: 'a' },
    ]);
  });

  it('lists, drops and forgets', async () => {
    const collection = freshCollection();
    await collection.insertOne({ x: 1 });
    await collection.createIndex({ x: -1 }, { name: 'by-x' });
    expect(await collection.dropIndex('by-x')).to.have.property('ok', 1);
    expect((await failure(collection.dropIndex('by-x'))).code).to.equal(27);
    expect(await client.db().listCollections({ name: collection.collectionName }).toArray()).to.have.length(1);
    expect(await collection.drop()).to.equal(true);
    expect(await client.db().listCollections({ name: collection.collectionName }).toArray()).to.deep.equal([]);
    expect(await collection.findOne()).to.equal(null);
  });

  it('keeps the bytes of files in GridFS', async () => {
    const bucket = new GridFSBucket(client.db(), { bucketName: 'files' });
    const bytes = Buffer.from(Array.from({ length: 700_000 }, (_, n) => n % 251));
    const upload = bucket.openUploadStream('certificate.pdf', { metadata: { contentType: 'application/pdf' } });
    await new Promise<void>((done, fail) => upload.once('finish', done).once('error', fail).end(bytes));
    const chunks: Buffer[] = [];
    for await (const chunk of bucket.openDownloadStream(upload.id)) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).equals(bytes)).to.equal(true);
    await bucket.delete(upload.id);
    expect(await bucket.find().toArray()).to.deep.equal([]);
  });

  it('keeps the sessions of connect-mongo', async () => {
    const store = MongoStore.create({
      client,
      dbName: client.db().databaseName,
      collectionName: 'sessions',
      autoRemove: 'native',
    });
    const cookie = new session.Cookie();
    const set = (id: string, data: object) =>
      new Promise<void>((done, fail) =>
        store.set(id, { cookie, ...data } as session.SessionData, (error) => (error ? fail(error) : done())),
      );
    const get = (id: string) =>
      new Promise<unknown>((done, fail) =>
        store.get(id, (error: unknown, found: unknown) => (error ? fail(error) : done(found))),
      );
    await set('s1', { views: 1 });
    await set('s1', { views: 2 });
    expect(await get('s1')).to.have.property('views', 2);
    await new Promise((done) => store.destroy('s1', done));
    expect(await get('s1')).to.be.oneOf([null, undefined]);
  });

  describe('through mongoose', () => {
    let connection: mongoose.Connection;
    before(async () => {
      connection = await mongoose.createConnection(database.uri).asPromise();
    });
    after(() => connection.close());

    it('saves with versions and timestamps, and notices who was faster', async () => {
      const schema = new mongoose.Schema(
        { name: { type: String, unique: true }, items: [{ k: String, n: Number }], options: Object },
        { timestamps: true, optimisticConcurrency: true },
      );
      const Model = connection.model('Thing', schema);
      await Model.init();
      await Model.create({ name: 'one', items: [{ k: 'a', n: 1 }], options: { deep: { list: [1] } } });
      const [mine, theirs] = [await Model.findOne({ name: 'one' }), await Model.findOne({ name: 'one' })];
      mine?.items.push({ k: 'b', n: 2 });
      await mine?.save();
      theirs?.set('items.0.n', 9);
      expect((await failure(Promise.resolve(theirs?.save()))).name).to.equal('VersionError');
      const stored = await Model.findOne({ name: 'one' }).lean();
      expect(stored?.items.map(({ k, n }) => `${k}${n}`)).to.deep.equal(['a1', 'b2']);
      expect(stored?.updatedAt).to.be.greaterThan(stored?.createdAt as Date);
    });

    it('writes in bulk, synchronises indexes and pages through a sorted list', async () => {
      const schema = new mongoose.Schema({ n: Number, kind: String }).index({ kind: 1, n: -1 });
      const Model = connection.model('Paged', schema);
      await Model.syncIndexes();
      await Model.bulkWrite(
        Array.from({ length: 50 }, (_, n) => ({
          updateOne: { filter: { n }, update: { $set: { kind: n % 2 ? 'odd' : 'even' } }, upsert: true },
        })),
      );
      expect(await Model.countDocuments({ kind: 'odd' })).to.equal(25);
      const page = await Model.find({ kind: 'odd', n: { $lt: 20 } })
        .sort({ n: -1 })
        .limit(3)
        .lean();
      expect(page.map(({ n }) => n)).to.deep.equal([19, 17, 15]);
      expect((await Model.diffIndexes()).toDrop).to.deep.equal([]);
      expect((await Model.diffIndexes()).toCreate).to.deep.equal([]);
      const changed = await Model.findOneAndUpdate(
        { n: 1 },
        { $set: { kind: 'first' } },
        { returnDocument: 'after' },
      ).lean();
      expect(changed?.kind).to.equal('first');
      expect(await Model.exists({ _id: new ObjectId() })).to.equal(null);
    });
  });
});
