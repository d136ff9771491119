/** Runs test cases in the "unified test format" of the MongoDB driver specifications: results, errors and outcomes are
 *  checked, events and entities of other kinds are not.
 *  Source: mongodb/specifications source/unified-test-format */

import { type Collection, type Document, MongoBulkWriteError, type MongoClient, MongoServerError } from 'mongodb';

export interface UnifiedFile {
  readonly description: string;
  readonly runOnRequirements?: readonly Requirement[];
  readonly createEntities?: readonly Document[];
  readonly initialData?: readonly CollectionData[];
  readonly tests: readonly UnifiedTest[];
}

interface UnifiedTest {
  readonly description: string;
  readonly skipReason?: string;
  readonly runOnRequirements?: readonly Requirement[];
  readonly operations: readonly Operation[];
  readonly outcome?: readonly CollectionData[];
}

interface Requirement {
  readonly minServerVersion?: string;
  readonly maxServerVersion?: string;
  readonly topologies?: readonly string[];
  readonly serverless?: string;
  readonly auth?: boolean;
}

interface CollectionData {
  readonly collectionName: string;
  readonly databaseName: string;
  readonly documents: readonly Document[];
}

interface Operation {
  readonly name: string;
  readonly object: string;
  readonly arguments?: Document;
  readonly expectResult?: unknown;
  readonly expectError?: Document;
  readonly saveResultAsEntity?: string;
  readonly ignoreResultAndError?: boolean;
}

export type Verdict =
  | { readonly kind: 'passed' }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'not applicable'; readonly reason: string };

const SERVER_VERSION = '7.0.0';

class NotApplicable extends Error {}

/** @param client with `monitorCommands`; the cases use databases of their own names on its server */
export async function runUnifiedTest(client: MongoClient, file: UnifiedFile, test: UnifiedTest): Promise<Verdict> {
  if (test.skipReason) return { kind: 'not applicable', reason: 'skipped by the specification' };
  for (const requirements of [file.runOnRequirements, test.runOnRequirements]) {
    if (requirements && !requirements.some(isMet)) {
      return { kind: 'not applicable', reason: 'asks for another server version or topology' };
    }
  }
  const refusals = watchRefusals(client);
  try {
    await prepare(client, file);
    for (const operation of test.operations) await runOperation(client, file, operation);
    for (const data of test.outcome ?? []) await checkOutcome(client, data);
    return refusals.first ? { kind: 'not applicable', reason: refusals.first } : { kind: 'passed' };
  } catch (error) {
    if (error instanceof NotApplicable) return { kind: 'not applicable', reason: error.message };
    if (refusals.first) return { kind: 'not applicable', reason: refusals.first };
    return { kind: 'failed', reason: error instanceof Error ? error.message : String(error) };
  } finally {
    refusals.stop();
  }
}

function isMet(requirement: Requirement): boolean {
  const { minServerVersion: min, maxServerVersion: max, topologies } = requirement;
  if (min && compareVersions(SERVER_VERSION, min) < 0) return false;
  if (max && compareVersions(SERVER_VERSION, max) > 0) return false;
  if (topologies && !topologies.includes('single')) return false;
  return requirement.serverless !== 'require' && requirement.auth !== true;
}

