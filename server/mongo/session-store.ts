/** Sessions in MongoDB, so that every process knows them and an ended one is ended everywhere. */

import { MongoStore } from 'connect-mongo';
import type { Store } from 'express-session';
import type mongoose from 'mongoose';

/** How late the time of the last request may be written: not with every request. */
const TOUCH_AFTER_SECONDS = 5 * 60;

/** @param ttlSeconds for sessions whose cookie does not say when it ends */
export function createSessionStore(connection: mongoose.Connection, ttlSeconds: number): Store {
  return MongoStore.create({
    client: connection.getClient(),
    dbName: connection.name,
    collectionName: 'sessions',
    ttl: ttlSeconds,
    touchAfter: TOUCH_AFTER_SECONDS,
    autoRemove: 'native',
  });
}
