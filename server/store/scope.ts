/** Everything the embedded store does, in one table. What is not listed is refused by name; what is listed is there in
 *  full, as MongoDB 7.0 does it. */

/** Options every command takes. Sessions and read preferences mean nothing on one machine without replicas. */
export const COMMON_OPTIONS = [
  '$db',
  '$readPreference',
  '$clusterTime',
  'lsid',
  'comment',
  'maxTimeMS',
  'readConcern',
  'writeConcern',
  'apiVersion',
] as const;

/** Commands and the options each takes beside the common ones. */
export const COMMANDS = {
  hello: [
    'helloOk',
    'client',
    'compression',
    'loadBalanced',
    'topologyVersion',
    'maxAwaitTimeMS',
    'speculativeAuthenticate',
    'saslSupportedMechs',
    'backpressure',
  ],
  isMaster: [
    'helloOk',
    'client',
    'compression',
    'loadBalanced',
    'topologyVersion',
    'maxAwaitTimeMS',
    'speculativeAuthenticate',
    'saslSupportedMechs',
    'backpressure',
  ],
  ping: [],
  buildInfo: [],
  endSessions: [],
  find: [
    'filter',
    'sort',
    'projection',
    'skip',
    'limit',
    'batchSize',
    'singleBatch',
    'hint',
    'allowDiskUse',
    'noCursorTimeout',
  ],
  getMore: ['collection', 'batchSize'],
  killCursors: ['cursors'],
  count: ['query', 'skip', 'limit', 'hint'],
  distinct: ['key', 'query', 'hint'],
  aggregate: ['pipeline', 'cursor', 'hint', 'allowDiskUse', 'bypassDocumentValidation'],
  insert: ['documents', 'ordered', 'bypassDocumentValidation'],
  update: ['updates', 'ordered', 'bypassDocumentValidation'],
  delete: ['deletes', 'ordered'],
  findAndModify: [
    'query',
    'sort',
    'update',
    'new',
    'upsert',
    'remove',
    'fields',
    'arrayFilters',
    'hint',
    'bypassDocumentValidation',
  ],
  create: [],
  dbStats: ['freeStorage', 'scale'],
  drop: [],
  dropDatabase: [],
  listCollections: ['filter', 'cursor', 'nameOnly', 'authorizedCollections'],
  listDatabases: ['filter', 'nameOnly', 'authorizedDatabases'],
  createIndexes: ['indexes', 'commitQuorum'],
  listIndexes: ['cursor'],
  dropIndexes: ['index'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type CommandName = keyof typeof COMMANDS;

/** Spellings drivers and tools use for the same command. */
export const COMMAND_ALIASES: Readonly<Record<string, CommandName>> = {
  ismaster: 'isMaster',
  buildinfo: 'buildInfo',
  findandmodify: 'findAndModify',
};

export const LOGICAL_OPERATORS = ['$and', '$or', '$nor'] as const;

export const QUERY_OPERATORS = [
  '$eq',
  '$ne',
  '$gt',
  '$gte',
  '$lt',
  '$lte',
  '$in',
  '$nin',
  '$exists',
  '$not',
  '$elemMatch',
  '$all',
  '$size',
  '$type',
  '$regex',
  '$mod',
] as const;

export const PROJECTION_OPERATORS = ['$slice', '$elemMatch'] as const;

export const UPDATE_OPERATORS = [
  '$set',
  '$unset',
  '$inc',
  '$mul',
  '$min',
  '$max',
  '$setOnInsert',
  '$push',
  '$pull',
  '$pullAll',
  '$addToSet',
  '$pop',
  '$rename',
  '$currentDate',
] as const;

export const AGGREGATION_STAGES = [
  '$match',
  '$sort',
  '$skip',
  '$limit',
  '$project',
  '$unwind',
  '$count',
  '$group',
] as const;

export const ACCUMULATORS = ['$sum', '$min', '$max', '$first', '$last', '$push', '$addToSet', '$avg'] as const;

/** Options of an index; the key is one or more fields, each 1 or -1. */
export const INDEX_OPTIONS = [
  'v',
  'key',
  'name',
  'unique',
  'sparse',
  'partialFilterExpression',
  'expireAfterSeconds',
  'background',
] as const;

export type QueryOperator = (typeof QUERY_OPERATORS)[number];
export type UpdateOperator = (typeof UPDATE_OPERATORS)[number];
export type AggregationStage = (typeof AGGREGATION_STAGES)[number];
export type Accumulator = (typeof ACCUMULATORS)[number];

/** Whether `name` is one of the listed ones. */
export function isListed<Name extends string>(list: readonly Name[], name: string): name is Name {
  return (list as readonly string[]).includes(name);
}
