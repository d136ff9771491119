/** A database for one test suite: of the MongoDB server in MONGODB_URI where that is set, else an embedded store. */

import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { silentLogger } from '../../plugin/ports/runtime.ts';
import { openEmbeddedStore } from '../../server/store/index.ts';

export interface TestDatabase {
  /** Names a database of its own, empty at first. */
  readonly uri: string;
  /** Forgets everything. Close your clients before. */
  close(): Promise<void>;
}

export async function testDatabase(): Promise<TestDatabase> {
  const server = process.env.MONGODB_URI;
  return server ? await databaseOn(server) : await embeddedDatabase();
}

async function databaseOn(server: string): Promise<TestDatabase> {
  // Text, for an address may name several hosts.
  const uri = server.replace(/^([^/]+\/\/[^/?]+)(\/[^?]*)?/, `$1/laurel-test-${randomUUID()}`);
  return {
    uri,
    async close() {
      const client = new MongoClient(uri);
      await client.db().dropDatabase();
      await client.close();
    },
  };
}

async function embeddedDatabase(): Promise<TestDatabase> {
  const dataDir = await mkdtemp(join(tmpdir(), 'laurel-test-'));
  const store = await openEmbeddedStore({ dataDir, logger: silentLogger });
  return {
    uri: store.uri,
    async close() {
      await store.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
