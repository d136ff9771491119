/** Sessions in MongoDB, so that every process knows them and an ended one is ended everywhere. */

import { MongoStore } from 'connect-mongo';
import type { Store } from 'express-session';
import type mongoose from 'mongoose';
import { withDatabase } from './errors.ts';

/** How late the time of the last request may be written: not with every request. */
const TOUCH_AFTER_SECONDS = 5 * 60;

const COLLECTION = 'sessions';

/** Resolves when the database forgets sessions by itself. connect-mongo would build that index unwatched, and fail
 *  unheard when the process closes meanwhile.
 *  @param ttlSeconds for sessions whose cookie does not say when it ends
 *  @throws StoreError `store.unavailable` */
export async function createSessionStore(connection: mongoose.Connection, ttlSeconds: number): Promise<Store> {
  await withDatabase(() => connection.collection(COLLECTION).createIndex({ expires: 1 }, { expireAfterSeconds: 0 }));
  return MongoStore.create({
    client: connection.getClient(),
    dbName: connection.name,
    collectionName: COLLECTION,
    ttl: ttlSeconds,
    touchAfter: TOUCH_AFTER_SECONDS,
    autoRemove: 'disabled',
  });
}
