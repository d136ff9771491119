/** insert, update, delete, findAndModify. */

import { type BsonDocument, type BsonValue, decodeDocument, decodeValue, Elements } from '../bson.ts';
import type { Collection } from '../collection.ts';
import { CommandError, outOfScope } from '../errors.ts';
import { TYPE } from '../field-finder.ts';
import { parseKeyPattern } from '../index-keys.ts';
import { compileFilter, type MatchDetails } from '../query/matcher.ts';
import { compileProjection } from '../query/projection.ts';
import type { StoredRecord } from '../record.ts';
import { applyUpdate } from '../update/apply.ts';
import { parseUpdate, type Update } from '../update/parse.ts';
import { patchBytes } from '../update/patch.ts';
import { documentForUpsert } from '../update/upsert.ts';
import { Arguments } from './arguments.ts';
import { type CommandContext, checkHint, collectionOf, type Handlers, NO_SORT } from './context.ts';

export const writeCommands: Handlers<'insert' | 'update' | 'delete' | 'findAndModify'> = {
  insert(context) {
    const collection = ownCollection(context);
    let n = 0;
    const writeErrors = runEach(context, context.command.bodies('documents'), (body) => {
      collection.insert(body);
      n++;
    });
    return { n, ...writeErrors };
  },

  update(context) {
    const statements = context.command.bodies('updates');
    const totals = { n: 0, nModified: 0 };
    const upserted: { index: number; _id: BsonValue }[] = [];
    const writeErrors = runEach(context, statements, (statement, index) => {
      const result = updateStatement(context, statement);
      totals.n += result.matched;
      totals.nModified += result.modified;
      if (result.upsertedId === undefined) return;
      totals.n += 1;
      upserted.push({ index, _id: result.upsertedId });
    });
    return { ...totals, ...(upserted.length > 0 ? { upserted } : {}), ...writeErrors };
  },

  delete(context) {
    const statements = context.command.bodies('deletes').map((body) => decodeDocument(body));
    let n = 0;
    const writeErrors = runEach(context, statements, (statement) => {
      const deletion = new Arguments(known(statement, DELETE_FIELDS, 'delete.deletes'), 'delete.deletes');
      const collection = collectionOf(context);
      checkHint(collection, deletion.raw('hint'));
      const limit = deletion.count('limit', 0);
      if (limit > 1) throw new CommandError(9, 'The limit field in delete objects must be 0 or 1');
      const filter = deletion.document('q');
      const matches = compileFilter(filter);
      for (const record of collection?.find({ filter, sort: NO_SORT, skip: 0, limit, matches }) ?? []) {
        collection?.remove(record);
        n++;
      }
    });
    return { n, ...writeErrors };
  },

  findAndModify(context) {
    const { command } = context;
    checkHint(collectionOf(context), command.raw('hint'));
    const fields = command.document('fields');
    const project = fields.size > 0 ? compileProjection(fields) : (document: BsonDocument) => document;
    const { before, after, upsertedId } = command.flag('remove') ? findAndRemove(context) : findAndUpdate(context);
    const chosen = command.flag('new') ? after : before;
    const lastErrorObject = {
      n: before || upsertedId !== undefined ? 1 : 0,
      ...(command.flag('remove') ? {} : { updatedExisting: before !== null }),
      ...(upsertedId === undefined ? {} : { upserted: upsertedId }),
    };
    return { lastErrorObject, value: chosen && project(chosen) };
  },
};

const UPDATE_FIELDS = ['q', 'u', 'upsert', 'multi', 'arrayFilters', 'hint'];
const DELETE_FIELDS = ['q', 'limit', 'hint'];

function known(statement: BsonDocument, fields: readonly string[], owner: string): BsonDocument {
  for (const name of statement.keys()) if (!fields.includes(name)) throw outOfScope(`option ${name} of ${owner}`);
  return statement;
}

function ownCollection(context: CommandContext): Collection {
  return context.catalog.findOrCreate(context.databaseName, context.command.string(context.sentName));
}

/** One failure ends an ordered command and is noted by an unordered one.  */
function runEach<Item>(
  context: CommandContext,
  items: readonly Item[],
  run: (item: Item, index: number) => void,
): object {
  const ordered = context.command.flag('ordered', true);
  const writeErrors: object[] = [];
  for (const [index, item] of items.entries()) {
    try {
      run(item, index);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      writeErrors.push({ index, code: error.code, errmsg: error.message, ...error.facts });
      if (ordered) break;
    }
  }
  return writeErrors.length > 0 ? { writeErrors } : {};
}

interface UpdateResult {
  readonly matched: number;
  readonly modified: number;
  readonly upsertedId: BsonValue | undefined;
}

function updateStatement(context: CommandContext, body: Buffer): UpdateResult {
  const parts = partsOf(body);
  return (parts.isUsual && updateSent(context, parts)) || updateFound(context, parts);
}

/** An update statement in its bytes. */
interface Statement {
  readonly body: Buffer;
  /** Where the filter begins. */
  readonly filter: number;
  /** Where the document of the update is; 0: it is none. */
  readonly update: number;
  readonly updateEnd: number;
  /** The whole document, but for its `_id`. */
  readonly isReplacement: boolean;
  /** One document, and nothing is said beyond that. */
  readonly isUsual: boolean;
}

