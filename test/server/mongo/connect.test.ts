import { expect } from 'chai';
import mongoose from 'mongoose';
import sinon from 'sinon';
import { ConfigurationError, InvariantError, StoreError } from '../../../plugin/errors.ts';
import { silentLogger } from '../../../plugin/ports/runtime.ts';
import { connectDatabase, type Database, schemaOptions } from '../../../server/mongo/connect.ts';
import { isDuplicateKey, withDatabase } from '../../../server/mongo/errors.ts';
import { learnerModels, MongoLearnerStore } from '../../../server/mongo/learner-store.ts';
import { type TestDatabase, testDatabase } from '../../support/database.ts';
import { day } from '../../support/rule-values.ts';

const logger = silentLogger;

function thingModels(index: mongoose.IndexOptions) {
  return (connection: mongoose.Connection): mongoose.Model<{ name: string; nested?: { deep: string } }> => {
    const known = connection.models.Thing;
    if (known) return known as mongoose.Model<{ name: string; nested?: { deep: string } }>;
    const schema = new mongoose.Schema({ name: String }, { ...schemaOptions, collection: 'things' });
    schema.index({ name: 1 }, index);
    return connection.model('Thing', schema) as unknown as mongoose.Model<{ name: string; nested?: { deep: string } }>;
  };
}

const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => expect.fail('it should have failed'),
    (error: unknown) => error,
  );

