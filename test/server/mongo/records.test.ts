import mongoose from 'mongoose';
import type { Records } from '../../../plugin/ports/records.ts';
import { silentLogger } from '../../../plugin/ports/runtime.ts';
import { connectDatabase, type Database } from '../../../server/mongo/connect.ts';
import { mongoRecords } from '../../../server/mongo/records.ts';
import { type Book, bookShape, recordsContract } from '../../contracts/records.ts';
import { sortedRecordsContract } from '../../contracts/sorted-records.ts';
import { testDatabase } from '../../support/database.ts';

type BookDocument = Omit<Book, 'id' | 'lent'> & { readonly _id: string; readonly lent?: string };

describe('records in MongoDB', () => {
  let database: Database;
  let closeServer: () => Promise<void>;
  let model: mongoose.Model<BookDocument>;

  before(async () => {
    const server = await testDatabase();
    closeServer = () => server.close();
    database = await connectDatabase({ uri: server.uri, logger: silentLogger });
    const schema = new mongoose.Schema<BookDocument>({}, { strict: false, collection: 'books' });
    schema.index({ bought: 1, shelf: 1, _id: 1 });
    schema.index({ kind: 1, bought: 1, shelf: 1, _id: 1 });
    schema.index({ lent: 1, shelf: 1, _id: 1 });
    schema.index({ words: 1 });
    schema.index({ 'copies.room': 1, bought: 1, shelf: 1, _id: 1 });
    model = database.connection.model('Book', schema) as unknown as mongoose.Model<BookDocument>;
    await database.ensureIndexes();
  });
  after(async () => {
    await database.close();
    await closeServer();
  });

  recordsContract('a collection', collectionOf);
  sortedRecordsContract('a collection', collectionOf);

  async function collectionOf(books: readonly Book[]): Promise<Records<Book>> {
    await model.deleteMany({});
    const documents = books.map(({ id, lent, ...rest }) => ({ _id: id, ...rest, ...(lent === null ? {} : { lent }) }));
    if (documents.length > 0) await model.collection.insertMany(documents as never[]);
    return mongoRecords<Book, BookDocument>({
      shape: bookShape,
      model,
      paths: { id: '_id' },
      toRow: ({ _id: id, lent = null, ...rest }) => ({ id, lent, ...rest }),
    });
  }
});
