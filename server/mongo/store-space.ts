/** What the database takes on disk. */

import mongoose from 'mongoose';
import { withDatabase } from './errors.ts';

/** In bytes; what is free is taken by what is written next. */
export interface DatabaseSpace {
  readonly size: number;
  readonly free: number;
}

/** @returns null where the database does not tell, as when the account may not ask
 *  @throws StoreError `store.unavailable` */
export function databaseSpace(connection: mongoose.Connection): Promise<DatabaseSpace | null> {
  return withDatabase(async () => {
    const stats = await connection.db?.command({ dbStats: 1, freeStorage: 1 }).catch((error: unknown) => {
      if (error instanceof mongoose.mongo.MongoServerError) return null;
      throw error;
    });
    return stats ? { size: Number(stats.totalSize), free: Number(stats.totalFreeStorageSize ?? 0) } : null;
  });
}
