/** Sessions in MongoDB, so that every process knows them and an ended one is ended everywhere. */

import { MongoStore } from 'connect-mongo';
import type { SessionData, Store } from 'express-session';
import type mongoose from 'mongoose';
import type { KnownAccount } from '../http/people/access-store.ts';
import {
  type AccountSessions,
  browserOf,
  byLastSeen,
  type OpenSession,
  sessionKey,
} from '../http/people/account-sessions.ts';
import { withDatabase } from './errors.ts';

/** How late the time of the last request may be written: not with every request. */
const TOUCH_AFTER_SECONDS = 5 * 60;

const COLLECTION = 'sessions';
const ACCOUNT = 'session.identity.accountId';

/** Resolves when the database forgets sessions by itself. connect-mongo would build that index unwatched, and fail
 *  unheard when the process closes meanwhile.
 *  @param ttlSeconds for sessions whose cookie does not say when it ends
 *  @throws StoreError `store.unavailable` */
export async function createSessionStore(connection: mongoose.Connection, ttlSeconds: number): Promise<Store> {
  const collection = connection.collection(COLLECTION);
  await withDatabase(() => collection.createIndex({ expires: 1 }, { expireAfterSeconds: 0 }));
  await withDatabase(() => collection.createIndex({ [ACCOUNT]: 1 }));
  return MongoStore.create({
    client: connection.getClient(),
    dbName: connection.name,
    collectionName: COLLECTION,
    ttl: ttlSeconds,
    touchAfter: TOUCH_AFTER_SECONDS,
    autoRemove: 'disabled',
    // As a document, so that sessions can be found by their account. Earlier versions kept them as text.
    serialize: ({ cookie, ...facts }) => ({ ...facts, cookie: plain(cookie) }),
    unserialize: (kept) => (typeof kept === 'string' ? (JSON.parse(kept) as SessionData) : kept),
  });
}

/** As it is written into JSON: express-session makes a cookie of it again. */
function plain(cookie: SessionData['cookie']): SessionData['cookie'] {
  return JSON.parse(JSON.stringify(cookie)) as SessionData['cookie'];
}

interface Kept {
  readonly _id: string;
  readonly expires: Date;
  readonly lastModified?: Date;
  readonly session: { readonly identity: NonNullable<SessionData['identity']> };
}

export class MongoAccountSessions implements AccountSessions {
  readonly #connection: mongoose.Connection;

  constructor(connection: mongoose.Connection) {
    this.#connection = connection;
  }

  async ofAccount({ id, generation }: Pick<KnownAccount, 'id' | 'generation'>): Promise<readonly OpenSession[]> {
    const found = await withDatabase(() =>
      this.#collection()
        .find({ [ACCOUNT]: id, expires: { $gt: new Date() } })
        .toArray(),
    );
    const open = found.filter(({ session: { identity } }) => (identity.generation ?? 0) === generation);
    return open
      .map(({ _id, lastModified, session: { identity } }) => ({
        key: sessionKey(_id),
        startedAt: new Date(identity.since),
        lastSeenAt: lastModified ?? new Date(identity.since),
        browser: identity.browser ?? browserOf(undefined),
      }))
      .sort(byLastSeen);
  }

  async forgetEnded({ id, generation }: Pick<KnownAccount, 'id' | 'generation'>): Promise<void> {
    await withDatabase(() =>
      this.#collection().deleteMany({ [ACCOUNT]: id, 'session.identity.generation': { $ne: generation } }),
    );
  }

  #collection() {
    return this.#connection.getClient().db(this.#connection.name).collection<Kept>(COLLECTION);
  }
}
