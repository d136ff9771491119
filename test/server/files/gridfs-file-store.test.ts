import { expect } from 'chai';
import mongoose from 'mongoose';
import { silentLogger } from '../../../plugin/ports/runtime.ts';
import { GridFsFileStore } from '../../../server/files/gridfs-file-store.ts';
import { connectDatabase, type Database } from '../../../server/mongo/connect.ts';
import { fileStoreContract } from '../../contracts/file-store.ts';
import { type TestDatabase, testDatabase } from '../../support/database.ts';

describe('the file store in GridFS', () => {
  let server: TestDatabase;
  let database: Database;
  before(async () => {
    server = await testDatabase();
    database = await connectDatabase({ uri: server.uri, logger: silentLogger });
  });
  after(async () => {
    await database?.close();
    await server?.close();
  });
  beforeEach(async () => {
    for (const name of ['files.files', 'files.chunks']) await database.connection.collection(name).deleteMany({});
  });

  fileStoreContract(async () => new GridFsFileStore(database.connection));

  it('removes the pieces that a killed upload left, and none of a file or of an upload under way', async () => {
    const store = new GridFsFileStore(database.connection);
    const chunks = database.connection.collection('files.chunks');
    const anHourAgo = (Date.now() - 3_700_000) / 1000;
    const abandoned = mongoose.Types.ObjectId.createFromTime(Math.floor(anHourAgo));
    const underWay = new mongoose.Types.ObjectId();
    for (const [files_id, n] of [
      [abandoned, 0],
      [abandoned, 1],
      [underWay, 0],
    ] as const)
      await chunks.insertOne({ files_id, n, data: Buffer.from('of Ada') });
    await store.put('key', { bytes: Buffer.from('x'), contentType: 'a/b', fileName: 'c' });
    const later = new Date(Date.now() + 3_500_000);
    expect(await store.removeAbandoned(new Date())).to.equal(1);
    expect(await store.removeAbandoned(later)).to.equal(0);
    expect(await chunks.countDocuments({ files_id: abandoned })).to.equal(0);
    expect(await chunks.countDocuments({ files_id: underWay })).to.equal(1);
    expect(await store.get('key')).to.not.equal(null);
    // Once nobody can be writing it any more.
    expect(await store.removeAbandoned(new Date(Date.now() + 3_700_000))).to.equal(1);
    expect(await store.get('key')).to.not.equal(null);
  });

  it('leaves nothing behind of former and deleted files', async () => {
    const store = new GridFsFileStore(database.connection);
    const file = { bytes: Buffer.from('x'), contentType: 'a/b', fileName: 'c' };
    for (let i = 0; i < 3; i++) await store.put('key', file);
    expect(await database.connection.collection('files.chunks').countDocuments()).to.equal(1);
    await store.delete('key');
    expect(await database.connection.collection('files.files').countDocuments()).to.equal(0);
    expect(await database.connection.collection('files.chunks').countDocuments()).to.equal(0);
  });
});
