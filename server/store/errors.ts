/** Errors that go back over the wire. Numbers and names are MongoDB's, so that drivers and mongoose react as they would
 *  to a MongoDB server. */

import type { BsonDocument } from './bson.ts';

const CODE_NAMES = {
  1: 'InternalError',
  2: 'BadValue',
  9: 'FailedToParse',
  13: 'Unauthorized',
  14: 'TypeMismatch',
  20: 'IllegalOperation',
  26: 'NamespaceNotFound',
  27: 'IndexNotFound',
  28: 'PathNotViable',
  40: 'ConflictingUpdateOperators',
  43: 'CursorNotFound',
  48: 'NamespaceExists',
  52: 'DollarPrefixedFieldName',
  53: 'InvalidIdField',
  54: 'NotSingleValueField',
  56: 'EmptyFieldName',
  59: 'CommandNotFound',
  66: 'ImmutableField',
  67: 'CannotCreateIndex',
  72: 'InvalidOptions',
  73: 'InvalidNamespace',
  85: 'IndexOptionsConflict',
  86: 'IndexKeySpecsConflict',
  115: 'CommandNotSupported',
  171: 'CannotIndexParallelArrays',
  10334: 'BSONObjectTooLarge',
  11000: 'DuplicateKey',
  40415: 'IDLUnknownField',
} as const;

export type ErrorCode = keyof typeof CODE_NAMES;

export class CommandError extends Error {
  readonly code: ErrorCode;
  readonly codeName: string;
  /** Further fields of the reply, such as `keyPattern`. */
  readonly facts: Readonly<Record<string, BsonDocument>>;

  constructor(code: ErrorCode, message: string, facts: Readonly<Record<string, BsonDocument>> = {}) {
    super(message);
    this.name = 'CommandError';
    this.code = code;
    this.codeName = CODE_NAMES[code];
    this.facts = facts;
  }
}

/** The refusal of what MongoDB can do and this store does not: always by name, never by doing something similar.
 *  @param what for example `query operator $geoWithin` */
export function outOfScope(what: string): CommandError {
  return new CommandError(
    115,
    `the embedded store does not support the ${what}; set MONGODB_URI to a MongoDB server to use it`,
  );
}
