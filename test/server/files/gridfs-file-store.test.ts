import { expect } from 'chai';
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
