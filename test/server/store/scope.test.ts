import { expect } from 'chai';
import { MongoClient, MongoServerError } from 'mongodb';
import { silentLogger } from '../../../plugin/ports/runtime.ts';
import { type EmbeddedStore, openEmbeddedStore } from '../../../server/store/index.ts';
import { temporaryFolder } from './support/folder.ts';

const sentence = (what: string) =>
  `the embedded store does not support the ${what}; set MONGODB_URI to a MongoDB server to use it`;

describe('the scope of the embedded store', () => {
  let store: EmbeddedStore;
  let client: MongoClient;

  before(async () => {
    store = await openEmbeddedStore({ dataDir: temporaryFolder(), logger: silentLogger });
    client = new MongoClient(store.uri);
    await client.db().collection('c').insertOne({ a: 1 });
  });
  after(async () => {
    await client.close();
    await store.close();
  });

  async function refused(command: Record<string, unknown>): Promise<string> {
    try {
      const reply = await client.db().command(command);
      return reply.writeErrors ? `${reply.writeErrors[0].code} ${reply.writeErrors[0].errmsg}` : 'it was accepted';
    } catch (error) {
      if (error instanceof MongoServerError) return `${error.code} ${error.message}`;
      throw error;
    }
  }

  const CASES: readonly (readonly [string, Record<string, unknown>])[] = [
    ['option collation of find', { find: 'c', collation: { locale: 'de' } }],
    ['option tailable of find', { find: 'c', tailable: true }],
    ['query operator $text', { find: 'c', filter: { $text: { $search: 'x' } } }],
    ['query operator $geoWithin', { count: 'c', query: { a: { $geoWithin: {} } } }],
    ['query operator $bitsAllSet', { distinct: 'c', key: 'a', query: { a: { $bitsAllSet: 1 } } }],
    ['update operator $bit', { update: 'c', updates: [{ q: {}, u: { $bit: { a: { or: 1 } } } }] }],
    ['update by aggregation pipeline', { update: 'c', updates: [{ q: {}, u: [{ $set: { a: 1 } }] }] }],
    [
      'option collation of delete.deletes',
      { delete: 'c', deletes: [{ q: {}, limit: 0, collation: { locale: 'de' } }] },
    ],
    ['aggregation stage $lookup', { aggregate: 'c', pipeline: [{ $lookup: {} }], cursor: {} }],
    ['aggregation stage $changeStream', { aggregate: 'c', pipeline: [{ $changeStream: {} }], cursor: {} }],
    [
      'accumulator $stdDevPop',
      { aggregate: 'c', pipeline: [{ $group: { _id: 1, a: { $stdDevPop: '$a' } } }], cursor: {} },
    ],
    ['expression operator $add', { aggregate: 'c', pipeline: [{ $group: { _id: { $add: [1, 2] } } }], cursor: {} }],
    ['computed projection of b', { aggregate: 'c', pipeline: [{ $project: { b: '$a' } }], cursor: {} }],
    ['index of kind text', { createIndexes: 'c', indexes: [{ key: { a: 'text' }, name: 'x' }] }],
    ['index of kind 2dsphere', { createIndexes: 'c', indexes: [{ key: { a: '2dsphere' }, name: 'x' }] }],
    ['index option collation', { createIndexes: 'c', indexes: [{ key: { a: 1 }, name: 'x', collation: {} }] }],
    ['index over the path $**', { createIndexes: 'c', indexes: [{ key: { '$**': 1 }, name: 'x' }] }],
    ['option capped of create', { create: 'd', capped: true, size: 1000 }],
    ['option explain of find', { find: 'c', explain: true }],
  ];
  for (const [what, command] of CASES) {
    it(`leaves out, by name: ${what}`, async () => {
      expect(await refused(command)).to.equal(`115 ${sentence(what)}`);
    });
  }

  it('leaves out commands by name', async () => {
    for (const name of [
      'mapReduce',
      'collMod',
      'renameCollection',
      'explain',
      'replSetGetStatus',
      'bulkWrite',
      'toString',
    ]) {
      expect(await refused({ [name]: 1 })).to.equal(
        `59 no such command: '${name}': the embedded store does not support it; set MONGODB_URI to a MongoDB server to use it`,
      );
    }
  });

  it('has no transactions and says so', async () => {
    expect(await refused({ insert: 'c', documents: [{}], txnNumber: 1, autocommit: false })).to.match(
      /^20 Transaction numbers are only allowed on a replica set member or mongos/,
    );
  });

  it('changes nothing when it refuses', async () => {
    expect(
      await client
        .db()
        .collection('c')
        .find({}, { projection: { _id: 0 } })
        .toArray(),
    ).to.deep.equal([{ a: 1 }]);
    expect(await client.db().collection('c').indexes()).to.have.length(1);
  });
});
