import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import mongoose from 'mongoose';
import { silentLogger } from '../../plugin/ports/runtime.ts';
import { type EmbeddedStore, openEmbeddedStore } from '../../server/store/index.ts';
import { assertForChaos, chaosDatabase } from './database.ts';

describe('the database of the kill matrix on a server', () => {
  let folder: string;
  let store: EmbeddedStore;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'laurel-c-'));
    store = await openEmbeddedStore({ dataDir: folder, logger: silentLogger });
  });
  after(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });
  const named = (name: string) => store.uri.replace('/laurel?', `/${name}?`);
  const refusal = (uri: string) =>
    assertForChaos(uri).then(
      () => null,
      (error: Error) => error.message,
    );

  it('must be named for it', async () => {
    expect(await refusal(named('production'))).to.equal(
      'the database of MONGODB_URI is called production; the kill matrix removes everything in its database, so it takes only ' +
        'one whose name begins with laurel-chaos',
    );
    expect(await refusal(named('laurel-chaos-1'))).to.equal(null);
  });

  it('must be empty, and is again after a round', async () => {
    const uri = named('laurel-chaos');
    const connection = await mongoose.createConnection(uri).asPromise();
    await connection.collection('progress').insertOne({ of: 'somebody' });
    await connection.close();
    expect(await refusal(uri)).to.equal(
      'the database laurel-chaos of MONGODB_URI is not empty; if it is left over from an earlier run of the kill matrix, drop ' +
        'it, or name another one that begins with laurel-chaos',
    );
    await chaosDatabase(folder, uri).remove();
    expect(await refusal(uri)).to.equal(null);
  });
});