function compareVersions(left: string, right: string): number {
  const [a, b] = [left, right].map((version) => version.split('.').map(Number));
  for (let i = 0; i < 3; i++) {
    const difference = (a?.[i] ?? 0) - (b?.[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The store says by name what is outside its scope; such a case says nothing about it. */
function watchRefusals(client: MongoClient): { first: string | null; stop(): void } {
  const note = (code: unknown, message: unknown) => {
    const isRefusal = code === 59 || code === 115;
    if (isRefusal) watch.first ??= /support the ([^;]*)/.exec(String(message))?.[1] ?? String(message);
  };
  const failed = (event: { failure: Error }) => {
    if (event.failure instanceof MongoServerError) note(event.failure.code, event.failure.message);
  };
  const succeeded = (event: { reply: unknown }) => {
    const { writeErrors = [] } = event.reply as { writeErrors?: { code: number; errmsg: string }[] };
    for (const { code, errmsg } of writeErrors) note(code, errmsg);
  };
  client.on('commandFailed', failed);
  client.on('commandSucceeded', succeeded);
  const watch = {
    first: null as string | null,
    stop() {
      client.off('commandFailed', failed);
      client.off('commandSucceeded', succeeded);
    },
  };
  return watch;
}

async function prepare(client: MongoClient, file: UnifiedFile): Promise<void> {
  for (const { databaseName, collectionName, documents } of file.initialData ?? []) {
    const collection = client.db(databaseName).collection(collectionName);
    await collection.drop();
    if (documents.length > 0) await collection.insertMany(documents.map((document) => ({ ...document })));
    else await client.db(databaseName).createCollection(collectionName);
  }
}

function entity(file: UnifiedFile, id: string): Document | undefined {
  const entities = (file.createEntities ?? []).flatMap((entry) =>
    Object.entries(entry).map(([kind, value]) => ({ kind, ...(value as Document) })),
  );
  return entities.find((candidate: Document) => candidate.id === id);
}

async function runOperation(client: MongoClient, file: UnifiedFile, operation: Operation): Promise<void> {
  const target = entity(file, operation.object);
  if (target?.kind !== 'collection') throw new NotApplicable(`operations on ${target?.kind ?? operation.object}`);
  const database = entity(file, target.database);
  const collection = client.db(database?.databaseName).collection(target.collectionName, target.collectionOptions);
  const run = OPERATIONS[operation.name];
  if (!run) throw new NotApplicable(`operation ${operation.name}`);
  if (operation.arguments?.session) throw new NotApplicable('sessions');
  let result: unknown;
  try {
    result = await run(collection, operation.arguments ?? {});
  } catch (error) {
    if (error instanceof NotApplicable || operation.ignoreResultAndError) throw error;
    if (!operation.expectError) throw error;
    checkError(operation.expectError, error);
    return;
  }
  if (operation.expectError) throw new Error(`${operation.name} should have failed`);
  if (operation.expectResult !== undefined) assertMatches(operation.expectResult, result, operation.name, true);
}

type Run = (collection: Collection, options: Document) => Promise<unknown>;

const OPERATIONS: Readonly<Record<string, Run>> = {
  aggregate: (c, { pipeline, ...o }) => c.aggregate(pipeline, o).toArray(),
  find: (c, { filter, ...o }) => c.find(filter, o).toArray(),
  findOne: (c, { filter, ...o }) => c.findOne(filter, o),
  count: (c, { filter, ...o }) => c.count(filter, o),
  countDocuments: (c, { filter, ...o }) => c.countDocuments(filter, o),
  estimatedDocumentCount: (c, o) => c.estimatedDocumentCount(o),
  distinct: (c, { fieldName, filter, ...o }) => c.distinct(fieldName, filter, o),
  insertOne: (c, { document, ...o }) => c.insertOne({ ...document }, o),
  insertMany: (c, { documents, ...o }) =>
    c.insertMany(
      documents.map((d: Document) => ({ ...d })),
      o,
    ),
  updateOne: (c, { filter, update, ...o }) => c.updateOne(filter, update, o),
  updateMany: (c, { filter, update, ...o }) => c.updateMany(filter, update, o),
  replaceOne: (c, { filter, replacement, ...o }) => c.replaceOne(filter, replacement, o),
  deleteOne: (c, { filter, ...o }) => c.deleteOne(filter, o),
  deleteMany: (c, { filter, ...o }) => c.deleteMany(filter, o),
  findOneAndUpdate: (c, { filter, update, ...o }) => c.findOneAndUpdate(filter, update, after(o)),
  findOneAndReplace: (c, { filter, replacement, ...o }) => c.findOneAndReplace(filter, replacement, after(o)),
  findOneAndDelete: (c, { filter, ...o }) => c.findOneAndDelete(filter, o),
  bulkWrite: (c, { requests, ...o }) => c.bulkWrite(requests, o),
  createIndex: (c, { keys, ...o }) => c.createIndex(keys, o),
};

function after({ returnDocument, ...options }: Document): Document {
  return { ...options, returnDocument: returnDocument === 'After' ? 'after' : 'before' };
}

function checkError(expected: Document, error: unknown): void {
  const server = error instanceof MongoServerError;
  if (expected.isClientError === true && server && !(error instanceof MongoBulkWriteError)) throw error;
  if (expected.isClientError === false && !server) throw error;
  const actual = error as { code?: unknown; codeName?: unknown; message?: string; result?: unknown };
  if (expected.errorCode !== undefined) assertMatches(expected.errorCode, actual.code, 'error code', false);
  if (expected.errorCodeName !== undefined) assertMatches(expected.errorCodeName, actual.codeName, 'error name', false);
  if (expected.errorContains !== undefined) {
    const contains = actual.message?.toLowerCase().includes(String(expected.errorContains).toLowerCase());
    if (!contains) throw new Error(`the message is ${actual.message}`);
  }
  if (expected.expectResult !== undefined && error instanceof MongoBulkWriteError) {
    assertMatches(expected.expectResult, error.result, 'partial result', true);
  }
}

async function checkOutcome(client: MongoClient, data: CollectionData): Promise<void> {
  const found = await client.db(data.databaseName).collection(data.collectionName).find().sort({ _id: 1 }).toArray();
  assertMatches(data.documents, found, 'outcome', false);
}

/** @param root extra fields are allowed in the document itself, as the format wants it for results */
function assertMatches(expected: unknown, actual: unknown, at: string, root: boolean): void {
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual) || actual.length !== expected.length) throw mismatch(expected, actual, at);
    for (const [index, item] of expected.entries()) assertMatches(item, actual[index], `${at}[${index}]`, root);
    return;
  }
  if (
    typeof expected !== 'object' ||
    expected === null ||
    Object.hasOwn(expected, '_bsontype') ||
    expected instanceof Date
  ) {
    const same = JSON.stringify(expected) === JSON.stringify(actual);
    if (!same) throw mismatch(expected, actual, at);
    return;
  }
  const fields = Object.entries(expected);
  const [operator, operand] = fields[0] ?? [];
  if (operator?.startsWith('$$')) {
    assertSpecial(operator, operand, actual, at, root);
    return;
  }
  if (typeof actual !== 'object' || actual === null) throw mismatch(expected, actual, at);
  for (const [name, value] of fields) {
    assertMatches(value, (actual as Document)[name], `${at}.${name}`, false);
  }
  const extra = Object.keys(actual).filter((name) => !Object.hasOwn(expected, name));
  if (!root && extra.length > 0) throw new Error(`${at} has the unexpected fields ${extra.join(', ')}`);
}

function assertSpecial(operator: string, operand: unknown, actual: unknown, at: string, root: boolean): void {
  if (operator === '$$unsetOrMatches') {
    if (actual !== undefined && actual !== null) assertMatches(operand, actual, at, root);
  } else if (operator === '$$exists') {
    if ((actual !== undefined) !== operand) throw mismatch(operand, actual, at);
  } else if (operator === '$$type') {
    if (actual === undefined) throw mismatch(operand, actual, at);
  } else throw new NotApplicable(`the matcher ${operator}`);
}

function mismatch(expected: unknown, actual: unknown, at: string): Error {
  return new Error(`${at} is ${JSON.stringify(actual)}, expected ${JSON.stringify(expected)}`);
}
