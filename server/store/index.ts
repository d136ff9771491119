/** The embedded store: a small server for MongoDB's own clients, used where no MongoDB is configured. What opens its file in this
 *  thread is in `offline.ts`. */

export { isWorthwhile, USUAL_LEAST_BYTES } from './compaction-policy.ts';
export { megabytes } from './megabytes.ts';
export { type EmbeddedStore, type EmbeddedStoreOptions, joinEmbeddedStore, openEmbeddedStore } from './open.ts';