describe('the database connection', () => {
  let server: TestDatabase;
  let open: Database[] = [];
  const connect = async (...models: Parameters<typeof connectDatabase>[0]['models'] & {}): Promise<Database> => {
    const database = await connectDatabase({ uri: server.uri, logger, models });
    open.push(database);
    return database;
  };

  before(async () => {
    server = await testDatabase();
  });
  after(() => server.close());
  afterEach(async () => {
    for (const { connection, close } of open) {
      for (const { name } of (await connection.db?.listCollections().toArray()) ?? []) {
        await connection.db?.dropCollection(name);
      }
      await close();
    }
    open = [];
  });

  it('has every index in place before anything is written', async () => {
    const { connection } = await connect(learnerModels);
    const indexes = await connection.collection('learners').indexes();
    expect(indexes.map(({ key, unique }) => [Object.keys(key).join(), unique === true])).to.deep.include.members([
      ['username', true],
      ['lmsUserId', true],
    ]);
  });

  it('makes an index with every option that its schema asks for, and with none that is not known here', async () => {
    const { connection } = await connect(thingModels({ unique: true, sparse: true, expireAfterSeconds: 60 }));
    const made = (await connection.collection('things').indexes()).find(({ name }) => name === 'name_1');
    expect(made).to.deep.include({ unique: true, sparse: true, expireAfterSeconds: 60 });
    const error = await failureOf(connect(thingModels({ collation: { locale: 'de' } })));
    expect(error).to.be.instanceOf(InvariantError);
    expect((error as InvariantError).message).to.equal('the index on things (name) asks for collation in vain');
  });

  it('can be opened again on the same data', async () => {
    await connect(learnerModels);
    await connect(learnerModels);
  });

  it('does not start when documents contradict a unique index', async () => {
    const first = await connect();
    await first.connection.collection('things').insertMany([{ name: 'a' }, { name: 'a' }]);
    const error = await failureOf(connect(thingModels({ unique: true })));
    expect(error).to.be.instanceOf(ConfigurationError);
    expect((error as ConfigurationError).problems).to.deep.equal([
      'the unique index on things (name) cannot be built because documents contradict it; remove the duplicates and start again',
    ]);
  });

  it('does not start when an index is there with other options', async () => {
    const first = await connect();
    await first.connection.collection('things').createIndex({ name: 1 });
    const error = await failureOf(connect(thingModels({ unique: true })));
    expect(error).to.be.instanceOf(ConfigurationError);
    expect((error as ConfigurationError).problems).to.deep.equal([
      'the index on things (name) exists with other options; drop it in the database and start again',
    ]);
  });

  it('refuses fields that no schema knows, when writing and when asking, and operators from outside', async () => {
    const { connection } = await connect(thingModels({}));
    const things = thingModels({})(connection);
    expect(await failureOf(things.create([{ name: 'a', other: 1 } as never]))).to.have.property(
      'name',
      'StrictModeError',
    );
    expect(await failureOf(things.find({ other: 1 } as never).exec())).to.have.property('name', 'StrictModeError');
    await things.create([{ name: 'secret' }]);
    const injected = JSON.parse('{"$ne":null}') as string;
    const found = await things
      .findOne({ name: injected })
      .exec()
      .catch(() => null);
    expect(found).to.equal(null);
  });

  it('lets no operator from outside find, change or delete anything, wherever in a filter it stands', async () => {
    const { connection } = await connect(thingModels({}));
    const things = thingModels({})(connection);
    await things.create([{ name: 'secret' }]);
    const filters = [
      '{"name":{"$ne":null}}',
      '{"name":{"$gt":""}}',
      '{"name":{"$regex":"."}}',
      '{"name":{"$exists":true}}',
      '{"name":{"$not":{"$eq":"x"}}}',
      '{"$where":"true"}',
      '{"$expr":{"$eq":[1,1]}}',
      '{"$or":[{"name":{"$ne":null}}]}',
      '{"$and":[{"name":{"$ne":null}}]}',
      '{"$nor":[{"name":{"$ne":"x"}}]}',
      '{"other":"x"}',
      '{"$or":[{"other":{"$exists":false}}]}',
    ];
    for (const text of filters) {
      const filter = () => JSON.parse(text) as { name: string };
      const outcomes = await Promise.all([
        things.findOne(filter()).then(
          (found) => (found === null ? 'nothing' : 'found'),
          () => 'refused',
        ),
        things.countDocuments(filter()).then(
          (count) => (count === 0 ? 'nothing' : 'found'),
          () => 'refused',
        ),
        things.updateMany(filter(), { name: 'changed' }).then(
          ({ modifiedCount }) => (modifiedCount === 0 ? 'nothing' : 'changed'),
          () => 'refused',
        ),
        things.deleteMany(filter()).then(
          ({ deletedCount }) => (deletedCount === 0 ? 'nothing' : 'deleted'),
          () => 'refused',
        ),
      ]);
      for (const outcome of outcomes) expect(outcome, text).to.be.oneOf(['nothing', 'refused']);
    }
    expect((await things.find()).map(({ name }) => name)).to.deep.equal(['secret']);
  });

  it('says what to do when no server answers', async () => {
    const uri = 'mongodb://127.0.0.1:9/laurel';
    const error = await failureOf(connectDatabase({ uri, logger, serverSelectionTimeoutMs: 50 }));
    expect(error).to.be.instanceOf(StoreError);
    expect(error).to.deep.include({
      code: 'store.unavailable',
      message:
        'no MongoDB server answers at MONGODB_URI; start it or mend the address, or unset MONGODB_URI to use the embedded store',
    });
  });

  it('says what to do about a server that is too old, and about one that refuses the user', async () => {
    const { MongoServerError, MongoServerSelectionError } = mongoose.mongo;
    const saidOf = async (cause: Error) => {
      const openUri = sinon.stub(mongoose.Connection.prototype, 'openUri').rejects(cause);
      const error = await failureOf(connectDatabase({ uri: server.uri, logger }));
      openUri.restore();
      expect(error).to.be.instanceOf(StoreError);
      return (error as StoreError).message;
    };
    const tooOld = Object.assign(new Error('reports maximum wire version 8'), { name: 'MongoCompatibilityError' });
    const selection = Object.assign(Object.create(MongoServerSelectionError.prototype) as Error, { cause: tooOld });
    expect(await saidOf(selection)).to.equal(
      'the MongoDB server at MONGODB_URI has a version that Laurel cannot use; take 4.4 or later',
    );
    expect(await saidOf(new MongoServerError({ message: 'Authentication failed.', code: 18 }))).to.equal(
      'the MongoDB server refuses user name and password of MONGODB_URI; mend them, or name the database of the user with authSource',
    );
  });

  it('reads what it wrote, also where the address prefers secondaries', async () => {
    const uri = `${server.uri}${server.uri.includes('?') ? '&' : '?'}readPreference=secondaryPreferred&w=1`;
    const database = await connectDatabase({ uri, logger });
    const { readPreference, writeConcern } = database.connection.getClient().options;
    await database.close();
    expect(readPreference.mode).to.equal('primary');
    expect(writeConcern).to.include({ w: 'majority' });
  });

  it('says what to do about an address that is none', async () => {
    const error = await failureOf(connectDatabase({ uri: 'postgres://host/laurel', logger }));
    expect(error).to.be.instanceOf(ConfigurationError);
    expect((error as ConfigurationError).problems).to.deep.equal([
      'MONGODB_URI is not a MongoDB address; it looks like mongodb://host:27017/laurel',
    ]);
  });

  it('is alive as long as it is open, and says what time it is', async () => {
    const database = await connect();
    await database.ping();
    const before = Date.now();
    expect((await database.time()).getTime()).to.be.within(before - 60_000, Date.now() + 60_000);
    await database.close();
    open = [];
    expect(await failureOf(database.ping())).to.be.instanceOf(StoreError);
  });

  it('turns a lost connection into an error that asks to come later', async () => {
    const database = await connectDatabase({ uri: server.uri, logger, models: [learnerModels] });
    const learners = new MongoLearnerStore(database.connection);
    await database.close();
    const user = { lmsUserId: 1, username: 'ada', email: 'ada@example.com', name: 'Ada', isActive: true };
    for (const failure of [await failureOf(learners.findById('x')), await failureOf(learners.resolve(user, day(1)))]) {
      expect(failure).to.be.instanceOf(StoreError);
      expect(failure).to.deep.include({
        code: 'store.unavailable',
        message: 'the database does not answer; check that MongoDB is running and that MONGODB_URI leads to it',
        retry: 'later',
      });
    }
  });
});

describe('errors of the database', () => {
  it('are told apart: duplicates and mistakes of ours pass, the rest is the database away', async () => {
    const duplicate = new mongoose.mongo.MongoServerError({ message: 'E11000', code: 11000 });
    const ours = new mongoose.mongo.MongoServerError({ message: 'unknown operator', code: 2 });
    const away = new mongoose.mongo.MongoNetworkError('connection reset');
    const stepdown = new mongoose.mongo.MongoServerError({ message: 'stepping down', code: 189 });
    stepdown.addErrorLabel('RetryableWriteError');
    expect([duplicate, ours, away].map(isDuplicateKey)).to.deep.equal([true, false, false]);
    expect(await failureOf(withDatabase(() => Promise.reject(duplicate)))).to.equal(duplicate);
    expect(await failureOf(withDatabase(() => Promise.reject(ours)))).to.equal(ours);
    for (const error of [away, stepdown]) {
      expect(await failureOf(withDatabase(() => Promise.reject(error)))).to.be.instanceOf(StoreError);
    }
  });
});
