/** The document an upsert starts from: what the filter says the fields equal. */

import { BSONRegExp, ObjectId } from 'bson';
import { type BsonDocument, type BsonValue, cloneValue, isDocument } from '../bson.ts';
import { CommandError } from '../errors.ts';
import { isOperatorDocument } from '../query/matcher.ts';
import { equalValues } from '../query/order.ts';
import { applyUpdate } from './apply.ts';
import type { Update } from './parse.ts';
import { setAt, valueAt } from './place.ts';

/** @throws CommandError 54 when the filter wants two values of one field, 66 when the update changes the filter's `_id` */
export function documentForUpsert(filter: BsonDocument, update: Update, now: Date): BsonDocument {
  const equalities = collectEqualities(filter);
  const seed: BsonDocument = new Map();
  for (const [name, value] of equalities) {
    if (update.kind === 'replacement' && name !== '_id') continue;
    const path = name.split('.');
    if (valueAt(seed, path) !== undefined) {
      throw new CommandError(54, `cannot infer query fields to set, path '${name}' is matched twice`);
    }
    setAt(seed, path, cloneValue(value));
  }
  const wantedId = seed.get('_id');
  const document = applyUpdate(seed, update, { now, inserting: true, arrayIndex: null });
  const id = document.get('_id');
  if (wantedId !== undefined && (id === undefined || !equalValues(id, wantedId))) {
    throw new CommandError(66, "Performing an update on the path '_id' would modify the immutable field '_id'");
  }
  if (id === undefined) document.set('_id', new ObjectId());
  return document;
}

function collectEqualities(filter: BsonDocument): [string, BsonValue][] {
  return [...filter].flatMap(([name, value]): [string, BsonValue][] => {
    const onlyBranch = (name === '$or' && Array.isArray(value) && value.length === 1) || name === '$and';
    if (onlyBranch && Array.isArray(value)) return value.filter(isDocument).flatMap(collectEqualities);
    if (name.startsWith('$') || value instanceof BSONRegExp) return [];
    if (!isOperatorDocument(value)) return [[name, value]];
    const equal = value.get('$eq');
    return equal === undefined ? [] : [[name, equal]];
  });
}
