/** The embedded store through the MongoDB driver, one client at a time and 32 at once; then its start with 100,000
 *  documents. Prints operations per second. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { silentLogger } from '../plugin/ports/runtime.ts';
import { openEmbeddedStore } from '../server/store/index.ts';

const DOCUMENTS = 100_000;
const SECONDS = 2;

interface Person {
  readonly _id: number;
  readonly username: string;
  readonly group: number;
  readonly updatedAt: Date;
  readonly n: number;
}

/** @returns operations per second */
async function measure(clients: number, operation: (i: number) => Promise<unknown>): Promise<number> {
  const end = performance.now() + SECONDS * 1000;
  let done = 0;
  const run = async () => {
    while (performance.now() < end) {
      const i = done++;
      await operation(i);
    }
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: clients }, run));
  return Math.round((done / (performance.now() - start)) * 1000);
}

function person(n: number): Person {
  return { _id: n, username: `user-${n}`, group: n % 50, updatedAt: new Date(n * 1000), n };
}

const dataDir = mkdtempSync(join(tmpdir(), 'laurel-bench-'));
const options = { dataDir, logger: silentLogger };
let store = await openEmbeddedStore(options);
let client = new MongoClient(store.uri);
const people = () => client.db().collection<Person>('people');
await people().createIndexes([{ key: { username: 1 }, unique: true }, { key: { group: 1, updatedAt: -1 } }]);

const loading = performance.now();
for (let from = 0; from < DOCUMENTS; from += 5000) {
  await people().insertMany(Array.from({ length: 5000 }, (_, i) => person(from + i)));
}
console.log(`insertMany of ${DOCUMENTS}: ${Math.round(performance.now() - loading)} ms`);

let next = DOCUMENTS;
const anyone = () => Math.floor(Math.random() * DOCUMENTS);
const operations: Record<string, () => Promise<unknown>> = {
  insertOne: () => people().insertOne(person(next++)),
  'findOne by unique index': () => people().findOne({ username: `user-${anyone()}` }),
  'updateOne by _id': () => people().updateOne({ _id: anyone() }, { $inc: { n: 1 } }),
  'page of 50, sorted by index': () => people().find({ group: 7 }).sort({ updatedAt: -1 }).limit(50).toArray(),
};
for (const [name, operation] of Object.entries(operations)) {
  console.log(`${name}: x1 ${await measure(1, operation)}/s, x32 ${await measure(32, operation)}/s`);
}

const scanning = performance.now();
await people().countDocuments({ n: { $gte: 50_000 } });
console.log(`scan of everything: ${Math.round(performance.now() - scanning)} ms`);

await client.close();
await store.close();
const opening = performance.now();
store = await openEmbeddedStore(options);
console.log(`start with ${next} documents: ${Math.round(performance.now() - opening)} ms`);
client = new MongoClient(store.uri);
await people().findOne({ username: 'user-1' });
await client.close();
await store.close();
rmSync(dataDir, { recursive: true, force: true });
