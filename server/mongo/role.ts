/** The least that Laurel's user needs at a MongoDB server: which actions, on which collections. Made of the table of collections
 *  and of that of commands; examples/operations/mongodb-role.js is made of it. */

import { dataMap } from '../privacy/data-map.ts';
import type { CommandName } from '../store/scope.ts';

/** Source: MongoDB manual, "Privilege Actions" */
export type Action =
  | 'find'
  | 'insert'
  | 'update'
  | 'remove'
  | 'createIndex'
  | 'dropIndex'
  | 'listIndexes'
  | 'listCollections'
  | 'dbStats';

/** What a command must be allowed. null: Laurel never sends it, though tests and tools may. */
export const ACTIONS_OF_COMMANDS: Readonly<Record<CommandName, readonly Action[] | null>> = {
  hello: [],
  isMaster: [],
  ping: [],
  buildInfo: [],
  endSessions: [],
  // of cursors of one's own
  killCursors: [],
  find: ['find'],
  getMore: ['find'],
  count: ['find'],
  distinct: ['find'],
  aggregate: ['find'],
  insert: ['insert'],
  // with `upsert`, which is used nearly everywhere
  update: ['update', 'insert'],
  delete: ['remove'],
  findAndModify: ['find', 'update', 'insert'],
  createIndexes: ['createIndex'],
  dropIndexes: ['dropIndex'],
  listIndexes: ['listIndexes'],
  listCollections: ['listCollections'],
  dbStats: ['dbStats'],
  create: null,
  drop: null,
  dropDatabase: null,
  listDatabases: null,
};

const USUAL: readonly Action[] = ['find', 'insert', 'update', 'remove', 'createIndex', 'listIndexes'];

const UNUSUAL: Readonly<Record<string, readonly Action[]>> = {
  // How long they are kept, an index says: another number of days takes another index.
  events: [...USUAL, 'dropIndex'],
  // It can only be added to; a retired learner's name in it gives way to a pseudonym.
  audit: USUAL.filter((action) => action !== 'remove'),
  ...Object.fromEntries(
    ['files.files', 'files.chunks', 'dead_letter_replays', 'replay_scratch'].map((name) => [
      name,
      USUAL.filter((action) => action !== 'update'),
    ]),
  ),
};

/** Of an earlier version, whose badges were carried over: read once. */
const FORMER = ['badges', 'badge_versions'];

/** By the collection; '': of the database. */
export const ROLE: ReadonlyMap<string, readonly Action[]> = new Map([
  ['', ['dbStats', 'listCollections']],
  ...dataMap.map(({ collection }) => [collection, UNUSUAL[collection] ?? USUAL] as const),
  ...FORMER.map((name) => [name, ['find']] as const),
]);

/** A script for mongosh: makes the role, or brings it up to date. */
export function roleScript(): string {
  const text = (value: string) => `'${value}'`;
  const rows = [...ROLE].map(([name, actions]) => `  allow(${text(name)}, [${actions.map(text).join(', ')}]),\n`);
  return `// The role that Laurel's user needs, and no more. Made by \`npm run generate\`.
// As a user who may manage roles, with the database of MONGODB_URI in the address:
//   mongosh "mongodb://admin@mongodb.example.org/laurel?authSource=admin" mongodb-role.js
// A new version of Laurel may need more: run its script before you start it.

const database = db.getName();
const allow = (collection, actions) => ({ resource: { db: database, collection }, actions });
const privileges = [
${rows.join('')}];
if (db.getRole('laurel') === null) db.createRole({ role: 'laurel', privileges, roles: [] });
else db.updateRole('laurel', { privileges, roles: [] });
print(\`The role laurel of the database \${database} has \${privileges.length} privileges.\`);
`;
}
