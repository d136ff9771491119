/** The embedded store: a small server for MongoDB's own clients, used where no MongoDB is configured. */

export { type EmbeddedStore, type EmbeddedStoreOptions, joinEmbeddedStore, openEmbeddedStore } from './open.ts';
