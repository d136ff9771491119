/** What every command gets. */

import type { BsonDocument, Encodable } from '../bson.ts';
import type { Catalog } from '../catalog.ts';
import type { Collection } from '../collection.ts';
import type { Cursors } from '../cursors.ts';
import { CommandError } from '../errors.ts';
import type { KeyField } from '../index-keys.ts';
import { equalValues } from '../query/order.ts';
import type { CommandName } from '../scope.ts';
import type { Arguments } from './arguments.ts';

export interface StoreContext {
  readonly catalog: Catalog;
  readonly cursors: Cursors;
  readonly now: () => Date;
  /** Says to a probe who it is talking to. */
  readonly token: string;
}

export interface CommandContext extends StoreContext {
  readonly databaseName: string;
  /** The command's name as sent, which is also the field of its main argument. */
  readonly sentName: string;
  readonly command: Arguments;
  readonly connectionId: number;
}

/** A reply: fields to encode (`ok` is added), or a complete encoded one. */
export type Reply = Encodable | Buffer;

export type Handler = (context: CommandContext) => Reply;

export type Handlers<Names extends CommandName> = Readonly<Record<Names, Handler>>;

/** The collection the command is about; null when there is none of this name. */
export function collectionOf(context: CommandContext): Collection | null {
  return context.catalog.find(context.databaseName, context.command.string(context.sentName));
}

export function namespaceOf(context: CommandContext): string {
  return `${context.databaseName}.${context.command.string(context.sentName)}`;
}

/** A hint chooses nothing here, but a wrong one is an error as on MongoDB. @throws CommandError 2 */
export function checkHint(collection: Collection | null, hint: unknown): void {
  if (hint === undefined || hint === null || collection === null) return;
  const isNatural = hint instanceof Map && hint.has('$natural');
  const known = collection.indexes.some(({ name, pattern }) =>
    hint instanceof Map ? equalValues(pattern, hint as BsonDocument) : name === hint,
  );
  if (!known && !isNatural && !(hint instanceof Map && hint.size === 0)) {
    throw new CommandError(2, 'hint provided does not correspond to an existing index');
  }
}

export const NO_SORT: readonly KeyField[] = [];
