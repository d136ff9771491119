/** The database of a round: the embedded store in a process of its own, or a database on a MongoDB server that exists for
 *  this purpose only. */

import { statSync } from 'node:fs';
import mongoose from 'mongoose';
import { StoreProcess } from '../support/store-process.ts';
import { limitFiles } from './disk.ts';

export interface ChaosDatabase {
  readonly uri: string;
  /** It can be killed and started again. */
  readonly isOurs: boolean;
  start(): Promise<void>;
  kill(): Promise<void>;
  /** From now on its files do not grow. */
  fillDisk(): Promise<void>;
  /** Nothing of the round is left. */
  remove(): Promise<void>;
}

export class DatabaseError extends Error {}

/** What its name begins with: everything in it is removed, again and again. */
const PURPOSE = /^laurel[-_]chaos/;

/** @param folder for what an embedded store needs; the caller removes it
 *  @param uri of a database on a server; null: an embedded store */
export function chaosDatabase(folder: string, uri: string | null): ChaosDatabase {
  if (uri !== null) return new GivenDatabase(uri);
  const store = new StoreProcess(folder);
  return {
    uri: store.uri,
    isOurs: true,
    start: () => store.start(),
    kill: () => store.kill(),
    fillDisk: () => limitFiles(store.pid ?? 0, statSync(store.file).size),
    remove: () => store.kill(),
  };
}

/** @throws DatabaseError when it is not for this purpose by its name, or not empty */
export async function assertForChaos(uri: string): Promise<void> {
  const connection = await mongoose.createConnection(uri, { serverSelectionTimeoutMS: 10_000 }).asPromise();
  try {
    const { name, db } = connection;
    if (!PURPOSE.test(name))
      throw new DatabaseError(
        `the database of MONGODB_URI is called ${name}; the kill matrix removes everything in its database, so it takes only one ` +
          'whose name begins with laurel-chaos',
      );
    const collections = (await db?.listCollections({}, { nameOnly: true }).toArray()) ?? [];
    if (collections.length > 0)
      throw new DatabaseError(
        `the database ${name} of MONGODB_URI is not empty; if it is left over from an earlier run of the kill matrix, drop it, ` +
          'or name another one that begins with laurel-chaos',
      );
  } finally {
    await connection.close();
  }
}

class GivenDatabase implements ChaosDatabase {
  readonly uri: string;
  readonly isOurs = false;

  constructor(uri: string) {
    this.uri = uri;
  }

  async start(): Promise<void> {
    await assertForChaos(this.uri);
  }

  async kill(): Promise<void> {
    throw new Error('a database that is not ours is not killed');
  }

  async fillDisk(): Promise<void> {
    throw new Error('a database that is not ours has its disk to itself');
  }

  async remove(): Promise<void> {
    const connection = await mongoose.createConnection(this.uri).asPromise();
    try {
      await connection.dropDatabase();
    } finally {
      await connection.close();
    }
  }
}