function partsOf(body: Buffer): Statement {
  let [filter, update, updateEnd] = [0, 0, 0];
  let isUsual = true;
  for (const elements = new Elements(body); elements.next(); ) {
    const { name, type, start, end } = elements;
    const isDocument = type === TYPE.document;
    if (name === 'q' && isDocument) filter = start;
    else if (name === 'u' && isDocument) [update, updateEnd] = [start, end];
    else if (name !== 'upsert' && !(name === 'multi' && type === TYPE.boolean && body[start] === 0)) isUsual = false;
  }
  const isReplacement = update > 0 && isPlainReplacement(body, update);
  return { body, filter, update, updateEnd, isReplacement, isUsual: isUsual && filter > 0 && update > 0 };
}

/** A replacement that says nothing of `_id` stays in its bytes: it is stored as it is. */
function isPlainReplacement(bytes: Buffer, at: number): boolean {
  for (const elements = new Elements(bytes, at); elements.next(); ) {
    if (elements.name === '_id' || elements.name.startsWith('$')) return false;
  }
  return true;
}

/** What most updates are: the document is found by a unique key, and the filter is not decoded.
 *  @returns null where this is not the way */
function updateSent(context: CommandContext, statement: Statement): UpdateResult | null {
  const { body } = statement;
  const collection = collectionOf(context);
  const record = collection?.findSent(body, statement.filter);
  if (!collection || !record) return null;
  if (statement.isReplacement)
    return updated(collection.replaceBody(record, body, statement.update, statement.updateEnd));
  const patched = patchBytes(record.bytes, body, statement.update);
  if (patched) return updated(collection.replacePatched(record, patched));
  const update = parseUpdate(decodeValue(body, TYPE.document, statement.update));
  if (update.kind === 'modifiers' && update.isPositional) return null;
  const changes = { now: context.now(), inserting: false, arrayIndex: null };
  return updated(collection.replace(record, applyUpdate(record.document, update, changes)));
}

function updated(isChanged: boolean): UpdateResult {
  return { matched: 1, modified: isChanged ? 1 : 0, upsertedId: undefined };
}

function updateFound(context: CommandContext, { body, ...parts }: Statement): UpdateResult {
  const fields = decodeDocument(body);
  const statement = new Arguments(known(fields, UPDATE_FIELDS, 'update.updates'), 'update.updates');
  const filter = statement.document('q');
  const multi = statement.flag('multi');
  const arrayFilters = statement.documents('arrayFilters');
  const update = parseUpdate(statement.raw('u'), arrayFilters);
  if (multi && update.kind === 'replacement') {
    throw new CommandError(9, 'multi update is not supported for replacement-style update');
  }
  const matches = compileFilter(filter);
  const collection = collectionOf(context);
  checkHint(collection, statement.raw('hint'));
  const records = collection?.find({ filter, sort: NO_SORT, skip: 0, limit: multi ? 0 : 1, matches }) ?? [];
  let modified = 0;
  for (const record of records) {
    const patched = parts.isReplacement ? null : patchBytes(record.bytes, body, parts.update);
    const isChanged = patched
      ? collection?.replacePatched(record, patched)
      : parts.isReplacement
        ? collection?.replaceBody(record, body, parts.update, parts.updateEnd)
        : collection?.replace(record, updatedDocument(record, update, matches, context.now()));
    if (isChanged) modified++;
  }
  if (records.length > 0 || !statement.flag('upsert')) {
    return { matched: records.length, modified, upsertedId: undefined };
  }
  const inserted = ownCollection(context).insertDocument(documentForUpsert(filter, update, context.now()));
  return { matched: 0, modified: 0, upsertedId: inserted.get('_id') ?? null };
}

function updatedDocument(
  record: StoredRecord,
  update: Update,
  matches: (document: BsonDocument, details?: MatchDetails) => boolean,
  now: Date,
): BsonDocument {
  const details: MatchDetails = { arrayIndex: null };
  if (update.kind === 'modifiers' && update.isPositional) matches(record.document, details);
  return applyUpdate(record.document, update, { now, inserting: false, arrayIndex: details.arrayIndex });
}

interface FoundAndModified {
  readonly before: BsonDocument | null;
  readonly after: BsonDocument | null;
  readonly upsertedId: BsonValue | undefined;
}

function findOne(context: CommandContext): StoredRecord | null {
  const { command } = context;
  const sort = parseKeyPattern(command.document('sort'), 'sort');
  const filter = command.document('query');
  const matches = compileFilter(filter);
  return collectionOf(context)?.find({ filter, sort, skip: 0, limit: 1, matches })[0] ?? null;
}

function findAndRemove(context: CommandContext): FoundAndModified {
  const { command } = context;
  if (command.has('update') || command.flag('new') || command.flag('upsert')) {
    throw new CommandError(9, "Cannot specify 'update', 'new' or 'upsert' with 'remove'");
  }
  const record = findOne(context);
  if (record) collectionOf(context)?.remove(record);
  return { before: record?.document ?? null, after: null, upsertedId: undefined };
}

function findAndUpdate(context: CommandContext): FoundAndModified {
  const { command } = context;
  const filter = command.document('query');
  const update = parseUpdate(command.raw('update'), command.documents('arrayFilters'));
  const record = findOne(context);
  if (record) {
    const after = updatedDocument(record, update, compileFilter(filter), context.now());
    ownCollection(context).replace(record, after);
    return { before: record.document, after, upsertedId: undefined };
  }
  if (!command.flag('upsert')) return { before: null, after: null, upsertedId: undefined };
  const after = ownCollection(context).insertDocument(documentForUpsert(filter, update, context.now()));
  return { before: null, after, upsertedId: after.get('_id') ?? null };
}
